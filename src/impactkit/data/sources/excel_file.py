"""Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods."""

from __future__ import annotations

import datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from impactkit.data.error_cells import error_cells
from impactkit.data.framing import Origin, table_of
from impactkit.data.table import Table
from impactkit.errors import DataError

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Whole numbers up to here are exact in a cell, which holds a double.
_EXACT = 2**53

Cell = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file looks like a workbook.

    Parameters
    ----------
    path : Path
        The file.
    head_bytes : bytes
        Its beginning.

    Returns
    -------
    bool
        True for an archive a workbook can be kept in, and for a damaged file with a workbook's name.
    """
    return head_bytes.startswith(_ARCHIVES) or path.suffix.lower() in SUFFIXES


def read(path: Path, *, sheet: str | None = None) -> Table:
    """Read one sheet: the named one, or the only visible one that holds anything.

    Numbers are written without a needless ``.0``, dates in ISO form; a text such as 0114 stays as it is.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str, optional
        The sheet's name.

    Returns
    -------
    Table
        The table, with decimal points wherever a cell held a number.

    Raises
    ------
    DataError
        If the workbook cannot be opened, the sheet is not there or must be named, or its rows make no table.
    """
    workbook = _opened(path)
    try:
        name = _chosen(workbook, sheet, path.name)
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    finally:
        workbook.close()
    texts = [[cell if isinstance(cell, str) else _text(cell) for cell in row] for row in rows]
    for (row, column), shown in error_cells(path, name).items():
        texts[row][column] = shown
    return table_of(texts, range(1, len(texts) + 1), origin=Origin(file=path.name, sheet=name, decimal="."))


def _opened(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise DataError(
            "The workbook is protected by a password.",
            where="{file}",
            mend="Save a copy without a password, or as CSV UTF-8.",
            values={"file": path.name},
        ) from error
    except CalamineError as error:
        raise DataError(
            "The workbook cannot be opened: it is damaged, or not a workbook.",
            where="{file}",
            mend="Open it in Excel and save it again as .xlsx, or as CSV UTF-8.",
            values={"file": path.name},
        ) from error


def _chosen(workbook: CalamineWorkbook, sheet: str | None, file: str) -> str:
    if sheet is not None:
        if sheet in workbook.sheet_names:
            return sheet
        raise DataError(
            "There is no sheet {sheet}; the sheets are {sheets}.",
            where="{file}",
            mend="Name one of the sheets that are there.",
            values={"file": file, "sheet": sheet, "sheets": ", ".join(workbook.sheet_names)},
        )
    visible = [
        page.name
        for page in workbook.sheets_metadata
        if page.visible == SheetVisibleEnum.Visible and page.typ == SheetTypeEnum.WorkSheet
    ]
    filled = [name for name in visible if workbook.get_sheet_by_name(name).total_height]
    if len(filled) > 1:
        raise DataError(
            "Several sheets hold data: {sheets}.",
            where="{file}",
            mend="Say which to read, for example sheet = {first!r}.",
            values={"file": file, "sheets": ", ".join(filled), "first": filled[0]},
        )
    return (filled or visible or workbook.sheet_names)[0]


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, datetime.datetime):
        whole_day = cell.time() == datetime.time()
        return cell.date().isoformat() if whole_day else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)
