"""What in an outcome contract contradicts the plan it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.errors import Trouble, Value
from impactkit.plans.counted import not_counted

if TYPE_CHECKING:
    from impactkit.evidence import Claim
    from impactkit.plans.outcome_contract import ContractPayment, OutcomeContract
    from impactkit.plans.plan import Plan

_PLACE = "{file}, {key}"


def contract_faults(plan: Plan) -> list[Trouble]:
    """Return what in a plan's outcome contract contradicts the rest of the plan.

    Parameters
    ----------
    plan : Plan
        A plan whose parts are each well formed.

    Returns
    -------
    list of Trouble
        Empty without a contract, or when all is well; ``{file}`` is left to be filled in.
    """
    contract = plan.outcome_contract
    if contract is None:
        return []
    found = [*_not_independent(plan, contract), *_days(plan, contract)]
    claims = {claim.id: claim for claim in plan.claims}
    paid: set[str] = set()
    for place, payment in enumerate(contract.payments, start=1):
        key = f"outcome_contract.payments[{place}]"
        claim = claims.get(payment.claim)
        if claim is None:
            found.append(no_such_claim(payment.claim, list(claims), f"{key}.claim"))
            continue
        if claim.id in paid:
            what = "Claim {claim} is paid for twice."
            values: dict[str, Value] = {"claim": claim.id, "key": f"{key}.claim"}
            found.append(Trouble(what, _PLACE, "Write one payment for each claim.", values))
        paid.add(claim.id)
        found += _payable(claim, payment, key)
        found += not_counted(plan, claim, payment.units, where=f"{key}.units")
    return found


def no_such_claim(given: str, known: list[str], key: str) -> Trouble:
    """Return the trouble of a table that names a claim the plan does not have.

    Parameters
    ----------
    given : str
        The name.
    known : list of str
        The plan's claims.
    key : str
        Where it is named.

    Returns
    -------
    Trouble
        With what there is.
    """
    values: dict[str, Value] = {"claim": given, "known": ", ".join(known), "key": key}
    return Trouble("There is no claim {claim}.", _PLACE, "Choose among {known}.", values)


def _not_independent(plan: Plan, contract: OutcomeContract) -> list[Trouble]:
    others = {
        "project.borrower": plan.project.borrower,
        "project.responsible": plan.project.responsible,
        "outcome_contract.payer": contract.payer,
        "outcome_contract.investor": contract.investor,
    }
    same = [
        key
        for key, name in others.items()
        if name is not None and _folded(name) == _folded(contract.validator)
    ]
    what = "The validator, {name}, is also {role}: who judges the outcome must be none of the parties."
    mend = "Name a validator that neither pays, nor is paid, nor does the work."
    return [
        Trouble(
            what, _PLACE, mend, {"name": contract.validator, "role": key, "key": "outcome_contract.validator"}
        )
        for key in same
    ]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _days(plan: Plan, contract: OutcomeContract) -> list[Trouble]:
    ordered = (
        ("service_start", contract.service_start, "service_end", contract.service_end),
        ("service_start", contract.service_start, "validation_date", contract.validation_date),
        ("validation_date", contract.validation_date, "payment_date", contract.payment_date),
    )
    found = []
    for first, begins, last, ends in ordered:
        if ends < begins:
            values: dict[str, Value] = {"first": first, "begins": begins.isoformat(), "last": last}
            values |= {"ends": ends.isoformat(), "key": f"outcome_contract.{last}"}
            what = "{last}, {ends}, is before {first}, {begins}."
            found.append(Trouble(what, _PLACE, "Correct one of the two dates.", values))
    return found + _too_early(plan, contract)


def _too_early(plan: Plan, contract: OutcomeContract) -> list[Trouble]:
    validated, key = contract.validation_date, "outcome_contract.validation_date"
    found = []
    collected = plan.data.follow_up_collected
    values: dict[str, Value] = {"validated": validated.isoformat(), "key": key}
    if collected and validated < collected:
        what = "The outcome is validated {validated}, before the follow-up is collected, {collected}."
        values["collected"] = collected.isoformat()
        found.append(Trouble(what, _PLACE, "Correct one of the two dates.", values))
    years = {claim.id: claim.by for claim in plan.claims}
    for payment in contract.payments:
        by = years.get(payment.claim)
        told: dict[str, Value] = {**values, "claim": payment.claim, "by": by or 0}
        if by is not None and validated.year < by:
            what = "The outcome is validated {validated}, but claim {claim} is about {by}."
            mend = "Validate it in {by} or later: an earlier outcome is another claim."
            found.append(Trouble(what, _PLACE, mend, told))
        if by is not None and contract.service_start.year > by:
            what = "The service starts after {by}, the year that claim {claim} is about."
            told = {**told, "key": "outcome_contract.service_start"}
            found.append(Trouble(what, _PLACE, "Correct service_start, or the claim's year.", told))
    return found


def _payable(claim: Claim, payment: ContractPayment, key: str) -> list[Trouble]:
    values: dict[str, Value] = {"claim": claim.id, "key": key, "minimum": str(claim.minimum_effect)}
    if claim.role == "guardrail":
        what = "Claim {claim} is a guardrail: harm on it stops every payment, and it is not itself paid for."
        return [Trouble(what, _PLACE, "Remove the payment, or give the claim another role.", values)]
    if claim.is_of_margin:
        what = "Claim {claim} promises that nothing happens; there is no effect to pay for."
        return [Trouble(what, _PLACE, "Pay for a claim of an increase or a decrease.", values)]
    found = []
    if claim.relative and payment.basis != "verdict":
        what = "Claim {claim} is in per cent, and {basis} is not: its card cannot be read for it."
        mend = 'Write basis = "verdict", or claim an effect in the outcome\'s own unit.'
        found.append(Trouble(what, _PLACE, mend, {**values, "basis": payment.basis}))
    begins = payment.steps[0].at_least if payment.steps else payment.threshold
    if begins is not None and begins > claim.minimum_effect:
        what = "Nothing is paid below {begins}, but claim {claim} promises {minimum}: kept, it pays nothing."
        mend = "Begin to pay at {minimum} or less, or promise more."
        found.append(Trouble(what, _PLACE, mend, {**values, "begins": str(begins)}))
    return found
