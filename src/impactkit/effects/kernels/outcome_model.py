"""Regressions of an outcome on covariates in one arm: linear, logistic and Poisson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.convex_index import minimise_index
from impactkit.effects.kernels.fold_regressions import DEPENDENT

Family: TypeAlias = Literal["linear", "logistic", "poisson"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutcomeModel:
    """A regression fitted on some rows and predicted for all.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors of all rows.
    predicted : ndarray, shape (n,)
        Expected outcome of each row.
    slopes : ndarray, shape (n,)
        How it moves with the row's index.
    scores : ndarray, shape (n,)
        Weighted residuals; 0 for rows that were not fitted.
    inverse : ndarray, shape (k, k)
        The error of the coefficients is the sum of ``inverse @ X[i] * scores[i]``.
    has_converged : bool
        False where no one solution exists: outcomes that the covariates separate, or regressors that follow
        from others among the rows fitted.
    """

    X: Floats
    predicted: Floats
    slopes: Floats
    scores: Floats
    inverse: Floats
    has_converged: bool = True

    def carried(self, shares: Floats) -> Floats:
        """Return each row's contribution to the error of ``shares @ predicted``, shape (n,)."""
        derivative = (shares * self.slopes) @ self.X
        return np.asarray(self.scores * (self.X @ (self.inverse @ derivative)))


def outcome_model(
    X: Floats, outcome: Floats, *, rows: Flags, weights: Floats, family: Family = "linear"
) -> OutcomeModel:
    """Regress the outcome of some rows and predict it for all.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors with the constant first.
    outcome : ndarray, shape (n,)
        Any number; 0 to 1 for ``logistic``, at least 0 for ``poisson``.
    rows : ndarray of bool, shape (n,)
        Rows to fit.
    weights : ndarray, shape (n,)
        Positive.
    family : {"linear", "logistic", "poisson"}
        The regression; the last two with their usual links.

    Returns
    -------
    OutcomeModel
        Check ``has_converged``.

    Examples
    --------
    >>> X, y = np.ones((4, 1)), np.array([0.0, 1, 1, 1])
    >>> fit = outcome_model(X, y, rows=np.ones(4, bool), weights=np.ones(4), family="logistic")
    >>> fit.predicted.round(9).tolist()
    [0.75, 0.75, 0.75, 0.75]
    """
    Z, y, w = X[rows], outcome[rows], weights[rows]
    if family == "linear":
        weighted = Z * w[:, None]
        gram = weighted.T @ Z
        converged = bool(np.linalg.eigvalsh(gram)[0] > DEPENDENT * np.trace(gram))
        inverse = np.linalg.pinv(gram, hermitian=True).astype(np.float64)
        b = inverse @ (weighted.T @ y)
        b = b + inverse @ (weighted.T @ (y - Z @ b))
        predicted, slopes = np.asarray(X @ b), np.ones(len(X))
    else:
        inverse, b, converged = _curved(Z, y, w, family=family)
        with np.errstate(over="ignore"):
            predicted, slopes = _means(np.asarray(X @ b), family)
    scores = np.where(rows, weights * (outcome - predicted), 0.0)
    return OutcomeModel(
        X=X, predicted=predicted, slopes=slopes, scores=scores, inverse=inverse, has_converged=converged
    )


def _means(index: Floats, family: Family) -> tuple[Floats, Floats]:
    """Return expected outcomes and their derivatives by the index."""
    if family == "poisson":
        means = np.exp(index)
        return means, means
    small = np.exp(-np.abs(index))
    p = np.where(index >= 0, 1.0, small) / (1 + small)
    return p, p * (1 - p)


def _curved(Z: Floats, y: Floats, w: Floats, *, family: Family) -> tuple[Floats, Floats, bool]:
    start, mean = np.zeros(Z.shape[1]), float(w @ y / w.sum())
    top = 1.0 if family == "logistic" else np.inf
    if not 0 < mean < top:
        return np.full((len(start), len(start)), np.nan), np.full(len(start), np.nan), False
    start[0] = np.log(mean / (1 - mean)) if family == "logistic" else np.log(mean)

    def loss(index: Floats, piece: slice) -> tuple[Floats, Floats, Floats]:
        means, bends = _means(index, family)
        own = w[piece]
        value = np.logaddexp(0, index) if family == "logistic" else means
        return own * value, own * means, own * bends

    found = minimise_index(Z, loss, target=(w * y) @ Z, start=start, total=float(w @ y))
    return found.inverse, found.coefficients, found.has_converged
