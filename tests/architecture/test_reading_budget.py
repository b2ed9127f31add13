"""One estimate, from call to table, can be read in a sitting."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from pathlib import Path
from types import FrameType

import pandas as pd

import impactkit as ik

PACKAGE = Path(ik.__file__).parent
KERNELS = PACKAGE / "effects" / "kernels"
MODULES = 10
LINES = 1_500
_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


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


def code_lines(file: Path) -> int:
    """Lines that hold code: not blank, not a comment, not a docstring."""
    text = file.read_text(encoding="utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            told |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return len({token.start[0] for token in tokens if token.type not in _SILENT} - told)


def test_one_estimate_runs_through_few_modules_and_lines() -> None:
    files = files_run(two_groups_before_and_after())
    lines = {str(file.relative_to(PACKAGE)): code_lines(file) for file in files}
    above = [file for file in files if not file.is_relative_to(KERNELS)]
    assert lines, "the probe saw no module of impactkit"
    assert len(above) <= MODULES, lines
    assert sum(lines.values()) <= LINES, lines
