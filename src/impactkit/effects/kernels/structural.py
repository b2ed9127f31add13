"""Regression whose errors are a wandering level (and slope) under noise, for many sizes of it at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.restricted_likelihood import (
    RestrictedFits,
    fits_about_least_squares,
)

_LEVELS = np.linspace(-5.0, 5.0, 61)  # log of a step of the level over the noise
_SLOPES = np.linspace(-4.0, 4.0, 17)  # log of a step of the slope over one of the level, about a tenth
_USUAL_SLOPE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StructuralFits:
    """Generalised least squares under each share of level, slope and noise.

    Parameters
    ----------
    fits : RestrictedFits
        Under each of R shares; the variance is that of the noise.
    log_prior : ndarray, shape (R,)
        Logarithm of the prior mass of each.
    level, slope : ndarray, shape (R,)
        Standard deviation of a step of the level, and of the slope, over that of the noise.
    noise : ndarray, shape (n,)
        What of the outcome is noise, averaged over the shares; what is left is the course of the series.
    """

    fits: RestrictedFits
    log_prior: Floats
    level: Floats
    slope: Floats
    noise: Floats


def structural_fits(X: Floats, y: Floats, at: Floats, *, slopes: bool) -> StructuralFits:
    """Fit a regression plus a random walk plus noise, under each size of the walk.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors with an intercept (and a slope, where the slope is fixed or wanders), full column rank; an
        indicator of each treated period leaves it out of the fit and has its effect as coefficient.
    y : ndarray, shape (n,)
        Outcome.
    at : ndarray, shape (n,)
        Where the periods stand; whole periods may be missing.
    slopes : bool
        Whether the slope wanders as well as the level.

    Returns
    -------
    StructuralFits
        Exact given each share: what the Kalman filter with a diffuse start gives [1]_.

    Notes
    -----
    Errors have the covariance ``s2 (I + q^2 K)`` where ``K`` is that of a random walk (and ``c^2`` times that
    of an integrated one). One eigenvalue decomposition for each ``c`` serves all ``q``. The prior of ``log
    q`` is the hyperbolic secant, that is, the angle whose tangent is ``q`` is uniform: noise and walk are
    treated alike. Likewise ``log c`` about a tenth.

    References
    ----------
    .. [1] Harvey, A. C. (1989). *Forecasting, Structural Time Series Models and the Kalman Filter*. Cambridge
       University Press, sections 2.3 and 4.2.

    Examples
    --------
    >>> y = np.array([1.0, 2, 1, 3, 2, 8])
    >>> X = np.column_stack([np.ones(6), np.arange(6) == 5])
    >>> found = structural_fits(X, y, np.arange(6.0), slopes=False)
    >>> found.fits.df, bool((np.diff(found.fits.coefficients[[0, -1], 1]) > 0).all())
    (4, False)
    """
    walks = [
        _Walk.of(at - at[0] + 1.0, float(ratio))
        for ratio in (_USUAL_SLOPE * np.exp(_SLOPES) if slopes else np.zeros(1))
    ]

    def grams(Z: Floats) -> tuple[Floats, Floats]:
        found = [walk.grams(Z) for walk in walks]
        return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])

    fits = fits_about_least_squares(X, y, grams)
    level = np.tile(np.exp(_LEVELS), len(walks))
    ratio = np.repeat([walk.ratio for walk in walks], len(_LEVELS))
    log_prior = -np.log(np.cosh(np.log(level)))
    if slopes:
        log_prior = log_prior - np.log(np.cosh(np.log(ratio / _USUAL_SLOPE)))
    shares = fits.weights(log_prior).reshape(len(walks), -1)
    left = (y - fits.coefficients @ X.T).reshape(len(walks), -1, len(y))
    noise = [walk.noise(own, share) for walk, own, share in zip(walks, left, shares, strict=True)]
    return StructuralFits(
        fits=fits,
        log_prior=log_prior,
        level=level,
        slope=level * ratio,
        noise=np.asarray(np.sum(noise, axis=0)),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Walk:
    """The covariance of a random walk, taken apart once for all sizes of it."""

    ratio: float
    vectors: Floats
    shrunk: Floats

    @classmethod
    def of(cls, since: Floats, ratio: float) -> _Walk:
        """Take the covariance apart."""
        values, vectors = np.linalg.eigh(_covariance(since, ratio))
        shrunk = 1 / (1 + np.exp(_LEVELS)[:, None] ** 2 * np.maximum(values, 0.0))
        return cls(ratio=ratio, vectors=vectors, shrunk=shrunk)

    def grams(self, Z: Floats) -> tuple[Floats, Floats]:
        """Return ``Z' V^-1 Z`` and ``log |V|`` for each size of the walk."""
        rotated = self.vectors.T @ Z
        found = (rotated.T * self.shrunk[:, None, :]) @ rotated
        return found, -np.log(self.shrunk).sum(axis=1)

    def noise(self, left: Floats, shares: Floats) -> Floats:
        """Return ``V^-1`` times what is left by each size, weighed by their shares."""
        return np.asarray(self.vectors @ (shares[:, None] * self.shrunk * (left @ self.vectors)).sum(axis=0))


def _covariance(since: Floats, ratio: float) -> Floats:
    """Return the covariance of a random walk, and of a slope that walks too."""
    first = np.minimum(since[:, None], since)
    if not ratio:
        return np.asarray(first)
    far = np.maximum(since[:, None], since)
    whole = first * (first - 1) * (3 * far - first - 1) / 6  # sum over u < first of (first - u)(far - u)
    return np.asarray(first + ratio**2 * whole)
