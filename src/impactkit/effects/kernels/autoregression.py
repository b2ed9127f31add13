"""Regression with first-order autoregressive errors, gaps and all: many autocorrelations at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.restricted_likelihood import RestrictedFits, fits_about_least_squares

_NARROWEST, _WIDEST = -2.0, 3.8  # of atanh(rho): -.964 to .999
_COARSEST, _COARSEST_WITH_NOISE = 0.08, 0.2
_SHARES = np.sin((np.arange(4) + 0.5) / 4 * np.pi / 2) ** 2  # equally far apart in angle


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ErrorGrid:
    """Errors that carry over, perhaps under noise that does not, and the prior mass of each kind.

    Parameters
    ----------
    rho : ndarray, shape (R,)
        Autocorrelation of what carries over, between -.964 and .999, denser towards both ends.
    share : ndarray, shape (R,)
        Its share of the errors' variance; 1 without noise.
    log_prior : ndarray, shape (R,)
        Logarithm of the prior mass, up to a constant.
    """

    rho: Floats
    share: Floats
    log_prior: Floats

    @property
    def neighbours(self) -> Floats:
        """Correlation of the errors of neighbouring periods, shape (R,)."""
        return self.rho * self.share


def autoregressive_grid(n: int) -> ErrorGrid:
    """Return a grid of autocorrelations fine enough for a series of n points.

    Parameters
    ----------
    n : int
        Points.

    Returns
    -------
    ErrorGrid
        Equally spaced in ``atanh(rho)``, at most the standard error of an autocorrelation apart.

    Notes
    -----
    The prior is the reference prior of a stationary autoregression, ``1 / sqrt(1 - rho^2)`` [1]_, which leans
    to persistence where a flat one does not: short series underestimate it.

    References
    ----------
    .. [1] Berger, J. O., & Yang, R.-Y. (1994). Noninformative priors and Bayesian testing for the AR(1)
       model. *Econometric Theory*, 10(3-4).

    Examples
    --------
    >>> grid = autoregressive_grid(60)
    >>> len(grid.rho), grid.rho[[0, -1]].round(3).tolist()
    (74, [-0.964, 0.999])
    """
    z = _places(min(_COARSEST, 1 / np.sqrt(n)))
    return ErrorGrid(rho=np.tanh(z), share=np.ones(len(z)), log_prior=-np.log(np.cosh(z)))


def noisy_grid(n: int) -> ErrorGrid:
    """Return a grid of autocorrelations with and without noise on top.

    Parameters
    ----------
    n : int
        Points.

    Returns
    -------
    ErrorGrid
        Half the prior mass without noise, as in `autoregressive_grid`; half with it, over shares equally far
        apart in angle and over ``1 / (1 - rho^2)`` for positive autocorrelations: noise hides how long
        the rest carries over, so that persistence needs a stronger lean.

    Examples
    --------
    >>> grid = noisy_grid(60)
    >>> half = np.exp(grid.log_prior)[grid.share == 1].sum()
    >>> round(float(half), 12), round(float(np.exp(grid.log_prior).sum()), 12)
    (0.5, 1.0)
    """
    z = _places(min(_COARSEST_WITH_NOISE, 1.5 / np.sqrt(n)))
    plain, lean = 1 / np.cosh(z), np.exp(np.minimum(z, 0.0))
    shares = np.append(_SHARES, 1.0)
    masses = np.outer(np.append(np.full(len(_SHARES), 1 / len(_SHARES)), 0.0), lean / lean.sum())
    masses[-1] = plain / plain.sum()
    return ErrorGrid(
        rho=np.tile(np.tanh(z), len(shares)),
        share=np.repeat(shares, len(z)),
        log_prior=np.log(masses / 2).ravel(),
    )


def _places(step: float) -> Floats:
    return np.linspace(_NARROWEST, _WIDEST, int(np.ceil((_WIDEST - _NARROWEST) / step)) + 1)


def autoregressive_fits(X: Floats, y: Floats, gaps: Floats, rho: Floats) -> RestrictedFits:
    """Fit a regression whose errors are a stationary autoregression, under each autocorrelation.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors, full column rank.
    y : ndarray, shape (n,)
        Outcome.
    gaps : ndarray, shape (n,)
        Periods since the row before, 1 where none is missing; ``inf`` where a series begins.
    rho : ndarray, shape (R,)
        Autocorrelations of neighbouring periods, between -1 and 1.

    Returns
    -------
    RestrictedFits
        Exact maximum restricted likelihood given each autocorrelation, with the variance of the errors
        themselves (not of their innovations).

    Notes
    -----
    Errors ``d`` periods apart have the correlation ``rho^d``, so that rows are whitened by ``(z_t - rho^d
    z_(t-1)) / sqrt(1 - rho^(2d))`` and the first row of a series enters as it is [1]_. The Gram matrix of
    whitened rows is a sum of three fixed matrices for each length of gap: whatever the number of
    autocorrelations, the rows are gone through once.

    References
    ----------
    .. [1] Prais, S. J., & Winsten, C. B. (1954). *Trend Estimators and Serial Correlation*. Cowles Commission
       Discussion Paper 383.

    Examples
    --------
    >>> X, y = np.ones((4, 1)), np.array([1.0, 2, 3, 4])
    >>> fits = autoregressive_fits(X, y, np.array([np.inf, 1, 1, 1]), np.array([0.0, 0.5]))
    >>> fits.coefficients[:, 0].round(6).tolist(), fits.variances.round(6).tolist()
    ([2.5, 2.5], [1.666667, 1.722222])
    """
    return fits_about_least_squares(X, y, lambda Z: _whitened_grams(Z, gaps, rho))


def noisy_fits(X: Floats, y: Floats, gaps: Floats, grid: ErrorGrid) -> RestrictedFits:
    """Fit a regression whose errors are a stationary autoregression under noise, for each of a grid.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors, full column rank.
    y : ndarray, shape (n,)
        Outcome.
    gaps : ndarray, shape (n,)
        Periods since the row before, 1 where none is missing; ``inf`` where a series begins.
    grid : ErrorGrid
        Autocorrelations and shares.

    Returns
    -------
    RestrictedFits
        As `autoregressive_fits` where the share is 1.

    Notes
    -----
    Errors ``d > 0`` periods apart have the correlation ``share * rho^d``. Rows are whitened by the Kalman
    filter [1]_, period by period for all of the grid and all regressors at once.

    References
    ----------
    .. [1] Harvey, A. C. (1989). *Forecasting, Structural Time Series Models and the Kalman Filter*. Cambridge
       University Press, section 3.4.

    Examples
    --------
    >>> grid = ErrorGrid(rho=np.array([0.5]), share=np.ones(1), log_prior=np.zeros(1))
    >>> X, y = np.ones((4, 1)), np.array([1.0, 2, 3, 4])
    >>> noisy_fits(X, y, np.array([np.inf, 1, 1, 1]), grid).variances.round(6).tolist()
    [1.722222]
    """
    return fits_about_least_squares(X, y, lambda Z: _filtered_grams(Z, gaps, grid))


def _filtered_grams(Z: Floats, gaps: Floats, grid: ErrorGrid) -> tuple[Floats, Floats]:
    """Return ``Z' V^-1 Z`` and ``log |V|`` under each autocorrelation and share."""
    n, K = Z.shape
    R, noise = len(grid.rho), 1 - grid.share
    whitened = np.empty((n, R, K))
    state, spread = np.zeros((R, K)), grid.share.copy()
    log_determinants = np.zeros(R)
    powers = {gap: np.zeros(R) if np.isinf(gap) else grid.rho**gap for gap in np.unique(gaps)}
    for t, gap in enumerate(gaps):
        phi = powers[gap]
        state *= phi[:, None]
        spread = phi**2 * spread + (1 - phi**2) * grid.share
        total = spread + noise
        innovation = Z[t] - state
        np.multiply(innovation, (1 / np.sqrt(total))[:, None], out=whitened[t])
        gain = spread / total
        state += gain[:, None] * innovation
        spread = gain * noise
        log_determinants += np.log(total)
    stacked = whitened.transpose(1, 0, 2)
    return stacked.transpose(0, 2, 1) @ stacked, log_determinants


def _whitened_grams(Z: Floats, gaps: Floats, rho: Floats) -> tuple[Floats, Floats]:
    """Return ``Z' V^-1 Z`` and ``log |V|`` under each autocorrelation."""
    first = np.isinf(gaps)
    grams = np.broadcast_to(Z[first].T @ Z[first], (len(rho), Z.shape[1], Z.shape[1])).copy()
    log_determinants = np.zeros(len(rho))
    for gap in np.unique(gaps[~first]):
        at = np.flatnonzero(gaps == gap)
        now, before = Z[at], Z[at - 1]
        cross = now.T @ before
        phi = (rho**gap)[:, None, None]
        part = now.T @ now - phi * (cross + cross.T) + phi**2 * (before.T @ before)
        grams += part / (1 - phi**2)
        log_determinants += len(at) * np.log1p(-(rho ** (2 * gap)))
    return grams, log_determinants
