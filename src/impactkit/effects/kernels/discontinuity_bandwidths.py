"""Bandwidths for a jump at a cutoff that make the mean squared or the coverage error small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.discontinuity_variance import Side
from impactkit.effects.kernels.local_polynomial import Kernel, Window
from impactkit.effects.kernels.stage_windows import StageWindow, crossed, stage_windows

Rule: TypeAlias = Literal["mse", "mse_two_sides", "cer", "cer_two_sides"]

SHORTEST = {"triangular": 0.85, "epanechnikov": 0.9, "uniform": 1.0}
"""Bandwidth of the estimate over that of its bias with which limits are near the shortest [2]_.

Reference [2]_ is in `bandwidths`.
"""
_PILOT = {"triangular": 2.576, "epanechnikov": 2.34, "uniform": 1.843}
_PAD = 1 + float(np.sqrt(np.finfo(float).eps))  # so that the last row within has some weight
_MANY_SHARED = 0.2  # a share of rows that repeat a value from which on the pilots hold enough distinct values
_ENOUGH_DISTINCT = 10
_CHUNK = 8192  # rows gone through at a time, which stay in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Bandwidths:
    """Bandwidths below and above the cutoff.

    Parameters
    ----------
    near : tuple of 2 floats
        For the estimate, below and above.
    wide : tuple of 2 floats
        For its bias.
    """

    near: tuple[float, float]
    wide: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is estimated, and how.

    Parameters
    ----------
    order : int
        Of the polynomial.
    derivative : int
        0 for a jump in level, 1 for a change in slope.
    kernel : {"triangular", "epanechnikov", "uniform"}
        How weight falls with distance.
    ratio : bool
        Whether the second column is treatment received, which the jump is divided by.
    """

    order: int
    derivative: int
    kernel: Kernel
    ratio: bool


@dataclass(frozen=True, slots=True)
class _Parts:
    """Variance, bias and its regularisation: the first-order parts of a squared error on one side."""

    variance: float
    bias: float
    noise: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pilot:
    """One side with the window that variances of all stages come from.

    ``over`` is what the outcome (and treatment received) weigh in the effect, to first order.
    """

    near: StageWindow
    within: Callable[[float, int], StageWindow]
    target: Target
    over: Floats

    def parts(self, stage: tuple[int, int], bandwidth: float, *, regularised: bool) -> _Parts:
        """Return the parts for a fit of an order and a derivative, its bias found within a bandwidth."""
        order, derivative = stage
        near = self.near
        s = np.r_[self.over, -slopes_on_covariates(near.crossed(order)) @ self.over]
        scale = (near.bandwidth**derivative / factorial(derivative)) ** 2
        constant = near.bias_constant(order, derivative)
        wide = self.within(bandwidth, order + 1)
        coefficient = wide.fits(order + 1)[-1] @ s / bandwidth ** (order + 1)
        twice, noise = 2 * (order + 1 - derivative), 0.0
        if regularised:
            of_bias = wide.variance(order + 1, order + 1, s) / factorial(order + 1) ** 2
            noise = twice * 3 * constant**2 * of_bias
        return _Parts(
            variance=(2 * derivative + 1) * near.bandwidth * scale * near.variance(order, derivative, s),
            bias=float(np.sqrt(twice) * constant * coefficient),
            noise=noise,
        )


