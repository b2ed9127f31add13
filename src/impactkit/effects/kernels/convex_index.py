"""Newton's method for convex functions of a linear index: one weighted Gram matrix a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.row_pieces import column_by_column, pieces_of

_MOST_STEPS = 80
_ROUNDING = 1e-13
_ENOUGH = 1e-11
_COLLAPSED = 1e-9
_SAMPLED = 1 << 12
_MUCH_LESS = 8
_NEAR = 1e-3


class Loss(Protocol):
    """What each row adds to the function that is made as small as possible."""

    def __call__(self, index: Floats, piece: slice) -> tuple[Floats, Floats, Floats]:
        """Return each row's loss, its first and its second derivative by the index."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Minimised:
    """Where a convex function of an index is smallest.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
        Of the index ``X b``.
    index : ndarray, shape (n,)
        ``X b``.
    inverse : ndarray, shape (k, k)
        Inverse of the matrix of second derivatives.
    gap : float
        Largest gradient left, over the total of what is balanced and the size of the column.
    has_converged : bool
        Whether the gradient is gone to rounding; not so where no finite solution exists.
    """

    coefficients: Floats
    index: Floats
    inverse: Floats
    gap: float
    has_converged: bool


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """Coefficients with what the rows add up to there."""

    b: Floats
    value: float
    gradient: Floats
    curvature: Floats


def minimise_index(X: Floats, loss: Loss, *, target: Floats, start: Floats, total: float) -> Minimised:
    """Minimise ``sum(loss(X b)) - target b``.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors with the constant.
    loss : callable
        Convex in the index; see `Loss`.
    target : ndarray, shape (k,)
        What the gradient of the losses must add up to.
    start : ndarray, shape (k,)
        Where to begin.
    total : float
        What the gradient is measured against, besides each column's root mean square.

    Returns
    -------
    Minimised
        Check ``has_converged``.

    Notes
    -----
    Steps that do not lower the function are halved. Where the minimum lies at infinity the second derivatives
    vanish in some direction, which is told as not converged.

    Examples
    --------
    >>> def squares(index, piece):
    ...     return index**2 / 2, index, np.ones(len(index))
    >>> found = minimise_index(
    ...     np.ones((3, 1)), squares, target=np.array([6.0]), start=np.zeros(1), total=1.0)
    >>> found.coefficients
    array([2.])
    """
    size = _sizes(X)
    best, gap = _descended(X, loss, target=target, start=start, scale=size * total, rounding=_ROUNDING)
    scaled = best.curvature / np.outer(size, size) / total
    inverse = np.linalg.pinv(best.curvature, hermitian=True)
    has_width = bool(np.isfinite(scaled).all()) and np.linalg.eigvalsh(scaled)[0] > _COLLAPSED
    return Minimised(
        coefficients=best.b,
        index=np.asarray(X @ best.b),
        inverse=np.asarray(inverse),
        gap=gap,
        has_converged=bool(gap <= _ENOUGH and has_width),
    )


def sampled_start(X: Floats, loss: Loss, *, target: Floats, start: Floats, total: float) -> Floats:
    """Return a place to begin that is near where the function is smallest, from every so manieth row.

    Parameters
    ----------
    X, loss, target, start, total
        As `minimise_index` takes them.

    Returns
    -------
    ndarray, shape (k,)
        ``start`` where there are few rows, or those looked at have no smallest value.

    Examples
    --------
    >>> def squares(index, piece):
    ...     return index**2 / 2, index, np.ones(len(index))
    >>> sampled_start(np.ones((3, 1)), squares, target=np.array([6.0]), start=np.zeros(1), total=1.0)
    array([0.])
    """
    step = len(X) // _SAMPLED
    if step < _MUCH_LESS:
        return start
    few = np.asarray(X[::step])
    share = len(few) / len(X)

    def of_few(index: Floats, piece: slice) -> tuple[Floats, Floats, Floats]:
        return loss(index, slice(piece.start * step, piece.stop * step, step))

    scale = _sizes(few) * total * share
    found, gap = _descended(few, of_few, target=target * share, start=start, scale=scale, rounding=_NEAR)
    return found.b if gap <= _NEAR else start


def _sizes(X: Floats) -> Floats:
    """Return each column's root mean square, 1 where it is nothing."""
    squares = np.zeros(X.shape[1])
    for piece in pieces_of(len(X)):
        rows = column_by_column(X, piece)
        squares += np.einsum("ij,ij->i", rows, rows)
    size = np.sqrt(squares / len(X))
    return np.where(size > 0, size, 1.0)


def _descended(
    X: Floats, loss: Loss, *, target: Floats, start: Floats, scale: Floats, rounding: float
) -> tuple[_State, float]:
    """Take Newton's steps until the gradient over the scale is gone to rounding, or gets no smaller."""
    state = _state(X, loss, target, start)
    gap, best = _gap(state, scale), state
    for _ in range(_MOST_STEPS):
        if gap <= rounding:
            break
        moved = _moved(X, loss, target, state)
        if moved is None:
            break
        state = moved
        left = _gap(state, scale)
        stalls = left > gap / 2
        if left < gap:
            gap, best = left, state
        if stalls and gap <= _ENOUGH:
            break
    return best, gap


def _gap(state: _State, scale: Floats) -> float:
    return float(np.abs(state.gradient / scale).max())


def _state(X: Floats, loss: Loss, target: Floats, b: Floats) -> _State:
    k = X.shape[1]
    value, gradient, curvature = 0.0, np.zeros(k), np.zeros((k, k))
    with np.errstate(over="ignore", invalid="ignore"):
        for piece in pieces_of(len(X)):
            rows = column_by_column(X, piece)
            losses, slopes, bends = loss(b @ rows, piece)
            value += float(losses.sum())
            gradient += rows @ slopes
            curvature += (rows * bends) @ rows.T
    return _State(b, value - float(target @ b), gradient - target, curvature)


def _moved(X: Floats, loss: Loss, target: Floats, state: _State) -> _State | None:
    """Return the state after a Newton step that lowers the function, None if there is no such step."""
    try:
        step = -np.linalg.solve(state.curvature, state.gradient)
    except np.linalg.LinAlgError:
        return None
    size = 1.0
    while size > 1e-6:
        tried = _state(X, loss, target, state.b + size * step)
        slack = 1e-12 * (abs(state.value) + abs(float(target @ state.b)))
        if tried.value <= state.value + slack and np.isfinite(tried.curvature).all():
            return tried
        size /= 2
    return None
