"""Which columns say something that those before them do not."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats

_DEPENDENT = 1e-9
_SAMPLED = 1 << 11


def independent_columns(Z: Floats) -> Flags:
    """Return which columns are not sums of others before them.

    Parameters
    ----------
    Z : ndarray, shape (n, p)
        Centred columns of about the same size.

    Returns
    -------
    ndarray of bool, shape (p,)
        Each column in turn is kept if more than 1e-9 of its sum of squares is left by those kept before it.

    Examples
    --------
    >>> Z = np.array([[1.0, 2, 1], [-1, -2, 1], [0, 0, -2]])
    >>> independent_columns(Z).tolist()
    [True, False, True]
    """
    step = len(Z) // _SAMPLED
    if step > 1:
        # What is left of some rows by their own best sum is no more than what is left of them among all.
        few = Z[::step]
        kept = _kept(few.T @ few, np.array([column @ column for column in Z.T]))
        if kept.all():
            return kept
    gram = Z.T @ Z
    return _kept(gram, np.diag(gram).copy())


def _kept(gram: Floats, size: Floats) -> Flags:
    kept = np.zeros(len(size), dtype=bool)
    for j in range(len(size)):
        if size[j] > 0 and gram[j, j] > _DEPENDENT * size[j]:
            kept[j] = True
            gram = gram - np.outer(gram[:, j], gram[j]) / gram[j, j]
    return kept
