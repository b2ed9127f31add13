"""What is told of an effect in money: what a contract pays for it, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence

from impactkit.plans import Plan
from impactkit.plans.outcome_contract import ContractPayment
from impactkit.plans.payment import Payment, Payments
from impactkit.plans.power import Power, payment_table
from impactkit.plans.valued import valued
from impactkit.reporting.blocks import Block, Bullets, Fact, Facts, Paragraph
from impactkit.reporting.disclosure import protected_claims
from impactkit.reporting.document import Section
from impactkit.reporting.evaluated import Evaluated, Telling
from impactkit.reporting.facts import day
from impactkit.reporting.money_value import value_section
from impactkit.reporting.money_words import as_of, units_told, whole_kronor
from impactkit.reporting.table import Table
from impactkit.wording import Language, MessageValue, say
from impactkit.wording.money import about_kronor, kronor

_COLUMNS = (
    "claim",
    "column.card",
    "column.due",
    "column.point",
    "column.low",
    "column.high",
    "column.expected",
)
_RULES = ("by_verdict", "by_lower_limit", "by_point", "goal", "break_even")


def money_section(evaluation: Evaluated, language: Language) -> Section | None:
    """Return what is told of an evaluation in money.

    Parameters
    ----------
    evaluation : Evaluation
        A plan carried out.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Section or None
        A section on what the contract pays and one on what the effects cost; None where the plan has neither.
        All of it rests on numbers of which everything may be shown.
    """
    plan = evaluation.plan
    if plan.outcome_contract is None and plan.value is None:
        return None
    protected = protected_claims(plan, evaluation.results)
    tellings = {one.claim.id: Telling.of(one, plan, language=language) for one in protected}
    parts: list[Section] = []
    payments = evaluation.paid_for(protected)
    if payments is not None:
        parts.append(_contract_section(payments, tellings, plan=plan, language=language))
    worth = valued(plan, protected)
    if worth is not None:
        parts.append(value_section(worth, tellings, plan=plan, language=language))
    if not parts:
        return None
    return Section(id="money", heading=say("money.report.heading", language), parts=tuple(parts))


def contract_power_section(power: Power, plan: Plan, language: Language) -> Section | None:
    """Return what a plan's outcome contract can be expected to pay, before the follow-up.

    Parameters
    ----------
    power : Power
        Of the plan.
    plan : Plan
        The plan.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Section or None
        None where the plan has no contract.
    """
    contract, tell = plan.outcome_contract, _Said(language)
    if contract is None:
        return None
    facts = [
        _fact("cap", kronor(contract.most_sek, language), language),
        _fact("basis", tell("fact.total"), language),
    ]
    if plan.decision.decided is not None:
        facts.append(_fact("as_of", tell("fact.plan", day=day(plan.decision.decided, language)), language))
    parts: list[Block] = [
        Facts(items=tuple(facts), is_wide=True),
        Paragraph(text=tell("note.expected"), kind="strong"),
    ]
    for claim in (claim for claim in power.claims if claim.payments):
        header, rows = payment_table(claim, language)
        title = say("money.power.title", language, claim=claim.claim)
        n = max(each.n_draws for each in claim.payments)
        if n:
            gaps = [max(p.chance_high - p.chance, p.chance - p.chance_low) for p in claim.payments]
            how = tell("note.method_simulation", n=n, error=100 * max(gaps))
        else:
            how = tell("note.method_formula")
        told = tuple(tuple(row) for row in rows)
        parts.append(Table(caption=title, header=tuple(header), rows=told, numeric=True, notes=(how,)))
        parts.append(Bullets(items=tuple(each.text(language) for each in claim.payments_in_words())))
    return Section(id="money-power", heading=tell("power"), parts=tuple(parts))


class _Said:
    """Sentences of these sections in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, code: str, /, **values: MessageValue) -> str:
        return say(f"money.report.{code}", self.language, **values)


