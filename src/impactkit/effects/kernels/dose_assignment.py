"""Permutation of doses: every other way the same doses could have been given out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.assignment import EXACT_BELOW, AssignmentReduction
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics
from impactkit.effects.kernels.cohort_assignment import count_orders, orders


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseReduction:
    """A slope as a function of who got which dose.

    For doses ``d`` the slope is ``d'a / (d^2's - |d'C|^2)``, with the sums ``a``, ``s`` and ``C`` of
    `AssignmentReduction`.

    Parameters
    ----------
    sums : AssignmentReduction
        Sums by unit of assignment, where every unit had a dose of 1.
    doses : ndarray, shape (G,)
        The doses that were given.
    """

    sums: AssignmentReduction
    doses: Floats

    @property
    def n_assignments(self) -> int:
        """How many ways there are to give out the same doses within strata."""
        return count_orders(self._coded[1], self.sums.strata)

    def statistics(self, *, draws: int, seed: int) -> AssignmentStatistics:
        """Return the slope under other assignments, ready for tests of any constant slope.

        Parameters
        ----------
        draws : int
            Random assignments when there are too many for all.
        seed : int
            Where they start.

        Returns
        -------
        AssignmentStatistics
            If every unit of dose has the effect ``m``, the outcome without the project is ``y - m x(d)``.

        Examples
        --------
        >>> sums = AssignmentReduction(
        ...     numerator=np.array([-1.0, 0, 1]), self_product=np.ones(3), cross=np.full((3, 1), 3**-0.5),
        ...     observed=np.array([False, True, True]), strata=np.zeros(3, dtype=np.int64))
        >>> found = DoseReduction(sums=sums, doses=np.array([0.0, 1, 2])).statistics(draws=99, seed=1)
        >>> round(found.observed, 9), found.n_assignments, found.p_value().n_extreme
        (1.0, 6, 2)
        """
        values, codes = self._coded
        n = self.n_assignments
        found = [
            self._sums(values[chunk]) for chunk in orders(codes, self.sums.strata, draws=draws, seed=seed)
        ]
        numerators, shifts, denominators = np.concatenate(found, axis=1)
        own = self._sums(self.doses[None, :])[:, 0]
        return AssignmentStatistics(
            numerators=numerators,
            shifts=shifts,
            denominators=denominators,
            observed_numerator=float(own[0]),
            observed_denominator=float(own[2]),
            is_exact=n <= EXACT_BELOW,
            n_assignments=n,
        )

    @property
    def _coded(self) -> tuple[Floats, Labels]:
        values, codes = np.unique(self.doses, return_inverse=True)
        return values, codes.astype(np.int64)

    def _sums(self, doses: Floats) -> Floats:
        """Return numerators, shifts and denominators, shape (3, c), of doses (c, G)."""
        s, C = self.sums.self_product, self.sums.cross
        projections = doses @ C
        lengths = doses**2 @ s
        denominators = lengths - np.sum(projections**2, axis=1)
        denominators = np.where(denominators > 1e-10 * lengths, denominators, 0.0)
        shifts = doses @ (self.doses * s) - projections @ (self.doses @ C)
        return np.stack([doses @ self.sums.numerator, shifts, denominators])
