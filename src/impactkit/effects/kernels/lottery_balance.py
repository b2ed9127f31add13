"""Are two arms as alike in what was measured before as a lot makes them: one test of everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.assignment import (
    EXACT_BELOW,
    AssignmentReduction,
    assignments,
    count_assignments,
)

_TIE = 1e-9
_RANK = 1e-9
_MANY = 1000  # units from which the large-sample law is used
_CLOSE = 0.02  # p-values up to this are drawn anew, with more draws


@dataclass(frozen=True, slots=True, kw_only=True)
class LotteryBalance:
    """How unlike the arms are.

    Parameters
    ----------
    statistic : float
        Squared distance of the arms' means in the covariance that the lot gives them.
    rank : int
        Covariates that are not sums of others.
    p_value : float
        Share of lots with arms at least as unlike; nan where no covariate varies within strata.
    smallest_p : float
        The smallest p-value there can be.
    """

    statistic: float
    rank: int
    p_value: float
    smallest_p: float


def lottery_balance(
    X: Floats, observed: Flags, strata: Labels, *, draws: int = 19_999, seed: int = 1
) -> LotteryBalance:
    """Test whether units' covariates are as alike in both arms as a lot within strata makes them.

    Parameters
    ----------
    X : ndarray, shape (G, k)
        Covariates of what was drawn, in their own units.
    observed : ndarray of bool, shape (G,)
        Which were drawn.
    strata : ndarray of int, shape (G,)
        Stratum of each; within each the number drawn is fixed.
    draws, seed : int
        Random lots where a first tenth of them leaves a p-value up to .02 and there are too many to go
        through, and where they start.

    Returns
    -------
    LotteryBalance
        The test.

    Notes
    -----
    ``d2 = T' S^+ T`` with ``T`` the sum over those drawn of covariates less their stratum's mean, and ``S``
    its covariance over all lots [1]_. The p-value is exact where all lots are gone through (up to 20 000),
    of random lots otherwise, and of the chi-squared law with more than 1000 units. Units are put in the order
    of their leverage first, so that neither names nor units of measurement choose the draws.

    References
    ----------
    .. [1] Hansen, B. B., & Bowers, J. (2008). Covariate balance in simple, stratified and clustered
       comparative studies. *Statistical Science*, 23(2).

    Examples
    --------
    >>> drawn = np.array([True, True, False, False])
    >>> found = lottery_balance(np.array([[3.0], [4], [1], [2]]), drawn, np.zeros(4, dtype=np.int64))
    >>> round(found.statistic, 4), round(found.p_value, 4)
    (2.4, 0.3333)
    """
    whitened = _whitened(X, observed, strata)
    order = np.argsort((whitened**2).sum(axis=1), kind="stable")
    Z, drawn = whitened[order], observed[order]
    _, first, codes = np.unique(strata[order], return_index=True, return_inverse=True)
    labels = np.argsort(np.argsort(first))[codes]
    statistic, rank = float((drawn @ Z) @ (drawn @ Z)), Z.shape[1]
    if not rank:
        return LotteryBalance(statistic=0.0, rank=0, p_value=np.nan, smallest_p=np.nan)
    n = count_assignments(labels, drawn)
    if len(Z) > _MANY and n > EXACT_BELOW:
        return LotteryBalance(
            statistic=statistic, rank=rank, p_value=float(chdtrc(rank, statistic)), smallest_p=0.0
        )
    p = _share(Z, drawn, labels, statistic, draws // 10, seed)
    if n > EXACT_BELOW and p <= _CLOSE:
        p = _share(Z, drawn, labels, statistic, draws, seed)
    smallest = 1 / n if n <= EXACT_BELOW else 1 / (1 + draws)
    return LotteryBalance(statistic=statistic, rank=rank, p_value=p, smallest_p=smallest)


def _whitened(X: Floats, observed: Flags, strata: Labels) -> Floats:
    """Return covariates less stratum means, turned so that sums over a lot have covariance one."""
    codes = np.unique(strata, return_inverse=True)[1]
    n, n1 = np.bincount(codes), np.bincount(codes, weights=observed)
    means = np.array([np.bincount(codes, x) / n for x in X.T]).reshape(-1, len(n)).T
    can_differ = (n1 > 0) & (n1 < n)
    centred = np.where(can_differ[codes, None], X - means[codes], 0.0)
    size = np.sqrt((centred**2).mean(axis=0))
    varies = size > _RANK * np.abs(X).max(axis=0, initial=0.0)
    centred = centred[:, varies] / size[varies]
    factor = np.where(can_differ, n1 * (n - n1) / (n * np.maximum(n - 1, 1)), 0.0)
    covariance = (centred * factor[codes, None]).T @ centred
    values, vectors = np.linalg.eigh(covariance)
    kept = values > _RANK * values.max(initial=0.0)
    return np.asarray(centred @ (vectors[:, kept] / np.sqrt(values[kept])))


def _share(Z: Floats, drawn: Flags, strata: Labels, statistic: float, draws: int, seed: int) -> float:
    """Return the share of lots with a statistic at least as large."""
    none = np.zeros(len(Z))
    law = AssignmentReduction(
        numerator=none, self_product=none, cross=none[:, None], observed=drawn, strata=strata
    )
    n = extreme = 0
    for chunk in assignments(law, draws=draws, seed=seed):
        sums = chunk @ Z
        extreme += int(((sums**2).sum(axis=1) >= statistic * (1 - _TIE)).sum())
        n += len(chunk)
    is_exact = count_assignments(strata, drawn) <= EXACT_BELOW
    return extreme / n if is_exact else (1 + extreme) / (1 + n)
