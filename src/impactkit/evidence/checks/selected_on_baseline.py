"""Were the treated chosen for the very values that the effect is measured from: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.period_value import period_value
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedOnBaseline:
    """Who was chosen for the worst value is not measured from that value.

    Parameters
    ----------
    designs : frozenset of str
        All that rest on how it was before the start.

    Notes
    -----
    It rests on what the plan declares. Where the treated were chosen for having the worst value
    (``assignment = "worst_value"``), all that is measured from the period of the choice holds a return to
    the usual that would have come anyway, and so do periods after it while chance lasts. It fails unless
    every period before the start lies before the period of the choice; where that period is not given, the
    last one before the start is taken for it. No verdict rests on the design then.

    References
    ----------
    .. [1] Barnett, A. G., van der Pols, J. C., & Dobson, A. J. (2005). Regression to the mean: what it is and
       how to deal with it. *International Journal of Epidemiology*, 34(1).

    Examples
    --------
    >>> "difference_in_differences" in SelectedOnBaseline().designs
    True
    """

    name: Literal["selected_on_baseline"] = "selected_on_baseline"
    designs: frozenset[str] = DONOR_DESIGNS | {
        "before_after",
        "continuous_dose",
        "difference_in_differences",
        "extended_two_way_fixed_effects",
        "imputation",
        "interrupted_time_series",
        "stacked_difference_in_differences",
        "staggered_difference_in_differences",
        "structural_time_series",
        "sun_abraham",
        "switching_difference_in_differences",
        "triple_difference",
    }

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare the periods before the start with the period of the choice.

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
            The statistic is how many periods before the start lie before the choice; nan where the choice
            was another.
        """
        assignment = None if declared is None else declared.circumstances.assignment
        if declared is None or assignment is None:
            return self._told(None, "not_said", {})
        if assignment in ("need", "threshold"):
            return self._told(None, assignment, {})
        if assignment != "worst_value":
            return self._told(True, "otherwise", {})
        before = _periods_before(study, estimate)
        when = declared.circumstances.selection_period
        chosen = max(before, default=math.inf) if when is None else period_value(when)
        earlier = sum(period < chosen for period in before)
        values = {"n": earlier, "total": len(before)}
        passed = 0 < earlier == len(before)
        if passed:
            return self._told(True, "before", values)
        return self._told(
            False, f"{'some' if earlier else 'none'}{'_assumed' if when is None else ''}", values
        )

    def _told(self, passed: bool | None, what: str, values: dict[str, int]) -> CheckResult:
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=float(values.get("n", math.nan)),
            sentence=Message(f"check.selected_on_baseline.{what}", values),
        )


def _periods_before(study: Study, estimate: Estimate) -> list[float]:
    """Return the periods before the first start in which anybody was seen."""
    columns = study.columns
    if columns.period is None:
        return []
    started = math.inf if columns.cohort is None else float(columns.cohort.min())
    if columns.path is not None and columns.path.any():
        started = float(columns.time[columns.path].min())
    starts = [started, *(start for start in (study.start_value, estimate.start) if start is not None)]
    seen = np.unique(columns.time)
    # Without a start the last of two periods is the follow-up.
    return [float(period) for period in seen[seen < min(*starts, float(seen[-1]))]]
