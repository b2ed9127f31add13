"""Limits that hold for several effects at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.interval import Interval, t_quantile
from impactkit.effects.kernels.multiplier_bootstrap import correlation_of, joint_alpha
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands:
    """Limits that hold for several effects at once.

    Parameters
    ----------
    low, high, critical : ndarray, shape (M,)
        The limits, in the outcome's unit, and how many standard errors they lie from the effects; nan for
        effects whose uncertainty is unknown.
    pointwise_level : float
        The level of the limits of each effect on its own that together have the one asked for.
    """

    low: Floats
    high: Floats
    critical: Floats
    pointwise_level: float


def simultaneous(
    intervals: Sequence[Interval], covariance: Floats, *, level: float, draws: int, seed: int
) -> Bands:
    """Return limits that hold for all effects at once.

    Parameters
    ----------
    intervals : sequence of Interval
        The effects; those whose uncertainty is unknown are left out.
    covariance : ndarray, shape (M, M)
        Of the effects, in the outcome's unit squared.
    level : float
        The chance that all effects lie within.
    draws, seed : int
        Multiplier draws, which give the dependence between effects only.

    Returns
    -------
    Bands
        In the order of the effects.

    Raises
    ------
    EstimationError
        If no effect has a standard error and a covariance.

    Notes
    -----
    Standard errors and degrees of freedom are the intervals' own. The draws say how much smaller than
    ``1 - level`` the level of each must be; with t quantiles at it, one effect alone has its own interval,
    and independent effects have Sidak's.
    """
    points, errors, df = (np.array([getattr(i, name) for i in intervals]) for name in _OWN)
    known = np.flatnonzero((errors > 0) & np.isfinite(np.diag(covariance)) & (np.diag(covariance) > 0))
    if not len(known):
        raise EstimationError(
            "No effect has a standard error from the clusters' contributions, so there are no joint limits.",
            where="bands",
            mend="Use inference=ClusterRobust() with at least two treated and two comparison clusters.",
        )
    joint = correlation_of(covariance[np.ix_(known, known)])
    alpha = joint_alpha(joint, 1 - level, draws=draws, seed=seed)
    critical = np.full(len(points), np.nan)
    critical[known] = [t_quantile(1 - alpha / 2, float(free)) for free in df[known]]
    half = critical * errors
    return Bands(low=points - half, high=points + half, critical=critical, pointwise_level=1 - alpha)


_OWN = ("point", "std_error", "df")


def held_at_once(influence: Floats, *, has_arms: bool) -> range:
    """Return the places of the effects that an estimate's joint limits are of.

    Parameters
    ----------
    influence : ndarray, shape (n_clusters, n_terms)
        Contributions to the errors of its effects; nan for ratios that only say the headline otherwise.
    has_arms : bool
        Whether the headline is one of several arms.

    Returns
    -------
    range
        Those under the headline, which is an average of them, or with it.

    Examples
    --------
    >>> held_at_once(np.ones((9, 3)), has_arms=False), held_at_once(np.ones((9, 3)), has_arms=True)
    (range(1, 3), range(0, 3))
    """
    K = influence.shape[1]
    if has_arms:
        return range(K)
    alone = K == 1 or (len(influence) > 0 and bool(np.isnan(influence[:, 1:]).all()))
    return range(1) if alone else range(1, K)
