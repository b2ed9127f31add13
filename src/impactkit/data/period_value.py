"""Periods as numbers: years as they are, dates as days."""

from __future__ import annotations

from datetime import date, datetime

from impactkit.errors import StudyError

When = float | date | str


def period_value(when: When) -> float:
    """Return a period as studies write it.

    Parameters
    ----------
    when : float, date or str
        A number such as a year, a date, or a date or a month written ``2022-03-01`` or ``2022-03``.

    Returns
    -------
    float
        The number, or days since 1970-01-01.

    Raises
    ------
    StudyError
        If text is neither a date, a month nor a number.

    Examples
    --------
    >>> period_value("1970-02"), period_value(date(1970, 1, 31)), period_value(2021)
    (31.0, 30.0, 2021.0)
    """
    found = _of_text(when) if isinstance(when, str) else when
    if isinstance(found, datetime):
        found = found.date()
    return float((found - date(1970, 1, 1)).days) if isinstance(found, date) else float(found)


def _of_text(text: str) -> float | date:
    for written in (text, f"{text}-01"):
        try:
            return date.fromisoformat(written)
        except ValueError:
            continue
    try:
        return float(text)
    except ValueError:
        raise StudyError(
            "{given!r} is no period.",
            where="start",
            mend="Write a number, a date such as 2022-03-01 or a month such as 2022-03.",
            values={"given": text},
        ) from None
