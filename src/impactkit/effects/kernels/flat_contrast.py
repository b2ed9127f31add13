"""What rows near a cutoff add to an estimate, held against a curve without a jump."""

from __future__ import annotations

from math import factorial

import numpy as np

from impactkit.effects.kernels.arrays import Floats


def without_jump(x: Floats, columns: Floats, weights: Floats, *, order: int, derivative: int) -> Floats:
    """Return what columns are off curves that do not jump.

    Parameters
    ----------
    x : ndarray, shape (m,)
        Distances from the cutoff of the rows of both sides.
    columns : ndarray, shape (m, d)
        In their units.
    weights : ndarray, shape (m,)
        How much each row counts in the fit, at least 0.
    order : int
        Of the polynomial on each side.
    derivative : int
        Which derivative is the same on both sides: 0 for the level.

    Returns
    -------
    ndarray, shape (m, d)
        Residuals of weighted least squares.

    Examples
    --------
    >>> x = np.array([-2.0, -1, 1, 2])
    >>> without_jump(x, np.abs(x)[:, None], np.ones(4), order=1, derivative=0).round(12).ravel().tolist()
    [0.0, 0.0, 0.0, 0.0]
    """
    scale = float(np.abs(x).max()) or 1.0
    u = (x / scale)[:, None] ** np.arange(order + 1)
    above = (x >= 0)[:, None]
    apart = np.delete(u, derivative, axis=1)
    curves = np.hstack([u[:, [derivative]], apart * above, apart * ~above])
    root = np.sqrt(weights)[:, None]
    found = np.linalg.lstsq(curves * root, columns * root, rcond=None)[0]
    return np.asarray(columns - curves @ found)


def unit_jump(x: Floats, derivative: int) -> Floats:
    """Return the curve whose derivative jumps by one at the cutoff.

    Parameters
    ----------
    x : ndarray, shape (m,)
        Distances from the cutoff.
    derivative : int
        0 for the level, 1 for the slope.

    Returns
    -------
    ndarray, shape (m,)
        0 below the cutoff.
    """
    return np.where(x >= 0, x**derivative, 0.0) / factorial(derivative)
