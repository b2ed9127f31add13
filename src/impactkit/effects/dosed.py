"""Units with different doses from one start: the problems they reduce to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import Assignment, assignment_of
from impactkit.effects.estimator import RegressionSettings
from impactkit.effects.kernels.dose_assignment import DoseReduction
from impactkit.effects.linear import LinearProblem, assignment_reduction, moderated
from impactkit.effects.panel import (
    contrast_problem,
    follow_up_and_baseline,
    is_reducible,
    two_groups,
    two_way_problem,
)
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.regression import permutation_in
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Dosed:
    """A panel with one start in which units have different doses.

    Parameters
    ----------
    columns : Columns
        The rows, sorted by cluster, unit and period.
    names : tuple of str
        Names of the covariates.
    """

    columns: Columns
    names: tuple[str, ...]

    @cached_property
    def doses(self) -> Floats:
        """The dose of each row's unit, 0 for those not treated within the data, shape (n,)."""
        assert self.columns.dose is not None and self.columns.treated is not None
        return np.where(self.columns.treated, self.columns.dose, 0.0)

    @cached_property
    def by_unit(self) -> Floats:
        """The dose of each unit, shape (U,)."""
        assert self.columns.unit is not None
        return np.asarray(self.doses[np.unique(self.columns.unit, return_index=True)[1]])

    @property
    def has_zero(self) -> bool:
        """Whether some units have no dose."""
        return bool((self.by_unit == 0).any())

    @cached_property
    def mean(self) -> float:
        """The mean dose over treated rows from the start on, weighted as they are."""
        assert self.columns.treated is not None and self.columns.cohort is not None
        rows = self.columns.treated & (self.columns.time >= self.columns.cohort.min())
        weight = None if self.columns.weight is None else self.columns.weight[rows]
        return float(np.average(self.doses[rows], weights=weight))

    def slope(self, *, unit: float = 1.0) -> LinearProblem:
        """Return the regression on dose from the start on.

        Parameters
        ----------
        unit : float
            The dose that the coefficient is for.
        """
        # A single unit without a dose is no comparison group, but one more dose among others.
        return replace(self._moderated((self.doses / unit)[:, None]), cluster_comparison=None)

    def level(self) -> LinearProblem:
        """Return the comparison of all with a dose with those without."""
        return self._problem(1)

    def among(self) -> LinearProblem:
        """Return the regression on having a dose and on the dose; the last effect is among those with one."""
        assert self.columns.treated is not None
        return self._moderated(np.column_stack([self.columns.treated.astype(np.float64), self.doses]))

    def groups(self, edges: Floats) -> LinearProblem:
        """Return the comparison of groups of doses with those without.

        Parameters
        ----------
        edges : ndarray, shape (B,)
            The largest dose of each group, in order.
        """
        assert self.columns.treated is not None
        place = np.searchsorted(edges, self.doses)
        own = place[:, None] == np.arange(len(edges))
        return self._moderated((own & self.columns.treated[:, None]).astype(np.float64))

    def test(self, settings: RegressionSettings) -> PermutationTest | None:
        """Return the permutation test of the slope: the same doses given to other units.

        Parameters
        ----------
        settings : RegressionSettings
            Whether and how many times.
        """
        permuted = permutation_in(settings)
        if permuted is None:
            return None
        law = self._law()
        units = law.units[:: len(self.columns.periods)] if is_reducible(self.columns) else law.units
        doses = np.zeros(len(law.treated))
        doses[law.units] = self.doses
        sums = assignment_reduction(self.level(), units, observed=law.treated, strata=law.strata)
        part = DoseReduction(sums=sums, doses=doses)
        return PermutationTest(parts=(part,), draws=permuted.draws, seed=permuted.seed, law=law.law)

    def _law(self) -> Assignment:
        """Return what was given a dose: clusters if all their rows have the same, else units."""
        law = assignment_of(self.columns)
        low, high = np.full(len(law.treated), np.inf), np.zeros(len(law.treated))
        np.minimum.at(low, law.units, self.doses)
        np.maximum.at(high, law.units, self.doses)
        if (low != high).any():
            law = assignment_of(replace(self.columns, cluster=None))
        words = Message(law.law.code.replace("inference.law.", "inference.law.doses_"), law.law.values)
        return replace(law, law=words)

    def _problem(self, n_effects: int) -> LinearProblem:
        """Return the regression with one column for all with a dose; n_effects are counted."""
        follow_up, baseline = follow_up_and_baseline(self.columns)
        if is_reducible(self.columns):
            return contrast_problem(self.columns, follow_up=follow_up, baseline=baseline, n_effects=n_effects)
        effects = (follow_up,) * n_effects
        return two_way_problem(self.columns, effects, names=self.names, absorb_units=True)

    def _moderated(self, factors: Floats) -> LinearProblem:
        by_row = factors[:: len(self.columns.periods)] if is_reducible(self.columns) else factors
        return moderated(self._problem(factors.shape[1]), by_row)


def dosed(study: Study) -> Dosed:
    """Return a study with doses and one start.

    Parameters
    ----------
    study : Study
        A panel with ``dose``.

    Returns
    -------
    Dosed
        Its rows.

    Raises
    ------
    EstimationError
        If there are no doses or units, all doses are alike and nobody is without, or `two_groups` refuses.
    """
    if study.dose is None:
        raise EstimationError(
            "An effect by dose needs to know the dose of each unit.",
            where="dose",
            mend="Give dose= (such as the share of an area; 0 for none), or use DifferenceInDifferences.",
        )
    if study.unit is None:
        raise EstimationError(
            "An effect by dose needs units followed over time; this study has different rows in each period.",
            where="unit",
            mend="Give unit=, or make one row for each area and period, with its mean.",
        )
    found = Dosed(columns=two_groups(study, alone=True), names=tuple(study.covariates))
    if len(np.unique(found.by_unit)) == 1:
        raise EstimationError(
            "All units have the same dose, {dose:g}: there is nothing to compare with.",
            where="dose",
            mend="Add units with another dose, or with none.",
            values={"dose": float(found.by_unit[0])},
        )
    return found
