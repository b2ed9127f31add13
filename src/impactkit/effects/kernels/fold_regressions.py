"""Linear regressions in one arm, each on all folds but one, from one pass over the rows."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels

DEPENDENT = 1e-10
"""Of the trace of a Gram matrix: a smaller eigenvalue is rounding."""


def fold_regressions(X: Floats, outcome: Floats, weights: Floats, *, rows: Flags, codes: Labels) -> Floats:
    """Return each row's expected outcome by a regression on the rows of an arm outside its fold.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors with the constant first.
    outcome : ndarray, shape (n,)
        The outcome.
    weights : ndarray, shape (n,)
        Positive.
    rows : ndarray of bool, shape (n,)
        The arm.
    codes : ndarray of int, shape (n,)
        Fold of each row, 0 .. K-1.

    Returns
    -------
    ndarray, shape (n,)
        For all rows. Outcomes are centred on the arm's mean, so that a constant added to them is added.

    Raises
    ------
    LinAlgError
        If the regressors of an arm without a fold are not independent.

    Examples
    --------
    >>> y, folds = np.array([1.0, 3, 5, 7]), np.array([0, 0, 1, 1])
    >>> fold_regressions(np.ones((4, 1)), y, np.ones(4), rows=np.ones(4, bool), codes=folds).tolist()
    [6.0, 6.0, 2.0, 2.0]
    """
    middle = float(outcome[rows].mean())
    n_folds = int(codes.max()) + 1
    grams, crosses = [], []
    for k in range(n_folds):
        own = rows & (codes == k)
        Z, w = X[own], weights[own]
        weighted = Z * w[:, None]
        grams.append(weighted.T @ Z)
        crosses.append((outcome[own] - middle) @ weighted)
    gram, cross = np.sum(grams, axis=0), np.sum(crosses, axis=0)
    found = np.empty(len(outcome))
    for k in range(n_folds):
        test = codes == k
        left = gram - grams[k]
        if np.linalg.eigvalsh(left)[0] <= DEPENDENT * np.trace(left):
            raise np.linalg.LinAlgError("regressors without a fold are not independent")
        found[test] = middle + X[test] @ np.linalg.solve(left, cross - crosses[k])
    return found
