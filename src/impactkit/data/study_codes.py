"""Municipality codes that were read as numbers, and lost their first digit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.errors import Trouble

if TYPE_CHECKING:
    import pandas as pd

_COUNTIES = frozenset({1, *range(3, 11), 12, 13, 14, *range(17, 26)})
_CODE_NAME = re.compile(r"kommun|municipal|region|deso", re.IGNORECASE)


def code_troubles(column: pd.Series[Any], role: str) -> list[Trouble]:
    """Return a trouble if a column of municipality codes was read as numbers and lost its leading zeros.

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
    if role == "time" or column.dtype.kind not in "iuf" or not _CODE_NAME.search(str(column.name)):
        return []
    values = column.dropna().to_numpy()
    if not len(values) or values.min() < 101 or values.max() > 2599 or values.min() >= 1000:
        return []
    if not set(np.unique(values // 100).astype(int)) <= _COUNTIES:
        return []
    return [
        Trouble(
            "Column {name!r} looks like municipality codes read as numbers: {example} has lost its zero.",
            "{role}={name!r}",
            "Read the column as text, so that {example} stays {mended!r}.",
            {
                "name": str(column.name),
                "example": str(int(values.min())),
                "mended": f"{int(values.min()):04d}",
                "role": role,
            },
        )
    ]
