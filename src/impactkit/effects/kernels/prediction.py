"""Prediction intervals of a synthetic control: what weights and what later periods leave unknown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import linprog
from scipy.special import ndtri

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.assignment_statistics import Alternative
from impactkit.effects.kernels.simplex import nearest_in_hull
from impactkit.effects.kernels.simplex_path import Piece, walk

Errors = Literal["gaussian", "location_scale", "quantile"]
_SPARE = 10  # periods that must be left beyond the columns of a regression on donors
_NORMAL_QUARTILES = 1.34
_LOG_BIAS = 1.2703628454614782  # minus the mean of the logarithm of a squared standard normal
_LEAST_WEIGHT = 1e-6
_STEPS = 40
_LEAST_RHO, _SMALL_RHO, _LARGEST_RHO = 0.001, 0.05, 0.2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """Limits of one effect, from what was expected to happen and how far that may be wrong.

    Parameters
    ----------
    point : float
        The effect, in the outcome's unit.
    least, most : ndarray, shape (B,)
        What estimation of the weights may add to what was expected, draw by draw.
    gaps : ndarray, shape (T0,)
        Before the start.
    before, after : ndarray, shapes (T0, k) and (1, k)
        What errors may depend on, before the start and where they are predicted.
    errors : {"gaussian", "location_scale", "quantile"}
        How errors are bounded.
    unbiased : bool
        As in `out_of_sample`.
    """

    point: float
    least: Floats
    most: Floats
    gaps: Floats
    before: Floats
    after: Floats
    errors: Errors
    unbiased: bool

    @property
    def smallest_p(self) -> float:
        """The smallest p-value: a quarter of it is the rarest quantile that draws and gaps can show."""
        seen = len(self.least) if self.errors == "gaussian" else min(len(self.least), len(self.gaps))
        return min(1.0, 4 / (seen + 1))

    def limits(self, level: float) -> tuple[float, float]:
        """Return limits of the effect; both sources of error share the risk equally.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        low, high : float
            Infinite where draws or periods are too few for the level.
        """
        alpha = 1 - level
        return (-math.inf, math.inf) if self.smallest_p > alpha * (1 + 1e-12) else self._at(alpha)

    def _at(self, alpha: float) -> tuple[float, float]:
        share = alpha / 2
        errors = out_of_sample(
            self.gaps, self.before, self.after, alpha=share, errors=self.errors, unbiased=self.unbiased
        )
        below = float(np.quantile(self.least, share / 2)) + float(errors[0][0])
        above = float(np.quantile(self.most, 1 - share / 2)) + float(errors[1][0])
        return self.point - above, self.point - below

    def p_value(self, value: float = 0.0) -> float:
        """Return the level at which a value is one of the limits, never below `smallest_p`."""
        low, high = self._at(self.smallest_p)
        if not low <= value <= high:
            return self.smallest_p
        inside, outside = self.smallest_p, 1.0
        if self._holds(outside, value):
            return 1.0
        for _ in range(_STEPS):
            middle = math.sqrt(inside * outside)
            inside, outside = (middle, outside) if self._holds(middle, value) else (inside, middle)
        return outside

    def _holds(self, alpha: float, value: float) -> bool:
        low, high = self._at(alpha)
        return low <= value <= high

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the one-sided p-value that agrees with the limits."""
        half = self.p_value(value) / 2
        low, high = self._at(1.0)
        is_beyond = value < low if alternative == "greater" else value > high
        return half if is_beyond else 1 - half


def sparsity(donors: Floats, weights: Floats, gaps: Floats) -> float:
    """Return the weight below which a donor is taken to have none, by how well weights can be known.

    Parameters
    ----------
    donors : ndarray, shape (D, T0)
        Before the start.
    weights : ndarray, shape (D,)
        Their weights.
    gaps : ndarray, shape (T0,)
        Of the treated unit before the start.

    Returns
    -------
    float
        At most 0.2.

    References
    ----------
    .. [1] Cattaneo, M. D., Feng, Y., Palomba, F., & Titiunik, R. (2025). scpi: uncertainty quantification for
       synthetic control methods. *Journal of Statistical Software*, 113(1), section 2.4.
    """
    D, T0 = donors.shape
    spread = donors.std(axis=1, ddof=1)
    least, most = float(spread.min()), float(spread.max())
    if least == 0:
        return _LARGEST_RHO
    size = math.sqrt(math.log(D) * np.count_nonzero(weights >= _LEAST_WEIGHT) * math.log(T0) / T0)
    ratios = (float(gaps.std()) * most / least**2, float(gaps.std()) / least)
    rho, other = (min(ratio * size, _LARGEST_RHO) for ratio in ratios)
    if rho >= _LEAST_RHO:
        return rho
    rho = max(rho, other)
    return rho if rho >= _SMALL_RHO else _LARGEST_RHO


