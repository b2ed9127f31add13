"""What is asked at a cutoff, and what inference says of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.discontinuity_bandwidths import Rule, Target
from impactkit.effects.kernels.flat_contrast import unit_jump, without_jump
from impactkit.effects.kernels.sign_flips import SignFlips
from impactkit.effects.threshold_rows import ThresholdRows
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Threshold:
    """What is asked of rows on both sides of a cutoff.

    Parameters
    ----------
    rows : ThresholdRows
        The rows.
    target : Target
        What jumps.
    bandwidth : float or str
        In the score's unit, or the rule by which it is chosen.
    bias_bandwidth : float, optional
        For the bias; the same as for the estimate, or chosen with it, when left out.
    """

    rows: ThresholdRows
    target: Target
    bandwidth: float | Rule
    bias_bandwidth: float | None

    @property
    def sign(self) -> int:
        """What turns upper less lower side into treated less comparison, in the score's own direction."""
        turned = self.target.derivative % 2 and self.rows.rule.is_turned
        return -1 if bool(turned) != self.rows.is_lower_treated else 1

    @property
    def outcome_scale(self) -> float:
        """The largest outcome in size, by which rounding noise is told from variation."""
        return float(np.abs(self.rows.measured[:, 0]).max())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighed:
    """An effect at a cutoff as weights on rows.

    Parameters
    ----------
    rows : tuple of 2 slices
        The rows of each side.
    weights : tuple of 2 ndarrays
        What they weigh, upper less lower side.
    slopes : ndarray, shape (z, 1 or 2)
        On covariates.
    """

    rows: tuple[slice, slice]
    weights: tuple[Floats, Floats]
    slopes: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThresholdFound:
    """What inference says of a jump.

    Parameters
    ----------
    names : tuple of str
        Of the effects, the headline first.
    uncertainty : Uncertainty
        Their intervals, with what each row or cluster near the cutoff contributes.
    weighed : Weighed
        The headline.
    flips : SignFlips
        For a test by turning signs.
    near, wide : tuple of 2 floats
        Bandwidths below and above, for the estimate and its bias.
    order : int
        Of the polynomials whose curves are drawn.
    n_near : tuple of 2 ints
        Rows below and above within the bandwidth.
    """

    names: tuple[str, ...]
    uncertainty: Uncertainty
    weighed: Weighed
    flips: SignFlips
    near: tuple[float, float]
    wide: tuple[float, float]
    order: int
    n_near: tuple[int, int]


