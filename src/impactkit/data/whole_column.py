"""A column of a study's table, rows that the study leaves out among them."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from impactkit.data.columns import Codes, Floats


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
    return np.asarray(_column(frame, name).to_numpy(dtype=float, na_value=np.nan))


def whole_codes(frame: Any, name: str) -> Codes:
    """Return a column of labels as it stands in a table, coded.

    Parameters
    ----------
    frame : DataFrame
        Anything narwhals reads.
    name : str
        The column.

    Returns
    -------
    ndarray of int, shape (n,)
        0 .. m-1 in the order in which labels first appear; -1 where there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> whole_codes(pd.DataFrame({"x": ["b", None, "a", "b"]}), "x").tolist()
    [0, -1, 1, 0]
    """
    import pandas as pd

    return np.asarray(pd.factorize(_column(frame, name))[0], dtype=np.int64)


def _column(frame: Any, name: str) -> Any:
    return nw.from_native(frame).lazy().select(name).collect("pandas").to_native()[name]
