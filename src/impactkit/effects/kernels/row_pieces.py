"""Rows a few at a time, so that what is worked out of them stays in a processor's cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from impactkit.effects.kernels.arrays import Floats

ROWS_AT_ONCE = 1 << 12


def pieces_of(n: int) -> Iterator[slice]:
    """Go through rows in order.

    Parameters
    ----------
    n : int
        How many there are.

    Yields
    ------
    slice
        The next of them, at most 4,096.

    Examples
    --------
    >>> list(pieces_of(5000))
    [slice(0, 4096, None), slice(4096, 5000, None)]
    """
    for at in range(0, n, ROWS_AT_ONCE):
        yield slice(at, min(at + ROWS_AT_ONCE, n))


def column_by_column(X: Floats, piece: slice) -> Floats:
    """Return some rows with each column's numbers side by side in memory.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Rows.
    piece : slice
        Which rows.

    Returns
    -------
    ndarray, shape (k, m)
        A view where they stand so already.

    Examples
    --------
    >>> column_by_column(np.array([[1.0, 2], [3, 4], [5, 6]]), slice(0, 2))
    array([[1., 3.],
           [2., 4.]])
    """
    rows = X[piece].T
    return rows if rows.strides[1] == rows.itemsize else np.ascontiguousarray(rows)
