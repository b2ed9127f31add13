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
from impactkit.data.headings import could_head, find_headings
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
    content = path.read_bytes()
    if len(content) > _SMALL and header is None and (table := _regular(content, path.name)):
        return table
    text, encoding = decoded(content, path.name)
    separator = _separator(text[:_HEAD])
    check_cells(path.name, text.count("\n") + text.count(separator))
    widest = max(line.count(separator) for line in text.split("\n", SAMPLE)[:SAMPLE])
    check_shape(path.name, 1, 1 + widest)
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


def _regular(content: bytes, file: str) -> Table | None:
    """Return the table of a text whose rows are all alike, without taking every cell apart; else None."""
    if not content.isascii():
        text, encoding = decoded(content, file)
        content = text.encode("utf-8")
    elif b"\0" in content:
        return None
    else:
        encoding = "utf-8"
    head = content[:_HEAD].rpartition(b"\n")[0].decode("utf-8")
    separator = _separator(head)
    start, aside, names = _top(head, separator)
    if not names:
        return None
    content = _ended(content, separator)
    last = content[content.rfind(b"\n", 0, -1) + 1 :].decode("utf-8").split(separator)
    if len(names) > 1 and sum(map(bool, map(str.strip, last))) < 2:  # a note, perhaps
        return None
    rows = regular_text(content, separator=separator, columns=len(names), start=start)
    if rows is None:
        return None
    check_shape(file, len(rows), len(names))
    first = sum(aside.rows.values()) + 1
    return Table(
        file=file,
        header=tuple(names),
        held=rows,
        rows=range(first, first + len(rows)),
        letters=tuple(range(len(names))),
        encoding=encoding,
        separator=separator,
        aside=aside,
    )


def _top(head: str, separator: str) -> tuple[int, Aside, list[str]]:
    """Return where the first row of data begins, in bytes, what stands above, and the headings.

    No headings are returned where they are not in one row, not all different, or on several lines.
    """
    nothing: tuple[int, Aside, list[str]] = (0, Aside(), [])
    rows: list[list[str]] = []
    try:
        for place, (number, row) in enumerate(islice(_numbered(head, separator), SAMPLE), 1):
            if number != place:
                return nothing
            rows.append(cleaned(row))
    except csv.Error:
        pass
    headings = find_headings(rows, ())
    if len(headings.rows) != 1:
        return nothing
    place = headings.rows[0]
    names = [*rows[place]]
    while names and not names[-1]:
        names.pop()
    if not all(names) or len(set(names)) < len(names) or len(names) < len(rows[place]):
        return nothing
    lines = head.split("\n", place + 1)
    start = len("\n".join(lines[: place + 1]).encode("utf-8")) + 1
    titles = tuple(" ".join(filter(None, rows[title])) for title in headings.titles)
    counts = {"title": len(titles), "heading": 1, "blank": place - len(titles)}
    return start, Aside(titles=titles, rows={kind: n for kind, n in counts.items() if n}), names


def _ended(content: bytes, separator: str) -> bytes:
    """Return the content up to its last row that holds anything, with a line break after it."""
    blank, end = f"{separator} \t\r\n".encode(), len(content)
    while end:
        start = content.rfind(b"\n", 0, end) + 1
        if content[start:end].strip(blank):
            break
        end = max(start - 1, 0)
    if content[end : end + 1] == b"\n":
        return content if end + 1 == len(content) else content[: end + 1]
    last = b"\r\n" if content[end - 1 : end] != b"\r" and b"\r\n" in content[:_HEAD] else b"\n"
    return content[:end] + last


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