def bandwidths(sides: tuple[Side, Side], target: Target, *, rule: Rule = "mse") -> Bandwidths:
    """Choose bandwidths for an estimate at a cutoff and for its bias.

    Parameters
    ----------
    sides : Side, Side
        Below and above the cutoff.
    target : Target
        What is estimated.
    rule : {"mse", "mse_two_sides", "cer", "cer_two_sides"}
        The smallest mean squared error [1]_ or coverage error [2]_ to first order; one bandwidth for both
        sides, or one for each.

    Returns
    -------
    Bandwidths
        In the unit of the running variable.

    Raises
    ------
    EstimationError
        If a side has too few distinct values of the running variable.

    Notes
    -----
    Three stages, each with a polynomial of the next lower order; the squared bias of the last two is enlarged
    by what its own noise adds to it. A pilot bandwidth gives the variances. Where a fifth of the rows of a
    side repeat a value, pilots hold at least 10 distinct values of each side. For a ratio the bias and the
    variance are those of the outcome less the ratio times treatment received, both jumps taken at the pilot
    bandwidth: so bandwidths do not hang on where the outcome's zero is.

    References
    ----------
    .. [1] Calonico, S., Cattaneo, M. D., & Titiunik, R. (2014). Robust nonparametric confidence intervals for
       regression-discontinuity designs. *Econometrica*, 82(6).
    .. [2] Calonico, S., Cattaneo, M. D., & Farrell, M. H. (2020). Optimal bandwidth choice for robust
       bias-corrected inference in regression discontinuity designs. *Econometrics Journal*, 23(2).
    """
    p, q = target.order, target.order + 1
    floors, far = _limits(sides)
    pilot = max(min(_pilot_bandwidth(sides, target.kernel), max(far)), *floors)
    within = [
        stage_windows(side, order=q + 2, kernel=target.kernel, first=2 if target.ratio else 1)
        for side in sides
    ]
    near = [of_side(pilot, q + 1) for of_side in within]
    over = _over(near, target)
    pilots = [
        _Pilot(near=one, within=of_side, target=target, over=over)
        for one, of_side in zip(near, within, strict=True)
    ]
    together = not rule.endswith("two_sides")
    stages = [(q + 1, q + 1), (q, p + 1), (p, target.derivative)]
    found = (far[0] * _PAD, far[1] * _PAD)
    wide = found
    for number, stage in enumerate(stages):
        parts = [
            each.parts(stage, width, regularised=number > 0)
            for each, width in zip(pilots, found, strict=True)
        ]
        wide, found = found, _optimal(parts, stage[0], together=together, far=far)
        if number == 0:
            low = (max(floors),) * 2 if together else floors
            found = (max(found[0], low[0]), max(found[1], low[1]))
    shrink = _coverage_factor(sides, p) if rule.startswith("cer") else 1.0
    return Bandwidths(near=(found[0] * shrink, found[1] * shrink), wide=wide)


def combination(levels: Floats, slopes: Floats, ratio: bool) -> Floats:
    """Return the combination of columns whose estimate is the effect's, to first order.

    Parameters
    ----------
    levels : ndarray, shape (d,)
        What is estimated of each column.
    slopes : ndarray, shape (z, 1 or 2)
        Of the outcome (and treatment received) on the covariates, which are the last z columns.
    ratio : bool
        Whether the second column is treatment received.

    Returns
    -------
    ndarray, shape (d,)
        Weights of the columns.
    """
    first = 2 if ratio else 1
    adjusted = levels[:first] - levels[first:] @ slopes
    if not ratio:
        return np.asarray(np.r_[1.0, -slopes[:, 0]])
    over = np.array([1 / adjusted[1], -adjusted[0] / adjusted[1] ** 2])
    return np.asarray(np.r_[over, -slopes @ over])


def covariate_slopes(sides: list[Side], windows: list[Window], order: int, ratio: bool) -> Floats:
    """Return slopes on the covariates, the same on both sides.

    Parameters
    ----------
    sides, windows : list of Side and of Window
        One or both sides.
    order : int
        Of the polynomial that outcome and covariates are taken off first.
    ratio : bool
        Whether the second column is treatment received.

    Returns
    -------
    ndarray, shape (z, 1 or 2)
        Of the outcome (and treatment received).
    """
    first = 2 if ratio else 1
    parts = [crossed(side, near, order, first=first) for side, near in zip(sides, windows, strict=True)]
    return slopes_on_covariates(np.sum(parts, axis=0))


def slopes_on_covariates(products: Floats) -> Floats:
    """Return slopes on the covariates from products of what columns are off their fits.

    Parameters
    ----------
    products : ndarray, shape (z, first + z)
        Weighted sums: of covariates, which are the last z columns, with all columns.

    Returns
    -------
    ndarray, shape (z, first)
        Of the first columns.
    """
    z, d = products.shape
    if z == 0:
        return np.zeros((0, d))
    return np.asarray(np.linalg.pinv(products[:, d - z :]) @ products[:, : d - z])


