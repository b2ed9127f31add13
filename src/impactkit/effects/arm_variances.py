"""The variance of effects as a sum over cohorts, and the intervals it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.interval import t_intervals
from impactkit.effects.kernels.cohort_influence import CohortFeatures, widened
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
_NOISE = 1e-14  # a standard error below this share of the outcome is rounding


@dataclass(frozen=True, kw_only=True, eq=False)
class ArmVariances:
    """The variance of each effect as a sum over cohorts, each number worked out when it is asked for.

    Parameters
    ----------
    effects : InfluencedEffects
        The effects.
    power : int
        Each cohort's squares are multiplied by ``(n / (n - 1)) ** power``: 0 as published for large samples,
        1 without bias (CR2), 2 as if each cluster were left out in turn (CR3).
    factor : float
        What all squares are multiplied by besides.

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

    effects: InfluencedEffects
    power: int
    factor: float = 1.0

    @cached_property
    def features(self) -> CohortFeatures:
        """What each cluster brings, corrected for its share of its cohort where clusters weigh unequally."""
        effects = self.effects
        return effects.features if effects.shares is None or not self.power else _levered(effects, self.power)

    @property
    def variances(self) -> Floats:
        """Variances, shape (M,); nan where a cohort of one cluster hides its own."""
        return np.asarray(self._estimated.sum(axis=0) * self.factor)

    @cached_property
    def degrees_of_freedom(self) -> Floats:
        """Satterthwaite's degrees of freedom, shape (M,).

        They are ``(sum v)^2 / sum(v^2 / (n - 1))``, where ``v`` are the cohorts' variances under independent
        errors of one variance (exact designs) or their estimated ones. Estimated ones of two or three
        clusters can be small by chance, so there the degrees of freedom are at most those of the treated
        alone, and of the comparison alone.
        """
        effects, groups = self.effects, self._groups
        own = (groups.coefficients[:, :-1] ** 2).sum(axis=1) if effects.is_exact else None
        weighed = self._estimated if own is None else effects.features.counts[:, None] * own
        free_in_each = self._sizes - 1
        by_group = groups.sums(weighed)
        with np.errstate(divide="ignore", invalid="ignore"):
            if effects.shares is not None:
                free_in_each = np.where(self._is_whole, _free_by_shares(effects)[:, None], free_in_each)
            free = np.where(self._sizes > 1, by_group**2 / free_in_each, 0.0).sum(axis=0)
            df: Floats = by_group.sum(axis=0) ** 2 / free
        return df if effects.is_exact else np.minimum(df, _fewest_free(effects, groups, self._sizes))

    def covariance(self) -> Floats:
        """Return the covariance, shape (M, M), in the outcome's unit squared."""
        return self.features.covariance(self._scaled)

    def contributions(self) -> Contributions:
        """Return every cluster's (corrected) contribution."""
        return Contributions(lambda: self.features.all_contributions(self._scaled))

    @cached_property
    def _groups(self) -> _Groups:
        return _pooled(self.effects)

    @cached_property
    def _sizes(self) -> Floats:
        """Clusters in each cohort's group, shape (A, M)."""
        counts = self.effects.features.counts[:, None]
        return self._groups.sums(np.where(self.effects.involved, counts, 0.0))

    @cached_property
    def _is_whole(self) -> Flags:
        """Which cohorts stand alone and have more than one cluster, shape (A, M)."""
        return np.asarray((self._sizes == self.effects.features.counts[:, None]) & (self._sizes > 1))

    @cached_property
    def _factors(self) -> Floats:
        """What the squares of each cohort are multiplied by, shape (A, M)."""
        sizes = self._sizes
        with np.errstate(divide="ignore", invalid="ignore"):
            factors = np.where(sizes > 1, (sizes / (sizes - 1)) ** self.power, np.nan)
        if self.effects.shares is not None:
            factors = np.where(self._is_whole, 1.0, factors)
        return np.where(self.effects.involved, self._groups.spread(factors), 0.0)

    @cached_property
    def _estimated(self) -> Floats:
        """The cohorts' estimated variances, shape (A, M)."""
        return self.features.squares(self._groups.coefficients) * self._factors

    @property
    def _scaled(self) -> Floats:
        """What the features weigh, corrected for few clusters, shape (A, r, M)."""
        return self._groups.coefficients * np.sqrt(self._factors * self.factor)[:, None, :]


@dataclass(frozen=True, kw_only=True, eq=False)
class MixedVariances(ArmVariances):
    """Variances where clusters hold several cohorts, so that all clusters stand in one arm."""

    @cached_property
    def degrees_of_freedom(self) -> Floats:
        """One less than the fewest treated or comparison clusters, shape (M,)."""
        return np.full(len(self.effects.points), float(self._fewest - 1))

    @property
    def _fewest(self) -> int:
        return min(self.effects.n_treated, self.effects.n_comparison)

    @cached_property
    def _estimated(self) -> Floats:
        return self.features.squares(self._corrected)

    @property
    def _corrected(self) -> Floats:
        G = self.features.n_clusters
        factor = (G / (G - 1)) ** self.power if self._fewest > 1 else np.nan
        return np.asarray(widened(self.features, self.effects.coefficients) * np.sqrt(factor))

    @property
    def _scaled(self) -> Floats:
        return np.asarray(self._corrected * np.sqrt(self.factor))


