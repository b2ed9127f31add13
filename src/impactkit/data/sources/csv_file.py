"""Comma-separated files, as Excel in Sweden and statistics offices write them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from impactkit.data.cleaning import cleaned
from impactkit.data.framing import Origin, table_of
from impactkit.data.headings import could_head, find_headings, heading_names
from impactkit.data.limits import check_cells, check_shape, check_size
from impactkit.data.regular_text import regular_text
from impactkit.data.source import Header
from impactkit.data.table import Aside, Table
from impactkit.data.text_encoding import bom_encoding, decoded
from impactkit.errors import DataError

SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt", ".skv"})
SEPARATORS = (";", "\t", "|", ",")
SAMPLE = 200
_HEAD = 1 << 16
# Below this taking the cells apart one by one costs nothing that anybody notices.
_SMALL = 1 << 18
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"PAR1")


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file looks like separated text.

    Parameters
    ----------
    path : Path
        The file.
    head_bytes : bytes
        Its beginning.

    Returns
    -------
    bool
        False for archives, workbooks and web pages, whatever their name says.
    """
    if head_bytes.startswith(_ARCHIVES) or head_bytes.lstrip().startswith((b"<", b"{")):
        return False
    return path.suffix.lower() in SUFFIXES or b"\0" not in head_bytes or bom_encoding(head_bytes) is not None


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read separated text, with the encoding and the separator found from the content.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        Has no meaning for separated text, and is refused.
    header : int or (int, int), optional
        The row with the headings, or the first and last of several.

    Returns
    -------
    Table
        The table.

    Raises
    ------
    DataError
        If the encoding cannot be read, a quotation mark is never closed, or the rows do not make a table.
    """
    if sheet is not None:
        raise DataError(
            "A sheet, {sheet}, is asked for, but a text file has no sheets.",
            where="{file}",
            mend="Leave the sheet out, or name a workbook.",
            values={"file": path.name, "sheet": sheet},
        )
    check_size(path)
    text, encoding = decoded(path.read_bytes(), path.name)
    separator = _separator(text[:_HEAD])
    if len(text) > _SMALL and (
        table := _regular(text, separator, path=path, header=header, encoding=encoding)
    ):
        return table
    check_cells(path.name, text.count("\n") + text.count(separator))
    check_shape(path.name, 1, 1 + max(line.count(separator) for line in text.split("\n", SAMPLE)[:SAMPLE]))
    rows, numbers = _rows(text, separator, path.name)
    origin = Origin(file=path.name, encoding=encoding, separator=separator)
    return table_of(rows, numbers, origin=origin, header=header)


def _rows(text: str, separator: str, file: str) -> tuple[list[list[str]], list[int]]:
    rows, numbers = [], []
    try:
        for number, row in _numbered(text, separator):
            rows.append(row)
            numbers.append(number)
    except csv.Error as error:
        last = numbers[-1] if numbers else 0
        raise DataError(
            "The row after row {row} cannot be taken apart into cells.",
            where="{file}",
            mend="Close every quotation mark in that row, and double those inside a text.",
            values={"file": file, "row": last},
        ) from error
    return rows, numbers


def _regular(text: str, separator: str, *, path: Path, header: Header, encoding: str) -> Table | None:
    """Return the table of a text whose rows are all alike, without taking every cell apart; else None."""
    head = list(islice(_numbered(text[:_HEAD], separator), SAMPLE))[:-1]
    if header or not head or any(number != place for place, (number, _) in enumerate(head, 1)):
        return None
    grid = [cleaned(row) for _, row in head]
    headings = find_headings(grid, ())
    if not headings.rows:
        return None
    names, levels = heading_names(grid, headings, ())
    while names and not names[-1]:
        names.pop()
    if (
        len(levels[0]) > 1
        or not all(names)
        or len(set(names)) < len(names)
        or len(names) < len(grid[headings.rows[0]])
    ):
        return None
    first = headings.rows[-1] + 1
    body = _without_blank_end(text.split("\n", first)[-1], separator)
    last = body.rpartition("\n")[2].split(separator)
    if len(names) > 1 and sum(map(bool, map(str.strip, last))) < 2:  # a note, perhaps
        return None
    if "\r\n" in body and not body.endswith("\r"):
        body += "\r"
    rows = regular_text(f"{body}\n".encode(), separator=separator, columns=len(names))
    if rows is None:
        return None
    check_shape(path.name, len(rows), len(names))
    aside = Aside(
        titles=tuple(" ".join(filter(None, grid[place])) for place in headings.titles),
        rows={"heading": 1, **({"title": len(headings.titles)} if headings.titles else {})},
    )
    return Table(
        file=path.name,
        header=tuple(names),
        held=rows,
        rows=range(first + 1, first + 1 + len(rows)),
        letters=tuple(range(len(names))),
        encoding=encoding,
        separator=separator,
        aside=aside,
    )


def _without_blank_end(text: str, separator: str) -> str:
    """Return the text up to its last row that holds anything."""
    end = len(text)
    while end:
        start = text.rfind("\n", 0, end) + 1
        if text[start:end].strip(f"{separator} \t\r\n"):
            break
        end = max(start - 1, 0)
    return text[:end]


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    if '"' not in text:  # a row is a line
        yield from enumerate(lines, 1)
        return
    start = 1
    for row in lines:
        yield start, row
        start = lines.line_num + 1


def _separator(head: str) -> str:
    """Choose the separator that gives most rows the same number of cells, and more than one."""

    def fit(separator: str) -> tuple[float, int]:
        rows: list[list[str]] = []
        with suppress(csv.Error):  # the head may end inside a quotation
            rows += (row for _, row in islice(_numbered(head, separator), SAMPLE) if any(row))
        widths = Counter(map(len, rows))
        # Titles and notes are single cells, whatever the separator.
        wide = {width: n for width, n in widths.items() if width > 1}
        if not wide or not could_head(next(row for row in rows if len(row) > 1)):
            return 0.0, 0
        width = max(wide, key=lambda each: (wide[each], each))
        return wide[width] / len(rows), width

    best = max(SEPARATORS, key=fit)
    # One column only: a decimal comma in it must not be taken for a separator.
    return best if fit(best)[0] > 0.0 else SEPARATORS[0]
