"""Rows that are alike within groups, and within groups of those, made independent."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels


class Likeness(NamedTuple):
    """What rows of the same group share, by variance.

    Parameters
    ----------
    between : float
        Variance of the outer groups' levels, in the outcome's unit squared.
    within : float
        Variance of the inner groups' levels within an outer one; 0 where there are none.
    rest : float
        Variance of single rows around them.
    """

    between: float
    within: float
    rest: float

    @property
    def share(self) -> float:
        """The intraclass correlation of the outer groups: their share of all that varies."""
        total = self.between + self.within + self.rest
        return self.between / total if total > 0 else math.nan


def independent_rows(
    values: Floats, likeness: Likeness, outer: Labels, *, inner: Labels | None = None
) -> Floats:
    """Return values of which rows are independent and of variance ``rest``, if the likeness is true.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        Outcome and regressors, in the same way.
    likeness : Likeness
        The variances.
    outer : ndarray of int, shape (n,)
        Codes 0 .. G-1.
    inner : ndarray of int, shape (n,), optional
        Codes 0 .. U-1 of groups that lie within outer ones.

    Returns
    -------
    ndarray, shape (n, k)
        ``W values`` with ``W'W`` the inverse of the rows' covariance over ``rest``; as they are where single
        rows do not vary.

    Notes
    -----
    A part of each inner group's mean is taken off; what an intercept has then become tells how much of each
    outer group's level is to be taken off. Each step is the inverse root of the identity plus a matrix of
    rank one a group, so that nothing as large as a group squared is formed [1]_.

    References
    ----------
    .. [1] Fuller, W. A., & Battese, G. E. (1974). Estimation of linear models with crossed-error structure.
       *Journal of Econometrics*, 2(1).

    Examples
    --------
    >>> alike = Likeness(between=1.5, within=0.0, rest=1.0)
    >>> independent_rows(np.array([[1.0], [3.0]]), alike, np.array([0, 0])).ravel().tolist()
    [0.0, 2.0]
    """
    if not likeness.rest > 0:
        return values
    level = np.ones(len(values))
    found = values
    if inner is not None and likeness.within > 0:
        both = np.column_stack([found, level])
        both = _without_level(both, level, likeness.within / likeness.rest, inner)
        found, level = both[:, :-1], both[:, -1]
    return _without_level(found, level, likeness.between / likeness.rest, outer)


def _without_level(values: Floats, level: Floats, ratio: float, groups: Labels) -> Floats:
    """Return ``(I + ratio a a')^(-1/2)`` times values in each group, with ``a`` the level."""
    G = int(groups.max()) + 1
    size = np.bincount(groups, level**2, G)
    part = (1.0 - 1.0 / np.sqrt(1.0 + ratio * size)) / size
    sums = np.array([np.bincount(groups, level * column, G) for column in values.T]).T
    taken: Floats = values - level[:, None] * (part[:, None] * sums)[groups]
    return taken
