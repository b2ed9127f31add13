"""How a value stands in a cell of a table that a spreadsheet opens: never as a formula.

Every table impactkit writes goes through this page, so that a name such as ``=HYPERLINK(...)`` in somebody's
data stays a name. Numbers are left as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# What a spreadsheet takes for the start of a formula, also in full width; and the sign that says it is none.
_HAZARD = re.compile(r"[=+\-@\t\r\n'\uFF1D\uFF0B\uFF0D\uFF20]")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")


def safe_cell(text: str) -> str:
    """Return a text as it may stand in a CSV file: with an apostrophe before what could be a formula.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    str
        The same text where it is a number or harmless.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-2.5"), safe_cell("Umeå")
    ("'=1+1", '-2.5', 'Umeå')
    """
    return f"'{text}" if _HAZARD.match(text) and not _NUMBER.fullmatch(text) else text


def bare_cell(text: str) -> str:
    """Return the text that `safe_cell` was given.

    Parameters
    ----------
    text : str
        As it stands in a CSV file.

    Returns
    -------
    str
        Without the apostrophe.

    Examples
    --------
    >>> bare_cell(safe_cell("'=1+1")) == "'=1+1"
    True
    """
    return text.removeprefix("'")


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    r"""Return rows as a CSV file that spreadsheets open and nothing in it is run.

    Parameters
    ----------
    rows : iterable of sequence of str
        The heading and the rows.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark, semicolons between cells.

    Examples
    --------
    >>> csv_bytes([["a", "=b"]])
    b"\xef\xbb\xbfa;'=b\r\n"
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def write_cell(
    sheet: Worksheet,
    place: tuple[int, int],
    *,
    value: str | int | float | None,
    form: Format | None = None,
) -> None:
    """Write a value in a worksheet: a text as a text, a number as a number, nothing as a formula.

    Parameters
    ----------
    sheet : Worksheet
        Where.
    place : (int, int)
        Row and column, from 0.
    value : str, int, float or None
        What; None leaves the cell empty.
    form : Format, optional
        How it looks.
    """
    if isinstance(value, str):
        sheet.write_string(*place, value, form)
    elif value is not None:
        sheet.write_number(*place, value, form)
