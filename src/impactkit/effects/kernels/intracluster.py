"""How alike those of one cluster are: the intracluster correlation, with its exact F interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from impactkit.effects.kernels.arrays import Floats, Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Intracluster:
    """The share of the variance that lies between clusters.

    Parameters
    ----------
    icc : float
        The estimate; may be below 0, where clusters are more alike than by chance.
    low, high : float
        Limits, at most 1 and at least ``-1 / (size - 1)``.
    level : float
        Confidence level.
    n_clusters : int
        Clusters behind it.
    size : float
        Rows of a cluster, averaged as the analysis of variance needs.
    """

    icc: float
    low: float
    high: float
    level: float
    n_clusters: int
    size: float


def intracluster(values: Floats, clusters: Labels, groups: Labels, *, level: float = 0.95) -> Intracluster:
    """Return the intracluster correlation by analysis of variance, within groups such as arms and strata.

    Parameters
    ----------
    values : ndarray, shape (n,)
        The outcome; 0 and 1 are allowed.
    clusters : ndarray of int, shape (n,)
        Cluster of each row, coded 0 .. G-1.
    groups : ndarray of int, shape (G,)
        Group of each cluster, coded from 0, whose mean is its own.
    level : float
        Confidence level.

    Returns
    -------
    Intracluster
        All nan where no group has two clusters, or no cluster two rows, or nothing varies.

    Notes
    -----
    With mean squares ``B`` between clusters of a group and ``W`` within clusters the correlation is
    ``(B - W) / (B + (m - 1) W)``, ``m`` the size of a cluster less what unequal sizes take. For normal
    outcomes and equal sizes ``B / W`` over its expectation is F-distributed, which gives exact limits [1]_;
    with unequal sizes, and for 0 and 1, they are approximate [2]_.

    References
    ----------
    .. [1] Searle, S. R. (1971). *Linear Models*. Wiley, chapter 9.
    .. [2] Donner, A., & Klar, N. (2000). *Design and Analysis of Cluster Randomization Trials in Health
       Research*. Arnold, chapter 6.

    Examples
    --------
    >>> found = intracluster(np.array([1.0, 3, 4, 6, 9, 7]), np.array([0, 0, 1, 1, 2, 2]), np.zeros(3, int))
    >>> round(found.icc, 4), found.n_clusters, found.size
    (0.8, 3, 2.0)
    """
    n, G, A = len(values), len(groups), int(groups.max()) + 1
    sizes = np.bincount(clusters, minlength=G).astype(float)
    means = np.bincount(clusters, values, G) / sizes
    rows = np.bincount(groups, sizes, A)
    middle = np.bincount(groups, sizes * means, A) / rows
    between = float(sizes @ (means - middle[groups]) ** 2)
    within = float(((values - means[clusters]) ** 2).sum())
    df_between, df_within = G - A, n - G
    size = (n - float((np.bincount(groups, sizes**2, A) / rows).sum())) / max(df_between, 1)
    unknown = Intracluster(
        icc=math.nan, low=math.nan, high=math.nan, level=level, n_clusters=G, size=float(size)
    )
    if df_between < 1 or df_within < 1 or not between + within > 0:
        return unknown
    B, W = between / df_between, within / df_within
    tail = (1 - level) / 2
    F = B / W if W > 0 else math.inf
    low, high = (_correlation(F / float(fdtri(df_between, df_within, p)), size) for p in (1 - tail, tail))
    return Intracluster(
        icc=_correlation(F, size), low=low, high=high, level=level, n_clusters=G, size=float(size)
    )


def _correlation(F: float, size: float) -> float:
    """Return the correlation at which mean squares are expected in the proportion F."""
    return 1.0 if math.isinf(F) else (F - 1) / (F + size - 1)
