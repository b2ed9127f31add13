"""Triple difference: the eligible against others, in treated areas against comparison areas."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import RegressionSettings
from impactkit.effects.panel import Effects, follow_up_and_baseline, is_reducible
from impactkit.effects.regression import Label, Question, answer
from impactkit.effects.triple import eligible_and_not, triple_problem, triple_test
from impactkit.wording import Message

Periods = tuple[int, ...]


class TripleDifference(RegressionSettings):
    """Change among the eligible less that among others in treated areas, less the same in comparison areas.

    Parameters
    ----------
    event_study : bool
        Whether leads and lags, against the last period before the start, stand under the headline in
        ``tidy()``.
    inference, permutation
        See `RegressionSettings`.

    Notes
    -----
    The coefficient of treated area x eligible x from the start on, beside unit effects (in repeated cross
    sections an effect for each of the four groups), period effects in treated and in comparison areas, period
    effects among the eligible and among others, and covariates. What happened to everybody in the treated
    areas, or to the eligible everywhere, is taken away [1]_. ``first_treated`` is the area's start, for
    eligible and others alike, and one for all: with several, already treated areas would be controls [2]_.
    Standard errors are by cluster: give the area as ``cluster``, since whole areas were treated.

    References
    ----------
    .. [1] Olden, A., & Møen, J. (2022). The triple difference estimator. *Econometrics Journal*, 25(3).
    .. [2] Ortiz-Villavicencio, M., & Sant'Anna, P. H. C. (2025). Better understanding triple differences
       estimators. *arXiv* 2505.09942.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": list("abcdefgh") * 2, "year": [1] * 8 + [2] * 8,
    ...     "old": [1, 1, 0, 0] * 4, "start": [2, 2, 2, 2, 0, 0, 0, 0] * 2,
    ...     "y": [0.0] * 8 + [5, 6, 2, 2, 2, 3, 1, 2]})
    >>> study = Study(frame, outcome="y", unit="unit", time="year", first_treated="start", eligible="old")
    >>> round(TripleDifference().estimate(study).interval.point, 6)
    2.5
    """

    method: Literal["triple_difference"] = "triple_difference"
    event_study: bool = False

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect on the eligible of treated areas after the start.

        Parameters
        ----------
        study : Study
            A panel or repeated cross sections with ``eligible`` and one start.

        Returns
        -------
        Estimate
            With the permutation test beside it.

        Raises
        ------
        EstimationError
            If nothing says who is eligible, the starts differ, or one of the four groups lacks rows before or
            after the start.
        """
        columns = eligible_and_not(study)
        follow_up, baseline = follow_up_and_baseline(columns)
        names = tuple(study.covariates)
        headline = triple_problem(columns, (follow_up,), baseline=baseline, names=names)
        questions = [Question(problem=headline, labels=(Label(name="att"),))]
        if self.event_study:
            questions += _event_questions(columns, baseline[-1], names)
        estimate = answer(
            study,
            columns,
            questions,
            settings=self,
            estimand=_estimand(study.outcome, columns, follow_up, baseline),
            test=triple_test(columns, self, follow_up=follow_up, baseline=baseline),
        )
        return _told_of_the_eligible(estimate, columns)


def _event_questions(columns: Columns, reference: int, names: tuple[str, ...]) -> list[Question]:
    events = [t for t in range(len(columns.periods)) if t != reference]
    labels = tuple(_event_label(columns, t) for t in events)
    effects: Effects = tuple((t,) for t in events)
    if columns.unit is None or not is_reducible(columns):
        problem = triple_problem(columns, effects, baseline=(reference,), names=names)
        return [Question(problem=problem, labels=labels)]
    problems = [
        triple_problem(columns, (effect,), baseline=(reference,), names=names, of=len(effects))
        for effect in effects
    ]
    pairs = zip(problems, labels, strict=True)
    return [Question(problem=problem, labels=(label,)) for problem, label in pairs]


def _event_label(columns: Columns, period: int) -> Label:
    assert columns.cohort is not None
    start, time = float(columns.cohort.min()), float(columns.periods[period])
    return Label(name=f"event {time - start:g}", event_time=time - start, time=time)


def _told_of_the_eligible(estimate: Estimate, columns: Columns) -> Estimate:
    """Count the eligible as treated, and warn where units stand for areas."""
    eligible = columns.take(columns.eligible)  # type: ignore[arg-type]
    warnings = estimate.warnings
    if columns.cluster is None:
        warnings = (*warnings, Message("estimate.triple_without_areas"))
    return replace(estimate, sample=replace(estimate.sample, n_treated=eligible.n_treated), warnings=warnings)


def _estimand(outcome: str, columns: Columns, follow_up: Periods, baseline: Periods) -> Message:
    assert columns.eligible is not None
    eligible, others = columns.take(columns.eligible), columns.take(~columns.eligible)
    return Message(
        f"estimand.triple_difference.{'rows' if columns.unit is None else 'units'}",
        {
            "outcome": outcome,
            "treated": eligible.n_treated,
            "comparison": eligible.n_units - eligible.n_treated,
            "others": others.n_units,
            "baseline": _span(columns, baseline),
            "follow_up": _span(columns, follow_up),
        },
    )


def _span(columns: Columns, periods: Periods) -> str:
    first, last = columns.period_names[periods[0]], columns.period_names[periods[-1]]
    return first if first == last else f"{first}–{last}"
