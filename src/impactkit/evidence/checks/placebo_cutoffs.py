"""Would a threshold that never was have been credited with an effect: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.at_cutoffs import inner_cutoffs, jump_of, rule_behind
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.reestimated import Reestimated
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceboCutoffs:
    """Cutoffs pretended within each side have no effect.

    Parameters
    ----------
    shares : tuple of float
        Where in each side's scores the cutoffs are pretended.
    limit : float
        The chance that any of them is credited with an effect in a sound study.
    share : float
        The smallest placebo effect that counts, as a share of the estimated one.

    Notes
    -----
    Only rows of one side are used, so that the real effect is in none. It fails when the smallest p-value is
    at most ``limit`` over the number of cutoffs that could be asked about, and that jump is at least
    ``share`` of the estimated one. Jumps where nothing happens say that the curve is not as smooth as the
    method takes it to be.

    References
    ----------
    .. [1] Imbens, G. W., & Lemieux, T. (2008). Regression discontinuity designs: a guide to practice.
       *Journal of Econometrics*, 142(2).

    Examples
    --------
    >>> PlaceboCutoffs().share
    0.25
    """

    name: Literal["placebo_cutoffs"] = "placebo_cutoffs"
    designs: frozenset[str] = frozenset({"regression_discontinuity"})
    shares: tuple[float, ...] = (1 / 3, 2 / 3)
    limit: float = 0.05
    share: float = 0.25

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Estimate the effect of thresholds that never were.

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
            The statistic is the smallest p-value times the number of cutoffs, at most 1; nan where there is
            none.
        """
        score, rule = study.columns.running, rule_behind(estimate)
        assert score is not None
        treated = rule.treats(score)
        found: list[tuple[float, Reestimated]] = []
        for rows in (treated, ~treated):
            for cutoff in inner_cutoffs(score[rows], self.shares):
                answer = jump_of(study, estimate, rows=rows, cutoff=cutoff, donut=0.0)
                if answer.interval is not None and math.isfinite(answer.interval.p_value):
                    found.append((cutoff, answer))
        if not found:
            sentence = Message("check.placebo_cutoffs.none")
            return CheckResult(name=self.name, passed=None, statistic=math.nan, sentence=sentence)
        cutoff, worst = min(found, key=lambda one: one[1].interval.p_value if one[1].interval else 1.0)
        assert worst.interval is not None
        p, real = min(1.0, worst.interval.p_value * len(found)), estimate.interval.point
        passed = p > self.limit or abs(worst.point) < self.share * abs(real)
        values = {"cutoff": cutoff, "point": worst.point, "p": p, "real": real, "pretended": len(found)}
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=p,
            sentence=Message(f"check.placebo_cutoffs.{'unseen' if passed else 'seen'}", values),
        )
