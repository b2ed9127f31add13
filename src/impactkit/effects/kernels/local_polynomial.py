"""Polynomials fitted near a point on one side of it, as weights on rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.errors import EstimationError

Kernel: TypeAlias = Literal["triangular", "epanechnikov", "uniform"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """Rows within a bandwidth, weighted by a kernel, with powers of their distance.

    Parameters
    ----------
    rows : slice
        Which rows they are.
    bandwidth : float
        In the unit of the running variable.
    weights : ndarray, shape (m,)
        Kernel weights over the bandwidth, times the rows' own; their scale matters between sides only.
    powers : ndarray, shape (m, K)
        Powers 0 .. K-1 of the distance over the bandwidth.
    gram : ndarray, shape (K, K)
        Weighted sums of squares and products of the powers.
    """

    rows: slice
    bandwidth: float
    weights: Floats
    powers: Floats
    gram: Floats

    def inverse(self, order: int) -> Floats:
        """Return the inverse of the Gram matrix of a polynomial of this order."""
        return np.asarray(np.linalg.inv(self.gram[: order + 1, : order + 1]))

    def row_weights(self, order: int, derivative: int) -> Floats:
        """Return the weights, shape (m,), whose sum with an outcome is its derivative at the point."""
        scale = factorial(derivative) / self.bandwidth**derivative
        found: Floats = self.weights * (
            self.powers[:, : order + 1] @ (self.inverse(order)[derivative] * scale)
        )
        return found

    def coefficients(self, order: int, columns: Floats) -> Floats:
        """Return the fits of columns (m, d), shape (order + 1, d), in powers of distance over bandwidth."""
        R = self.powers[:, : order + 1]
        return np.asarray(self.inverse(order) @ (R.T @ (self.weights[:, None] * columns)))

    def bias_constant(self, order: int, derivative: int) -> float:
        """Return what a coefficient takes from each unit of the next power that the fit leaves out."""
        left_out = self.weights * self.powers[:, order] * self.powers[:, 1]
        return float(self.inverse(order)[derivative] @ (self.powers[:, : order + 1].T @ left_out))

    def leverages(self, order: int) -> Floats:
        """Return each row's own weight in its fitted value, shape (m,)."""
        R = self.powers[:, : order + 1]
        return np.asarray(np.einsum("ij,ij->i", R @ self.inverse(order), R) * self.weights)


def window(
    x: Floats, bandwidth: float, *, order: int, kernel: Kernel, weights: Floats | None = None
) -> Window:
    """Gather the rows that a kernel gives weight.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Distances from the point, all of one sign (0 counts as positive), sorted in rising order.
    bandwidth : float
        Above 0, in their unit.
    order : int
        Highest order of polynomial that will be fitted, at least 1.
    kernel : {"triangular", "epanechnikov", "uniform"}
        How weight falls with distance.
    weights : ndarray, shape (n,), optional
        Rows' own weights, above 0.

    Returns
    -------
    Window
        With the Gram matrix, from which fits of all orders up to this one follow.

    Raises
    ------
    EstimationError
        If there are fewer distinct distances than coefficients.

    References
    ----------
    .. [1] Fan, J., & Gijbels, I. (1996). *Local Polynomial Modelling and Its Applications*. Chapman & Hall.

    Examples
    --------
    >>> near = window(np.array([0.0, 1, 2, 3]), 4.0, order=1, kernel="triangular")
    >>> float((near.row_weights(1, 0) @ np.array([1.0, 3, 5, 7])).round(12))
    1.0
    """
    rows = rows_within(x, bandwidth, closed=kernel == "uniform")
    identified(x[rows], order, bandwidth)
    u = x[rows] / bandwidth
    w = _kernel_weights(u, kernel) / bandwidth
    if weights is not None:
        w *= weights[rows]
    powers = np.empty((order + 1, len(u)))
    powers[0] = 1.0
    for k in range(1, order + 1):
        np.multiply(powers[k - 1], u, out=powers[k])
    # The matrix holds sums of the powers 0 .. 2 order, each in several places.
    sums = np.concatenate([powers @ w, powers[1:] @ (powers[order] * w)])
    gram = sums[np.add.outer(np.arange(order + 1), np.arange(order + 1))]
    return Window(rows=rows, bandwidth=bandwidth, weights=w, powers=powers.T, gram=gram)


