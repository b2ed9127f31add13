"""Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods."""

from __future__ import annotations

import zipfile
from pathlib import Path

from impactkit.data.apart import read_sheet_apart
from impactkit.data.sheet_table import sheet_table
from impactkit.data.source import Header
from impactkit.data.table import Table
from impactkit.data.workbook import read_sheet

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


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


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read one sheet: the named one, or the only visible one that holds anything.

    Numbers are written without a needless ``.0``, dates in ISO form; a text such as 0114 stays as it is.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str, optional
        The sheet's name.
    header : int or (int, int), optional
        The row with the headings, or the first and last of several.

    Returns
    -------
    Table
        The table, with decimal points wherever a cell held a number.

    Raises
    ------
    DataError
        If the workbook cannot be opened or is larger than is read, the sheet is not there or must be named,
        or its rows make no table.
    """
    # Only of an .xlsx can be told how far it reaches before room is made for it.
    found = read_sheet_apart(path, sheet) if _is_other_archive(path) else read_sheet(path, sheet)
    return sheet_table(found, file=path.name, header=header)


def _is_other_archive(path: Path) -> bool:
    """Return whether the file is an archive of another kind than .xlsx: .xls, .xlsb or .ods."""
    with path.open("rb") as file:
        if file.read(4) == _ARCHIVES[1]:
            return True
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" not in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError):
        return False
