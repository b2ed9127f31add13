"""What can be wrong with a study's table, each fault with its row and its mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.columns import Codes, Columns, Flags, Floats
from impactkit.data.roles import Roles
from impactkit.errors import Trouble

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 5
_CHANGES = {
    "first_treated": "The start changes within a unit; units: {n}, the first is {unit!r}.",
    "cluster": "The cluster changes within a unit; units: {n}, the first is {unit!r}.",
    "eligible": "Who is eligible changes within a unit; units: {n}, the first is {unit!r}.",
    "dose": "The dose changes within a unit; units: {n}, the first is {unit!r}.",
    "stratum": "The stratum changes within a unit; units: {n}, the first is {unit!r}.",
}


def calendar_troubles(table: Mapping[str, pd.Series[Any]], roles: Roles) -> list[Trouble]:
    """Return a trouble if periods are dates and starts are not, or the other way round.

    Parameters
    ----------
    table : mapping of str to Series
        The columns.
    roles : Roles
        The part each plays.

    Returns
    -------
    list of Trouble
        Empty when all is well.
    """
    if roles.time is None or roles.first_treated is None:
        return []
    times, starts = table[roles.time], table[roles.first_treated]
    if (times.dtype.kind == "M") == (starts.dtype.kind == "M"):
        return []
    told = starts.notna() if starts.dtype.kind == "M" else starts.notna() & (starts != 0) & (starts != np.inf)
    if not bool(told.any()):
        return []
    return [
        Trouble(
            "Periods in {time!r} and starts in {start!r} are not alike: one has dates, the other numbers.",
            "first_treated={start!r}",
            "Write both as dates, or both as numbers such as years.",
            {"time": roles.time, "start": roles.first_treated},
        )
    ]


def number_troubles(column: pd.Series[Any], role: str) -> list[Trouble]:
    """Return a trouble if a column that must hold numbers holds text or infinite numbers.

    Parameters
    ----------
    column : Series
        The column.
    role : str
        The part it plays.

    Returns
    -------
    list of Trouble
        Empty when all is well.
    """
    name, kind = str(column.name), column.dtype.kind
    if kind in "iub" or (kind in "M" and role == "first_treated"):
        return []
    text = column.map(lambda value: isinstance(value, str)) if kind != "f" else None
    if text is not None and bool(text.any()):
        where = rows_in_words(text.to_numpy(dtype=bool))
        example = str(column[text].iloc[0])
        return [
            Trouble(
                "Column {name!r} must hold numbers; cells with text: {n}, such as {example!r}.",
                "{role}={name!r}, rows {rows}",
                "Correct the cells, or turn the column into numbers first.",
                {"name": name, "n": int(text.sum()), "example": example, "role": role, "rows": where},
            )
        ]
    values = _coerced(column)
    if all_finite(values):
        return []
    infinite = np.isinf(values)
    if infinite.any() and role != "first_treated":
        return [
            Trouble(
                "Column {name!r} holds infinite numbers.",
                "{role}={name!r}, rows {rows}",
                "Correct the cells, or leave them empty.",
                {"name": name, "role": role, "rows": rows_in_words(infinite)},
            )
        ]
    return []


def floats_of(column: pd.Series[Any]) -> Floats:
    """Return a column's numbers.

    Parameters
    ----------
    column : Series
        Numbers of any kind.

    Returns
    -------
    ndarray, shape (n,)
        nan where the cell is empty; a view where the column holds such numbers already.
    """
    if is_plain(column):
        return column.to_numpy().astype(np.float64, copy=False)
    values: Floats = column.to_numpy(dtype=float, na_value=np.nan)
    return values


def all_finite(values: Floats) -> bool:
    """Return whether no number is missing or infinite.

    Parameters
    ----------
    values : ndarray
        Numbers, of any shape.

    Returns
    -------
    bool
        One that is missing or infinite makes the sum so: each is looked at only where the sum is.

    Examples
    --------
    >>> all_finite(np.array([1.0, 2])), all_finite(np.array([1.0, np.nan])), all_finite(np.full(2, 1e308))
    (True, False, True)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum())) or bool(np.isfinite(values).all())


def is_plain(column: pd.Series[Any]) -> bool:
    """Return whether a column is an array of numpy's numbers, in which only a nan is an empty cell.

    Parameters
    ----------
    column : Series
        The column.

    Returns
    -------
    bool
        False for texts, dates and pandas' own kinds of numbers.
    """
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf"


def _coerced(column: pd.Series[Any]) -> Floats:
    """Return a column's numbers; nan for what is none."""
    if column.dtype.kind == "f":
        return floats_of(column)
    import pandas as pd

    values: Floats = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return values


