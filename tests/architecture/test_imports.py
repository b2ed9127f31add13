"""Starting is cheap: what is not needed is not loaded. Modules are counted, because seconds flake."""

import subprocess
import sys

import pytest

HEAVY = ("statsmodels", "scipy.stats", "matplotlib", "jinja2", "babel")


def loaded_after(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint('\\nLOADED', *sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(run.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("heavy", HEAVY)
def test_importing_impactkit_does_not_load(heavy: str) -> None:
    assert heavy not in loaded_after("import impactkit")


def test_help_does_not_load_pandas() -> None:
    show_help = (
        "sys.argv = ['impactkit', '--help']\n"
        "from impactkit.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    assert loaded_after(show_help).isdisjoint({"pandas", "scipy", "matplotlib"})


def test_the_probe_sees_what_is_loaded() -> None:
    assert "scipy.stats" in loaded_after("import scipy.stats")
