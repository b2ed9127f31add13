"""The rows a plan names: read, typed by role, baseline and follow-up one below the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from impactkit.errors import DataError
from impactkit.plans.data_files import DataFiles

if TYPE_CHECKING:
    import pandas as pd


def typed_rows(data: DataFiles, folder: Path, *, outcomes: set[str]) -> pd.DataFrame:
    """Return the rows of a plan's files.

    Parameters
    ----------
    data : DataFiles
        Files and roles.
    folder : Path
        Where the files lie.
    outcomes : set of str
        Every column measured.

    Returns
    -------
    DataFrame
        Numbers in the columns whose role needs them, text elsewhere.

    Raises
    ------
    DataError
        With every fault of the files.
    """
    import pandas as pd

    numbers = outcomes | {*data.covariates, data.treated, data.first_treated, data.weight, data.pre_outcome, data.time}
    tables = [_table(folder / name, data) for name in data.names]
    if len(tables) == 2:
        _mark_time(tables, data)
    rows = pd.concat(tables, ignore_index=True)
    for column in rows.columns:
        if column in numbers:
            rows[column] = _numbers(rows[column], data)
    return rows


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
    import pandas as pd

    if data.time in rows.columns:
        times = rows[data.time].dropna()
        if pd.api.types.is_datetime64_any_dtype(times) and len(times):
            return int(times.dt.year.max())
        if pd.api.types.is_numeric_dtype(times) and len(times) and 1900 <= times.max() <= 2200:
            return int(times.max())
    return data.follow_up_collected.year if data.follow_up_collected else None


def _mark_time(tables: list[pd.DataFrame], data: DataFiles) -> None:
    for table, collected in zip(tables, (data.baseline_collected, data.follow_up_collected), strict=True):
        if data.time not in table.columns and collected:
            table[data.time] = str(collected.year)


# A seam: reading and typing move to impactkit.data, which reports every faulty cell.
def _table(path: Path, data: DataFiles) -> pd.DataFrame:
    import pandas as pd

    if not path.is_file():
        raise DataError(
            "There is no file {name}.",
            where="{folder}",
            mend="Put the file beside the plan, or correct its name under [data].",
            values={"name": path.name, "folder": str(path.parent)},
        )
    missing = ["", *data.missing]
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype=str, sep=None, engine="python", keep_default_na=False, na_values=missing)
    return pd.read_excel(
        path, sheet_name=data.sheet or 0, dtype=str, engine="calamine", keep_default_na=False, na_values=missing
    )


def _numbers(column: pd.Series, data: DataFiles) -> pd.Series:
    import pandas as pd

    text = column.str.replace(",", ".") if data.decimal == "," else column
    return pd.to_numeric(text)
