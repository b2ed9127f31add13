"""Synthetic difference-in-differences: weights of donors and of periods for one cohort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.simplex import SimplexFit, nearest_in_hull

_TINY = 1e-6  # the penalty on time weights, in standard deviations of a change: it only settles ties


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalties:
    """The ridges of one cohort's weights, in the outcome's unit squared.

    Parameters
    ----------
    unit, time : float
        On the squared weights of donors and of periods.
    """

    unit: float
    time: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SyntheticDifference:
    """One cohort beside weighted donors and weighted periods.

    Parameters
    ----------
    omega : SimplexFit
        Weights of donors, shape (D,).
    lambda_ : SimplexFit
        Weights of the periods before the start, shape (T0,).
    """

    omega: SimplexFit
    lambda_: SimplexFit


def change_size(before: Floats) -> float:
    """Return the standard deviation of changes from one period to the next, in the outcome's unit.

    Parameters
    ----------
    before : ndarray, shape (D, T0)
        Donors before the start.

    Returns
    -------
    float
        Over all donors and periods; 0 where there are too few.

    Examples
    --------
    >>> change_size(np.array([[0.0, 1, 0], [0, -1, 0]])).__round__(6)
    1.154701
    """
    changes = np.diff(before, axis=1)
    return float(changes.std(ddof=1)) if changes.size > 1 else 0.0


def penalties(sigma: float, *, n_donors: int, n_treated: float, shape: tuple[int, int]) -> Penalties:
    """Return the ridges that Arkhangelsky et al. choose.

    Parameters
    ----------
    sigma : float
        The size of a change, of `change_size`.
    n_donors, n_treated : int
        D and the cohort's units.
    shape : (int, int)
        Periods before and from the start.

    Returns
    -------
    Penalties
        ``zeta^2 T0`` with ``zeta = (n_treated T1)^(1/4) sigma``, and a tiny one for periods.

    References
    ----------
    .. [1] Arkhangelsky, D., Athey, S., Hirshberg, D. A., Imbens, G. W., & Wager, S. (2021). Synthetic
       difference-in-differences. *American Economic Review*, 111(12), equation (5).
    """
    before, after = shape
    unit = float(np.sqrt(n_treated * after)) * sigma**2 * before
    return Penalties(unit=unit, time=(_TINY * sigma) ** 2 * n_donors)


def synthetic_difference(
    donors: Floats, treated: Floats, ridges: Penalties, *, like: SyntheticDifference | None = None
) -> SyntheticDifference:
    """Return the weights of donors and of periods for one cohort.

    Parameters
    ----------
    donors : ndarray, shape (D, T)
        Units without the treatment.
    treated : ndarray, shape (T0,)
        The cohort's mean in each period before its start.
    ridges : Penalties
        The penalties.
    like : SyntheticDifference, optional
        Weights of a problem nearby, whose periods are tried first.

    Returns
    -------
    SyntheticDifference
        Both exact minima, each with a free level.

    References
    ----------
    .. [1] Arkhangelsky et al. (2021), equations (4) and (6).

    Examples
    --------
    >>> donors = np.array([[1.0, 2, 3, 5], [0, 2, 1, 2], [5, 5, 6, 6]])
    >>> found = synthetic_difference(donors, np.array([4.0, 5, 6]), Penalties(unit=1e-9, time=1e-9))
    >>> found.omega.weights.round(4).tolist()
    [1.0, 0.0, 0.0]
    """
    T0 = len(treated)
    before = donors[:, :T0]
    omega = nearest_in_hull(
        before - before.mean(axis=1)[:, None], treated - treated.mean(), ridge=ridges.unit
    )
    return SyntheticDifference(omega=omega, lambda_=time_weights(donors, T0, ridges, like=like))


def time_weights(
    donors: Floats, start: int, ridges: Penalties, *, like: SyntheticDifference | None = None
) -> SimplexFit:
    """Return the weights of periods whose average moves like the periods from the start among donors.

    Parameters
    ----------
    donors : ndarray, shape (D, T)
        Units without the treatment.
    start : int
        Periods before the start.
    ridges : Penalties
        The penalties.
    like : SyntheticDifference, optional
        Weights of a problem nearby.

    Returns
    -------
    SimplexFit
        Weights, shape (start,).
    """
    centred = donors - donors.mean(axis=0)
    used: Flags | None = None if like is None else like.lambda_.weights > 0
    return nearest_in_hull(
        centred[:, :start].T, centred[:, start:].mean(axis=1), ridge=ridges.time, start=used
    )
