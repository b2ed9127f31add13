"""Cohorts of a study with several starts: who starts when, and a clear refusal where nothing compares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, suited
from impactkit.effects.kernels.least_squares import Block, least_squares
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_CLEARLY = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Staggered:
    """A study's rows by cohort.

    Parameters
    ----------
    columns : Columns
        The rows that can be compared, sorted by cluster, unit and period.
    starts : ndarray, shape (A,)
        First treated period of each cohort, in order; inf for never.
    notes : tuple of Message
        Rows that cannot be compared with anything.
    """

    columns: Columns
    starts: Floats
    notes: tuple[Message, ...] = ()

    @property
    def periods(self) -> Floats:
        """Period values."""
        return self.columns.periods

    @property
    def is_panel(self) -> bool:
        """Whether the same units are followed."""
        return self.columns.unit is not None

    @cached_property
    def arms(self) -> Codes:
        """Cohort of each row."""
        if not self.columns.is_regular:
            return self._arms_at(slice(None))
        return np.repeat(self.unit_arms, len(self.periods))

    @cached_property
    def unit_arms(self) -> Codes:
        """Cohort of each unit, in the order of the rows; of each row where there are no units."""
        return self._arms_at(self.first_rows)

    @cached_property
    def first_rows(self) -> Codes:
        """The first row of each unit; every row where there are no units."""
        unit = self.columns.unit
        n = len(self.columns.outcome)
        if unit is None:
            return np.arange(n)
        if self.columns.is_regular:
            return np.arange(0, n, len(self.periods))
        return np.flatnonzero(np.append(True, unit[1:] != unit[:-1]))

    @cached_property
    def unit_of_row(self) -> Codes:
        """Number of each row's unit, in the order of the rows."""
        found = np.zeros(len(self.columns.outcome), dtype=np.int64)
        found[self.first_rows[1:]] = 1
        return np.cumsum(found)

    @cached_property
    def unit_clusters(self) -> Codes:
        """Cluster of each unit, coded 0 .. G-1 in order."""
        units = self.columns.by_unit if self.columns.is_regular else self.columns.take(self.first_rows)
        if units.cluster is None:
            return np.arange(len(self.first_rows))
        return clusters_of(units)[0]

    @cached_property
    def unit_weights(self) -> Floats | None:
        """Weight of each unit: the mean of its rows' weights; None where all are alike."""
        weight = self.columns.weight
        if weight is None or bool((weight == weight[0]).all()):
            return None
        means = np.bincount(self.unit_of_row, weight) / np.bincount(self.unit_of_row)
        return None if bool(np.allclose(means, means[0], rtol=1e-14, atol=0)) else np.asarray(means)

    @cached_property
    def treated(self) -> Flags:
        """Which cohorts start within the data."""
        return np.asarray(self.starts <= self.periods[-1])

    @cached_property
    def is_numbered(self) -> bool:
        """Whether periods are numbers such as years, so that time since the start is a difference."""
        return self.columns.period_names[0] == f"{self.periods[0]:g}"

    def among(self, rows: Flags) -> Staggered:
        """Return the design of some of the rows."""
        columns = self.columns.take(rows)
        return Staggered(columns=columns, starts=_starts(columns))

    def without_dependent(self, names: tuple[str, ...]) -> tuple[Staggered, tuple[str, ...]]:
        """Return the design and the names without covariates that say nothing the others do not.

        A note names each.
        """
        X, n = self.columns.covariates, len(self.columns.covariates)
        # Columns that are independent among some of the rows are so among all.
        if not names or _are_independent(X[self.first_rows]) or _are_independent(X):
            return self, names
        X, cluster = np.column_stack([np.ones(n), X]), np.zeros(n, dtype=np.int64)
        kept = least_squares([Block(X=X, y=self.columns.outcome, clusters=cluster)]).kept
        gone = [name for name, is_kept in zip(names, kept[1:], strict=True) if not is_kept]
        notes = (*self.notes, *(Message("estimate.dropped", {"name": name}) for name in gone))
        columns = replace(self.columns, covariates=X[:, np.append(False, kept[1:])])
        return replace(self, columns=columns, notes=notes), tuple(n for n in names if n not in gone)

    def name_of(self, start: float) -> str:
        """Return how a start is written."""
        at = int(np.searchsorted(self.periods, start))
        is_period = at < len(self.periods) and self.periods[at] == start
        return self.columns.period_names[at] if is_period else f"{start:g}"

    def event_times(self, arms: Codes, periods: Codes) -> Floats:
        """Return the time since cohorts' starts: in the periods' own unit, or in periods for dates."""
        if self.is_numbered:
            return np.asarray(self.periods[periods] - self.starts[arms])
        return (periods - np.searchsorted(self.periods, self.starts[arms])).astype(np.float64)

    def clusters_by_group(self) -> tuple[int, int]:
        """Return how many clusters hold treated units, and how many hold comparison units.

        Where all units start in the end the cohorts compare with each other, and both counts are the same.
        """
        treated, clusters = self.treated[self.unit_arms], self.unit_clusters
        G = int(clusters.max()) + 1
        counts = [np.count_nonzero(np.bincount(clusters[g], minlength=G)) for g in (treated, ~treated)]
        return int(counts[0]), int(counts[1] or counts[0])

    def _arms_at(self, rows: Codes | slice) -> Codes:
        assert self.columns.cohort is not None
        return np.searchsorted(self.starts, self.columns.cohort[rows])


