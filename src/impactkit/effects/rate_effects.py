"""Effects on rates, which are also ratios: observed over what would have been."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class RateEffects(InfluencedEffects):
    """Effects on rates: the observed rate of the treated less the one they would have had.

    Parameters
    ----------
    observed : ndarray, shape (M,)
        The observed rate; the effect is that less the counterfactual one.
    observed_coefficients : ndarray, shape (A, r, M)
        What the features weigh in it, by cohort.
    """

    observed: Floats
    observed_coefficients: Floats

    def first(self) -> Self:
        """Return the first effect alone."""
        own = self.observed_coefficients[:, :, :1]
        return replace(super().first(), observed=self.observed[:1], observed_coefficients=own)

    def combined(self, weights: Floats, slopes: Floats) -> Self:
        """Return weighted sums of the effects, whose observed rates are the same sums."""
        return replace(
            super().combined(weights, slopes),
            observed=np.nan_to_num(self.observed) @ weights,
            observed_coefficients=self.observed_coefficients @ weights,
        )

    def headed(self, weights: Floats, slopes: Floats) -> Self:
        """Return one weighted sum of the effects, then each of them."""
        head = self.combined(weights[:, None], slopes[:, None])
        own = [head.observed_coefficients, self.observed_coefficients]
        return replace(
            super().headed(weights, slopes),
            observed=np.append(head.observed, np.nan_to_num(self.observed)),
            observed_coefficients=np.concatenate(own, axis=2),
        )

    def inferred(self, inference: Any) -> Uncertainty:
        """Return the uncertainty of the effects."""
        if not hasattr(inference, "infer_influenced"):
            raise EstimationError(
                "The bootstrap of a linear regression is not one of a regression of counts.",
                where="inference",
                mend="Use ClusterRobust(), or inference=Permutation().",
            )
        return super().inferred(inference)

    def with_log_ratio(self) -> RateEffects:
        """Return the effects, then the logarithm of the first one's ratio: observed over counterfactual.

        Returns
        -------
        RateEffects
            Of M + 1 effects; the last is nan where a rate is 0. ``d log(R / C) = dR / R - (dR - dE) / C``.
        """
        R, C = float(self.observed[0]), float(self.observed[0] - self.points[0])
        log, own, own_parts = math.nan, np.zeros_like(self.coefficients[:, :, :1]), 0 * self.parts[:, :1]
        if R > 0 and C > 0:
            log = math.log(R / C)
            rate, effect = self.observed_coefficients[:, :, :1], self.coefficients[:, :, :1]
            own, own_parts = rate / R - (rate - effect) / C, self.parts[:, :1] / C
        return replace(
            self,
            points=np.append(self.points, log),
            coefficients=np.concatenate([self.coefficients, own], axis=2),
            parts=np.hstack([self.parts, own_parts]),
            slopes=None,  # shares are taken as given
            observed=np.append(self.observed, R),
            observed_coefficients=np.concatenate(
                [self.observed_coefficients, self.observed_coefficients[:, :, :1]], axis=2
            ),
        )


def with_ratio(found: Uncertainty) -> Uncertainty:
    """Add the ratio to uncertainty whose last effect is its logarithm.

    Parameters
    ----------
    found : Uncertainty
        Of M effects.

    Returns
    -------
    Uncertainty
        Of M + 1 effects: limits of the last are those of the logarithm, exponentiated. It has no standard
        error, as it is not symmetric.
    """
    log = found.intervals[-1]
    ratio = Interval(
        point=math.exp(log.point),
        std_error=math.nan,
        df=log.df,
        level=log.level,
        low=math.exp(log.low),
        high=_exp(log.high),
        p_value=log.p_value,
        reason=log.reason or (Message("estimate.no_ratio") if math.isnan(log.point) else None),
    )
    M = len(found.intervals)
    covariance = np.full((M + 1, M + 1), np.nan)
    covariance[:M, :M] = found.covariance
    contributions = found.contributions
    return replace(
        found,
        intervals=(*found.intervals, ratio),
        covariance=covariance,
        contributions=Contributions(
            lambda: np.column_stack([contributions.matrix, np.full(len(contributions.matrix), np.nan)])
        ),
    )


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf
