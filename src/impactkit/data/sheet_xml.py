"""What a workbook's own XML tells that its reader does not: failed formulas, and how far a sheet reaches."""

from __future__ import annotations

import posixpath
import re
import zipfile
from html import unescape
from pathlib import Path

import numpy as np
import numpy.typing as npt

# No address of a cell is longer.
_ADDRESS_BYTES = 11
_CELL = re.compile(r'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_VALUE = re.compile(r"<(?:\w+:)?v>([^<]*)<")
_ADDRESS = re.compile(r'\br="([A-Z]+)([0-9]+)"')
_ELEMENT = re.compile(r"<(?:\w+:)?(?:sheet|Relationship)\s([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


def sheet_xml(path: Path, sheet: str) -> bytes:
    """Return the XML of a sheet of an .xlsx workbook, empty for any other kind.

    Parameters
    ----------
    path : Path
        A workbook.
    sheet : str
        Name of the sheet.

    Returns
    -------
    bytes
        The member that holds it.
    """
    if not zipfile.is_zipfile(path):
        return b""
    with zipfile.ZipFile(path) as workbook:
        page = _page(workbook, sheet)
        return b"" if page is None else workbook.read(page)


def error_cells(xml: bytes) -> dict[tuple[int, int], str]:
    """Return the cells of a sheet that show an error such as ``#N/A``.

    Parameters
    ----------
    xml : bytes
        The sheet of an .xlsx or .xlsm workbook; no other kind tells.

    Returns
    -------
    dict of (int, int) to str
        What the cell shows, by row and column, both counted from 0.
    """
    if b't="e"' not in xml:
        return {}
    found = {}
    for attributes, content in _CELL.findall(xml.decode("utf-8", errors="replace")):
        address, value = _ADDRESS.search(attributes), _VALUE.search(content)
        if address and value:
            found[int(address[2]) - 1, _position(address[1])] = unescape(value[1])
    return found


def sheet_shape(xml: bytes) -> tuple[int, int]:
    """Return how far a sheet reaches: its last row and its last column, counted from 1.

    A lone cell far away counts as much as a full sheet, since the reader makes room for all between.

    Parameters
    ----------
    xml : bytes
        The sheet of an .xlsx workbook.

    Returns
    -------
    rows, columns : int
        0 where no cell tells its address.

    Examples
    --------
    >>> sheet_shape(b'<row r="2"><c r="A2"/><c r="AB1048576"/></row>')
    (1048576, 28)
    """
    raw: npt.NDArray[np.uint8] = np.frombuffer(xml + bytes(_ADDRESS_BYTES + 3), dtype=np.uint8)
    starts = np.flatnonzero((raw[:-2] == ord("r")) & (raw[1:-1] == ord("=")) & (raw[2:] == ord('"'))) + 3
    starts = starts[starts < len(xml)]
    row, column = np.zeros(len(starts), dtype=np.int64), np.zeros(len(starts), dtype=np.int64)
    going = np.ones(len(starts), dtype=bool)
    for place in range(_ADDRESS_BYTES):
        sign = raw[starts + place]
        digit, letter = sign - np.uint8(ord("0")), sign - np.uint8(ord("A"))
        is_digit, is_letter = going & (digit < 10), going & (letter < 26) & (row == 0)
        np.copyto(row, row * 10 + digit, where=is_digit)
        np.copyto(column, column * 26 + letter + 1, where=is_letter)
        going = is_digit | is_letter
    return int(row.max(initial=0)), int(column.max(initial=0))


def _page(workbook: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the member that holds the sheet: the workbook names a relation, and that a member."""
    listing, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    members = set(workbook.namelist())
    if not {listing, relations} <= members:
        return None
    relation = next((tag["r:id"] for tag in _tags(workbook, listing) if tag.get("name") == sheet), None)
    targets = {tag.get("Id"): tag.get("Target", "") for tag in _tags(workbook, relations)}
    member = posixpath.join("/xl", targets.get(relation, "")).lstrip("/")
    return member if member in members else None


def _tags(workbook: zipfile.ZipFile, member: str) -> list[dict[str, str]]:
    text = workbook.read(member).decode("utf-8", errors="replace")
    return [
        {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
        for attributes in _ELEMENT.findall(text)
    ]


def _position(letters: str) -> int:
    position = 0
    for letter in letters:
        position = 26 * position + ord(letter) - ord("A") + 1
    return position - 1
