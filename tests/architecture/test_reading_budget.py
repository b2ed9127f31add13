"""One estimate, from call to table, can be read in a sitting."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pandas as pd

import impactkit as ik

PACKAGE = Path(ik.__file__).parent
MODULES = 10
LINES = 1_500


def two_groups_before_and_after() -> ik.Study:
    units = [unit for unit in range(12) for _ in range(2)]
    frame = pd.DataFrame({"unit": units, "year": [2021, 2023] * 12})
    frame["start"] = [2022 if unit < 6 else 0 for unit in units]
    frame["y"] = [
        float((unit * 7) % 5 + (year == 2023) * (unit < 6))
        for unit, year in zip(units, frame["year"], strict=True)
    ]
    return ik.Study(frame, outcome="y", unit="unit", time="year", first_treated="start")


def files_run(study: ik.Study) -> set[Path]:
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            seen.add(frame.f_code.co_filename)

    estimator = ik.DifferenceInDifferences()
    estimator.estimate(study).tidy()  # lazy imports happen here, so that only the calls are counted below
    sys.setprofile(note)
    try:
        estimator.estimate(study).tidy()
    finally:
        sys.setprofile(None)
    return {Path(name) for name in seen if Path(name).is_relative_to(PACKAGE)}


def test_one_estimate_runs_through_few_modules_and_lines() -> None:
    files = files_run(two_groups_before_and_after())
    lines = {
        str(file.relative_to(PACKAGE)): len(file.read_text(encoding="utf-8").splitlines()) for file in files
    }
    assert lines, "the probe saw no module of impactkit"
    assert len(lines) <= MODULES, lines
    assert sum(lines.values()) <= LINES, lines
