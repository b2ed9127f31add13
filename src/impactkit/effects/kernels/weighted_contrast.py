"""Difference of two weighted means, with the contributions of rows through weights that were estimated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arm_weights import ArmWeights
from impactkit.effects.kernels.arrays import Flags, Floats


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
    w = found.weights
    share = np.where(treated, w, 0.0) / w[treated].sum() - np.where(treated, 0.0, w) / w[~treated].sum()
    high, low = float(share[treated] @ outcome[treated]), -float(share[~treated] @ outcome[~treated])
    residuals = outcome - np.where(treated, high, low)
    influence = share * residuals
    per_weight = np.where(treated, 1 / w[treated].sum(), -1 / w[~treated].sum()) * residuals
    for index in found.indices:
        tilt = (index.slopes * per_weight) @ X
        influence += index.scores * (X @ (index.inverse @ tilt))
    return RowEffect(point=high - low, influence=influence, means=(high, low))
