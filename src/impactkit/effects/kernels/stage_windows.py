"""What the choice of a bandwidth asks of one side of a cutoff, from its rows or from sums over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.discontinuity_variance import Side
from impactkit.effects.kernels.local_polynomial import Kernel, Window, window
from impactkit.effects.kernels.power_sums import SUMMED, power_sums, summed_window

MANY_ROWS = 10_000
"""From so many rows of a side on, sums over them are made once in place of going through them again."""
_FEW_COLUMNS = 4  # with more, products of all pairs cost more than going through the rows again
_ORDER = 4  # in sums of higher powers too few digits are left


class StageWindow(Protocol):
    """Local polynomials of several orders within a bandwidth on one side."""

    @property
    def bandwidth(self) -> float:
        """In the unit of the running variable."""

    def fits(self, order: int) -> Floats:
        """Return the fits of all columns, shape (order + 1, d), in powers of distance over bandwidth."""

    def crossed(self, order: int) -> Floats:
        """Return weighted products of what covariates and all columns are off their fits, shape (z, d)."""

    def bias_constant(self, order: int, derivative: int) -> float:
        """Return what a coefficient takes from each unit of the next power that the fit leaves out."""

    def variance(self, order: int, derivative: int, s: Floats) -> float:
        """Return the variance of a derivative at the cutoff of a combination of columns."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowWindow:
    """Local polynomials within a bandwidth, from the rows; see `StageWindow`.

    Parameters
    ----------
    side : Side
        The rows.
    window : Window
        Those within.
    first : int
        Columns that are not covariates.
    """

    side: Side
    window: Window
    first: int

    @property
    def bandwidth(self) -> float:
        """In the unit of the running variable."""
        return self.window.bandwidth

    def fits(self, order: int) -> Floats:
        """Return the fits of all columns."""
        return self.window.coefficients(order, self.side.columns[self.window.rows])

    def crossed(self, order: int) -> Floats:
        """Return weighted products of what covariates and all columns are off their fits."""
        return crossed(self.side, self.window, order, first=self.first)

    def bias_constant(self, order: int, derivative: int) -> float:
        """Return what a coefficient takes from the next power."""
        return self.window.bias_constant(order, derivative)

    def variance(self, order: int, derivative: int, s: Floats) -> float:
        """Return the variance of a derivative."""
        near = self.window
        scores = self.side.scores(near.row_weights(order, derivative), near.rows, (near, order), s)
        return float(scores @ scores)


def stage_windows(
    side: Side, *, order: int, kernel: Kernel, first: int
) -> Callable[[float, int], StageWindow]:
    """Return what gives the windows of one side by bandwidth and highest order.

    Parameters
    ----------
    side : Side
        The rows.
    order : int
        The highest order that will be asked for.
    kernel : {"triangular", "epanechnikov", "uniform"}
        How weight falls with distance.
    first : int
        Columns that are not covariates.

    Returns
    -------
    callable
        Of a bandwidth and an order. With many rows whose residuals are from nearest rows, all windows come
        from sums that are made once.
    """
    summed = order <= _ORDER and side.columns.shape[1] <= _FEW_COLUMNS and len(side.x) >= MANY_ROWS
    if side.nearest is None or not summed:
        return lambda bandwidth, highest: RowWindow(
            side=side,
            window=window(side.x, bandwidth, order=highest, kernel=kernel, weights=side.weights),
            first=first,
        )
    sums = power_sums(side, n_powers=2 * order + SUMMED[kernel], first=first)
    return lambda bandwidth, highest: summed_window(sums, bandwidth, order=highest, kernel=kernel)


def crossed(side: Side, near: Window, order: int, *, first: int) -> Floats:
    """Return weighted products of what covariates and all columns are off their fits in a window.

    Parameters
    ----------
    side : Side
        The rows.
    near : Window
        Those within the bandwidth.
    order : int
        Of the polynomials.
    first : int
        Columns that are not covariates.

    Returns
    -------
    ndarray, shape (z, d)
        Without covariates nothing is gone through.
    """
    d = side.columns.shape[1]
    if d == first:
        return np.zeros((0, d))
    D, R = side.columns[near.rows], near.powers[:, : order + 1]
    left = D - R @ near.coefficients(order, D)
    return np.asarray((left[:, first:] * near.weights[:, None]).T @ left)
