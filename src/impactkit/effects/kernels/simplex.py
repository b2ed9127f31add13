"""Least squares over weights that are at least 0 and sum to 1, solved exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.ridge_simplex import ridge_weights

_FIRST = 40  # points nearest the target that are tried first
_MORE = 30  # points let in at a time
_INDEPENDENT = 1e-9
_OPTIMAL = 1e-13  # a slope this small, over the mean square distance, is rounding
_DENSE = 1e-3  # a ridge this large, over the mean square distance, gives most points a weight


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimplexFit:
    """The point of a convex hull that is nearest a target.

    Parameters
    ----------
    weights : ndarray, shape (D,)
        At least 0, of sum 1.
    residual : float
        How far from optimal they are: the largest violation of the Karush-Kuhn-Tucker conditions over the
        mean square distance between points and target.
    face : ndarray of bool, shape (D,)
        Points that could have a weight without a worse fit, to rounding.
    """

    weights: Floats
    residual: float
    face: Flags


def nearest_in_hull(
    points: Floats, target: Floats, *, ridge: float = 0.0, start: Flags | None = None
) -> SimplexFit:
    """Return the weights ``w`` of points that minimise ``|w points - target|^2 + ridge |w|^2``.

    Parameters
    ----------
    points : ndarray, shape (D, k)
        One point a row.
    target : ndarray, shape (k,)
        What they should come near.
    ridge : float
        Penalty on the squared weights, in the squared unit of the points.
    start : ndarray of bool, shape (D,), optional
        Points that have a weight if all is as in a problem nearby; tried first.

    Returns
    -------
    SimplexFit
        The exact minimum.

    Notes
    -----
    For a direction ``w`` of the simplex, the best scale of ``u = s w`` in ``|u D|^2 + (sum u - 1)^2``, where
    ``D`` are points less target, leaves ``|w D|^2 / (1 + |w D|^2)``, which grows with ``|w D|^2``: one
    non-negative least squares gives the minimum over the simplex. Few points have a weight, so it is solved
    on the nearest ones, and any other point that would improve the fit is let in until there is none. A
    ridge that gives most of them a weight is solved by `ridge_weights`.

    Examples
    --------
    >>> fit = nearest_in_hull(np.array([[0.0, 0], [4, 0], [0, 4]]), np.array([1.0, 2]))
    >>> fit.weights.round(12).tolist()
    [0.25, 0.25, 0.5]
    """
    differences = points - target
    D = len(differences)
    squares = np.einsum("ij,ij->i", differences, differences)
    scale = float(np.sqrt(squares.mean())) or 1.0
    differences, squares, ridge = differences / scale, squares / scale**2, ridge / scale**2
    if start is not None:
        near = _near(differences, ridge, np.flatnonzero(start))
        if near is not None:
            return near
    if differences.shape[1] > D:  # the same distances in fewer dimensions
        differences = np.ascontiguousarray(_triangle(differences.T).T)
    if ridge > _DENSE:
        dense = ridge_weights(differences, ridge)
        if dense is not None:
            slopes = differences @ (dense @ differences) + ridge * dense
            return _fit(D, np.arange(D), dense, slopes - float(dense @ slopes))
    tried = np.argpartition(squares, _FIRST)[:_FIRST] if D > _FIRST else np.arange(D)
    for _ in range(D + 1):
        w = _solved(differences[tried], ridge)
        slopes = differences @ (w @ differences[tried])
        slopes[tried] += ridge * w
        level = float(w @ slopes[tried])
        is_lacking = slopes < level - _OPTIMAL
        is_lacking[tried] = False
        lacking = is_lacking.nonzero()[0]
        if not len(lacking):
            break
        if len(lacking) > _MORE:
            lacking = lacking[np.argpartition(slopes[lacking], _MORE)[:_MORE]]
        tried = np.concatenate([tried[w > 0], lacking])
    return _fit(D, tried, w, slopes - level)


def _near(differences: Floats, ridge: float, used: Labels) -> SimplexFit | None:
    """Return the fit in which just these points have a weight, if it is the minimum."""
    D, (n, k) = len(differences), (len(used), differences.shape[1])
    if n == 0 or n > k + 1:
        return None
    system = np.ones((k + n + 1, n))
    system[:k] = differences[used].T
    system[k : k + n] = np.sqrt(ridge) * np.eye(n)
    triangle = _triangle(system)
    if np.abs(triangle.diagonal()).min() <= _INDEPENDENT * np.abs(triangle.diagonal()).max():
        return None
    w: Floats = np.linalg.solve(triangle, np.linalg.solve(triangle.T, np.ones(n)))
    w = w / w.sum()
    if not bool((w > 0).all()):
        return None
    slopes = differences @ (w @ differences[used])
    slopes[used] += ridge * w
    fit = _fit(D, used, w, slopes - float(w @ slopes[used]))
    return fit if fit.residual <= _OPTIMAL else None


def _triangle(matrix: Floats) -> Floats:
    """Return the triangular factor, whose columns have the same products."""
    found: Floats = np.linalg.qr(matrix, mode="r")  # type: ignore[assignment]
    return found


def _solved(differences: Floats, ridge: float) -> Floats:
    """Return weights of a few points, by one non-negative least squares."""
    n, k = differences.shape
    rows = k + (n if ridge else 0)
    system = np.empty((rows + 1, n))
    system[:k] = differences.T
    if ridge:
        system[k:rows] = np.sqrt(ridge) * np.eye(n)
    system[rows] = 1.0
    right = np.zeros(rows + 1)
    right[rows] = 1.0
    found, _ = nnls(system, right, maxiter=50 * n + 100)
    return np.asarray(found / found.sum())


def _fit(D: int, tried: Labels, w: Floats, excess: Floats) -> SimplexFit:
    weights = np.zeros(D)
    weights[tried] = w
    used = weights > 0
    residual = max(float(np.abs(excess[used]).max()), float(-excess.min()), 0.0)
    return SimplexFit(weights=weights, residual=residual, face=excess <= np.sqrt(_OPTIMAL))


def is_unique(points: Floats, fit: SimplexFit) -> bool:
    """Return whether no other weights give the same fit.

    Parameters
    ----------
    points : ndarray, shape (D, k)
        The points.
    fit : SimplexFit
        Their weights, without a ridge.

    Returns
    -------
    bool
        Whether the points that could have a weight are affinely independent.

    Examples
    --------
    >>> square = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])
    >>> is_unique(square, nearest_in_hull(square, np.array([0.5, 0.5])))
    False
    >>> is_unique(square, nearest_in_hull(square, np.array([3.0, 0.5])))
    True
    """
    face = points[fit.face]
    if len(face) < 2:
        return True
    if len(face) > face.shape[1] + 1:
        return False
    sizes = np.linalg.svd(face[1:] - face[0], compute_uv=False)
    return bool(sizes[-1] > _INDEPENDENT * sizes[0])
