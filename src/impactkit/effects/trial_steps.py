"""A stepped wedge: clusters that cross over at times that were drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impactkit.data.columns import Codes, Columns, Flags, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, dense, sample_of, suited
from impactkit.effects.estimate import Sample
from impactkit.effects.inference import Permutation
from impactkit.effects.kernels.crossover_assignment import CrossoverReduction
from impactkit.effects.linear import Counted, LinearProblem, Rows, problem_of
from impactkit.effects.permutation_test import PermutationTest
from impactkit.errors import EstimationError
from impactkit.wording import Message, MessageValue


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steps:
    """The rows of a stepped wedge, with who had crossed over when.

    Parameters
    ----------
    columns : Columns
        The rows.
    treated : ndarray of bool, shape (n,)
        Whether the row's cluster had crossed over by then.
    units : ndarray of int, shape (n,)
        What was drawn, coded 0 .. G-1.
    steps : ndarray of int, shape (G,)
        When each crossed over, as a code of ``starts``.
    starts : ndarray, shape (A,)
        Period values; infinite for never.
    strata : ndarray of int, shape (G,)
        Stratum in which each was drawn.
    cells : ndarray of int, shape (n,)
        Stratum and period of each row, coded 0 .. C-1.
    """

    columns: Columns
    treated: Flags
    units: Codes
    steps: Codes
    starts: Floats
    strata: Codes
    cells: Codes

    @classmethod
    def of(cls, study: Study) -> Steps:
        """Return the rows of a stepped wedge.

        Parameters
        ----------
        study : Study
            With ``time`` and ``first_treated``, and ``unit`` or ``cluster``.

        Returns
        -------
        Steps
            Periods in which all, or none, had crossed over tell nothing and do no harm.

        Raises
        ------
        EstimationError
            If there are no starts, what was drawn cannot be told, or no period has both.
        """
        columns = suited(study)
        units = _drawn(columns)
        cohort, n = columns.cohort, int(units.max()) + 1
        assert cohort is not None
        starts, codes = np.unique(cohort, return_inverse=True)
        steps, strata = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        own = np.zeros(len(units), dtype=np.int64) if columns.stratum is None else columns.stratum
        steps[units], strata[units] = codes, own
        if not (np.array_equal(steps[units], codes) and np.array_equal(strata[units], own)):
            raise EstimationError(
                "When they cross over, or their stratum, changes within what was drawn.",
                where="first_treated",
                mend="Give each cluster (or unit) one start and one stratum.",
            )
        treated = columns.time >= cohort
        assert columns.period is not None
        cells = dense(own * len(columns.periods) + columns.period)
        share = np.bincount(cells, treated) / np.bincount(cells)
        if not ((share > 0) & (share < 1)).any():
            raise EstimationError(
                "In no period have some crossed over and some not, so nothing is compared.",
                where="first_treated",
                mend="Give periods between the first and the last step.",
            )
        return cls(
            columns=columns,
            treated=np.asarray(treated),
            units=units,
            steps=steps,
            starts=starts,
            strata=dense(strata),
            cells=cells,
        )

    @property
    def now(self) -> Columns:
        """The rows with who is treated now, each in the cluster that the standard error counts."""
        columns = self.columns
        labels = columns.unit_labels if columns.cluster is None else columns.cluster_labels
        codes = columns.unit if columns.cluster is None else columns.cluster
        return replace(columns, treated=self.treated, unit=None, cluster=codes, cluster_labels=labels)

    def problem(self, design: Floats, names: tuple[str, ...]) -> LinearProblem:
        """Return the regression on being treated beside an effect for each stratum and period.

        Parameters
        ----------
        design : ndarray, shape (n, 1 + p)
            A one and the covariates adjusted for.
        names : tuple of str
            Names of the covariates.

        Returns
        -------
        LinearProblem
            Clusters are the study's, or its units.
        """
        columns, C, p = self.columns, int(self.cells.max()) + 1, design.shape[1] - 1
        dummies = np.zeros((len(self.cells), C))
        dummies[np.arange(len(self.cells)), self.cells] = 1.0
        root = np.ones(len(self.cells)) if columns.weight is None else np.sqrt(columns.weight)
        rows = Rows(
            outcome=columns.outcome * root,
            others=np.hstack([dummies, design[:, 1:]]) * root[:, None],
            bases=root[:, None],
            treated=self.treated,
            clusters=clusters_of(self.now)[0],
        )
        scale = max(float(columns.outcome.max()), -float(columns.outcome.min()))
        counted = Counted(n_rows=len(root), n_parameters=C + p + 1, by_row=False, outcome_scale=scale)
        return problem_of(rows, names=(*(f"period {c}" for c in range(C)), *names), counted=counted)

    def test(self, design: Floats, permuted: Permutation | None) -> PermutationTest | None:
        """Return the test that draws the order again.

        Parameters
        ----------
        design : ndarray, shape (n, 1 + p)
            A one and the covariates adjusted for.
        permuted : Permutation, optional
            Draws and seed; None for no test.

        Returns
        -------
        PermutationTest or None
            Within strata the number that cross over at each step is fixed.
        """
        if permuted is None:
            return None
        weight = np.ones(len(self.units)) if self.columns.weight is None else self.columns.weight
        outcome, exposure = self._cleared(design, weight)
        part = CrossoverReduction(
            sums=self._table(weight * outcome),
            exposures=self._table(weight * exposure),
            masses=self._table(weight),
            steps=np.searchsorted(self.columns.periods, self.starts),
            observed=self.steps,
            strata=self.strata,
        )
        what = "clusters" if self.columns.cluster is not None else "units"
        within = "_in_strata" if self.columns.stratum is not None else ""
        ever = int(np.isfinite(self.starts[self.steps]).sum())
        law = Message(f"inference.law.starts_{what}{within}", {"n": len(self.steps), "treated": ever})
        return PermutationTest(parts=(part,), draws=permuted.draws, seed=permuted.seed, law=law)

    def _table(self, values: Floats) -> Floats:
        """Return sums by unit of assignment and period, shape (G, T)."""
        assert self.columns.period is not None
        G, T = len(self.steps), len(self.columns.periods)
        found = np.bincount(self.units * T + self.columns.period, values, G * T)
        return np.asarray(found, dtype=np.float64).reshape(G, T)

    def _cleared(self, design: Floats, weight: Floats) -> tuple[Floats, Floats]:
        """Return outcome and treatment less what covariates, within stratum and period, say of them."""
        both = np.column_stack([self.columns.outcome, self.treated.astype(float)])
        X = design[:, 1:]
        if X.shape[1]:
            root = np.sqrt(weight)[:, None]
            slopes = np.linalg.lstsq(self._within(X, weight) * root, self._within(both, weight) * root)[0]
            both = both - X @ slopes
        return both[:, 0], both[:, 1]

    def _within(self, values: Floats, weight: Floats) -> Floats:
        mass = np.bincount(self.cells, weight)
        means = np.column_stack([np.bincount(self.cells, weight * column) / mass for column in values.T])
        return np.asarray(values - means[self.cells])

    def sample(self, study: Study) -> Sample:
        """Return what it rests on: clusters that were ever treated, and clusters that ever were not."""
        clusters = clusters_of(self.now)[0]
        counts = [len(np.unique(clusters[rows])) for rows in (self.treated, ~self.treated)]
        found = sample_of(study, self.columns)
        return replace(found, n_treated_clusters=counts[0], n_comparison_clusters=counts[1])

    def estimand(self, study: Study, adjusted: Message) -> Message:
        """Return what is estimated, in words."""
        finite = self.starts[np.isfinite(self.starts)]
        places = np.searchsorted(self.columns.periods, finite)
        values: dict[str, MessageValue] = {
            "outcome": study.outcome,
            "n": len(self.steps),
            "starts": len(finite),
            "first": self.columns.period_names[int(places[0])],
            "last": self.columns.period_names[int(places[-1])],
            "adjusted": adjusted,
        }
        return Message("estimand.stepped_wedge", values)


def _drawn(columns: Columns) -> Codes:
    """Return what was drawn: clusters, or units where there are no clusters."""
    if columns.cohort is None or columns.period is None:
        raise EstimationError(
            "A stepped wedge needs periods, and when each cluster crossed over.",
            where="crossover",
            mend="Give time= and first_treated=, and cluster= or unit=.",
        )
    if columns.arm is not None or columns.probability is not None or columns.takeup is not None:
        raise EstimationError(
            "A stepped wedge is read without arms, chances and takeup.",
            where="crossover",
            mend="Leave arm=, probability= and takeup= out of the study.",
        )
    codes = columns.cluster if columns.cluster is not None else columns.unit
    if codes is None:
        raise EstimationError(
            "What was drawn cannot be told: the study has neither clusters nor units.",
            where="crossover",
            mend="Give cluster= (or unit=): what crossed over as one.",
        )
    return dense(codes)
