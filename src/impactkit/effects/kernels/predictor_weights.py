"""How much each predictor counts in a synthetic control: weights whose donors follow the outcome best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.simplex import is_unique, nearest_in_hull

Start = Literal["equal", "regression", "spread", "descent"]
_BOUND = 16.0  # a predictor counts at most exp(32) times another
_STEPS = 200
_SINGULAR = 1e-12
_TRIED = 32  # weights spread over the simplex, of which the best are starts too
_BEST = 2
_RANGE = 8.0
_EVALUATIONS = 40
_FIRST_OF_ALL = 1e4  # how much more predictors count than outcomes that only break ties


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredictorWeights:
    """Weights of predictors, and where the search for them began.

    Parameters
    ----------
    v : ndarray, shape (k,)
        At least 0, of sum 1.
    start : {"equal", "regression", "spread", "descent"}
        The start that led to the best fit.
    loss : float
        Mean squared gap of the outcome under them, in its unit squared.
    """

    v: Floats
    start: Start
    loss: float


def donors_given(v: Floats, points: Floats, target: Floats) -> Floats:
    """Return the donors' weights that bring predictors nearest, weighed by ``v``, shape (D,).

    Parameters
    ----------
    v : ndarray, shape (k,)
        What each predictor counts.
    points : ndarray, shape (D, k)
        The donors' predictors, standardised.
    target : ndarray, shape (k,)
        The unit's.

    Returns
    -------
    ndarray, shape (D,)
        At least 0, of sum 1.
    """
    root = np.sqrt(v)
    return nearest_in_hull(points * root, target * root).weights


def donors_following(v: Floats, points: Floats, target: Floats, paths: Floats, path: Floats) -> Floats:
    """Return the donors' weights that bring predictors nearest; of several, those that follow outcomes best.

    Parameters
    ----------
    v : ndarray, shape (k,)
        What each predictor counts.
    points : ndarray, shape (D, k)
        The donors' predictors, standardised.
    target : ndarray, shape (k,)
        The unit's.
    paths : ndarray, shape (D, t)
        The donors' outcomes before the start.
    path : ndarray, shape (t,)
        The unit's.

    Returns
    -------
    ndarray, shape (D,)
        At least 0, of sum 1.

    Notes
    -----
    A unit that lies among many donors in few predictors is met exactly by many weights, whatever ``v``.
    Predictors then count so much more than outcomes that they are met to eight digits.

    References
    ----------
    .. [1] Malo, P., Eskelinen, J., Zhou, X., & Kuosmanen, T. (2023). Computing synthetic controls using
       bilevel optimization. *Computational Economics*.

    Examples
    --------
    >>> points, paths = np.array([[0.0], [2], [1]]), np.array([[0.0, 5], [2, 1], [1, 9]])
    >>> donors_following(np.ones(1), points, np.ones(1), paths, np.array([1.0, 3])).round(6).tolist()
    [0.5, 0.5, 0.0]
    """
    root = np.sqrt(v)
    A, a = points * root, target * root
    fit = nearest_in_hull(A, a)
    if is_unique(A, fit):
        return fit.weights
    sizes = [float(np.abs(part).max()) or 1.0 for part in (paths - path, A - a)]
    weight = _FIRST_OF_ALL * sizes[0] / sizes[1]
    return nearest_in_hull(np.hstack([weight * A, paths]), np.append(weight * a, path)).weights


def nested_weights(points: Floats, target: Floats, paths: Floats, path: Floats) -> PredictorWeights:
    """Return the weights of predictors whose synthetic control follows the outcome best.

    Parameters
    ----------
    points : ndarray, shape (D, k)
        The donors' predictors, standardised.
    target : ndarray, shape (k,)
        The unit's.
    paths : ndarray, shape (D, T0)
        The donors' outcomes in the periods whose fit is asked for.
    path : ndarray, shape (T0,)
        The unit's.

    Returns
    -------
    PredictorWeights
        The best of five searches; the same data give the same answer.

    Notes
    -----
    The outer problem is minimised over ``log v`` by L-BFGS-B, with the exact derivative of the inner weights
    within the set of donors that have one, from equal weights, from the squared coefficients of a regression
    of the outcomes on the predictors [1]_, and from the best two of weights spread evenly over the simplex;
    and, since it has kinks where a donor's weight becomes 0, from equal weights by Nelder and Mead's descent
    without derivatives. It is not convex, and its minima are many: the start is part of the answer.

    References
    ----------
    .. [1] Abadie, A., Diamond, A., & Hainmueller, J. (2011). Synth: an R package for synthetic control
       methods in comparative case studies. *Journal of Statistical Software*, 42(13), section 2.

    Examples
    --------
    >>> points = np.array([[0.0, 5], [2, 1], [4, 3]])
    >>> paths = np.array([[0.0, 0], [2, 2], [4, 4]])
    >>> found = nested_weights(points, np.array([1.0, 3]), paths, np.array([1.0, 1]))
    >>> donors_given(found.v, points, np.array([1.0, 3])).round(3).tolist(), round(found.loss, 6)
    ([0.5, 0.5, 0.0], 0.0)
    """
    k = points.shape[1]
    data = (points, target, paths, path)
    regression = _by_regression(np.vstack([target, points]), np.vstack([path, paths]))
    starts: list[tuple[Start, Floats]] = [("equal", np.full(k, 1 / k)), ("regression", regression)]
    if k > 1:
        spread = _spread(k)
        losses = np.array([_loss(v, *data)[0] for v in spread])
        starts += [("spread", spread[j]) for j in np.argsort(losses, kind="stable")[:_BEST]]
    found = [_searched(name, v, data) for name, v in starts]
    if k > 1:
        found.append(_descended(data))
    return min(found, key=lambda one: one.loss)


def _spread(k: int) -> Floats:
    """Return weights spread evenly in logarithms, and one predictor before all others, shape (m, k)."""
    # Additive recurrence: the multiples of powers of the root of x^(k+1) = x + 1, without whole numbers.
    root = 1.5
    for _ in range(50):
        root = (1 + root) ** (1 / (k + 1))
    even = (np.arange(1, _TRIED + 1)[:, None] * root ** -np.arange(1.0, k + 1)) % 1.0
    alone = 0.02 + 0.98 * np.eye(k)
    found = np.vstack([np.exp(-_RANGE * even), alone])
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _searched(name: Start, v: Floats, data: tuple[Floats, Floats, Floats, Floats]) -> PredictorWeights:
    begin = np.log(np.maximum(v / v.max(), np.exp(-_BOUND)))
    scale = max(float(np.var(data[3])), float(np.mean((data[2].mean(axis=0) - data[3]) ** 2))) or 1.0

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, slope = _loss(np.exp(theta), *data)
        return value / scale, slope * np.exp(theta) / scale

    search = minimize(
        loss,
        begin,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_BOUND, _BOUND)] * len(v),
        options={"maxiter": _STEPS, "ftol": 1e-11, "gtol": 1e-9},
    )
    best = np.exp(search.x - search.x.max())
    return PredictorWeights(v=best / best.sum(), start=name, loss=float(search.fun) * scale)


def _descended(data: tuple[Floats, Floats, Floats, Floats]) -> PredictorWeights:
    k = data[0].shape[1]

    def size(theta: Floats) -> float:
        return _loss(np.exp(theta - theta.max()), *data)[0]

    corners = np.vstack([np.zeros(k), np.eye(k)])
    search = minimize(
        size,
        corners[0],
        method="Nelder-Mead",
        options={"maxfev": _EVALUATIONS * (k + 1), "initial_simplex": corners, "fatol": 0.0, "xatol": 1e-6},
    )
    v = np.exp(search.x - search.x.max())
    return PredictorWeights(v=v / v.sum(), start="descent", loss=float(search.fun))


def _loss(v: Floats, points: Floats, target: Floats, paths: Floats, path: Floats) -> tuple[float, Floats]:
    """Return the mean squared gap of the outcome, and its derivative by each predictor's weight."""
    w = donors_given(v, points, target)
    used = w > 0
    gaps = path - w @ paths
    D = points[used] - target
    p = int(used.sum())
    # Derivative of the weights, by the adjoint of their conditions: G w + nu = 0, sum w = 1.
    system = np.ones((p + 1, p + 1))
    system[:p, :p] = (D * v) @ D.T
    system[p, p] = 0.0
    scale = float(np.trace(system[:p, :p])) / p or 1.0
    system[:p, :p] /= scale
    right = np.append(paths[used] @ gaps, 0.0)
    adjoint = np.linalg.lstsq(system, right, rcond=_SINGULAR)[0][:p] / scale
    slope = 2 / len(path) * (adjoint @ D) * (w[used] @ D)
    return float(gaps @ gaps) / len(path), slope


def _by_regression(X: Floats, Z: Floats) -> Floats:
    """Return squared coefficients of outcomes on predictors, summed over periods, shape (k,)."""
    design = np.column_stack([np.ones(len(X)), X])
    coefficients = np.linalg.lstsq(design, Z, rcond=None)[0][1:]
    size = (coefficients**2).sum(axis=1)
    return size / size.sum() if size.sum() > 0 else np.full(len(size), 1 / len(size))
