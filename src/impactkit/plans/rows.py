"""The rows a plan names: read, typed by role, baseline and follow-up one below the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from impactkit.errors import DataError, Trouble
from impactkit.plans.data_files import DataFiles

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from impactkit.data.table import Table

_FIRST, _LAST, _MONTHS = 1900, 2200, 12
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def typed_rows(data: DataFiles, folder: Path, *, outcomes: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a plan's files: the columns that play a part, and no others.

    Parameters
    ----------
    data : DataFiles
        Files and roles.
    folder : Path
        Where the files lie.
    outcomes : sequence of str
        Every column measured.

    Returns
    -------
    DataFrame
        Numbers in the columns whose role needs them, text in units, clusters and strata. Times written as
        days (2023-04-01) are dates.

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
        try:
            found.append(
                _typed(read_table(folder / name, sheet=data.sheet), data, outcomes, collected=collected)
            )
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
    last = rows[data.time].max() if data.time in rows.columns and len(rows) else None
    year = None if last is None else year_of(last)
    if year is not None:
        return int(year)
    return data.follow_up_collected.year if data.follow_up_collected else None


def year_of(time: float | date) -> float | None:
    """Return the year of a time: of a date, of a month written 202304, or the time itself.

    Parameters
    ----------
    time : float or date
        As the rows have it.

    Returns
    -------
    float or None
        None where it is no year: waves counted 0, 1, 2 are none.

    Examples
    --------
    >>> year_of(date(2023, 4, 1)), year_of(202304), year_of(2023), year_of(2)
    (2023.0, 2023.0, 2023, None)
    """
    if isinstance(time, date):
        return float(time.year)
    year, month = divmod(time, 100)
    if _FIRST <= year <= _LAST and 1 <= month <= _MONTHS and month == int(month):
        return float(year)
    return time if _FIRST <= time <= _LAST else None


def _collected(data: DataFiles) -> tuple[date | None, ...]:
    return (None,) if data.file else (data.baseline_collected, data.follow_up_collected)


def _typed(table: Table, data: DataFiles, outcomes: Sequence[str], *, collected: date | None) -> pd.DataFrame:
    from impactkit.data.numbers import EMPTY
    from impactkit.data.totals import refuse_totals
    from impactkit.data.typing_columns import typed_frame

    # One file for each measurement needs no time column: the plan says when it was collected.
    without_time = data.time not in table.header and collected is not None
    given = (data.weight, data.exposure, data.pre_outcome, data.std_error)
    single = (data.treated, data.first_treated, data.eligible, data.dose, *given)
    time = () if without_time else (data.time,)
    numbers = _named(*outcomes, *data.covariates, *single, *time)
    codes = [name for name in _named(data.unit, data.cluster, data.stratum) if name not in numbers]
    missing = EMPTY | frozenset(data.missing)
    refuse_totals(table, data.unit)
    dates = None if without_time else _dates(table, data.time)
    if dates is not None:
        numbers.remove(str(data.time))
    frame = typed_frame(table, numbers=numbers, codes=codes, decimal=data.decimal, missing=missing)
    if without_time and collected is not None:
        frame[str(data.time)] = collected.year
    if dates is not None:
        frame[str(data.time)] = dates
    return frame


def _dates(table: Table, name: str | None) -> NDArray[np.datetime64] | None:
    """Return times that are all written as days; None where any is not."""
    import numpy as np

    texts = table.texts(name) if name in table.header else []
    try:
        days = [date.fromisoformat(text) if _DAY.fullmatch(text) else None for text in texts]
    except ValueError:  # such as 2023-02-30
        return None
    return None if not days or None in days else np.array(days, dtype="datetime64[s]")


def _named(*names: str | None) -> list[str]:
    return list(dict.fromkeys(name for name in names if name is not None))
