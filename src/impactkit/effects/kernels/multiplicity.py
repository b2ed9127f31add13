"""p-values adjusted for how many there are."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Floats


def holm(p_values: Floats) -> Floats:
    """Return p-values adjusted so that the chance of any false rejection is held, whatever their dependence.

    Parameters
    ----------
    p_values : ndarray, shape (K,)
        One a hypothesis; none nan.

    Returns
    -------
    ndarray, shape (K,)
        In the given order.

    References
    ----------
    .. [1] Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian Journal of
       Statistics*, 6(2).

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    K = len(p_values)
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * (K - np.arange(K)))
    return _back(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p_values: Floats) -> Floats:
    """Return p-values adjusted so that the share of false among all rejections is held on average.

    Parameters
    ----------
    p_values : ndarray, shape (K,)
        One a hypothesis; independent, or depending on each other positively; none nan.

    Returns
    -------
    ndarray, shape (K,)
        In the given order.

    References
    ----------
    .. [1] Benjamini, Y., & Hochberg, Y. (1995). Controlling the false discovery rate. *Journal of the Royal
       Statistical Society B*, 57(1).

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.04, 0.04]
    """
    K = len(p_values)
    order = np.argsort(p_values, kind="stable")
    stepped = np.minimum.accumulate((p_values[order] * K / np.arange(1, K + 1))[::-1])[::-1]
    return _back(np.minimum(stepped, 1.0), order)


def _back(values: Floats, order: np.ndarray) -> Floats:
    found = np.empty(len(values))
    found[order] = values
    return found
