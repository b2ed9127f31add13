"""One of two measurements, as a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from impactkit.data.observations import Observations
from impactkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

BASELINE, FOLLOW_UP = 0, 1


@dataclass(frozen=True, slots=True)
class Wave:
    """A measurement.

    Parameters
    ----------
    name : str
        baseline or follow_up.
    frame : DataFrame
        Its rows.
    """

    name: str
    frame: pd.DataFrame


def wave_frame(source: Any, name: str) -> Wave:
    """Return a measurement as a pandas frame of its own.

    Parameters
    ----------
    source : frame or Observations
        The measurement.
    name : str
        What it is called in messages.

    Returns
    -------
    Wave
        A copy; the caller's is never changed.

    Raises
    ------
    DataError
        If it is no table, or has columns that the pairing needs for itself.
    """
    if isinstance(source, Observations):
        frame = source.wide()
    else:
        try:
            frame = nw.from_native(source).lazy().collect("pandas").to_native().copy()
        except TypeError as error:
            raise DataError(
                "The {wave} is no table but {kind}.",
                where="pair",
                mend="Give a pandas, polars, pyarrow or duckdb table, or what ik.read gave.",
                values={"wave": name, "kind": type(source).__name__},
            ) from error
    for own in ("wave", "fate"):
        if own in frame.columns:
            raise DataError(
                "The {wave} has a column {column}, a name that the pairing uses itself.",
                where="pair",
                mend="Give the column another name.",
                values={"wave": name, "column": own},
            )
    return Wave(name, frame.reset_index(drop=True))
