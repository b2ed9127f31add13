"""What in a plan contradicts the rest of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from impactkit.errors import Trouble
from impactkit.evidence import Claim
from impactkit.plans.contract_faults import contract_faults
from impactkit.plans.dates import amounts, dates
from impactkit.plans.municipality import municipality
from impactkit.plans.refused import refused
from impactkit.plans.value_faults import value_faults

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

IN_CLAIM = '{file}, claim "{claim}"'


def contradictions(plan: Plan) -> list[Trouble]:
    """Return what in a plan contradicts the rest of it.

    Parameters
    ----------
    plan : Plan
        A plan whose parts are each well formed.

    Returns
    -------
    list of Trouble
        Empty when all is well; ``{file}`` is left to be filled in.
    """
    collected = plan.data.follow_up_collected
    late = too_late(plan.claims, collected.year) if collected else []
    claims = _claims_as_a_set(plan) + _unknown_indicators(plan) + _shared_columns(plan)
    money = contract_faults(plan) + value_faults(plan)
    return claims + late + dates(plan) + amounts(plan) + municipality(plan) + refused(plan) + money


def too_late(claims: tuple[Claim, ...], last: int) -> list[Trouble]:
    """Return a trouble for each claim about a year after the last follow-up.

    Parameters
    ----------
    claims : tuple of Claim
        The claims.
    last : int
        The year of the last follow-up.

    Returns
    -------
    list of Trouble
        Empty when all is well.
    """
    return [
        Trouble(
            "Claim period {by} is after the last follow-up, {last}.",
            IN_CLAIM,
            "Add the {by} follow-up, or set by = {last}.",
            {"by": claim.by, "last": last, "claim": claim.id},
        )
        for claim in claims
        if claim.by > last
    ]


def _claims_as_a_set(plan: Plan) -> list[Trouble]:
    found: list[Trouble] = []
    if not any(claim.role == "primary" for claim in plan.claims):
        mend = 'Give the claim that decides role = "primary".'
        found.append(Trouble("No claim is primary.", "{file}, [[claims]]", mend))
    for name, times in Counter(claim.id for claim in plan.claims).items():
        if times > 1:
            what = "{times} claims are called {claim}."
            found.append(
                Trouble(what, IN_CLAIM, "Give each claim its own id.", {"times": times, "claim": name})
            )
    return found


def _unknown_indicators(plan: Plan) -> list[Trouble]:
    catalogue = plan.catalogue
    lost = [claim for claim in plan.claims if claim.indicator not in catalogue]
    asked = [(claim, claim.indicator) for claim in lost]
    asked += [
        (claim, claim.baseline_indicator)
        for claim in plan.claims
        if claim.baseline_indicator is not None and claim.baseline_indicator not in catalogue
    ]
    found = []
    for claim, indicator in asked:
        trouble = catalogue.unknown(indicator)
        found.append(Trouble(trouble.what, IN_CLAIM, trouble.mend, {**trouble.values, "claim": claim.id}))
    return found


def _shared_columns(plan: Plan) -> list[Trouble]:
    first: dict[str, Claim] = {}
    found = []
    for claim in plan.claims:
        column = claim.outcome or plan.data.outcome
        other = first.setdefault(column, claim)
        if other.indicator != claim.indicator:
            what = "Claims {other} and {claim} are about different indicators but the same column, {column}."
            mend = 'Give claim {claim} its own column: outcome = "...".'
            values = {"other": other.id, "claim": claim.id, "column": column}
            found.append(Trouble(what, IN_CLAIM, mend, values))
    return found
