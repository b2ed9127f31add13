"""Permutation of treatment paths: the same paths given to other units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics
from impactkit.effects.kernels.cohort_assignment import count_orders, orders


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PathReduction:
    """The average effect of switches as a function of who has which path.

    Parameters
    ----------
    changes, exposures : ndarray, shape (G, T)
        Weighted sums of the outcome's change since the period before, and of that of treatment as observed,
        by unit of assignment.
    masses : ndarray, shape (G, T)
        Weights of those sums; 0 where a period or the one before was not seen.
    paths : ndarray of bool, shape (P, T)
        The distinct paths.
    observed : ndarray of int, shape (G,)
        The path of each unit of assignment.
    strata : ndarray of int, shape (G,)
        Within each stratum the number of each path is fixed.

    Notes
    -----
    Every assignment is answered as the data are: switches against those who stay, period by period.
    """

    changes: Floats
    exposures: Floats
    masses: Floats
    paths: Flags
    observed: Labels
    strata: Labels

    @property
    def n_assignments(self) -> int:
        """How many assignments could have been drawn."""
        return count_orders(self.observed, self.strata)

    def statistics(self, *, draws: int, seed: int) -> AssignmentStatistics:
        """Return the effect under other assignments, ready for tests of any constant effect.

        Parameters
        ----------
        draws : int
            Random assignments when there are more than `EXACT_BELOW`.
        seed : int
            Where they start.

        Returns
        -------
        AssignmentStatistics
            With denominators of 1, or 0 where no switch has anybody to compare with.
        """
        n = self.n_assignments
        labels = orders(self.observed, self.strata, draws=draws, seed=seed)
        found = np.concatenate([self._effects(chunk) for chunk in labels], axis=1)
        own = self._effects(self.observed[None, :])[:, 0]
        return AssignmentStatistics(
            numerators=found[0],
            shifts=found[1],
            denominators=found[2],
            observed_numerator=float(own[0]),
            observed_denominator=float(own[2]),
            is_exact=n <= EXACT_BELOW,
            n_assignments=n,
        )

    def _effects(self, labels: Labels) -> Floats:
        """Return effects, shifts and whether they are defined, shape (3, c), under assignments (c, G)."""
        top, shift, total = (np.zeros(len(labels)) for _ in range(3))
        for t in range(1, self.paths.shape[1]):
            sums = np.column_stack([self.changes[:, t], self.exposures[:, t], self.masses[:, t]])
            for joining in (True, False):
                ready = self.paths[:, t - 1] != joining
                goes, stays = ready & (self.paths[:, t] == joining), ready & (self.paths[:, t] != joining)
                if not (goes.any() and stays.any()):
                    continue
                went, stayed = (kind[labels].astype(np.float64) @ sums for kind in (goes, stays))
                compared = (went[:, 2] > 0) & (stayed[:, 2] > 0)
                usual = stayed[:, :2] / np.where(compared, stayed[:, 2], 1.0)[:, None]
                own = np.where(compared[:, None], went[:, :2] - went[:, 2:] * usual, 0.0)
                sign = 1.0 if joining else -1.0
                top, shift = top + sign * own[:, 0], shift + sign * own[:, 1]
                total = total + np.where(compared, went[:, 2], 0.0)
        safe = np.where(total > 0, total, 1.0)
        return np.stack([top / safe, shift / safe, (total > 0).astype(np.float64)])
