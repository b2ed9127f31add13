"""One to five treated units: residuals of the comparison units stand for those of the treated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.assignment_statistics import Alternative

TIE = 1e-10
"""Sizes closer than this share are equal, and so as extreme."""
_CHUNK_NUMBERS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitContrasts:
    """One number a unit, whose weighted means are compared.

    Parameters
    ----------
    values : ndarray, shape (G,)
        Follow-up mean less baseline mean, in the outcome's unit.
    weights : ndarray, shape (G,)
        What each unit counts in its group's mean.
    sizes : ndarray, shape (G,)
        Population behind each value.
    treated : ndarray of bool, shape (G,)
        Which are treated.
    """

    values: Floats
    weights: Floats
    sizes: Floats
    treated: Flags


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FewTreated:
    """The distribution of a difference in means that residuals of other units give.

    Parameters
    ----------
    point : float
        The difference, in the outcome's unit.
    numerators, shifts : ndarray, shape (B,)
        The difference under draw ``b`` of residuals is ``numerators[b] - m shifts[b]``, for a supposed effect
        ``m``.
    is_exact : bool
        Whether all choices were gone through.
    smallest_p : float
        No p-value is smaller: 1 over the comparison units and one.
    variance, per_size : float
        ``a`` and ``b`` of the variance ``a + b / size`` of a unit's value.
    """

    point: float
    numerators: Floats
    shifts: Floats
    is_exact: bool
    smallest_p: float
    variance: float
    per_size: float

    @property
    def n_draws(self) -> int:
        """How many draws were gone through."""
        return len(self.numerators)

    @property
    def varies(self) -> bool:
        """Whether the comparison units' values vary at all."""
        return self.variance + self.per_size > 0

    @property
    def _follows(self) -> Flags:
        """Which draws move as much with the effect as the sample does: they are always as extreme."""
        return np.asarray(np.abs(self.shifts) >= 1 - TIE)

    def p_value(self, value: float = 0.0) -> float:
        """Return the p-value of the hypothesis that the effect is a value, by size.

        Parameters
        ----------
        value : float
            The supposed effect.

        Returns
        -------
        float
            ``k / B`` of all choices, ``(1 + k) / (1 + B)`` of random ones; ties are extreme. Never below
            `smallest_p`.
        """
        size, own = np.abs(self.numerators - value * self.shifts), abs(self.point - value)
        tie = TIE * max(own, float(np.median(size)))
        k = int(np.count_nonzero((size >= own - tie) | self._follows))
        share = k / self.n_draws if self.is_exact else (1 + k) / (1 + self.n_draws)
        return max(share, self.smallest_p)

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the one-sided p-value that agrees with the limits, which compare sizes."""
        half = self.p_value(value) / 2
        is_beyond = self.point > value if alternative == "greater" else self.point < value
        return half if is_beyond else 1 - half

    def limits(self, level: float) -> tuple[float, float]:
        """Return the ends of the effects that are not rejected.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        low, high : float
            Infinite with too few comparison units for the level.

        Notes
        -----
        A draw is extreme between the two effects at which it is as large as the sample, and the estimate lies
        between them. So fewer are the farther one goes, and each limit is one of those effects.
        """
        always = self._follows
        lag, slope = self.point - self.numerators[~always], self.shifts[~always]
        turns = np.stack([lag / (1 - slope), (self.point + self.numerators[~always]) / (1 + slope)])
        total = self.n_draws + (0 if self.is_exact else 1)
        counted = int(always.sum()) + (0 if self.is_exact else 1)
        # As many draws must be extreme for a p-value above 1 - level.
        needed = int((1 - level) * total * (1 + 1e-12)) + 1 - counted
        if needed <= 0 or self.smallest_p > (1 - level) * (1 + 1e-12):
            return -math.inf, math.inf
        lows, highs = np.sort(turns.min(axis=0)), np.sort(turns.max(axis=0))
        return float(lows[needed - 1]), float(highs[-needed])


def few_treated(units: UnitContrasts, *, draws: int, seed: int) -> FewTreated:
    """Compare a difference in means with those that other units' residuals would give.

    Parameters
    ----------
    units : UnitContrasts
        At least two comparison units and one treated.
    draws : int
        Random draws, where there are more than `EXACT_BELOW` choices.
    seed : int
        Where they start.

    Returns
    -------
    FewTreated
        Tests and limits.

    Notes
    -----
    Under an effect ``m`` residuals are ``R_i = W_i - m d_i`` less their weighted mean over all units. The
    variance of a value is ``a + b / size``, by least squares of the comparison units' squared residuals with
    both parts at least 0 [1]_; ``s_i`` is then the standard deviation of ``R_i``. A draw gives the treated
    the residuals ``s_j R_i / s_i`` of units drawn without replacement, the treated among them, so that the
    sample itself is one of the draws. With equal sizes that is the permutation test, and Conley and Taber's
    [2]_. Residuals are affine in ``m``, so that one set of draws serves every supposed effect.

    References
    ----------
    .. [1] Ferman, B., & Pinto, C. (2019). Inference in differences-in-differences with few treated groups and
       heteroskedasticity. *Review of Economics and Statistics*, 101(3), section III.
    .. [2] Conley, T. G., & Taber, C. R. (2011). Inference with "difference in differences" with a small
       number of policy changes. *Review of Economics and Statistics*, 93(1).

    Examples
    --------
    >>> units = UnitContrasts(values=np.array([5.0, 0, 1, -1, 2]), weights=np.ones(5), sizes=np.ones(5),
    ...                       treated=np.array([True, False, False, False, False]))
    >>> few_treated(units, draws=99, seed=1).p_value()
    0.2
    """
    d, w = units.treated.astype(np.float64), units.weights
    share = w / w.sum()
    a, b = size_variance(units)
    own = a + b / units.sizes
    spread = np.sqrt(own * (1 - 2 * share) + share**2 @ own)
    residuals = np.stack([units.values - share @ units.values, d - share @ d])
    varies = a + b > 0
    scaled = residuals / np.where(varies, spread, 1.0)
    treated = np.flatnonzero(units.treated)
    G, n = len(w), len(treated)
    # What a residual weighs when it is given to each treated unit; the sample's own choice gives the effect.
    given = share[treated] * (spread[treated] if varies else 1.0) / (share @ d * (1 - share @ d))
    is_alike = bool(np.allclose(given, given[0], rtol=1e-12))
    n_choices = math.comb(G, n) if is_alike else math.perm(G, n)
    is_exact = n_choices <= EXACT_BELOW
    choices = _every(G, n, is_alike) if is_exact else _drawn(G, n, draws, seed)
    numerators, shifts = np.hstack([np.stack([row[chosen] @ given for row in scaled]) for chosen in choices])
    return FewTreated(
        point=float(scaled[0, treated] @ given),
        numerators=numerators,
        shifts=shifts,
        is_exact=is_exact,
        smallest_p=1 / (G - n + 1),
        variance=a,
        per_size=b,
    )


def size_variance(units: UnitContrasts) -> tuple[float, float]:
    """Return ``a`` and ``b`` of the variance ``a + b / size`` of comparison units' values.

    Parameters
    ----------
    units : UnitContrasts
        The units.

    Returns
    -------
    a, b : float
        At least 0; ``b`` is 0 where sizes are equal.

    Examples
    --------
    >>> units = UnitContrasts(values=np.array([9.0, 1, -1, 3, -3]), weights=np.ones(5),
    ...                       sizes=np.array([1.0, 9, 9, 1, 1]), treated=np.arange(5) == 0)
    >>> a, b = size_variance(units)
    >>> round(a, 9), round(b, 9)
    (0.0, 9.0)
    """
    comparison = ~units.treated
    values, weights, sizes = (part[comparison] for part in (units.values, units.weights, units.sizes))
    squares = (values - np.average(values, weights=weights)) ** 2
    # Squares within rounding of the values are no variation.
    if float(squares.max()) <= (1e-13 * float(np.abs(units.values).max())) ** 2:
        return 0.0, 0.0
    inverse = 1 / sizes
    if bool(np.allclose(inverse, inverse[0], rtol=1e-12)):
        return float(squares.mean()), 0.0
    slope = float(np.cov(inverse, squares, bias=True)[0, 1] / inverse.var())
    level = float(squares.mean() - slope * inverse.mean())
    if slope <= 0:
        return float(squares.mean()), 0.0
    if level <= 0:
        return 0.0, float(inverse @ squares / (inverse @ inverse))
    return level, slope


def _every(G: int, n: int, is_alike: bool) -> Iterator[Labels]:
    """Yield every choice of units for the treated; in every order where the order matters."""
    choose = itertools.combinations if is_alike else itertools.permutations
    yield np.array(list(choose(range(G), n)), dtype=np.int64)


def _drawn(G: int, n: int, draws: int, seed: int) -> Iterator[Labels]:
    """Yield random choices: the units with the smallest keys, in their order."""
    stream = np.random.PCG64(seed)
    step = max(1, _CHUNK_NUMBERS // G)
    for start in range(0, draws, step):
        c = min(step, draws - start)
        keys = stream.random_raw(c * G).reshape(c, G)
        yield np.argsort(keys, axis=1, kind="stable")[:, :n]