def _contract_section(
    payments: Payments, tellings: dict[str, Telling], *, plan: Plan, language: Language
) -> Section:
    tell, contract = _Said(language), plan.outcome_contract
    assert contract is not None
    terms = {each.claim: each for each in contract.payments}
    span = tell(
        "fact.span", first=day(contract.service_start, language), last=day(contract.service_end, language)
    )
    told = {
        "payer": contract.payer,
        "investor": contract.investor,
        "validator": contract.validator,
        "service": span,
        "validation": day(contract.validation_date, language),
        "payment": day(contract.payment_date, language),
        "cap": kronor(payments.most_sek, language),
        "due": whole_kronor(payments.paid, language),
        "as_of": as_of(plan, [tellings[each.claim] for each in payments.payments], language),
        "basis": tell("fact.total"),
    }
    reasons = tuple(
        f"{each.claim}: {reason.text(language)}" for each in payments.payments for reason in each.reasons
    )
    parts: tuple[Block, ...] = (
        Facts(items=tuple(_fact(label, text, language) for label, text in told.items()), is_wide=True),
        Paragraph(text=tell("note.measured")),
        _due_table(payments.payments, terms, tellings, tell=tell),
        Bullets(items=reasons),
        _rule_table(payments.payments, terms, tell=tell),
        Bullets(items=(*_notes(payments.payments, terms, tellings, tell=tell), tell("note.whole"))),
    )
    return Section(id="money-contract", heading=tell("contract"), parts=parts)


def _due_table(
    payments: Sequence[Payment],
    terms: dict[str, ContractPayment],
    tellings: dict[str, Telling],
    *,
    tell: _Said,
) -> Table:
    language = tell.language
    return Table(
        caption=tell("contract_caption"),
        header=tuple(tell(name) for name in _COLUMNS),
        rows=tuple(
            (
                each.claim,  # seven columns leave no room for its name
                _card(terms[each.claim], tellings[each.claim], tell),
                whole_kronor(each.paid, language),
                *(about_kronor(x, language) for x in (each.at_point, each.at_low, each.at_high)),
                about_kronor(each.expected, language),
            )
            for each in payments
        ),
        numeric=True,
        notes=(tell("note.expected_mean"),),
    )


def _rule_table(payments: Sequence[Payment], terms: dict[str, ContractPayment], *, tell: _Said) -> Table:
    language = tell.language
    rows = []
    for each in payments:
        by_rule = [each.by_rule.get(basis) for basis in ("verdict", "lower_limit", "point")]
        rows.append(
            (
                f"{each.claim} ({say(f'money.rule.{terms[each.claim].basis}', language)})",
                *(tell("note.none") if one is None else whole_kronor(one, language) for one in by_rule),
                whole_kronor(each.at_goal, language),
                tell("note.none")
                if each.at_break_even != each.at_break_even
                else whole_kronor(each.at_break_even, language),
            )
        )
    header = (tell("claim"), *(tell(f"column.{name}") for name in _RULES))
    return Table(caption=tell("rules_caption"), header=header, rows=tuple(rows), numeric=True)


def _card(terms: ContractPayment, telling: Telling, tell: _Said) -> str:
    """Return a rate card in words."""
    language, measure = tell.language, telling.measure
    if terms.steps is not None:
        return "; ".join(
            tell("card.step", sek=kronor(step.sek, language), at_least=measure.exact(step.at_least))
            for step in terms.steps
        )
    assert terms.sek_per_unit is not None
    kind = "rate" if terms.units is None else "rate_counted"
    told = [tell(f"card.{kind}", rate=kronor(float(terms.sek_per_unit), language))]
    if terms.threshold is not None:
        told.append(tell("card.threshold", at_least=measure.exact(terms.threshold)))
    return ", ".join(told)


def _notes(
    payments: Sequence[Payment],
    terms: dict[str, ContractPayment],
    tellings: dict[str, Telling],
    *,
    tell: _Said,
) -> tuple[str, ...]:
    language, found = tell.language, list[str]()
    for each in payments:
        said, telling = terms[each.claim], tellings[each.claim]
        if said.units is not None and said.units_are is not None:
            found.append(units_told(telling, said.units, said.units_are))
        if said.break_even is not None:
            values = {
                "claim": each.claim,
                "goal": telling.minimum,
                "even": telling.measure.exact(said.break_even),
            }
            paid = {"paid": kronor(round(each.at_goal), language)}
            paid["paid_even"] = kronor(round(each.at_break_even), language)
            found.append(tell("note.goal", **values, **paid))
    return tuple(found)


def _fact(label: str, text: str, language: Language) -> Fact:
    return Fact(label=say(f"money.report.fact.{label}", language), text=text)
