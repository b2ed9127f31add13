"""The rows a plan names: read, typed by role, baseline and follow-up one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from impactkit.errors import DataError, Trouble
from impactkit.plans.data_files import DataFiles

_FIRST, _LAST, _MONTHS = 1900, 2200, 12

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.data.table import Table


def typed_rows(
    data: DataFiles,
    folder: Path,
    *,
    outcomes: Sequence[str],
    groups: Sequence[str] = (),
    only: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the rows of a plan's files: the columns that play a part, and no others.

    Parameters
    ----------
    data : DataFiles
        Files and roles.
    folder : Path
        Where the files lie.
    outcomes : sequence of str
        Every column measured.
    groups : sequence of str
        Columns that say who belongs to which subgroup.
    only : sequence of str, optional
        The files to read, where not all are there yet.

    Returns
    -------
    DataFrame
        Numbers in the columns whose role needs them, text in units, clusters and strata.

    Raises
    ------
    DataError
        With every fault of every file.
    """
    import pandas as pd

    from impactkit.data.evidence import read_evidence
    from impactkit.data.read_table import read_table

    found: list[pd.DataFrame] = []
    troubles: list[Trouble] = []
    for name, collected in zip(data.names, _collected(data), strict=True):
        if only is not None and name not in only:
            continue
        try:
            table = read_table(folder / name, sheet=data.sheet)
            found.append(_typed(table, data, outcomes, groups=groups, collected=collected))
        except DataError as error:
            troubles += error.troubles
    for name in data.evidence:
        try:
            read_evidence(folder / name)
        except DataError as error:
            troubles += error.troubles
    if troubles:
        raise DataError.of(troubles)
    return pd.concat(found, ignore_index=True)


def last_year(rows: pd.DataFrame, data: DataFiles) -> int | None:
    """Return the year of the last follow-up: the last time in the rows, else when it was collected.

    Parameters
    ----------
    rows : DataFrame
        The plan's rows.
    data : DataFiles
        Files and roles.

    Returns
    -------
    int or None
        None when neither says a year.
    """
    seen = years_of(rows[data.time]) if data.time in rows.columns else []
    if seen:
        return seen[-1]
    return data.follow_up_collected.year if data.follow_up_collected else None


def years_of(times: pd.Series) -> list[int]:
    """Return the years of a column of periods or starts, in order; what is no year is left out.

    Parameters
    ----------
    times : Series
        Dates, years, or months written 202304; waves counted 0, 1, 2 are no years.

    Returns
    -------
    list of int
        Each once.

    Examples
    --------
    >>> import pandas as pd
    >>> years_of(pd.Series([202212, 202301])), years_of(pd.Series([1, 2]))
    ([2022, 2023], [])
    """
    seen = times.dropna().unique().tolist() if times.dtype.kind != "M" else times.dropna().dt.year.unique()
    return sorted({int(year) for time in seen if (year := year_of(time)) is not None})


def year_of(time: float | date) -> float | None:
    """Return the year of a time: of a date, of a month written 202304, or the time itself.

    Parameters
    ----------
    time : float or date
        As the rows or the plan have it.

    Returns
    -------
    float or None
        None where it is no year: waves counted 0, 1, 2 are none.

    Examples
    --------
    >>> year_of(date(2023, 4, 1)), year_of(202304), year_of(2023), year_of(2)
    (2023.0, 2023.0, 2023.0, None)
    """
    if isinstance(time, date):
        return float(time.year)
    year, month = divmod(time, 100)
    if _FIRST <= year <= _LAST and 1 <= month <= _MONTHS and month == int(month):
        return float(year)
    return float(time) if _FIRST <= time <= _LAST and time == int(time) else None


def _collected(data: DataFiles) -> tuple[date | None, ...]:
    return (None,) if data.file else (data.baseline_collected, data.follow_up_collected)


def _typed(
    table: Table,
    data: DataFiles,
    outcomes: Sequence[str],
    *,
    groups: Sequence[str],
    collected: date | None,
) -> pd.DataFrame:
    from impactkit.data.dated_column import is_dated
    from impactkit.data.numbers import EMPTY
    from impactkit.data.totals import refuse_totals
    from impactkit.data.typing_columns import typed_frame

    # One file for each measurement needs no time column: the plan says when it was collected.
    without_time = data.time not in table.header and collected is not None
    given = (data.weight, data.exposure, data.pre_outcome, data.std_error)
    lot = (data.takeup, data.running, data.probability, *data.instruments)
    single = (data.treated, data.first_treated, data.eligible, data.dose, *given, *lot)
    time = () if without_time else (data.time,)
    dates = [name for name in _named(*time, data.first_treated) if is_dated(table, name)]
    numbers = [name for name in _named(*outcomes, *data.covariates, *single, *time) if name not in dates]
    named = _named(data.unit, *data.grouped, *groups)
    codes = [name for name in named if name not in numbers]
    missing = EMPTY | frozenset(data.missing)
    refuse_totals(table, data.unit)
    frame = typed_frame(
        table, numbers=numbers, codes=codes, dates=dates, decimal=data.decimal, missing=missing
    )
    if without_time and collected is not None:
        frame[str(data.time)] = collected.year
    return frame


def _named(*names: str | None) -> list[str]:
    return list(dict.fromkeys(name for name in names if name is not None))
