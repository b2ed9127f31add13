"""Cells of a workbook whose formula failed: the reader gives them as empty, and empty would mean missing."""

from __future__ import annotations

import posixpath
import re
import zipfile
from html import unescape
from pathlib import Path

_CELL = re.compile(r'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_VALUE = re.compile(r"<(?:\w+:)?v>([^<]*)<")
_ADDRESS = re.compile(r'\br="([A-Z]+)([0-9]+)"')
_ELEMENT = re.compile(r"<(?:\w+:)?(?:sheet|Relationship)\s([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


def error_cells(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Return the cells of a sheet that show an error such as ``#N/A``.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm workbook; no other kind tells.
    sheet : str
        Name of the sheet.

    Returns
    -------
    dict of (int, int) to str
        What the cell shows, by row and column, both counted from 0.
    """
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as workbook:
        page = _page(workbook, sheet)
        text = "" if page is None else workbook.read(page).decode("utf-8", errors="replace")
    if 't="e"' not in text:
        return {}
    found = {}
    for attributes, content in _CELL.findall(text):
        address, value = _ADDRESS.search(attributes), _VALUE.search(content)
        if address and value:
            found[int(address[2]) - 1, _position(address[1])] = unescape(value[1])
    return found


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
