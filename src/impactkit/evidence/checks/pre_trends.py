"""Did the groups move alike before the start: a check that informs; passing earns nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate, Term
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.leads import LEAD_DESIGNS, leads
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
    designs: frozenset[str] = LEAD_DESIGNS

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
        found = leads(study, estimate).terms
        if found is None:
            counted = estimate.settings.get("family") == "poisson"
            reason = "few_events" if counted else "not_estimated"
            return self._told(Message(f"check.pre_trends.{reason}"), math.nan)
        if not found:
            return self._told(Message("check.pre_trends.one_baseline"), math.nan)
        p = _joint_p(found)
        widest = max(found, key=lambda term: abs(term.interval.point))
        values = {"largest": widest.interval.point, "p": p, "n": len(found)}
        one = "_one" if len(found) == 1 else ""
        return self._told(Message(f"check.pre_trends.{_state(p)}{one}", values), p)

    def _told(self, sentence: Message, statistic: float) -> CheckResult:
        return CheckResult(name=self.name, passed=None, statistic=statistic, sentence=sentence)


def _state(p: float) -> str:
    if math.isnan(p):
        return "untestable"
    return "differ" if p < 0.05 else "not_seen"


def _joint_p(terms: Sequence[Term]) -> float:
    """Return the smallest p-value of the leads, by Bonferroni for their number; nan when none is known."""
    known = [term.interval.p_value for term in terms if not math.isnan(term.interval.p_value)]
    return min(1.0, len(terms) * min(known)) if known else math.nan
