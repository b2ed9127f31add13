"""What inference says about a set of effects: intervals, covariance and influence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.influenced import ArmVariances, InfluencedEffects
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.wild_bootstrap import WildBootstrap
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_NOISE = 1e-14  # a standard error below this share of the outcome is rounding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uncertainty:
    """What inference says about K effects.

    Parameters
    ----------
    intervals : tuple of Interval
        One an effect.
    contributions : Contributions
        Each cluster's contribution to the estimation errors; nan columns for effects that are not identified.
    covariance : ndarray, shape (K, K)
        In the outcome's unit squared.
    words : Message
        How it was found.
    warnings : tuple of Message
        What a reader must know.
    bootstrap : WildBootstrap, optional
        The bootstrap of the headline, for limits at other levels.
    """

    intervals: tuple[Interval, ...]
    contributions: Contributions
    covariance: Floats
    words: Message
    warnings: tuple[Message, ...] = ()
    bootstrap: WildBootstrap | None = None


def uncertainty_of(
    effects: InfluencedEffects, found: ArmVariances, *, df: Floats, level: float, words: Message
) -> Uncertainty:
    """Return intervals of effects with known variances.

    Parameters
    ----------
    effects : InfluencedEffects
        The effects.
    found : ArmVariances
        Their variances.
    df : ndarray, shape (M,)
        Degrees of freedom; inf for the normal distribution.
    level : float
        Confidence level.
    words : Message
        How the variances were found.

    Returns
    -------
    Uncertainty
        Where a variance cannot be known the interval is nan, with the reason.
    """
    fewest = {"treated": effects.n_treated, "comparison": effects.n_comparison}
    alone = Message("estimate.one_cluster", fewest)
    if effects.n_treated > 1 and effects.n_comparison > 1:
        alone = Message("estimate.one_cluster_in_cohort")
    intervals = []
    for point, variance, free in zip(effects.points, found.variances, df, strict=True):
        reason = None
        if math.isnan(point):
            reason = Message("estimate.cell_not_estimated")
        elif math.isnan(variance) or min(fewest.values()) < 2:
            reason = alone
        elif not variance > (_NOISE * effects.outcome_scale) ** 2:
            reason = Message("estimate.no_variation")
        if reason is not None:
            intervals.append(Interval.undefined(float(point), level=level, reason=reason))
        else:
            std_error = math.sqrt(variance)
            intervals.append(Interval.from_std_error(float(point), std_error, df=float(free), level=level))
    return Uncertainty(
        intervals=tuple(intervals),
        contributions=found.contributions(),
        covariance=found.covariance(),
        words=words,
    )
