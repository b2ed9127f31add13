"""Nearest rows in a space of covariates, ties and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels

if TYPE_CHECKING:
    from scipy.spatial import KDTree

_TIED = 1e-9
_LEAF = 32


def nearest(
    Z: Floats, among: Labels, of: Labels, *, count: int, first_of_ties: bool
) -> tuple[Labels, Labels]:
    """Return the nearest rows of some rows.

    Parameters
    ----------
    Z : ndarray, shape (n, k)
        Where each row is.
    among : ndarray of int, shape (m,)
        Rows that may be chosen, rising.
    of : ndarray of int, shape (q,)
        Rows whose nearest are wanted; none is its own.
    count : int
        How many each, at most m - 1.
    first_of_ties : bool
        Whether only the first of those equally near are taken, in the order of rows, in place of all.

    Returns
    -------
    focal, partner : ndarray of int
        Pairs, by focal in the order of ``of``. Ties of the last one are all there unless told otherwise;
        distances that differ by less than 1e-9 of the spread are tied.

    Examples
    --------
    >>> Z = np.array([[0.0], [1], [-1], [5]])
    >>> [found.tolist() for found in nearest(
    ...     Z, np.array([1, 2, 3]), np.array([0]), count=1, first_of_ties=False)]
    [[0, 0], [1, 2]]
    """
    from scipy.spatial import KDTree

    among = among[KDTree(Z[among]).indices]  # near in space is then near in memory
    tree = KDTree(Z[among], leafsize=_LEAF)
    slack = _TIED * float(np.sqrt(Z.var(axis=0).sum()))
    own = np.isin(of, among, assume_unique=True)
    wanted = min(count + 1 + int(own.any()), len(among))
    places = KDTree(Z[of]).indices
    near = np.empty((len(of), wanted), dtype=np.int64)
    near[places] = tree.query(Z[of[places]], k=[*range(1, wanted + 1)], workers=-1)[1]
    partner = among[near]
    gaps = np.sqrt(((Z[partner] - Z[of][:, None]) ** 2).sum(axis=2))
    gaps[partner == of[:, None]] = np.inf
    order = np.argsort(gaps, axis=1, kind="stable")
    gaps, partner = np.take_along_axis(gaps, order, 1), np.take_along_axis(partner, order, 1)
    last = gaps[:, count - 1]
    tied = np.zeros(len(of), dtype=bool)
    if gaps.shape[1] > count:
        tied = gaps[:, count] <= last + slack
    chosen = [(np.repeat(of[~tied], count), partner[~tied, :count].ravel())]
    for i in np.flatnonzero(tied):
        found = _ball(tree, Z, among, row=int(of[i]), radius=float(last[i]) + slack)
        if first_of_ties:
            found = _first(Z, found, row=int(of[i]), count=count, slack=slack)
        chosen.append((np.full(len(found), of[i]), found))
    focal, partner = (np.concatenate(part) for part in zip(*chosen, strict=True))
    return focal, partner


def _ball(tree: KDTree, Z: Floats, among: Labels, *, row: int, radius: float) -> Labels:
    """Return the rows within a radius, rising, without the row itself."""
    found = np.sort(among[np.array(tree.query_ball_point(Z[row], radius), dtype=np.int64)])
    return np.asarray(found[found != row])


def _first(Z: Floats, found: Labels, *, row: int, count: int, slack: float) -> Labels:
    """Return the nearest of some rows, the first where they are equally near."""
    gaps = np.sqrt(((Z[found] - Z[row]) ** 2).sum(axis=1))
    rounded = np.round(gaps / slack) if slack > 0 else gaps
    return np.asarray(found[np.argsort(rounded, kind="stable")[:count]])
