"""README shows only what works: its commands and Python run, its links lead somewhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
INSTALLING = [
    "python -m pip install . && impactkit example",
    'python -m pip install -e ".[test]" && python -m pytest',
]


def commands() -> list[str]:
    shown = [line for language, text in BLOCKS if not language for line in text.splitlines()]
    beside = re.findall(r"`(impactkit [^`]+)`", README)
    return [line for line in [*beside, *shown] if line.startswith("impactkit ")]


def test_the_two_promised_commands_stand_each_in_a_block_of_its_own() -> None:
    assert [text.strip() for _, text in BLOCKS if "pip install" in text] == INSTALLING


def test_commands_work_in_the_order_they_are_shown(tmp_path: Path) -> None:
    assert commands()
    for command in commands():
        made = sorted(tmp_path.rglob("bundle.zip"))
        arguments = [str(made[0]) if word == "bundle.zip" else word for word in shlex.split(command)[1:]]
        ran = subprocess.run(
            [sys.executable, "-m", "impactkit", *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        assert ran.returncode in (0, 3), f"{command}\n{ran.stdout}\n{ran.stderr}"


@pytest.mark.parametrize("code", [text for language, text in BLOCKS if language == "python"])
def test_python_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})


def test_links_and_pictures_lead_somewhere() -> None:
    found = re.findall(r'\]\(([^)#:]+)\)|src="([^"]+)"', README)
    assert [name for pair in found for name in pair if name and not (ROOT / name).exists()] == []


def test_it_is_one_screen_of_prose() -> None:
    prose = re.sub(r"^```.*?^```", "", README, flags=re.DOTALL | re.MULTILINE)
    assert len(prose.split()) < 650
