"""Logistic regression of who is treated, a few rows of memory at a time, for many rows and for folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.convex_index import minimise_index, sampled_start


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChanceModel:
    """A fitted logistic regression.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
        Log odds for each regressor.
    probabilities : ndarray, shape (n,)
        Of being treated, for all rows.
    inverse : ndarray, shape (k, k)
        Inverse of the information.
    has_converged : bool
        Not so where the covariates separate the treated from the others.
    """

    coefficients: Floats
    probabilities: Floats
    inverse: Floats
    has_converged: bool


def chance_model(X: Floats, treated: Flags, weights: Floats, *, start: Floats | None = None) -> ChanceModel:
    """Fit who is treated.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors with the constant first, full column rank.
    treated : ndarray of bool, shape (n,)
        Who is.
    weights : ndarray, shape (n,)
        0 for rows that are predicted and not fitted, else positive.
    start : ndarray, shape (k,), optional
        Coefficients to begin from.

    Returns
    -------
    ChanceModel
        Check ``has_converged``.

    Examples
    --------
    >>> fit = chance_model(np.ones((4, 1)), np.array([True, False, False, False]), np.ones(4))
    >>> fit.probabilities.round(12).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    total = float(weights.sum())
    share = float(weights @ treated) / total
    is_far = start is None
    if start is None:
        start = np.zeros(X.shape[1])
        start[0] = np.log(share / (1 - share)) if 0 < share < 1 else 0.0

    def loss(index: Floats, piece: slice) -> tuple[Floats, Floats, Floats]:
        own, small = weights[piece], np.exp(-np.abs(index))
        above = 1 / (1 + small)
        p = np.where(index >= 0, above, small * above)
        return own * (np.maximum(index, 0) + np.log1p(small)), own * p, own * p * (1 - p)

    target = np.asarray((weights * treated) @ X)
    if is_far:
        start = sampled_start(X, loss, target=target, start=start, total=total)
    found = minimise_index(X, loss, target=target, start=start, total=total)
    p = 1 / (1 + np.exp(np.minimum(-found.index, 700.0)))
    return ChanceModel(
        coefficients=found.coefficients,
        probabilities=p,
        inverse=found.inverse,
        has_converged=found.has_converged and 0 < share < 1,
    )
