"""Imputation of untreated outcomes: unit and period effects from untreated rows, effects as what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels

_EXPLAINED = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WidePanel:
    """Units by periods.

    Parameters
    ----------
    outcome : ndarray, shape (n, T)
        0 where a unit was not seen.
    untreated, treated : ndarray, shape (n, T)
        Weight of each row that is untreated, and treated; 0 elsewhere.
    covariates : ndarray, shape (n, T, p)
        0 where a unit was not seen.
    arms : ndarray of int, shape (n,)
        Cohort of each unit.
    """

    outcome: Floats
    untreated: Floats
    treated: Floats
    covariates: Floats
    arms: Labels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imputation:
    """Untreated outcomes imputed for all treated rows.

    Parameters
    ----------
    panel : WidePanel
        The rows; treated rows that cannot be imputed have weight 0.
    slopes : ndarray, shape (T + p,)
        Period effects (0 for the first) and covariates' coefficients.
    inverse : ndarray, shape (T + p, T + p)
        Generalised inverse of their normal matrix.
    reach : ndarray, shape (T + p, T + p)
        Projection on what the untreated rows determine.
    gaps : ndarray, shape (n, T)
        Residuals of untreated rows and effects of treated rows, 0 elsewhere.
    shares : ndarray, shape (n, T)
        Each untreated row's share of its unit's untreated weight.
    """

    panel: WidePanel
    slopes: Floats
    inverse: Floats
    reach: Floats
    gaps: Floats
    shares: Floats

    def cell_means(self, n_arms: int) -> tuple[Floats, Floats]:
        """Return mean effects and total weights by cohort and period, shapes (A, T).

        Parameters
        ----------
        n_arms : int
            A.

        Returns
        -------
        means, masses : ndarray, shape (A, T)
            0 where there are no treated rows.
        """
        belongs = (self.panel.arms == np.arange(n_arms)[:, None]).astype(np.float64)
        masses = belongs @ self.panel.treated
        sums = belongs @ (self.panel.treated * self.gaps)
        return np.divide(sums, masses, out=np.zeros_like(sums), where=masses > 0), masses

    def cell_centres(self, n_arms: int) -> Floats:
        """Return the means that treated rows' effects are centred on in the errors, shape (A, T).

        Parameters
        ----------
        n_arms : int
            A.

        Returns
        -------
        ndarray, shape (A, T)
            Means by squared weights, which make the conservative variance least [1]_; 0 where there are no
            treated rows.

        References
        ----------
        .. [1] Borusyak, K., Jaravel, X., & Spiess, J. (2024). Revisiting event-study designs: robust and
           efficient estimation. *Review of Economic Studies*, 91(6), equation 8.
        """
        belongs = (self.panel.arms == np.arange(n_arms)[:, None]).astype(np.float64)
        squares = self.panel.treated**2
        masses, sums = belongs @ squares, belongs @ (squares * self.gaps)
        return np.asarray(np.divide(sums, masses, out=np.zeros_like(sums), where=masses > 0))

    def directions(self, n_arms: int, cells: tuple[Labels, Labels], masses: Floats) -> Floats:
        """Return how cell effects move with the period effects and slopes, shape (T + p, K).

        Parameters
        ----------
        n_arms : int
            A.
        cells : (arms, periods), each shape (K,)
            The cells.
        masses : ndarray, shape (A, T)
            Their weights.

        Returns
        -------
        ndarray, shape (T + p, K)
            ``q``: averages of the treated rows' regressors less their unit's untreated means.
        """
        arms, periods = cells
        T, p = self.panel.outcome.shape[1], self.panel.covariates.shape[2]
        belongs = (self.panel.arms == np.arange(n_arms)[:, None]).astype(np.float64)
        found = np.zeros((T + p, len(arms)))
        centres = np.einsum("nt,ntp->np", self.shares, self.panel.covariates)
        for k, (arm, t) in enumerate(zip(arms.tolist(), periods.tolist(), strict=True)):
            weight = belongs[arm] * self.panel.treated[:, t] / masses[arm, t]
            found[:T, k] = -(weight @ self.shares)
            found[t, k] += 1.0
            found[T:, k] = weight @ (self.panel.covariates[:, t] - centres)
        return found

    def are_identified(self, directions: Floats) -> Flags:
        """Return which directions (T + p, K) the untreated rows determine, shape (K,)."""
        left = np.linalg.norm(directions - self.reach @ directions, axis=0)
        return np.asarray(left <= _EXPLAINED * np.linalg.norm(directions, axis=0))

    def features(self, piece: slice, centres: Floats) -> Floats:
        """Return what units bring to the errors of effects, shape (m, 2 T + p + 1).

        Parameters
        ----------
        piece : slice
            Which units.
        centres : ndarray, shape (A, T)
            Mean effects by cohort and period.

        Returns
        -------
        ndarray
            Weighted residuals by period; times covariates; treated rows' effects less their cell's mean; and
            a column of ones.
        """
        panel, gaps = self.panel, self.gaps[piece]
        residuals = panel.untreated[piece] * gaps
        by_covariate = np.einsum("nt,ntp->np", residuals, panel.covariates[piece])
        spread = panel.treated[piece] * (gaps - centres[panel.arms[piece]])
        return np.hstack([residuals, by_covariate, spread, np.ones((len(gaps), 1))])


def impute(panel: WidePanel) -> Imputation:
    """Fit unit effects, period effects and covariates to the untreated rows, and impute the treated ones.

    Parameters
    ----------
    panel : WidePanel
        The rows.

    Returns
    -------
    Imputation
        Treated rows of units without an untreated row, in periods without an untreated row, or that the
        covariates do not reach are given weight 0.

    Notes
    -----
    Unit effects are concentrated out in closed form, which leaves T + p normal equations whatever the number
    of units. With ``Z`` the untreated rows' regressors less their unit's mean and residuals ``e``, an effect
    with direction ``q`` moves with the untreated rows by ``-e Z (Z'Z)^-1 q``; each unit's residuals sum to 0,
    so ``Z`` need not be centred there [1]_.

    References
    ----------
    .. [1] Borusyak, K., Jaravel, X., & Spiess, J. (2024). Revisiting event-study designs: robust and
       efficient estimation. *Review of Economic Studies*, 91(6), theorem 3 and section 4.3.

    Examples
    --------
    >>> outcome = np.array([[1.0, 2, 7], [3, 4, 5]])
    >>> treated = np.array([[0.0, 0, 1], [0, 0, 0]])
    >>> panel = WidePanel(outcome=outcome, untreated=1 - treated, treated=treated,
    ...                   covariates=np.zeros((2, 3, 0)), arms=np.array([0, 1]))
    >>> impute(panel).cell_means(2)[0].round(12)
    array([[0., 0., 4.],
           [0., 0., 0.]])
    """
    W, X = panel.untreated, panel.covariates
    (n, T), p = W.shape, X.shape[2]
    own = W.sum(axis=1, keepdims=True)
    shares = np.divide(W, own, out=np.zeros_like(W), where=own > 0)
    y_centred = panel.outcome - (shares * panel.outcome).sum(axis=1, keepdims=True)
    normal, right = np.zeros((T + p, T + p)), np.zeros(T + p)
    normal[:T, :T] = np.diag(W.sum(axis=0)) - W.T @ shares
    right[:T] = (W * y_centred).sum(axis=0)
    if p:
        X_centred = X - np.einsum("nt,ntp->np", shares, X)[:, None]
        normal[:T, T:] = np.einsum("nt,ntp->tp", W, X_centred)
        normal[T:, :T] = normal[:T, T:].T
        weighted = (W[:, :, None] * X_centred).reshape(n * T, p)
        normal[T:, T:] = weighted.T @ X_centred.reshape(n * T, p)
        right[T:] = weighted.T @ y_centred.ravel()
    inverse = _inverse(normal)
    reach = normal @ inverse
    slopes = inverse @ right
    predicted = slopes[:T] + (X @ slopes[T:] if p else 0.0)
    effects = (shares * (panel.outcome - predicted)).sum(axis=1, keepdims=True)
    reached = (own > 0) & (W.sum(axis=0) > 0)
    treated = np.where(reached, panel.treated, 0.0)
    gaps = np.where((W > 0) | (treated > 0), panel.outcome - effects - predicted, 0.0)
    kept = WidePanel(outcome=panel.outcome, untreated=W, treated=treated, covariates=X, arms=panel.arms)
    return Imputation(panel=kept, slopes=slopes, inverse=inverse, reach=reach, gaps=gaps, shares=shares)


def _inverse(normal: Floats) -> Floats:
    """Return the generalised inverse, by columns of unit norm so that units of covariates do not matter."""
    scale = np.sqrt(np.diag(normal))
    scale = np.where(scale > 0, scale, 1.0)
    inverse = np.linalg.pinv(normal / np.outer(scale, scale), rcond=1e-11, hermitian=True)
    return np.asarray(inverse / np.outer(scale, scale))
