"""Comma-separated files, as Excel in Sweden and statistics offices write them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from impactkit.data.framing import Origin, table_of
from impactkit.data.table import Table
from impactkit.errors import DataError

SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt", ".skv"})
SEPARATORS = (";", "\t", "|", ",")
SAMPLE = 200
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
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
    if head_bytes.startswith(_ARCHIVES) or head_bytes.lstrip().startswith(b"<"):
        return False
    return path.suffix.lower() in SUFFIXES or b"\0" not in head_bytes or _bom_encoding(head_bytes) is not None


def read(path: Path, *, sheet: str | None = None) -> Table:
    """Read separated text, with the encoding and the separator found from the content.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        Has no meaning for separated text, and is refused.

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
    text, encoding = _decoded(path.read_bytes(), path.name)
    separator = _separator(text)
    rows, numbers = [], []
    try:
        for number, row in _numbered(text, separator):
            rows.append(row)
            numbers.append(number)
    except csv.Error as error:
        raise DataError(
            "The row after row {row} cannot be taken apart into cells.",
            where="{file}",
            mend="Close every quotation mark in that row, and double those inside a text.",
            values={"file": path.name, "row": numbers[-1] if numbers else 0},
        ) from error
    return table_of(rows, numbers, origin=Origin(file=path.name, encoding=encoding, separator=separator))


def _bom_encoding(content: bytes) -> str | None:
    return next((name for bom, name in _BOMS if content.startswith(bom)), None)


def _decoded(content: bytes, file: str) -> tuple[str, str]:
    bom = _bom_encoding(content)
    if bom is None:
        with suppress(UnicodeDecodeError):
            return _without_nul(content.decode("utf-8"), file), "utf-8"
    # A fixed order: guessing from letter frequencies is wrong on short Swedish files.
    encoding = bom or "cp1252"
    try:
        return _without_nul(content.decode(encoding), file), encoding
    except UnicodeDecodeError as error:
        # The error's own bytes: a byte order mark is not among those it counts.
        raise DataError(
            "The file's text encoding cannot be read: byte {byte} is no letter in {encoding}.",
            where="{file}, row {row}",
            mend="Open the file in Excel and save it as CSV UTF-8.",
            values={
                "file": file,
                "byte": f"0x{error.object[error.start]:02X}",
                "encoding": bom.removesuffix("-sig").upper() if bom else "UTF-8 / Windows-1252",
                "row": error.object.count(b"\n", 0, error.start) + 1,
            },
        ) from error


def _without_nul(text: str, file: str) -> str:
    if (place := text.find("\0")) >= 0:
        raise DataError(
            "The file holds a null character: it is damaged, or not a text file.",
            where="{file}, row {row}",
            mend="Save the file again as CSV UTF-8 in the program it came from.",
            values={"file": file, "row": text.count("\n", 0, place) + 1},
        )
    return text


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    if '"' not in text:  # a row is a line
        yield from enumerate(lines, 1)
        return
    start = 1
    for row in lines:
        yield start, row
        start = lines.line_num + 1


def _separator(text: str) -> str:
    """Choose the separator that gives the heading most cells and the rows as many."""

    def fit(separator: str) -> tuple[float, int]:
        try:
            widths = [len(row) for _, row in islice(_numbered(text, separator), SAMPLE) if row]
        except csv.Error:
            return 0.0, 0
        if not widths or widths[0] < 2:
            return 0.0, 0
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]

    best = max(SEPARATORS, key=fit)
    # One column only: a decimal comma in it must not be taken for a separator.
    return best if fit(best)[0] > 0.0 else SEPARATORS[0]
