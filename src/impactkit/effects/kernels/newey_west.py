"""Heteroskedasticity and autocorrelation consistent covariance of least squares, by distance in time."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Floats


def newey_west(X: Floats, residuals: Floats, gaps: Floats, *, lags: int) -> Floats:
    """Return Newey and West's covariance of least-squares coefficients, without a small-sample factor.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors, full column rank.
    residuals : ndarray, shape (n,)
        Least-squares residuals.
    gaps : ndarray, shape (n,)
        Periods since the row before; ``inf`` where a series begins.
    lags : int
        How many periods apart errors may still go together; 0 for White's covariance.

    Returns
    -------
    ndarray, shape (k, k)
        In the outcome's unit squared. Errors ``l`` periods apart weigh ``1 - l / (lags + 1)``; periods that
        are missing stay missing, so that neighbours in the table are not taken for neighbours in time.

    References
    ----------
    .. [1] Newey, W. K., & West, K. D. (1987). A simple, positive semi-definite, heteroskedasticity and
       autocorrelation consistent covariance matrix. *Econometrica*, 55(3).

    Examples
    --------
    >>> X, e = np.ones((4, 1)), np.array([1.0, 1, -1, -1])
    >>> newey_west(X, e, np.array([np.inf, 1, 1, 1]), lags=1).tolist()
    [[0.3125]]
    """
    starts = np.isinf(gaps)
    steps = np.where(starts, lags + 1, gaps)  # series further apart than any lag
    at = np.cumsum(steps).astype(np.int64) - int(steps[0])
    scores = np.zeros((int(at[-1]) + 1, X.shape[1]))
    scores[at] = X * residuals[:, None]
    meat = scores.T @ scores
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    bread = np.linalg.inv(X.T @ X)
    covariance: Floats = bread @ meat @ bread
    return covariance
