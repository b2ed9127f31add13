"""Reading in a process of its own: a reader that a damaged file brings down takes nobody along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from impactkit.data.damaged import told_if_damaged
from impactkit.data.headings import Span
from impactkit.data.labelled import labelled_table
from impactkit.data.limits import check_shape
from impactkit.data.raw_cells import texts_of
from impactkit.data.table import HeldCells, Known, Table
from impactkit.data.workbook import Sheet, read_sheet
from impactkit.errors import DataError, Trouble

_MEMORY = 4 * 2**30
_SECONDS = 120
Answer = dict[str, Any]


def read_sheet_apart(path: Path, sheet: str | None) -> Sheet:
    """Return one sheet of a workbook, read in a process with limits of memory and time.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str, optional
        The sheet's name.

    Returns
    -------
    Sheet
        As `read_sheet` gives it, every cell as text.

    Raises
    ------
    DataError
        As `read_sheet`; and where the process ends without an answer, as for a damaged file.
    """
    with told_if_damaged(path, "Excel"):
        told = _asked("workbook", path, sheet)
        return Sheet(
            name=told["name"], columns=told["columns"], spans=[Span(*span) for span in told["spans"]]
        )


def read_spss_apart(path: Path) -> Table:
    """Return the table of an SPSS file, read in a process with limits of memory and time.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Table
        The codes in the cells, what they stand for beside them.

    Raises
    ------
    DataError
        If the file is damaged or larger than is read.
    """
    with told_if_damaged(path, "SPSS"):
        told = _asked("spss", path, None)
        return Table(
            file=path.name,
            header=tuple(told["header"]),
            held=HeldCells(told["columns"]),
            rows=range(len(told["columns"][0])),
            letters=tuple(range(len(told["header"]))),
            decimal=".",
            known=Known(labels=told["labels"], titles=told["titles"]),
            by_name=True,
        )


def _asked(kind: str, path: Path, sheet: str | None) -> Answer:
    command = [sys.executable, "-I", "-c", _CHILD.format(folder=str(Path(__file__).parents[2]))]
    question = json.dumps({"kind": kind, "path": str(path), "sheet": sheet})
    done = subprocess.run(  # noqa: S603
        command, input=question, capture_output=True, encoding="utf-8", timeout=_SECONDS, check=True
    )
    told: Answer = json.loads(done.stdout)
    if "troubles" in told:
        raise DataError.of([Trouble(*each) for each in told["troubles"]])
    return told


# Isolated from the user's own modules; what is imported is the package that runs here.
_CHILD = """
import sys
sys.path.append({folder!r})
from impactkit.data.apart import answer
answer()
"""


def answer() -> None:
    """Answer the question on standard input with JSON: what the file holds, or what is wrong with it."""
    _limit()
    asked = json.loads(sys.stdin.read())
    told: Answer
    try:
        told = _ANSWERS[asked["kind"]](Path(asked["path"]), asked["sheet"])
    except DataError as error:
        told = {"troubles": [(t.what, t.where, t.mend, dict(t.values)) for t in error.troubles]}
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    json.dump(told, sys.stdout)


def _workbook(path: Path, sheet: str | None) -> Answer:
    found = read_sheet(path, sheet)
    spans = [(span.top, span.left, span.bottom, span.right) for span in found.spans]
    return {"name": found.name, "columns": [texts_of(column) for column in found.columns], "spans": spans}


def _spss(path: Path, _sheet: str | None) -> Answer:
    import pyreadstat

    with told_if_damaged(path, "SPSS"):
        _, told = pyreadstat.read_sav(str(path), metadataonly=True)
        check_shape(path.name, told.number_rows or 0, told.number_columns or 0)
        frame, told = pyreadstat.read_sav(str(path), apply_value_formats=False)
        titles = dict(zip(told.column_names, told.column_labels, strict=True))
        table = labelled_table(frame, file=path.name, titles=titles, labels=told.variable_value_labels)
    return {
        "header": table.header,
        "columns": [table.texts(name) for name in table.header],
        "labels": table.known.labels,
        "titles": table.known.titles,
    }


_ANSWERS: dict[str, Callable[[Path, str | None], Answer]] = {"workbook": _workbook, "spss": _spss}


def _limit() -> None:
    """Limit the memory and the processor time of this process, where the system can."""
    if os.name != "posix":
        return
    import resource

    for kind, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS)):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
