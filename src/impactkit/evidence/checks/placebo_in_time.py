"""Would a start that never was have been credited with an effect: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.data.study_part import study_part
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.reestimated import Reestimated, reestimated
from impactkit.evidence.settings_again import estimator_of
from impactkit.wording import Message

_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceboInTime:
    """A start pretended in the middle of the periods before the real one has no effect.

    Parameters
    ----------
    share : float
        The smallest placebo effect that counts, as a share of the estimated one.

    Notes
    -----
    Only periods before the first real start are used. All who are treated later are pretended to start
    together after the first half of them (the larger half where they are odd), and the same estimator is
    asked with the same inference. It fails when the limits leave out no effect on the side that the plan
    promises (without a plan, on the side of the estimate), and the placebo effect is at least ``share`` of
    the estimated one. Limits at 95 % leave out no effect on one given side in 2.5 % of sound studies, and on
    either in 5 %, so that it fails in no more. A pass proves little: with few periods it sees large trends
    only.

    References
    ----------
    .. [1] Abadie, A., Diamond, A., & Hainmueller, J. (2015). Comparative politics and the synthetic control
       method. *American Journal of Political Science*, 59(2).

    Examples
    --------
    >>> PlaceboInTime().share
    0.25
    """

    name: Literal["placebo_in_time"] = "placebo_in_time"
    designs: frozenset[str] = frozenset(
        {
            "continuous_dose",
            "difference_in_differences",
            "extended_two_way_fixed_effects",
            "imputation",
            "stacked_difference_in_differences",
            "staggered_difference_in_differences",
            "sun_abraham",
            "synthetic_control",
            "synthetic_difference_in_differences",
            "triple_difference",
        }
    )
    share: float = 0.25

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Estimate the effect of a start that never was.

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
            The statistic is the placebo effect as a share of the estimated one; nan where there is none.
        """
        columns = study.columns
        if columns.period is None or columns.cohort is None:
            return self._untold("few_periods")
        start = int(np.searchsorted(columns.periods, columns.cohort.min()))
        if start < _FEWEST or start >= len(columns.periods):
            return self._untold("few_periods")
        at = start - start // 2
        answer = _pretended(study, estimate, at=at, start=start)
        found, real = answer.interval, estimate.interval.point
        if found is None:
            return self._untold("refused")
        if not (math.isfinite(found.low) or math.isfinite(found.high)) or math.isnan(real):
            return self._untold("unknown")
        sign = math.copysign(1.0, real) if declared is None else declared.direction
        side = "above" if sign > 0 else "below"
        ratio = abs(found.point) / abs(real) if real else math.inf
        passed = not (answer.side() == side and ratio >= self.share)
        values: dict[str, str | int | float | Message] = {
            "start": columns.period_names[at],
            "point": found.point,
            "low": found.low,
            "high": found.high,
            "real": real,
        }
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=ratio,
            sentence=Message(f"check.placebo_in_time.{'unseen' if passed else 'seen'}", values),
        )

    def _untold(self, why: str) -> CheckResult:
        sentence = Message(f"check.placebo_in_time.{why}")
        return CheckResult(name=self.name, passed=None, statistic=math.nan, sentence=sentence)


def _pretended(study: Study, estimate: Estimate, *, at: int, start: int) -> Reestimated:
    """Return the effect of a start in period ``at``, on the periods before ``start`` alone."""
    columns = study.columns
    assert columns.period is not None and columns.cohort is not None
    is_treated = columns.cohort <= columns.periods[-1]
    cohort = np.where(is_treated, columns.periods[at], np.inf)
    part = study_part(study, columns.period < start, cohort=cohort)
    return reestimated(part, estimator_of(estimate, event_study=False, permutation=None))
