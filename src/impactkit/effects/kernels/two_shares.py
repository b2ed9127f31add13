"""Two shares compared: limits of their difference where cells are small."""

from __future__ import annotations

import math

from scipy.special import ndtri

from impactkit.effects.kernels.assignment_statistics import Limits

TINY = 5
"""With fewer than so many with or without the outcome in an arm, normal limits of shares are unreliable."""


def wilson(count: float, n: float, *, level: float = 0.95) -> Limits:
    """Return Wilson's score limits of a share.

    Parameters
    ----------
    count, n : float
        How many of how many.
    level : float
        Confidence level.

    Returns
    -------
    Limits
        From 0 to 1.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
       *Journal of the American Statistical Association*, 22(158).

    Examples
    --------
    >>> [round(end, 4) for end in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    z = float(ndtri(0.5 + level / 2))
    share = count / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return Limits(0.0 if count == 0 else middle - half, 1.0 if count == n else middle + half)


def newcombe(counts: tuple[float, float], sizes: tuple[float, float], *, level: float = 0.95) -> Limits:
    """Return Newcombe's limits of the difference of two shares, the square-and-add of Wilson's.

    Parameters
    ----------
    counts, sizes : tuple of float
        How many of how many, in the treated arm and in the comparison arm.
    level : float
        Confidence level.

    Returns
    -------
    Limits
        From -1 to 1; of positive width also where nobody, or everybody, had the outcome.

    References
    ----------
    .. [1] Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions:
       comparison of eleven methods. *Statistics in Medicine*, 17(8), method 10.

    Examples
    --------
    >>> [round(end, 4) for end in newcombe((56, 48), (70, 80))]
    [0.0524, 0.3339]
    """
    (x1, x0), (n1, n0) = counts, sizes
    p1, p0 = x1 / n1, x0 / n0
    (l1, u1), (l0, u0) = wilson(x1, n1, level=level), wilson(x0, n0, level=level)
    gap = p1 - p0
    return Limits(gap - math.hypot(p1 - l1, u0 - p0), gap + math.hypot(u1 - p1, p0 - l0))
