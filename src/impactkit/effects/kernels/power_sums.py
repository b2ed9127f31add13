"""Sums of powers of a distance over one side of a cutoff, made once for windows of any width."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.discontinuity_variance import Side
from impactkit.effects.kernels.local_polynomial import Kernel, identified, rows_within
from impactkit.effects.kernels.nearest_values import NearestResiduals

_BLOCK = 512  # rows whose sums are kept
_CHUNK = 8 * _BLOCK  # rows gone through at a time, which stay in the processor's cache
_IN_DISTANCE = {"triangular": [1.0, -1.0], "epanechnikov": [1.0, 0.0, -1.0], "uniform": [1.0]}
"""Kernels as polynomials in the distance over the bandwidth."""
SUMMED = {name: len(kernel) for name, kernel in _IN_DISTANCE.items()}
"""How many powers beyond twice the order of a polynomial a kernel needs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PowerSums:
    """Sums over blocks of rows of what a local polynomial needs, times powers of the distance.

    Parameters
    ----------
    side : Side
        Rows, with residuals from nearest rows.
    n_powers : int
        How many powers, from 0.
    reach : float
        The largest distance; powers are of the distance over it.
    first : int
        Columns that are not covariates.
    centre : ndarray, shape (d,)
        What is taken from the columns, so that few digits are lost.
    blocks : ndarray, shape (b, l, n_powers)
        Sums over blocks: of weights, weighted columns, weighted products of covariates with all columns, and
        products of weighted residuals.
    """

    side: Side
    n_powers: int
    reach: float
    first: int
    centre: Floats
    blocks: Floats

    def within(self, rows: slice) -> Floats:
        """Return the sums over a range of rows, shape (l, n_powers), their residuals from no other rows."""
        start, stop = rows.start, rows.stop
        first, last = -(-start // _BLOCK), stop // _BLOCK
        if stop == len(self.side.x):
            last = len(self.blocks)
        if last <= first:
            total = self._of_rows(start, stop)
        else:
            total = self.blocks[first:last].sum(axis=0)
            for low, high in ((start, first * _BLOCK), (last * _BLOCK, stop)):
                if low < high:
                    total += self._of_rows(low, high)
        return self._at_the_ends(total, start, stop)

    def _of_rows(self, start: int, stop: int) -> Floats:
        lines = np.empty((self.blocks.shape[1], stop - start))
        _fill(lines, self.side, self.centre, self.first, slice(start, stop))
        return lines @ _powers(self.side.x[start:stop] / self.reach, self.n_powers).T

    def _at_the_ends(self, total: Floats, start: int, stop: int) -> Floats:
        """Replace the residuals of rows that were compared with rows outside the range."""
        nearest, weights = self.side.nearest, self.side.weights
        assert isinstance(nearest, NearestResiduals)
        d = self.side.columns.shape[1]
        for end in nearest.ends(start, stop):
            rows = slice(end.start, end.stop)
            before, after = nearest.residuals[rows].T, end.residuals.T
            if weights is not None:
                before, after = before * weights[rows], after * weights[rows]
            change = _products(after, after) - _products(before, before)
            total[-(d * (d + 1)) // 2 :] += change @ _powers(self.side.x[rows] / self.reach, self.n_powers).T
        return total


def power_sums(side: Side, *, n_powers: int, first: int) -> PowerSums:
    """Go through the rows of one side once.

    Parameters
    ----------
    side : Side
        Rows, with residuals from nearest rows.
    n_powers : int
        How many powers, from 0.
    first : int
        Columns that are not covariates.

    Returns
    -------
    PowerSums
        From which fits within any bandwidth follow.
    """
    (n, d), reach = side.columns.shape, float(np.abs(side.x[[0, -1]]).max())
    centre = side.columns.mean(axis=0)
    kept = np.empty((1 + d + (d - first) * d + d * (d + 1) // 2, _CHUNK))
    parts = []
    for start in range(0, n, _CHUNK):
        rows = slice(start, min(start + _CHUNK, n))
        lines = kept[:, : rows.stop - start]
        _fill(lines, side, centre, first, rows)
        powers = _powers(side.x[rows] / reach, n_powers)
        whole = (rows.stop - start) // _BLOCK
        if whole:
            many = lines[:, : whole * _BLOCK].reshape(len(lines), whole, _BLOCK).transpose(1, 0, 2)
            by = powers[:, : whole * _BLOCK].reshape(n_powers, whole, _BLOCK).transpose(1, 2, 0)
            parts.append(many @ by)
        if whole * _BLOCK < rows.stop - start:
            parts.append((lines[:, whole * _BLOCK :] @ powers[:, whole * _BLOCK :].T)[None])
    blocks = np.concatenate(parts)
    return PowerSums(side=side, n_powers=n_powers, reach=reach, first=first, centre=centre, blocks=blocks)


@dataclass(frozen=True, kw_only=True, eq=False)
class SummedWindow:
    """Local polynomials within a bandwidth, from sums alone; see `StageWindow`.

    Parameters
    ----------
    sums : PowerSums
        Of the side.
    bandwidth : float
        In the unit of the running variable.
    kernel : str
        How weight falls with distance.
    rows : slice
        The rows within.
    """

    sums: PowerSums
    bandwidth: float
    kernel: Kernel
    rows: slice

    @cached_property
    def _scaled(self) -> Floats:
        """The sums, with powers of the distance over the bandwidth."""
        sums = self.sums
        return sums.within(self.rows) * (sums.reach / self.bandwidth) ** np.arange(sums.n_powers)

    @cached_property
    def _weight(self) -> Floats:
        """The kernel as a polynomial in the signed distance, over the bandwidth."""
        x = self.sums.side.x
        kernel = np.array(_IN_DISTANCE[self.kernel]) / self.bandwidth
        return kernel * (-1.0 if len(x) and x[0] < 0 else 1.0) ** np.arange(len(kernel))

    @cached_property
    def _weighted(self) -> Floats:
        """Kernel-weighted sums of powers."""
        return _times(self._scaled, self._weight)

    @cached_property
    def _inverses(self) -> dict[int, Floats]:
        return {}

    def inverse(self, order: int) -> Floats:
        """Return the inverse of the Gram matrix of a polynomial of this order."""
        if order not in self._inverses:
            places = np.add.outer(np.arange(order + 1), np.arange(order + 1))
            self._inverses[order] = np.linalg.inv(self._weighted[0][places])
        return self._inverses[order]

    def fits(self, order: int) -> Floats:
        """Return the fits of all columns."""
        d = len(self.sums.centre)
        found = self.inverse(order) @ self._weighted[1 : d + 1, : order + 1].T
        found[0] += self.sums.centre
        return np.asarray(found)

    def crossed(self, order: int) -> Floats:
        """Return weighted products of what covariates and all columns are off their fits."""
        d, first = len(self.sums.centre), self.sums.first
        by_power = self._weighted[1 : d + 1, : order + 1]
        whole = self._weighted[d + 1 : d + 1 + (d - first) * d, 0].reshape(d - first, d)
        return np.asarray(whole - by_power[first:] @ self.inverse(order) @ by_power.T)

    def bias_constant(self, order: int, derivative: int) -> float:
        """Return what a coefficient takes from the next power."""
        return float(self.inverse(order)[derivative] @ self._weighted[0, order + 1 : 2 * order + 2])

    def variance(self, order: int, derivative: int, s: Floats) -> float:
        """Return the variance of a derivative."""
        d = len(s)
        c = self.inverse(order)[derivative] * (factorial(derivative) / self.bandwidth**derivative)
        squares = self._scaled[-(d * (d + 1)) // 2 :]
        weight = np.convolve(np.convolve(c, c), np.convolve(self._weight, self._weight))
        by_pair = squares[:, : len(weight)] @ weight
        return max(float(s @ _symmetric(by_pair, d) @ s), 0.0)


def summed_window(sums: PowerSums, bandwidth: float, *, order: int, kernel: Kernel) -> SummedWindow:
    """Return local polynomials within a bandwidth.

    Parameters
    ----------
    sums : PowerSums
        Of the side.
    bandwidth : float
        Above 0, in the unit of the running variable.
    order : int
        The highest that will be fitted.
    kernel : {"triangular", "epanechnikov", "uniform"}
        How weight falls with distance.

    Returns
    -------
    SummedWindow
        Sums over its rows are looked up when they are needed.

    Raises
    ------
    EstimationError
        If there are fewer distinct distances than coefficients.
    """
    x = sums.side.x
    rows = rows_within(x, bandwidth, closed=kernel == "uniform")
    identified(x[rows], order, bandwidth)
    return SummedWindow(sums=sums, bandwidth=bandwidth, kernel=kernel, rows=rows)


def _fill(lines: Floats, side: Side, centre: Floats, first: int, rows: slice) -> None:
    """Write what is summed of some rows, shape (l, m)."""
    assert isinstance(side.nearest, NearestResiduals)
    d = len(centre)
    D = np.subtract(side.columns[rows].T, centre[:, None], out=lines[1 : d + 1])
    e = side.nearest.residuals[rows].T
    lines[0] = 1.0
    if side.weights is not None:
        w = side.weights[rows]
        lines[0], D, e = w, D.copy(), e * w
        lines[1 : d + 1] *= w
    place = d + 1
    for covariate in range(first, d):
        np.multiply(lines[1 + covariate], D, out=lines[place : place + d])
        place += d
    for i in range(d):
        np.multiply(e[i], e[i:], out=lines[place : place + d - i])
        place += d - i


def _products(one: Floats, other: Floats) -> Floats:
    """Return the products of each pair of lines, shape (d (d + 1) / 2, m)."""
    return np.vstack([one[i] * other[i:] for i in range(len(one))])


def _symmetric(pairs: Floats, d: int) -> Floats:
    found = np.empty((d, d))
    places = np.triu_indices(d)
    found[places] = pairs
    found.T[places] = pairs
    return found


def _times(sums: Floats, weight: Floats) -> Floats:
    """Return sums of powers times a polynomial, from sums of powers."""
    n = sums.shape[1] - len(weight) + 1
    found = sums[:, :n] * weight[0]
    for k in range(1, len(weight)):
        found += sums[:, k : k + n] * weight[k]
    return np.asarray(found)


def _powers(u: Floats, n: int) -> Floats:
    found = np.empty((n, len(u)))
    found[0] = 1.0
    for k in range(1, n):
        np.multiply(found[k - 1], u, out=found[k])
    return found