def missing_label_troubles(column: pd.Series[Any], role: str) -> list[Trouble]:
    """Return a trouble if a unit, time, cluster or stratum is missing.

    Parameters
    ----------
    column : Series
        The column.
    role : str
        The part it plays.

    Returns
    -------
    list of Trouble
        Empty when all is well.
    """
    if is_plain(column) and column.dtype.kind != "f":  # integers cannot be missing
        return []
    lacking = column.isna().to_numpy(dtype=bool)
    if not lacking.any():
        return []
    return [
        Trouble(
            "Empty cells in column {name!r}: {n}.",
            "{role}={name!r}, rows {rows}",
            "Fill in the cells, or leave the rows out yourself and say why.",
            {"name": str(column.name), "n": int(lacking.sum()), "role": role, "rows": rows_in_words(lacking)},
        )
    ]


def text_time_troubles(column: pd.Series[Any]) -> list[Trouble]:
    """Return a trouble if times are neither numbers nor dates.

    Parameters
    ----------
    column : Series
        The time column.

    Returns
    -------
    list of Trouble
        Empty when all is well.
    """
    if column.dtype.kind in "iufM":
        return []
    return [
        Trouble(
            "Column {name!r} must hold years or dates; it holds {example!r}.",
            "time={name!r}",
            "Turn the column into whole years or dates first.",
            {"name": str(column.name), "example": str(column.iloc[0])},
        )
    ]


def panel_troubles(columns: Columns, roles: Roles) -> list[Trouble]:
    """Return what is wrong with the panel: duplicates, and what changes within a unit and must not.

    Parameters
    ----------
    columns : Columns
        Coded columns sorted by cluster, unit and period.
    roles : Roles
        The part each column plays.

    Returns
    -------
    list of Trouble
        Empty when all is well.
    """
    if columns.unit is None:
        return []
    if columns.period is None:
        return _repeated_units(columns)
    troubles = _duplicates(columns)
    for role, values in (
        ("first_treated", columns.cohort),
        ("cluster", columns.cluster),
        ("stratum", columns.stratum),
        ("eligible", columns.eligible),
        ("dose", columns.dose),
    ):
        name = getattr(roles, role) or roles.treated or roles.dose
        if values is not None and name is not None:
            troubles += _changes(columns, values, role, name)
    return troubles


def _duplicates(columns: Columns) -> list[Trouble]:
    unit, period = columns.unit, columns.period
    assert unit is not None and period is not None and columns.unit_labels is not None
    same = (unit[1:] == unit[:-1]) & (period[1:] == period[:-1])
    if not same.any():
        return []
    row = int(np.flatnonzero(same)[0])
    return [
        Trouble(
            "Rows that repeat a unit and period: {n}; the first is unit {unit!r} in {period}.",
            "unit and time",
            "Keep one row for each unit and period, or leave unit= out for repeated cross sections.",
            {
                "n": int(same.sum()),
                "unit": str(columns.unit_labels[unit[row]]),
                "period": columns.period_names[period[row]],
            },
        )
    ]


def _repeated_units(columns: Columns) -> list[Trouble]:
    assert columns.unit is not None and columns.unit_labels is not None
    counts = np.bincount(columns.unit)
    if counts.max(initial=0) <= 1:
        return []
    return [
        Trouble(
            "Units with several rows although there is no time: {n}; the first is {unit!r}.",
            "unit",
            "Give time=, or keep one row for each unit.",
            {"n": int((counts > 1).sum()), "unit": str(columns.unit_labels[int(np.argmax(counts > 1))])},
        )
    ]


def _changes(columns: Columns, values: Floats | Codes | Flags, role: str, name: str) -> list[Trouble]:
    unit = columns.unit
    assert unit is not None and columns.unit_labels is not None
    order = slice(None) if bool((unit[1:] >= unit[:-1]).all()) else np.argsort(unit, kind="stable")
    unit, values = unit[order], values[order]
    differs = (unit[1:] == unit[:-1]) & (values[1:] != values[:-1])
    if not differs.any():
        return []
    guilty = np.unique(unit[1:][differs])
    return [
        Trouble(
            _CHANGES[role],
            "{role}={name!r}",
            "Give each unit one value, the same in all its rows.",
            {
                "n": len(guilty),
                "unit": str(columns.unit_labels[guilty[0]]),
                "role": role,
                "name": name,
            },
        )
    ]


def rows_in_words(guilty: Flags) -> str:
    """Return the first few rows at fault, and how many there are.

    Parameters
    ----------
    guilty : ndarray of bool, shape (n,)
        Which rows.

    Returns
    -------
    str
        Numbered from 0.

    Examples
    --------
    >>> rows_in_words(np.array([False, True, True]))
    '1, 2'
    """
    found = np.flatnonzero(guilty)
    shown = ", ".join(str(row) for row in found[:_SHOWN])
    return shown + (f" … ({len(found)})" if len(found) > _SHOWN else "")
