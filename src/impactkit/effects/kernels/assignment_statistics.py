"""Tests and intervals from a coefficient under other assignments."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Floats

Alternative: TypeAlias = Literal["two-sided", "greater", "less"]

TIE = 1e-9
"""Statistics closer than this share of their scale are equal, and so as extreme."""


class PermutationTest(NamedTuple):
    """A permutation p-value and what it counts.

    Parameters
    ----------
    p_value : float
        Never 0; nan if the observed coefficient is undefined.
    n_extreme : int
        Assignments gone through that are at least as extreme as the observed one.
    """

    p_value: float
    n_extreme: int


class Limits(NamedTuple):
    """Two ends of an interval, infinite where there is no end.

    Parameters
    ----------
    low, high : float
        In the coefficient's unit.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentStatistics:
    """A coefficient under other assignments, as a function of a supposed constant effect ``m``.

    The statistic of assignment ``b`` is ``(numerators[b] - m shifts[b]) / denominators[b]``.

    Parameters
    ----------
    numerators, shifts, denominators : ndarray, shape (B,)
        Parts of the statistics. A denominator of 0 says that the coefficient is undefined; it counts as
        extreme.
    observed_numerator, observed_denominator : float
        The observed coefficient is their ratio.
    is_exact : bool
        Whether all assignments were gone through, the observed one among them.
    n_assignments : int
        How many assignments are possible.
    """

    numerators: Floats
    shifts: Floats
    denominators: Floats
    observed_numerator: float
    observed_denominator: float
    is_exact: bool
    n_assignments: int

    @property
    def observed(self) -> float:
        """The observed coefficient; nan if it is undefined."""
        if self.observed_denominator <= 0:
            return math.nan
        return self.observed_numerator / self.observed_denominator

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that a one-sided test could give."""
        return self._p_value(1 if self.is_exact else 0)

    def p_value(self, null: float = 0.0, *, alternative: Alternative = "two-sided") -> PermutationTest:
        """Test that every unit's effect is one constant.

        Parameters
        ----------
        null : float
            The supposed effect.
        alternative : str
            ``"greater"`` tests "at most ``null``", ``"less"`` "at least ``null``".

        Returns
        -------
        PermutationTest
            ``k / B`` over all assignments, ``(1 + k) / (1 + B)`` over random ones; ties are extreme.

        Notes
        -----
        The scale that makes a tie is the larger of the observed statistic and the median size of all
        statistics.

        Examples
        --------
        >>> statistics = AssignmentStatistics(
        ...     numerators=np.array([-1.0, 0, 1, 2]), shifts=np.zeros(4), denominators=np.ones(4),
        ...     observed_numerator=2.0, observed_denominator=1.0, is_exact=True, n_assignments=4)
        >>> statistics.p_value(alternative="greater")
        PermutationTest(p_value=0.25, n_extreme=1)
        """
        if math.isnan(self.observed):
            return PermutationTest(p_value=math.nan, n_extreme=0)
        statistics = self._ratios(self.numerators - null * self.shifts)
        distance = self.observed - null
        if alternative == "two-sided":
            statistics, distance = np.abs(statistics), abs(distance)
        elif alternative == "less":
            statistics, distance = -statistics, -distance
        k = self._n_extreme(statistics, distance)
        return PermutationTest(p_value=self._p_value(k), n_extreme=k)

    def _n_extreme(self, statistics: Floats, distance: float) -> int:
        """Count statistics at or beyond the observed distance; undefined ones are nan, hence extreme.

        The median is looked for only where a statistic lies so near that the width of a tie decides.
        """
        n, own = len(statistics), abs(distance)
        surely = n - int(np.count_nonzero(statistics < distance - TIE * own))
        widest = TIE * max(own, float(np.nanmax(np.abs(statistics), initial=0.0)))
        if n - int(np.count_nonzero(statistics < distance - widest)) == surely:
            return surely
        tie = TIE * max(own, self._middle_size(statistics))
        return n - int(np.count_nonzero(statistics < distance - tie))

    def interval(self, level: float = 0.95) -> Limits:
        """Return the constant effects that neither one-sided test rejects at ``(1 - level) / 2``.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        Limits
            Infinite at an end where no effect can be rejected with so few assignments.

        Notes
        -----
        Assignment ``b`` turns from less to more extreme at one breakpoint of ``m``, so limits are found
        exactly by sorting the breakpoints. Where denominators differ, the accepted effects can have gaps, and
        at a low level leave out the observed coefficient: the limits span the gaps and that coefficient.
        """
        if math.isnan(self.observed):
            return Limits(low=math.nan, high=math.nan)
        alpha = (1 - level) / 2
        statistics = self._ratios(self.numerators)
        low = self._lower_limit(statistics, self.observed, alpha)
        high = -self._lower_limit(-statistics, -self.observed, alpha)
        return Limits(low=min(low, self.observed), high=max(high, self.observed))

    def _lower_limit(self, statistics: Floats, observed: float, alpha: float) -> float:
        """Return the smallest effect at which the test against greater ones has p > alpha.

        ``b`` is extreme at ``m`` when ``statistic_b - m slope_b >= observed - m``.
        """
        slopes = self._ratios(self.shifts)
        defined = np.isfinite(statistics)
        approach = 1 - slopes
        lag = observed - statistics
        tie = TIE * max(abs(observed), self._middle_size(statistics))
        is_level = np.abs(approach) <= TIE
        always = ~defined | (is_level & (lag <= tie))
        enters, leaves = defined & (approach > TIE), defined & (approach < -TIE)
        # Going up, the ones that leave are extreme up to their breakpoint, the others from theirs.
        entries, exits = lag[enters] / approach[enters], lag[leaves] / approach[leaves]
        k = int(always.sum() + leaves.sum())
        if self._p_value(k) > alpha * (1 + 1e-12):
            return -math.inf
        breakpoints = np.concatenate([entries, exits])
        steps = np.concatenate([np.ones(len(entries), dtype=np.int64), -np.ones(len(exits), dtype=np.int64)])
        # At one point entries come first: both kinds are extreme there.
        order = np.lexsort((-steps, breakpoints))
        counts = k + np.cumsum(steps[order])
        p_values = (counts + (0 if self.is_exact else 1)) / self._total
        accepted = np.flatnonzero(p_values > alpha * (1 + 1e-12))
        return float(breakpoints[order][accepted[0]]) if len(accepted) else math.inf

    @property
    def _total(self) -> int:
        return len(self.numerators) + (0 if self.is_exact else 1)

    def _p_value(self, k: int) -> float:
        return (k + (0 if self.is_exact else 1)) / self._total

    def _ratios(self, numerators: Floats) -> Floats:
        undefined = np.full(len(numerators), np.nan)
        ratios: Floats = np.divide(numerators, self.denominators, out=undefined, where=self.denominators > 0)
        return ratios

    @staticmethod
    def _middle_size(statistics: Floats) -> float:
        defined = np.abs(statistics[np.isfinite(statistics)])
        return float(np.median(defined)) if len(defined) else 0.0
