"""Does the effect stand a difference of trends as large as any seen before the start: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.honest_bounds import EventStudy, leaves_out, relative_magnitudes
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.leads import LEAD_DESIGNS, leads
from impactkit.evidence.treated_after import would_have_been
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendSensitivity:
    """The first effect must stand trends that differ as much from period to period as at most before.

    Parameters
    ----------
    bound : float
        How many times the largest step of the groups' difference before the start the steps after it may
        reach.

    Notes
    -----
    The relative magnitudes of Rambachan and Roth [1]_, asked of the effect in the first treated period, as
    their software does: the further from the start, the more a difference of trends explains, so that few
    effects averaged over several periods would stand. An improvement must leave out no effect on the side of
    the estimate. Of a claim of no harm only what it claims is asked: that harm as large as the margin stays
    left out; of a claim of no effect, that the margin does on both sides. A margin in per cent is taken of
    the treated mean after the start less the effect. With few clusters such limits are too narrow.

    References
    ----------
    .. [1] Rambachan, A., & Roth, J. (2023). A more credible approach to parallel trends. *Review of Economic
       Studies*, 90(5), section 2.4.1.

    Examples
    --------
    >>> TrendSensitivity().bound
    1.0
    """

    name: Literal["trend_sensitivity"] = "trend_sensitivity"
    designs: frozenset[str] = LEAD_DESIGNS
    bound: float = 1.0

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Ask whether such trends could explain the first effect.

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
            The statistic is how far the first effect lies from what it must not reach, in largest steps
            before the start: below 1 it falls whatever the chance in it. nan when nothing could be asked.
        """
        point = estimate.interval.point
        if estimate.sample.n_comparison_clusters == 0 or not math.isfinite(point):
            return self._told(Message("check.trend_sensitivity.unknown"))
        found = leads(study, estimate)
        if found.terms == ():
            steps = _steps_to_the_mean(study)
            slope = Message("check.trend_sensitivity.no_leads", {"slope": abs(point) / steps})
            return replace(self._told(slope), is_open=True)
        if found.first is None:
            return self._told(Message("check.trend_sensitivity.unknown"))
        kind: str = "effect"
        asked: tuple[tuple[float, float], ...] = ((math.copysign(1.0, point), 0.0),)
        if declared is not None and declared.change in ("no_harm", "no_effect"):
            kind = declared.change
            asked = declared.must_exceed(would_have_been=would_have_been(study, estimate))
        if not all(math.isfinite(threshold) for _, threshold in asked):
            return self._told(Message("check.trend_sensitivity.unknown"))
        stands = all(
            self._stands(found.first, sign, threshold, estimate.interval.level) for sign, threshold in asked
        )
        values = {"point": found.first.point, "margin": abs(asked[0][1])}
        room = min(sign * found.first.point - threshold for sign, threshold in asked)
        return CheckResult(
            name=self.name,
            passed=stands,
            statistic=room / _largest_step(found.first),
            sentence=Message(f"check.trend_sensitivity.{kind}_{'stands' if stands else 'falls'}", values),
        )

    def _stands(self, study: EventStudy, sign: float, threshold: float, level: float) -> bool:
        """Return whether the signed effect's limits lie above a threshold."""
        signed = replace(study, points=sign * study.points)  # so that a change of sign changes nothing
        if not signed.point > threshold:
            return False
        cases = relative_magnitudes(study.n_before, len(study.weights), bound=self.bound)
        # The case of the largest step first: where it falls, the others need not be asked.
        allowed = tuple(sorted(cases, key=lambda case: -float(case.slack[0] @ study.points)))
        # The estimate itself is never rejected, so what is left out lies below it.
        return leaves_out(signed, allowed, threshold, level=level)

    def _told(self, sentence: Message) -> CheckResult:
        return CheckResult(name=self.name, passed=None, statistic=math.nan, sentence=sentence)


def _largest_step(study: EventStudy) -> float:
    """Return the largest change of the groups' difference from one period before the start to the next."""
    before = np.append(study.points[: study.n_before], 0.0)
    found = float(np.abs(np.diff(before)).max())
    return found if found > 0 else math.nan


def _steps_to_the_mean(study: Study) -> float:
    """Return how many periods lie between the only one before the start and those after it, on average."""
    later = max(len(study.columns.periods) - 1, 1)
    return float(np.arange(1, later + 1).mean())
