"""Reading a workbook in a process of its own: a reader that runs out of memory takes nobody along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from impactkit.data.damaged import told_if_damaged
from impactkit.data.headings import Span
from impactkit.data.raw_cells import texts_of
from impactkit.data.workbook import Sheet, read_sheet
from impactkit.errors import DataError, Trouble

_MEMORY = 4 * 2**30
_SECONDS = 120


def read_sheet_apart(path: Path, sheet: str | None) -> Sheet:
    """Return one sheet, read in a process with limits of memory and time.

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
    asked = json.dumps({"path": str(path), "sheet": sheet})
    command = [sys.executable, "-I", "-c", _CHILD.format(folder=str(Path(__file__).parents[2]))]
    with told_if_damaged(path, "Excel"):
        done = subprocess.run(  # noqa: S603
            command, input=asked, capture_output=True, encoding="utf-8", timeout=_SECONDS, check=True
        )
        told = json.loads(done.stdout)
        if "troubles" in told:
            raise DataError.of([Trouble(*each) for each in told["troubles"]])
        return Sheet(
            name=told["name"], columns=told["columns"], spans=[Span(*span) for span in told["spans"]]
        )


# Isolated from the user's own modules; what is imported is the package that runs here.
_CHILD = """
import sys
sys.path.append({folder!r})
from impactkit.data.workbook_apart import answer
answer()
"""


def answer() -> None:
    """Answer the question on standard input: one sheet as JSON, or what is wrong with the workbook."""
    _limit()
    asked = json.loads(sys.stdin.read())
    told: dict[str, Any]
    try:
        sheet = read_sheet(Path(asked["path"]), asked["sheet"])
    except DataError as error:
        told = {"troubles": [(t.what, t.where, t.mend, dict(t.values)) for t in error.troubles]}
    else:
        spans = [(span.top, span.left, span.bottom, span.right) for span in sheet.spans]
        told = {"name": sheet.name, "columns": [texts_of(column) for column in sheet.columns], "spans": spans}
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    json.dump(told, sys.stdout)


def _limit() -> None:
    """Limit the memory and the processor time of this process, where the system can."""
    if os.name != "posix":
        return
    import resource

    for kind, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS)):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
