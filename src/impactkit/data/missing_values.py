"""How many values a table lacks, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw


def missing_values(frame: Any, names: Sequence[str]) -> dict[str, int]:
    """Count the empty cells of columns, rows that a study leaves out among them.

    Parameters
    ----------
    frame : DataFrame
        Anything narwhals reads.
    names : sequence of str
        Columns.

    Returns
    -------
    dict of str to int
        Rows without a value (nan is none either).

    Examples
    --------
    >>> import pandas as pd
    >>> missing_values(pd.DataFrame({"x": [1.0, None], "z": [1, 2]}), ["x", "z"])
    {'x': 1, 'z': 0}
    """
    import pandas as pd

    if not names:
        return {}
    is_pandas = isinstance(frame, pd.DataFrame)
    table = frame if is_pandas else nw.from_native(frame).lazy().select(*names).collect("pandas").to_native()
    return {name: int(table[name].isna().sum()) for name in names}
