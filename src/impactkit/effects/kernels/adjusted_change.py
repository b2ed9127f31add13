"""Change in the treated less change in the comparison group, adjusted for covariates: panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.logistic import Logistic, logistic

Adjustment: TypeAlias = Literal["regression", "weighting", "doubly_robust"]
Trouble: TypeAlias = Literal["too_few", "collinear", "separated"]

_DEPENDENT = 1e-9
_NEARLY_CERTAIN = 1 - 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdjustedChange:
    """Effects on one cohort, and every row's contribution to their errors.

    Parameters
    ----------
    points : ndarray, shape (q,)
        Effects, in the outcome's unit; nan if they cannot be estimated.
    contributions : ndarray, shape (m, q)
        They sum to 0 in each column.
    trouble : str or None
        Why nothing could be estimated: fewer rows than regressors, covariates that depend on each other, or
        covariates that tell who is treated (no overlap).
    """

    points: Floats
    contributions: Floats
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """The rows of one comparison.

    Parameters
    ----------
    treated : ndarray of bool, shape (m,)
        Members of the cohort; the others are its controls.
    X : ndarray, shape (m, k)
        Covariates with the constant.
    weights : ndarray, shape (m,)
        Positive.
    """

    treated: Flags
    X: Floats
    weights: Floats


def adjusted_change(rows: Comparison, changes: Floats, *, adjustment: Adjustment) -> AdjustedChange:
    """Compare changes of the outcome, adjusted for covariates.

    Parameters
    ----------
    rows : Comparison
        Who is compared.
    changes : ndarray, shape (m, q)
        Changes from a base period to q periods.
    adjustment : {"regression", "weighting", "doubly_robust"}
        Outcome regression [1]_, inverse probability weights that sum to one (Hajek), or both [2]_.

    Returns
    -------
    AdjustedChange
        Points and contributions.

    Notes
    -----
    With weights ``w1`` of the treated and ``w0 = p / (1 - p)`` of the controls, each made to sum to one, and
    the residuals ``R`` of the controls' regression (changes themselves under weighting), the effect is
    ``sum((w1 - w0) R)``; regression uses ``sum(w1 R)``. Contributions carry the estimation of the regression
    and of the probabilities (equations 3.1 to 3.5 of [2]_).

    References
    ----------
    .. [1] Heckman, J. J., Ichimura, H., & Todd, P. E. (1997). Matching as an econometric evaluation
       estimator. *Review of Economic Studies*, 64(4).
    .. [2] Sant'Anna, P. H. C., & Zhao, J. (2020). Doubly robust difference-in-differences estimators.
       *Journal of Econometrics*, 219(1).

    Examples
    --------
    >>> rows = Comparison(treated=np.array([True, True, False, False]), X=np.ones((4, 1)), weights=np.ones(4))
    >>> adjusted_change(rows, np.array([[3.0], [5], [1], [1]]), adjustment="doubly_robust").points
    array([3.])
    """
    trouble = regression_trouble(rows.X, ~rows.treated, rows.weights)
    odds = None
    if trouble is None and adjustment != "regression":
        odds = logistic(rows.X, rows.treated, weights=rows.weights)
        if not odds.has_converged or odds.probabilities[~rows.treated].max() > _NEARLY_CERTAIN:
            trouble = "separated"
    if trouble is not None:
        return AdjustedChange(
            points=np.full(changes.shape[1], np.nan),
            contributions=np.full(changes.shape, np.nan),
            trouble=trouble,
        )
    return _compared(rows, changes, odds, with_regression=adjustment != "weighting")


def _compared(
    rows: Comparison, changes: Floats, odds: Logistic | None, *, with_regression: bool
) -> AdjustedChange:
    X, w, d = rows.X, rows.weights, rows.treated
    w1 = np.where(d, w, 0.0)
    w1 /= w1.sum()
    w0 = np.zeros(len(w)) if odds is None else comparison_weights(rows, odds.probabilities)
    R, slope_weights = changes, np.zeros(len(w))
    if with_regression:
        controls = X * np.where(d, 0.0, w)[:, None]
        inverse = np.linalg.inv(controls.T @ X)
        R = X @ (inverse @ (controls.T @ changes))
        np.subtract(changes, R, out=R)
        slope_weights = controls @ (inverse @ ((w1 - w0) @ X))
    e1, e0 = w1 @ R, w0 @ R
    columns, shifts = [w1[:, None]], [-e1[None, :]]
    if odds is not None:
        tilt = (X * w0[:, None]).T @ R - np.outer(w0 @ X, e0)
        score = w * (d - odds.probabilities)
        columns += [w0[:, None], X * score[:, None]]
        shifts += [e0[None, :], -odds.inverse_information @ tilt]
    psi = np.hstack(columns) @ np.vstack(shifts)
    R = np.multiply(R, (w1 - w0 - slope_weights)[:, None], out=R if with_regression else None)
    psi += R
    return AdjustedChange(points=e1 - e0, contributions=psi)


def comparison_weights(rows: Comparison, probabilities: Floats) -> Floats:
    """Return the controls' odds of being treated, times their weights, summing to one.

    Parameters
    ----------
    rows : Comparison
        The rows.
    probabilities : ndarray, shape (m,)
        Of being treated.

    Returns
    -------
    ndarray, shape (m,)
        0 for the treated.
    """
    odds = np.where(rows.treated, 0.0, rows.weights * probabilities / (1 - probabilities))
    return np.asarray(odds / odds.sum())


def regression_trouble(X: Floats, rows: Flags, weights: Floats) -> Trouble | None:
    """Return why a regression on some rows has no unique solution, if so.

    Parameters
    ----------
    X : ndarray, shape (m, k)
        Regressors.
    rows : ndarray of bool, shape (m,)
        Rows used.
    weights : ndarray, shape (m,)
        Positive weights.

    Returns
    -------
    str or None
        ``"too_few"`` rows, ``"collinear"`` columns, or None.
    """
    if X.shape[1] == 1:
        return None if rows.any() else "too_few"
    if np.count_nonzero(rows) < X.shape[1]:
        return "too_few"
    products = (X * np.where(rows, weights, 0.0)[:, None]).T @ X
    norms = np.sqrt(np.diag(products))
    if not norms.all():
        return "collinear"
    gram = products / np.outer(norms, norms)
    return "collinear" if np.linalg.eigvalsh(gram)[0] < _DEPENDENT else None
