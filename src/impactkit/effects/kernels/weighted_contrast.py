"""Difference of two weighted means, with the contributions of rows through weights that were estimated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arm_weights import ArmWeights
from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.row_pieces import pieces_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowEffect:
    """An effect and each row's contribution to its error.

    Parameters
    ----------
    point : float
        The effect, in the outcome's unit.
    influence : ndarray, shape (n,)
        The estimation error is their sum, to first order.
    means : tuple of float
        What the treated had, and what those like them in the comparison had.
    """

    point: float
    influence: Floats
    means: tuple[float, float]


def weighted_contrast(outcome: Floats, X: Floats, treated: Flags, found: ArmWeights) -> RowEffect:
    """Return the weighted mean of the treated less that of the others.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        The outcome.
    X : ndarray, shape (n, k)
        What the weights were estimated from.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    found : ArmWeights
        The weights.

    Returns
    -------
    RowEffect
        Means are normalised (Hajek). The contributions count the weights as estimated: they are those of the
        stacked estimating equations [1]_.

    References
    ----------
    .. [1] Lunceford, J. K., & Davidian, M. (2004). Stratification and weighting via the propensity score in
       estimation of causal treatment effects. *Statistics in Medicine*, 23(19).

    Examples
    --------
    >>> weights = ArmWeights(weights=np.array([1.0, 1, 1, 3]))
    >>> weighted_contrast(
    ...     np.array([5.0, 7, 2, 4]), np.ones((4, 1)), np.array([True, True, False, False]), weights).point
    2.5
    """
    w, n = found.weights, len(outcome)
    mass, mean = _arm_means(outcome, treated, w)
    influence = np.empty(n)
    tilts = np.zeros((len(found.indices), X.shape[1]))
    per = np.array([-1.0, 1.0]) / mass
    for piece in pieces_of(n):
        arm = treated[piece]
        per_weight = (outcome[piece] - np.where(arm, mean[1], mean[0])) * np.where(arm, per[1], per[0])
        np.multiply(w[piece], per_weight, out=influence[piece])
        for tilt, index in zip(tilts, found.indices, strict=True):
            tilt += (index.slopes[piece] * per_weight) @ X[piece]
    for tilt, index in zip(tilts, found.indices, strict=True):
        moved = index.inverse @ tilt
        for piece in pieces_of(n):
            influence[piece] += index.scores[piece] * (X[piece] @ moved)
    low, high = mean.tolist()
    return RowEffect(point=high - low, influence=influence, means=(high, low))


def _arm_means(outcome: Floats, treated: Flags, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weights' sum and the weighted mean of the comparison and of the treated, shape (2,)."""
    mass, total = np.zeros(2), np.zeros(2)
    for piece in pieces_of(len(outcome)):
        of_treated = weights[piece] * treated[piece]
        parts = np.array([weights[piece] - of_treated, of_treated])
        mass += parts.sum(axis=1)
        total += parts @ outcome[piece]
    return mass, total / mass
