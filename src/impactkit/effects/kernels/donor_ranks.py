"""Placebo tests over donors: how the treated unit's gap ranks among those of units without the investment."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.assignment_statistics import (
    Alternative,
    AssignmentStatistics,
    Limits,
    PermutationTest,
)

Statistic = Literal["mean_gap", "rmspe_ratio"]
_TIE = 1e-9
_ROUNDING = 1e-9
_STEPS = 80
_CHUNK = 4096


@dataclass(frozen=True, kw_only=True, eq=False)
class DonorRanks:
    """Gaps of the treated and of placebos, as functions of a supposed constant effect ``m``.

    Row 0 holds the treated unit (or the average of several), the others one placebo each.

    Parameters
    ----------
    gaps : ndarray, shape (B, T1)
        Observed less expected after the start if there were no effect.
    shifts : ndarray, shape (B,)
        The gap of row ``b`` under an effect ``m`` is ``gaps[b] - m shifts[b]``: 1 for the treated, and minus
        the treated unit's weight where a placebo has it as a donor.
    before : ndarray, shape (B, T0)
        Gaps before the start.
    statistic : {"mean_gap", "rmspe_ratio"}
        The mean gap over the root mean square before the start, or the ratio of root mean squares (of gaps
        in the direction of the alternative, one-sided).
    n_assignments : int
        How many choices of treated units there are.
    means : ndarray, shape (B,), optional
        Average gaps after the start, where some periods are not among ``gaps``; their row means if left out.
    """

    gaps: Floats
    shifts: Floats
    before: Floats
    statistic: Statistic
    n_assignments: int
    means: Floats | None = None

    @cached_property
    def pre_rmspe(self) -> Floats:
        """Root mean square of each row's gaps before the start; 0 where they are rounding alone."""
        sizes = root_mean_square(self.before)
        largest = max(float(np.abs(self.gaps).max()), float(sizes.max()))
        return np.where(sizes > _ROUNDING * largest, sizes, 0.0)

    def statistics(self, *, draws: int, seed: int) -> AssignmentStatistics | RatioStatistics:
        """Return the statistic of every row, ready for tests of any constant effect.

        Parameters
        ----------
        draws, seed : int
            Not used: the rows were drawn before.

        Returns
        -------
        AssignmentStatistics or RatioStatistics
            Exact where the rows are all there are.
        """
        own = float(self.pre_rmspe[0])
        scale = self.pre_rmspe / own if own > 0 else np.ones(len(self.gaps))
        if self.statistic == "rmspe_ratio":
            return RatioStatistics(ranks=self, scale=scale)
        means, is_exact = self.gaps.mean(axis=1) if self.means is None else self.means, self.is_exact
        # The observed choice is one of all, but not one of those drawn.
        rows = slice(0, None) if is_exact else slice(1, None)
        return AssignmentStatistics(
            numerators=means[rows],
            shifts=self.shifts[rows],
            denominators=scale[rows],
            observed_numerator=float(means[0]),
            observed_denominator=1.0,
            is_exact=is_exact,
            n_assignments=self.n_assignments,
        )

    @property
    def is_exact(self) -> bool:
        """Whether every choice has its row."""
        return len(self.gaps) == self.n_assignments

    def at(self, period: int) -> DonorRanks:
        """Return the ranks of one period's gap, by its place after the start."""
        return replace(self, gaps=self.gaps[:, period : period + 1], means=None)


