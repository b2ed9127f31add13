"""The rows a plan names: read, typed by role, baseline and follow-up one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from impactkit.errors import DataError, Trouble
from impactkit.plans.data_files import DataFiles

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.data.table import Table


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
    times = rows[data.time] if data.time in rows.columns and len(rows) else None
    if times is not None and times.dtype.kind == "M":
        times = times.dt.year
    last = None if times is None else times.max()
    # Waves counted 0, 1, 2 are no years.
    if last is not None and 1900 <= last <= 2200:
        return int(last)
    return data.follow_up_collected.year if data.follow_up_collected else None


def _collected(data: DataFiles) -> tuple[date | None, ...]:
    return (None,) if data.file else (data.baseline_collected, data.follow_up_collected)


def _typed(table: Table, data: DataFiles, outcomes: Sequence[str], *, collected: date | None) -> pd.DataFrame:
    from impactkit.data.dated_column import is_dated
    from impactkit.data.numbers import EMPTY
    from impactkit.data.totals import refuse_totals
    from impactkit.data.typing_columns import typed_frame

    # One file for each measurement needs no time column: the plan says when it was collected.
    without_time = data.time not in table.header and collected is not None
    given = (data.weight, data.exposure, data.pre_outcome, data.std_error)
    single = (data.treated, data.first_treated, data.eligible, data.dose, *given)
    time = () if without_time else (data.time,)
    dates = [name for name in _named(*time, data.first_treated) if is_dated(table, name)]
    numbers = [name for name in _named(*outcomes, *data.covariates, *single, *time) if name not in dates]
    codes = [name for name in _named(data.unit, data.cluster, data.stratum) if name not in numbers]
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
