"""Other groups of people that would give the same figures, where they are easily found.

Each way to move people between groups that leaves every shown figure as it is shows how far a hidden figure
may be from the truth. What such simple moves do not reach is left to `audit`: they can only show that enough
is hidden, never that too little is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_ZERO = 1e-9
_NEAR = 1e-7


def moves(parts: Floats) -> Floats:
    """Return ways to change the sizes of groups that leave every figure as it is.

    Parameters
    ----------
    parts : ndarray, shape (S, V)
        How often each group counts in each figure.

    Returns
    -------
    ndarray, shape (M, V)
        A basis of all such ways in whole numbers of people; ways in fractions are left out.

    Examples
    --------
    >>> moves(np.array([[1.0, 1, 1], [0, 0, 1]])).tolist()
    [[-1.0, 1.0, 0.0]]
    """
    reduced, pivots = _eliminated(parts)
    free = [column for column in range(parts.shape[1]) if column not in set(pivots)]
    found = np.zeros((len(free), parts.shape[1]))
    found[np.arange(len(free)), free] = 1
    found[:, pivots] = -reduced[: len(pivots), free].T
    whole = (np.abs(found - np.rint(found)) < _ZERO).all(axis=1)
    kept: Floats = np.rint(found[whole]) + 0.0
    return kept


def _eliminated(parts: Floats) -> tuple[Floats, list[int]]:
    """Return the reduced row echelon form and the columns of its pivots (Gauss and Jordan)."""
    A, pivots = parts.astype(np.float64), list[int]()
    for column in range(A.shape[1]):
        row = len(pivots)
        if row == len(A):
            break
        at = row + int(np.argmax(np.abs(A[row:, column])))
        if abs(A[at, column]) < _ZERO:
            continue
        A[[row, at]] = A[[at, row]]
        A[row] /= A[row, column]
        others = np.arange(len(A)) != row
        A[others] -= np.outer(A[others, column], A[row])
        pivots.append(column)
    return A, pivots


def independent(parts: Floats) -> list[int]:
    """Return which figures are no sums of earlier ones: the others tell nothing more.

    Parameters
    ----------
    parts : ndarray, shape (S, V)
        How often each group counts in each figure.

    Returns
    -------
    list of int
        Rows, in order.

    Examples
    --------
    >>> independent(np.array([[1.0, 0], [0, 1], [1, 1]]))
    [0, 1]
    """
    return _eliminated(parts.T)[1]


def reach(targets: Floats, sizes: Floats, ways: Floats) -> Floats:
    """Return how far apart values of hidden figures lie that single moves from the truth reach.

    Parameters
    ----------
    targets : ndarray, shape (K, V)
        How often each group counts in each hidden figure.
    sizes : ndarray, shape (V,)
        How far each group may shrink: people who could be moved out of it.
    ways : ndarray, shape (M, V)
        Moves, of which each is made as often as nobody is moved out who is not there.

    Returns
    -------
    ndarray, shape (K,)
        In people; inf where nothing stops a move.

    Examples
    --------
    >>> reach(np.eye(2), np.array([3.0, 20]), np.array([[-1.0, 1]])).tolist()
    [23.0, 23.0]
    """
    if not len(ways):
        return np.zeros(len(targets))
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = sizes / np.abs(ways)
    forward = np.floor(np.where(ways < 0, steps, np.inf).min(axis=1) + _ZERO)
    back = np.floor(np.where(ways > 0, steps, np.inf).min(axis=1) + _ZERO)
    by_step = np.abs(targets @ ways.T)
    with np.errstate(invalid="ignore"):
        far = np.where(by_step > _ZERO, by_step * (forward + back), 0.0)
    found: Floats = far.max(axis=1)
    return found


def told_by(targets: Floats, parts: Floats) -> Flags:
    """Return which figures tell hidden ones exactly, by adding and subtracting.

    Parameters
    ----------
    targets : ndarray, shape (K, V)
        How often each group counts in each hidden figure.
    parts : ndarray, shape (S, V)
        How often it does in those that are shown.

    Returns
    -------
    ndarray of bool, shape (K, S)
        None of them where no sum of them is the hidden figure.

    Examples
    --------
    >>> told_by(np.array([[1.0, 0]]), np.array([[1.0, 1], [0, 1], [2, 2]])).tolist()
    [[True, True, True]]
    >>> told_by(np.array([[1.0, 0]]), np.array([[1.0, 1]])).tolist()
    [[False]]
    """
    weights, *_ = np.linalg.lstsq(parts.T, targets.T, rcond=None)
    is_exact = np.abs(parts.T @ weights - targets.T).max(axis=0, initial=0.0) < _NEAR
    found: Flags = (is_exact & (np.abs(weights) > _NEAR)).T
    return found
