"""An estimate seen from its claim: signed so that plus is good."""

from __future__ import annotations

import math
from dataclasses import dataclass

from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import Alternative, Interval
from impactkit.evidence.claim import Claim

EDGE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEffect:
    """An estimate signed so that plus is good, with limits at one level.

    Parameters
    ----------
    estimate : Estimate
        The estimate.
    direction : int
        +1 if a rise is good, -1 if a fall is.
    low, high : float
        Limits of the signed effect.
    edge : float
        A bound this close to a threshold takes the less favourable side: 1e-6 standard errors.
    level : float
        Confidence level of the limits.
    """

    estimate: Estimate
    direction: int
    low: float
    high: float
    edge: float
    level: float

    @classmethod
    def of(cls, claim: Claim, estimate: Estimate, level: float) -> SignedEffect:
        """Return the estimate as the claim sees it, with limits at a level."""
        return cls.towards(claim.direction, estimate, level)

    @classmethod
    def towards(cls, direction: int, estimate: Estimate, level: float) -> SignedEffect:
        """Return the estimate with a direction, +1 or -1, as plus, and limits at a level."""
        limits = limits_at(estimate, level)
        ends = sorted((direction * limits.low, direction * limits.high))
        low, high = ends if math.isfinite(limits.point) and limits.low == limits.low else (math.nan, math.nan)
        spread = limits.std_error if limits.std_error > 0 else (high - low) / 4
        edge = EDGE * spread if math.isfinite(spread) else 0.0
        return cls(estimate=estimate, direction=direction, low=low, high=high, edge=edge, level=level)

    @property
    def is_known(self) -> bool:
        """Whether there are limits at all."""
        return not math.isnan(self.low)

    @property
    def _alternative(self) -> Alternative:
        return "greater" if self.direction > 0 else "less"

    def permutation_p(self, effect: float) -> float:
        """Return the permutation p-value of "at most this signed effect"; nan without a test."""
        test = self.estimate.permutation
        if test is None:
            return math.nan
        return test.p_value(self.direction * effect, alternative=self._alternative)

    def p_value(self, effect: float) -> float:
        """Return the larger of the interval's and the permutation test's p-value of "at most this effect"."""
        where, alternative = self.direction * effect, self._alternative
        against = self.estimate.interval.p_value_against(where, alternative=alternative)
        if self.estimate.bootstrap is not None and self.is_known:
            against = self.estimate.bootstrap.one_sided(where, alternative=alternative)
        known = [p for p in (against, self.permutation_p(effect)) if not math.isnan(p)]
        return max(known, default=1.0)

    def lies_above(self, effect: float) -> bool:
        """Return whether the whole interval lies clearly above a signed effect."""
        return self.low >= effect + self.edge

    def lies_below(self, effect: float) -> bool:
        """Return whether the whole interval lies below a signed effect, or touches it."""
        return self.high < effect + self.edge

    def permutation_rejects(self, effect: float) -> bool:
        """Return whether the permutation test rejects "at most this effect" at the interval's level."""
        p = self.permutation_p(effect)
        return not math.isnan(p) and p <= (1 - self.level) / 2 * (1 + 1e-12)


def limits_at(estimate: Estimate, level: float) -> Interval:
    """Return the headline interval at a level, by t, bootstrap or permutation as the estimate was made.

    Parameters
    ----------
    estimate : Estimate
        The estimate.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        The interval.
    """
    found = estimate.interval
    resampled = estimate.bootstrap or estimate.permutation
    by_t = found.std_error > 0 and estimate.bootstrap is None
    if found.reason is not None or by_t or found.level == level or resampled is None:
        return found.at(level)
    low, high = resampled.limits(level)
    return Interval(
        point=found.point,
        std_error=math.nan,
        df=math.nan,
        level=level,
        low=low,
        high=high,
        p_value=found.p_value,
    )
