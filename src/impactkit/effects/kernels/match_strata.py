"""Strata of rows with the same, or coarsely the same, covariates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.weighted_contrast import RowEffect


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchStrata:
    """Strata that hold both arms.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Stratum of each row, 0 .. S-1; -1 for rows in a stratum with one arm alone.
    n_strata : int
        S.
    """

    codes: Labels
    n_strata: int


def coarsened(X: Floats, *, bins: int | None) -> Floats:
    """Return covariates cut into bins of equal width.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Covariates.
    bins : int, optional
        Bins for each; by Sturges' rule, ``ceil(log2(n) + 1)``, when left out.

    Returns
    -------
    ndarray, shape (n, p)
        Bin numbers; a covariate with no more values than bins is left as it is.

    References
    ----------
    .. [1] Iacus, S. M., King, G., & Porro, G. (2012). Causal inference without balance checking: coarsened
       exact matching. *Political Analysis*, 20(1).

    Examples
    --------
    >>> coarsened(np.array([[0.0], [1], [2], [9], [10]]), bins=2).ravel().tolist()
    [0.0, 0.0, 0.0, 1.0, 1.0]
    """
    n_bins = int(np.ceil(np.log2(len(X)) + 1)) if bins is None else bins
    found = X.copy()
    for j, column in enumerate(X.T):
        if len(np.unique(column)) > n_bins:
            edges = np.linspace(column.min(), column.max(), n_bins + 1)[1:-1]
            found[:, j] = np.searchsorted(edges, column, side="left")
    return found


def match_strata(X: Floats, treated: Flags) -> MatchStrata:
    """Group rows whose covariates are all the same, and keep groups with both arms.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Covariates, coarsened or not.
    treated : ndarray of bool, shape (n,)
        Who is treated.

    Returns
    -------
    MatchStrata
        None where no stratum holds both.

    Examples
    --------
    >>> match_strata(np.array([[1.0], [1], [2]]), np.array([True, False, False])).codes.tolist()
    [0, 0, -1]
    """
    codes = np.zeros(len(X), dtype=np.int64)
    for column in X.T:  # one column at a time: sorting whole rows is slow
        own = np.unique(column, return_inverse=True)[1]
        codes = np.unique(codes * (int(own.max()) + 1) + own, return_inverse=True)[1]
    S = int(codes.max()) + 1
    both = (np.bincount(codes[treated], minlength=S) > 0) & (np.bincount(codes[~treated], minlength=S) > 0)
    numbers = np.where(both, np.cumsum(both) - 1, -1)
    return MatchStrata(codes=numbers[codes], n_strata=int(both.sum()))


def stratified_effect(
    outcome: Floats, treated: Flags, weights: Floats, strata: MatchStrata, *, target: Literal["att", "ate"]
) -> tuple[RowEffect, Floats]:
    """Average the differences within strata.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        The outcome.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    weights : ndarray, shape (n,)
        Positive weights of the rows.
    strata : MatchStrata
        At least one stratum.
    target : {"att", "ate"}
        Whether strata weigh their treated or all their rows.

    Returns
    -------
    effect : RowEffect
        Contributions count the strata's shares as estimated. Within strata they are ``sqrt(n / (n - 1))``
        times deviations from the mean of an arm; an arm of one row in a stratum shows no deviation.
    row_weights : ndarray, shape (n,)
        What each row weighs within its arm; 0 for rows without a match.

    Examples
    --------
    >>> y, d = np.array([5.0, 2, 4, 9]), np.array([True, False, False, False])
    >>> strata = MatchStrata(codes=np.array([0, 0, 0, -1]), n_strata=1)
    >>> stratified_effect(y, d, np.ones(4), strata, target="att")[0].point
    2.0
    """
    kept = strata.codes >= 0
    arm = 2 * np.where(kept, strata.codes, strata.n_strata) + treated
    cells = 2 * (strata.n_strata + 1)
    mass = np.bincount(arm, weights, cells)
    n = np.bincount(arm, minlength=cells)
    means = np.bincount(arm, weights * outcome, cells) / np.where(mass > 0, mass, 1.0)
    per_stratum, gaps = mass.reshape(-1, 2)[:-1], means.reshape(-1, 2)[:-1]
    asked = per_stratum[:, 1] if target == "att" else per_stratum.sum(axis=1)
    share = asked / asked.sum()
    effects = gaps[:, 1] - gaps[:, 0]
    point, high = float(share @ effects), float(share @ gaps[:, 1])
    factor = np.append(np.repeat(asked, 2), [0.0, 0.0]) / np.where(mass > 0, mass, 1.0)
    row_weights = weights * factor[arm]
    small = np.sqrt(n / np.maximum(n - 1, 1))[arm]
    own = weights * kept * (treated if target == "att" else 1.0) / asked.sum()
    sign = np.where(treated, 1.0, -1.0)
    influence = sign * row_weights / asked.sum() * small * (outcome - means[arm])
    influence += own * (np.append(effects, 0.0)[np.where(kept, strata.codes, -1)] - point)
    return RowEffect(point=point, influence=influence, means=(high, high - point)), row_weights
