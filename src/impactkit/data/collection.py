"""A collection form's own account of itself: which column of the sheet is what."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from impactkit.data.read_table import read_table
from impactkit.errors import DataError, Trouble

SHEET = "impactkit"
_LISTING = 2**20  # bytes; a list of sheets is never so long
ColumnRole = Literal["unit", "period", "treated", "outcome", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumn:
    """A column of a collection form.

    Parameters
    ----------
    sheet : str
        The sheet it stands on.
    name : str
        Its heading.
    role : {"unit", "period", "treated", "outcome", "other"}
        What it holds.
    indicator : str
        Id of what an outcome measures; empty for the other roles.
    """

    sheet: str
    name: str
    role: ColumnRole
    indicator: str = ""


def form_columns(path: Path) -> tuple[FormColumn, ...] | None:
    """Return the columns that a collection form says it has.

    Parameters
    ----------
    path : Path
        A workbook.

    Returns
    -------
    tuple of FormColumn or None
        None when the workbook is no collection form.

    Raises
    ------
    DataError
        If the sheet that describes the form has been changed so that it cannot be read.
    """
    if not _has_sheet(path):
        return None
    table = read_table(path, sheet=SHEET)
    headings = ("sheet", "column", "role", "indicator")
    lost = [name for name in headings if name not in table.header]
    told = {name: table.cells[name].tolist() for name in headings if name in table.header}
    wrong = [role for role in told.get("role", []) if role not in get_args(ColumnRole)]
    if lost or wrong:
        raise DataError.of([_changed(path.name)])
    rows = zip(*(told[name] for name in headings), strict=True)
    return tuple(FormColumn(sheet=s, name=c, role=r, indicator=i) for s, c, r, i in rows)


def _changed(file: str) -> Trouble:
    what = "The sheet {sheet}, which says what each column is, has been changed."
    mend = "Copy the sheet from a new form: impactkit new. Change nothing in it."
    return Trouble(what, "{file}, sheet {sheet}", mend, {"file": file, "sheet": SHEET})


def _has_sheet(path: Path) -> bool:
    # A form is an .xlsx, which tells the names of its sheets in a part of its own.
    try:
        with zipfile.ZipFile(path) as workbook:
            listing = workbook.getinfo("xl/workbook.xml")
            if listing.file_size > _LISTING:
                return False
            return f'name="{SHEET}"'.encode() in workbook.read(listing)
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, ValueError, RuntimeError, EOFError):
        return False
