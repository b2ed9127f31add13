"""A test by turning signs: what each row or cluster adds to an effect is as likely up as down without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.assignment_statistics import (
    Alternative,
    AssignmentStatistics,
    Limits,
    PermutationTest,
)

_TURNED_ALONE = 4096  # with more to turn, those far apart in order are turned together
_CHUNK_NUMBERS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlackStatistics(AssignmentStatistics):
    """Statistics of an effect that may be off by some amount for other reasons than chance.

    Parameters
    ----------
    slack : float
        That amount, in the effect's unit; tests of "at most this" become tests of "at most this and so much".
    """

    slack: float = 0.0

    def p_value(self, null: float = 0.0, *, alternative: Alternative = "two-sided") -> PermutationTest:
        """Test a constant effect; see `AssignmentStatistics.p_value`."""
        if not self.slack:
            return AssignmentStatistics.p_value(self, null, alternative=alternative)
        if alternative != "two-sided":
            moved = null + self.slack if alternative == "greater" else null - self.slack
            return AssignmentStatistics.p_value(self, moved, alternative=alternative)
        if abs(self.observed - null) <= self.slack:
            return PermutationTest(p_value=1.0, n_extreme=len(self.numerators))
        moved = null + self.slack if self.observed > null else null - self.slack
        return AssignmentStatistics.p_value(self, moved)

    def interval(self, level: float = 0.95) -> Limits:
        """Return the effects that are not rejected; see `AssignmentStatistics.interval`."""
        found = AssignmentStatistics.interval(self, level)
        return Limits(low=found.low - self.slack, high=found.high + self.slack)


@dataclass(frozen=True, kw_only=True, eq=False)
class SignFlips:
    """An effect as the sum of what rows or clusters add to it, whose signs can be turned.

    Parameters
    ----------
    make : callable
        Returns, shape (G, 2), what each adds of the outcome: the weight times what it is off a curve without
        an effect; and the same of treatment, whose sum is 1. Called when it is first needed.
    slack : float
        How far the effect may be off for other reasons than chance.

    Notes
    -----
    With a supposed effect ``m`` each adds ``outcome - m exposure``. If ``m`` is true, each of these has mean
    0 to first order, and turning its sign changes nothing but the draw [1]_: their spread need not be the
    same.

    References
    ----------
    .. [1] Hemerik, J., Goeman, J. J., & Finos, L. (2020). Robust testing in generalized linear models by sign
       flipping score contributions. *Journal of the Royal Statistical Society B*, 82(3).

    Examples
    --------
    >>> flips = SignFlips.of(np.array([2.0, 1.0, 1.0]), np.full(3, 1 / 3))
    >>> flips.statistics(draws=99, seed=1).p_value(0.0, alternative="greater")
    PermutationTest(p_value=0.125, n_extreme=1)
    """

    make: Callable[[], Floats]
    slack: float = 0.0

    @classmethod
    def of(cls, outcomes: Floats, exposures: Floats, *, slack: float = 0.0) -> SignFlips:
        """Return the test of contributions that are known, each of shape (G,)."""
        return cls(make=lambda: np.column_stack([outcomes, exposures]), slack=slack)

    @cached_property
    def added(self) -> Floats:
        """What each adds that adds anything, shape (m, 2)."""
        found = self.make()
        return np.asarray(found[(found != 0).any(axis=1)])

    @property
    def n_assignments(self) -> int:
        """How many patterns of signs there are."""
        return int(2 ** min(len(self.added), _TURNED_ALONE))

    def statistics(self, *, draws: int, seed: int) -> SlackStatistics:
        """Return the sum under other signs, ready for tests of any constant effect.

        Parameters
        ----------
        draws : int
            Random patterns when there are more than `EXACT_BELOW`.
        seed : int
            Where they start.

        Returns
        -------
        SlackStatistics
            With denominators of 1.
        """
        both = _together(self.added)
        n = self.n_assignments
        is_exact = n <= EXACT_BELOW
        patterns = _patterns(len(both), n if is_exact else draws, seed=seed, is_exact=is_exact)
        sums = np.vstack([signs @ both for signs in patterns])
        return SlackStatistics(
            slack=self.slack,
            numerators=sums[:, 0],
            shifts=sums[:, 1],
            denominators=np.ones(len(sums)),
            observed_numerator=float(both[:, 0].sum()),
            observed_denominator=1.0,
            is_exact=is_exact,
            n_assignments=n,
        )


def _together(both: Floats) -> Floats:
    if len(both) <= _TURNED_ALONE:
        return both
    groups = np.arange(len(both)) % _TURNED_ALONE
    return np.column_stack([np.bincount(groups, column, _TURNED_ALONE) for column in both.T])


def _patterns(G: int, count: int, *, seed: int, is_exact: bool) -> Iterator[Floats]:
    """Yield signs, shape (c, G); all patterns, the observed one first, or random ones."""
    step = max(1, _CHUNK_NUMBERS // max(G, 1))
    stream = np.random.PCG64(seed)
    width = -(-max(G, 1) // 64)
    for start in range(0, count, step):
        c = min(step, count - start)
        raw = np.arange(start, start + c) if is_exact else stream.random_raw(c * width)
        words = raw.astype("<u8")
        bits = np.unpackbits(words.view(np.uint8).reshape(c, -1), axis=1, count=G, bitorder="little")
        yield 1.0 - 2.0 * bits.astype(np.float64)
