"""Least squares over weights of sum 1, with a ridge that makes most of them positive, solved exactly."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats

_STEPS = 100
_HALVINGS = 30
_SLOPE = 1e-4  # the share of the promised increase that a step must bring
_OPTIMAL = 1e-14


def ridge_weights(differences: Floats, ridge: float) -> Floats | None:
    """Return the weights ``w`` that minimise ``|w differences|^2 + ridge |w|^2``.

    Parameters
    ----------
    differences : ndarray, shape (D, k)
        Points less target, one a row, of mean square length about 1.
    ridge : float
        Penalty on the squared weights, above 0.

    Returns
    -------
    ndarray, shape (D,), or None
        At least 0, of sum 1; None if rounding keeps it from the exact minimum.

    Notes
    -----
    The minimum has ``ridge w = max(0, mu - differences e)`` with ``e = w differences``, so that it is found
    in ``k + 1`` unknowns however many points there are: Newton's method on the dual, which is piecewise
    quadratic and strictly concave where any weight is positive, and so ends in finitely many steps [1]_.

    References
    ----------
    .. [1] Mangasarian, O. L. (2006). Exact 1-norm support vector machines via unconstrained convex
       differentiable minimization. *Journal of Machine Learning Research*, 7 (the generalised Newton method).

    Examples
    --------
    >>> ridge_weights(np.array([[1.0, 0], [-1.0, 0], [0.0, 9]]), 1e9).round(6).tolist()
    [0.333333, 0.333333, 0.333333]
    """
    D, k = differences.shape
    # From equal weights: every weight positive.
    e, mu = differences.mean(axis=0), 0.0
    lengths = differences @ e
    mu = (ridge + float(lengths.sum())) / D
    raw = mu - lengths
    for _ in range(_STEPS):
        w = np.maximum(raw, 0.0) / ridge
        gradient = np.append(w @ differences - e, 1.0 - w.sum())
        step = _newton(differences[raw > 0], ridge, gradient)
        if step is None:
            return None
        moved = step[k] - differences @ step[:k]
        share = _share(raw, moved, ridge=ridge, e=e, step=step, gradient=gradient)
        e, mu, raw = e + share * step[:k], mu + share * step[k], raw + share * moved
        if share == 1.0 and bool(((raw > 0) == (w > 0)).all()):
            return _polished(differences, ridge, raw > 0)
    return None


def _newton(used: Floats, ridge: float, gradient: Floats) -> Floats | None:
    """Return the step to the maximum of the quadratic piece, shape (k + 1,)."""
    n, k = used.shape
    if not n:
        return None
    system = np.empty((k + 1, k + 1))
    system[:k, :k] = used.T @ used / ridge
    system[:k, :k].flat[:: k + 1] += 1.0
    system[:k, k] = system[k, :k] = -used.sum(axis=0) / ridge
    system[k, k] = n / ridge
    try:
        return np.asarray(np.linalg.solve(system, gradient), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None


def _share(raw: Floats, moved: Floats, *, ridge: float, e: Floats, step: Floats, gradient: Floats) -> float:
    """Return how much of a step increases the dual enough."""
    k = len(e)
    promised = float(gradient @ step)
    now = float((np.maximum(raw, 0.0) ** 2).sum()) / (2 * ridge)
    share = 1.0
    for _ in range(_HALVINGS):
        after = float((np.maximum(raw + share * moved, 0.0) ** 2).sum()) / (2 * ridge)
        gain = share * step[k] - share * float(e @ step[:k]) - share**2 * float(step[:k] @ step[:k]) / 2
        if gain - after + now >= _SLOPE * share * promised - _OPTIMAL * (1 + abs(now)):
            return share
        share /= 2
    return share


def _polished(differences: Floats, ridge: float, used: Flags) -> Floats | None:
    """Return the weights on the points found, solved once more from the start."""
    w = np.zeros(len(differences))
    S = differences[used]
    n, k = S.shape
    if n <= k:
        system = S @ S.T
        system.flat[:: n + 1] += ridge
        found = np.linalg.solve(system, np.ones(n))
        found /= found.sum()
    else:
        # Woodbury: the inverse of (S S' + ridge I) on ones, through k by k.
        inner = S.T @ S
        inner.flat[:: k + 1] += ridge
        found = 1.0 - S @ np.linalg.solve(inner, S.sum(axis=0))
        found /= found.sum()
    if not bool((found >= 0).all()):
        return None
    w[used] = found
    return w