def _over(near: list[StageWindow], target: Target) -> Floats:
    """Return what the outcome (and treatment received) weigh in the effect, from jumps at the pilot."""
    if not target.ratio:
        return np.ones(1)
    v, p = target.derivative, target.order
    below, above = (one.fits(p)[v] for one in near)
    slopes = slopes_on_covariates(near[0].crossed(p) + near[1].crossed(p))
    with np.errstate(divide="ignore", invalid="ignore"):
        return combination((above - below) * factorial(v) / near[0].bandwidth ** v, slopes, True)[:2]


def _optimal(
    parts: list[_Parts], order: int, *, together: bool, far: tuple[float, float]
) -> tuple[float, float]:
    power = 1 / (2 * order + 3)

    def best(variance: float, square: float) -> float:
        # Without noise, or without a bend, nothing speaks against all rows.
        return (variance / square) ** power if variance > 0 and square > 0 else float("inf")

    if together:
        below, above = parts
        square = (above.bias - below.bias) ** 2 + below.noise + above.noise
        one = min(best(below.variance + above.variance, square), max(far))
        return one, one
    each = [best(part.variance, part.bias**2 + part.noise) for part in parts]
    return min(each[0], far[0]), min(each[1], far[1])


def _limits(sides: tuple[Side, Side]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the least widths that hold enough distinct values (or 0), and the widths that hold all rows."""
    shared = any(1 - _n_distinct(side.x) / len(side.x) >= _MANY_SHARED for side in sides)
    least = [_distance_of_values(side.x, _ENOUGH_DISTINCT) * _PAD if shared else 0.0 for side in sides]
    return (least[0], least[1]), (-float(sides[0].x[0]), float(sides[1].x[-1]))


def _n_distinct(x: Floats) -> int:
    """Return how many distinct values sorted numbers take."""
    return int(np.count_nonzero(x[1:] != x[:-1])) + 1


def _distance_of_values(x: Floats, n: int) -> float:
    """Return the distance from the cutoff that holds so many distinct values of one side, or all of them."""
    distances = np.abs(x[::-1]) if x[0] < 0 else x
    place = 0
    for _ in range(n - 1):
        following = int(np.searchsorted(distances, distances[place], side="right"))
        if following == len(distances):
            break
        place = following
    return float(distances[place])


def _pilot_bandwidth(sides: tuple[Side, Side], kernel: Kernel) -> float:
    below, above = (side.x for side in sides)
    spread = (_quartile(below, above, 3) - _quartile(below, above, 1)) / 1.349
    distinct = _n_distinct(below) + _n_distinct(above)
    return float(_PILOT[kernel] * min(_deviation(below, above), spread) * distinct ** (-1 / 5))


def _deviation(*parts: Floats) -> float:
    """Return the standard deviation of numbers in several parts."""
    n = sum(len(part) for part in parts)
    mean = sum(float(part.sum()) for part in parts) / n
    total = 0.0
    for part in parts:
        for start in range(0, len(part), _CHUNK):
            off = part[start : start + _CHUNK] - mean
            total += float(off @ off)
    return float(np.sqrt(total / (n - 1)))


def _quartile(below: Floats, above: Floats, fourths: int) -> float:
    """Return a quartile of sorted numbers: the mean of two neighbours where it falls between them."""

    def at(place: int) -> float:
        return float(below[place] if place < len(below) else above[place - len(below)])

    whole, rest = divmod((len(below) + len(above)) * fourths, 4)
    return at(whole) if rest else (at(whole - 1) + at(whole)) / 2


def _coverage_factor(sides: tuple[Side, Side], p: int) -> float:
    counted = [side.x if side.clusters is None else np.unique(side.clusters) for side in sides]
    n = len(counted[0]) + len(counted[1])
    return float(n ** (-p / ((3 + p) * (3 + 2 * p))))
