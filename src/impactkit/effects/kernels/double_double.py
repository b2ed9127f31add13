"""Residuals and products in twice the working precision, for ill-conditioned least squares.

A number is kept as the unevaluated sum of two doubles (about 32 digits). Only additions and multiplications
of doubles are used, so the result is the same on every machine, unlike ``numpy.longdouble``.

References
----------
.. [1] Dekker, T. J. (1971). A floating-point technique for extending the available precision. *Numerische
   Mathematik*, 18(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats

_SPLITTER = 134217729.0  # 2**27 + 1 cuts a 53-bit significand into two halves whose products are exact


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoubleDouble:
    """An array held as ``high + low``, with ``|low|`` at most half a unit in the last place of ``high``.

    Parameters
    ----------
    high, low : ndarray
        Leading and trailing parts, of one shape.
    """

    high: Floats
    low: Floats


def residuals(y: Floats, X: Floats, coefficients: Floats) -> DoubleDouble:
    """Return ``y - X b`` in twice the working precision.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Outcome.
    X : ndarray, shape (n, k)
        Regressors.
    coefficients : ndarray, shape (k,)
        The vector ``b``.

    Returns
    -------
    DoubleDouble, shape (n,)
        The residuals, in the outcome's unit.

    Examples
    --------
    >>> r = residuals(np.array([1.0]), np.array([[1.0, 1e-30]]), np.array([1.0, -1.0]))
    >>> float(r.high[0])
    1e-30
    """
    total = DoubleDouble(high=y.astype(np.float64), low=np.zeros(len(y)))
    for j, coefficient in enumerate(coefficients):
        total = _add(total, _product(X[:, j], np.float64(-coefficient)))
    return total


def transposed_product(X: Floats, vector: DoubleDouble) -> Floats:
    """Return ``X' r``, accumulated in twice the working precision and rounded once.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors.
    vector : DoubleDouble, shape (n,)
        The vector ``r``.

    Returns
    -------
    ndarray, shape (k,)
        One inner product a column.

    Examples
    --------
    >>> r = DoubleDouble(high=np.array([1e17, 1.0, -1e17]), low=np.zeros(3))
    >>> transposed_product(np.ones((3, 1)), r)
    array([1.])
    """
    return np.array([_column_sum(X[:, j], vector) for j in range(X.shape[1])], dtype=np.float64)


def _column_sum(column: Floats, vector: DoubleDouble) -> float:
    product = _product(column, vector.high)
    total = _add(product, DoubleDouble(high=column * vector.low, low=np.zeros(len(column))))
    high, low = total.high, total.low
    while len(high) > 1:
        if len(high) % 2:
            high, low = np.append(high, 0.0), np.append(low, 0.0)
        half = len(high) // 2
        total = _add(
            DoubleDouble(high=high[:half], low=low[:half]), DoubleDouble(high=high[half:], low=low[half:])
        )
        high, low = total.high, total.low
    return float(high[0] + low[0]) if len(high) else 0.0


def _product(a: Floats, b: Floats | np.float64) -> DoubleDouble:
    product = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return DoubleDouble(high=product, low=error)


def _split(a: Floats | np.float64) -> tuple[Floats | np.float64, Floats | np.float64]:
    scaled = a * _SPLITTER
    high = scaled - (scaled - a)
    return high, a - high


def _add(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    total = a.high + b.high
    moved = total - a.high
    error = (a.high - (total - moved)) + (b.high - moved) + (a.low + b.low)
    high = total + error
    return DoubleDouble(high=high, low=error - (high - total))
