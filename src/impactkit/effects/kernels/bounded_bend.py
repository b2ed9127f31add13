"""Jumps at a cutoff where what is known of the curve is how much it can bend: worst bias and widest error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr, ndtri

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.discontinuity_bandwidths import covariate_slopes
from impactkit.effects.kernels.discontinuity_variance import Side
from impactkit.effects.kernels.local_polynomial import Kernel, Window, window
from impactkit.effects.kernels.nearest_values import NearestResiduals

_TRIED = 40  # bandwidths on a first look, then the best is refined
_GLOBAL_ORDER = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BentJump:
    """A jump with its standard error and the most that the curve's bend can add to it.

    Parameters
    ----------
    point : float
        Above less below.
    std_error : float
        Of chance alone.
    bias : float
        The most that the point can be off for the curve's bend.
    critical : float
        What the standard error is multiplied by to give limits that hold whatever the bias is, up to that.
    bandwidth : float
        In the unit of the running variable.
    scores : tuple of 2 ndarrays
        What rows (or clusters) below and above add to the error, signs included.
    weights : tuple of 2 ndarrays
        What each row below and above weighs in the point, signs included.
    rows : tuple of 2 slices
        The rows that ``weights`` (and ``scores``, where there are no clusters) are of.
    levels : tuple of 2 floats
        What is estimated below and above.
    slopes : ndarray, shape (z, 1)
        Of the outcome on the covariates.
    n_near : tuple of 2 ints
        Rows below and above that have weight.
    """

    point: float
    std_error: float
    bias: float
    critical: float
    bandwidth: float
    scores: tuple[Floats, Floats]
    weights: tuple[Floats, Floats]
    rows: tuple[slice, slice]
    levels: tuple[float, float]
    slopes: Floats
    n_near: tuple[int, int]


def bent_jump(
    sides: tuple[Side, Side],
    bound: float,
    *,
    level: float,
    bandwidth: float | None = None,
    kernel: Kernel = "triangular",
) -> BentJump:
    """Estimate a jump with limits that hold if the curve bends no more than a bound.

    Parameters
    ----------
    sides : Side, Side
        Below and above the cutoff; columns are the outcome and covariates.
    bound : float
        The largest second derivative in size of the mean outcome on each side, in the outcome's unit per
        squared unit of the running variable.
    level : float
        Confidence level.
    bandwidth : float, optional
        The one that makes the limits shortest when left out.
    kernel : {"triangular", "epanechnikov", "uniform"}
        How weight falls with distance.

    Returns
    -------
    BentJump
        Of a straight line on each side.

    Raises
    ------
    EstimationError
        If a side has fewer than two distinct values within the bandwidth.

    Notes
    -----
    A running variable may be discrete: nothing is taken to be known at the cutoff but what the bound tells.

    References
    ----------
    .. [1] Kolesár, M., & Rothe, C. (2018). Inference in regression discontinuity designs with a discrete
       running variable. *American Economic Review*, 108(8).
    .. [2] Armstrong, T. B., & Kolesár, M. (2020). Simple and honest confidence intervals in nonparametric
       regression. *Quantitative Economics*, 11(1).
    """
    h = _shortest(sides, bound, level, kernel) if bandwidth is None else bandwidth
    windows = _windows(sides, h, kernel)
    slopes = covariate_slopes(list(sides), windows, 1, False)
    s = np.r_[1.0, -slopes[:, 0]]
    weights = [near.row_weights(1, 0) for near in windows]
    levels = [
        a @ (side.columns[near.rows] @ s) for a, side, near in zip(weights, sides, windows, strict=True)
    ]
    scores = [
        side.scores(a, near.rows, (near, 1), s) for a, side, near in zip(weights, sides, windows, strict=True)
    ]
    n = max(len(each) for each in scores)
    if sides[0].clusters is None:
        error = float(np.sqrt(scores[0] @ scores[0] + scores[1] @ scores[1]))
    else:
        padded = [np.pad(each, (0, n - len(each))) for each in scores]
        error = float(np.linalg.norm(padded[1] - padded[0]))
    bias = bound * sum(_bend(side, near, a) for side, near, a in zip(sides, windows, weights, strict=True))
    return BentJump(
        point=float(levels[1] - levels[0]),
        std_error=error,
        bias=bias,
        critical=biased_quantile(bias / error, level) if error > 0 else float("nan"),
        bandwidth=h,
        scores=(-scores[0], scores[1]),
        weights=(-weights[0], weights[1]),
        rows=(windows[0].rows, windows[1].rows),
        levels=(float(levels[0]), float(levels[1])),
        slopes=slopes,
        n_near=(len(weights[0]), len(weights[1])),
    )


def largest_bend(sides: tuple[Side, Side]) -> float:
    """Return a rule of thumb for how much the curve bends: the most that a global polynomial does.

    Parameters
    ----------
    sides : Side, Side
        Below and above the cutoff.

    Returns
    -------
    float
        The largest second derivative in size, over both sides, of a polynomial of order 4 fitted to all rows
        of a side (of a lower order where there are few distinct values); nan where one has fewer than 3.

    References
    ----------
    .. [1] Armstrong, T. B., & Kolesár, M. (2020). Simple and honest confidence intervals in nonparametric
       regression. *Quantitative Economics*, 11(1).
    """
    return max((_side_bend(side) for side in sides), key=lambda found: (np.isnan(found), found))


def biased_quantile(bias: float, level: float) -> float:
    """Return the quantile of the size of a normal variable of variance 1 whose mean is a bias.

    Parameters
    ----------
    bias : float
        In standard errors, at least 0.
    level : float
        Probability.

    Returns
    -------
    float
        The usual normal quantile where there is no bias.

    Examples
    --------
    >>> round(biased_quantile(0.0, 0.95), 4), round(biased_quantile(1.0, 0.95), 4)
    (1.96, 2.6461)
    """
    two, one = float(ndtri(0.5 + level / 2)), float(ndtri(level))
    if bias > 20:
        return bias + one

    def missing(c: float) -> float:
        return float(ndtr(c - bias) - ndtr(-c - bias) - level)

    return float(brentq(missing, min(two, bias + one) - 0.1, bias + two + 0.1, xtol=1e-14, rtol=1e-14))


def worst_bias(distances: Floats, weights: Floats) -> float:
    """Return the most that weights can give of a curve without level or slope that bends by at most 1.

    Parameters
    ----------
    distances : ndarray, shape (m,)
        From the point, all at least 0, in rising order.
    weights : ndarray, shape (m,)
        Of rows, their sum with the distances 0.

    Returns
    -------
    float
        The integral of ``|sum_i a_i max(x_i - t, 0)|`` over ``t``, exact: by Taylor's formula with remainder.

    Examples
    --------
    >>> worst_bias(np.array([1.0, 2.0]), np.array([2.0, -1.0]))
    1.0
    """
    knots = np.r_[0.0, distances]
    mass = np.r_[np.cumsum(weights[::-1])[::-1], 0.0]
    first = np.r_[np.cumsum((weights * distances)[::-1])[::-1], 0.0]
    at = np.r_[first[0], first[1:] - knots[1:] * mass[1:]]
    left, right, lengths = np.abs(at[:-1]), np.abs(at[1:]), np.diff(knots)
    crosses = at[:-1] * at[1:] < 0
    total = left + right
    area = np.where(crosses, (left**2 + right**2) / np.where(total > 0, total, 1.0), total)
    return float(area @ lengths / 2)


def _windows(sides: tuple[Side, Side], bandwidth: float, kernel: Kernel) -> list[Window]:
    return [window(side.x, bandwidth, order=1, kernel=kernel, weights=side.weights) for side in sides]


def _bend(side: Side, near: Window, weights: Floats) -> float:
    x = np.abs(side.x[near.rows])
    return worst_bias(x, weights) if side.x[-1] >= 0 else worst_bias(x[::-1], weights[::-1])


def _shortest(sides: tuple[Side, Side], bound: float, level: float, kernel: Kernel) -> float:
    """Return the bandwidth with the shortest limits, each side's variance taken to be constant."""
    _windows(sides, 2 * max(float(np.abs(side.x).max()) for side in sides), kernel)  # refused with one value
    seconds = [float(np.unique(np.abs(side.x))[1]) for side in sides]
    low, high = max(seconds) * (1 + 1e-6), max(float(np.abs(side.x).max()) for side in sides) * (1 + 1e-6)
    if low >= high:
        return high
    variances = [_variance(side, min(low * 4, high)) for side in sides]
    length = _length_of(sides, variances, bound, level, kernel)
    tried = np.geomspace(low, high, _TRIED)
    found = [length(float(np.log(h))) for h in tried]
    k = int(np.argmin(found))
    ends = np.log(tried[[max(k - 1, 0), min(k + 1, _TRIED - 1)]])
    best = minimize_scalar(length, bounds=tuple(ends), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(best.x)) if best.fun < found[k] else float(tried[k])


