"""Rows compared with those nearest along a line: the residuals of the nearest-neighbour variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.arrays import Flags, Floats, Labels

Counts = npt.NDArray[np.integer]
_CHUNK = 8192  # rows gone through at a time, which stay in the processor's cache
_BEYOND = 1e300  # where there are no rows: no score is as far, and no tie with it is one
_SAME = float(np.sqrt(np.finfo(float).eps))  # distances this close, relatively, are a tie: both are taken


class Anew(NamedTuple):
    """Rows ``start`` to ``stop`` and their residuals."""

    start: int
    stop: int
    residuals: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearestPart:
    """Residuals of some rows when there are no others.

    Parameters
    ----------
    kept : ndarray, shape (m, d)
        Residuals when there are others.
    ends : tuple of first row and residuals
        What is another at either end.
    """

    kept: Floats
    ends: tuple[tuple[int, Floats], ...]

    def combined(self, s: Floats) -> Floats:
        """Return the residuals of a combination of the columns, shape (m,)."""
        found: Floats = self.kept @ s
        for start, residuals in self.ends:
            found[start : start + len(residuals)] = residuals @ s
        return found


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
    before, after : ndarray of int, shape (n,)
        How many rows before and after it each was compared with.
    """

    x: Floats
    columns: Floats
    matches: int
    residuals: Floats
    before: Counts
    after: Counts

    def combined(self, s: Floats) -> Floats:
        """Return the residuals of a combination of the columns, shape (n,)."""
        return np.asarray(self.residuals @ s)

    def part(self, start: int, stop: int) -> NearestPart:
        """Return the residuals of rows ``start`` to ``stop`` when there are no others."""
        residuals, ends = self.residuals[start:stop], self.ends(start, stop)
        return NearestPart(kept=residuals, ends=tuple((end.start - start, end.residuals) for end in ends))

    def ends(self, start: int, stop: int) -> list[Anew]:
        """Return the rows that are compared anew when there are no others than ``start`` to ``stop``."""
        found = []
        for low, high in self._reaching_out(start, stop):
            # A row's range never has more than this many values on one side, so what they need is near.
            a, b = _widened(self.x[start:stop], low - start, high - start, self.matches + 1)
            near = nearest_residuals(
                self.x[start + a : start + b],
                self.columns[start + a : start + b],
                matches=min(self.matches, stop - start - 1),
            )
            residuals = near.residuals[low - start - a : high - start - a]
            found.append(Anew(start=low, stop=high, residuals=residuals))
        return found

    def _reaching_out(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return the ranges of rows at either end that were compared with rows outside; none overlap."""
        x, reach = self.x[start:stop], self.matches + 1
        low, high = start, stop
        if start > 0 and len(x):
            edge = start + _widened(x, 0, 0, reach)[1]
            low += _length(self.before[start:edge] > np.arange(edge - start))
        if stop < len(self.x) and len(x):
            edge = start + _widened(x, len(x), len(x), reach)[0]
            high -= _length(self.after[edge:stop][::-1] > np.arange(stop - edge))
        if low >= high:
            return [(start, stop)] if start < stop else []
        return [part for part in ((start, low), (high, stop)) if part[0] < part[1]]


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
    is_new = x[1:] != x[:-1]
    if n > matches > 0 and bool(is_new.all()):
        before, after, total = _distinct(x, columns, matches)
    else:
        starts = np.flatnonzero(np.r_[True, is_new]) if n else np.zeros(0, dtype=np.int64)
        before, after, total = _repeated(x, columns, starts, matches)
    for start in range(0, n, _CHUNK):
        rows = slice(start, start + _CHUNK)
        others = np.maximum(before[rows] + after[rows], 1.0)
        root = np.sqrt(others / (others + 1))
        for column, line in zip(columns[rows].T, total[rows].T, strict=True):
            # In place: root * (column - (total - column) / others).
            line -= column
            line /= others
            np.subtract(column, line, out=line)
            line *= root
    return NearestResiduals(
        x=x, columns=columns, matches=matches, residuals=total, before=before, after=after
    )


def _distinct(x: Floats, columns: Floats, matches: int) -> tuple[Counts, Counts, Floats]:
    """Return how many before and after each is compared with and the sums, for distinct values."""
    n, k = len(x), matches
    padded = np.concatenate([np.full(k, -_BEYOND), x, np.full(k, _BEYOND)])
    before, tied = np.empty(n, dtype=np.int8), np.empty(n, dtype=bool)
    total = np.empty(columns.shape[::-1])
    for start in range(0, n, _CHUNK):
        part = slice(start, min(start + _CHUNK, n))
        before[part], tied[part] = _nearer_left(padded[start : part.stop + 2 * k], k)
        first, last = max(start - k, 0), min(part.stop, n - k)
        place = np.arange(start - first, part.stop - first) - before[part]
        for column, line in zip(columns.T, total, strict=True):
            run = column[first:last] + column[first + 1 : last + 1]
            for j in range(2, k + 1):
                run += column[first + j : last + j]
            np.take(run, place, out=line[part], mode="clip")
    after = (k - before).astype(np.int8)
    rows = np.flatnonzero(tied)
    if len(rows):
        low, high = _ranges(x, np.ones(n, dtype=np.int64), rows, matches=k)
        before[rows], after[rows] = rows - low, high - rows
        total.T[rows] = _sums(columns, low, high, rows)
    return before, after, total.T


def _nearer_left(padded: Floats, k: int) -> tuple[Counts, Flags]:
    """Return how many of the k nearest of each row lie to its left, and where that is a tie."""
    n = len(padded) - 2 * k
    x = padded[k : k + n]
    to_left, tied = np.zeros(n, dtype=np.int8), np.zeros(n, dtype=bool)
    # The j-th on the left is among the k nearest if it is nearer than the (k + 1 - j)-th on the right.
    for j in range(1, k + 1):
        right = padded[2 * k + 1 - j : 2 * k + 1 - j + n] - x
        further = x - padded[k - j : k - j + n]
        further -= right
        to_left += further < 0
        np.abs(further, out=further)
        right *= _SAME
        tied |= further <= right
    return to_left, tied


def _repeated(x: Floats, columns: Floats, starts: Labels, matches: int) -> tuple[Counts, Counts, Floats]:
    """Return the same where rows share values."""
    n, G = len(x), len(starts)
    counts = np.diff(np.r_[starts, n])
    values, sums = x[starts], np.add.reduceat(columns, starts, axis=0)
    low, high = _ranges(values, counts, np.arange(G), matches=min(matches, n - 1))
    total = _sums(sums, low, high, np.arange(G))
    group, ends = np.repeat(np.arange(G), counts), np.r_[starts[1:], n] - 1
    first, last = starts[low][group], ends[high][group]
    own = np.arange(n)
    return own - first, last - own, total[group]


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


def _length(flags: Flags) -> int:
    """Return how many rows there are up to the last flagged one."""
    flagged = np.flatnonzero(flags)
    return int(flagged[-1]) + 1 if len(flagged) else 0


def _widened(x: Floats, low: int, high: int, values: int) -> tuple[int, int]:
    """Return the range widened by so many distinct values on each side."""
    for _ in range(values):
        low = int(np.searchsorted(x, x[low - 1], side="left")) if low > 0 else 0
        high = int(np.searchsorted(x, x[high], side="right")) if high < len(x) else len(x)
    return low, high
