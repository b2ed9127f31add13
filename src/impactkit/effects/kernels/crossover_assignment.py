"""The order in which clusters cross over, drawn again: the same steps given to other clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics
from impactkit.effects.kernels.cohort_assignment import count_orders, orders


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossoverReduction:
    """The difference between those who have crossed over and those who have not, within periods.

    Parameters
    ----------
    sums, exposures : ndarray, shape (G, T)
        Weighted sums of the outcome and of being treated as observed, by unit of assignment and period; both
        cleared of covariates where there are any.
    masses : ndarray, shape (G, T)
        Sums of weights; 0 where nobody was seen.
    steps : ndarray of int, shape (A,)
        The place of the first treated period of each step; T for never.
    observed : ndarray of int, shape (G,)
        The step of each unit of assignment.
    strata : ndarray of int, shape (G,)
        Within each stratum the number of each step is fixed.
    """

    sums: Floats
    exposures: Floats
    masses: Floats
    steps: Labels
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
            Of the coefficient of being treated beside an effect for each stratum and period.

        Notes
        -----
        With ``v`` the assignment, ``R`` the sums less the mean of their stratum and period, ``m`` the masses
        and ``M`` their totals, the coefficient is ``sum v R / (sum v m - sum (sum v m)^2 / M)``.
        """
        found = [self._effects(c) for c in orders(self.observed, self.strata, draws=draws, seed=seed)]
        numerators, shifts, denominators = np.concatenate(found, axis=1)
        own = self._effects(self.observed[None, :])[:, 0]
        # Covariates may take a little of the exposure with them; the effect keeps its unit all the same.
        scale = own[1] / own[2] if own[1] > 0 and own[2] > 0 else 1.0
        n = self.n_assignments
        return AssignmentStatistics(
            numerators=numerators / scale,
            shifts=shifts / scale,
            denominators=denominators,
            observed_numerator=float(own[0] / scale),
            observed_denominator=float(own[2]),
            is_exact=n <= EXACT_BELOW,
            n_assignments=n,
        )

    def _effects(self, labels: Labels) -> Floats:
        """Return numerators, shifts and denominators under assignments (c, G), shape (3, c)."""
        found = np.zeros((3, len(labels)))
        steps = self.steps[labels]
        for stratum in range(int(self.strata.max()) + 1):
            members = self.strata == stratum
            sums, exposures, masses = (x[members] for x in (self.sums, self.exposures, self.masses))
            total = masses.sum(axis=0)
            left = [x - masses * (x.sum(axis=0) / np.where(total > 0, total, 1.0)) for x in (sums, exposures)]
            for t in np.flatnonzero(total > 0):
                treated = (steps[:, members] <= t).astype(np.float64)
                own = treated @ np.column_stack([left[0][:, t], left[1][:, t], masses[:, t]])
                found[:2] += own[:, :2].T
                found[2] += own[:, 2] - own[:, 2] ** 2 / total[t]
        return np.where(found[2] > 1e-12 * self.masses.sum(), found, 0.0)
