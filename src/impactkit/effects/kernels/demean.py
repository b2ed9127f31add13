"""Fixed effects absorbed: values less their group's mean."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels


def demean(
    values: Floats,
    groups: Labels | tuple[int, int],
    *,
    weights: Floats | None = None,
    out: Floats | None = None,
) -> Floats:
    """Subtract from each value the (weighted) mean of its group.

    Parameters
    ----------
    values : ndarray, shape (n,) or (n, m)
        One column a variable.
    groups : ndarray of int, shape (n,), or (number of groups, rows in each)
        Codes 0 .. G-1. Sorted codes of equally large groups, a balanced panel, are fastest; a pair of sizes
        says without a look that the rows are such.
    weights : ndarray, shape (n,), optional
        Weights of the rows, positive. The result is *not* multiplied by their roots.
    out : ndarray of double, optional
        Where to put the result; ``values`` itself to save memory.

    Returns
    -------
    ndarray, of the shape of ``values``
        Deviations from group means.

    Notes
    -----
    A variable that is constant within groups leaves rounding noise, not zeros: give ``least_squares`` the
    norms from before.

    Examples
    --------
    >>> demean(np.array([1.0, 3, 10, 20]), np.array([0, 0, 1, 1]))
    array([-1.,  1., -5.,  5.])
    >>> demean(np.array([1.0, 3, 10, 20]), (2, 2), weights=np.array([3.0, 1, 1, 1]))
    array([-0.5,  1.5, -5. ,  5. ])
    """
    result = np.empty(values.shape) if out is None else out
    shape = groups if isinstance(groups, tuple) else _regular_shape(groups)
    if shape is not None:
        _demean_regular(values, shape, weights, result)
    elif not isinstance(groups, tuple):
        _demean_codes(values, groups, weights, result)
    return result


def _regular_shape(groups: Labels) -> tuple[int, int] | None:
    """Return (groups, rows in each) if the codes are runs 0, 0, .., 1, 1, .. of one length."""
    n = len(groups)
    G = int(groups[-1]) + 1 if n else 0
    if G < 1 or n % G:
        return None
    is_regular = bool((groups.reshape(G, n // G) == np.arange(G)[:, None]).all())
    return (G, n // G) if is_regular else None


def _demean_regular(values: Floats, shape: tuple[int, int], weights: Floats | None, result: Floats) -> None:
    stacked = values.reshape(*shape, *values.shape[1:])
    if weights is None:
        means = stacked.mean(axis=1, keepdims=True)
    else:
        w = weights.reshape(*shape, *(1,) * (values.ndim - 1))
        means = (stacked * w).sum(axis=1, keepdims=True) / w.sum(axis=1, keepdims=True)
    if result.flags.c_contiguous:
        np.subtract(stacked, means, out=result.reshape(stacked.shape))
    else:  # reshaped it would be a copy
        np.subtract(values, np.repeat(means[:, 0], shape[1], axis=0), out=result)


def _demean_codes(values: Floats, groups: Labels, weights: Floats | None, result: Floats) -> None:
    if not len(values):
        return
    totals = np.bincount(groups, weights=weights)
    columns, results = (values[:, None], result[:, None]) if values.ndim == 1 else (values, result)
    for j in range(columns.shape[1]):
        column = columns[:, j]
        sums = np.bincount(groups, weights=column if weights is None else column * weights)
        means = np.divide(sums, totals, out=np.zeros(len(sums)), where=totals > 0)
        np.subtract(column, means[groups], out=results[:, j])
