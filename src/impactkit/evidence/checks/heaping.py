"""Do many share one score near the threshold, and is the answer theirs: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.columns import Flags, Floats
from impactkit.data.study import Study
from impactkit.data.study_part import study_part
from impactkit.effects.estimate import Estimate
from impactkit.evidence.at_cutoffs import rule_behind
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.reestimated import reestimated
from impactkit.evidence.settings_again import estimator_of
from impactkit.wording import Message

_FEWEST_VALUES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Heaping:
    """No score near the threshold is so much commoner than its neighbours that the answer hangs on it.

    Parameters
    ----------
    times : float
        How many times the middle number of rows that scores near the threshold have makes a heap.
    fewest : int
        The fewest rows of a heap.
    most : float
        How far the effect may move without the heaps, in standard errors.

    Notes
    -----
    Scores that people report or that somebody reads off a scale pile up at round numbers, and those at round
    numbers can be others than the rest [1]_. Where there are heaps within the bandwidth, the effect is
    estimated without the rows in them.

    References
    ----------
    .. [1] Barreca, A. I., Lindo, J. M., & Waddell, G. R. (2016). Heaping-induced bias in
       regression-discontinuity designs. *Economic Inquiry*, 54(1).

    Examples
    --------
    >>> Heaping().times
    3.0
    """

    name: Literal["heaping"] = "heaping"
    designs: frozenset[str] = frozenset({"regression_discontinuity"})
    times: float = 3.0
    fewest: int = 10
    most: float = 1.0

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Look for heaps near the threshold, and estimate without them.

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
            The statistic is how far the effect moves without the heaps, in standard errors; 0 where there are
            none, nan where it cannot be known.
        """
        score, rule = study.columns.running, rule_behind(estimate)
        assert score is not None
        reach = float(estimate.estimand.values["reach"])  # type: ignore[arg-type]
        near = np.abs(score - rule.cutoff) <= reach
        heaps, times = self._heaps(score, near)
        if not len(heaps):
            return self._told(True, 0.0, Message("check.heaping.none"))
        at = float(heaps[np.argmin(np.abs(heaps - rule.cutoff))])
        other = reestimated(
            study_part(study, ~np.isin(score, heaps)), estimator_of(estimate, permutation=None)
        )
        spread = estimate.interval.std_error
        if not other.is_estimated or not spread > 0:
            return self._told(None, math.nan, Message("check.heaping.unknown", {"value": at, "times": times}))
        moved = abs(other.point - estimate.interval.point) / spread
        passed = moved <= self.most
        values = {
            "value": at,
            "times": times,
            "without": other.point,
            "full": estimate.interval.point,
            "size": moved,
        }
        return self._told(passed, moved, Message(f"check.heaping.{'stands' if passed else 'moves'}", values))

    def _heaps(self, score: Floats, near: Flags) -> tuple[Floats, float]:
        """Return the scores near the threshold that are heaps, and how many times the usual they are."""
        values, counts = np.unique(score[near], return_counts=True)
        if len(values) < _FEWEST_VALUES:
            return np.empty(0), math.nan
        usual = float(np.median(counts))
        is_heap = (counts >= self.fewest) & (counts > self.times * usual)
        return values[is_heap], float(counts.max()) / usual

    def _told(self, passed: bool | None, statistic: float, sentence: Message) -> CheckResult:
        return CheckResult(name=self.name, passed=passed, statistic=statistic, sentence=sentence)
