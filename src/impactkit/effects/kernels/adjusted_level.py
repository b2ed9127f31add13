"""Change in the treated less change in the comparison group, from different people each time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.adjusted_change import (
    AdjustedChange,
    Adjustment,
    Comparison,
    Trouble,
    comparison_weights,
    regression_trouble,
)
from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.logistic import Logistic, logistic

_NEARLY_CERTAIN = 1 - 1e-6


def adjusted_level(
    rows: Comparison, outcome: Floats, is_after: Flags, *, adjustment: Adjustment
) -> AdjustedChange:
    """Compare two groups in two periods in which different people were asked.

    Parameters
    ----------
    rows : Comparison
        Rows of both periods.
    outcome : ndarray, shape (m,)
        The outcome.
    is_after : ndarray of bool, shape (m,)
        Which rows are of the later period.
    adjustment : {"regression", "weighting", "doubly_robust"}
        As in `adjusted_change`; the doubly robust kind is the locally efficient one.

    Returns
    -------
    AdjustedChange
        One effect.

    Notes
    -----
    The effect is a signed sum of weighted means: those of outcomes less the controls' regression in each of
    four cells and, under the doubly robust kind, the regressions' difference averaged over all treated
    instead of those of one period (equation 3.4 of [1]_). Contributions follow from the derivatives with
    respect to each regression and the probabilities. Assumes that who lives in a group does not change.

    References
    ----------
    .. [1] Sant'Anna, P. H. C., & Zhao, J. (2020). Doubly robust difference-in-differences estimators.
       *Journal of Econometrics*, 219(1).

    Examples
    --------
    >>> rows = Comparison(
    ...     treated=np.array([True, True, False, False]), X=np.ones((4, 1)), weights=np.ones(4))
    >>> after = np.array([False, True, False, True])
    >>> adjusted_level(rows, np.array([1.0, 5, 2, 3]), after, adjustment="regression").points
    array([3.])
    """
    trouble = _trouble(rows, is_after, adjustment)
    odds = None
    if trouble is None and adjustment != "regression":
        odds = logistic(rows.X, rows.treated, weights=rows.weights)
        if not odds.has_converged or odds.probabilities[~rows.treated].max() > _NEARLY_CERTAIN:
            trouble = "separated"
    if trouble is not None:
        nothing = np.full((len(outcome), 1), np.nan)
        return AdjustedChange(points=np.array([np.nan]), contributions=nothing, trouble=trouble)
    psi, effect = _contributions(rows, outcome, is_after, odds, adjustment)
    return AdjustedChange(points=np.array([effect]), contributions=psi[:, None])


def _trouble(rows: Comparison, is_after: Flags, adjustment: Adjustment) -> Trouble | None:
    for period in (~is_after, is_after):
        if not (rows.treated & period).any():
            return "too_few"
        found = regression_trouble(rows.X, ~rows.treated & period, rows.weights)
        if found is None and adjustment == "doubly_robust":
            found = regression_trouble(rows.X, rows.treated & period, rows.weights)
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Regression:
    """A regression on some rows: predictions, and what rows bring to a linear function of its slopes."""

    rows: Comparison
    weights: Floats
    inverse: Floats
    predicted: Floats
    residuals: Floats

    @classmethod
    def on(cls, rows: Comparison, outcome: Floats, used: Flags) -> _Regression:
        """Fit the outcome of some rows."""
        w = np.where(used, rows.weights, 0.0)
        inverse = np.linalg.inv((rows.X * w[:, None]).T @ rows.X).astype(np.float64)
        predicted = rows.X @ (inverse @ (rows.X.T @ (w * outcome)))
        return cls(rows=rows, weights=w, inverse=inverse, predicted=predicted, residuals=outcome - predicted)

    def carried(self, derivative: Floats) -> Floats:
        """Return each row's contribution through the slopes."""
        return np.asarray(self.weights * self.residuals * (self.rows.X @ (self.inverse @ derivative)))


def _shares(values: Floats) -> Floats:
    return np.asarray(values / values.sum())


def _contributions(
    rows: Comparison, y: Floats, is_after: Flags, odds: Logistic | None, adjustment: Adjustment
) -> tuple[Floats, float]:
    X, d, w = rows.X, rows.treated, rows.weights
    by_period = [~is_after, is_after]
    psi, effect = np.zeros(len(y)), 0.0

    def add(sign: float, shares: Floats, values: Floats) -> None:
        """Add a weighted mean and the contributions to its error."""
        nonlocal psi, effect
        mean = float(shares @ values)
        psi += sign * shares * (values - mean)
        effect += sign * mean

    everyone = _shares(np.where(d, w, 0.0))
    treated = [_shares(np.where(d & period, w, 0.0)) for period in by_period]
    signs = (-1.0, 1.0)
    if adjustment == "regression":
        for sign, period, shares in zip(signs, by_period, treated, strict=True):
            controls = _Regression.on(rows, y, ~d & period)
            add(sign, shares, y)
            add(-sign, everyone, controls.predicted)
            psi += controls.carried(-sign * (everyone @ X))
        return psi, effect
    assert odds is not None
    tilt = np.zeros(X.shape[1])
    for sign, period, shares in zip(signs, by_period, treated, strict=True):
        own = comparison_weights(rows, odds.probabilities) * period
        own = _shares(own)
        values = y
        if adjustment == "doubly_robust":
            controls = _Regression.on(rows, y, ~d & period)
            theirs = _Regression.on(rows, y, d & period)
            values = y - controls.predicted
            gap = theirs.predicted - controls.predicted
            add(sign, everyone, gap)
            add(-sign, shares, gap)
            psi += controls.carried(sign * (own @ X - everyone @ X))
            psi += theirs.carried(sign * (everyone @ X - shares @ X))
        add(sign, shares, values)
        add(-sign, own, values)
        tilt += -sign * (X.T @ (own * (values - own @ values)))
    score = w * (d - odds.probabilities)
    psi += score * (X @ (odds.inverse_information @ tilt))
    return psi, effect
