"""What a cost is per unit of an uncertain effect: Fieller's limits, and the chance that it is worth it."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import ndtr, stdtr

from impactkit.effects.kernels.arrays import Floats

Shape = Literal["interval", "outside", "at_least", "at_most", "everything"]

_NORMAL = 1e7
_PANELS, _NODES, _REACH = 120, 16, 9.0


class RatioLimits(NamedTuple):
    """The ratios that an estimate does not exclude.

    Parameters
    ----------
    shape : {"interval", "outside", "at_least", "at_most", "everything"}
        From ``low`` to ``high``; at most ``low`` or at least ``high``; from ``low`` on; up to ``high``; or
        any ratio at all.
    low, high : float
        Ends; infinite where there is none.
    """

    shape: Shape
    low: float
    high: float

    def holds(self, ratio: float) -> bool:
        """Return whether a ratio is not excluded."""
        if self.shape == "outside":
            return ratio <= self.low or ratio >= self.high
        return self.low <= ratio <= self.high


def fieller(
    numerator: float, denominator: float, *, variances: Floats, covariance: float = 0.0, critical: float
) -> RatioLimits:
    """Return Fieller's limits of a ratio of two means.

    Parameters
    ----------
    numerator, denominator : float
        Estimates of the two means.
    variances : ndarray, shape (2,)
        Of the two estimates, in their units squared.
    covariance : float
        Between them.
    critical : float
        The quantile of t or of the normal distribution at the level wanted.

    Returns
    -------
    RatioLimits
        Bounded only where the denominator is told from 0 at that level.

    Notes
    -----
    A ratio ``r`` is not excluded when ``numerator - r * denominator`` is within ``critical`` standard errors
    of 0: a quadratic inequality in ``r``. Where the denominator is told from 0 its solution is an interval;
    else it is all outside of one, or every ratio [1]_.

    References
    ----------
    .. [1] Fieller, E. C. (1954). Some problems in interval estimation. *Journal of the Royal Statistical
       Society B*, 16(2).

    Examples
    --------
    >>> fieller(1.0, 1.0, variances=np.array([0.0, 0.0625]), critical=2.0)
    RatioLimits(shape='interval', low=0.6666666666666666, high=2.0)
    >>> fieller(1.0, 1.0, variances=np.array([0.0, 1.0]), critical=2.0)
    RatioLimits(shape='outside', low=-1.0, high=0.3333333333333333)
    """
    t2 = critical**2
    a = denominator**2 - t2 * float(variances[1])
    b = numerator * denominator - t2 * covariance
    c = numerator**2 - t2 * float(variances[0])
    if a == 0:
        if b == 0:
            return RatioLimits("everything", -math.inf, math.inf)
        end = c / (2 * b)
        return RatioLimits("at_least", end, math.inf) if b > 0 else RatioLimits("at_most", -math.inf, end)
    spread = b**2 - a * c
    if a < 0 and spread <= 0:
        return RatioLimits("everything", -math.inf, math.inf)
    root = math.sqrt(max(spread, 0.0))
    ends = _roots(a, b, c, root)
    return RatioLimits("interval" if a > 0 else "outside", *ends)


def _roots(a: float, b: float, c: float, root: float) -> tuple[float, float]:
    """Return the roots of ``a r**2 - 2 b r + c``, the smaller first, without cancellation."""
    q = b + math.copysign(root, b)
    found = (q / a, c / q) if q else (-root / a, root / a)
    return min(found), max(found)


def inverted(numerator: float, *, low: float, high: float) -> RatioLimits:
    """Return the limits of a known amount over an effect between two limits.

    Parameters
    ----------
    numerator : float
        Above 0.
    low, high : float
        Limits of the denominator, however they were found; they may be infinite.

    Returns
    -------
    RatioLimits
        Fieller's, where the limits of the denominator are those of t.

    Examples
    --------
    >>> inverted(100.0, low=2.0, high=5.0)
    RatioLimits(shape='interval', low=20.0, high=50.0)
    >>> inverted(100.0, low=-2.0, high=5.0)
    RatioLimits(shape='outside', low=-50.0, high=20.0)
    """
    if low > 0 or high < 0:
        return RatioLimits("interval", numerator / high, numerator / low)
    if low == 0 and high == 0:
        return RatioLimits("everything", -math.inf, math.inf)
    if low == 0:
        return RatioLimits("at_least", numerator / high, math.inf)
    if high == 0:
        return RatioLimits("at_most", -math.inf, numerator / low)
    return RatioLimits("outside", numerator / low, numerator / high)


def acceptability(
    worth: Floats, *, effect: float, std_error: float, df: float, cost: float, cost_std_error: float = 0.0
) -> Floats:
    """Return the probability that an effect is worth its cost, by what a unit of it is worth.

    Parameters
    ----------
    worth : ndarray, shape (W,)
        SEK that a unit of the effect is worth, at least 0.
    effect, std_error, df : float
        The effect, plus is good, with its standard error, above 0, and degrees of freedom.
    cost : float
        What it cost, in SEK.
    cost_std_error : float
        Its uncertainty, as the standard deviation of a normal distribution; taken to be independent.

    Returns
    -------
    ndarray, shape (W,)
        The probability that ``worth * effect - cost`` is above 0, with the effect distributed as t around its
        estimate: closed where the cost is known or the effect normal, else integrated over the cost by
        Gauss-Legendre quadrature.

    References
    ----------
    .. [1] van Hout, B. A., Al, M. J., Gordon, G. S., & Rutten, F. F. H. (1994). Costs, effects and C/E-ratios
       alongside a clinical trial. *Health Economics*, 3(5).

    Examples
    --------
    >>> acceptability(np.array([0.0, 50.0]), effect=2.0, std_error=1.0, df=math.inf, cost=100.0).tolist()
    [0.0, 0.5]
    """
    at = np.asarray(worth, dtype=float)
    if not df < _NORMAL:
        spread = np.hypot(at * std_error, cost_std_error)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = ndtr((at * effect - cost) / spread)
        return np.asarray(np.where(spread > 0, found, float(cost < 0)))
    edges = np.linspace(-_REACH, _REACH, _PANELS + 1)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    z = (edges[:-1, None] + half * (1 + nodes)).ravel() if cost_std_error else np.zeros(1)
    mass = np.exp(-(z**2) / 2) * (half * weights).ravel() if cost_std_error else np.ones(1)
    costs = cost + cost_std_error * z
    with np.errstate(divide="ignore", invalid="ignore"):
        worthy = stdtr(df, (effect - costs[None, :] / at[:, None]) / std_error)
    worthy = np.where(at[:, None] > 0, worthy, (costs[None, :] < 0).astype(float))
    found_t: Floats = worthy @ (mass / mass.sum())
    return found_t
