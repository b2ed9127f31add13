"""Does the treated unit lie where an average of donors can be: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.donor_panel import donor_panel
from impactkit.effects.donor_pool import DonorPool
from impactkit.effects.estimate import Estimate
from impactkit.effects.pooled_donors import mean_panel
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.wording import Message

_LEVELLED = ("synthetic_difference_in_differences",)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideDonors:
    """The treated unit's outcomes before the start lie within those of donors, or not far outside.

    Parameters
    ----------
    far : float
        How far outside, on average over the periods before the start and in standard deviations between
        donors, fails.

    Notes
    -----
    An average of donors lies among them. A treated unit beyond all of them can only be extrapolated to, and
    the gap that is left before the start is read as an effect after it. Methods that take out each unit's
    level are asked of outcomes less their mean before the start; pooled treated units are asked as one.

    Examples
    --------
    >>> OutsideDonors().far
    0.25
    """

    name: Literal["outside_donors"] = "outside_donors"
    designs: frozenset[str] = DONOR_DESIGNS
    far: float = 0.25

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Measure how far the treated lie outside all donors before the start.

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
            The statistic is the largest mean distance of a treated unit, in standard deviations between
            donors; nan where donors are all alike.
        """
        panel = donor_panel(study, DonorPool.model_validate(estimate.settings["donors"]), alone=False)
        if panel.n_treated > 1 and estimate.settings.get("treated") == "pooled":
            panel = mean_panel(panel)
        worst, worst_unit, outside = 0.0, panel.names[0], 0
        for i, start in enumerate(panel.starts.tolist()):
            before = panel.outcomes[:, :start]
            if estimate.method in _LEVELLED:
                before = before - before.mean(axis=1, keepdims=True)
            own, donors = before[i], before[panel.n_treated :]
            beyond = np.maximum(0.0, np.maximum(donors.min(axis=0) - own, own - donors.max(axis=0)))
            spread = float(donors.std(axis=0, ddof=1).mean())
            distance = float(beyond.mean()) / spread if spread > 0 else math.inf if beyond.any() else 0.0
            if distance >= worst:
                worst, worst_unit, outside = distance, panel.names[i], int((beyond > 0).sum())
        passed = worst <= self.far
        told = "within" if worst == 0 else "near" if passed else "far"
        values: dict[str, str | int | float | Message] = {
            "unit": worst_unit,
            "distance": worst,
            "n": outside,
            "far": self.far,
        }
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=worst,
            sentence=Message(f"check.outside_donors.{told}", values),
        )
