"""What effects cost: the cost against each, public cost avoided, and how probable it is to be worth it."""

from __future__ import annotations

from collections.abc import Mapping

from impactkit.evidence.avoided import Avoided
from impactkit.evidence.value import Value
from impactkit.plans import Plan
from impactkit.plans.valued import Valued, ValuedClaim
from impactkit.reporting.acceptability_picture import AcceptabilityPicture
from impactkit.reporting.blocks import Block, Bullets, Fact, Facts, Figure
from impactkit.reporting.document import Section
from impactkit.reporting.evaluated import Telling
from impactkit.reporting.money_words import as_of, units_told
from impactkit.reporting.numbers import GAP
from impactkit.reporting.table import Table
from impactkit.wording import Language, format_number, say
from impactkit.wording.money import about_kronor, kronor


def value_section(
    worth: Valued, tellings: Mapping[str, Telling], *, plan: Plan, language: Language
) -> Section:
    """Return what is told of the cost and of what it was set against.

    Parameters
    ----------
    worth : Valued
        The plan's effects with their cost.
    tellings : mapping of str to Telling
        By claim.
    plan : Plan
        The plan.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Section
        The cost per unit with its limits, cost avoided, and what must be known to read them.
    """
    parts: list[Block] = [
        Facts(items=_facts(worth, tellings, plan, language), is_wide=True),
        _value_table(worth, tellings, language),
        Bullets(items=_sentences(worth, language)),
    ]
    avoided = _avoided_table(worth, language)
    if avoided is not None:
        parts.append(avoided)
    parts += _figures(worth, language)
    parts.append(Bullets(items=_notes(worth, tellings, plan, language)))
    return Section(id="money-value", heading=say("money.report.value", language), parts=tuple(parts))


def _facts(
    worth: Valued, tellings: Mapping[str, Telling], plan: Plan, language: Language
) -> tuple[Fact, ...]:
    said = plan.value
    assert said is not None
    kind = "total" if worth.share == 1.0 else "share"
    told = {
        "cost": kronor(said.cost_sek, language),
        "cost_error": about_kronor(said.cost_std_error, language) if said.cost_std_error else "",
        "price_year": str(said.price_year),
        "basis": say(f"money.report.fact.{kind}", language, share=worth.share),
        "as_of": as_of(plan, [tellings[each.claim.id] for each in worth.claims], language),
    }
    return tuple(
        Fact(label=say(f"money.report.fact.{label}", language), text=text)
        for label, text in told.items()
        if text
    )


def _value_table(worth: Valued, tellings: Mapping[str, Telling], language: Language) -> Table:
    header = ("claim", "column.effect", "column.effect_limits", "column.per_unit", "column.limits")
    rows = [
        (
            f"{each.claim.id} {tellings[each.claim.id].title}",
            *_cells(each.value, _unit(each, tellings), language),
        )
        for each in worth.claims
    ]
    if worth.together is not None:
        name = say("money.report.note.together_name", language)
        rows.append((name, *_cells(worth.together, _unit(worth.claims[0], tellings), language)))
    return Table(
        caption=say("money.report.value_caption", language),
        header=tuple(say(f"money.report.{name}", language) for name in header),
        rows=tuple(rows),
        numeric=True,
    )


def _unit(each: ValuedClaim, tellings: Mapping[str, Telling]) -> str:
    telling = tellings[each.claim.id]
    if each.of.units is not None and telling.indicator.measure == "share":
        return say("money.report.people", telling.language)
    return telling.measure.unit_of_change


def _cells(value: Value, unit: str, language: Language) -> tuple[str, ...]:
    effect = format_number(value.effect, language, signed=True)
    ends = {"low": format_number(value.low, language), "high": format_number(value.high, language)}
    known = value.low == value.low
    costs = {"low": about_kronor(value.per_unit_low, language)}
    costs["high"] = about_kronor(value.per_unit_high, language)
    form = {"limits": "both", "no_upper_limit": "from"}.get(value.told, "")
    return (
        f"{effect}{GAP}{unit}" if unit else effect,
        say(f"report.span.{'both' if known else 'unknown'}", language, **(ends if known else {})),
        about_kronor(value.per_unit, language),
        say(f"report.span.{form}", language, **costs) if form else say("money.report.note.none", language),
    )


def _sentences(worth: Valued, language: Language) -> tuple[str, ...]:
    told = [
        f"{each.claim.id}: {sentence}" for each in worth.claims for sentence in each.value.in_words(language)
    ]
    if worth.together is not None:
        name = say("money.report.note.together_name", language)
        told += [f"{name}: {sentence}" for sentence in worth.together.in_words(language)]
    return tuple(told)


def _avoided_table(worth: Valued, language: Language) -> Table | None:
    rows = [_avoided_row(each.claim.id, one, language) for each in worth.claims for one in each.avoided]
    if not rows:
        return None
    if worth.avoided is not None:
        name = say("money.report.note.together_name", language)
        rows.append((name, *_avoided_row("", worth.avoided, language)[1:]))
        rows[-1] = (name, say("money.report.note.none", language), *rows[-1][2:])
    header = (
        "avoided_what",
        "column.unit_cost",
        "column.avoided",
        "column.limits",
        "column.net",
        "column.limits",
    )
    return Table(
        caption=say("money.report.avoided_caption", language),
        header=tuple(say(f"money.report.{name}", language) for name in header),
        rows=tuple(rows),
        numeric=True,
    )


def _avoided_row(claim: str, one: Avoided, language: Language) -> tuple[str, ...]:
    none = say("money.report.note.none", language)
    named = (f"{claim} {one.name}", kronor(one.sek, language))
    if one.reason is not None:
        # What cannot be attributed has avoided nothing that one could name.
        return (*named, none, none, none, none)
    return (
        *named,
        about_kronor(one.point, language),
        _span(one.low, one.high, language),
        about_kronor(one.net, language, signed=True),
        _span(one.net_low, one.net_high, language),
    )


def _span(low: float, high: float, language: Language) -> str:
    ends = {"low": about_kronor(low, language), "high": about_kronor(high, language)}
    return say("report.span.both" if low == low else "report.span.unknown", language, **ends)


def _figures(worth: Valued, language: Language) -> list[Figure]:
    found = []
    for each in worth.claims:
        picture = AcceptabilityPicture.of(each.value, language, claim=each.claim.id)
        if picture.is_known:
            note = say("money.report.note.acceptability", language)
            found.append(Figure(picture=picture, notes=(note,), table=picture.table()))
    return found


def _notes(worth: Valued, tellings: Mapping[str, Telling], plan: Plan, language: Language) -> tuple[str, ...]:
    said = plan.value
    assert said is not None
    told = [
        units_told(tellings[each.claim.id], each.of.units, each.of.units_are)
        for each in worth.claims
        if each.of.units is not None and each.of.units_are is not None
    ]
    told.append(say(f"money.report.note.{'together' if worth.together else 'against_all'}", language))
    if said.unit_costs:
        told.append(say("money.report.note.known_unit_costs", language))
        told += [
            say(
                "money.report.note.reference", language, name=one.name, reference=one.reference, year=one.year
            )
            for one in said.unit_costs
        ]
    return (*told, say("money.report.note.no_ratio", language))
