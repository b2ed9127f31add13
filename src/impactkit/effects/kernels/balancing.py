"""Weights under which covariates balance exactly: entropy balancing and balancing propensity scores."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.convex_index import Minimised, minimise_index, sampled_start


def entropy_balance(X: Floats, base: Floats, *, target: Floats) -> Minimised:
    """Find the weights nearest to some base weights under which covariates have given totals.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Covariates of the rows to be weighted, with the constant first.
    base : ndarray, shape (n,)
        Positive weights from which the new ones differ as little as possible in relative entropy.
    target : ndarray, shape (k,)
        Totals the weighted columns must have; the first is the total weight.

    Returns
    -------
    Minimised
        The weights are ``base * exp(index)``. Not converged where no positive weights have these totals.

    Notes
    -----
    Newton's method on the dual of [1]_, ``sum(base exp(X b)) - target b``.

    References
    ----------
    .. [1] Hainmueller, J. (2012). Entropy balancing for causal effects. *Political Analysis*, 20(1).

    Examples
    --------
    >>> X = np.column_stack([np.ones(3), [0.0, 1, 2]])
    >>> found = entropy_balance(X, np.ones(3), target=np.array([1.0, 1.5]))
    >>> found.has_converged, round(float(np.exp(found.index) @ X[:, 1]), 12)
    (True, 1.5)
    """

    def loss(index: Floats, piece: slice) -> tuple[Floats, Floats, Floats]:
        w = base[piece] * np.exp(index)
        return w, w, w

    start, total = np.zeros(X.shape[1]), float(target[0])
    start[0] = np.log(total / base.sum())
    start = sampled_start(X, loss, target=target, start=start, total=total)
    return minimise_index(X, loss, target=target, start=start, total=total)


def balancing_score(X: Floats, chosen: Flags, *, weights: Floats) -> Minimised:
    """Fit the logistic probability of being chosen under which inverse weights balance the covariates.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Covariates with the constant first.
    chosen : ndarray of bool, shape (n,)
        Who was.
    weights : ndarray, shape (n,)
        Positive weights of the rows.

    Returns
    -------
    Minimised
        ``index`` is the log odds. Not converged where the covariates separate the chosen from the others.

    Notes
    -----
    The just-identified score of [1]_ for everyone: the weighted totals of the covariates of the chosen over
    ``p`` are those of the others over ``1 - p``. They are where the convex function of [2]_ is smallest. For
    the effect on the chosen the same conditions give entropy balancing.

    References
    ----------
    .. [1] Imai, K., & Ratkovic, M. (2014). Covariate balancing propensity score. *Journal of the Royal
       Statistical Society B*, 76(1).
    .. [2] Zhao, Q. (2019). Covariate balancing propensity score by tailored loss functions. *Annals of
       Statistics*, 47(2).

    Examples
    --------
    >>> found = balancing_score(np.ones((4, 1)), np.array([True, False, False, False]), weights=np.ones(4))
    >>> round(float(1 / (1 + np.exp(-found.index[0]))), 12)
    0.25
    """
    sign = np.where(chosen, 1.0, -1.0)

    def loss(index: Floats, piece: slice) -> tuple[Floats, Floats, Floats]:
        signed, w = sign[piece] * index, weights[piece]
        bend = w * np.exp(-signed)
        return bend - w * signed, -sign[piece] * (bend + w), bend

    start, total = np.zeros(X.shape[1]), float(weights.sum())
    share = float(weights @ chosen) / total
    start[0] = np.log(share / (1 - share))
    return minimise_index(X, loss, target=np.zeros(X.shape[1]), start=start, total=total)
