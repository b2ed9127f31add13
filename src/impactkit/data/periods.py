"""Periods as people and statistics offices write them: years, school years, quarters, months, weeks, days."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal

Frequency = Literal["year", "school_year", "half_year", "quarter", "month", "week", "day"]
FIRST_YEAR, LAST_YEAR = 1900, 2200
_AUGUST = 8  # a Swedish school year begins then

_MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT = {name[:3]: place % 12 + 1 for place, name in enumerate(_MONTHS)}
_NAMED = {name: place % 12 + 1 for place, name in enumerate(_MONTHS)} | _SHORT | {"sept": 9}
_YEAR = re.compile(r"(?:år )?(\d{4})")
_PATTERNS: tuple[tuple[Frequency, re.Pattern[str]], ...] = (
    ("month", re.compile(r"(\d{4})[ -]?M(0[1-9]|1[0-2])", re.IGNORECASE)),
    ("month", re.compile(r"(\d{4})-(0[1-9]|1[0-2])")),
    ("quarter", re.compile(r"(\d{4})[ -]?[KQ]([1-4])", re.IGNORECASE)),
    ("half_year", re.compile(r"(\d{4})[ -]?H([12])", re.IGNORECASE)),
    ("week", re.compile(r"(\d{4})[ -]?[WV](0[1-9]|[1-4]\d|5[0-3])", re.IGNORECASE)),
    ("week", re.compile(r"(\d{4})-W(0[1-9]|[1-4]\d|5[0-3])", re.IGNORECASE)),
)
_QUARTER_FIRST = re.compile(r"(?:kv(?:artal)?\.? ?|[KQ])([1-4]) (\d{4})", re.IGNORECASE)
_SCHOOL = re.compile(r"(?:läsåret |lå |ht)?(\d{4})[/–-](\d{2}|\d{4})", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_NAMED = re.compile(r"([A-Za-zåäö]+)\.? (\d{4})")


@dataclass(frozen=True, slots=True)
class Period:
    """A period.

    Parameters
    ----------
    frequency : {"year", "school_year", "half_year", "quarter", "month", "week", "day"}
        How long it is.
    text : str
        How it is written: 2024, 2024/25, 2024H1, 2024Q1, 2024M01, 2024W01, 2024-01-31.
    start : date
        Its first day.
    """

    frequency: Frequency
    text: str
    start: datetime.date


def period_of(text: str) -> Period | None:
    """Return the period that a text names beyond doubt.

    Parameters
    ----------
    text : str
        As written: ``2024``, ``2023/24``, ``2021K1``, ``kv 1 2021``, ``2021M03``, ``mars 2021``,
        ``2021-W05``, ``2021-03-31``.

    Returns
    -------
    Period or None
        None when it is no period, or one that does not exist, such as 31 February.

    Notes
    -----
    Years lie between 1900 and 2200. Four digits and two (``2021-03``) are a month; ``2021/22``
    is a school year, and so is ``2021-22``, which can be no month; ``2009-10`` can be either, and is neither.
    Weeks are those of ISO 8601.

    Examples
    --------
    >>> period_of("2021K1").text, period_of("mars 2021").text, period_of("2021/22").text
    ('2021Q1', '2021M03', '2021/22')
    >>> period_of("2021-02-30") is None, period_of("2021W53") is None
    (True, True)
    """
    text = " ".join(text.split())
    try:
        return _year(text) or _coded(text) or _school_year(text) or _day(text) or _month_named(text)
    except ValueError:
        return None


def _year(text: str) -> Period | None:
    found = _YEAR.fullmatch(text)
    if not found or not found[1].isascii() or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    return Period("year", found[1], datetime.date(int(found[1]), 1, 1))


def _in_bounds(year: str) -> bool:
    return year.isascii() and FIRST_YEAR <= int(year) <= LAST_YEAR


def _coded(text: str) -> Period | None:
    if found := _QUARTER_FIRST.fullmatch(text):
        text = f"{found[2]}Q{found[1]}"
    for frequency, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found and text.isascii() and _in_bounds(found[1]):
            if text[4:5] == "-" and len(text) == 7 and int(found[2]) == (int(found[1]) + 1) % 100:
                return None  # 2009-10: October, or a school year
            return _part_of_year(frequency, int(found[1]), int(found[2]))
    return None


def _part_of_year(frequency: Frequency, year: int, part: int) -> Period:
    if frequency == "month":
        return Period("month", f"{year}M{part:02}", datetime.date(year, part, 1))
    if frequency == "quarter":
        return Period("quarter", f"{year}Q{part}", datetime.date(year, 3 * part - 2, 1))
    if frequency == "half_year":
        return Period("half_year", f"{year}H{part}", datetime.date(year, 6 * part - 5, 1))
    return Period("week", f"{year}W{part:02}", datetime.date.fromisocalendar(year, part, 1))


def _school_year(text: str) -> Period | None:
    found = _SCHOOL.fullmatch(text)
    if not found or not (found[1] + found[2]).isascii() or not _in_bounds(found[1]):
        return None
    year = int(found[1])
    if text[4:5] == "-" and len(found[2]) == 2 and 1 <= int(found[2]) <= 12:
        return None  # 2009-10: October, or a school year
    follows = found[2] in (str(year + 1), str(year + 1)[2:])
    return (
        Period("school_year", f"{year}/{(year + 1) % 100:02}", datetime.date(year, _AUGUST, 1))
        if follows
        else None
    )


def _day(text: str) -> Period | None:
    found = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if not found or not text.isascii() or not _in_bounds(found[1]):
        return None
    day = datetime.date(int(found[1]), int(found[2]), int(found[3]))
    return Period("day", day.isoformat(), day)


def _month_named(text: str) -> Period | None:
    found = _MONTH_NAMED.fullmatch(text)
    month = _NAMED.get(found[1].casefold()) if found else None
    if not found or month is None or not _in_bounds(found[2]):
        return None
    return _part_of_year("month", int(found[2]), month)
