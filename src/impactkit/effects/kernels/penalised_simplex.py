"""Weights that make an average near a target from points that are near it themselves, solved exactly."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.simplex import SimplexFit

_OPTIMAL = 1e-13  # a slope this small, over the mean square distance, is rounding
_INDEPENDENT = 1e-9
_FLAT = 1e-14
PENALTIES = tuple(float(penalty) for penalty in 10.0 ** (np.arange(-8, 3) / 2))
"""Penalties that are tried where one is chosen: half powers of ten from 0.0001 to 10."""


def penalised_weights(
    points: Floats, target: Floats, *, penalty: float, near: Floats | None = None
) -> SimplexFit:
    """Return the weights that minimise ``|w points - target|^2 + penalty sum_j w_j |point_j - target|^2``.

    Parameters
    ----------
    points : ndarray, shape (D, k)
        One point a row.
    target : ndarray, shape (k,)
        What their average and they themselves should come near.
    penalty : float
        What the points' own distances count, above 0.
    near : ndarray, shape (D,), optional
        Weights of a problem nearby, to start from.

    Returns
    -------
    SimplexFit
        The exact minimum; its ``face`` are the points that could have a weight.

    Notes
    -----
    An active set method: weights that are optimal on a few points, to which the point that would improve
    most is let in until there is none. Points that depend on each other affinely are never kept together, so
    that at most ``k + 1`` have a weight, and the objective falls at every step, so that it ends.

    References
    ----------
    .. [1] Abadie, A., & L'Hour, J. (2021). A penalized synthetic control estimator for disaggregated data.
       *Journal of the American Statistical Association*, 116(536), equation 5.

    Examples
    --------
    >>> points = np.array([[0.0], [2.0], [9.0]])
    >>> penalised_weights(points, np.array([1.5]), penalty=1e-4).weights.round(3).tolist()
    [0.25, 0.75, 0.0]
    >>> penalised_weights(points, np.array([1.5]), penalty=10.0).weights.round(3).tolist()
    [0.0, 1.0, 0.0]
    """
    differences = points - target
    D = len(differences)
    squares = np.einsum("ij,ij->i", differences, differences)
    scale = float(np.sqrt(squares.mean())) or 1.0
    differences, cost = differences / scale, penalty / 2 * squares / scale**2
    if near is None:
        used, w = np.array([int(np.argmin(squares))]), np.ones(1)
    else:
        used = np.flatnonzero(near > 0)
        used, w = _settled(differences, cost, used, near[used])
    for _ in range(50 * D + 100):
        slopes = differences @ (w @ differences[used]) + cost
        excess = slopes - float(w @ slopes[used])
        best = int(np.argmin(excess))
        if excess[best] >= -_OPTIMAL or best in used:
            break
        before = set(used.tolist())
        used, w = _settled(differences, cost, np.append(used, best), np.append(w, 0.0))
        if set(used.tolist()) == before:
            break
    return _fit(D, used, w, excess)


def _settled(differences: Floats, cost: Floats, used: Labels, w: Floats) -> tuple[Labels, Floats]:
    """Return the points, of some, that keep a weight where they are weighed best, and the weights."""
    while len(used) > 1:
        P, c = differences[used], cost[used]
        free = _free_direction(P)
        if free is not None:
            slope = float(c @ free)
            falls = slope < 0 if abs(slope) > _FLAT else free[-1] > 0
            step = free if falls else -free
            limit = np.full(len(w), np.inf)
            down = step < 0
            limit[down] = -w[down] / step[down]
        else:
            found = _best(P, c)
            if bool((found > 0).all()):
                return used, found
            step, limit = found - w, np.full(len(w), np.inf)
            down = found <= 0
            limit[down] = w[down] / np.maximum(w[down] - found[down], _FLAT)
        w = w + float(limit.min()) * step
        w[int(np.argmin(limit))] = 0.0
        kept = w > 0
        used, w = used[kept], w[kept] / w[kept].sum()
    return used, np.ones(1)


def _free_direction(P: Floats) -> Floats | None:
    """Return weights of sum 0 that move no average, shape (n,), if there are any."""
    n, k = P.shape
    system = np.vstack([P.T, np.ones(n)])
    _, sizes, right = np.linalg.svd(system, full_matrices=True)
    if n <= k + 1 and sizes[-1] > _INDEPENDENT * sizes[0]:
        return None
    return np.asarray(right[-1])


def _best(P: Floats, c: Floats) -> Floats:
    """Return weights of sum 1 and of any sign that minimise ``|w P|^2 + 2 c w``, shape (n,)."""
    sides = P[1:] - P[0]
    Q, R = np.linalg.qr(sides.T)
    tilt = np.linalg.solve(R.T, c[1:] - c[0])
    rest: Floats = np.linalg.solve(R, -(Q.T @ P[0]) - tilt)
    return np.append(1.0 - rest.sum(), rest)


def _fit(D: int, used: Labels, w: Floats, excess: Floats) -> SimplexFit:
    weights = np.zeros(D)
    weights[used] = w
    residual = max(float(np.abs(excess[used]).max()), float(-excess.min()), 0.0)
    return SimplexFit(weights=weights, residual=residual, face=excess <= np.sqrt(_OPTIMAL))


def penalty_path(points: Floats, target: Floats) -> tuple[Floats, ...]:
    """Return the weights under each of `PENALTIES`, in their order.

    Parameters
    ----------
    points : ndarray, shape (D, k)
        One point a row.
    target : ndarray, shape (k,)
        What they should come near.

    Returns
    -------
    tuple of ndarray, each of shape (D,)
        Found from the largest penalty down, each from its neighbour.

    Examples
    --------
    >>> len(penalty_path(np.array([[0.0], [2.0]]), np.array([1.5])))
    11
    """
    found: list[Floats] = []
    near = None
    for penalty in reversed(PENALTIES):
        near = penalised_weights(points, target, penalty=penalty, near=near).weights
        found.append(near)
    return tuple(reversed(found))


def least_loss(losses: Floats) -> float:
    """Return the smallest of `PENALTIES` whose loss is the least, to rounding.

    Parameters
    ----------
    losses : ndarray, shape (11,)
        One each.

    Returns
    -------
    float
        The penalty.

    Examples
    --------
    >>> least_loss(np.array([3.0, 2, 2, 4, 5, 6, 7, 8, 9, 10, 11])) == PENALTIES[1]
    True
    """
    is_least = losses <= losses.min() * (1 + 1e-9)
    return PENALTIES[int(np.argmax(is_least))]
