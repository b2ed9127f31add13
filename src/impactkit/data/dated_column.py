"""Columns of dates, months, quarters and weeks, read to the first day of each."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from impactkit.data.fault import Fault
from impactkit.data.numbers import EMPTY
from impactkit.data.periods import Period, period_of
from impactkit.data.table import Table

_NEVER = "0"
_MONTH = re.compile(r"\d{4}-\d{2}")


def is_dated(table: Table, name: str | None) -> bool:
    """Return whether a column says when, and more finely than by the year.

    Parameters
    ----------
    table : Table
        Cells of text.
    name : str, optional
        The column.

    Returns
    -------
    bool
        Whether the first cell that says beyond doubt when is a half-year, a quarter, a month, a week or a
        day written with more than digits.
    """
    if name is None or name not in table.header:
        return False
    first = next((found for text in table.texts(name) if (found := _written(text)) is not None), None)
    return first is not None and first.frequency not in ("year", "school_year")


def _written(text: str) -> Period | None:
    return None if text in EMPTY or text.isdecimal() else period_of(text)


def _read(text: str, kind: str) -> Period | None:
    """Return the period of a cell; 2009-10 is October among months, where it could be a school year."""
    if kind == "month" and _MONTH.fullmatch(text):
        return period_of(text.replace("-", "M"))
    return period_of(text)


def dated_column(table: Table, name: str, *, missing: frozenset[str]) -> tuple[pd.Series, list[Fault]]:
    """Return the first day of each cell's period.

    Parameters
    ----------
    table : Table
        Cells of text.
    name : str
        The column.
    missing : frozenset of str
        Texts that mean that no value was recorded.

    Returns
    -------
    values : Series of datetime64
        NaT where a cell is empty, or 0: never.
    faults : list of Fault
        Cells that are no period, or of another kind than the first.

    Notes
    -----
    A column of one kind only: months among days would be read as their first day.
    """
    texts = table.texts(name)
    signs = missing | EMPTY | {_NEVER}
    places, uniques = pd.factorize(np.array(texts, dtype=object))
    sure = [found.frequency for text in uniques if (found := _written(text)) is not None]
    expected = sure[0] if sure else "day"
    periods = [None if text in signs else _read(text, expected) for text in uniques]
    is_wrong = np.array(
        [
            text not in signs and (period is None or period.frequency != expected)
            for text, period in zip(uniques, periods, strict=True)
        ],
        dtype=bool,
    )
    if is_wrong.any():
        problem = "{value} in column {column} is not written like the dates above it."
        mend = "Write all as days (2022-03-01), months (2022-03), quarters (2022Q1) or weeks (2022-W09)."
        return pd.Series(dtype="datetime64[s]"), table.alike(
            np.flatnonzero(is_wrong[places]).tolist(), name, problem=problem, mend=mend
        )
    days = np.array([None if period is None else period.start for period in periods], dtype="datetime64[s]")
    return pd.Series(days[places]), []
