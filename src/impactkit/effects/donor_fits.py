"""Treated units beside averages of donors: weights, gaps and placebos, as arrays with names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.donor_ranks import DonorRanks, Statistic, choices
from impactkit.effects.kernels.simplex import nearest_in_hull

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Weigh = Callable[[int, Codes, int], Floats]
"""Weights of donors (their rows in ``outcomes``) for one unit, from what is known before a period code."""
Pool = Literal["all", "untreated"]


def nearest_donors(outcomes: Floats) -> Weigh:
    """Return what finds the weights whose average is nearest to a unit in the periods before a start.

    Parameters
    ----------
    outcomes : ndarray, shape (N, T)
        Of all units, in the outcome's unit.

    Returns
    -------
    callable
        For `DonorFits`.
    """

    def weigh(unit: int, donors: Codes, start: int) -> Floats:
        return nearest_in_hull(outcomes[donors, :start], outcomes[unit, :start]).weights

    return weigh


class BesideDonors(Protocol):
    """Treated units beside donors, by whatever weights: what estimates and placebo ranks ask for."""

    @property
    def n_treated(self) -> int:
        """Treated units."""

    @property
    def donors(self) -> Codes:
        """Rows of the donors."""

    @property
    def shares(self) -> Floats:
        """What each treated unit counts."""

    @property
    def weights(self) -> Floats:
        """What each donor weighs for each treated unit, shape (n, D)."""

    @property
    def reach(self) -> tuple[int, int]:
        """Periods before and from the start that every treated unit has."""

    @property
    def path(self) -> Floats:
        """Average gap of the treated by time since the start."""

    @property
    def average(self) -> float:
        """Average effect on the treated."""

    def donor_gaps(self, start: int) -> Floats:
        """Return each donor's gaps from the other donors, as if it had started then."""

    def ranks(self, *, pool: Pool, statistic: Statistic, draws: int, seed: int) -> DonorRanks:
        """Return the gaps of the treated and of placebos."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DonorFits:
    """Treated units, each beside an average of donors.

    Parameters
    ----------
    outcomes : ndarray, shape (N, T)
        The treated units' rows first, then the donors'; in the outcome's unit.
    names : tuple of str, length N
        What they are called.
    starts : ndarray of int, shape (n,)
        Code of each treated unit's first treated period.
    shares : ndarray, shape (n,)
        What each treated unit counts in the average; they sum to 1.
    weigh : callable
        Finds weights for a unit, a set of donors and a start.
    has_level : bool
        Whether the unit's mean gap before the start is taken out: donors need to move like it, not to be at
        its level.
    is_nearest : bool
        Whether weights are those of `nearest_in_hull` on outcomes before the start, and nothing else: then
        they can be found again under a supposed effect.
    """

    outcomes: Floats
    names: tuple[str, ...]
    starts: Codes
    shares: Floats
    weigh: Weigh
    has_level: bool = False
    is_nearest: bool = False

    @property
    def n_treated(self) -> int:
        """Treated units."""
        return len(self.starts)

    @property
    def donors(self) -> Codes:
        """Rows of the donors."""
        return np.arange(self.n_treated, len(self.outcomes))

    @property
    def fitted(self) -> DonorFits:
        """The treated for which weights were sought: these, one by one."""
        return self

    @cached_property
    def weights(self) -> Floats:
        """What each donor weighs for each treated unit, shape (n, D)."""
        found = [self.weigh(i, self.donors, int(start)) for i, start in enumerate(self.starts)]
        return np.stack(found)

    @cached_property
    def gaps(self) -> Floats:
        """Observed less expected of each treated unit, shape (n, T)."""
        gaps = self.outcomes[: self.n_treated] - self.weights @ self.outcomes[self.n_treated :]
        return self._levelled(gaps, self.starts)

    @property
    def reach(self) -> tuple[int, int]:
        """Periods before and from the start that every treated unit has."""
        return int(self.starts.min()), int(self.outcomes.shape[1] - self.starts.max())

    @cached_property
    def path(self) -> Floats:
        """Average gap of the treated by time since the start, over the periods that all have."""
        return self.shares @ _since_start(self.gaps, self.starts, self.reach)

    @property
    def average(self) -> float:
        """Average gap of the treated over the treated periods that all have."""
        return float(self.path[self.reach[0] :].mean())

    def placebo_weights(self, start: int, pool: Pool) -> Floats:
        """Return what the others weigh for each unit of the pool, shape (N or D, N).

        Parameters
        ----------
        start : int
            Code of the supposed first treated period.
        pool : {"all", "untreated"}
            Whether the treated unit is one of the others.

        Returns
        -------
        ndarray
            In the order of the rows; a unit weighs nothing for itself.
        """
        units = np.arange(len(self.outcomes)) if pool == "all" else self.donors
        found = np.zeros((len(units), len(self.outcomes)))
        for row, unit in enumerate(units.tolist()):
            others = units[units != unit]
            found[row, others] = self.weigh(unit, others, start)
        return found

    def ranks(self, *, pool: Pool, statistic: Statistic, draws: int, seed: int) -> DonorRanks:
        """Return the gaps of the treated and of placebos.

        Parameters
        ----------
        pool : {"all", "untreated"}
            Whether the treated unit is a donor of the placebos; with several treated units it never is.
        statistic : {"mean_gap", "rmspe_ratio"}
            What is ranked.
        draws, seed : int
            Random choices of donors for several treated units, and where they start.

        Returns
        -------
        DonorRanks
            The treated first.
        """
        if self.n_treated == 1:
            return self._ranks_of_one(pool, statistic)
        return self._ranks_of_several(statistic, draws, seed)

    def _ranks_of_one(self, pool: Pool, statistic: Statistic) -> DonorRanks:
        start = int(self.starts[0])
        weights = self.placebo_weights(start, pool)
        units = self.outcomes if pool == "all" else self.outcomes[1:]
        gaps = self._levelled(units - weights @ self.outcomes, np.full(len(units), start))
        shifts = -weights[:, 0]
        if pool == "all":
            shifts[0] = 1.0
        else:
            gaps, shifts = np.vstack([self.gaps, gaps]), np.append(1.0, shifts)
        return DonorRanks(
            gaps=gaps[:, start:],
            shifts=shifts,
            before=gaps[:, :start],
            statistic=statistic,
            n_assignments=len(gaps),
        )

    def _ranks_of_several(self, statistic: Statistic, draws: int, seed: int) -> DonorRanks:
        n, D = self.n_treated, len(self.outcomes) - self.n_treated
        is_alike = bool((self.starts == self.starts[0]).all() and np.allclose(self.shares, 1 / n))
        chosen, n_choices = choices(D, n, is_alike=is_alike, draws=draws, seed=seed)
        before, after = self.reach
        paths = np.zeros((len(chosen), before + after))
        for i, start in enumerate(self.starts.tolist()):
            shifted = _since_start(self.donor_gaps(start), np.full(D, start), self.reach)
            paths += self.shares[i] * shifted[chosen[:, i]]
        paths = np.vstack([self.path, paths])
        return DonorRanks(
            gaps=paths[:, before:],
            shifts=np.append(1.0, np.zeros(len(chosen))),
            before=paths[:, :before],
            statistic=statistic,
            n_assignments=n_choices + 1,
        )

    def donor_gaps(self, start: int) -> Floats:
        """Return each donor's gaps from the other donors, shape (D, T), as if it had started then.

        Parameters
        ----------
        start : int
            Code of the supposed first treated period.

        Returns
        -------
        ndarray
            Observed less expected.
        """
        weights, donors = self.placebo_weights(start, "untreated"), self.outcomes[self.n_treated :]
        return self._levelled(donors - weights @ self.outcomes, np.full(len(donors), start))

    def _levelled(self, gaps: Floats, starts: Codes) -> Floats:
        if not self.has_level:
            return gaps
        levels = [gap[:start].mean() for gap, start in zip(gaps, starts, strict=True)]
        return np.asarray(gaps - np.array(levels)[:, None])


def _since_start(gaps: Floats, starts: Codes, reach: tuple[int, int]) -> Floats:
    """Return gaps by time since the start, shape (n, before + after)."""
    before, after = reach
    rows = [gap[start - before : start + after] for gap, start in zip(gaps, starts, strict=True)]
    return np.stack(rows)
