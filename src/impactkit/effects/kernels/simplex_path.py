"""Residuals from the nearest point of a convex hull as the target moves along a line: linear by piece."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.simplex import nearest_in_hull

_BEYOND = 1e-9  # how far past a bend the weights are found anew, where the bend does not tell
_FLAT = 1e-14  # a slope this small is rounding
_ENOUGH = 50  # bends for each point and coordinate, before the walk is given up


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Residuals that are linear in how far the target has moved.

    Parameters
    ----------
    low, high : float
        Between which ``m`` it holds.
    anchor : float
        Where it was found, close by.
    residuals, slopes : ndarray, shape (k,)
        At ``m`` residuals are ``residuals + (m - anchor) slopes``.
    """

    low: float
    high: float
    anchor: float
    residuals: Floats
    slopes: Floats

    def at(self, m: float) -> Floats:
        """Return the residuals at ``m``, shape (k,)."""
        return self.residuals + (m - self.anchor) * self.slopes


def residual_path(points: Floats, target: Floats, direction: Floats) -> tuple[Piece, ...]:
    """Return ``target - m direction - w(m) points`` for all ``m``, where ``w(m)`` makes it shortest.

    Parameters
    ----------
    points : ndarray, shape (D, k)
        One point a row.
    target, direction : ndarray, shape (k,)
        The target at ``m = 0``, and what is taken from it.

    Returns
    -------
    tuple of Piece
        From minus infinity to infinity, each beginning where the former ends.

    Notes
    -----
    The minimiser of a quadratic over a simplex is linear in the target as long as the same points have a
    weight. A piece ends where a weight reaches 0, or where a point without one would begin to help; the next
    set of points differs by that one. Where several do so at once, the weights are found anew just beyond.

    Examples
    --------
    >>> pieces = residual_path(np.array([[0.0], [1.0]]), np.array([0.0]), np.array([-1.0]))
    >>> [(piece.low, piece.high, piece.slopes.tolist()) for piece in pieces]
    [(-inf, -0.0, [1.0]), (0.0, 1.0, [0.0]), (1.0, inf, [1.0])]
    """
    scale = float(np.sqrt(((points - target) ** 2).mean())) or 1.0
    X, y = (points - target) / scale, np.zeros(len(target))
    above = list(walk(X, y, direction))
    below = [_mirrored(piece) for piece in walk(X, y, -direction)][::-1]
    return tuple(_scaled(piece, scale) for piece in _joined([*below, *above]))


def walk(X: Floats, y: Floats, e: Floats, *, support: Labels | None = None) -> Iterator[Piece]:
    """Yield the pieces of `residual_path` from ``m = 0`` upwards, one by one.

    Parameters
    ----------
    X : ndarray, shape (D, k)
        One point a row, of size about 1.
    y, e : ndarray, shape (k,)
        The target at ``m = 0``, and what is taken from it.
    support : ndarray of int, optional
        The points with a weight at ``m = 0``, where they are known.

    Yields
    ------
    Piece
        The last one has no end.
    """
    m, step = 0.0, _BEYOND
    if support is None:
        support = np.flatnonzero(nearest_in_hull(X, y).weights)
    for _ in range(_ENOUGH * sum(X.shape) + 100):
        reach, residuals, slopes, following = _linear(X, y, e, m, support)
        if reach > m + _FLAT * (1 + m):
            yield Piece(low=m, high=reach, anchor=m, residuals=residuals, slopes=slopes)
            m, step = reach, _BEYOND
            if math.isinf(m):
                return
            if following is not None:
                trial = _linear(X, y, e, m, following)
                if trial[0] > m + _FLAT * (1 + m):
                    support = following
                    continue
        # The bend does not tell which points come next: look a little farther on.
        beyond = m + step * (1 + m)
        support = np.flatnonzero(nearest_in_hull(X, y - beyond * e).weights)
        reach, residuals, slopes, _ = _linear(X, y, e, beyond, support)
        at_m = residuals - (beyond - m) * slopes
        yield Piece(low=m, high=beyond, anchor=m, residuals=at_m, slopes=slopes)
        m, step = beyond, 4 * step
    raise ArithmeticError("the walk along the simplex does not end")


def _linear(
    X: Floats, y: Floats, e: Floats, m: float, support: Labels
) -> tuple[float, Floats, Floats, Labels | None]:
    """Return how far the points that have a weight at ``m`` keep it, the residuals, and who has one next."""
    origin = X[support[0]]
    edges = X[support[1:]] - origin
    right = np.array([y - m * e - origin, -e])
    found = np.zeros((2, len(support)))
    if len(edges):
        found[:, 1:] = np.linalg.lstsq(edges.T, right.T, rcond=1e-12)[0].T
    residuals, slopes = right - found[:, 1:] @ edges
    found[:, 0] = -found.sum(axis=1)
    found[0, 0] += 1.0
    w, d = found
    # How much worse each point is than those with a weight; below 0 it would help.
    excess, change = (origin - X) @ residuals, (origin - X) @ slopes
    change[support] = 0.0
    leaving, entering = _times(w, d), _times(excess, change)
    gone, come = int(leaving.argmin()), int(entering.argmin())
    until = float(min(leaving[gone], entering[come]))
    if math.isinf(until):
        return math.inf, residuals, slopes, None
    if leaving[gone] <= entering[come]:
        following = np.concatenate([support[:gone], support[gone + 1 :]])
    else:
        following = np.append(support, come)
    return m + until, residuals, slopes, following if len(following) else None


def _times(level: Floats, slope: Floats) -> Floats:
    """Return when each of some numbers, at least 0 now, reaches 0."""
    found = np.full(len(level), np.inf)
    falls = slope < -_FLAT
    found[falls] = np.maximum(level[falls], 0.0) / -slope[falls]
    return found


def _mirrored(piece: Piece) -> Piece:
    return Piece(
        low=-piece.high,
        high=-piece.low,
        anchor=-piece.anchor,
        residuals=piece.residuals,
        slopes=-piece.slopes,
    )


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with neighbours of one slope in one."""
    found = [pieces[0]]
    for piece in pieces[1:]:
        last = found[-1]
        if not np.allclose(last.slopes, piece.slopes, rtol=0, atol=1e-9):
            found.append(piece)
            continue
        longer = last if last.high - last.low > piece.high - piece.low else piece
        found[-1] = replace(longer, low=last.low, high=piece.high)
    return found


def _scaled(piece: Piece, scale: float) -> Piece:
    return Piece(
        low=piece.low * scale,
        high=piece.high * scale,
        anchor=piece.anchor * scale,
        residuals=piece.residuals * scale,
        slopes=piece.slopes,
    )