class ThresholdInference(Protocol):
    """What finds the uncertainty of a jump."""

    @property
    def level(self) -> float:
        """Confidence level."""

    def infer_threshold(self, asked: Threshold) -> ThresholdFound:
        """Return the effects with their intervals."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Added:
    """What each row or cluster near the cutoff adds to effects.

    Parameters
    ----------
    contributions : Contributions
        By row or cluster in the study's order, shape (m, K).
    covariance : ndarray, shape (K, K)
        Their sums of squares and products.
    """

    contributions: Contributions
    covariance: Floats


def added_to(asked: Threshold, rows: tuple[slice, slice], scores: Sequence[tuple[Floats, Floats]]) -> Added:
    """Return what each row or cluster near the cutoff adds to each effect.

    Parameters
    ----------
    asked : Threshold
        The rows.
    rows : tuple of 2 slices
        Those near the cutoff.
    scores : sequence of tuple of 2 ndarrays
        For each effect by row, or by cluster where there are clusters, below and above, signs included.

    Returns
    -------
    Added
        Clusters are those with rows near the cutoff. The study's order is looked up when it is asked for.
    """
    clusters, order = asked.rows.clusters, asked.rows.order
    if clusters is None:
        lines = np.array([np.concatenate(pair) for pair in scores])

        def in_order() -> Floats:
            return lines.T[np.argsort(asked.rows.within(rows))]

        return Added(contributions=Contributions(in_order), covariance=lines @ lines.T)
    found = np.zeros((int(clusters.max()) + 1, len(scores)))
    for k, pair in enumerate(scores):
        for part in pair:
            found[: len(part), k] += part
    by_row = np.empty(len(clusters), dtype=np.int64)
    by_row[order] = clusters
    matrix = np.asarray(found[np.unique(by_row[asked.rows.near(rows)])])
    return Added(contributions=Contributions.of(matrix), covariance=matrix.T @ matrix)


def sign_flips(asked: Threshold, weighed: Weighed, order: int, *, slack: float = 0.0) -> SignFlips:
    """Return a test of an effect by turning signs of what rows or clusters add to it.

    Parameters
    ----------
    asked : Threshold
        The rows.
    weighed : Weighed
        The effect as weights on rows.
    order : int
        Of the curves without a jump that outcomes are held against; the weights must give 0 for each.
    slack : float
        How far it may be off for other reasons than chance.

    Returns
    -------
    SignFlips
        With the sign of treated less comparison.
    """
    return SignFlips(make=lambda: _added(asked, weighed, order), slack=slack)


def _added(asked: Threshold, weighed: Weighed, order: int) -> Floats:
    """Return what rows or clusters add to the effect, of the outcome and of treatment, shape (G, 2)."""
    rows, first = asked.rows, 2 if asked.target.ratio else 1
    low, high = weighed.rows
    near = np.r_[np.arange(low.start, low.stop), rows.cut + np.arange(high.start, high.stop)]
    x, D, a = rows.distances[near], rows.measured[near], np.concatenate(weighed.weights)
    columns = D[:, :first] - D[:, first:] @ weighed.slopes
    if not asked.target.ratio:
        columns = np.column_stack([columns, unit_jump(x, asked.target.derivative)])
    reach = float(np.abs(x).max()) * (1 + 1e-8)
    kernel = 1 - np.abs(x) / reach
    if rows.columns.weight is not None:
        kernel *= rows.columns.weight[rows.order[near]]
    left = without_jump(x, columns, kernel, order=order, derivative=asked.target.derivative)
    left = np.where(np.abs(left) <= _ROUNDING * np.abs(columns).max(axis=0), 0.0, left)
    added = a[:, None] * left
    if rows.clusters is not None:
        codes = np.unique(rows.clusters[near], return_inverse=True)[1]
        added = np.column_stack([np.bincount(codes, column) for column in added.T])
    whole = float(added[:, 1].sum())
    scale = 1 / whole if whole else np.nan
    sign = 1 if asked.target.ratio else asked.sign
    return np.asarray(added * scale * np.array([sign, 1]))


def degrees_of_freedom(
    scores: tuple[Floats, Floats],
    weights: tuple[Floats, Floats],
    *,
    free: float,
    lost: float,
) -> float:
    """Return how many degrees of freedom a variance has, both sides' by Satterthwaite's rule.

    Parameters
    ----------
    scores : tuple of 2 ndarrays
        What rows or clusters below and above add to the error.
    weights : tuple of 2 ndarrays
        What tells how unequally they count: weights of rows, or scores of clusters.
    free : float
        Degrees of freedom of each row's residual: fewer than one where rows are compared with each other.
    lost : float
        What is lost of those of each side to the curve.

    Returns
    -------
    float
        Infinite where a side has nothing that counts, or no error.

    Notes
    -----
    A side with weights ``a`` is worth ``(sum a^2)^2 / sum a^4`` equal rows.
    """
    worth, parts = [], []
    for score, weight in zip(scores, weights, strict=True):
        squares = weight**2
        kish = float(squares.sum() ** 2 / (squares**2).sum()) if (squares > 0).any() else 0.0
        worth.append(max(kish * free - lost, 1.0) if kish else 0.0)
        parts.append(float(score @ score))
    total = sum(parts)
    if not min(worth) or not total:
        return math.inf
    return float(total**2 / sum(part**2 / df for part, df in zip(parts, worth, strict=True)))


def undefined_reason(asked: Threshold, weighed: Weighed, error: float) -> Message | None:
    """Return why an effect's uncertainty cannot be known; None where it can.

    Parameters
    ----------
    asked : Threshold
        The rows.
    weighed : Weighed
        The effect.
    error : float
        Its standard error.

    Returns
    -------
    Message or None
        Too few clusters, or an outcome that does not vary.
    """
    clusters, cut = asked.rows.clusters, asked.rows.cut
    if clusters is not None:
        low, high = weighed.rows
        lower = len(np.unique(clusters[low]))
        upper = len(np.unique(clusters[cut + high.start : cut + high.stop]))
        if min(lower, upper) < 2:
            treated, comparison = (lower, upper) if asked.rows.is_lower_treated else (upper, lower)
            return Message("estimate.one_cluster", {"treated": treated, "comparison": comparison})
    size = float(np.sqrt(sum(float(w @ w) for w in weighed.weights)))
    if not error > _ROUNDING * asked.outcome_scale * size:
        return Message("estimate.no_variation")
    return None


def told(intervals: Sequence[Interval], added: Added, reason: Message | None, **more: object) -> Uncertainty:
    """Return intervals with the contributions they come from; undefined, all of them, for a reason.

    Parameters
    ----------
    intervals : sequence of Interval
        One an effect.
    added : Added
        Contributions to each.
    reason : Message, optional
        Why nothing is known of the uncertainty.
    **more
        Words and warnings.

    Returns
    -------
    Uncertainty
        With the covariance.
    """
    if reason is not None:
        intervals = [Interval.undefined(one.point, level=one.level, reason=reason) for one in intervals]
        return replace(Uncertainty.of_limits(intervals, **more))
    return Uncertainty(
        intervals=tuple(intervals),
        contributions=added.contributions,
        covariance=added.covariance,
        **more,  # type: ignore[arg-type]
    )
