"""README shows only what works: its commands and Python run, its links lead somewhere."""

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from impactkit.cli import main

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
    told = [line for line in dict.fromkeys([*beside, *shown]) if line.startswith("impactkit ")]
    return [line for line in told if line != "impactkit example"]  # .ci/run runs it as the README says


def fill_in(workbook: Path) -> None:
    """Do what README asks of the evaluator between ``new`` and ``check``."""
    area, year, group, *outcomes = pd.read_excel(workbook, engine="calamine").columns
    rows = [(f"{a:02d}", t, int(a < 6)) for a in range(16) for t in (2025, 2028)]
    filled = pd.DataFrame(rows, columns=[area, year, group])
    for place, outcome in enumerate(outcomes):
        filled[outcome] = [50.0 + int(a) * (t + place) % 7 for a, t, _ in rows]
    filled.to_excel(workbook, sheet_name="Data", index=False)


def test_the_two_promised_commands_stand_each_in_a_block_of_its_own() -> None:
    assert [text.strip() for _, text in BLOCKS if "pip install" in text] == INSTALLING


def test_commands_work_in_the_order_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert commands()
    for command in commands():
        sealed = sorted(tmp_path.rglob("bundle.zip"))
        words = [str(sealed[0]) if word == "bundle.zip" else word for word in shlex.split(command)]
        assert main(words[1:]) in (0, 3), f"{command}\n{capsys.readouterr()}"
        if words[1] == "new":
            fill_in(next(tmp_path.rglob("data.xlsx")))


@pytest.mark.parametrize("code", [text for language, text in BLOCKS if language == "python"])
def test_python_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})


def test_links_and_pictures_lead_somewhere() -> None:
    found = re.findall(r'\]\(([^)#:]+)\)|src="([^"]+)"', README)
    assert [name for pair in found for name in pair if name and not (ROOT / name).exists()] == []


def test_it_is_one_screen_of_prose() -> None:
    prose = re.sub(r"^```.*?^```", "", README, flags=re.DOTALL | re.MULTILINE)
    assert len(prose.split()) < 650