def design(donors: Floats, later: Floats, counted: Flags, *, order: int) -> tuple[Floats, Floats]:
    """Return columns that errors may depend on: a constant, and the donors that count, if periods suffice.

    Parameters
    ----------
    donors, later : ndarray, shapes (D, T0) and (D, K)
        Before the start, and where errors are predicted.
    counted : ndarray of bool, shape (D,)
        Donors with a weight.
    order : {0, 1}
        0 for a constant alone.

    Returns
    -------
    before, after : ndarray, shapes (T0, k) and (K, k)
        The columns.
    """
    T0, K = donors.shape[1], later.shape[1]
    if order == 0 or int(counted.sum()) + 1 >= T0 - _SPARE:
        return np.ones((T0, 1)), np.ones((K, 1))
    return (
        np.column_stack([np.ones(T0), donors[counted].T]),
        np.column_stack([np.ones(K), later[counted].T]),
    )


def drawn_errors(variances: Floats, *, draws: int, seed: int) -> Floats:
    """Return normal errors of mean 0 with some variances, shape (draws, T0).

    Parameters
    ----------
    variances : ndarray, shape (T0,)
        Of each period.
    draws, seed : int
        How many, and where they start.

    Returns
    -------
    ndarray, shape (draws, T0)
        The same on every machine.
    """
    raw = np.random.PCG64(seed).random_raw(draws * len(variances)).reshape(draws, -1)
    found: Floats = ndtri(((raw >> np.uint64(11)) + 0.5) * 2.0**-53) * np.sqrt(variances)
    return found


def in_sample(
    donors: Floats, later: Floats, weights: Floats, *, rho: float, errors: Floats
) -> tuple[Floats, Floats]:
    """Return what estimation of the weights may add to each prediction, draw by draw.

    Parameters
    ----------
    donors, later : ndarray, shapes (D, T0) and (D, K)
        Before the start, and what the weights are applied to.
    weights : ndarray, shape (D,)
        At least 0, of sum 1, nearest the treated unit before the start.
    rho : float
        Weights below it may grow and not shrink.
    errors : ndarray, shape (B, T0)
        Draws of the errors before the start.

    Returns
    -------
    least, most : ndarray, shape (B, K)
        The smallest and largest ``(weights - b) later`` over simplex weights ``b`` that the drawn errors
        ``e`` leave possible: ``|(b - weights) donors - e| <= |e|``.

    Notes
    -----
    With ``G = donors e / T0`` this is the constraint ``d' Q d - 2 G' d <= 0`` of the paper [1]_ on
    ``d = b - weights``. The weights nearest to the drawn errors, given what they predict, are linear in that
    prediction piece by piece: a walk along the pieces meets the boundary at its least and largest.

    References
    ----------
    .. [1] Cattaneo, M. D., Feng, Y., & Titiunik, R. (2021). Prediction intervals for synthetic control
       methods. *Journal of the American Statistical Association*, 116(536), section 4.1.
    """
    floor = np.where(weights < rho, weights, 0.0)
    free = 1.0 - float(floor.sum())
    K = later.shape[1]
    least, most = np.zeros((len(errors), K)), np.zeros((len(errors), K))
    if free <= 1e-12:
        return least, most
    # Corners of what weights may be, as differences from the weights found.
    corners = free * donors + (floor - weights) @ donors
    moved = free * later + ((floor - weights) @ later)
    for k in range(K):
        wide = float(np.abs(moved[:, k]).max())
        if wide == 0:
            continue
        kappa = float(np.sqrt((corners**2).sum(axis=1).mean())) / wide
        X = np.column_stack([corners, kappa * moved[:, k]])
        for b, e in enumerate(errors):
            low, high = _reach(X, e)
            least[b, k], most[b, k] = -high / kappa, -low / kappa
    return least, most


def _reach(X: Floats, e: Floats) -> tuple[float, float]:
    """Return the least and largest last coordinate of a hull within ``|e|`` of ``e`` in the others."""
    target, direction = np.append(e, 0.0), np.zeros(len(e) + 1)
    radius = float(e @ e)
    support = np.flatnonzero(nearest_in_hull(X, target).weights)
    ends = []
    for sign in (1.0, -1.0):
        # The target's last coordinate goes up (down), and takes the nearest point with it.
        direction[-1] = sign
        m, at = math.inf, None
        for at in walk(X, target, direction, support=support):
            m = _leaves(at, radius)
            if m <= at.high:
                break
        assert at is not None
        m = min(m, at.high)
        residual = at.residuals[-1] if math.isinf(m) else at.at(m)[-1]
        ends.append(-at.anchor * sign - residual if math.isinf(m) else -m * sign - residual)
    return min(ends), max(ends)


