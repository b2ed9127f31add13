"""The two-way fixed-effects coefficient as an average of two-by-two comparisons and of treated cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoByTwos:
    """A two-way coefficient and the comparisons it averages.

    Parameters
    ----------
    coefficient : float
        The least-squares coefficient on "treated now", with unit and period effects.
    treated, compared : ndarray of int, shape (C,)
        The cohort whose start each comparison uses, and the one compared with.
    weights, estimates : ndarray, shape (C,)
        Weights add up to 1; estimates are in the outcome's unit.
    cells : ndarray, shape (A, T)
        What each treated cell's own effect weighs in the coefficient; nan in untreated cells.
    """

    coefficient: float
    treated: Labels
    compared: Labels
    weights: Floats
    estimates: Floats
    cells: Floats


def two_way_decomposition(means: Floats, masses: Floats, starts: Floats, periods: Floats) -> TwoByTwos:
    """Decompose the two-way coefficient of a balanced panel.

    Parameters
    ----------
    means : ndarray, shape (A, T)
        Mean outcome of each cohort in each period, in the outcome's unit.
    masses : ndarray, shape (A,)
        Weight of each cohort.
    starts : ndarray, shape (A,)
        First treated period of each cohort; inf for never, at most ``periods[0]`` for always.
    periods : ndarray, shape (T,)
        Period values, in order.

    Returns
    -------
    TwoByTwos
        ``weights @ estimates`` is the coefficient.

    Notes
    -----
    With ``n`` the shares of cohorts and ``D`` the shares of time they are treated, cohort ``k`` against
    ``u``, never or always treated, weighs ``n_k n_u D_k (1 - D_k)``; an earlier ``k`` against a later ``l``
    that has not started ``n_k n_l (D_k - D_l)(1 - D_k)``; and the later against the earlier that already has
    ``n_k n_l D_l (D_k - D_l)``: all over the variance of treatment cleared of both effects [1]_. A cell's
    own effect weighs its cleared treatment over their sum, below 0 where that is negative [2]_.

    References
    ----------
    .. [1] Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. *Journal of
       Econometrics*, 225(2), theorem 1.
    .. [2] de Chaisemartin, C., & D'Haultfoeuille, X. (2020). Two-way fixed effects estimators with
       heterogeneous treatment effects. *American Economic Review*, 110(9), theorem 1.

    Examples
    --------
    >>> found = two_way_decomposition(np.array([[0.0, 2, 2], [0, 0, 1], [0, 0, 0]]), np.ones(3),
    ...                               np.array([2.0, 3, np.inf]), np.array([1.0, 2, 3]))
    >>> found.weights.round(3).tolist(), round(float(found.weights @ found.estimates), 12)
    ([0.167, 0.333, 0.167, 0.333], 1.5)
    """
    n = masses / masses.sum()
    treated = (periods >= starts[:, None]).astype(np.float64)
    cleared = treated - treated.mean(axis=1, keepdims=True) - n @ treated + n @ treated.mean(axis=1)
    variance = float(n @ (cleared**2).mean(axis=1))
    centred = means - means.mean(axis=1, keepdims=True)
    coefficient = float(n @ (cleared * centred).mean(axis=1)) / variance
    rows = [
        row
        for k in range(len(starts))
        for other in range(len(starts))
        if (row := _comparison(k, other, centred, treated)) is not None
    ]
    k, other = np.array([row[:2] for row in rows], dtype=np.int64).T
    weights = n[k] * n[other] * np.array([row[2] for row in rows]) / variance
    own = np.where(treated == 1, n[:, None] * cleared, np.nan)
    return TwoByTwos(
        coefficient=coefficient,
        treated=k,
        compared=other,
        weights=weights,
        estimates=np.array([row[3] for row in rows]),
        cells=own / np.nansum(own),
    )


def _comparison(k: int, other: int, means: Floats, treated: Floats) -> tuple[int, int, float, float] | None:
    """Return what cohort ``k`` 's start tells against another cohort: its weight, and the estimate.

    The window is the time in which the other does not change: before it starts, or after.
    """
    own, rest = treated[k], treated[other]
    D, E = float(own.mean()), float(rest.mean())
    if not 0 < D < 1 or D == E:
        return None
    if E in (0.0, 1.0):
        window, weight = np.ones(len(own), dtype=np.bool_), D * (1 - D)
    elif E < D:
        window, weight = rest == 0, (D - E) * (1 - D)
    else:
        window, weight = rest == 1, D * (E - D)
    after, before = window & (own == 1), window & (own == 0)
    gap = means[k] - means[other]
    return k, other, weight, float(gap[after].mean() - gap[before].mean())
