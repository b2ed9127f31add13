"""Numbers as people write them in tables: decimal comma or point, spaces between thousands."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

DecimalMark = Literal[",", "."]

# Ordinary, no-break, narrow no-break and thin space: what Excel and Statistics Sweden put between thousands.
THOUSANDS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
MINUS = "\N{MINUS SIGN}"
EMPTY: frozenset[str] = frozenset({""})
MISSING_SIGNS = frozenset(
    {"..", ".", "...", "-", "\N{EN DASH}", MINUS, "x", "X", "NA", "N/A", "NaN", "nan", "#N/A", "null"}
)

_DIGITS = rf"(?:[0-9]{{1,3}}(?:[{THOUSANDS}][0-9]{{3}})+|[0-9]+)"
_PLAIN = {
    mark: re.compile(
        rf"[+-]?(?:{_DIGITS}(?:{re.escape(mark)}[0-9]*)?|{re.escape(mark)}[0-9]+)(?:[eE][+-]?[0-9]+)?"
    )
    for mark in (",", ".")
}
_MARKED = re.compile(rf"[+-]?({_DIGITS}|)([,.])([0-9]*)(?:[eE][+-]?[0-9]+)?")
_NO_SPACES = str.maketrans("", "", THOUSANDS)


class Unreadable(StrEnum):
    """Why a text is not read as a number."""

    NOT_A_NUMBER = "not_a_number"
    MISSING_SIGN = "missing_sign"
    AMBIGUOUS = "ambiguous"
    GROUPED = "grouped"
    OTHER_MARK = "other_mark"


def parse_number(
    text: str, *, decimal: DecimalMark | None = None, missing: frozenset[str] = EMPTY
) -> float | Unreadable:
    """Read one number the way a person wrote it, or say why it cannot be read.

    Parameters
    ----------
    text : str
        The cell's text. Spaces (also no-break and thin) may stand between thousands; U+2212 is a minus sign.
    decimal : {",", "."}, optional
        The decimal mark of the file. When left out, either is read where only one reading is possible.
    missing : frozenset of str
        Texts that mean that no value was recorded.

    Returns
    -------
    float or Unreadable
        The number, nan for a missing value, or the reason why there is none.

    Examples
    --------
    >>> parse_number("1 234,5"), parse_number("−0.5"), parse_number("")
    (1234.5, -0.5, nan)
    >>> parse_number("1.234"), parse_number("1.234", decimal=".")
    (<Unreadable.AMBIGUOUS: 'ambiguous'>, 1.234)
    >>> parse_number("..").value
    'missing_sign'
    """
    text = text.strip()
    if text in missing:
        return math.nan
    if text in MISSING_SIGNS:
        return Unreadable.MISSING_SIGN
    text = text.replace(MINUS, "-")
    if decimal is None:
        decimal = mark_of(text) or "."
        if is_ambiguous(text):
            return Unreadable.AMBIGUOUS
    if _PLAIN[decimal].fullmatch(text):
        number = float(text.translate(_NO_SPACES).replace(decimal, "."))
        return number if math.isfinite(number) else Unreadable.NOT_A_NUMBER
    if re.fullmatch(rf"[+-]?[0-9{THOUSANDS},.]+", text) is None:
        return Unreadable.NOT_A_NUMBER
    other = "." if decimal == "," else ","
    marks = text.count(",") + text.count(".")
    if marks > 1:
        return Unreadable.GROUPED
    return Unreadable.OTHER_MARK if other in text else Unreadable.NOT_A_NUMBER


def mark_of(text: str) -> DecimalMark | None:
    """Return the decimal mark a text shows beyond doubt.

    Parameters
    ----------
    text : str
        A cell's text, with an ordinary minus sign.

    Returns
    -------
    {",", "."} or None
        None if it has no mark, is not a number, or could be read in two ways.

    Examples
    --------
    >>> mark_of("0,125"), mark_of("12.5"), mark_of("1.234"), mark_of("7")
    (',', '.', None, None)
    """
    match = _MARKED.fullmatch(text)
    if match is None or not (match[1] or match[3]) or is_ambiguous(text):
        return None
    return "," if match[2] == "," else "."


def is_ambiguous(text: str) -> bool:
    """Return whether a mark may be either a decimal mark or a thousands separator.

    Parameters
    ----------
    text : str
        A cell's text, with an ordinary minus sign.

    Returns
    -------
    bool
        True for one to three digits (not a lone 0), a mark and three digits, such as ``1.234``.

    Examples
    --------
    >>> is_ambiguous("1.234"), is_ambiguous("0.234"), is_ambiguous("1.2345")
    (True, False, False)
    """
    return re.fullmatch(r"[+-]?(?!0)[0-9]{1,3}[,.][0-9]{3}", text) is not None


def find_decimal(texts: Iterable[str]) -> DecimalMark | None:
    """Find the decimal mark that the unambiguous texts show.

    Parameters
    ----------
    texts : iterable of str
        Cells of all number columns of a file.

    Returns
    -------
    {",", "."} or None
        The mark that most unambiguous cells use, or None if there are none. Cells with the other mark are
        refused when they are read; they are never guessed.

    Examples
    --------
    >>> find_decimal(["1,234", "0,5", "7"])
    ','
    """
    marked = [text for text in texts if "," in text or "." in text]
    marks = (mark_of(text.strip().replace(MINUS, "-")) for text in marked)
    joined = "".join(marked)
    if "," not in joined or "." not in joined:
        return next((mark for mark in marks if mark is not None), None)
    count = Counter(marks)
    commas, points = count[","], count["."]
    if not commas and not points:
        return None
    return "," if commas >= points else "."
