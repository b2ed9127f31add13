"""Means of an outcome in bins of a score, in as many bins as a picture of it calls for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Floats

Spacing: TypeAlias = Literal["even", "quantile"]
BinRule: TypeAlias = Literal["variance", "mse"]
_ORDER = 4
_SHARED = 0.2  # a share of rows that repeat a score from which on spacings say nothing of the variance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bins:
    """Means in bins, those without rows left out.

    Parameters
    ----------
    low, high : ndarray, shape (m,)
        The ends of each bin.
    middle, mean : ndarray, shape (m,)
        The mean score and the mean outcome in each.
    n : ndarray of int, shape (m,)
        Rows in each.
    """

    low: Floats
    high: Floats
    middle: Floats
    mean: Floats
    n: np.ndarray


def bin_count(x: Floats, y: Floats, *, n: int, spacing: Spacing, rule: BinRule) -> int:
    """Return how many bins a picture of one side should have.

    Parameters
    ----------
    x : ndarray, shape (m,)
        Scores of one side in rising order.
    y : ndarray, shape (m,)
        Outcomes.
    n : int
        Rows on both sides.
    spacing : {"even", "quantile"}
        Bins of the same width, or of the same number of rows.
    rule : {"variance", "mse"}
        So many that the bins' means vary about as much as the outcomes do, or that the integrated mean
        squared error about the curve is small.

    Returns
    -------
    int
        At least 1.

    Notes
    -----
    The curve is taken to be a polynomial of order 4. The variance comes from neighbouring rows, or from the
    polynomial where a fifth of the rows share their score.

    References
    ----------
    .. [1] Calonico, S., Cattaneo, M. D., & Titiunik, R. (2015). Optimal data-driven regression discontinuity
       plots. *Journal of the American Statistical Association*, 110(512).
    """
    m, reach = len(x), float(x[-1] - x[0])
    distinct = int(np.count_nonzero(np.diff(x))) + 1
    if distinct < 3 or not reach > 0:
        return max(distinct, 1)
    shared = 1 - distinct / m >= _SHARED
    variance = _variance(x, y, spacing, by_curve=shared)
    if not variance > 0:
        return 1
    if rule == "variance":
        found = float(np.var(y, ddof=1)) / variance * n / np.log(n) ** 2
    else:
        found = (2 * _bias(x, y, n, spacing) / variance * n) ** (1 / 3)
    return max(1, int(np.ceil(found)))


def binned(x: Floats, y: Floats, weights: Floats | None, edges: Floats) -> Bins:
    """Return the means in bins.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Scores and outcomes.
    weights : ndarray, shape (n,), optional
        Rows' weights.
    edges : ndarray, shape (m + 1,)
        The bins' ends, in rising order; the last bin holds its upper end.

    Returns
    -------
    Bins
        Those with rows.

    Examples
    --------
    >>> found = binned(np.array([0.0, 1, 2, 9]), np.array([1.0, 3, 5, 7]), None, np.array([0.0, 3, 6, 9]))
    >>> found.mean.tolist(), found.n.tolist()
    ([3.0, 7.0], [3, 1])
    """
    m = len(edges) - 1
    codes = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, m - 1)
    w = np.ones(len(x)) if weights is None else weights
    count, mass = np.bincount(codes, minlength=m), np.bincount(codes, w, m)
    held = count > 0
    sums = [np.bincount(codes, w * values, m)[held] / mass[held] for values in (x, y)]
    return Bins(low=edges[:-1][held], high=edges[1:][held], middle=sums[0], mean=sums[1], n=count[held])


def bin_edges(x: Floats, count: int, spacing: Spacing) -> Floats:
    """Return the ends of so many bins of scores.

    Parameters
    ----------
    x : ndarray, shape (m,)
        Scores in rising order.
    count : int
        Bins; fewer come out where rows share scores.
    spacing : {"even", "quantile"}
        Bins of the same width, or of the same number of rows.

    Returns
    -------
    ndarray, shape (k + 1,)
        Each once.
    """
    if spacing == "even":
        return np.linspace(x[0], x[-1], count + 1)
    found = np.unique(np.quantile(x, np.linspace(0, 1, count + 1)))
    return found if len(found) > 1 else np.r_[found, found]


def _curve(x: Floats, y: Floats) -> np.polynomial.Polynomial:
    order = min(_ORDER, int(np.count_nonzero(np.diff(x))))
    return np.polynomial.Polynomial.fit(x, y, order)


def _variance(x: Floats, y: Floats, spacing: Spacing, *, by_curve: bool) -> float:
    m, reach = len(x), float(x[-1] - x[0])
    if not by_curve:
        steps = np.diff(y) ** 2
        return float(np.diff(x) @ steps) / (2 * reach) if spacing == "even" else float(steps.sum()) / (2 * m)
    mean, square = _curve(x, y), _curve(x, y**2)
    at = (x[1:] + x[:-1]) / 2 if spacing == "even" else x
    left = square(at) - mean(at) ** 2
    left = np.where(left < 0, np.var(y, ddof=1), left)
    return float(np.diff(x) @ left) / reach if spacing == "even" else float(left.mean())


def _bias(x: Floats, y: Floats, n: int, spacing: Spacing) -> float:
    slope, m = _curve(x, y).deriv(), len(x)
    if spacing == "even":
        return float((x[-1] - x[0]) ** 2 / (12 * n) * np.sum(slope(x) ** 2))
    middle = (x[1:] + x[:-1]) / 2
    return float(m**2 / (24 * n) * np.sum(np.diff(x) ** 2 * slope(middle) ** 2))
