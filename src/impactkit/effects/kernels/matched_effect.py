"""Effects by matching, with the errors of Abadie and Imbens or of pairs."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.match_edges import MatchEdges
from impactkit.effects.kernels.neighbours import nearest
from impactkit.effects.kernels.weighted_contrast import RowEffect


def matched_effect(
    outcome: Floats, treated: Flags, weights: Floats, edges: MatchEdges, *, correction: Floats | None = None
) -> RowEffect:
    """Average the differences between matched rows and their matches.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        The outcome.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    weights : ndarray, shape (n,)
        Positive weights of the rows.
    edges : MatchEdges
        Matches, in the other arm.
    correction : ndarray, shape (e,), optional
        What is added to the partner's outcome of each edge for its covariates not being quite the same.

    Returns
    -------
    RowEffect
        The contributions are those of the differences alone: each matched row's own.

    Examples
    --------
    >>> edges = MatchEdges.even(np.array([0, 1]), np.array([2, 2]))
    >>> d = np.array([True, True, False])
    >>> matched_effect(np.array([5.0, 7, 2]), d, np.ones(3), edges).point
    4.0
    """
    rows = edges.matched
    other = edges.imputed(outcome)
    if correction is not None:
        other += np.bincount(edges.focal, edges.share * correction, len(outcome))
    sign = np.where(treated, 1.0, -1.0)
    share = np.zeros(len(outcome))
    share[rows] = weights[rows] / weights[rows].sum()
    gaps = sign * (outcome - other)
    point = float(share @ gaps)
    high = float(share @ np.where(treated, outcome, other))
    return RowEffect(point=point, influence=share * (gaps - point), means=(high, high - point))


def with_reuse(
    found: RowEffect, weights: Floats, edges: MatchEdges, *, own: Flags, residuals: Floats
) -> RowEffect:
    """Count that rows are used as matches of several, as Abadie and Imbens do.

    Parameters
    ----------
    found : RowEffect
        Of `matched_effect`.
    weights : ndarray, shape (n,)
        Positive weights of the rows.
    edges : MatchEdges
        Matches.
    own : ndarray of bool, shape (n,)
        Rows averaged over.
    residuals : ndarray, shape (n,)
        Of `neighbour_residuals`, where `reuse` is not 0; their squares are variances given the covariates.

    Returns
    -------
    RowEffect
        The squares of the contributions add up to the variance of theorem 7 of [1]_, which holds for matches
        with replacement.

    References
    ----------
    .. [1] Abadie, A., & Imbens, G. W. (2006). Large sample properties of matching estimators for average
       treatment effects. *Econometrica*, 74(1).
    """
    total = float(weights[own].sum())
    extra = reuse(weights, edges, own=own) * residuals**2 / total**2
    sign = np.where(found.influence != 0, np.sign(found.influence), -np.sign(residuals))
    influence = sign * np.sqrt(found.influence**2 + extra)
    return RowEffect(point=found.point, influence=influence, means=found.means)


def reuse(weights: Floats, edges: MatchEdges, *, own: Flags) -> Floats:
    """Return what each row's variance given its covariates counts for beyond the differences themselves.

    Parameters
    ----------
    weights : ndarray, shape (n,)
        Positive weights of the rows.
    edges : MatchEdges
        Matches.
    own : ndarray of bool, shape (n,)
        Rows averaged over.

    Returns
    -------
    ndarray, shape (n,)
        0 for rows that are not averaged over and are the match of one row at most: their variance need not be
        known.

    Examples
    --------
    >>> edges = MatchEdges.even(np.array([0, 1, 2]), np.array([3, 3, 4]))
    >>> reuse(np.ones(5), edges, own=np.array([True, True, True, False, False])).tolist()
    [0.0, 0.0, 0.0, 2.0, 0.0]
    """
    each = weights[edges.focal] * edges.share
    used, squared = (np.bincount(edges.partner, part, len(weights)) for part in (each, each**2))
    self_weight = np.where(own, weights, 0.0)
    return np.asarray(np.maximum((self_weight + used) ** 2 - self_weight**2 - squared, 0.0))


def neighbour_residuals(
    Z: Floats, outcome: Floats, treated: Flags, *, needed: Labels, count: int = 2
) -> Floats:
    """Return residuals whose squares estimate each row's variance given its covariates.

    Parameters
    ----------
    Z : ndarray, shape (n, k)
        Where each row is.
    outcome : ndarray, shape (n,)
        The outcome.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    needed : ndarray of int
        Rows whose residual is wanted.
    count : int
        Nearest rows of the same arm it is compared with.

    Returns
    -------
    ndarray, shape (n,)
        ``sqrt(J / (J + 1))`` times the outcome less the mean of J neighbours; 0 for rows not needed, and in
        an arm of one row.

    Examples
    --------
    >>> y, d = np.array([1.0, 3, 5, 9]), np.array([True, True, False, False])
    >>> neighbour_residuals(np.zeros((4, 1)), y, d, needed=np.arange(4), count=1).round(6).tolist()
    [-1.414214, 1.414214, -2.828427, 2.828427]
    """
    residuals = np.zeros(len(outcome))
    for arm in (treated, ~treated):
        rows, members = needed[arm[needed]], np.flatnonzero(arm)
        if not len(rows) or len(members) <= 1:
            continue
        J = min(count, len(members) - 1)
        edges = MatchEdges.even(*nearest(Z, members, rows, count=J, first_of_ties=False))
        n = np.bincount(edges.focal, minlength=len(outcome))[rows]
        residuals[rows] = np.sqrt(n / (n + 1)) * (outcome - edges.imputed(outcome))[rows]
    return residuals
