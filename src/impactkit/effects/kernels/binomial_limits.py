"""Exact limits of a share that was counted."""

from __future__ import annotations

from typing import NamedTuple

from scipy.special import betaincinv


class ShareLimits(NamedTuple):
    """Limits of a share.

    Parameters
    ----------
    low, high : float
        From 0 to 1.
    """

    low: float
    high: float


def binomial_limits(count: int, n: int, *, level: float = 0.95) -> ShareLimits:
    """Return the exact limits of a binomial share (Clopper and Pearson).

    Parameters
    ----------
    count, n : int
        How often in how many draws; at least one draw.
    level : float
        Two-sided confidence level.

    Returns
    -------
    ShareLimits
        They hold the true share in at least ``level`` of all samples.

    References
    ----------
    .. [1] Clopper, C. J., & Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in
       the case of the binomial. *Biometrika*, 26(4).

    Examples
    --------
    >>> [round(end, 4) for end in binomial_limits(0, 100)]
    [0.0, 0.0362]
    """
    tail = (1 - level) / 2
    low = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return ShareLimits(low, high)
