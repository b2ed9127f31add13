"""What a report tells of money: each number with its caveat, in both languages, and nothing of few people."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import impactkit as ik
from impactkit.evidence.grade import EvidenceGrade
from impactkit.plans import Plan
from impactkit.plans.power import power
from impactkit.reporting.acceptability_picture import AcceptabilityPicture
from impactkit.reporting.blocks import Bullets, Facts, Figure, Paragraph
from impactkit.reporting.document import Section, walk
from impactkit.reporting.money import contract_power_section, money_section
from impactkit.reporting.table import Table, told
from impactkit.wording import Language
from plans import money

LANGUAGES: tuple[Language, ...] = ("sv", "en")
BOTH = {
    "outcome_contract": money.contract(break_even="8", threshold="2"),
    "value": {**money.VALUE, "cost_std_error_sek": 100_000},
}


@pytest.fixture(scope="module")
def lottery(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that evaluates the lottery with some tables."""
    known: dict[str, ik.Evaluation] = {}

    def made(**tables: Any) -> ik.Evaluation:
        key = repr(tables)
        if key not in known:
            content = money.with_money(**tables)
            known[key] = ik.evaluate(money.plan_of(tmp_path_factory.mktemp("money"), content))
        return known[key]

    return made


def texts(section: Section) -> list[str]:
    """Return every text of a section in the order it is read."""
    found: list[str] = []
    for part in walk((section,)):
        if isinstance(part, Section):
            found.append(part.heading)
        elif isinstance(part, Facts):
            found += [text for item in part.items for text in (item.label, item.text)]
        elif isinstance(part, Paragraph):
            found.append(part.text)
        elif isinstance(part, Bullets):
            found += part.items
        elif isinstance(part, Table):
            found += [part.caption, *part.header, *part.notes, *(told(c) for row in part.rows for c in row)]
        elif isinstance(part, Figure):
            found += [part.picture.heading, part.picture.alt_text, *part.notes]
    return found


def section(evaluation: ik.Evaluation, language: Language = "en") -> Section:
    found = money_section(evaluation, language)
    assert found is not None
    return found


def test_without_money_there_is_no_section(lottery: Any) -> None:
    plain = lottery()
    assert money_section(plain, "sv") is None
    assert contract_power_section(power(plain.plan), plain.plan, "sv") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_is_whole_and_every_text_is_filled(lottery: Any, language: Language) -> None:
    found = section(lottery(**BOTH), language)
    assert [part.id for part in found.parts if isinstance(part, Section)] == ["money-contract", "money-value"]
    said = texts(found)
    assert all(text and "{" not in text and "nan" not in text.split() for text in said)
    for table in (part for part in walk((found,)) if isinstance(part, Table)):
        assert {len(row) for row in table.rows} == {len(table.header)}


def test_the_languages_say_the_same_numbers_of_parts(lottery: Any) -> None:
    sv, en = (texts(section(lottery(**BOTH), language)) for language in LANGUAGES)
    assert len(sv) == len(en)
    assert "Vad utfallskontraktet betalar" in sv
    assert "What the outcome contract pays" in en


def test_what_is_due_stands_with_its_day_its_basis_and_the_looser_rules(lottery: Any) -> None:
    said = texts(section(lottery(outcome_contract=BOTH["outcome_contract"])))
    gap = "\N{NO-BREAK SPACE}"
    assert said[said.index("Due in all") + 1] == f"100,000{gap}SEK"
    assert said[said.index("As of") + 1] == "follow-up 1 October 2023"
    assert said[said.index("Refers to") + 1] == "the whole investment"
    assert any("not what was expected" in text for text in said)
    assert any("not of the loan’s share" in text for text in said)
    assert any("The payer breaks even at 8" in text and f"160,000{gap}SEK" in text for text in said)
    # By estimate 10 percentage points or so of 200 people, at 10,000 SEK each.
    evaluation = lottery(outcome_contract=BOTH["outcome_contract"])
    by_point = round(20_000 * evaluation.verdicts[0].point)
    assert f"{by_point:,}{gap}SEK" in said