def arm_variances(effects: InfluencedEffects, *, power: int, factor: float = 1.0) -> ArmVariances:
    """Return variances from the spread of contributions within cohorts.

    Parameters
    ----------
    effects : InfluencedEffects
        The effects.
    power, factor : int, float
        See `ArmVariances`.

    Returns
    -------
    ArmVariances
        Where clusters hold several cohorts, `MixedVariances`.
    """
    kind = MixedVariances if effects.is_mixed else ArmVariances
    return kind(effects=effects, power=power, factor=factor)


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
    intervals = t_intervals(effects.points, std_errors, df, level=level)
    return Uncertainty(
        intervals=intervals.without(_why_undefined(effects, found.variances)),
        contributions=found.contributions(),
        covariance=found.covariance,
        words=words,
    )


def _why_undefined(effects: InfluencedEffects, variances: Floats) -> dict[int, Message]:
    """Return why the uncertainty of some effects cannot be known, by the effect's place."""
    fewest = {"treated": effects.n_treated, "comparison": effects.n_comparison}
    alone = Message("estimate.one_cluster", fewest)
    if effects.n_treated > 1 and effects.n_comparison > 1:
        alone = Message("estimate.one_cluster_in_cohort")
    lost, hidden = np.isnan(effects.points), np.isnan(variances) | (min(fewest.values()) < 2)
    still = ~(variances > (_NOISE * effects.outcome_scale) ** 2)
    constant, absent = Message("estimate.no_variation"), Message("estimate.cell_not_estimated")
    return {
        k: absent if lost[k] else alone if hidden[k] else constant
        for k in np.flatnonzero(lost | hidden | still).tolist()
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Groups:
    """Which cohorts stand together in each effect, shape (A, M); None where each stands alone.

    ``coefficients`` are about the groups' means.
    """

    codes: Codes | None
    coefficients: Floats

    def sums(self, values: Floats) -> Floats:
        """Return sums over each group, in the place of its code."""
        if self.codes is None:
            return values
        found = np.zeros(values.shape)
        np.add.at(found, (self.codes, np.broadcast_to(np.arange(values.shape[1]), values.shape)), values)
        return found

    def spread(self, values: Floats) -> Floats:
        """Return each cohort's group's value."""
        return values if self.codes is None else np.take_along_axis(values, self.codes, axis=0)


def _levered(effects: InfluencedEffects, power: int) -> CohortFeatures:
    """Return features corrected for each cluster's share of its cohort; those alone in one stay."""
    features, shares = effects.features, effects.shares
    assert shares is not None
    alone = features.counts == 1

    def rows(piece: slice) -> Floats:
        left = np.maximum(1 - shares[piece], 1e-12)
        if alone.any():
            left[alone[features.arms[piece]]] = 1.0
        scale = 1 / np.sqrt(left) if power == 1 else left ** (-power / 2)
        return np.asarray(features.rows(piece) * scale[:, None])

    return replace(features, rows=rows)


def _free_by_shares(effects: InfluencedEffects) -> Floats:
    """Return Satterthwaite's degrees of freedom of each cohort's sum of squares, shape (A,)."""
    features, h = effects.features, effects.shares
    assert h is not None
    own, pairs, squares = np.zeros((3, features.n_arms))
    for piece in features.chunks():
        of_share = h[piece] ** 2
        q = of_share / np.maximum(1 - h[piece], 1e-12)
        for total, values in ((own, of_share), (pairs, q), (squares, q**2)):
            total += np.bincount(features.arms[piece], values, features.n_arms)
    found: Floats = 1 / (own + pairs**2 - squares)
    return found


def _fewest_free(effects: InfluencedEffects, groups: _Groups, sizes: Floats) -> Floats:
    """Return the degrees of freedom of the side that has fewest, shape (M,): treated, or comparison."""
    is_own = np.abs(effects.parts) > 0
    sides = []
    for side in (is_own, effects.involved & ~is_own):
        holds = groups.sums(side.astype(np.float64)) > 0
        free = np.where(holds, sizes - 1, 0).sum(axis=0)
        sides.append(np.where(side.any(axis=0), free, np.inf))
    return np.asarray(np.minimum(*sides))


def _pooled(effects: InfluencedEffects) -> _Groups:
    """Return the group of each cohort in each effect, and coefficients about the groups' means."""
    A, M = effects.parts.shape
    is_single = effects.features.counts == 1
    single = is_single[:, None] & effects.involved if is_single.any() else np.zeros((A, M), dtype=np.bool_)
    if not single.any():
        return _Groups(codes=None, coefficients=effects.coefficients)
    groups = np.repeat(np.arange(A)[:, None], M, axis=1)
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
            others = np.flatnonzero(effects.involved[:, m] & ~own)
            groups[others, m] = others.min()
    return _Groups(codes=groups, coefficients=coefficients)


def _joined(effects: InfluencedEffects, single: Flags, own: Flags) -> Codes:
    """Return the cohorts whose own effects are compared with each other, because some have one cluster."""
    alone = np.flatnonzero(single & own)
    others = np.flatnonzero(own & ~single)
    if len(alone) == 1 and len(others):
        return np.sort(np.append(alone, others[np.argmin(effects.features.counts[others])]))
    return alone
