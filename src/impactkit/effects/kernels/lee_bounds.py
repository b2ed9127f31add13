"""Bounds of an effect when more dropped out of one arm than of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.effects.kernels.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class LeeBounds:
    """What the difference in means may have been had as many stayed in both arms.

    Parameters
    ----------
    low, high : float
        The bounds, in the outcome's unit.
    difference : float
        Difference in means of those who stayed.
    trimmed : float
        Share of the fuller arm that is cut off.
    arm : {"treated", "comparison", "none"}
        The arm that is cut.
    """

    low: float
    high: float
    difference: float
    trimmed: float
    arm: Literal["treated", "comparison", "none"]


def lee_bounds(
    treated: Floats,
    comparison: Floats,
    *,
    stayed: tuple[float, float],
    weights: tuple[Floats, Floats] | None = None,
) -> LeeBounds:
    """Return the bounds of the effect on those who stay whether treated or not.

    Parameters
    ----------
    treated, comparison : ndarray, shape (n1,), (n0,)
        Outcomes of those who stayed.
    stayed : tuple of float
        Share of each arm who stayed, above 0.
    weights : tuple of ndarray, optional
        Positive weights of both.

    Returns
    -------
    LeeBounds
        ``low == high`` where equal shares stayed.

    Notes
    -----
    With ``q1 > q0`` the share ``(q1 - q0) / q1`` of the treated stayed only because they were treated. At
    worst they are those with the highest outcomes, at best those with the lowest; the rest is compared
    (proposition 1a of the paper). A value at the cut counts by the part of it that is kept, so that the
    bounds move evenly with the shares. It holds if arms were drawn by lot and treatment moves nobody both
    to stay and to leave.

    References
    ----------
    .. [1] Lee, D. S. (2009). Training, wages, and sample selection: estimating sharp bounds on treatment
       effects. *Review of Economic Studies*, 76(3).

    Examples
    --------
    >>> found = lee_bounds(np.array([1.0, 2, 3, 4]), np.array([2.0, 2]), stayed=(1.0, 0.5))
    >>> found.low, found.high, found.trimmed
    (-0.5, 1.5, 0.5)
    """
    w1, w0 = weights or (np.ones(len(treated)), np.ones(len(comparison)))
    q1, q0 = stayed
    mean1, mean0 = float(np.average(treated, weights=w1)), float(np.average(comparison, weights=w0))
    share = abs(q1 - q0) / max(q1, q0)
    if q1 == q0:
        low, high, arm = mean1 - mean0, mean1 - mean0, "none"
    elif q1 > q0:
        least, most = _kept_means(treated, w1, 1 - share)
        low, high, arm = least - mean0, most - mean0, "treated"
    else:
        least, most = _kept_means(comparison, w0, 1 - share)
        low, high, arm = mean1 - most, mean1 - least, "comparison"
    return LeeBounds(
        low=low,
        high=high,
        difference=mean1 - mean0,
        trimmed=share,
        arm=arm,  # type: ignore[arg-type]
    )


def _kept_means(outcomes: Floats, weights: Floats, kept: float) -> tuple[float, float]:
    """Return the means of a share of the lowest and of the highest outcomes."""
    order = np.argsort(outcomes, kind="stable")
    found = []
    for way in (order, order[::-1]):
        y, w = outcomes[way], weights[way]
        before = np.cumsum(w) - w
        part = np.clip(kept * w.sum() - before, 0.0, w)
        found.append(float(part @ y / part.sum()))
    return found[0], found[1]
