"""A column of numbers of a study's table, rows that the study leaves out among them."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from impactkit.data.columns import Floats


def whole_column(frame: Any, name: str) -> Floats:
    """Return a column of numbers as it stands in a table.

    Parameters
    ----------
    frame : DataFrame
        Anything narwhals reads.
    name : str
        The column.

    Returns
    -------
    ndarray, shape (n,)
        Missing values are nan.

    Examples
    --------
    >>> import pandas as pd
    >>> whole_column(pd.DataFrame({"x": [1.0, None]}), "x").tolist()
    [1.0, nan]
    """
    table = nw.from_native(frame).lazy().select(name).collect("pandas").to_native()
    return np.asarray(table[name].to_numpy(dtype=float, na_value=np.nan))
