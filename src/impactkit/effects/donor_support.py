"""How well donors support a comparison: where they lie, whether weights are unique, what others would say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.donor_fits import DonorFits
from impactkit.effects.donor_panel import DonorPanel, listed
from impactkit.effects.kernels.donor_ranks import is_outside
from impactkit.effects.kernels.near_optimal import near_optimal
from impactkit.effects.kernels.simplex import is_unique, nearest_in_hull
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
SHARE, OF_SPREAD = 0.10, 0.01
"""Weights are nearly as good when their root mean square gap before the start is at most the chosen ones' and
a tenth, and a hundredth of the treated unit's own standard deviation before the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearlyAsGood:
    """Average effects under weights that fit nearly as well.

    Parameters
    ----------
    low, high : float
        The smallest and the largest, in the outcome's unit.
    allowed : float
        The root mean square gap before the start that was allowed, averaged over the treated.
    """

    low: float
    high: float
    allowed: float


def nearly_as_good(fits: DonorFits, *, share: float = SHARE, of_spread: float = OF_SPREAD) -> NearlyAsGood:
    """Return the range of the average effect over weights that fit nearly as well before the start.

    Parameters
    ----------
    fits : DonorFits
        The treated units beside their donors, with weights of their own.
    share, of_spread : float
        How much larger the root mean square gap may be: as a share of the chosen weights', and of the
        treated unit's own standard deviation before the start.

    Returns
    -------
    NearlyAsGood
        Over the periods that all treated have; each treated unit's range enters by its share.
    """
    fits = fits.fitted
    after, Y = fits.reach[1], fits.outcomes
    low = high = allowed = 0.0
    for i, start in enumerate(fits.starts.tolist()):
        own, donors = Y[i], Y[fits.n_treated :]
        gap = float(np.sqrt(((own - fits.weights[i] @ donors)[:start] ** 2).mean()))
        largest = (1 + share) * gap + of_spread * float(own[:start].std())
        means = donors[:, start : start + after].mean(axis=1)
        found = near_optimal(donors[:, :start], own[:start], means, largest=largest)
        observed = float(own[start : start + after].mean())
        low += float(fits.shares[i]) * (observed - found.high)
        high += float(fits.shares[i]) * (observed - found.low)
        allowed += float(fits.shares[i]) * largest
    return NearlyAsGood(low=low, high=high, allowed=allowed)


def support_notes(panel: DonorPanel, fits: DonorFits, *, are_unique: bool = False) -> tuple[Message, ...]:
    """Return what to know of the donors before the start, a sentence each.

    Parameters
    ----------
    panel : DonorPanel
        The treated units and donors.
    fits : DonorFits
        Their weights.
    are_unique : bool
        Whether the weights are the only ones by the way they were found.

    Returns
    -------
    tuple of Message
        Periods outside the donors' range, weights that are not unique, and the range of effects under weights
        nearly as good.
    """
    found = [note for i in range(fits.n_treated) if (note := _outside(panel, fits, i)) is not None]
    asked = range(0 if are_unique else fits.n_treated)
    several = [panel.names[i] for i in asked if not _is_unique(fits, i)]
    if several:
        found.append(Message("donors.not_unique", {"units": listed(several)}))
    near = nearly_as_good(fits)
    found.append(Message("donors.nearly_as_good", {"low": near.low, "high": near.high}))
    return tuple(found)


def _outside(panel: DonorPanel, fits: DonorFits, i: int) -> Message | None:
    start = int(fits.starts[i])
    outside = is_outside(fits.outcomes[fits.n_treated :, :start], fits.outcomes[i, :start])
    if not outside.any():
        return None
    periods = listed([panel.columns.period_names[t] for t in np.flatnonzero(outside)])
    return Message(
        "donors.outside_range",
        {"unit": panel.names[i], "n": int(outside.sum()), "total": start, "periods": periods},
    )


def _is_unique(fits: DonorFits, i: int) -> bool:
    start, donors = int(fits.starts[i]), fits.outcomes[fits.n_treated :]
    points = donors[:, :start]
    return is_unique(points, nearest_in_hull(points, fits.outcomes[i, :start]))
