"""Limits of a jump that hold whatever the curve is, if it bends no more than a bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from scipy.special import ndtr

from impactkit.effects.interval import Alternative, Interval
from impactkit.effects.kernels.bounded_bend import BentJump, bent_jump, biased_quantile, largest_bend
from impactkit.effects.thresholds import (
    Threshold,
    ThresholdFound,
    Weighed,
    added_to,
    sign_flips,
    told,
    undefined_reason,
)
from impactkit.errors import EstimationError
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasedLimits:
    """Tests and limits of an estimate that may be off by up to some bias.

    Parameters
    ----------
    point, std_error : float
        The estimate and its standard error.
    bias : float
        The most it can be off.

    Examples
    --------
    >>> sure = BiasedLimits(point=2.0, std_error=1.0, bias=0.0)
    >>> [round(limit, 3) for limit in sure.limits(0.95)], round(sure.one_sided(0.0, alternative="greater"), 4)
    ([0.04, 3.96], 0.0228)
    """

    point: float
    std_error: float
    bias: float

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the one-sided p-value that agrees with the limits."""
        way = -1 if alternative == "less" else 1
        distance = way * (self.point - value) / self.std_error
        both = self._two_sided(abs(distance))
        return max(both / 2 if distance > 0 else 1 - both / 2, 5e-324)

    def p_value(self, value: float = 0.0) -> float:
        """Return the two-sided p-value of a supposed effect."""
        return max(self._two_sided(abs(self.point - value) / self.std_error), 5e-324)

    def limits(self, level: float) -> tuple[float, float]:
        """Return the effects that are not rejected at a level."""
        reach = self.std_error * biased_quantile(self.bias / self.std_error, level)
        return self.point - reach, self.point + reach

    def _two_sided(self, size: float) -> float:
        b = self.bias / self.std_error
        return float(ndtr(b - size) + ndtr(-size - b))


class HonestSmoothness(BaseModel):
    """Limits of a jump that hold whatever the curve is, if it bends no more than a bound.

    Parameters
    ----------
    bound : float, optional
        The largest second derivative in size of the mean outcome on each side of the cutoff, in the outcome's
        unit per squared unit of the score: 2 times how far the curve can leave a straight line within one
        unit. Left out, a rule of thumb: the most that a polynomial of order 4 on each side bends.
    level : float
        Confidence level of the limits.

    Notes
    -----
    A score that takes few values tells nothing of the curve between the cutoff and the nearest one. Limits
    then rest on what is taken to be known of it [1]_: they are wide enough for the largest bias under the
    bound. A bound taken from the data by a rule of thumb is itself a guess [2]_; give one that is argued for.

    References
    ----------
    .. [1] Kolesár, M., & Rothe, C. (2018). Inference in regression discontinuity designs with a discrete
       running variable. *American Economic Review*, 108(8).
    .. [2] Armstrong, T. B., & Kolesár, M. (2020). Simple and honest confidence intervals in nonparametric
       regression. *Quantitative Economics*, 11(1).

    Examples
    --------
    >>> HonestSmoothness(bound=0.5).bound
    0.5
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["honest_smoothness"] = "honest_smoothness"
    bound: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer_threshold(self, asked: Threshold) -> ThresholdFound:
        """Return a jump with limits that hold under the bound.

        Parameters
        ----------
        asked : Threshold
            The rows and what is asked of them.

        Returns
        -------
        ThresholdFound
            One effect.

        Raises
        ------
        EstimationError
            If the design is fuzzy or a kink, or no bound can be taken from so few distinct scores.
        """
        if asked.target.ratio or asked.target.derivative:
            raise EstimationError(
                "HonestSmoothness is for jumps in the outcome's level.",
                where="inference",
                mend="Use RobustBiasCorrected(), or kind='sharp': the effect of the rule itself.",
            )
        sides = asked.rows.sides("nearest" if asked.rows.clusters is None else "cr2")
        bound = largest_bend(sides) if self.bound is None else self.bound
        if not math.isfinite(bound):
            raise EstimationError(
                "A side has fewer than three distinct scores, too few to say how much the curve bends.",
                where="inference",
                mend="Give HonestSmoothness(bound=...), argued for by what is known of the outcome.",
            )
        h = None if isinstance(asked.bandwidth, str) else asked.bandwidth
        found = bent_jump(sides, bound, level=self.level, bandwidth=h, kernel=asked.target.kernel)
        weighed = Weighed(rows=found.rows, weights=found.weights, slopes=found.slopes)
        reason = undefined_reason(asked, weighed, found.std_error)
        limits = BiasedLimits(point=asked.sign * found.point, std_error=found.std_error, bias=found.bias)
        below, above = found.scores
        return ThresholdFound(
            names=("effect",),
            uncertainty=told(
                [self._interval(limits)] if reason is None else [_unknown(limits, self.level)],
                added_to(asked, found.rows, [(asked.sign * below, asked.sign * above)]),
                reason,
                words=self._words(bound, found),
                bootstrap=limits if reason is None else None,
            ),
            weighed=weighed,
            flips=sign_flips(asked, weighed, 1, slack=found.bias),
            near=(found.bandwidth, found.bandwidth),
            wide=(found.bandwidth, found.bandwidth),
            order=1,
            n_near=found.n_near,
        )

    def _interval(self, limits: BiasedLimits) -> Interval:
        low, high = limits.limits(self.level)
        return Interval(
            point=limits.point,
            std_error=limits.std_error,
            df=math.nan,
            level=self.level,
            low=low,
            high=high,
            p_value=limits.p_value(),
        )

    def _words(self, bound: float, found: BentJump) -> Message:
        kind = "rule_of_thumb" if self.bound is None else "given"
        return Message(f"inference.honest_smoothness.{kind}", {"bound": bound, "bias": found.bias})


def _unknown(limits: BiasedLimits, level: float) -> Interval:
    nan = math.nan
    return Interval(point=limits.point, std_error=nan, df=nan, level=level, low=nan, high=nan, p_value=nan)
