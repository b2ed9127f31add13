"""Treatment drawn again for each unit with the chance its covariates gave it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics
from impactkit.effects.kernels.deferred import Deferred

_NUMBERS_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChanceSums:
    """What units bring to the means of two arms.

    Parameters
    ----------
    chances : ndarray, shape (G,)
        Of being treated, for each unit of assignment.
    treated_sums, other_sums : ndarray, shape (G, 3)
        What a unit brings to its arm's mean when treated, and when not: sums of weights, of weights times
        outcomes and of weights times being treated as it was; the last two less what covariates say of them.
    """

    chances: Floats
    treated_sums: Floats
    other_sums: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class ChanceReduction:
    """A difference of two weighted means as a function of who was treated.

    Parameters
    ----------
    observed : ndarray of bool, shape (G,)
        Which units were treated.
    sums : ChanceSums
        May be given as a function that returns them.
    """

    observed: Flags
    sums: Deferred[ChanceSums] = field(default=Deferred())

    @property
    def n_assignments(self) -> int:
        """How many assignments could have come out."""
        return int(2 ** len(self.observed))

    def statistics(self, *, draws: int, seed: int) -> AssignmentStatistics:
        """Return the difference under other assignments, ready for tests of any constant effect.

        Parameters
        ----------
        draws : int
            Random assignments.
        seed : int
            Where they start.

        Returns
        -------
        AssignmentStatistics
            With denominators of 1, or 0 where an arm came out empty.

        Notes
        -----
        Were every effect the constant ``m``, the outcomes without it would be ``y - m o`` with ``o`` the
        assignment that happened; what covariates say is taken out of both, so that it does not matter that
        draws balance covariates less than the assignment from which the chances were estimated. The chances
        are taken as known [1]_.

        References
        ----------
        .. [1] Rosenbaum, P. R. (1984). Conditional permutation tests and the propensity score in
           observational studies. *Journal of the American Statistical Association*, 79(387).

        Examples
        --------
        >>> sums = np.column_stack([np.ones(4), [-1.5, -0.5, 0.5, 1.5], [-0.5, -0.5, 0.5, 0.5]])
        >>> held = ChanceSums(chances=np.full(4, 0.5), treated_sums=sums, other_sums=sums)
        >>> found = ChanceReduction(observed=np.array([False, False, True, True]), sums=held).statistics(
        ...     draws=99, seed=1)
        >>> found.observed
        2.0
        """
        found = [self._differences(lots) for lots in self._lots(draws, seed)]
        numerators, shifts, defined = np.concatenate(found, axis=1)
        own = self._differences(self.observed[None, :].astype(np.float64))[:, 0]
        scale = own[1] if own[1] > 0 else 1.0
        return AssignmentStatistics(
            numerators=numerators / scale,
            shifts=shifts / scale,
            denominators=defined,
            observed_numerator=float(own[0] / scale),
            observed_denominator=float(own[2]),
            is_exact=False,
            n_assignments=self.n_assignments,
        )

    def _lots(self, draws: int, seed: int) -> Iterator[Floats]:
        chances = self.sums.chances
        G, stream = len(chances), np.random.PCG64(seed)
        per = max(1, _NUMBERS_AT_ONCE // G)
        for at in range(0, draws, per):
            c = min(per, draws - at)
            keys = (stream.random_raw(c * G) >> np.uint64(11)).reshape(c, G) * 2.0**-53
            yield (keys < chances).astype(np.float64)

    def _differences(self, lots: Floats) -> Floats:
        """Return differences of outcomes, of being treated, and whether both arms have somebody, (3, c)."""
        above, below = lots @ self.sums.treated_sums, (1 - lots) @ self.sums.other_sums
        defined = (above[:, 0] > 0) & (below[:, 0] > 0)
        masses = [np.where(defined, arm[:, 0], 1.0)[:, None] for arm in (above, below)]
        found = above[:, 1:] / masses[0] - below[:, 1:] / masses[1]
        return np.vstack([np.where(defined, found.T, 0.0), defined])
