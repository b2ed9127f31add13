"""Logistic estimating equations for repeated measures that are equally alike within a unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.logistic import logistic
from impactkit.errors import EstimationError

_MOST_STEPS = 100
_CLOSE = 1e-10
_NEAR_AN_END = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExchangeableLogit:
    """Population-averaged logistic regression with one correlation within units.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
        Log odds for each regressor.
    influence : ndarray, shape (G, k)
        What each unit brings to the errors of the coefficients.
    correlation : float
        Of two measures of one unit.
    """

    coefficients: Floats
    influence: Floats
    correlation: float

    @property
    def covariance(self) -> Floats:
        """The robust covariance, shape (k, k)."""
        return np.asarray(self.influence.T @ self.influence)


def exchangeable_logit(X: Floats, happened: Flags, units: Labels) -> ExchangeableLogit:
    """Solve the generalised estimating equations with a logit link and an exchangeable correlation.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors, full column rank.
    happened : ndarray of bool, shape (n,)
        The outcome.
    units : ndarray of int, shape (n,)
        Unit of each row, coded 0 .. G-1; at least one has two rows.

    Returns
    -------
    ExchangeableLogit
        With the robust covariance, without a correction for few units.

    Raises
    ------
    EstimationError
        If the equations do not settle, as when groups are separated.

    Notes
    -----
    With standardised residuals ``r`` the scale is the mean of ``r^2`` and the correlation the mean product of
    the residuals of pairs within units, over the scale. The inverse of a working matrix
    ``(1 - a) I + a 11'`` is ``(I - a / (1 + (m - 1) a) 11') / (1 - a)``: sums by unit are all it needs.

    References
    ----------
    .. [1] Liang, K.-Y., & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models.
       *Biometrika*, 73(1).

    Examples
    --------
    >>> happened = np.array([True, True, True, False, False, False, True, False])
    >>> found = exchangeable_logit(np.ones((8, 1)), happened, np.repeat([0, 1, 2, 3], 2))
    >>> found.coefficients.round(9).tolist(), round(found.correlation, 6)
    ([0.0], 0.0)
    """
    G = int(units.max()) + 1
    b = logistic(X, happened).coefficients
    sizes = np.bincount(units, minlength=G).astype(float)
    for _ in range(_MOST_STEPS):
        p = expit(X @ b)
        root = np.sqrt(p * (1 - p))
        if not root.all():
            break
        residuals = (happened - p) / root
        a = _correlation(residuals, units, sizes)
        shared = a / (1 + (sizes - 1) * a)
        scores, information = _equations(X * root[:, None], residuals, units, shared=shared)
        try:
            solved = np.linalg.solve(information, scores.T).T
        except np.linalg.LinAlgError:
            break
        step = solved.sum(axis=0)
        b = b + step
        if np.abs(step).max() < _CLOSE:
            return ExchangeableLogit(coefficients=b, influence=np.asarray(solved), correlation=a)
    raise EstimationError(
        "The logistic regression of repeated measures does not settle.",
        where="outcome",
        mend="Leave out covariates that foretell the outcome, or compare shares.",
    )


def _correlation(residuals: Floats, units: Labels, sizes: Floats) -> float:
    """Return the mean product of pairs within units, over the mean square."""
    square = residuals**2
    sums = np.bincount(units, residuals, len(sizes))
    pairs = (sums**2 - np.bincount(units, square, len(sizes))).sum() / 2
    found = float(pairs / (sizes * (sizes - 1) / 2).sum() / square.mean())
    # At the ends the working matrix of a unit has no inverse.
    return float(np.clip(found, _NEAR_AN_END - 1 / (sizes.max() - 1), 1 - _NEAR_AN_END))


def _equations(Z: Floats, residuals: Floats, units: Labels, *, shared: Floats) -> tuple[Floats, Floats]:
    """Return each unit's score and the information, both but for the factor ``1 - a`` that cancels."""
    G = len(shared)
    columns: Floats = np.column_stack([np.bincount(units, z, G) for z in Z.T])
    scores: Floats = np.column_stack([np.bincount(units, z * residuals, G) for z in Z.T])
    own = np.bincount(units, residuals, G)
    information: Floats = Z.T @ Z - columns.T @ (columns * shared[:, None])
    return scores - columns * (shared * own)[:, None], information