@dataclass(frozen=True, kw_only=True, eq=False)
class RatioStatistics:
    """Ratios of root mean square gaps after and before the start.

    Parameters
    ----------
    ranks : DonorRanks
        The gaps.
    scale : ndarray, shape (B,)
        Root mean squares before the start, over that of the treated.

    References
    ----------
    .. [1] Abadie, A., Diamond, A., & Hainmueller, J. (2010). Synthetic control methods for comparative case
       studies. *Journal of the American Statistical Association*, 105(490).
    .. [2] Abadie, A. (2021). Using synthetic controls. *Journal of Economic Literature*, 59(2), section 3.5.
    """

    ranks: DonorRanks
    scale: Floats

    @cached_property
    def observed(self) -> float:
        """The mean gap of the treated."""
        return float(self.ranks.gaps[0].mean())

    def p_value(self, null: float = 0.0, *, alternative: Alternative = "two-sided") -> PermutationTest:
        """Test that every period's effect is one constant.

        Parameters
        ----------
        null : float
            The supposed effect.
        alternative : str
            ``"greater"`` counts gaps above it only, ``"less"`` below.

        Returns
        -------
        PermutationTest
            The rank of the treated.
        """
        moved = self.ranks.gaps - null * self.ranks.shifts[:, None]
        if alternative == "greater":
            moved = np.maximum(moved, 0.0)
        elif alternative == "less":
            moved = np.minimum(moved, 0.0)
        sizes = np.sqrt((moved**2).mean(axis=1))
        ratios = np.divide(sizes, self.scale, out=np.full(len(sizes), np.inf), where=self.scale > 0)
        k = int(np.count_nonzero(ratios >= ratios[0] * (1 - _TIE)))
        # The treated are the first row: of all choices, or besides those drawn.
        return PermutationTest(p_value=k / len(ratios), n_extreme=k)

    def interval(self, level: float = 0.95) -> Limits:
        """Return the constant effects that neither one-sided test rejects at ``(1 - level) / 2``.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        Limits
            Infinite where there are too few placebos.
        """
        alpha = (1 - level) / 2 * (1 + 1e-12)
        if 1 / len(self.scale) > alpha:
            return Limits(low=-math.inf, high=math.inf)
        return Limits(low=self._end(alpha, "greater", -1.0), high=self._end(alpha, "less", 1.0))

    def _end(self, alpha: float, alternative: Alternative, sign: float) -> float:
        """Return the last effect on one side that is not rejected."""
        step = float(np.abs(self.ranks.gaps).max()) or 1.0
        inside, outside = self.observed, self.observed + sign * step
        while self.p_value(outside, alternative=alternative).p_value > alpha:
            inside, step = outside, 2 * step
            if step > 1e12 * (abs(self.observed) + 1):
                return sign * math.inf
            outside = self.observed + sign * step
        for _ in range(_STEPS):
            middle = (inside + outside) / 2
            rejected = self.p_value(middle, alternative=alternative).p_value <= alpha
            inside, outside = (inside, middle) if rejected else (middle, outside)
        return inside


def choices(
    n_donors: int, n_treated: int, *, is_alike: bool, draws: int, seed: int, most: int = EXACT_BELOW
) -> tuple[Labels, int]:
    """Return which donors stand for the treated, choice by choice.

    Parameters
    ----------
    n_donors, n_treated : int
        D and n.
    is_alike : bool
        Whether the treated start together and count alike, so that their order does not matter.
    draws, seed : int
        Random choices when there are too many to go through, and where they start.
    most : int
        So many are too many.

    Returns
    -------
    chosen : ndarray of int, shape (B, n)
        Donors 0 .. D-1, none twice in a row.
    n : int
        How many choices there are.

    Examples
    --------
    >>> choices(3, 2, is_alike=True, draws=99, seed=1)[0].tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    n = (math.comb if is_alike else math.perm)(n_donors, n_treated)
    if n < most:
        every = (itertools.combinations if is_alike else itertools.permutations)(range(n_donors), n_treated)
        return np.array(list(every), dtype=np.int64).reshape(-1, n_treated), n
    stream = np.random.PCG64(seed)
    found = [
        np.argsort(stream.random_raw(c * n_donors).reshape(c, n_donors), axis=1, kind="stable")[:, :n_treated]
        for c in (min(_CHUNK, draws - start) for start in range(0, draws, _CHUNK))
    ]
    return np.concatenate(found), n


def root_mean_square(gaps: Floats) -> Floats:
    """Return the root mean square of each row, shape (B,).

    Parameters
    ----------
    gaps : ndarray, shape (B, T)
        The rows.

    Returns
    -------
    ndarray, shape (B,)
        In their unit.
    """
    found: Floats = np.sqrt(np.einsum("bt,bt->b", gaps, gaps) / gaps.shape[1])
    return found


def is_outside(points: Floats, target: Floats) -> Flags:
    """Return in which columns a target lies outside all points, shape (k,).

    Parameters
    ----------
    points : ndarray, shape (D, k)
        The donors.
    target : ndarray, shape (k,)
        The treated unit.

    Returns
    -------
    ndarray of bool, shape (k,)
        Where no average of donors can reach it.
    """
    return np.asarray((target < points.min(axis=0)) | (target > points.max(axis=0)))
