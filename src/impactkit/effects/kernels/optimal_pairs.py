"""Pairs with the smallest total distance."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels


def optimal_pairs(
    place: Floats, seekers: Labels, others: Labels, *, furthest: float = np.inf
) -> tuple[Labels, Labels]:
    """Pair rows so that the sum of distances is as small as possible.

    Parameters
    ----------
    place : ndarray, shape (n, k)
        Where each row is.
    seekers, others : ndarray of int
        Rows of either group; each is used once at most.
    furthest : float
        Largest distance of a pair. As many pairs as possible are made within it.

    Returns
    -------
    focal, partner : ndarray of int
        Pairs, by focal.

    Notes
    -----
    An assignment problem over all distances, in memory for every pair of a seeker and another row. A pair out
    of reach costs more than all those within it together, and is dropped afterwards.

    References
    ----------
    .. [1] Rosenbaum, P. R. (1989). Optimal matching for observational studies. *Journal of the American
       Statistical Association*, 84(408).

    Examples
    --------
    >>> place = np.array([[0.0], [1.0], [1.1], [3.0]])
    >>> [found.tolist() for found in optimal_pairs(place, np.array([0, 1]), np.array([2, 3]))]
    [[0, 1], [2, 3]]
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    gaps = cdist(place[seekers], place[others])
    costs = gaps
    if np.isfinite(furthest):
        beyond = gaps > furthest
        costs = np.where(beyond, 0.0, gaps)
        costs[beyond] = 1.0 + float(costs.max(initial=0.0)) * min(gaps.shape)
    rows, columns = linear_sum_assignment(costs)
    kept = gaps[rows, columns] <= furthest
    return np.asarray(seekers[rows[kept]]), np.asarray(others[columns[kept]])