def _leaves(piece: Piece, radius: float) -> float:
    """Return where the residuals but the last come to exceed a squared radius; infinity if they do not."""
    r, s = piece.residuals[:-1], piece.slopes[:-1]
    a, b, c = float(s @ s), float(r @ s), float(r @ r) - radius
    if a <= 1e-20:
        return math.inf
    root = b**2 - a * c
    return piece.anchor + (-b + math.sqrt(root)) / a if root >= 0 else piece.low


def out_of_sample(
    gaps: Floats, before: Floats, after: Floats, *, alpha: float, errors: Errors, unbiased: bool
) -> tuple[Floats, Floats]:
    """Return limits of the errors of later periods.

    Parameters
    ----------
    gaps : ndarray, shape (T0,)
        Before the start.
    before, after : ndarray, shapes (T0, k) and (K, k)
        What errors may depend on, before the start and where they are predicted.
    alpha : float
        The chance that an error lies outside.
    errors : {"gaussian", "location_scale", "quantile"}
        A bound for errors with tails no heavier than normal; quantiles of standardised gaps; quantile
        regression.
    unbiased : bool
        Whether the variance is that of the gaps, or, where it depends on donors, the exponential of the mean
        logarithm of squares corrected for being too small.

    Returns
    -------
    low, high : ndarray, shape (K,)
        In the outcome's unit.

    References
    ----------
    .. [1] Cattaneo, M. D., Feng, Y., & Titiunik, R. (2021). Prediction intervals for synthetic control
       methods. *Journal of the American Statistical Association*, 116(536), section 4.2.
    """
    if errors == "quantile":
        if before.shape[1] == 1:
            low, high = np.quantile(gaps, [alpha / 2, 1 - alpha / 2])
            return np.full(len(after), low), np.full(len(after), high)
        low, high = (quantile_regression(gaps, before, q) for q in (alpha / 2, 1 - alpha / 2))
        return after @ low, after @ high
    location = np.linalg.lstsq(before, gaps, rcond=None)[0]
    rest = gaps - before @ location
    is_constant = unbiased and before.shape[1] == 1
    logs = np.log(np.maximum(rest**2, np.finfo(float).tiny))
    spread = np.linalg.lstsq(before, logs, rcond=None)[0]
    if is_constant:
        spread[0] = math.log(max(float(rest @ rest) / len(rest), np.finfo(float).tiny))
    correction = _LOG_BIAS if unbiased and not is_constant else 0.0
    scale = np.sqrt(np.exp(after @ spread + correction))
    if not unbiased:
        lower, upper = (after @ quantile_regression(rest, before, q) for q in (0.25, 0.75))
        scale = np.minimum(scale, np.abs(upper - lower) / _NORMAL_QUARTILES)
    middle = after @ location
    if errors == "gaussian":
        half = math.sqrt(-2 * math.log(alpha / 2)) * scale
        return middle - half, middle + half
    standardised = rest / np.sqrt(np.exp(before @ spread + correction))
    least, most = np.quantile(standardised, [alpha / 2, 1 - alpha / 2])
    return middle + least * scale, middle + most * scale


def quantile_regression(y: Floats, X: Floats, q: float) -> Floats:
    """Return the coefficients that minimise the sum of tilted absolute residuals, shape (k,).

    Parameters
    ----------
    y : ndarray, shape (n,)
        Outcomes.
    X : ndarray, shape (n, k)
        Columns.
    q : float
        The quantile.

    Returns
    -------
    ndarray, shape (k,)
        By linear programming.

    Examples
    --------
    >>> quantile_regression(np.array([1.0, 2, 9]), np.ones((3, 1)), 0.5).round(9).tolist()
    [2.0]
    """
    n, k = X.shape
    scale = float(np.abs(y).max()) or 1.0
    sizes = np.abs(X).max(axis=0)
    costs = np.concatenate([np.zeros(k), np.full(n, q), np.full(n, 1 - q)])
    system = np.hstack([X / sizes, np.eye(n), -np.eye(n)])
    bounds = [(None, None)] * k + [(0, None)] * (2 * n)
    found = linprog(costs, A_eq=system, b_eq=y / scale, bounds=bounds, method="highs")
    assert found.x is not None  # y = 0 fits, so that a minimum exists
    return np.asarray(found.x[:k] * scale / sizes)
