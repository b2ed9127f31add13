"""Logistic regression by Newton's method, converged to rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats

_STEP = 1e-10
_MOST_STEPS = 50
_LOGIT_LIMIT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Logistic:
    """A fitted logistic regression.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
        Log odds for each regressor.
    probabilities : ndarray, shape (n,)
        Fitted.
    inverse_information : ndarray, shape (k, k)
        Inverse of ``X'WX`` with ``W = w p (1 - p)``.
    has_converged : bool
        Whether the last step was below 1e-10; not so where groups are separated.
    """

    coefficients: Floats
    probabilities: Floats
    inverse_information: Floats
    has_converged: bool


def logistic(X: Floats, chosen: Flags, *, weights: Floats | None = None) -> Logistic:
    """Fit the probability of being chosen.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors, full column rank, with the constant (best as the first).
    chosen : ndarray of bool, shape (n,)
        Who was.
    weights : ndarray, shape (n,), optional
        Positive weights.

    Returns
    -------
    Logistic
        Check ``has_converged``: where a combination of regressors separates the chosen from the others there
        is no finite solution.

    Notes
    -----
    Newton's method from the log odds of the share chosen (from zero, where the first column is not the
    constant), halving steps that do not raise the likelihood. Columns are scaled to a root mean square of one
    first, so that the stopping rule does not depend on their units.

    Examples
    --------
    >>> fit = logistic(np.ones((4, 1)), np.array([True, False, False, False]))
    >>> fit.probabilities.round(12).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    scale = np.sqrt(np.mean(X * X, axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    Z, d = X / scale, chosen.astype(np.float64)
    w = np.ones(len(d)) if weights is None else weights
    b, converged = _start(Z, d, w), False
    p, value = _fitted(Z, b, d, w)
    information = np.eye(X.shape[1])
    for _ in range(_MOST_STEPS):
        information = (Z * (w * p * (1 - p))[:, None]).T @ Z
        try:
            step = np.linalg.solve(information, Z.T @ (w * (d - p)))
        except np.linalg.LinAlgError:
            break
        size = 1.0
        while size > 1e-4:
            tried, higher = _fitted(Z, b + size * step, d, w)
            if higher >= value - 1e-12 * abs(value):
                break
            size /= 2
        b, p, value = b + size * step, tried, higher
        if np.abs(size * step).max() < _STEP:
            converged = True
            break
        if np.abs(Z @ b).max() > _LOGIT_LIMIT:
            break
    information = (Z * (w * p * (1 - p))[:, None]).T @ Z
    inverse = np.linalg.pinv(information, hermitian=True)
    return Logistic(
        coefficients=b / scale,
        probabilities=p,
        inverse_information=inverse / np.outer(scale, scale),
        has_converged=converged,
    )


def _start(Z: Floats, d: Floats, w: Floats) -> Floats:
    """Return the coefficients that fit the share chosen, shape (k,)."""
    b, share = np.zeros(Z.shape[1]), float(w @ d / w.sum())
    if 0 < share < 1 and Z[0, 0] != 0 and bool((Z[:, 0] == Z[0, 0]).all()):
        b[0] = np.log(share / (1 - share)) / Z[0, 0]
    return b


def _fitted(Z: Floats, b: Floats, d: Floats, w: Floats) -> tuple[Floats, float]:
    """Return probabilities and the log likelihood."""
    odds = Z @ b
    small = np.exp(-np.abs(odds))
    p = np.where(odds >= 0, 1.0, small) / (1 + small)
    likelihood = float(w @ (d * odds - np.maximum(odds, 0) - np.log1p(small)))
    return p, likelihood
