"""Rows compared with those nearest along a line: the residuals of the nearest-neighbour variance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels

_SAME = float(np.sqrt(np.finfo(float).eps))  # distances this close, relatively, are a tie: both are taken


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearestResiduals:
    """Each row less the mean of its nearest rows, scaled to be unbiased for its variance.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Sorted in rising order.
    columns : ndarray, shape (n, d)
        What is compared.
    matches : int
        Fewest other rows that each is compared with; rows of one value are taken or left together.
    residuals : ndarray, shape (n, d)
        With all rows there to be compared with.
    first, last : ndarray of int, shape (n,)
        The range of rows, last one included, that each was compared with.
    """

    x: Floats
    columns: Floats
    matches: int
    residuals: Floats
    first: Labels
    last: Labels

    def of_columns(self, kept: list[int]) -> NearestResiduals:
        """Return the same of some of the columns."""
        return replace(self, columns=self.columns[:, kept], residuals=self.residuals[:, kept])

    def within(self, start: int, stop: int) -> Floats:
        """Return the residuals of rows ``start`` to ``stop`` when there are no others, shape (m, d).

        Only rows near the ends of the range are compared anew.
        """
        if start == 0 and stop == len(self.x):
            return self.residuals
        found = self.residuals[start:stop]
        outside = (self.first[start:stop] < start) | (self.last[start:stop] >= stop)
        if not outside.any():
            return found
        found = found.copy()
        rows = np.flatnonzero(outside)
        # A row's range never has more than this many values on one side, so what they need is near.
        for low, high in _ends(rows, stop - start):
            a, b = _widened(self.x[start:stop], low, high, self.matches + 1)
            anew = nearest_residuals(
                self.x[start + a : start + b],
                self.columns[start + a : start + b],
                matches=min(self.matches, stop - start - 1),
            )
            found[low:high] = anew.residuals[low - a : high - a]
        return found


def nearest_residuals(x: Floats, columns: Floats, *, matches: int = 3) -> NearestResiduals:
    """Compare each row with those nearest to it.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Sorted in rising order.
    columns : ndarray, shape (n, d)
        Numbers to compare.
    matches : int
        Fewest other rows that each is compared with, where there are as many.

    Returns
    -------
    NearestResiduals
        ``sqrt(J / (J + 1)) (y - mean of the J nearest)``: its square has the mean ``Var(y | x)`` where that
        and the mean of ``y`` are constant near ``x``.

    References
    ----------
    .. [1] Abadie, A., & Imbens, G. W. (2008). Estimation of the conditional variance in paired experiments.
       *Annales d'Économie et de Statistique*, 91/92.

    Examples
    --------
    >>> found = nearest_residuals(np.array([0.0, 1, 2, 9]), np.array([[0.0], [4], [8], [0]]), matches=1)
    >>> (found.residuals[:, 0] * np.sqrt(2)).round(6).tolist()
    [-4.0, 0.0, 4.0, -8.0]
    """
    n = len(x)
    starts = np.flatnonzero(np.r_[True, x[1:] != x[:-1]]) if n else np.zeros(0, dtype=np.int64)
    if len(starts) == n > matches:
        low, high, total = _distinct(x, columns, matches)
        J = high - low
    else:
        low, high, J, total = _repeated(x, columns, starts, matches)
    others = np.maximum(J, 1)[:, None].astype(np.float64)
    residuals = np.sqrt(others / (others + 1)) * (columns - (total - columns) / others)
    return NearestResiduals(x=x, columns=columns, matches=matches, residuals=residuals, first=low, last=high)


def _distinct(x: Floats, columns: Floats, matches: int) -> tuple[Labels, Labels, Floats]:
    """Return the first and last row each is compared with and their sums, for distinct values."""
    n, k = len(x), matches
    padded = np.r_[np.full(k, -np.inf), x, np.full(k, np.inf)]
    steps = [padded[k + j : k + j + n] for j in range(-k, k + 1)]
    to_left, tied = np.zeros(n, dtype=np.int8), np.zeros(n, dtype=bool)
    # The j-th on the left is among the k nearest if it is nearer than the (k + 1 - j)-th on the right.
    for j in range(1, k + 1):
        left, right = x - steps[k - j], steps[2 * k + 1 - j] - x
        to_left += left < right
        tied |= np.abs(left - right) <= right * _SAME
    low = np.arange(n) - to_left
    high = low + k
    total = columns.copy()
    for j in range(1, k + 1):
        total[j:] += columns[:-j] * (to_left[j:, None] >= j)
        total[:-j] += columns[j:] * (to_left[:-j, None] <= k - j)
    rows = np.flatnonzero(tied)
    if len(rows):
        low[rows], high[rows] = _ranges(x, np.ones(n, dtype=np.int64), rows, matches=k)
        total[rows] = _sums(columns, low[rows], high[rows], rows)
    return low, high, total


def _repeated(
    x: Floats, columns: Floats, starts: Labels, matches: int
) -> tuple[Labels, Labels, Labels, Floats]:
    """Return the same, and how many others, where rows share values."""
    n, G = len(x), len(starts)
    counts = np.diff(np.r_[starts, n])
    values, sums = x[starts], np.add.reduceat(columns, starts, axis=0)
    low, high = _ranges(values, counts, np.arange(G), matches=min(matches, n - 1))
    total = _sums(sums, low, high, np.arange(G))
    group, ends = np.repeat(np.arange(G), counts), np.r_[starts[1:], n] - 1
    first, last = starts[low][group], ends[high][group]
    return first, last, last - first, total[group]


def _ranges(values: Floats, counts: Labels, rows: Labels, *, matches: int) -> tuple[Labels, Labels]:
    """Return the first and last distinct value each is compared with, growing to the nearer side."""
    low, high, here, others = rows.copy(), rows.copy(), values[rows], counts[rows] - 1
    wanting = np.flatnonzero(others < matches)
    while len(wanting):
        a, b, x = low[wanting], high[wanting], here[wanting]
        before, after = np.maximum(a - 1, 0), np.minimum(b + 1, len(values) - 1)
        left = np.where(a > 0, x - values[before], np.inf)
        right = np.where(b < len(values) - 1, values[after] - x, np.inf)
        inside = np.isfinite(left) & np.isfinite(right)
        larger = np.where(inside, np.maximum(left, right), 1.0)
        tie = np.abs(np.where(inside, left - right, np.inf)) <= larger * _SAME
        to_left, to_right = (left < right) | tie, (right < left) | tie
        low[wanting] -= to_left
        high[wanting] += to_right
        others[wanting] += counts[before] * to_left + counts[after] * to_right
        wanting = wanting[others[wanting] < matches]
    return low, high


def _sums(sums: Floats, low: Labels, high: Labels, own: Labels) -> Floats:
    """Return sums over ranges of rows around their own: few steps, and no digits lost to long sums."""
    total = sums[own]
    n = len(sums)
    for reach, step in ((own - low, -1), (high - own, 1)):
        for k in range(1, int(reach.max(initial=0)) + 1):
            there = (reach >= k)[:, None]
            total += np.where(there, sums[np.clip(own + step * k, 0, n - 1)], 0.0)
    return total


def _ends(rows: Labels, n: int) -> list[tuple[int, int]]:
    """Return the ranges at the beginning and the end that hold these rows."""
    first, last = rows[rows < n - n // 2], rows[rows >= n - n // 2]
    found = [(0, int(first.max()) + 1)] if len(first) else []
    return found + ([(int(last.min()), n)] if len(last) else [])


def _widened(x: Floats, low: int, high: int, values: int) -> tuple[int, int]:
    """Return the range widened by so many distinct values on each side."""
    for _ in range(values):
        low = int(np.searchsorted(x, x[low - 1], side="left")) if low > 0 else 0
        high = int(np.searchsorted(x, x[high], side="right")) if high < len(x) else len(x)
    return low, high
