"""Effects of several groups drawn towards each other, by how unlike they seem to be."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from impactkit.effects.kernels.arrays import Floats

_NODES = 400
_REACH = 12.0


class Shrunken(NamedTuple):
    """Effects of groups, given what all groups say.

    Parameters
    ----------
    points, low, high : ndarray, shape (k,)
        Posterior means and equal-tailed limits, in the effects' unit.
    mean : float
        Of the effect over groups.
    spread : float
        Posterior mean of the standard deviation of effects between groups.
    """

    points: Floats
    low: Floats
    high: Floats
    mean: float
    spread: float


def shrunken(
    points: Floats, std_errors: Floats, *, level: float = 0.95, scale: float | None = None
) -> Shrunken:
    """Return the effects of groups under a normal distribution of effects between them.

    Parameters
    ----------
    points, std_errors : ndarray, shape (k,)
        Estimates of at least two groups, independent of each other, and their standard errors.
    level : float
        Of the limits.
    scale : float, optional
        Of the half-Cauchy prior of the standard deviation between groups; the size of the standard errors
        when left out, and a uniform prior at ``inf``, which needs three groups.

    Returns
    -------
    Shrunken
        With the uncertainty about the mean and about the spread integrated out.

    Notes
    -----
    ``b_g ~ N(theta_g, s_g^2)``, ``theta_g ~ N(mu, tau^2)``, ``mu`` uniform. Given ``tau`` all is normal; over
    ``tau`` sums at 400 quantiles of a scale that is dense near 0 are taken [1]_. Nothing is drawn. With few
    groups the data say little of ``tau``: the half-Cauchy prior keeps it from being taken for very large
    [2]_.

    References
    ----------
    .. [1] Gelman, A., Carlin, J. B., Stern, H. S., Dunson, D. B., Vehtari, A., & Rubin, D. B. (2013).
       *Bayesian Data Analysis*, 3rd ed., section 5.4.
    .. [2] Gelman, A. (2006). Prior distributions for variance parameters in hierarchical models. *Bayesian
       Analysis*, 1(3).

    Examples
    --------
    >>> found = shrunken(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    >>> found.points.round(2).tolist(), round(found.mean, 6)
    ([1.57, 2.43], 2.0)
    """
    size = math.sqrt(len(points) / float((std_errors**-2.0).sum()))
    width = size if scale is None else scale
    unit = max(size, float(np.ptp(points)))
    grid, steps = _grid(unit)
    variances = std_errors**2 + grid[:, None] ** 2
    weights = 1.0 / variances
    total = weights.sum(axis=1)
    means = (weights @ points) / total
    logs = 0.5 * (np.log(weights).sum(axis=1) - np.log(total))
    logs -= 0.5 * (weights * (points - means[:, None]) ** 2).sum(axis=1)
    if math.isfinite(width):
        logs -= np.log1p((grid / width) ** 2)
    mass = np.exp(logs - logs.max()) * steps
    mass /= mass.sum()
    kept = std_errors**2 / variances
    centres = points * (1 - kept) + kept * means[:, None]
    spreads = np.sqrt(kept * grid[:, None] ** 2 + kept**2 / total[:, None])
    tail = (1 - level) / 2
    return Shrunken(
        points=mass @ centres,
        low=_quantiles(centres, spreads, mass, tail),
        high=_quantiles(centres, spreads, mass, 1 - tail),
        mean=float(mass @ means),
        spread=float(mass @ grid),
    )


def _grid(unit: float) -> tuple[Floats, Floats]:
    """Return values of the standard deviation between groups, dense near 0, and the room of each."""
    u = (np.arange(_NODES) + 0.5) / _NODES
    grid = unit * u / (1 - u) * 2
    steps = 2 * unit / (1 - u) ** 2 / _NODES
    return grid, steps


def _quantiles(centres: Floats, spreads: Floats, mass: Floats, at: float) -> Floats:
    """Return a quantile of each mixture of normal distributions."""
    found = []
    for centre, spread in zip(centres.T, spreads.T, strict=True):
        held = mass > mass.max() * 1e-12

        def below(
            x: float, c: Floats = centre[held], s: Floats = spread[held], m: Floats = mass[held]
        ) -> float:
            return float(m @ ndtr((x - c) / s)) / float(m.sum()) - at

        low = float((centre[held] - _REACH * spread[held]).min())
        high = float((centre[held] + _REACH * spread[held]).max())
        found.append(brentq(below, low, high, xtol=1e-12 * max(1.0, abs(low), abs(high))))
    return np.array(found)
