"""Weights that make a treated and a comparison group alike, and how they move with what was estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.balancing import balancing_score, entropy_balance
from impactkit.effects.kernels.chance_model import chance_model
from impactkit.effects.kernels.convex_index import Minimised

Scheme: TypeAlias = Literal["inverse_probability", "entropy", "overlap", "covariate_balancing"]
Target: TypeAlias = Literal["att", "ate", "overlap"]
WeightTrouble: TypeAlias = Literal["separated", "no_balance"]

_NEARLY_CERTAIN = 1 - 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EstimatedIndex:
    """An index ``X b`` on which weights depend, and the error of its estimate.

    Parameters
    ----------
    slopes : ndarray, shape (n,)
        How each row's weight moves with its index.
    scores : ndarray, shape (n,)
        The error of ``b`` is the sum over rows of ``inverse @ X[i] * scores[i]``.
    inverse : ndarray, shape (k, k)
        Inverse of the derivative of the estimating equations.
    """

    slopes: Floats
    scores: Floats
    inverse: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmWeights:
    """Weights of rows within their own arm.

    Parameters
    ----------
    weights : ndarray, shape (n,)
        Weights; means within an arm are taken with them, so that only their proportions matter.
    indices : tuple of EstimatedIndex
        What they depend on.
    probabilities : ndarray, shape (n,), optional
        Of being treated, where weights are made from them.
    trouble : str or None
        ``"separated"`` where the covariates tell who is treated, ``"no_balance"`` where no positive weights
        give the means asked for. Weights are then nan.
    """

    weights: Floats
    indices: tuple[EstimatedIndex, ...] = ()
    probabilities: Floats | None = None
    trouble: WeightTrouble | None = None


def arm_weights(X: Floats, treated: Flags, base: Floats, *, scheme: Scheme, target: Target) -> ArmWeights:
    """Return weights that make two arms alike.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Covariates with the constant first.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    base : ndarray, shape (n,)
        Positive weights of the rows: of whom they stand for.
    scheme : {"inverse_probability", "entropy", "overlap", "covariate_balancing"}
        How the weights are found.
    target : {"att", "ate", "overlap"}
        Who the arms are made like: the treated, everyone, or those who could have been either.

    Returns
    -------
    ArmWeights
        With trouble where there are none.

    Notes
    -----
    With ``p`` the chance of being treated: ``p / (1 - p)`` for the comparison rows (the treated), ``1 / p``
    and ``1 / (1 - p)`` (everyone), ``1 - p`` and ``p`` (overlap, [1]_). Entropy balancing and the balancing
    score coincide for the treated.

    References
    ----------
    .. [1] Li, F., Morgan, K. L., & Zaslavsky, A. M. (2018). Balancing covariates via propensity score
       weighting. *Journal of the American Statistical Association*, 113(521).

    Examples
    --------
    >>> found = arm_weights(
    ...     np.ones((4, 1)), np.array([True, False, False, False]), np.ones(4),
    ...     scheme="inverse_probability", target="ate")
    >>> found.weights.round(6).tolist()
    [4.0, 1.333333, 1.333333, 1.333333]
    """
    if scheme == "entropy" or (scheme == "covariate_balancing" and target == "att"):
        return _entropy(X, treated, base, target=target)
    if scheme == "covariate_balancing":
        return _balancing(X, treated, base)
    fit = chance_model(X, treated, base)
    p = fit.probabilities
    if not fit.has_converged or _is_certain(p, treated, target):
        return _none(len(p), "separated")
    scores = base * (treated - p)
    weights, slopes = weights_of_chances(p, treated, base, target=target)
    index = EstimatedIndex(slopes=slopes, scores=scores, inverse=fit.inverse)
    return ArmWeights(weights=weights, indices=(index,), probabilities=p)


def _is_certain(p: Floats, treated: Flags, target: Target) -> bool:
    """Whether someone whose weight would be unbounded was all but certain to be in the other arm."""
    if target == "overlap":
        return False
    if target == "att":
        return bool(p[~treated].max() > _NEARLY_CERTAIN)
    return bool(p[~treated].max() > _NEARLY_CERTAIN or p[treated].min() < 1 - _NEARLY_CERTAIN)


def weights_of_chances(p: Floats, treated: Flags, base: Floats, *, target: Target) -> tuple[Floats, Floats]:
    """Return weights made from chances, and how they move with the log odds.

    Parameters
    ----------
    p : ndarray, shape (n,)
        Chances of being treated, inside 0 and 1.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    base : ndarray, shape (n,)
        Positive weights of the rows.
    target : {"att", "ate", "overlap"}
        Who the arms are made like.

    Returns
    -------
    weights, slopes : ndarray, shape (n,)
        See `ArmWeights` and `EstimatedIndex`.

    Examples
    --------
    >>> p, treated = np.array([0.5, 0.25]), np.array([True, False])
    >>> weights_of_chances(p, treated, np.ones(2), target="overlap")[0].tolist()
    [0.5, 0.25]
    """
    if target == "att":
        w = base * np.where(treated, 1.0, p / (1 - p))
        return w, np.where(treated, 0.0, w)
    if target == "ate":
        w = base / np.where(treated, p, 1 - p)
        return w, np.where(treated, base - w, w - base)
    w = base * np.where(treated, 1 - p, p)
    slopes = base * p * (1 - p)
    return w, np.where(treated, -slopes, slopes)


def _entropy(X: Floats, treated: Flags, base: Floats, *, target: Target) -> ArmWeights:
    like = np.where(treated, base, 0.0) if target == "att" else base
    totals = like @ X
    weights, indices = like.copy(), []
    for arm in [~treated] if target == "att" else [~treated, treated]:
        rows = np.flatnonzero(arm)
        own_base = base.take(rows)
        # Regressors stand column by column in memory, so that pieces of them are multiplied fast.
        found = entropy_balance(X.T.take(rows, axis=1).T, own_base, target=totals)
        if not found.has_converged:
            return _none(len(base), "no_balance")
        own = np.zeros(len(base))
        own[rows] = weights[rows] = own_base * np.exp(found.index)
        indices.append(EstimatedIndex(slopes=own, scores=like - own, inverse=found.inverse))
    return ArmWeights(weights=weights, indices=tuple(indices))


def _balancing(X: Floats, treated: Flags, base: Floats) -> ArmWeights:
    found: Minimised = balancing_score(X, treated, weights=base)
    if not found.has_converged:
        return _none(len(base), "no_balance")
    p = 1 / (1 + np.exp(-found.index))
    weights, slopes = weights_of_chances(p, treated, base, target="ate")
    index = EstimatedIndex(slopes=slopes, scores=np.where(treated, weights, -weights), inverse=found.inverse)
    return ArmWeights(weights=weights, indices=(index,), probabilities=p)


def _none(n: int, trouble: WeightTrouble) -> ArmWeights:
    return ArmWeights(weights=np.full(n, np.nan), trouble=trouble)
