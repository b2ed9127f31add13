"""Least squares under many error covariances at once, each weighed by how well it explains the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from impactkit.effects.kernels.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RestrictedFits:
    """Generalised least squares under each of R error covariances ``s2 V_r``.

    Parameters
    ----------
    coefficients : ndarray, shape (R, k)
        Estimates.
    inverses : ndarray, shape (R, k, k)
        ``(X' V_r^-1 X)^-1``.
    variances : ndarray, shape (R,)
        Residual variance ``s2``, in the outcome's unit squared.
    log_likelihoods : ndarray, shape (R,)
        Restricted log likelihood with ``s2`` integrated out, up to a constant.
    df : int
        ``n - k``.
    """

    coefficients: Floats
    inverses: Floats
    variances: Floats
    log_likelihoods: Floats
    df: int

    def spreads(self, gradients: Floats) -> Floats:
        """Return standard errors of effects, shape (R, M), by their gradients, shape (M, k) or (R, M, k)."""
        products = gradients @ self.inverses
        squares = np.einsum("rmk,rmk->rm", products, np.broadcast_to(gradients, products.shape))
        return np.asarray(np.sqrt(np.maximum(squares, 0.0) * self.variances[:, None]))

    def weights(self, log_prior: Floats) -> Floats:
        """Return the share of each covariance given the data, shape (R,), from its prior mass."""
        logs = self.log_likelihoods + log_prior
        found = np.exp(logs - logs.max())
        return np.asarray(found / found.sum())

    def take(self, chosen: Floats) -> RestrictedFits:
        """Return the fits of some covariances (a mask or an index array)."""
        return RestrictedFits(
            coefficients=self.coefficients[chosen],
            inverses=self.inverses[chosen],
            variances=self.variances[chosen],
            log_likelihoods=self.log_likelihoods[chosen],
            df=self.df,
        )


def fits_about_least_squares(
    X: Floats, y: Floats, grams: Callable[[Floats], tuple[Floats, Floats]]
) -> RestrictedFits:
    """Solve under each covariance, starting from least squares so that nothing is lost to rounding.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors, full column rank.
    y : ndarray, shape (n,)
        Outcome.
    grams : callable
        Returns ``Z' V_r^-1 Z`` and ``log |V_r|`` of a matrix ``Z``.

    Returns
    -------
    RestrictedFits
        Of the outcome.

    Examples
    --------
    >>> one = lambda Z: ((Z.T @ Z)[None], np.zeros(1))
    >>> fits_about_least_squares(np.ones((3, 1)), np.array([1.0, 2, 6]), one).coefficients.round(12).tolist()
    [[3.0]]
    """
    Q, root = np.linalg.qr(X)
    slopes = Q.T @ y
    inner, log_determinants = grams(np.column_stack([Q, y - Q @ slopes]))
    fits = restricted_fits(inner, log_determinants, n=len(y), root=root)
    return replace(fits, coefficients=fits.coefficients + np.linalg.solve(root, slopes))


def restricted_fits(grams: Floats, log_determinants: Floats, *, n: int, root: Floats) -> RestrictedFits:
    """Solve least squares under each covariance from its Gram matrix.

    Parameters
    ----------
    grams : ndarray, shape (R, k + 1, k + 1)
        ``[Q, e]' V_r^-1 [Q, e]`` with ``X = Q root`` and ``e`` the outcome less its least-squares fit, by
        which nothing is lost to rounding.
    log_determinants : ndarray, shape (R,)
        ``log |V_r|``.
    n : int
        Rows.
    root : ndarray, shape (k, k)
        Triangular; ``Q`` has orthonormal columns.

    Returns
    -------
    RestrictedFits
        Of the outcome ``e``: the least-squares coefficients are still to be added.

    Notes
    -----
    With a flat prior of the coefficients and ``1 / s2`` of the variance, both integrated out, ``log L =
    -(log |V| + log |X' V^-1 X| + (n - k) log RSS) / 2`` [1]_, and the coefficients given ``V`` have a t
    distribution with ``n - k`` degrees of freedom.

    References
    ----------
    .. [1] Harville, D. A. (1974). Bayesian inference for variance components using only error contrasts.
       *Biometrika*, 61(2).

    Examples
    --------
    >>> grams = np.array([[[1.0, 0.0], [0.0, 2.0]]])
    >>> fits = restricted_fits(grams, np.zeros(1), n=3, root=np.eye(1))
    >>> fits.variances.tolist(), fits.df
    ([1.0], 2)
    """
    k = len(root)
    df = n - k
    inner, cross = grams[:, :k, :k], grams[:, :k, k]
    inverse = np.linalg.inv(inner)
    b = np.einsum("rij,rj->ri", inverse, cross)
    rss = grams[:, k, k] - np.einsum("ri,ri->r", cross, b)
    log_inner = np.linalg.slogdet(inner)[1]
    back = np.linalg.inv(root)
    rss = np.maximum(rss, np.finfo(float).tiny)
    return RestrictedFits(
        coefficients=b @ back.T,
        inverses=back @ inverse @ back.T,
        variances=rss / df,
        log_likelihoods=-0.5 * (log_determinants + log_inner + df * np.log(rss)),
        df=df,
    )
