"""Were both measurements made in the same season: a check of the plan's dates."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import BASELINE_DESIGNS, SERIES_DESIGNS
from impactkit.wording import Message

_YEAR = 365.25
_MONTH = _YEAR / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Baseline and follow-up must be at most two months apart in the calendar, or a comparison share it.

    Parameters
    ----------
    months : float
        The largest distance in the calendar that passes, whatever the years; at most 6 is possible.

    Notes
    -----
    Before and after alone, a different season looks like an effect. A comparison group that is measured at
    the same times has the season too, so that the check then only informs: a season that moves the groups
    unlike is not seen. A series with a season in its model passes; one without is told so.

    References
    ----------
    .. [1] Shadish, W. R., Cook, T. D., & Campbell, D. T. (2002). *Experimental and Quasi-Experimental Designs
       for Generalized Causal Inference*, table 2.4 (history and maturation).

    Examples
    --------
    >>> Season().months
    2.0
    """

    name: Literal["season"] = "season"
    designs: frozenset[str] = BASELINE_DESIGNS
    months: float = 2.0

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare the two dates' places in the year.

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
            The statistic is the distance in the calendar in months; nan where it is not known or a series
            has a season of its own.
        """
        if estimate.method in SERIES_DESIGNS:
            modelled = estimate.settings.get("season", "none") != "none"
            told = Message(f"check.season.{'modelled' if modelled else 'not_modelled'}")
            return self._told(True if modelled else None, math.nan, told)
        before = None if declared is None else declared.baseline_collected
        after = None if declared is None else declared.follow_up_collected
        if before is None or after is None:
            return self._told(None, math.nan, Message("check.season.unknown"))
        apart = _calendar_distance((after - before).days)
        values = {"months": apart}
        if round(apart, 1) <= self.months:
            return self._told(True, apart, Message("check.season.same", values))
        if estimate.sample.n_comparison_clusters > 0:
            return replace(self._told(None, apart, Message("check.season.shared", values)), is_open=True)
        return self._told(False, apart, Message("check.season.different", values))

    def _told(self, passed: bool | None, statistic: float, sentence: Message) -> CheckResult:
        return CheckResult(name=self.name, passed=passed, statistic=statistic, sentence=sentence)


def _calendar_distance(days: int) -> float:
    """Return how far apart two dates stand in the year, in months, from 0 to 6."""
    left = days % _YEAR
    return min(left, _YEAR - left) / _MONTH
