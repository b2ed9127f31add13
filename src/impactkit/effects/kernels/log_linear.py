"""Poisson regression by iteratively reweighted least squares, for few regressors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats

_STEPS = 50
_CLOSE = 1e-11
_WIDEST = 30.0  # an expected logarithm this far from the data is a zero that is being chased


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogLinear:
    """A fitted Poisson regression, as the least-squares problem of its last step.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
        On the logarithm.
    means : ndarray, shape (n,)
        Expected counts.
    X, y : ndarray, shape (n, k) and (n,)
        Working regressors and outcome: least squares of the one on the other gives the coefficients, and
        residuals are Pearson's.
    has_converged : bool
        False where no finite solution exists, as when a group has no events.
    """

    coefficients: Floats
    means: Floats
    X: Floats
    y: Floats
    has_converged: bool


def log_linear(X: Floats, y: Floats, exposure: Floats) -> LogLinear:
    """Maximise the Poisson likelihood of ``y = exposure * exp(X b)``.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors, full column rank.
    y : ndarray, shape (n,)
        Counts, at least 0.
    exposure : ndarray, shape (n,)
        What they are counted over, positive.

    Returns
    -------
    LogLinear
        Check ``has_converged``.

    References
    ----------
    .. [1] McCullagh, P., & Nelder, J. A. (1989). *Generalized Linear Models* (2nd ed.), section 2.5.

    Examples
    --------
    >>> fit = log_linear(np.ones((2, 1)), np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    >>> np.exp(fit.coefficients).round(9).tolist()
    [2.0]
    """
    offset = np.log(exposure)
    usual = max(float(y.sum()), 0.5) / float(exposure.sum())
    eta = np.log((y + 0.1 * usual * exposure) / (1.1 * exposure)) + offset
    b, converged = np.zeros(X.shape[1]), False
    for _ in range(_STEPS):
        mu = np.exp(eta)
        rooted = np.sqrt(mu)
        working = rooted * (eta - offset + (y - mu) / mu)
        following = np.linalg.lstsq(X * rooted[:, None], working, rcond=None)[0]
        moved = float(np.abs(X @ (following - b)).max())
        b = following
        eta = np.clip(X @ b + offset, -_WIDEST, np.log(max(usual, 1e-300)) + offset + _WIDEST)
        if moved < _CLOSE:
            converged = True
            break
    mu = np.exp(eta)
    rooted = np.sqrt(mu)
    return LogLinear(
        coefficients=b,
        means=mu,
        X=X * rooted[:, None],
        y=rooted * (X @ b) + (y - mu) / rooted,
        has_converged=converged and bool(mu.min() > 1e-9),
    )