def staggered(study: Study, *, anticipation: float = 0.0, counts: bool = False) -> Staggered:
    """Return a study's rows by cohort.

    Parameters
    ----------
    study : Study
        A panel or repeated cross sections.
    anticipation : float
        How long before the start effects may come.
    counts : bool
        Whether counts over an exposure are taken.

    Returns
    -------
    Staggered
        Without the units that are treated in every period that could be their base, which a note counts.

    Raises
    ------
    EstimationError
        If there are fewer than two periods, nobody is treated, or no treated unit has a period before.
    """
    columns = suited(study, counts=counts)
    if columns.period is None or columns.cohort is None:
        raise EstimationError(
            "A staggered design needs periods and the first treated period of each unit.",
            where="first_treated",
            mend="Give time= and first_treated= (0 for never); if a lot was drawn, use RandomisedTrial.",
        )
    if columns.period.min() == columns.period.max():
        raise EstimationError(
            "Difference in differences needs at least two periods; the data have one.",
            where="time",
            mend="Add the baseline measurement.",
        )
    treated = columns.treated
    if treated is None or not treated.any():
        raise EstimationError(
            "Nobody is treated: there is nothing to compare with.",
            where="first_treated or treated",
            mend="Say who is treated from when.",
        )
    always = columns.cohort <= columns.periods[0] + anticipation
    if not (treated & ~always).any():
        raise EstimationError(
            "No treated unit has a period before its start, {start}.",
            where="time",
            mend="Add the missing measurement, or correct the start.",
            values={"start": f"{float(columns.cohort.min()):g}"},
        )
    notes: tuple[Message, ...] = ()
    if always.any():
        gone = len(np.unique(columns.unit[always])) if columns.unit is not None else int(always.sum())
        notes = (Message("estimate.always_treated", {"n": gone}),)
        columns = columns.take(~always)
    return Staggered(columns=columns, starts=_starts(columns), notes=notes)


def _are_independent(X: Floats) -> bool:
    """Return whether columns and a constant clearly do not depend on each other; False leaves it open."""
    sums = np.ones(len(X)) @ X
    gram = np.block([[np.array([[float(len(X))]]), sums[None, :]], [sums[:, None], X.T @ X]])
    norms = np.sqrt(np.diag(gram))
    return bool(norms.all() and np.linalg.eigvalsh(gram / np.outer(norms, norms))[0] > _CLEARLY)


def _starts(columns: Columns) -> Floats:
    cohorts = columns.by_unit.cohort
    assert cohorts is not None
    ordered = np.sort(cohorts)
    return np.asarray(ordered[np.append(True, ordered[1:] != ordered[:-1])])
