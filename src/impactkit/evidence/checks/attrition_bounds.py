"""Does the effect of a lottery survive the worst that unequal dropping out may have done: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from impactkit.data.columns import Flags
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import Interval, t_p_value
from impactkit.effects.kernels.lee_bounds import LeeBounds, lee_bounds
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.treated_after import would_have_been
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class AttritionBounds:
    """Where arms lost unequally, the effect's limits stay on one side of 0 at Lee's more cautious bound.

    Parameters
    ----------
    gap : float
        Largest difference between the shares lost that is taken for chance, if it may be.
    rare : float
        Two-sided p-value up to which a smaller difference counts too.

    Notes
    -----
    Rows without an outcome are those lost. The arm that lost less is cut by its excess, once of its highest
    and once of its lowest outcomes, and the two means give bounds [1]_. The estimate's limits are moved by as
    much as the bound on the side that speaks against the promised effect (without a plan, the estimated one)
    lies from the difference in means. It fails when they then hold no effect (or, for a claim of a margin,
    reach beyond it), and either the arms differ in what they lost by more than ``gap``, or less but not by
    chance (a normal test of equal shares, in which rows of a cluster count as independent), or the move is
    what makes the limits fall. Bounds suppose that the project moved nobody both to stay and to leave.
    As many may be lost in both arms, but not the same: that is not seen, and is named as an open question
    where more than ``gap`` were lost in an arm.

    References
    ----------
    .. [1] Lee, D. S. (2009). Training, wages, and sample selection: estimating sharp bounds on treatment
       effects. *Review of Economic Studies*, 76(3).

    Examples
    --------
    >>> AttritionBounds().gap
    0.05
    """

    name: Literal["attrition_bounds"] = "attrition_bounds"
    designs: frozenset[str] = frozenset({"randomised_trial"})
    gap: float = 0.05
    rare: float = 0.05

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Cut the arm that lost less, and move the limits as much.

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
            The statistic is the effect at the more cautious bound, in the outcome's unit.
        """
        columns, interval = study.columns, estimate.interval
        treated = columns.treated
        if treated is None or treated.all() or not treated.any() or math.isnan(interval.point):
            return self._told(None, math.nan, "unknown", {})
        lost = [item for item in study.left_out if item.reason == "outcome_missing"]
        gone = (sum(item.n_treated for item in lost), sum(item.n_comparison for item in lost))
        kept = (int(treated.sum()), int((~treated).sum()))
        gap = gone[0] / (gone[0] + kept[0]) - gone[1] / (gone[1] + kept[1])
        if not any(gone):
            return self._told(True, interval.point, "nobody", {})
        bounds = _bounds(study, treated, gone, kept)
        values = {
            "gap": abs(gap),
            "low": interval.point + bounds.low - bounds.difference,
            "high": interval.point + bounds.high - bounds.difference,
            "point": interval.point,
        }
        asked: tuple[tuple[float, float], ...] = ((math.copysign(1.0, interval.point), 0.0),)
        if declared is not None:
            asked = declared.must_exceed(would_have_been=would_have_been(study, estimate))
        at_bound = values["low"] if asked[0][0] > 0 else values["high"]
        clears, stands = (all(_clears(interval, by, question) for question in asked) for by in (None, bounds))
        is_chance = abs(gap) <= self.gap * (1 + 1e-12) and _p_value(gone, kept) > self.rare
        if is_chance and not (clears and not stands):
            many = max(g / (g + k) for g, k in zip(gone, kept, strict=True)) > self.gap
            return replace(self._told(True, at_bound, "alike", values), is_open=many)
        if math.isnan(interval.low) or math.isnan(interval.high):
            return self._told(None, at_bound, "no_limits", values)
        return self._told(stands, at_bound, "stands" if stands else "falls", values)

    def _told(
        self, passed: bool | None, statistic: float, what: str, values: dict[str, float]
    ) -> CheckResult:
        sentence = Message(f"check.attrition_bounds.{what}", values)
        return CheckResult(name=self.name, passed=passed, statistic=statistic, sentence=sentence)


def _clears(interval: Interval, bounds: LeeBounds | None, question: tuple[float, float]) -> bool:
    """Return whether the limits, moved by as much as the bound on the cautious side, clear what they must."""
    sign, threshold = question
    limit = interval.low if sign > 0 else interval.high
    bound = 0.0 if bounds is None else (bounds.low if sign > 0 else bounds.high) - bounds.difference
    return sign * (limit + bound) > threshold


def _bounds(study: Study, treated: Flags, gone: tuple[int, int], kept: tuple[int, int]) -> LeeBounds:
    y, w = study.columns.outcome, study.columns.weight
    return lee_bounds(
        y[treated],
        y[~treated],
        stayed=(kept[0] / (kept[0] + gone[0]), kept[1] / (kept[1] + gone[1])),
        weights=None if w is None else (w[treated], w[~treated]),
    )


def _p_value(gone: tuple[int, int], kept: tuple[int, int]) -> float:
    """Return the two-sided p-value of equal shares lost, by the normal law."""
    n = np.add(gone, kept)
    pooled = sum(gone) / n.sum()
    error = math.sqrt(pooled * (1 - pooled) * float((1 / n).sum()))
    gap = gone[0] / n[0] - gone[1] / n[1]
    return t_p_value(float(gap) / error, math.inf)
