"""Treated cohorts beside weighted donors and weighted periods, and the same for placebos and resamples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from impactkit.effects.donor_fits import Pool
from impactkit.effects.kernels.donor_ranks import DonorRanks, Statistic, choices
from impactkit.effects.kernels.synthetic_differences import (
    Penalties,
    SyntheticDifference,
    change_size,
    penalties,
    synthetic_difference,
    time_weights,
)

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cohort:
    """Treated units that start together.

    Parameters
    ----------
    members : ndarray of int, shape (m,)
        Their rows.
    masses : ndarray, shape (m,)
        What each counts among all treated.
    start : int
        Code of the first treated period.
    ridges : Penalties
        Penalties on the weights.
    """

    members: Codes
    masses: Floats
    start: int
    ridges: Penalties


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placebos:
    """Donors treated as if they had started.

    Parameters
    ----------
    paths : ndarray, shape (B, before + after)
        Their gaps by time since the start.
    averages : ndarray, shape (B,)
        Their average effects.
    n_choices : int
        How many choices of donors there are.
    """

    paths: Floats
    averages: Floats
    n_choices: int


@dataclass(frozen=True, kw_only=True, eq=False)
class SyntheticDifferences:
    """Synthetic difference-in-differences of each cohort.

    Parameters
    ----------
    outcomes : ndarray, shape (N, T)
        The treated units' rows first, then the donors'; in the outcome's unit.
    names : tuple of str, length N
        What they are called.
    starts : ndarray of int, shape (n,)
        Code of each treated unit's first treated period.
    shares : ndarray, shape (n,)
        What each treated unit counts; they sum to 1.
    clusters : ndarray of int, shape (N,)
        What is drawn or left out together: codes 0 .. G-1.

    Notes
    -----
    The average effect is that over treated cells, so that a cohort counts by its units and its treated
    periods [1]_ [2]_. Effects by time since the start are averages over the periods that all cohorts have.

    References
    ----------
    .. [1] Arkhangelsky, D., Athey, S., Hirshberg, D. A., Imbens, G. W., & Wager, S. (2021). Synthetic
       difference-in-differences. *American Economic Review*, 111(12).
    .. [2] Clarke, D., Pailañir, D., Athey, S., & Imbens, G. (2024). On synthetic difference-in-differences
       and related estimation methods in Stata. *The Stata Journal*, 24(4).
    """

    outcomes: Floats
    names: tuple[str, ...]
    starts: Codes
    shares: Floats
    clusters: Codes
    _drawn: dict[tuple[int, int], Placebos] = field(default_factory=dict, repr=False)

    @property
    def n_treated(self) -> int:
        """Treated units."""
        return len(self.starts)

    @property
    def donors(self) -> Codes:
        """Rows of the donors."""
        return np.arange(self.n_treated, len(self.outcomes))

    @property
    def reach(self) -> tuple[int, int]:
        """Periods before and from the start that every treated unit has."""
        return int(self.starts.min()), int(self.outcomes.shape[1] - self.starts.max())

    @cached_property
    def cohorts(self) -> tuple[Cohort, ...]:
        """Treated units by start, the earliest first."""
        found = []
        for start in np.unique(self.starts).tolist():
            members = np.flatnonzero(self.starts == start)
            ridges = self._ridges(start, len(members))
            found.append(Cohort(members=members, masses=self.shares[members], start=start, ridges=ridges))
        return tuple(found)

    def _ridges(self, start: int, n_treated: int) -> Penalties:
        T, before = self.outcomes.shape[1], self.outcomes[self.n_treated :, :start]
        shape = (start, T - start)
        return penalties(change_size(before), n_donors=len(before), n_treated=n_treated, shape=shape)

    @cached_property
    def differences(self) -> tuple[SyntheticDifference, ...]:
        """Weights of donors and of periods of each cohort."""
        donors = self.outcomes[self.n_treated :]
        return tuple(
            synthetic_difference(donors, self._mean(cohort)[: cohort.start], cohort.ridges)
            for cohort in self.cohorts
        )

    def _mean(self, cohort: Cohort) -> Floats:
        found: Floats = cohort.masses @ self.outcomes[cohort.members] / cohort.masses.sum()
        return found

    @cached_property
    def weights(self) -> Floats:
        """What each donor weighs for each treated unit, shape (n, D): the same for a whole cohort."""
        found = np.empty((self.n_treated, len(self.donors)))
        for cohort, difference in zip(self.cohorts, self.differences, strict=True):
            found[cohort.members] = difference.omega.weights
        return found

    @cached_property
    def gaps(self) -> Floats:
        """Observed less expected of each treated unit, shape (n, T)."""
        gaps = self.outcomes[: self.n_treated] - self.weights @ self.outcomes[self.n_treated :]
        for cohort, difference in zip(self.cohorts, self.differences, strict=True):
            levels = gaps[cohort.members, : cohort.start] @ difference.lambda_.weights
            gaps[cohort.members] -= levels[:, None]
        return gaps

    @cached_property
    def path(self) -> Floats:
        """Average gap of the treated by time since the start, over the periods that all have."""
        return self._told[1:]

    @cached_property
    def average(self) -> float:
        """Average effect over treated cells."""
        return float(self._told[0])

    @property
    def effects(self) -> Floats:
        """The average effect, then each by time since the start, shape (1 + after,)."""
        return _effects(self._told, self.reach[0])

    @cached_property
    def _told(self) -> Floats:
        gaps = [cohort.masses @ self.gaps[cohort.members] / cohort.masses.sum() for cohort in self.cohorts]
        return self._combined(gaps, self.cohorts)

    def _combined(self, gaps: Sequence[Floats], cohorts: Sequence[Cohort]) -> Floats:
        """Return the average over treated cells and the average path, from each cohort's gaps."""
        before, after = self.reach
        masses = np.array([cohort.masses.sum() for cohort in cohorts])
        cells = masses * [self.outcomes.shape[1] - cohort.start for cohort in cohorts]
        means = [gap[cohort.start :].mean() for gap, cohort in zip(gaps, cohorts, strict=True)]
        paths = [
            gap[cohort.start - before : cohort.start + after]
            for gap, cohort in zip(gaps, cohorts, strict=True)
        ]
        return np.append(cells @ means / cells.sum(), masses @ np.stack(paths) / masses.sum())

    def repeated(self, cohorts: Sequence[Cohort], donors: Codes) -> Floats:
        """Return the average effect and the path with other treated units and donors.

        Parameters
        ----------
        cohorts : sequence of Cohort
            Cohorts of this panel's starts with other members; those without members left out.
        donors : ndarray of int, shape (D,)
            Rows of the donors, which may come more than once.

        Returns
        -------
        ndarray, shape (1 + before + after,)
            Weights of donors and of periods found anew, with the penalties of the treated.
        """
        like = {c.start: known for c, known in zip(self.cohorts, self.differences, strict=True)}
        Y, gaps = self.outcomes[donors], []
        for cohort in cohorts:
            mean = self._mean(cohort)
            start = cohort.start
            found = synthetic_difference(Y, mean[:start], cohort.ridges, like=like[start])
            gap = mean - found.omega.weights @ Y
            gaps.append(gap - found.lambda_.weights @ gap[:start])
        return self._combined(gaps, cohorts)

    def placebos(self, *, draws: int, seed: int) -> Placebos:
        """Return donors treated as if they had started, as many and at the same times as the treated.

        Parameters
        ----------
        draws, seed : int
            Random choices where there are too many to go through, and where they start.

        Returns
        -------
        Placebos
            The other donors are their donors; none where all would be picked.
        """
        if (draws, seed) not in self._drawn:
            n, D = self.n_treated, len(self.donors)
            is_alike = bool((self.starts == self.starts[0]).all() and np.allclose(self.shares, 1 / n))
            chosen, n_choices = np.empty((0, n), dtype=np.int64), 0
            if n < D:  # else placebos would have no donors
                chosen, n_choices = choices(
                    D, n, is_alike=is_alike, draws=draws, seed=seed, most=max(draws, D) + 1
                )
            found = np.empty((len(chosen), 1 + sum(self.reach)))
            found[:] = [self._placebo(picked) for picked in chosen + n] or found
            self._drawn[draws, seed] = Placebos(paths=found[:, 1:], averages=found[:, 0], n_choices=n_choices)
        return self._drawn[draws, seed]

    def _placebo(self, picked: Codes) -> Floats:
        cohorts = [
            Cohort(members=picked[c.members], masses=c.masses, start=c.start, ridges=c.ridges)
            for c in self.cohorts
        ]
        return self.repeated(cohorts, np.setdiff1d(self.donors, picked, assume_unique=True))

    def ranks(self, *, pool: Pool, statistic: Statistic, draws: int, seed: int) -> DonorRanks:
        """Return the gaps of the treated and of placebos.

        Parameters
        ----------
        pool : {"all", "untreated"}
            Whether a single treated unit is a donor of the placebos. Periods are weighed without it, so that
            its effect moves what is expected of them in one line.
        statistic : {"mean_gap", "rmspe_ratio"}
            What is ranked.
        draws, seed : int
            Random choices of donors for several treated units, and where they start.

        Returns
        -------
        DonorRanks
            The treated first.
        """
        if pool == "all" and self.n_treated == 1:
            return self._ranks_with_treated(statistic)
        drawn, before = self.placebos(draws=draws, seed=seed), self.reach[0]
        paths = np.vstack([self.path, drawn.paths])
        return DonorRanks(
            gaps=paths[:, before:],
            shifts=np.append(1.0, np.zeros(len(drawn.paths))),
            before=paths[:, :before],
            statistic=statistic,
            n_assignments=drawn.n_choices + 1,
            means=np.append(self.average, drawn.averages),
        )

    def _ranks_with_treated(self, statistic: Statistic) -> DonorRanks:
        cohort, like, Y = self.cohorts[0], self.differences[0], self.outcomes
        start, gaps, shifts = cohort.start, [self.path], [1.0]
        for row in self.donors.tolist():
            others = np.delete(np.arange(len(Y)), row)
            omega = synthetic_difference(Y[others], Y[row, :start], cohort.ridges, like=like).omega.weights
            periods = time_weights(Y[others[1:]], start, cohort.ridges, like=like).weights
            gap = Y[row] - omega @ Y[others]
            gaps.append(gap - periods @ gap[:start])
            shifts.append(-float(omega[0]))
        paths = np.stack(gaps)
        return DonorRanks(
            gaps=paths[:, start:],
            shifts=np.array(shifts),
            before=paths[:, :start],
            statistic=statistic,
            n_assignments=len(paths),
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
        ridges, found = self._ridges(start, 1), []
        for row in self.donors.tolist():
            others = self.donors[self.donors != row]
            Y, y = self.outcomes[others], self.outcomes[row]
            weights = synthetic_difference(Y, y[:start], ridges)
            gap = y - weights.omega.weights @ Y
            found.append(gap - weights.lambda_.weights @ gap[:start])
        return np.stack(found)


def _effects(told: Floats, before: int) -> Floats:
    """Return the average and the path from the start."""
    return np.append(told[..., :1], told[..., 1 + before :], axis=-1)
