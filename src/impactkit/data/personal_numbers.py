"""Swedish personal identity numbers and coordination numbers, found in texts and in columns."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹘﹣－"), "-")
_HIDDEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
_NUMBER = re.compile(r"(?<![0-9])(1[89]|20)?([0-9]{6}) ?[-+]? ?([0-9]{4})(?![0-9])")
_PLAIN = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?(?:[eE][-+]?[0-9]+)?")
_SHARE = 0.05


def personal_numbers(text: str) -> list[str]:
    """Return the personal identity numbers in a text: ten or twelve digits, a valid date and check digit.

    Parameters
    ----------
    text : str
        The text, however its digits, dashes and spaces are written.

    Returns
    -------
    list of str
        As they were found, digits only.

    Notes
    -----
    A coordination number has 60 added to the day. About 0.7 % of random ten-digit numbers look like one, so
    a hit among many numbers proves nothing; see :func:`holds_personal_numbers`.

    Examples
    --------
    >>> personal_numbers("född 18121212 - 1212, ung"), personal_numbers("telefon 070-123 45 67")
    (['181212121212'], [])
    """
    folded = _digits(unicodedata.normalize("NFKC", text)).translate(_HIDDEN).translate(_DASHES)
    folded = re.sub(r"[^\S\n]+", " ", folded)
    return ["".join(filter(None, m.groups())) for m in _NUMBER.finditer(folded) if _is_valid(*m.groups())]


def holds_personal_numbers(cells: Sequence[str]) -> bool:
    """Return whether a column of a table seems to hold personal identity numbers.

    Parameters
    ----------
    cells : sequence of str
        The column's texts.

    Returns
    -------
    bool
        In a column of text, whether there is one at all. In a column of plain numbers, where chance makes
        some look like one, whether one in twenty does, or any has all twelve digits.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    found = [hits for hits in map(personal_numbers, filled) if hits]
    if not all(_PLAIN.fullmatch(cell) for cell in filled):
        return bool(found)
    return len(found) >= max(_SHARE * len(filled), 1) or any(len(hit) == 12 for hits in found for hit in hits)


def _digits(text: str) -> str:
    """Return a text with the decimal digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _is_valid(century: str | None, day: str, last: str) -> bool:
    digits = day + last
    doubled = [int(sign) * (2 - place % 2) for place, sign in enumerate(digits)]
    if sum(value // 10 + value % 10 for value in doubled) % 10:
        return False
    year, month, date = int(day[:2]), int(day[2:4]), int(day[4:])
    date -= 60 if date > 60 else 0
    centuries = (century,) if century else ("19", "20")
    return 1 <= month <= 12 and any(
        1 <= date <= monthrange(int(which) * 100 + year, month)[1] for which in centuries
    )
