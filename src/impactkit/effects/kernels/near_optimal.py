"""How far an average effect can move among weights that fit nearly as well as the best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.simplex import nearest_in_hull

_STEPS = 60
_RANGE = 1e10
_NEAR = 1e-9
_CLOSE = 1e-6  # between scales this close the gap is all but linear


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearOptimal:
    """The least and the most that donors' averages reach.

    Parameters
    ----------
    low, high : float
        Of the average ``w c``.
    low_weights, high_weights : ndarray, shape (D,)
        The weights that reach them.
    """

    low: float
    high: float
    low_weights: Floats
    high_weights: Floats


def near_optimal(points: Floats, target: Floats, values: Floats, *, largest: float) -> NearOptimal:
    """Return the range of ``w values`` over simplex weights that fit with a root mean square of ``largest``.

    Parameters
    ----------
    points : ndarray, shape (D, k)
        The donors before the start.
    target : ndarray, shape (k,)
        The treated unit.
    values : ndarray, shape (D,)
        What is averaged, such as each donor's mean after the start.
    largest : float
        The largest root mean square of ``w points - target``; at least that of the best weights.

    Returns
    -------
    NearOptimal
        Both ends.

    Notes
    -----
    Each end is the least of ``w c`` on a convex set. All best compromises between the fit and ``w c`` are the
    minima of ``|w A - b|^2 + s (w c - m)^2`` with ``m`` beyond every ``c``: ordinary simplex problems with
    one row more. Along them the fit worsens as ``s`` grows, without jumps, so ``s`` is found by bisection.

    Examples
    --------
    >>> points, target = np.array([[0.0], [1], [2]]), np.array([1.0])
    >>> found = near_optimal(points, target, np.array([5.0, 1, 5]), largest=0.0)
    >>> round(found.low, 6), round(found.high, 6)
    (1.0, 5.0)
    """
    low = _least(points, target, values, largest)
    high = _least(points, target, -values, largest)
    return NearOptimal(low=float(low @ values), high=float(high @ values), low_weights=low, high_weights=high)


def _least(points: Floats, target: Floats, values: Floats, largest: float) -> Floats:
    """Return the weights that make ``w values`` least within the allowed gap."""
    k = len(target)
    spread = float(np.ptp(values))
    size = float(np.sqrt(((points - target) ** 2).sum(axis=1).mean()))
    if not spread or not size:
        return nearest_in_hull(points, target).weights if not spread else _corner(values)
    # A gap as small as rounding allows cannot be told from none.
    allowed = max(largest * np.sqrt(k), _NEAR * size)
    alone = _corner(values)
    if np.linalg.norm(alone @ points - target) <= allowed:
        return alone
    beyond = (values - values.min()) / spread * size

    def weights(s: float) -> Floats:
        rows = np.column_stack([points, np.sqrt(s) * beyond])
        return nearest_in_hull(rows, np.append(target, -np.sqrt(s) * size)).weights

    def gap(w: Floats) -> float:
        return float(np.linalg.norm(w @ points - target))

    small, large = 1 / _RANGE, _RANGE
    inside, outside = weights(small), weights(large)
    if gap(inside) > allowed:
        return nearest_in_hull(points, target).weights
    for _ in range(_STEPS):
        if large / small < 1 + _CLOSE:
            break
        s = float(np.sqrt(small * large))
        w = weights(s)
        if gap(w) <= allowed:
            small, inside = s, w
        else:
            large, outside = s, w
    return _between(inside, outside, points, target, allowed)


def _corner(values: Floats) -> Floats:
    """Return all weight on the least value."""
    found = np.zeros(len(values))
    found[int(np.argmin(values))] = 1.0
    return found


def _between(inside: Floats, outside: Floats, points: Floats, target: Floats, allowed: float) -> Floats:
    """Return the weights on the way from inside to outside that have the allowed gap."""
    start, step = inside @ points - target, (outside - inside) @ points
    a, b, c = float(step @ step), float(start @ step), float(start @ start) - allowed**2
    if a <= 0 or c > 0:
        return inside
    share = min(max((-b + np.sqrt(max(b * b - a * c, 0.0))) / a, 0.0), 1.0)
    return np.asarray(inside + share * (outside - inside))
