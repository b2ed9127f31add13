"""How an average effect becomes an effect of all: what it is multiplied by, and when that has a meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.errors import Trouble, Value

if TYPE_CHECKING:
    from impactkit.evidence import Claim
    from impactkit.plans.plan import Plan

_PER_CENT = 100
_NOT_COUNTED = ("index",)


def multiplier(plan: Plan, claim: Claim, units: int | None) -> float:
    """Return what a claim's average effect is multiplied by.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.
    units : int or None
        How many the average applies to; None where the average itself is meant.

    Returns
    -------
    float
        1, the number, or one hundredth of it for a percentage, of which so many people are a part.
    """
    if units is None:
        return 1.0
    return units / _PER_CENT if plan.catalogue[claim.indicator].measure == "share" else float(units)


def not_counted(plan: Plan, claim: Claim, units: int | None, *, where: str) -> list[Trouble]:
    """Return why an average effect cannot be multiplied.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.
    units : int or None
        What it is to be multiplied by.
    where : str
        The place in the file.

    Returns
    -------
    list of Trouble
        Empty when it can be, or is not.
    """
    catalogue = plan.catalogue
    if units is None or claim.indicator not in catalogue:
        return []
    indicator = catalogue[claim.indicator]
    values: dict[str, Value] = {"claim": claim.id, "key": where, "measure": indicator.measure}
    if claim.relative:
        what = (
            "Claim {claim} is in per cent of what would have been; that is not an average to be multiplied."
        )
        return [Trouble(what, "{file}, {key}", "Remove units.", values)]
    if indicator.measure in _NOT_COUNTED:
        what = "The effect on claim {claim} is of a {measure}: multiplied by people it counts nothing."
        mend = (
            "Remove units, so that the average effect itself is meant, or claim a count, a share or a mean."
        )
        return [Trouble(what, "{file}, {key}", mend, values)]
    return []
