"""Labels coded to integers once, without sorting or hashing where the labels allow it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
_LARGEST = 2**63 - 1


def code_labels(values: Array) -> tuple[Codes, Array]:
    """Code labels to 0 .. m-1 in the order of the sorted labels.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Labels without missing values, numbers or objects that can be ordered.

    Returns
    -------
    codes : ndarray of int, shape (n,)
        The code of each row.
    labels : ndarray, shape (m,)
        The distinct labels, sorted; numbers as numbers, everything else as text.

    Examples
    --------
    >>> codes, labels = code_labels(np.array(["b", "a", "b"], dtype=object))
    >>> codes.tolist(), labels.tolist()
    ([1, 0, 1], ['a', 'b'])
    """
    if values.dtype.kind in "iu":
        return _code_integers(values)
    if values.dtype.kind == "f":
        return _code_sorted(values)
    import pandas as pd

    codes, found = pd.factorize(values)
    labels = np.array([str(label) for label in found], dtype=object)
    order = np.argsort(labels)
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    return rank[codes], labels[order]


def _code_integers(values: Array) -> tuple[Codes, Array]:
    if not len(values):
        return np.empty(0, dtype=np.int64), values
    if bool((values[1:] >= values[:-1]).all()):
        return _code_ordered(values)
    low, high = int(values.min()), int(values.max())
    if high - low > 4 * len(values) + 1000 or high > _LARGEST:
        return _code_sorted(values)
    # In 64 bits: 70 less -70 is more than eight bits hold.
    shifted = np.subtract(values, low, dtype=np.int64, casting="unsafe")
    seen = np.zeros(high - low + 1, dtype=bool)
    seen[shifted] = True
    if seen.all():
        return shifted, np.arange(low, high + 1)
    rank = np.cumsum(seen, dtype=np.int64) - 1
    return rank[shifted], np.flatnonzero(seen) + low


def _code_ordered(values: Array) -> tuple[Codes, Array]:
    first = np.empty(len(values), dtype=bool)
    first[0] = True
    np.not_equal(values[1:], values[:-1], out=first[1:])
    codes = np.cumsum(first, dtype=np.int64)
    codes -= 1
    return codes, values[first]


def _code_sorted(values: Array) -> tuple[Codes, Array]:
    labels, codes = np.unique(values, return_inverse=True)
    return codes.astype(np.int64, copy=False), labels