def _length_of(
    sides: tuple[Side, Side], variances: list[float], bound: float, level: float, kernel: Kernel
) -> Callable[[float], float]:
    def length(log_bandwidth: float) -> float:
        error, bias = 0.0, 0.0
        windows = _windows(sides, float(np.exp(log_bandwidth)), kernel)
        for side, near, variance in zip(sides, windows, variances, strict=True):
            a = near.row_weights(1, 0)
            error += variance * float(a @ a)
            bias += bound * _bend(side, near, a)
        root = float(np.sqrt(error))
        return root * biased_quantile(bias / root, level) if root > 0 else bias

    return length


def _variance(side: Side, bandwidth: float) -> float:
    """Return the outcome's variance around a line (or its nearest rows) near the cutoff."""
    x = np.abs(side.x)
    near = np.flatnonzero(
        x <= max(bandwidth, float(np.partition(x, min(50, len(x)) - 1)[min(50, len(x)) - 1]))
    )
    y = side.columns[near, 0]
    if isinstance(side.nearest, NearestResiduals):
        return float(np.mean(side.nearest.residuals[near, 0] ** 2))
    line = np.polynomial.polynomial.polyfit(side.x[near], y, 1)
    return float(np.mean((y - np.polynomial.polynomial.polyval(side.x[near], line)) ** 2))


def _side_bend(side: Side) -> float:
    distinct = int(np.count_nonzero(np.diff(side.x))) + 1
    order = min(_GLOBAL_ORDER, distinct - 1)
    if order < 2:
        return float("nan")
    scale = float(np.abs(side.x).max())
    u = side.x / scale
    w = None if side.weights is None else np.sqrt(side.weights)
    curve = np.polynomial.Polynomial(np.polynomial.polynomial.polyfit(u, side.columns[:, 0], order, w=w))
    bend = curve.deriv(2)
    turns = bend.deriv(1).roots() if order > 2 else np.zeros(0)
    inside = turns.real[(np.abs(turns.imag) < 1e-12) & (turns.real > u[0]) & (turns.real < u[-1])]
    return float(np.abs(bend(np.r_[u[0], u[-1], inside])).max()) / scale**2
