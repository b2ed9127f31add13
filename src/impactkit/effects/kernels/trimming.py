"""How far out a chance may lie before there is nobody to compare with."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Floats


def smallest_chance(probabilities: Floats, weights: Floats) -> float:
    """Return the smallest chance of either arm below which dropping rows makes the effect most precise.

    Parameters
    ----------
    probabilities : ndarray, shape (n,)
        Of being treated.
    weights : ndarray, shape (n,)
        Positive weights of the rows.

    Returns
    -------
    float
        Rows outside ``[a, 1 - a]`` are dropped; 0 where none need be.

    Notes
    -----
    With ``g = 1 / (p (1 - p))`` it is where ``1 / (a (1 - a))`` is twice the mean of g over the rows kept
    (corollary 1 of [1]_).

    References
    ----------
    .. [1] Crump, R. K., Hotz, V. J., Imbens, G. W., & Mitnik, O. A. (2009). Dealing with limited overlap in
       estimation of average treatment effects. *Biometrika*, 96(1).

    Examples
    --------
    >>> smallest_chance(np.full(4, 0.5), np.ones(4))
    0.0
    >>> round(smallest_chance(np.array([0.5, 0.5, 0.5, 0.0001]), np.ones(4)), 3)
    0.146
    """
    spread = 1 / (probabilities * (1 - probabilities))
    order = np.argsort(spread)
    g, w = spread[order], weights[order]
    bounds = 2 * np.cumsum(w * g) / np.cumsum(w)
    if g[-1] <= bounds[-1]:
        return 0.0
    fits = np.flatnonzero(g <= bounds)
    return float(0.5 - np.sqrt(max(0.25 - 1 / bounds[fits[-1]], 0.0)))
