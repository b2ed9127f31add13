"""A permutation test: how the effect compares with all other assignments that could have been drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from impactkit.effects.interval import Alternative
from impactkit.effects.kernels.assignment import (
    AssignmentReduction,
    AssignmentStatistics,
    assignment_statistics,
    count_assignments,
)
from impactkit.errors import EstimationError
from impactkit.wording import Message

_EXACT_BELOW = 20_000


@dataclass(frozen=True, kw_only=True, eq=False)
class PermutationTest:
    """How the effect compares with all other assignments that could have been drawn.

    Parameters
    ----------
    parts : tuple of AssignmentReduction
        Sums by assignment unit; the statistic is the first part's effect less the second's, if there is one. Only
        the first is moved by the hypothesised effect.
    draws : int
        Random assignments when there are too many to go through.
    seed : int
        Where the random assignments start.
    law : Message
        In words: what was assigned, and within what.

    Notes
    -----
    The draws are made when a p-value is first asked for, from the seed: an estimate of millions of rows costs nothing
    for a test nobody reads. The hypothesis is that every treated unit has the same effect; then each assignment was
    equally likely and ``p = (1 + k) / (1 + B)``, or the exact share when all are gone through.

    References
    ----------
    .. [1] Phipson, B., & Smyth, G. K. (2010). Permutation p-values should never be zero. *Statistical Applications
       in Genetics and Molecular Biology*, 9(1).
    """

    parts: tuple[AssignmentReduction, ...]
    draws: int
    seed: int
    law: Message
    exact_below: int = field(default=_EXACT_BELOW)

    @cached_property
    def statistics(self) -> AssignmentStatistics:
        """The statistic under every assignment gone through."""
        return assignment_statistics(
            self.parts, draws=self.draws, seed=self.seed, exact_below=self.exact_below
        )

    @property
    def n_assignments(self) -> int:
        """How many assignments could have been drawn."""
        return count_assignments(self.parts[0].strata, self.parts[0].observed)

    @property
    def is_exact(self) -> bool:
        """Whether all of them are gone through."""
        return self.n_assignments <= self.exact_below

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
        return self.statistics.p_value(effect, alternative)[0]

    def extreme(self, effect: float = 0.0, *, alternative: Alternative = "two-sided") -> int:
        """Return how many assignments are at least as extreme as the one drawn."""
        return self.statistics.p_value(effect, alternative)[1]

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
        return self.statistics.interval(level)

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