def test_a_shut_gate_is_told_where_the_amount_stands(tmp_path: Path) -> None:
    content = money.with_money(outcome_contract=money.contract(basis="point"))
    evaluation = ik.evaluate(money.plan_of(tmp_path, content), exploratory=True)
    said = texts(section(evaluation, "sv"))
    assert said[said.index("Att betala, totalt") + 1] == "0\N{NO-BREAK SPACE}kronor"
    assert any("utforskande körning" in text for text in said)


def test_costs_stand_with_limits_references_and_no_ratio(lottery: Any) -> None:
    found = section(lottery(value=BOTH["value"]))
    said = texts(found)
    assert any("Call-out: Invented for this test (prices of 2023)." in text for text in said)
    assert any("No ratio of benefit to cost" in text for text in said)
    assert any("nothing to do with the effect" in text for text in said)
    (figure,) = [part for part in walk((found,)) if isinstance(part, Figure)]
    assert isinstance(figure.picture, AcceptabilityPicture)
    assert len(figure.table.rows) == 5


def test_what_cannot_be_attributed_has_no_avoided_cost_and_says_so(lottery: Any) -> None:
    evaluation = lottery(value=BOTH["value"])
    first = evaluation.results[0]
    weak = replace(first, grade=EvidenceGrade(value=2, ceiling=5, reasons=first.grade.reasons))
    said = texts(section(replace(evaluation, results=(weak,))))
    assert any("cannot be attributed to the investment" in text for text in said)
    table = next(
        part
        for part in walk((section(replace(evaluation, results=(weak,))),))
        if isinstance(part, Table) and "avoided" in part.caption
    )
    assert table.rows[0][2:] == ("–", "–", "–", "–")


def test_limits_without_an_end_are_written_in_words(lottery: Any) -> None:
    evaluation = lottery(value=BOTH["value"])
    first = evaluation.results[0]
    wide = replace(
        first, verdict=replace(first.verdict, low=-3.0, point=1.0, high=5.0, status="inconclusive")
    )
    evaluation = replace(evaluation, results=(wide,))
    evaluation = replace(evaluation, plan=Plan.of(money.with_money(value=money.VALUE)))
    said = texts(section(evaluation))
    assert any(text.endswith("and above") for text in said)
    assert not any("∞" in text for text in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_the_money_the_section_says_that_nothing_was_measured(
    lottery: Any, language: Language
) -> None:
    plan = lottery(**BOTH).plan
    found = contract_power_section(power(plan, spread=12.0), plan, language)
    assert found is not None
    said = texts(found)
    assert any(("inte uppmätt" if language == "sv" else "not measured") in text for text in said)
    (table,) = [part for part in found.parts if isinstance(part, Table)]
    assert len(table.rows) == 12
    assert table.text_rows[0][0].endswith("(avtalet)" if language == "sv" else "(the contract)")
    assert all("{" not in text for text in said)


def test_the_numbers_of_a_withheld_plan_are_the_same_and_hold_no_count(lottery: Any) -> None:
    evaluation = lottery(**BOTH)
    data = evaluation.plan.data.model_copy(update={"public": False})
    hidden = replace(evaluation, plan=evaluation.plan.model_copy(update={"data": data}))
    assert texts(section(hidden)) == texts(section(evaluation))


def test_the_curve_is_drawn_in_both_languages_and_is_the_same_every_time(lottery: Any) -> None:
    from impactkit.reporting.drawing import to_svg

    evaluation = lottery(value=BOTH["value"])
    worth = ik.value(evaluation.results[0].estimate, cost=2_000_000.0, units=2.0)
    for language, words in (("sv", "Linjediagram"), ("en", "Line chart")):
        axes = ik.plot(worth, language=language)
        assert axes.alt_text.startswith(words)
        assert to_svg(axes, name="a") == to_svg(ik.plot(worth, language=language), name="a")


def test_a_value_without_a_standard_error_has_no_figure(lottery: Any) -> None:
    worth = ik.value(lottery(value=BOTH["value"]).results[0].estimate, cost=2_000_000.0)
    with pytest.raises(ik.ImpactkitError, match="no standard error"):
        ik.plot(replace(worth, std_error=math.nan))
