"""A balanced panel reduced to its cohorts: means by cohort and period, and deviations from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.cohort_influence import CohortFeatures

_ROWS_AT_ONCE = 1 << 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CohortMeans:
    """Means of units' deviations from their own mean over time.

    Parameters
    ----------
    outcome : ndarray, shape (n, T)
        Units by periods.
    weights : ndarray, shape (n,), optional
        Weight of each unit.
    arms : ndarray of int, shape (n,)
        Cohort of each unit, coded 0 .. A-1.
    means : ndarray, shape (A, T)
        Weighted means, by cohort, of outcomes less their unit's own mean over time.
    masses : ndarray, shape (A,)
        Sum of weights.
    counts : ndarray of int, shape (A,)
        Units.
    """

    outcome: Floats
    weights: Floats | None
    arms: Labels
    means: Floats
    masses: Floats
    counts: Labels

    def features(self) -> CohortFeatures:
        """Return each unit's weighted deviations from its cohort's means, and its weight, as features."""
        A, T = self.means.shape
        return CohortFeatures(rows=self._rows, arms=self.arms, n_arms=A, n_features=T + 1)

    def _rows(self, piece: slice) -> Floats:
        values, arms = self.outcome[piece], self.arms[piece]
        found = np.empty((len(values), values.shape[1] + 1))
        np.subtract(values, self.means.take(arms, axis=0), out=found[:, :-1])
        found[:, :-1] -= _own_means(values)
        found[:, -1] = 1.0
        if self.weights is not None:
            found *= self.weights[piece, None]
        return found


def cohort_means(outcome: Floats, arms: Labels, *, n_arms: int, weights: Floats | None = None) -> CohortMeans:
    """Reduce a balanced panel to the means of its cohorts.

    Parameters
    ----------
    outcome : ndarray, shape (n, T)
        Units by periods.
    arms : ndarray of int, shape (n,)
        Cohort of each unit.
    n_arms : int
        How many cohorts.
    weights : ndarray, shape (n,), optional
        Weight of each unit.

    Returns
    -------
    CohortMeans
        Units' own means are taken out first: every contrast of periods is the same without them, and large
        levels no longer cost digits.

    Examples
    --------
    >>> cohort_means(np.array([[1.0, 3], [2, 2], [0, 1]]), np.array([0, 0, 1]), n_arms=2).means
    array([[-0.5,  0.5],
           [-0.5,  0.5]])
    """
    n, T = outcome.shape
    sums, masses = np.zeros((n_arms, T)), np.zeros(n_arms)
    for start in range(0, n, _ROWS_AT_ONCE):
        piece = slice(start, start + _ROWS_AT_ONCE)
        values = outcome[piece] - _own_means(outcome[piece])
        belongs = (arms[piece] == np.arange(n_arms)[:, None]).astype(np.float64)
        if weights is not None:
            belongs *= weights[piece]
        sums += belongs @ values
        masses += belongs.sum(axis=1)
    return CohortMeans(
        outcome=outcome,
        weights=weights,
        arms=arms,
        means=sums / masses[:, None],
        masses=masses,
        counts=np.bincount(arms, minlength=n_arms).astype(np.int64),
    )


def _own_means(values: Floats) -> Floats:
    """Return each unit's mean over time, shape (m, 1); einsum is quicker than mean along short rows."""
    return np.asarray(np.einsum("ij->i", values)[:, None] / values.shape[1])
