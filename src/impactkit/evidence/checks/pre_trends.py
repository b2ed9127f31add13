"""Did the groups move alike before the start: a check that informs; passing earns nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.estimators import (
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    StaggeredDifferenceInDifferences,
    TripleDifference,
)
from impactkit.errors import EstimationError
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PreTrends:
    """The groups' differences before the start, against the last period before it; informative only.

    Parameters
    ----------
    name : str
        The check's slug.
    designs : frozenset of str
        The methods it speaks to.

    Notes
    -----
    With a trend that differs by a tenth of a standard deviation a year such a test passes in more than four
    cases of five, and among those that pass false support is as common as among the rest. So it can only
    warn. Each lead has its CR2 p-value, and the smallest is multiplied by their number (Bonferroni): a
    joint Wald test would reject far too often with few treated clusters.

    References
    ----------
    .. [1] Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends.
       *American
       Economic Review: Insights*, 4(3).

    Examples
    --------
    >>> PreTrends().name
    'pre_trends'
    """

    name: Literal["pre_trends"] = "pre_trends"
    designs: frozenset[str] = frozenset(
        {
            "difference_in_differences",
            "imputation",
            "sun_abraham",
            "extended_two_way_fixed_effects",
            "stacked_difference_in_differences",
            "triple_difference",
            "continuous_dose",
            "staggered_difference_in_differences",
        }
    )

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Estimate the leads and test them together.

        Parameters
        ----------
        study : Study
            The study.
        estimate : Estimate
            What was estimated on it.
        declared : Declared, optional
            What a plan says beside the data.

        Returns
        -------
        CheckResult
            Never passed or failed; the statistic is the joint p-value.
        """
        if estimate.sample.n_comparison_clusters == 0:
            return self._told(Message("check.pre_trends.no_comparison"), math.nan)
        try:
            events = _event_study(study, estimate)
        except EstimationError:
            if estimate.settings.get("family") != "poisson":
                raise
            return self._told(Message("check.pre_trends.few_events"), math.nan)
        leads = [term for term in events.terms if term.event_time is not None and term.event_time < 0]
        if not leads:
            return self._told(Message("check.pre_trends.one_baseline"), math.nan)
        p = _joint_p(leads)
        widest = max(leads, key=lambda term: abs(term.interval.point))
        values = {"largest": widest.interval.point, "p": p, "n": len(leads)}
        one = "_one" if len(leads) == 1 else ""
        return self._told(Message(f"check.pre_trends.{_state(p)}{one}", values), p)

    def _told(self, sentence: Message, statistic: float) -> CheckResult:
        return CheckResult(name=self.name, passed=None, statistic=statistic, sentence=sentence)


def _event_study(study: Study, estimate: Estimate) -> Estimate:
    if estimate.method in ("difference_in_differences", "continuous_dose"):
        return DifferenceInDifferences(event_study=True, permutation=None).estimate(study)
    if study.columns.exposure is not None or estimate.settings.get("family") == "poisson":
        return _counted_leads(study)
    if estimate.method == "triple_difference":
        return TripleDifference(event_study=True, permutation=None).estimate(study)
    leads = StaggeredDifferenceInDifferences(control="not_yet", base="universal", permutation=None)
    return leads.estimate(study).aggregate("dynamic")


def _counted_leads(study: Study) -> Estimate:
    """Return effects on counts with leads, as many as leave the first to start one period before them."""
    columns = study.columns
    assert columns.cohort is not None
    start = float(columns.cohort[columns.cohort > columns.periods[0]].min())
    second = float(columns.periods[1])
    leads = ExtendedTwoWayFixedEffects(
        family="poisson", anticipation=max(start - second, 0.0), permutation=None
    )
    return leads.estimate(study).aggregate("dynamic")


def _state(p: float) -> str:
    if math.isnan(p):
        return "untestable"
    return "differ" if p < 0.05 else "not_seen"


def _joint_p(leads: list[Term]) -> float:
    """Return the smallest p-value of the leads, by Bonferroni for their number; nan when none is known."""
    known = [term.interval.p_value for term in leads if not math.isnan(term.interval.p_value)]
    return min(1.0, len(leads) * min(known)) if known else math.nan
