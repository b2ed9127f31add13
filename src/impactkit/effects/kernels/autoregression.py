"""Regression with first-order autoregressive errors, gaps and all: many autocorrelations at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.restricted_likelihood import RestrictedFits, restricted_fits

_NARROWEST, _WIDEST = -2.0, 3.8  # of atanh(rho): -.964 to .999
_COARSEST = 0.08


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AutocorrelationGrid:
    """Autocorrelations, and the mass of prior belief that each stands for.

    Parameters
    ----------
    rho : ndarray, shape (R,)
        Between -.964 and .999, denser towards both ends.
    log_prior : ndarray, shape (R,)
        Logarithm of the mass, up to a constant.
    """

    rho: Floats
    log_prior: Floats


def autocorrelation_grid(n: int) -> AutocorrelationGrid:
    """Return a grid fine enough for a series of n points.

    Parameters
    ----------
    n : int
        Points.

    Returns
    -------
    AutocorrelationGrid
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
    >>> grid = autocorrelation_grid(60)
    >>> len(grid.rho), grid.rho[[0, -1]].round(3).tolist()
    (74, [-0.964, 0.999])
    """
    step = min(_COARSEST, 1 / np.sqrt(n))
    z = np.linspace(_NARROWEST, _WIDEST, int(np.ceil((_WIDEST - _NARROWEST) / step)) + 1)
    return AutocorrelationGrid(rho=np.tanh(z), log_prior=-np.log(np.cosh(z)))


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
    n = len(y)
    Q, root = np.linalg.qr(X)
    slopes = Q.T @ y
    Z = np.column_stack([Q, y - Q @ slopes])
    grams, log_determinants = _whitened_grams(Z, gaps, rho)
    fits = restricted_fits(grams, log_determinants, n=n, root=root)
    return RestrictedFits(
        coefficients=fits.coefficients + np.linalg.solve(root, slopes),
        inverses=fits.inverses,
        variances=fits.variances,
        log_likelihoods=fits.log_likelihoods,
        df=fits.df,
    )


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
