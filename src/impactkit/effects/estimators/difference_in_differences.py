"""Difference in differences: two groups, any number of periods, one common start."""

from __future__ import annotations

from typing import Literal

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import assignment_of
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import PanelInference, RegressionSettings
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.linear import assignment_reduction
from impactkit.effects.panel import (
    Effects,
    contrast_problem,
    follow_up_and_baseline,
    is_reducible,
    two_groups,
    two_way_problem,
)
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.pooled_permutation import pooled_parts
from impactkit.effects.regression import (
    Label,
    Question,
    answer,
    drawn_test,
    permutation_in,
    permutation_test,
)
from impactkit.wording import Message


class DifferenceInDifferences(RegressionSettings):
    """Change in the treated group less the change in the comparison group.

    Parameters
    ----------
    event_study : bool
        Whether leads and lags, against the last period before the start, stand under the headline in
        ``tidy()``.
    inference : ClusterRobust, FermanPinto, GivenUncertainty, Permutation or WildClusterBootstrap
        How the headline uncertainty is found; FermanPinto for one to five treated units of a balanced panel.
    permutation : Permutation, optional
        The permutation test that stands beside it; None for none.

    Notes
    -----
    Two-way regression: unit effects (panel) or a group effect (repeated cross sections), period effects,
    covariates. Without covariates a balanced panel is reduced to each unit's follow-up mean less its
    baseline mean, which gives the same numbers. One common start only: with several starts this regression
    uses already treated units as controls, so it is refused. Covariates that never change within a unit are
    absorbed by its unit effect and reported as dropped.

    References
    ----------
    .. [1] Angrist, J. D., & Pischke, J.-S. (2009). *Mostly Harmless Econometrics*, section 5.2.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 5, 2, 5, 1, 2, 3, 3],
    ...                       "start": [2, 2, 2, 2, 0, 0, 0, 0]})
    >>> study = Study(frame, outcome="y", unit="area", time="year", first_treated="start")
    >>> round(DifferenceInDifferences().estimate(study).interval.point, 6)
    3.0
    """

    method: Literal["difference_in_differences"] = "difference_in_differences"
    event_study: bool = False
    inference: PanelInference = ClusterRobust()  # type: ignore[assignment]  # one more than the shared ones

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect on the treated after the start.

        Parameters
        ----------
        study : Study
            A panel or repeated cross sections with two groups and one start.

        Returns
        -------
        Estimate
            With the permutation test beside it.

        Raises
        ------
        EstimationError
            If there are no periods, no comparison group, several starts, or no baseline or follow-up in a
            group.
        """
        columns = two_groups(study)
        follow_up, baseline = follow_up_and_baseline(columns)
        questions = [self._question(study, columns, (follow_up,), baseline, (Label(name="att"),))]
        if self.event_study:
            questions += self._event_questions(study, columns, baseline[-1])
        return answer(
            study,
            columns,
            questions,
            settings=self,
            estimand=_estimand(study.outcome, columns, follow_up, baseline),
            test=self._test(columns, questions[0], follow_up, baseline),
        )

    def _question(
        self,
        study: Study,
        columns: Columns,
        effects: Effects,
        baseline: tuple[int, ...],
        labels: tuple[Label, ...],
    ) -> Question:
        names = tuple(study.covariates)
        if columns.unit is None:
            problem = two_way_problem(columns, effects, names=names, absorb_units=False)
        elif len(effects) == 1 and is_reducible(columns):
            problem = contrast_problem(columns, follow_up=effects[0], baseline=baseline)
        else:
            problem = two_way_problem(columns, effects, names=names, absorb_units=True)
        return Question(problem=problem, labels=labels)

    def _event_questions(self, study: Study, columns: Columns, reference: int) -> list[Question]:
        events = [t for t in range(len(columns.periods)) if t != reference]
        labels = tuple(_event_label(columns, t) for t in events)
        effects = tuple((t,) for t in events)
        if columns.unit is not None and is_reducible(columns):
            problems = [
                contrast_problem(columns, follow_up=e, baseline=(reference,), n_effects=len(effects))
                for e in effects
            ]
            pairs = zip(problems, labels, strict=True)
            return [Question(problem=problem, labels=(label,)) for problem, label in pairs]
        return [self._question(study, columns, effects, (reference,), labels)]

    def _test(
        self, columns: Columns, headline: Question, follow_up: tuple[int, ...], baseline: tuple[int, ...]
    ) -> PermutationTest | None:
        if permutation_in(self) is None:
            return None
        if columns.unit is None:
            law = assignment_of(columns)
            parts = pooled_parts(columns, law, windows=(follow_up, baseline))
            return drawn_test(parts, self, law.law)
        if not is_reducible(columns):
            return permutation_test(columns, headline.problem, self)
        law = assignment_of(columns.by_unit)
        part = assignment_reduction(headline.problem, law.units, observed=law.treated, strata=law.strata)
        return drawn_test((part,), self, law.law)


def _event_label(columns: Columns, period: int) -> Label:
    assert columns.cohort is not None
    start = float(columns.cohort.min())
    time = float(columns.periods[period])
    return Label(name=f"event {time - start:g}", event_time=time - start, time=time)


def _estimand(
    outcome: str, columns: Columns, follow_up: tuple[int, ...], baseline: tuple[int, ...]
) -> Message:
    units, treated = columns.n_units, columns.n_treated
    return Message(
        f"estimand.difference_in_differences.{'rows' if columns.unit is None else 'units'}",
        {
            "outcome": outcome,
            "treated": treated,
            "comparison": units - treated,
            "baseline": _span(columns, baseline),
            "follow_up": _span(columns, follow_up),
        },
    )


def _span(columns: Columns, periods: tuple[int, ...]) -> str:
    first, last = columns.period_names[periods[0]], columns.period_names[periods[-1]]
    return first if first == last else f"{first}–{last}"
