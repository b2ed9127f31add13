"""The lot drawn again: weighted means of two arms under every assignment its own law could have given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.assignment import (
    EXACT_BELOW,
    AssignmentReduction,
    assignments,
    count_assignments,
)
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics
from impactkit.effects.kernels.lottery_means import Drawn

_CHUNK_NUMBERS = 1 << 18
_ROUNDING = 1e-12  # of the largest total: what is less varies by rounding only
_MOST_TRIES = 100  # times as many lots are drawn as are wanted, where many leave an arm empty


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LotteryReduction:
    """The difference of the arms' means, over strata by their shares, as a function of who was assigned.

    Parameters
    ----------
    drawn : Drawn
        What was drawn.
    exposures : ndarray, shape (G,), optional
        Weighted sum of being treated, less what covariates say of it where they are taken out of the totals
        too; the sizes of the treated when left out.
    """

    drawn: Drawn
    exposures: Floats | None = None

    @property
    def cells(self) -> Labels:
        """Within each cell, a stratum and one chance, the number assigned is fixed; shape (G,)."""
        d = self.drawn
        if d.chance is None:
            return d.strata
        chances = np.unique(d.chance, return_inverse=True)[1]
        codes = np.unique(d.strata * (chances.max() + 1) + chances, return_inverse=True)[1]
        return codes.astype(np.int64)

    @property
    def is_independent(self) -> bool:
        """Whether each unit is drawn on its own, because cells of one chance hold one arm only."""
        if self.drawn.chance is None:
            return False
        n = np.bincount(self.cells)
        assigned = np.bincount(self.cells, self.drawn.treated)
        return bool(((assigned == 0) | (assigned == n)).any())

    @property
    def is_exact(self) -> bool:
        """Whether all assignments are gone through."""
        return not self.is_independent and self.n_assignments <= EXACT_BELOW

    @property
    def n_assignments(self) -> int:
        """How many assignments could have been drawn."""
        if self.is_independent:
            return int(2 ** len(self.drawn.totals))
        return count_assignments(self.cells, self.drawn.treated)

    def statistics(self, *, draws: int, seed: int) -> AssignmentStatistics:
        """Return the difference under other assignments, ready for tests of any constant effect.

        Parameters
        ----------
        draws : int
            Random assignments when not all are gone through.
        seed : int
            Where they start.

        Returns
        -------
        AssignmentStatistics
            With denominators of 1.

        Notes
        -----
        Were every effect the constant ``m``, the outcomes without it would be ``y - m o`` with ``o`` the
        assignment that happened. For an assignment ``v`` the difference is linear in outcomes, so it is the
        difference of ``y`` less ``m`` times that of ``o``.

        Where chances differ from unit to unit, units are drawn independently with their chances, and lots
        that leave a stratum without an arm are drawn again: the law given that the comparison could be made,
        as it was. Where the same chance is shared by several in both arms, the number assigned among them is
        held fixed, which holds for independent draws and for drawn numbers alike.
        """
        d, o = self.drawn, self.drawn.treated.astype(float)
        exposures = d.sizes * o if self.exposures is None else self.exposures
        found = [_differences(d, exposures, chunk) for chunk in self._chunks(draws, seed)]
        numerators, shifts, defined = np.concatenate(found, axis=1)
        own = _differences(d, exposures, o[None, :])[:, 0]
        # Covariates may take a little of the exposure with them; the effect keeps its unit all the same.
        return AssignmentStatistics(
            numerators=numerators / own[1],
            shifts=shifts / own[1],
            denominators=defined,
            observed_numerator=float(own[0] / own[1]),
            observed_denominator=float(own[2]),
            is_exact=self.is_exact,
            n_assignments=self.n_assignments,
        )

    def _chunks(self, draws: int, seed: int) -> Iterator[Floats]:
        if self.is_independent:
            return _independent(self.drawn, draws, seed)
        G = len(self.drawn.totals)
        law = AssignmentReduction(
            numerator=np.zeros(G),
            self_product=np.zeros(G),
            cross=np.zeros((G, 0)),
            observed=self.drawn.treated,
            strata=self.cells,
        )
        return assignments(law, draws=draws, seed=seed)


def _independent(drawn: Drawn, draws: int, seed: int) -> Iterator[Floats]:
    """Draw each unit with its own chance; lots that leave a stratum without an arm do not count."""
    assert drawn.chance is not None
    G, left = len(drawn.totals), draws
    stream = np.random.PCG64(seed)
    per, most = max(1, _CHUNK_NUMBERS // G), _MOST_TRIES * draws
    while left > 0:
        c = min(per, left, most) if most > 0 else left
        keys = (stream.random_raw(c * G) >> np.uint64(11)).reshape(c, G) * 2.0**-53
        lots = (keys < drawn.chance).astype(float)
        if most > 0:
            most -= c
            lots = lots[_has_both_arms(lots, drawn.strata)]
        left -= len(lots)
        if len(lots):
            yield lots


def _has_both_arms(lots: Floats, strata: Labels) -> Flags:
    assigned = _by_stratum(lots, strata)
    return np.asarray(((assigned > 0) & (assigned < np.bincount(strata))).all(axis=1))


def _by_stratum(values: Floats, strata: Labels) -> Floats:
    """Return the sums of columns by stratum, shape (c, S)."""
    order = np.argsort(strata, kind="stable")
    starts = np.searchsorted(strata[order], np.arange(int(strata.max()) + 1))
    return np.asarray(np.add.reduceat(values[:, order], starts, axis=1))


def _differences(drawn: Drawn, exposures: Floats, lots: Floats) -> Floats:
    """Return the difference of outcomes, that of exposures, and whether they exist; shape (3, c)."""
    values = (_centred(drawn), exposures)
    means = np.zeros((2, len(lots)))
    defined = np.ones(len(lots), dtype=bool)
    for sign, arm, chance in ((1.0, lots, drawn.chance), (-1.0, 1.0 - lots, _other(drawn.chance))):
        weighs = arm if chance is None else arm / chance
        mass = _by_stratum(weighs * drawn.sizes, drawn.strata)
        defined &= (mass > 0).all(axis=1)
        mass = np.where(mass > 0, mass, 1.0)
        for k, value in enumerate(values):
            means[k] += sign * (_by_stratum(weighs * value, drawn.strata) / mass) @ drawn.shares
    return np.vstack([means, defined.astype(float)])


def _centred(drawn: Drawn) -> Floats:
    """Return totals less the common mean, which no difference of means needs; rounding noise becomes 0."""
    left = drawn.totals - drawn.sizes * (drawn.totals.sum() / drawn.sizes.sum())
    return np.asarray(np.where(np.abs(left) > _ROUNDING * np.abs(drawn.totals).max(), left, 0.0))


def _other(chance: Floats | None) -> Floats | None:
    return None if chance is None else 1.0 - chance
