"""A drawn panel as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


def panel_table(outcomes: Mapping[str, Floats], first_treated: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return a balanced panel as a table, units one after the other.

    Parameters
    ----------
    outcomes : mapping of str to ndarray, shape (N, T)
        Outcomes by unit and period, by the name of their column.
    first_treated : ndarray of int, shape (N,)
        First treated period, counted from 1; 0 for never.

    Returns
    -------
    DataFrame, shape (N * T, 3 + the number of outcomes)
        Columns unit, period, first_treated and the outcomes.

    Examples
    --------
    >>> panel_table({"y": np.zeros((2, 3))}, np.array([2, 0])).shape
    (6, 4)
    """
    import pandas as pd

    N, T = next(iter(outcomes.values())).shape
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(N), T),
            "period": np.tile(np.arange(1, T + 1), N),
            "first_treated": np.repeat(first_treated, T),
            **{name: values.ravel() for name, values in outcomes.items()},
        }
    )


def first_treated(n_units: int, n_treated: int, start: int) -> npt.NDArray[np.int64]:
    """Return the first treated period of units of which the first some start together.

    Parameters
    ----------
    n_units, n_treated : int
        All units, and those treated.
    start : int
        Their first treated period, counted from 1.

    Returns
    -------
    ndarray of int, shape (n_units,)
        0 for never.

    Examples
    --------
    >>> first_treated(3, 1, 5).tolist()
    [5, 0, 0]
    """
    return np.where(np.arange(n_units) < n_treated, start, 0)
