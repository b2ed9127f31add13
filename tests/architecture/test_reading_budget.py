"""One estimate, from call to table, can be read in a sitting."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from types import CodeType, FrameType

import pandas as pd

import impactkit as ik

PACKAGE = Path(ik.__file__).parent
KERNELS = PACKAGE / "effects" / "kernels"
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


def functions_run(study: ik.Study) -> set[CodeType]:
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and Path(frame.f_code.co_filename).is_relative_to(PACKAGE):
            seen.add(frame.f_code)

    estimator = ik.DifferenceInDifferences()
    estimator.estimate(study).tidy()  # lazy imports happen here, so that only the calls are counted below
    sys.setprofile(note)
    try:
        estimator.estimate(study).tidy()
    finally:
        sys.setprofile(None)
    return {code for code in seen if not code.co_name.startswith("<")}


def test_one_estimate_runs_through_few_modules_and_lines() -> None:
    functions = functions_run(two_groups_before_and_after())
    lines = {code: len(inspect.getsourcelines(code)[0]) for code in functions}
    files = {Path(code.co_filename) for code in functions}
    above = sorted(file.name for file in files if not file.is_relative_to(KERNELS))
    assert lines, "the probe saw no function of impactkit"
    assert len(above) <= MODULES, above
    assert sum(lines.values()) <= LINES, {code.co_qualname: n for code, n in lines.items()}
