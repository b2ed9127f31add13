"""Did enough of those asked answer, and as many both times: a check of what the plan says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import ALL_DESIGNS
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRate:
    """At least 60 % of those invited answered, and at most 10 percentage points more one time than the other.

    Parameters
    ----------
    share : float
        The smallest share that passes.
    gap : float
        The largest difference between baseline and follow-up that passes.

    Notes
    -----
    60 % is what journals commonly ask of surveys [1]_. A low rate need not bias, nor is a high one safe [2]_,
    but the more are silent, the more they can hide. Units lost from the data are the business of the check of
    attrition.

    References
    ----------
    .. [1] Fincham, J. E. (2008). Response rates and responsiveness for surveys, standards, and the Journal.
       *American Journal of Pharmaceutical Education*, 72(2).
    .. [2] Groves, R. M. (2006). Nonresponse rates and nonresponse bias in household surveys. *Public Opinion
       Quarterly*, 70(5).

    Examples
    --------
    >>> ResponseRate().share
    0.6
    """

    name: Literal["response_rate"] = "response_rate"
    designs: frozenset[str] = ALL_DESIGNS
    share: float = 0.60
    gap: float = 0.10

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare the shares who answered.

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
            The statistic is the smaller share; nan where the plan gives none.
        """
        said = None if declared is None else declared.circumstances
        after = math.nan if said is None else _rate(said.answered, said.invited)
        before = math.nan if said is None else _rate(said.answered_before, said.invited_before)
        known = [rate for rate in (before, after) if not math.isnan(rate)]
        if not known:
            return self._told(None, math.nan, Message("check.response_rate.unknown"))
        smallest = min(known)
        gap = abs(after - before) if len(known) == 2 else 0.0
        limit = {"share": self.share, "gap": 100 * self.gap}
        # Shares of whole numbers: a rate at the limit passes whatever the last bit.
        passed = smallest >= self.share - 1e-12 and gap <= self.gap + 1e-12
        state = "enough" if passed else "low" if smallest < self.share - 1e-12 else "apart"
        if len(known) == 1:
            time = "follow_up" if math.isnan(before) else "baseline"
            which = Message(f"check.response_rate.{time}")
            sentence = Message(
                f"check.response_rate.{state}_once", {"rate": smallest, "which": which, **limit}
            )
        else:
            sentence = Message(f"check.response_rate.{state}", {"before": before, "after": after, **limit})
        return self._told(passed, smallest, sentence)

    def _told(self, passed: bool | None, statistic: float, sentence: Message) -> CheckResult:
        return CheckResult(name=self.name, passed=passed, statistic=statistic, sentence=sentence)


def _rate(answered: int | None, invited: int | None) -> float:
    if answered is None or not invited:
        return math.nan
    return answered / invited
