"""Nearest matching without replacement: those hardest to match choose first."""

from __future__ import annotations

import heapq

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels

_FIRST_LOOK = 16


def greedy_pairs(
    place: Floats, seekers: Labels, others: Labels, *, ratio: int, furthest: float
) -> tuple[Labels, Labels]:
    """Match each seeker with the nearest that nobody has taken.

    Parameters
    ----------
    place : ndarray, shape (n,) or (n, k)
        Where each row is.
    seekers : ndarray of int, shape (q,)
        Rows to be matched, in the order in which they choose.
    others : ndarray of int, shape (m,)
        Rows they choose among, rising.
    ratio : int
        Matches each; all choose once before anyone chooses again.
    furthest : float
        Largest distance of a match.

    Returns
    -------
    focal, partner : ndarray of int
        Pairs, in the order they were made. Of rows equally near the first is taken.

    Examples
    --------
    >>> place = np.array([0.9, 0.5, 0.6, 0.4])
    >>> [found.tolist() for found in greedy_pairs(
    ...     place, np.array([0, 1]), np.array([2, 3]), ratio=1, furthest=np.inf)]
    [[0, 1], [2, 3]]
    """
    pool = _Line(place, others) if place.ndim == 1 else _Space(place, others)
    focal: list[int] = []
    partner: list[int] = []
    still = seekers.tolist()
    for _ in range(ratio):
        kept = []
        for row in still:
            found = pool.take(row, furthest)
            if found >= 0:
                focal.append(row)
                partner.append(found)
                kept.append(row)
        still = kept
    return np.array(focal, dtype=np.int64), np.array(partner, dtype=np.int64)


class _Line:
    """Rows on a line, of which the nearest free one is found by jumps over those taken."""

    def __init__(self, place: Floats, others: Labels) -> None:
        values, bins = np.unique(place[others], return_inverse=True)
        self.place, self.values = place, values.tolist()
        self.queues: list[list[int]] = [[] for _ in self.values]
        for row, at in zip(others.tolist(), bins.tolist(), strict=True):
            self.queues[at].append(row)
        for queue in self.queues:
            heapq.heapify(queue)
        self.starts = np.searchsorted(values, place).tolist()
        n = len(self.values)
        self.left, self.right = list(range(-1, n)), list(range(n + 1))  # left is shifted by one

    def take(self, row: int, furthest: float) -> int:
        """Return the nearest free row and take it; -1 if there is none within reach."""
        at, own = self.starts[row], float(self.place[row])
        above, below = _root(self.right, at), _root_left(self.left, at - 1)
        up = self.values[above] - own if above < len(self.values) else np.inf
        down = own - self.values[below] if below >= 0 else np.inf
        if min(up, down) > furthest or min(up, down) == np.inf:
            return -1
        if up == down:
            chosen = above if self.queues[above][0] < self.queues[below][0] else below
        else:
            chosen = above if up < down else below
        found = heapq.heappop(self.queues[chosen])
        if not self.queues[chosen]:
            self.right[chosen] = chosen + 1
            self.left[chosen + 1] = chosen - 1
        return found


def _root(next_free: list[int], at: int) -> int:
    """Return the first free place from one on upwards, and shorten the way there."""
    found = at
    while next_free[found] != found:
        found = next_free[found]
    while next_free[at] != found and next_free[at] != at:
        next_free[at], at = found, next_free[at]
    return found


def _root_left(next_free: list[int], at: int) -> int:
    """Return the first free place from one on downwards, -1 if there is none; entries are shifted by one."""
    found = at
    while found >= 0 and next_free[found + 1] != found:
        found = next_free[found + 1]
    while at > found and next_free[at + 1] != found:
        next_free[at + 1], at = found, next_free[at + 1]
    return found


class _Space:
    """Rows in several dimensions: the nearest are looked up, more of them once those are taken."""

    def __init__(self, place: Floats, others: Labels) -> None:
        from scipy.spatial import KDTree

        self.place, self.others = place, others
        self.tree = KDTree(place[others])
        self.free = np.ones(len(others), dtype=bool)

    def take(self, row: int, furthest: float) -> int:
        """Return the nearest free row and take it; -1 if there is none within reach."""
        k = min(_FIRST_LOOK, len(self.others))
        while True:
            found = self.tree.query(self.place[row], k=[*range(1, k + 1)])
            gaps, near = np.asarray(found[0]), np.asarray(found[1])
            free = self.free[near]
            if free.any():
                at = int(np.argmax(free))
                tied = free & (gaps == gaps[at])
                chosen = int(near[tied].min())
                if gaps[at] > furthest:
                    return -1
                self.free[chosen] = False
                return int(self.others[chosen])
            if k == len(self.others) or gaps[-1] > furthest:
                return -1
            k = min(4 * k, len(self.others))
