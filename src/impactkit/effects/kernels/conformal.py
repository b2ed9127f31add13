"""Conformal tests of one treated unit: its residuals after the start among those of other periods."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.assignment_statistics import Alternative
from impactkit.effects.kernels.simplex_path import Piece, residual_path

Measure = Literal["mean", "absolute", "squared", "largest"]
Order = Literal["moving_block", "iid"]
Tails = Literal["size", "each"]
_TIE = 1e-10
_NOTHING = 1e-9  # a residual this small, over the distance of donors, is none


@dataclass(frozen=True, kw_only=True, eq=False)
class ConformalTest:
    """How large residuals after the start are among those of other periods, for any supposed effect.

    Parameters
    ----------
    points : ndarray, shape (D, T)
        Donors by period, the treated periods last.
    target : ndarray, shape (T,)
        The treated unit.
    shape : ndarray, shape (T1,)
        A supposed effect ``m`` is ``m * shape`` in the treated periods.
    places : ndarray of int, shape (B, T1)
        The periods whose residuals stand for those of the treated, the treated ones themselves first.
    is_exact : bool
        Whether these are all, or drawn (the treated ones besides).
    measure : {"mean", "absolute", "squared", "largest"}
        The size of residuals: of their mean, or their mean size, mean square, or largest size.
    tails : {"size", "each"}
        Whether limits come from one test of sizes, or each from a one-sided test of the mean residual at
        half the level.
    """

    points: Floats
    target: Floats
    shape: Floats
    places: Labels
    is_exact: bool
    measure: Measure = "mean"
    tails: Tails = "size"

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Residuals of all periods as functions of the supposed effect."""
        direction = np.zeros(len(self.target))
        direction[len(direction) - len(self.shape) :] = self.shape
        return residual_path(self.points, self.target, direction)

    @cached_property
    def scale(self) -> float:
        """How far donors lie from the treated unit, against which a residual is nothing."""
        return float(np.sqrt(((self.points - self.target) ** 2).mean())) or 1.0

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that is possible."""
        return 1 / len(self.places)

    def residuals(self, m: float) -> Floats:
        """Return the residuals of all periods under an effect, shape (T,)."""
        ends = [piece.high for piece in self.pieces]
        return self.pieces[min(int(np.searchsorted(ends, m)), len(ends) - 1)].at(m)

    def p_value(self, m: float = 0.0, *, alternative: Alternative = "two-sided") -> float:
        """Return the share of permutations whose residuals are at least as large, under an effect.

        Parameters
        ----------
        m : float
            The supposed effect.
        alternative : {"two-sided", "greater", "less"}
            Sizes, or the mean residual itself, that speaks for a greater (smaller) effect.

        Returns
        -------
        float
            At least `smallest_p`; ties count.
        """
        u = self.residuals(m)
        piece = Piece(low=m, high=m, anchor=m, residuals=u, slopes=np.zeros(len(u)))
        part = next(self._parts(piece, alternative))
        return float((self._ahead(part[2], alternative)[:, 0] >= 0).mean())

    def two_sided(self, m: float = 0.0) -> float:
        """Return the p-value of "the effect is ``m``" that agrees with the limits."""
        if self.tails == "size":
            return self.p_value(m)
        ends = (self.p_value(m, alternative="greater"), self.p_value(m, alternative="less"))
        return min(1.0, 2 * min(ends))

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the one-sided p-value that agrees with the limits.

        Parameters
        ----------
        value : float
            The supposed effect.
        alternative : {"greater", "less"}
            ``"greater"`` tests "at most this effect", so that the largest p-value of all smaller ones counts.

        Returns
        -------
        float
            Half of that of sizes on the side where the mean residual points.
        """
        if self.tails == "each":
            return self._outermost(value, side=alternative, alternative=alternative)
        above = self.residuals(value)[self.places[0]] @ self.shape > 0
        if above == (alternative == "greater"):
            return self._outermost(value, side=alternative, alternative="two-sided") / 2
        other: Alternative = "less" if alternative == "greater" else "greater"
        return 1 - self._outermost(value, side=other, alternative="two-sided") / 2

    def _outermost(self, value: float, *, side: Alternative, alternative: Alternative) -> float:
        """Return the largest p-value of an effect and of all that lie beyond it."""
        lows, highs, counts = self._profile(alternative)
        among = counts[lows < value] if side == "greater" else counts[highs > value]
        beyond = float(among.max(initial=0)) / len(self.places)
        return max(beyond, self.p_value(value, alternative=alternative))

    def limits(self, level: float) -> tuple[float, float]:
        """Return the outermost effects that are not rejected.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        low, high : float
            Infinite where no effect on that side can be rejected; nan where every effect is.
        """
        alpha = 1 - level
        if self.tails == "size":
            found = self.accepted(alpha)
            return (found[0][0], found[-1][1]) if found else (math.nan, math.nan)
        low, high = (self.accepted(alpha / 2, alternative=side) for side in ("greater", "less"))
        return low[0][0], high[-1][1]

    def has_holes(self, level: float) -> bool:
        """Return whether effects between the limits are rejected too."""
        return self.tails == "size" and len(self.accepted(1 - level)) > 1

    def accepted(
        self, alpha: float, *, alternative: Alternative = "two-sided"
    ) -> tuple[tuple[float, float], ...]:
        """Return the effects whose p-value is above a level.

        Parameters
        ----------
        alpha : float
            The level.
        alternative : {"two-sided", "greater", "less"}
            As in `p_value`.

        Returns
        -------
        tuple of (low, high)
            In ascending order; more than one where they have holes, and none where all are rejected.
        """
        needed = int(alpha * len(self.places) * (1 + 1e-12)) + 1
        lows, highs, counts = self._profile(alternative)
        found: list[tuple[float, float]] = []
        tiny = 1e-9 * self.scale
        for low, high in zip(lows[counts >= needed].tolist(), highs[counts >= needed].tolist(), strict=True):
            if found and low <= found[-1][1] + tiny:
                found[-1] = (found[-1][0], high)
            else:
                found.append((low, high))
        return tuple(found)

    def _profile(self, alternative: Alternative) -> tuple[Floats, Floats, Labels]:
        return {"two-sided": self._sizes, "greater": self._above, "less": self._below}[alternative]

    @cached_property
    def _sizes(self) -> tuple[Floats, Floats, Labels]:
        return self._counted("two-sided")

    @cached_property
    def _above(self) -> tuple[Floats, Floats, Labels]:
        return self._counted("greater")

    @cached_property
    def _below(self) -> tuple[Floats, Floats, Labels]:
        return self._counted("less")

    def _counted(self, alternative: Alternative) -> tuple[Floats, Floats, Labels]:
        """Return stretches of effects, and how many permutations are as extreme in each."""
        lows, highs, counts = [], [], []
        for piece in self.pieces:
            for low, high, curves in self._parts(piece, alternative):
                ahead = self._ahead(curves, alternative)
                edges, n = _stretches(ahead, low - piece.anchor, high - piece.anchor)
                lows.append(edges[:-1] + piece.anchor)
                highs.append(edges[1:] + piece.anchor)
                counts.append(n)
        return np.concatenate(lows), np.concatenate(highs), np.concatenate(counts)

    def _ahead(self, curves: Floats, alternative: Alternative) -> Floats:
        """Return quadratics that are at least 0 where a permutation is as extreme, shape (B, 3)."""
        if alternative != "two-sided" or self.measure == "absolute":
            shrink, floor = 1.0, _NOTHING * self.scale
        else:
            shrink, floor = 1 - _TIE, (_NOTHING * self.scale) ** 2
        found: Floats = curves - shrink * curves[0]
        found[:, 0] += floor
        return found

    def _parts(self, piece: Piece, alternative: Alternative) -> Iterator[tuple[float, float, Floats]]:
        """Yield stretches of a piece with each permutation's statistic as a quadratic of ``m - anchor``."""
        r, s = piece.residuals, piece.slopes
        if alternative != "two-sided" or self.measure == "mean":
            A, B = r[self.places].mean(axis=1), s[self.places].mean(axis=1)
            if alternative == "two-sided":
                yield piece.low, piece.high, np.stack([A**2, 2 * A * B, B**2], axis=1)
            else:
                sign = 1.0 if alternative == "greater" else -1.0
                yield piece.low, piece.high, sign * np.stack([A, B, 0 * A], axis=1)
            return
        squares = np.stack([r**2, 2 * r * s, s**2], axis=1)
        if self.measure == "squared":
            yield piece.low, piece.high, squares[self.places].mean(axis=1)
            return
        bends = _zeros(r, s) if self.measure == "absolute" else _crossings(r, s)
        for low, high in _between(piece.low, piece.high, bends + piece.anchor):
            u = piece.at(_middle(low, high))
            if self.measure == "absolute":
                signed = np.where(u < 0, -1.0, 1.0)[:, None] * np.stack([r, s, 0 * r], axis=1)
                yield low, high, signed[self.places].mean(axis=1)
            else:
                largest = np.abs(u)[self.places].argmax(axis=1)
                yield low, high, squares[self.places[np.arange(len(largest)), largest]]


