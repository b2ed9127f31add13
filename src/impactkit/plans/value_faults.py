"""What in a plan's [value] contradicts the plan, or adds what must not be added."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from impactkit.errors import Trouble, Value
from impactkit.indicators.refusals import refused_share
from impactkit.plans.contract_faults import no_such_claim
from impactkit.plans.counted import not_counted

if TYPE_CHECKING:
    from impactkit.evidence import Claim
    from impactkit.plans.plan import Plan
    from impactkit.plans.valuation import Valuation

_PLACE = "{file}, {key}"


def value_faults(plan: Plan) -> list[Trouble]:
    """Return what in a plan's valuation contradicts the rest of the plan.

    Parameters
    ----------
    plan : Plan
        A plan whose parts are each well formed.

    Returns
    -------
    list of Trouble
        Empty without one, or when all is well; ``{file}`` is left to be filled in.
    """
    valued = plan.value
    if valued is None:
        return []
    found: list[Trouble] = []
    claims = {claim.id: claim for claim in plan.claims}
    named: list[Claim] = []
    for place, effect in enumerate(valued.effects, start=1):
        key = f"value.effects[{place}]"
        claim = claims.get(effect.claim)
        if claim is None:
            found.append(no_such_claim(effect.claim, list(claims), f"{key}.claim"))
            continue
        if claim in named:
            what, values = "Claim {claim} is valued twice.", {"claim": claim.id, "key": f"{key}.claim"}
            found.append(Trouble(what, _PLACE, "Write one line for each claim.", values))
            continue
        named.append(claim)
        found += _without_effect(claim, key)
        found += not_counted(plan, claim, effect.units, where=f"{key}.units")
    found += _unit_costs(valued, named, list(claims))
    found += _share(plan, valued, named)
    return found + (_together(named) if valued.together else [])


def _without_effect(claim: Claim, key: str) -> list[Trouble]:
    if not claim.is_of_margin:
        return []
    what = "Claim {claim} promises that nothing happens; there is no effect to value."
    values: dict[str, Value] = {"claim": claim.id, "key": key}
    return [Trouble(what, _PLACE, "Value a claim of an increase or a decrease.", values)]


def _unit_costs(valued: Valuation, named: list[Claim], known: list[str]) -> list[Trouble]:
    found = []
    ours = [claim.id for claim in named]
    for place, cost in enumerate(valued.unit_costs or (), start=1):
        key = f"value.unit_costs[{place}].claim"
        if cost.claim not in known:
            found.append(no_such_claim(cost.claim, known, key))
        elif cost.claim not in ours:
            what = "The unit cost is of claim {claim}, which is not among the effects that are valued."
            mend = "Add it to value.effects, with how many its effect applies to."
            found.append(Trouble(what, _PLACE, mend, {"claim": cost.claim, "key": key}))
    return found


def _share(plan: Plan, valued: Valuation, named: list[Claim]) -> list[Trouble]:
    if valued.basis != "financed_share":
        return []
    key: dict[str, Value] = {"key": "value.basis"}
    if plan.loan is None:
        what = 'basis = "financed_share" needs to know the share, but the plan has no [loan].'
        return [Trouble(what, _PLACE, "Add [loan] with financed_share, or remove the basis.", key)]
    catalogue = plan.catalogue
    refused = [
        refusal
        for claim in named
        if claim.indicator in catalogue
        for refusal in refused_share(catalogue[claim.indicator])
    ]
    mend = 'Value the whole investment: basis = "total", and state the share beside it.'
    return [Trouble(one.trouble.what, _PLACE, mend, {**_without_file(one.trouble), **key}) for one in refused]


def _without_file(trouble: Trouble) -> dict[str, Value]:
    return {name: value for name, value in trouble.values.items() if name != "file"}


def _together(named: list[Claim]) -> list[Trouble]:
    found = []
    for one, other in combinations(named, 2):
        values: dict[str, Value] = {"one": one.id, "other": other.id, "key": "value.together"}
        if (one.indicator, one.unit, one.relative) != (other.indicator, other.unit, other.relative):
            what = "Claims {one} and {other} are in unlike units; their effects cannot be added."
            mend = "Remove together: each effect is set against the cost by itself."
            found.append(Trouble(what, _PLACE, mend, values))
        elif not _disjoint(one, other):
            what = "Claims {one} and {other} may be of the same people; added, they would be counted twice."
            mend = "Remove together, or claim for subgroups that share nobody: one column, different values."
            found.append(Trouble(what, _PLACE, mend, values))
    return found


def _disjoint(one: Claim, other: Claim) -> bool:
    a, b = one.subgroup, other.subgroup
    return a is not None and b is not None and a.column == b.column and a.value != b.value
