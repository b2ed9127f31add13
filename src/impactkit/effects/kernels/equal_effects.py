"""Whether effects of several groups can all be the same."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import fdtrc

from impactkit.effects.kernels.arrays import Floats

_LEAST = 5e-324
_MANY = 1e9


class Equality(NamedTuple):
    """The test that effects are equal, or all 0.

    Parameters
    ----------
    statistic : float
        F.
    df : float
        Degrees of freedom of the numerator.
    df_error : float
        Of the denominator.
    p_value : float
        Never 0.
    """

    statistic: float
    df: float
    df_error: float
    p_value: float


def equal_effects(points: Floats, covariance: Floats, df: Floats) -> Equality:
    """Return the test that k effects are equal.

    Parameters
    ----------
    points : ndarray, shape (k,)
        The effects.
    covariance : ndarray, shape (k, k)
        Of their errors.
    df : ndarray, shape (k,)
        Degrees of freedom of each standard error; infinite in large samples.

    Returns
    -------
    Equality
        Welch's test where the errors are independent: for two groups that of the difference, with
        Satterthwaite's degrees of freedom. Else Wald's, with the fewest degrees of freedom of any.

    References
    ----------
    .. [1] Welch, B. L. (1951). On the comparison of several mean values: an alternative approach.
       *Biometrika*, 38(3/4).

    Examples
    --------
    >>> found = equal_effects(np.array([1.0, 3.0]), np.eye(2), np.full(2, 10.0))
    >>> found.statistic, round(found.df_error, 6), round(found.p_value, 4)
    (2.0, 20.0, 0.1727)
    """
    k = len(points)
    variances = np.diag(covariance)
    if np.count_nonzero(covariance - np.diag(variances)):
        C = np.hstack([np.eye(k - 1), -np.ones((k - 1, 1))])
        gaps = C @ points
        statistic = float(gaps @ np.linalg.solve(C @ covariance @ C.T, gaps)) / (k - 1)
        free = float(df.min())
    else:
        weights = 1.0 / variances
        shares = weights / weights.sum()
        doubt = float(((1 - shares) ** 2 / df).sum())
        between = float(weights @ (points - shares @ points) ** 2) / (k - 1)
        statistic = between / (1 + 2 * (k - 2) / (k**2 - 1) * doubt)
        free = (k**2 - 1) / (3 * doubt) if doubt > 0 else np.inf
    p = float(fdtrc(k - 1, min(free, _MANY), statistic))
    return Equality(statistic, float(k - 1), free, max(p, _LEAST))


def no_effect(points: Floats, covariance: Floats, df: float) -> Equality:
    """Return the test that k effects are all 0.

    Parameters
    ----------
    points : ndarray, shape (k,)
        The effects.
    covariance : ndarray, shape (k, k)
        Of their errors.
    df : float
        Degrees of freedom of the errors; infinite in large samples.

    Returns
    -------
    Equality
        Wald's, as F.

    Examples
    --------
    >>> found = no_effect(np.array([2.0]), np.eye(1), 10.0)
    >>> found.statistic, round(found.p_value, 4)
    (4.0, 0.0734)
    """
    k = len(points)
    statistic = float(points @ np.linalg.solve(covariance, points)) / k
    p = float(fdtrc(k, min(df, _MANY), statistic))
    return Equality(statistic, float(k), df, max(p, _LEAST))