def periods_in_place(T: int, T1: int, order: Order, *, draws: int, seed: int) -> tuple[Labels, bool]:
    """Return which periods stand for the treated ones, permutation by permutation.

    Parameters
    ----------
    T, T1 : int
        All periods, and the treated ones, which are the last.
    order : {"moving_block", "iid"}
        Blocks of neighbours (the first period follows the last), or any choice of periods.
    draws, seed : int
        Random choices when there are more than `EXACT_BELOW`, and where they start.

    Returns
    -------
    places : ndarray of int, shape (B, T1)
        The treated periods first.
    is_exact : bool
        Whether these are all.

    Examples
    --------
    >>> periods_in_place(3, 2, "moving_block", draws=99, seed=1)[0].tolist()
    [[1, 2], [2, 0], [0, 1]]
    """
    own = np.arange(T - T1, T)
    if order == "moving_block" or T1 == 1:
        return (own + np.arange(T)[:, None]) % T, True
    if math.comb(T, T1) <= EXACT_BELOW:
        every = np.array(list(itertools.combinations(range(T), T1)), dtype=np.int64)
        return every[::-1], True
    drawn = np.random.PCG64(seed).random_raw(draws * T).reshape(draws, T)
    return np.vstack([own, np.argsort(drawn, axis=1, kind="stable")[:, :T1]]), False


