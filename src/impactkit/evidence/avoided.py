"""Public cost that an effect avoids, and what is left of it when the project is paid for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoided:
    """Public cost that an effect avoids, and what is left of it when the project is paid for.

    Parameters
    ----------
    name : str
        What is not spent.
    sek : float
        Per unit of the effect.
    point, low, high : float
        SEK avoided, with limits at the level of the effect's.
    net, net_low, net_high : float
        The same less the cost; nan where the effect cannot be attributed.
    reason : Message, optional
        Why there is no net amount.
    """

    name: str
    sek: float
    point: float
    low: float
    high: float
    net: float
    net_low: float
    net_high: float
    reason: Message | None = None


def avoided(
    name: str,
    sek: float,
    effect: tuple[float, float, float],
    *,
    cost: tuple[float, float],
    reason: Message | None = None,
) -> Avoided:
    """Return the public cost that an effect avoids.

    Parameters
    ----------
    name : str
        What is not spent.
    sek : float
        Per unit of the effect, taken as known.
    effect : tuple of float
        Point, lower and upper limit, plus is good.
    cost : tuple of float
        SEK, and how far its limits at the same level are from it.
    reason : Message, optional
        Why there is no net amount.

    Returns
    -------
    Avoided
        With limits; of the net amount by square-and-add [1]_, which takes cost and effect as independent.

    References
    ----------
    .. [1] Zou, G. Y., & Donner, A. (2008). Construction of confidence limits about effect measures: a general
       approach. *Statistics in Medicine*, 27(10).

    Examples
    --------
    >>> found = avoided("Placement", 10.0, (5.0, 2.0, 8.0), cost=(30.0, 40.0))
    >>> found.net, found.net_low, found.net_high
    (20.0, -30.0, 70.0)
    """
    point, low, high = (sek * each for each in effect)
    net = math.nan if reason is not None else point - cost[0]
    return Avoided(
        name=name,
        sek=sek,
        point=point,
        low=low,
        high=high,
        net=net,
        net_low=net - math.hypot(point - low, cost[1]),
        net_high=net + math.hypot(high - point, cost[1]),
        reason=reason,
    )
