"""Synthetic control weights corrected by ridge regression for the fit they lack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.simplex import SimplexFit, nearest_in_hull

_SMALLEST = 1e-8  # the last ridge tried, over the first
_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AugmentedWeights:
    """Weights of donors that sum to 1 and may be negative.

    Parameters
    ----------
    weights : ndarray, shape (D,)
        What the donors weigh.
    simplex : SimplexFit
        The synthetic control that they correct.
    ridge : float
        The penalty, in the squared unit of the points.
    """

    weights: Floats
    simplex: SimplexFit
    ridge: float


def augmented_weights(points: Floats, target: Floats, *, ridge: float | None = None) -> AugmentedWeights:
    """Return weights of donors with the fit that the simplex lacks made up for by ridge regression.

    Parameters
    ----------
    points : ndarray, shape (D, k)
        Donors, one a row.
    target : ndarray, shape (k,)
        The treated unit.
    ridge : float, optional
        The penalty; chosen by `chosen_ridge` when left out.

    Returns
    -------
    AugmentedWeights
        The larger the ridge, the nearer to the synthetic control.

    References
    ----------
    .. [1] Ben-Michael, E., Feller, A., & Rothstein, J. (2021). The augmented synthetic control method.
       *Journal of the American Statistical Association*, 116(536), lemma 1.

    Examples
    --------
    >>> points, target = np.array([[0.0, 0], [4, 0], [0, 4]]), np.array([-1.0, 2])
    >>> augmented_weights(points, target, ridge=1e-9).weights.round(6).tolist()
    [0.75, -0.25, 0.5]
    >>> augmented_weights(points, target, ridge=1e9).weights.round(6).tolist()
    [0.5, -0.0, 0.5]
    """
    centre = points.mean(axis=0)
    X, x = points - centre, target - centre
    fit = nearest_in_hull(X, x)
    if ridge is None:
        ridge = chosen_ridge(X, x, fit)
    return AugmentedWeights(weights=_corrected(X, x, fit.weights, ridge), simplex=fit, ridge=ridge)


def _corrected(X: Floats, x: Floats, simplex: Floats, ridge: float) -> Floats:
    """Return the weights less what ridge regression expects of the imbalance."""
    U, sizes, Vt = np.linalg.svd(X, full_matrices=False)
    shrunk = _over(sizes, sizes**2 + ridge)
    return np.asarray(simplex + U @ (shrunk * (Vt @ (x - simplex @ X))))


def _over(sizes: Floats, denominators: Floats) -> Floats:
    known = denominators > 0
    return np.divide(sizes, denominators, out=np.zeros(denominators.shape), where=known)


def ridge_path(X: Floats) -> Floats:
    """Return the ridges that are tried, from the largest squared singular value down.

    Parameters
    ----------
    X : ndarray, shape (D, k)
        Centred points.

    Returns
    -------
    ndarray, shape (21,)
        Evenly spaced in logarithms, over eight powers of ten.
    """
    largest = float(np.linalg.norm(X, 2)) ** 2
    return largest * _SMALLEST ** (np.arange(_STEPS + 1) / _STEPS)


def chosen_ridge(X: Floats, x: Floats, fit: SimplexFit) -> float:
    """Return the largest ridge whose error in periods left out is within one standard error of the least.

    Parameters
    ----------
    X : ndarray, shape (D, k)
        Donors before the start, each period less its mean.
    x : ndarray, shape (k,)
        The treated unit less the same means.
    fit : SimplexFit
        Its synthetic control.

    Returns
    -------
    float
        In the squared unit of the points.

    Notes
    -----
    Each period but the last is left out in turn, as in the authors' software, and predicted by weights from
    the others, the synthetic control's found anew.
    """
    ridges, k = ridge_path(X), X.shape[1]
    if k < 3 or not ridges[0] > 0:
        return float(ridges[0])
    U, sizes, _ = np.linalg.svd(X, full_matrices=False)
    # One decomposition serves all: without period v the Gram matrix loses v v' (Sherman and Morrison).
    turned, inverse = U.T @ X, 1.0 / (sizes[:, None] ** 2 + ridges)
    errors, start = np.empty((k - 1, len(ridges))), fit.weights > 0
    for period in range(k - 1):
        rest, v = np.delete(X, period, axis=1), turned[:, period]
        simplex = nearest_in_hull(rest, np.delete(x, period), start=start).weights
        lacking = x - simplex @ X
        left = lacking[period]
        moved = v * (turned @ lacking - v * left) @ inverse
        errors[period] = (left - moved / (1.0 - v**2 @ inverse)) ** 2
    means = errors.mean(axis=0)
    least = int(means.argmin())
    spread = float(errors[:, least].std(ddof=1)) / np.sqrt(k - 1)
    return float(ridges[means <= means[least] + spread].max())