def persistence(gaps: Floats) -> float:
    """Return the correlation of neighbouring periods' gaps: 0 where they do not vary.

    Parameters
    ----------
    gaps : ndarray, shape (T,)
        By period.

    Returns
    -------
    float
        Between -1 and 1.

    Examples
    --------
    >>> round(persistence(np.array([-1.0, -1, 0, 1, 1])), 9)
    0.5
    """
    u = gaps - gaps.mean()
    size = float(u @ u)
    return float(u[1:] @ u[:-1]) / size if size > 0 else 0.0


def in_blocks(rows: Floats, size: int) -> Floats:
    """Return means over neighbouring periods that do not overlap, the last block ending with the last period.

    Parameters
    ----------
    rows : ndarray, shape (n, T)
        By period.
    size : int
        Periods a block; the earliest that fill no block are left out.

    Returns
    -------
    ndarray, shape (n, T // size)
        By block.

    Examples
    --------
    >>> in_blocks(np.array([[9.0, 1, 3, 5, 7]]), 2).tolist()
    [[2.0, 6.0]]
    """
    n, T = rows.shape
    found: Floats = rows[:, T % size :].reshape(n, T // size, size).mean(axis=2)
    return found


def _stretches(curves: Floats, low: float, high: float) -> tuple[Floats, Labels]:
    """Return the points at which the number of quadratics above 0 changes, and the numbers between them."""
    starts, ends = _above_zero(curves)
    starts, ends = np.maximum(starts, low), np.minimum(ends, high)
    kept = starts < ends
    starts, ends = np.sort(starts[kept]), np.sort(ends[kept])
    edges = np.unique(np.concatenate([[low], starts, ends, [high]]))
    if len(edges) == 1:
        edges = np.array([low, high])
    began = np.searchsorted(starts, edges[:-1], side="right")
    ended = np.searchsorted(ends, edges[:-1], side="right")
    return edges, began - ended


def _above_zero(curves: Floats) -> tuple[Floats, Floats]:
    """Return where ``c0 + c1 x + c2 x^2`` is at least 0: nan for nowhere, and two stretches for some."""
    c0, c1, c2 = curves.T
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(c1**2 - 4 * c2 * c0)
        q = -(c1 + np.where(c1 < 0, -root, root)) / 2
        roots = np.sort(np.stack([q / c2, c0 / q]), axis=0)
        line = -c0 / c1
    has_roots = (root > 0) & (c2 != 0)
    is_line = (c2 == 0) & (c1 != 0)
    up = has_roots & (c2 > 0)
    always = ~has_roots & ~is_line & (c0 >= 0)
    starts, ends = np.where(has_roots & ~up, roots, np.nan)
    starts[up | always | (is_line & (c1 < 0))] = -np.inf
    ends[up], ends[always | (is_line & (c1 > 0))] = roots[0, up], np.inf
    starts[is_line & (c1 > 0)], ends[is_line & (c1 < 0)] = line[is_line & (c1 > 0)], line[is_line & (c1 < 0)]
    return np.concatenate([starts, roots[1, up]]), np.concatenate([ends, np.full(up.sum(), np.inf)])


def _zeros(r: Floats, s: Floats) -> Floats:
    """Return where residuals change sign."""
    moving = np.abs(s) > 0
    found: Floats = -r[moving] / s[moving]
    return found


def _crossings(r: Floats, s: Floats) -> Floats:
    """Return where two residuals have the same size."""
    i, j = np.triu_indices(len(r), 1)
    level = np.concatenate([r[i] - r[j], r[i] + r[j]])
    slope = np.concatenate([s[i] - s[j], s[i] + s[j]])
    return _zeros(level, slope)


def _between(low: float, high: float, bends: Floats) -> Iterator[tuple[float, float]]:
    inside = np.unique(bends[(bends > low) & (bends < high)])
    edges = [low, *inside.tolist(), high]
    return itertools.pairwise(edges)


def _middle(low: float, high: float) -> float:
    if math.isinf(low):
        return high - 1 - abs(high) if math.isfinite(high) else 0.0
    return low + 1 + abs(low) if math.isinf(high) else (low + high) / 2
