"""A permutation test: how the effect compares with all other assignments that could have been drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from impactkit.effects.interval import Alternative, Interval
from impactkit.effects.kernels.assignment import EXACT_BELOW, AssignmentReduction
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics
from impactkit.effects.kernels.chance_assignment import ChanceReduction
from impactkit.effects.kernels.cohort_assignment import CohortReduction
from impactkit.effects.kernels.crossover_assignment import CrossoverReduction
from impactkit.effects.kernels.date_shifts import DateShifts
from impactkit.effects.kernels.donor_ranks import DonorRanks, RatioStatistics
from impactkit.effects.kernels.dose_assignment import DoseReduction
from impactkit.effects.kernels.lottery_assignment import LotteryReduction
from impactkit.effects.kernels.path_assignment import PathReduction
from impactkit.effects.kernels.sign_flips import SignFlips
from impactkit.errors import EstimationError
from impactkit.wording import Message

Reduction: TypeAlias = (
    AssignmentReduction
    | ChanceReduction
    | CohortReduction
    | CrossoverReduction
    | DateShifts
    | DonorRanks
    | DoseReduction
    | LotteryReduction
    | PathReduction
    | SignFlips
)
_SIGNS = (1, -1, -1, 1)
"""A difference of two, or a difference of two differences."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PermutationTest:
    """How the effect compares with all other assignments that could have been drawn.

    Parameters
    ----------
    parts : tuple of AssignmentReduction, CohortReduction, DonorRanks or another reduction
        Sums by assignment unit; the statistic is the first part's effect, less the second's if there are two,
        less the second's and the third's and with the fourth's if there are four. Only the first is moved by
        the hypothesised effect.
    draws : int
        Random assignments when there are too many to go through.
    seed : int
        Where the random assignments start.
    law : Message
        In words: what was assigned, and within what.

    Notes
    -----
    The draws are made when a p-value is first asked for, from the seed: an estimate of millions of rows
    costs nothing for a test nobody reads. The hypothesis is that every treated unit has the same effect;
    then each assignment was equally likely and ``p = (1 + k) / (1 + B)``, or the exact share when all are
    gone through.

    References
    ----------
    .. [1] Phipson, B., & Smyth, G. K. (2010). Permutation p-values should never be zero. *Statistical
       Applications
       in Genetics and Molecular Biology*, 9(1).
    """

    parts: tuple[Reduction, ...]
    draws: int
    seed: int
    law: Message

    @cached_property
    def statistics(self) -> AssignmentStatistics | RatioStatistics:
        """The statistic under every assignment gone through."""
        found = [part.statistics(draws=self.draws, seed=self.seed) for part in self.parts]
        if len(found) == 1:
            return found[0]
        return _combined([one for one in found if isinstance(one, AssignmentStatistics)])

    @cached_property
    def n_assignments(self) -> int:
        """How many assignments could have been drawn."""
        return self.parts[0].n_assignments

    @property
    def _can_differ(self) -> bool:
        return self.n_assignments > 1

    @property
    def is_exact(self) -> bool:
        """Whether all of them are gone through."""
        part = self.parts[0]
        # Where each choice costs a fit, fewer are gone through; where lots are not equally likely, none.
        if isinstance(part, DonorRanks | LotteryReduction):
            return part.is_exact
        return self.n_assignments <= EXACT_BELOW

    @property
    def smallest_p(self) -> float:
        """The smallest p-value the test can give."""
        return 1 / self.n_assignments if self.is_exact else 1 / (1 + self.draws)

    def p_value(self, effect: float = 0.0, *, alternative: Alternative = "two-sided") -> float:
        """Return the p-value of the hypothesis that the effect is (at most, at least) a given one.

        Parameters
        ----------
        effect : float
            The hypothesised effect, in the outcome's unit.
        alternative : {"two-sided", "greater", "less"}
            ``greater`` tests "at most this effect".

        Returns
        -------
        float
            The p-value, never 0.
        """
        return self.statistics.p_value(effect, alternative=alternative).p_value if self._can_differ else 1.0

    def extreme(self, effect: float = 0.0, *, alternative: Alternative = "two-sided") -> int:
        """Return how many assignments are at least as extreme as the one drawn."""
        return self.statistics.p_value(effect, alternative=alternative).n_extreme if self._can_differ else 1

    def limits(self, level: float) -> tuple[float, float]:
        """Return the effects that the test does not reject at a level.

        Parameters
        ----------
        level : float
            Confidence level, such as 0.95.

        Returns
        -------
        low, high : float
            In the outcome's unit; infinite where there are too few assignments for the level.

        Raises
        ------
        EstimationError
            If the level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise EstimationError(
                "Confidence level {level} is not between 0 and 1.",
                where="level",
                mend="Use a share such as 0.95.",
                values={"level": level},
            )
        if not self._can_differ:
            return -math.inf, math.inf
        limits = self.statistics.interval(level)
        return limits.low, limits.high

    def to_record(self) -> dict[str, Any]:
        """Return the test of no effect, ready for JSON."""
        return {
            "law": self.law.to_record(),
            "p_value": self.p_value(),
            "extreme": self.extreme(),
            "exact": self.is_exact,
            "n_assignments": str(self.n_assignments),
            "draws": self.n_assignments if self.is_exact else self.draws,
            "seed": str(self.seed),
        }


def permutation_interval(point: float, test: PermutationTest, level: float) -> Interval:
    """Return the interval of effects that a permutation test does not reject.

    Parameters
    ----------
    point : float
        The estimate, in the outcome's unit.
    test : PermutationTest
        The test.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        Without standard error and degrees of freedom.
    """
    low, high = test.limits(level)
    return Interval(
        point=point,
        std_error=math.nan,
        df=math.nan,
        level=level,
        low=low,
        high=high,
        p_value=test.p_value(),
    )


def _combined(parts: Sequence[AssignmentStatistics]) -> AssignmentStatistics:
    """Return the sum of signed statistics, moved by the effect in the first only."""
    defined = np.all([part.denominators > 0 for part in parts], axis=0)
    ratios = [part.numerators / np.where(defined, part.denominators, 1.0) for part in parts]
    signed = list(zip(_SIGNS, parts, strict=False))
    return AssignmentStatistics(
        numerators=np.sum([sign * ratio for sign, ratio in zip(_SIGNS, ratios, strict=False)], axis=0),
        shifts=parts[0].shifts / np.where(defined, parts[0].denominators, 1.0),
        denominators=defined.astype(float),
        observed_numerator=float(sum(sign * part.observed for sign, part in signed)),
        observed_denominator=float(all(part.observed_denominator > 0 for part in parts)),
        is_exact=parts[0].is_exact,
        n_assignments=parts[0].n_assignments,
    )