def corrected_weights(near: Window, wide: Window, own: Floats, *, order: int, derivative: int) -> Floats:
    """Return weights for the derivative less its estimated bias.

    Parameters
    ----------
    near : Window
        For the estimate.
    wide : Window
        For the bias: a fit of the next order gives the coefficient of the power left out.
    own : ndarray, shape (m,)
        The estimate's own weights, on the rows of the larger of both windows.
    order, derivative : int
        Of the estimate.

    Returns
    -------
    ndarray, shape (m,)
        On the rows of the larger of both windows.

    References
    ----------
    .. [1] Calonico, S., Cattaneo, M. D., & Titiunik, R. (2014). Robust nonparametric confidence intervals for
       regression-discontinuity designs. *Econometrica*, 82(6).
    """
    both = joint_rows(near, wide)
    h = near.bandwidth
    bias = near.bias_constant(order, derivative) * factorial(derivative) / h**derivative * h ** (order + 1)
    next_power = wide.row_weights(order + 1, order + 1) / factorial(order + 1)
    return np.asarray(own - bias * on_rows(next_power, wide.rows, both))


def joint_rows(one: Window, other: Window) -> slice:
    """Return the rows of either of two windows on one side.

    Parameters
    ----------
    one, other : Window
        On the same side.

    Returns
    -------
    slice
        The wider one's rows.
    """
    return slice(min(one.rows.start, other.rows.start), max(one.rows.stop, other.rows.stop))


def on_rows(values: Floats, rows: slice, wider: slice) -> Floats:
    """Return values of some rows on a range that holds them, 0 elsewhere.

    Parameters
    ----------
    values : ndarray, shape (m, ...)
        Of the rows.
    rows, wider : slice
        Which rows they are of, and the range.

    Returns
    -------
    ndarray, shape (n, ...)
        On the range.
    """
    if rows == wider:
        return values
    found = np.zeros((wider.stop - wider.start, *values.shape[1:]))
    found[rows.start - wider.start : rows.stop - wider.start] = values
    return found


def rows_within(x: Floats, bandwidth: float, *, closed: bool) -> slice:
    """Return the rows within a bandwidth.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Distances from the point, as in `window`.
    bandwidth : float
        In their unit.
    closed : bool
        Whether a row at the bandwidth itself counts.

    Returns
    -------
    slice
        From the point outward.
    """
    if len(x) and x[0] < 0:
        start = int(np.searchsorted(x, -bandwidth, side="left" if closed else "right"))
        return slice(start, len(x))
    return slice(0, int(np.searchsorted(x, bandwidth, side="right" if closed else "left")))


def identified(x: Floats, order: int, bandwidth: float) -> None:
    """Refuse a polynomial that has more coefficients than there are distinct distances.

    Parameters
    ----------
    x : ndarray, shape (m,)
        Distances within the bandwidth, sorted.
    order : int
        Of the polynomial.
    bandwidth : float
        In their unit.

    Raises
    ------
    EstimationError
        With the number of distinct distances.
    """
    distinct, place = 0, 0
    while place < len(x) and distinct <= order:
        distinct, place = distinct + 1, int(np.searchsorted(x, x[place], side="right"))
    if distinct < order + 1:
        raise EstimationError(
            "Only {n} distinct values of the running variable lie within {bandwidth:.4g} on one side of the "
            "cutoff; a polynomial of order {order} needs {needed}.",
            where="running",
            mend="Take a wider bandwidth= or a lower order=.",
            values={"n": distinct, "bandwidth": bandwidth, "order": order, "needed": order + 1},
        )


def _kernel_weights(u: Floats, kernel: Kernel) -> Floats:
    if kernel == "triangular":
        distance = np.abs(u)
        return np.subtract(1.0, distance, out=distance)
    if kernel == "epanechnikov":
        return np.asarray(1 - u * u)
    return np.ones(len(u))
