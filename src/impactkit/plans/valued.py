"""A plan's [value] carried out: the cost set against each effect, and public cost avoided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from impactkit.evidence.avoided import Avoided
from impactkit.evidence.claim import Claim
from impactkit.evidence.value import Value, costed, scaled
from impactkit.plans.counted import multiplier
from impactkit.plans.payment import Judged
from impactkit.plans.valuation import ValuedEffect

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuedClaim:
    """One claim's effect with the cost set against it.

    Parameters
    ----------
    claim : Claim
        What was promised.
    of : ValuedEffect
        Whom the effect applies to, as the plan says.
    value : Value
        The cost per unit.
    avoided : tuple of Avoided
        One a unit cost of the plan.
    """

    claim: Claim
    of: ValuedEffect
    value: Value
    avoided: tuple[Avoided, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """A plan's effects with the cost set against each.

    Parameters
    ----------
    claims : tuple of ValuedClaim
        In the order of the plan's table.
    share : float
        The share of the investment that effects and cost are of; 1 for all of it.
    together : Value, optional
        Of all effects added, where the plan says so and they may be.
    avoided : Avoided, optional
        The public cost that they avoid together.
    """

    claims: tuple[ValuedClaim, ...]
    share: float
    together: Value | None = None
    avoided: Avoided | None = None


def valued(plan: Plan, results: Sequence[Judged]) -> Valued | None:
    """Return a plan's effects with the cost set against each.

    Parameters
    ----------
    plan : Plan
        The plan.
    results : sequence of Judged
        Every claim of it with its verdict.

    Returns
    -------
    Valued or None
        None where the plan has no [value]. Limits are those the claims were judged by.

    Notes
    -----
    Effects that are added keep the sum of their limits and of their standard errors: at least the level
    whatever their correlation, for the standard error of a sum is never larger.
    """
    said = plan.value
    if said is None:
        return None
    share = 1.0
    if said.basis == "financed_share" and plan.loan is not None:
        share = float(plan.loan.financed_share)
    by_claim = {result.claim.id: result for result in results}
    cost, error = share * said.cost_sek, share * said.cost_std_error
    if not share:
        return None
    found = []
    for of in said.effects:
        result = by_claim[of.claim]
        bare = scaled(_of(result), share * multiplier(plan, result.claim, of.units))
        value = costed(bare, cost=cost, std_error=error)
        unit_costs = [each for each in said.unit_costs or () if each.claim == of.claim]
        avoided = tuple(value.avoids(each.name, float(each.sek)) for each in unit_costs)
        found.append(ValuedClaim(claim=result.claim, of=of, value=value, avoided=avoided))
    if not said.together or len(found) < 2:
        return Valued(claims=tuple(found), share=share)
    together = costed(_sum([each.value for each in found]), cost=cost, std_error=error)
    return Valued(claims=tuple(found), share=share, together=together, avoided=_sum_avoided(found, together))


def _of(result: Judged) -> Value:
    """Return the value of an average effect, before its cost."""
    verdict, interval, way = result.verdict, result.estimate.interval, result.claim.direction
    is_judged = verdict.status != "not_assessable"
    return Value(
        effect=way * verdict.point,
        low=min(way * verdict.low, way * verdict.high),
        high=max(way * verdict.low, way * verdict.high),
        level=verdict.level,
        std_error=interval.std_error,
        df=interval.df,
        cost=math.nan,
        cost_std_error=0.0,
        per_unit=math.nan,
        limits=None,
        grade=result.grade.value if is_judged else None,
    )


def _sum(values: Sequence[Value]) -> Value:
    grades = [each.grade for each in values]
    return Value(
        effect=sum(each.effect for each in values),
        low=sum(each.low for each in values),
        high=sum(each.high for each in values),
        level=min(each.level for each in values),
        std_error=sum(each.std_error for each in values),
        df=min(each.df for each in values),
        cost=math.nan,
        cost_std_error=0.0,
        per_unit=math.nan,
        limits=None,
        grade=None if None in grades else min(grade for grade in grades if grade is not None),
    )


def _sum_avoided(found: Sequence[ValuedClaim], together: Value) -> Avoided | None:
    every = [each for claim in found for each in claim.avoided]
    if not every:
        return None
    amounts = replace(
        together,
        effect=sum(each.point for each in every),
        low=sum(each.low for each in every),
        high=sum(each.high for each in every),
    )
    return amounts.avoids("", 1.0)
