"""Effects with the influence of every cluster on them, and their variance as a sum over cohorts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from impactkit.effects.interval import Interval, t_intervals
from impactkit.effects.kernels.cohort_influence import CohortFeatures, widened
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
_NOISE = 1e-14  # a standard error below this share of the outcome is rounding


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

    def involved(self) -> Flags:
        """Return which cohorts weigh in which effects, shape (A, M)."""
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
        points = np.nan_to_num(self.points) @ weights
        points[(weights[np.isnan(self.points)] != 0).any(axis=0)] = np.nan
        return replace(
            self,
            points=points,
            coefficients=self.coefficients @ weights,
            parts=self.parts @ weights,
            slopes=slopes,
        )

    def inferred(self, inference: InfluenceInference) -> Uncertainty:
        """Return the uncertainty of the effects."""
        return inference.infer_influenced(self)


@dataclass(frozen=True, kw_only=True, eq=False)
class ArmVariances:
    """The variance of each effect as a sum over cohorts, with degrees of freedom.

    Parameters
    ----------
    features : CohortFeatures
        What each cluster brings.
    scaled : ndarray, shape (A, r, M)
        What the features weigh, corrected for few clusters.
    variances, degrees_of_freedom : ndarray, shape (M,)
        In the outcome's unit squared, and Satterthwaite's; nan where a cohort of one cluster hides its own.
    """

    features: CohortFeatures
    scaled: Floats
    variances: Floats
    degrees_of_freedom: Floats

    def scaled_by(self, factor: float) -> ArmVariances:
        """Return the variances times a factor."""
        return replace(self, scaled=self.scaled * np.sqrt(factor), variances=self.variances * factor)

    def covariance(self) -> Floats:
        """Return the covariance, shape (M, M), in the outcome's unit squared."""
        return self.features.covariance(self.scaled)

    def contributions(self) -> Contributions:
        """Return every cluster's (corrected) contribution."""
        return Contributions(lambda: self.features.all_contributions(self.scaled))


