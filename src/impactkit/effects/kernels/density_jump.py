"""Whether the density of a score jumps at a cutoff: the test for having been moved across it."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np
from scipy.special import ndtr

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.local_polynomial import Window, window

_ORDER = 2
_LEAST = 20  # rows, and distinct values, beyond one for each coefficient that every window holds
# Pilot bandwidths take the score to be normal; these are the uniform kernel's constants at a boundary.
_PILOT_SLOPE, _PILOT_BEND = 3840 / 7, 3430865.4551236178


@dataclass(frozen=True, slots=True, kw_only=True)
class DensityJump:
    """The densities of a score on both sides of a cutoff.

    Parameters
    ----------
    below, above : float
        Densities at the cutoff, in rows' share per unit of the score.
    std_error : float
        Of their difference, by the jackknife.
    statistic, p_value : float
        Of no difference, two-sided.
    bandwidths : tuple of 2 floats
        Below and above, in the unit of the score.
    n_near : tuple of 2 ints
        Rows within them.
    """

    below: float
    above: float
    std_error: float
    statistic: float
    p_value: float
    bandwidths: tuple[float, float]
    n_near: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Half:
    """One side: distances in rising order, their place in the whole, and how many rows there are."""

    x: Floats
    share: Floats
    n: int

    def derivative(self, bandwidth: float, order: int, derivative: int) -> tuple[float, float, int]:
        """Return the same."""
        near = _closed(self.x, bandwidth, order)
        a = near.row_weights(order, derivative)
        x = self.x[near.rows]
        # What one row adds to the distribution of all other rows at or above it.
        tail = (np.cumsum(a[::-1])[::-1] - a) / (self.n - 1)
        first = np.flatnonzero(np.r_[True, x[1:] != x[:-1]])
        if len(first) < len(x):
            tail = np.repeat(tail[first], np.diff(np.r_[first, len(x)]))
        return float(a @ self.share[near.rows]), float(tail @ tail), len(x)

    def nearest(self, count: int, *, distinct: bool) -> float:
        """Return how far the nearest rows (or distinct values) reach."""
        distances = np.abs(np.unique(self.x)) if distinct else np.abs(self.x)
        distances.sort()
        return float(distances[min(count, len(distances)) - 1])

    def reach(self) -> float:
        """Return how far all rows reach."""
        return float(np.abs(self.x).max())


def density_jump(x: Floats) -> DensityJump:
    """Test whether the density of a score is the same on both sides of a cutoff.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Distances of the score from the cutoff; 0 counts as above.

    Returns
    -------
    DensityJump
        A local polynomial of order 3 in the distribution function on each side, within bandwidths that are
        best for order 2: the median of those for the side, the difference and the sum of the densities.

    Raises
    ------
    EstimationError
        If a side has too few distinct values.

    References
    ----------
    .. [1] Cattaneo, M. D., Jansson, M., & Ma, X. (2020). Simple local polynomial density estimators. *Journal
       of the American Statistical Association*, 115(531).

    Examples
    --------
    >>> even = density_jump(np.linspace(-1, 1, 401) + 1e-4)
    >>> round(even.below, 3), round(even.above, 3)
    (0.5, 0.5)
    """
    below, above = _halves(np.sort(x))
    h = _bandwidths(below, above)
    found = [half.derivative(width, _ORDER + 1, 1) for half, width in zip((below, above), h, strict=True)]
    error = float(np.sqrt(found[0][1] + found[1][1]))
    statistic = (found[1][0] - found[0][0]) / error if error > 0 else float("nan")
    return DensityJump(
        below=found[0][0],
        above=found[1][0],
        std_error=error,
        statistic=statistic,
        p_value=float(2 * ndtr(-abs(statistic))),
        bandwidths=h,
        n_near=(found[0][2], found[1][2]),
    )


def _halves(x: Floats) -> tuple[_Half, _Half]:
    n = len(x)
    # Rows of one value all have the distribution's value there.
    share = (np.searchsorted(x, x, side="right") - 1) / (n - 1)
    cut = int(np.searchsorted(x, 0.0))
    return _Half(x=x[:cut], share=share[:cut], n=n), _Half(x=x[cut:], share=share[cut:], n=n)


def _bandwidths(below: _Half, above: _Half) -> tuple[float, float]:
    p, halves = _ORDER, (below, above)
    n = below.n
    slope, bend = _pilots(below, above)
    variances = [n * slope * half.derivative(slope, p, 1)[1] for half in halves]
    constant = _boundary_bias(p)
    bends = [half.derivative(bend, p + 2, p + 1)[0] / factorial(p + 1) * constant for half in halves]
    left, right = bends[0] * (-1) ** p, bends[1]
    reach = [half.reach() for half in halves]
    least = [_least(half, p) for half in halves]
    both = sum(variances)
    single = [
        max(min(_best(v, b, n), far), low)
        for v, b, far, low in zip(variances, (left, right), reach, least, strict=True)
    ]
    common = [max(min(_best(both, b, n), max(reach)), *least) for b in (right - left, right + left)]
    return float(np.median([single[0], *common])), float(np.median([single[1], *common]))


def _pilots(below: _Half, above: _Half) -> tuple[float, float]:
    """Return bandwidths for the density's variance and for the bend of the distribution."""
    p, n = _ORDER, below.n
    x = np.concatenate([below.x, above.x])
    sd = float(x.std(ddof=1))
    z = float(x.mean()) / sd
    density = float(np.exp(-z * z / 2) / np.sqrt(2 * np.pi))
    with np.errstate(divide="ignore"):
        flat = float(np.divide(1.0, (z**2 - 1) ** 2 * density))
        curved = float(np.divide(1.0, (z**4 - 6 * z**2 + 3) ** 2 * density))
    far = max(below.reach(), above.reach())
    slope = min((flat * _PILOT_SLOPE / (2 * p) / n) ** (1 / (2 * p + 1)) * sd, far)
    bend = min(((2 * p + 1) / 4 * curved * _PILOT_BEND / n) ** (1 / (2 * p + 5)) * sd, far)
    least = [max(_least(half, order) for half in (below, above)) for order in (p, p + 2)]
    return max(slope, least[0]), max(bend, least[1])


def _best(variance: float, bias: float, n: int) -> float:
    with np.errstate(divide="ignore"):
        return float(np.divide(variance, 2 * _ORDER * bias * bias * n) ** (1 / (2 * _ORDER + 1)))


def _least(half: _Half, order: int) -> float:
    count = _LEAST + order + 1
    return max(half.nearest(count, distinct=False), half.nearest(count, distinct=True))


def _boundary_bias(p: int) -> float:
    """Return what the density at a boundary takes from the next power, for a triangular kernel."""
    powers = np.add.outer(np.arange(p + 1), np.arange(p + 2))
    moments = 1 / ((powers + 1) * (powers + 2))
    return float(np.linalg.solve(moments[:, : p + 1], moments[:, p + 1])[1])


def _closed(x: Floats, bandwidth: float, order: int) -> Window:
    return window(x, bandwidth, order=order, kernel="triangular")
