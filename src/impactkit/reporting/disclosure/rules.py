"""When a figure would tell of single people: few behind it, all alike, or one or two that carry it.

Pure functions of numbers. What they call unsafe is hidden; what else must be hidden so that it cannot be
worked out is for `protection`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LARGEST_TOGETHER = 2
"""The n of the (n, k) rule: so many contributors are looked at together."""
LARGEST_SHARE = 0.9
"""The k of the (n, k) rule: they may not have so much of the whole, or more."""


def is_small(n: npt.ArrayLike, threshold: int) -> Any:
    """Return whether counts are of so few people that they would tell of single ones.

    Parameters
    ----------
    n : array_like of int
        People.
    threshold : int
        The smallest count shown.

    Returns
    -------
    bool or ndarray of bool
        A count of 0 is not small: it tells of nobody.

    Examples
    --------
    >>> is_small([0, 1, 9, 10], 10).tolist()
    [False, True, True, False]
    """
    counts = np.asarray(n)
    return (counts > 0) & (counts < threshold)


def is_one_sided(having: int, n: int) -> bool:
    """Return whether a share is 0 or 100 per cent, and so tells what every single one of a group has.

    Parameters
    ----------
    having : int
        People who have what is counted.
    n : int
        People asked.

    Returns
    -------
    bool
        Unsafe whatever their number; of nobody there is no share. That few have it, or few have not, is for
        `is_small`: a share is two counts in another dress.

    Examples
    --------
    >>> is_one_sided(0, 50), is_one_sided(40, 40), is_one_sided(3, 7), is_one_sided(0, 0)
    (True, True, False, False)
    """
    return n > 0 and having in {0, n}


def is_dominated(contributions: npt.ArrayLike) -> bool:
    """Return whether one or two contributors carry a sum, so that it tells what they have.

    Parameters
    ----------
    contributions : array_like, shape (n,)
        What each contributor adds, in the outcome's unit; signs do not matter.

    Returns
    -------
    bool
        By the (2, 0.9) rule, when the two largest have nine tenths of the sum. Where they have less, the p%
        rule with p = 10 holds as well: the others have more than a tenth of the sum, so the second largest,
        who knows what is its own, cannot tell the largest to within a tenth.

    References
    ----------
    .. [1] Hundepool, A., et al. (2012). *Statistical Disclosure Control*. Wiley, chapter 4.

    Examples
    --------
    >>> is_dominated([50.0, 45, 2, 1, 1, 1]), is_dominated([10.0, 9, 9, 8, 8, 7]), is_dominated([0.0, 0])
    (True, False, False)
    """
    sizes = np.sort(np.abs(np.asarray(contributions, dtype=np.float64)))[::-1]
    whole = float(sizes.sum())
    return whole > 0 and float(sizes[:LARGEST_TOGETHER].sum()) >= LARGEST_SHARE * whole


def tells_all(values: npt.ArrayLike) -> bool:
    """Return whether all of a group have the same value, so that its mean is the value of every one.

    Parameters
    ----------
    values : array_like, shape (n,)
        Outcomes of the group.

    Returns
    -------
    bool
        Of nobody nothing is told.

    Examples
    --------
    >>> tells_all([0.0, 0, 0]), tells_all([0.0, 1]), tells_all([])
    (True, False, False)
    """
    held = np.asarray(values, dtype=np.float64)
    return bool(held.size and held.min() == held.max())


def is_binary(values: npt.ArrayLike) -> bool:
    """Return whether an outcome only has the values 0 and 1 (or 0 and 100), so that its mean is a share.

    Parameters
    ----------
    values : array_like, shape (n,)
        Outcomes.

    Returns
    -------
    bool
        False of nobody.

    Examples
    --------
    >>> is_binary([0.0, 1, 1]), is_binary([0.0, 100]), is_binary([1.0, 2])
    (True, True, False)
    """
    held = np.asarray(values, dtype=np.float64)
    return bool(
        held.size and (most := float(held.max())) in {0.0, 1.0, 100.0} and np.isin(held, (0.0, most)).all()
    )