def arm_variances(effects: InfluencedEffects, *, power: int) -> ArmVariances:
    """Return variances from the spread of contributions within cohorts.

    Parameters
    ----------
    effects : InfluencedEffects
        The effects.
    power : int
        Each cohort's squares are multiplied by ``(n / (n - 1)) ** power``: 0 as published for large samples,
        1 without bias (CR2), 2 as if each cluster were left out in turn (CR3).

    Returns
    -------
    ArmVariances
        With degrees of freedom ``(sum v)^2 / sum(v^2 / (n - 1))``, where ``v`` are the cohorts' variances
        under independent errors of one variance (exact designs) or their estimated ones. Estimated ones of
        two or three clusters can be small by chance, so there the degrees of freedom are at most those of the
        treated alone, and of the comparison alone. Where clusters hold several cohorts, one less than the
        fewest treated or comparison clusters.

    Notes
    -----
    In a balanced panel without covariates, where each unit is a cluster, power 1 is CR2 with Bell and
    McCaffrey's degrees of freedom of the regression on cohorts by periods: a cohort's block of the hat matrix
    is the identity over ``n``. A treated cohort of one cluster has no spread of its own: such cohorts are
    compared with each other (or the only one with the smallest other cohort), so that differences between
    their effects count as uncertainty; where there is no other the variance is nan.

    Where clusters weigh unequally, a cohort's block of the hat matrix has the shares ``h`` on its diagonal
    when errors' variances are in proportion to the weights, and power 1 is CR2 of that working model, with
    ``1 / (sum h^2 + sum q_i q_j)`` degrees of freedom, the second sum over pairs of different clusters with
    ``q = h^2 / (1 - h)``.
    """
    if effects.is_mixed:
        return _mixed(effects, power)
    groups, coefficients = _pooled(effects)
    features = effects.features if effects.shares is None else _levered(effects, power)
    counts, involved = effects.features.counts, effects.involved()
    columns = np.broadcast_to(np.arange(groups.shape[1]), groups.shape)
    sizes = np.zeros(groups.shape)
    np.add.at(sizes, (groups, columns), np.where(involved, counts[:, None], 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        factors, free_in_each = np.where(sizes > 1, (sizes / (sizes - 1)) ** power, np.nan), sizes - 1
        if effects.shares is not None:
            is_own = (sizes == counts[:, None]) & (sizes > 1)
            factors = np.where(is_own, 1.0, factors)
            free_in_each = np.where(is_own, _free_by_shares(effects)[:, None], free_in_each)
        factors = np.where(involved, np.take_along_axis(factors, groups, axis=0), 0.0)
        scaled = coefficients * np.sqrt(factors)[:, None, :]
        estimated = features.squares(coefficients) * factors
        own = (coefficients[:, :-1] ** 2).sum(axis=1)
        weighed = counts[:, None] * own if effects.is_exact else estimated
        by_group = np.zeros(groups.shape)
        np.add.at(by_group, (groups, columns), weighed)
        free = np.where(sizes > 1, by_group**2 / free_in_each, 0.0).sum(axis=0)
        df = by_group.sum(axis=0) ** 2 / free
    if not effects.is_exact:
        df = np.minimum(df, _fewest_free(effects, groups, sizes))
    return ArmVariances(
        features=features, scaled=scaled, variances=estimated.sum(axis=0), degrees_of_freedom=df
    )


def _levered(effects: InfluencedEffects, power: int) -> CohortFeatures:
    """Return features corrected for each cluster's share of its cohort; those alone in one stay."""
    features, shares = effects.features, effects.shares
    assert shares is not None
    left = np.where(features.counts[features.arms] > 1, np.maximum(1 - shares, 1e-12), 1.0)
    scale = left ** (-power / 2)
    return replace(features, rows=lambda piece: features.rows(piece) * scale[piece][:, None])


def _free_by_shares(effects: InfluencedEffects) -> Floats:
    """Return Satterthwaite's degrees of freedom of each cohort's sum of squares, shape (A,)."""
    features, h = effects.features, effects.shares
    assert h is not None
    q = h**2 / np.maximum(1 - h, 1e-12)
    own, pairs, squares = (np.bincount(features.arms, values, features.n_arms) for values in (h**2, q, q**2))
    found: Floats = 1 / (own + pairs**2 - squares)
    return found


def _fewest_free(effects: InfluencedEffects, groups: Codes, sizes: Floats) -> Floats:
    """Return the degrees of freedom of the side that has fewest, shape (M,): treated, or comparison."""
    is_own = np.abs(effects.parts) > 0
    columns = np.broadcast_to(np.arange(groups.shape[1]), groups.shape)
    sides = []
    for side in (is_own, effects.involved() & ~is_own):
        holds = np.zeros(groups.shape, dtype=np.bool_)
        np.logical_or.at(holds, (groups, columns), side)
        free = np.where(holds, sizes - 1, 0).sum(axis=0)
        sides.append(np.where(side.any(axis=0), free, np.inf))
    return np.asarray(np.minimum(*sides))


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
    std_errors = np.sqrt(np.maximum(found.variances, 0.0))
    known = t_intervals(effects.points, std_errors, df, level=level)
    return Uncertainty(
        intervals=tuple(
            interval if why is None else Interval.undefined(interval.point, level=level, reason=why)
            for interval, why in zip(known, _why_undefined(effects, found.variances), strict=True)
        ),
        contributions=found.contributions(),
        covariance=found.covariance(),
        words=words,
    )


def _why_undefined(effects: InfluencedEffects, variances: Floats) -> list[Message | None]:
    """Return why the uncertainty of each effect cannot be known; None where it can."""
    fewest = {"treated": effects.n_treated, "comparison": effects.n_comparison}
    alone = Message("estimate.one_cluster", fewest)
    if effects.n_treated > 1 and effects.n_comparison > 1:
        alone = Message("estimate.one_cluster_in_cohort")
    reasons: list[Message | None] = [None] * len(variances)
    lost, hidden = np.isnan(effects.points), np.isnan(variances) | (min(fewest.values()) < 2)
    still = ~(variances > (_NOISE * effects.outcome_scale) ** 2)
    for k in np.flatnonzero(lost | hidden | still):
        constant = Message("estimate.no_variation")
        reasons[k] = Message("estimate.cell_not_estimated") if lost[k] else alone if hidden[k] else constant
    return reasons


def _mixed(effects: InfluencedEffects, power: int) -> ArmVariances:
    G, M = effects.features.n_clusters, len(effects.points)
    fewest = min(effects.n_treated, effects.n_comparison)
    factor = (G / (G - 1)) ** power if fewest > 1 else np.nan
    scaled = widened(effects.features, effects.coefficients) * np.sqrt(factor)
    return ArmVariances(
        features=effects.features,
        scaled=scaled,
        variances=effects.features.squares(scaled)[0],
        degrees_of_freedom=np.full(M, float(fewest - 1)),
    )


def _pooled(effects: InfluencedEffects) -> tuple[Codes, Floats]:
    """Return the group of each cohort in each effect, and coefficients about the groups' means."""
    A, M = effects.parts.shape
    groups = np.repeat(np.arange(A)[:, None], M, axis=1)
    single = (effects.features.counts == 1)[:, None] & effects.involved()
    if not single.any():
        return groups, effects.coefficients
    coefficients = effects.coefficients.copy()
    for m in np.flatnonzero(single.any(axis=0)):
        own = np.abs(effects.parts[:, m]) > 0
        joined = _joined(effects, single[:, m], own)
        if len(joined) > 1:
            groups[joined, m] = joined.min()
            x, mass = effects.parts[joined, m], effects.masses[joined]
            coefficients[joined, -1, m] += x / mass - x.sum() / mass.sum()
        controls = np.flatnonzero(single[:, m] & ~own)
        if len(controls):
            others = np.flatnonzero(effects.involved()[:, m] & ~own)
            groups[others, m] = others.min()
    return groups, coefficients


def _joined(effects: InfluencedEffects, single: Flags, own: Flags) -> Codes:
    """Return the cohorts whose own effects are compared with each other, because some have one cluster."""
    alone = np.flatnonzero(single & own)
    others = np.flatnonzero(own & ~single)
    if len(alone) == 1 and len(others):
        return np.sort(np.append(alone, others[np.argmin(effects.features.counts[others])]))
    return alone
