"""Effects with the influence of every cluster on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.cohort_influence import CohortFeatures
from impactkit.effects.uncertainty import Uncertainty

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class InfluenceInference(Protocol):
    """What finds the uncertainty of effects known by their influence."""

    def infer_influenced(self, effects: InfluencedEffects) -> Uncertainty:
        """Return intervals for the effects."""


@dataclass(frozen=True, kw_only=True, eq=False)
class InfluencedEffects:
    """Effects that are smooth functions of averages over clusters.

    Parameters
    ----------
    points : ndarray, shape (M,)
        The effects, in the outcome's unit.
    features : CohortFeatures
        What each cluster brings, by arm: its cohort, or one arm where clusters hold several cohorts.
    coefficients : ndarray, shape (A, r, M)
        What the features weigh, by cohort; the last feature is the cluster's total weight.
    parts : ndarray, shape (A, M)
        The part of each effect that comes from each cohort's own effects; they add up to the effect.
    masses : ndarray, shape (A,)
        Total weight of each cohort.
    outcome_scale : float
        Largest outcome in absolute value, by which rounding noise is told from variation.
    n_treated, n_comparison : int
        Clusters with treated and with comparison units.
    is_exact : bool
        Whether effects are differences of cohort means of equally weighted clusters, for which degrees of
        freedom follow from the design alone.
    shares : ndarray, shape (G,), optional
        Each cluster's share of what its cohort's averages weigh, where clusters weigh unequally. Corrections
        for few clusters are then its own: ``1 / (1 - share)`` in place of ``n / (n - 1)``.
    slopes : ndarray, shape (A, M), optional
        How each effect moves with the share of each cohort, over the total weight; None where shares do not
        enter.
    """

    points: Floats
    features: CohortFeatures
    coefficients: Floats
    parts: Floats
    masses: Floats
    outcome_scale: float
    n_treated: int
    n_comparison: int
    is_exact: bool = False
    shares: Floats | None = None
    slopes: Floats | None = None

    @property
    def is_mixed(self) -> bool:
        """Whether clusters hold several cohorts, so that all stand in one arm."""
        return self.features.n_arms != len(self.masses)

    @cached_property
    def involved(self) -> Flags:
        """Which cohorts weigh in which effects, shape (A, M)."""
        return np.asarray(np.abs(self.coefficients).max(axis=1) > 0)

    def first(self) -> Self:
        """Return the first effect alone."""
        return replace(
            self,
            points=self.points[:1],
            coefficients=self.coefficients[:, :, :1],
            parts=self.parts[:, :1],
            slopes=None if self.slopes is None else self.slopes[:, :1],
        )

    def with_estimated_shares(self) -> Self:
        """Return the effects with the cohorts' shares taken as estimates of those of a population."""
        if self.slopes is None:
            return self
        coefficients = self.coefficients.copy()
        coefficients[:, -1, :] += self.slopes
        return replace(self, coefficients=coefficients)

    def combined(self, weights: Floats, slopes: Floats) -> Self:
        """Return weighted sums of the effects whose weights rest on the cohorts' shares.

        Parameters
        ----------
        weights : ndarray, shape (K, M)
            What each effect weighs in each sum.
        slopes : ndarray, shape (A, M)
            How each sum moves with the share of each cohort, over the total weight.

        Returns
        -------
        InfluencedEffects
            M effects.
        """
        slopes = slopes if self.slopes is None else self.slopes @ weights + slopes
        lost = np.isnan(self.points)
        points = np.where(lost, 0.0, self.points) @ weights
        if lost.any():
            points[(weights[lost] != 0).any(axis=0)] = np.nan
        return replace(
            self,
            points=points,
            coefficients=self.coefficients @ weights,
            parts=self.parts @ weights,
            slopes=slopes,
        )

    def headed(self, weights: Floats, slopes: Floats) -> Self:
        """Return one weighted sum of the effects, then each of them.

        Parameters
        ----------
        weights : ndarray, shape (K,)
            What each effect weighs in the sum.
        slopes : ndarray, shape (A,)
            How the sum moves with the share of each cohort, over the total weight.

        Returns
        -------
        InfluencedEffects
            K + 1 effects.
        """
        head = self.combined(weights[:, None], slopes[:, None])
        own = np.zeros(self.parts.shape) if self.slopes is None else self.slopes
        return replace(
            self,
            points=np.append(head.points, self.points),
            coefficients=np.concatenate([head.coefficients, self.coefficients], axis=2),
            parts=np.hstack([head.parts, self.parts]),
            slopes=np.hstack([slopes[:, None] if head.slopes is None else head.slopes, own]),
        )

    def inferred(self, inference: InfluenceInference) -> Uncertainty:
        """Return the uncertainty of the effects."""
        return inference.infer_influenced(self)
