"""Did the groups move alike before the start? It informs; a passed test earns nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import fdtrc

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.estimators import DifferenceInDifferences
from impactkit.evidence.check_result import CheckResult
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PreTrends:
    """The groups' differences before the start, against the last period before it; informative only.

    Notes
    -----
    With a trend that differs by a tenth of a standard deviation a year such a test passes in more than four cases of
    five, and among those that pass false support is as common as among the rest. So it can only warn. The joint
    p-value is Wald's with (leads, clusters - 1) degrees of freedom.

    References
    ----------
    .. [1] Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends. *American
       Economic Review: Insights*, 4(3).

    Examples
    --------
    >>> PreTrends().name
    'pre_trends'
    """

    name: Literal["pre_trends"] = "pre_trends"
    designs: frozenset[str] = frozenset({"difference_in_differences"})

    def check(self, study: Study, estimate: Estimate) -> CheckResult:
        """Estimate the leads and test them together.

        Parameters
        ----------
        study : Study
            The study.
        estimate : Estimate
            What was estimated on it.

        Returns
        -------
        CheckResult
            Never passed or failed; the statistic is the joint p-value.
        """
        events = DifferenceInDifferences(event_study=True, permutation=None).estimate(study)
        leads = [
            (at, term) for at, term in enumerate(events.terms) if term.event_time is not None and term.event_time < 0
        ]
        if not leads:
            return self._told(Message("check.pre_trends.one_baseline"), math.nan)
        p = _joint_p(events, [at for at, _ in leads])
        widest: Term = max((term for _, term in leads), key=lambda term: abs(term.interval.point))
        values = {"largest": widest.interval.point, "p": p, "n": len(leads)}
        return self._told(Message(f"check.pre_trends.{_state(p)}", values), p)

    def _told(self, sentence: Message, statistic: float) -> CheckResult:
        return CheckResult(name=self.name, passed=None, statistic=statistic, sentence=sentence)


def _state(p: float) -> str:
    if math.isnan(p):
        return "untestable"
    return "differ" if p < 0.05 else "not_seen"


def _joint_p(events: Estimate, places: list[int]) -> float:
    """Return Wald's joint p-value; nan when the leads outnumber the clusters or their covariance is singular."""
    q, df = len(places), events.sample.n_clusters - 1
    points = np.array([events.terms[at].interval.point for at in places])
    V = events.covariance[np.ix_(places, places)]
    undefined = any(events.terms[at].interval.reason is not None for at in places)
    if undefined or q >= df or not np.isfinite(V).all() or np.linalg.matrix_rank(V) < q:
        return math.nan
    return float(fdtrc(q, df, points @ np.linalg.solve(V, points) / q))
