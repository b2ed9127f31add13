"""A report at each level says what its reader needs: verdicts, what they mean, and what was not shown."""

import copy
import datetime as dt
from dataclasses import replace

import pytest

import impactkit as ik
from impactkit.errors import UsageError
from impactkit.reporting.blocks import Bullets, Facts, Finding, Paragraph
from impactkit.reporting.document import Section, walk
from impactkit.reporting.level import LEVELS
from impactkit.reporting.table import Cell, Table, told
from impactkit.wording import say
from plans.test_kinds_in_plans import plan_with, rows

LANGUAGES = ("sv", "en")


def texts(parts) -> list[str]:
    """Every text of a document's sections, in the order they are read."""
    found: list[str] = []
    for part in walk(parts):
        if isinstance(part, Section):
            found += [part.eyebrow, part.heading]
        elif isinstance(part, Paragraph):
            found += [part.label, part.text]
        elif isinstance(part, Bullets):
            found += part.items
        elif isinstance(part, Finding):
            found += [part.label, part.badge, *part.sentences]
        elif isinstance(part, Facts):
            found += [text for fact in part.items for text in (fact.label, fact.text)]
        elif isinstance(part, Table):
            found += [part.caption, *part.header, *part.notes, *(told(c) for row in part.rows for c in row)]
    return found


def said(document) -> str:
    return "\n".join([document.title, document.lead, *texts(document.sections)])


@pytest.mark.parametrize("name", ["star", "kielmc", "norrgarden"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
class TestEveryLevel:
    def test_every_claim_has_its_verdict_its_effect_and_something_not_shown(
        self, evaluate, name, language, level
    ) -> None:
        report = evaluate(name).report(language=language, level=level)
        words = said(report.document())
        for claim in report.claims:
            assert claim.verdict in words
            assert f"{claim.effect} ({claim.interval})" in words
            assert all(sentence in words for sentence in claim.meaning)
        assert say("overview.numbers.caption", language) == report.document().numbers[0].caption

    def test_every_cell_that_is_about_a_section_leads_to_one(self, evaluate, name, language, level) -> None:
        document = evaluate(name).report(language=language, level=level).document()
        ids = [part.id for part in walk(document.sections) if isinstance(part, Section)]
        leads = {c.to for t in document.tables for row in t.rows for c in row if isinstance(c, Cell) and c.to}
        assert leads <= set(ids)
        assert len(ids) == len(set(ids))

    def test_whether_the_plan_came_first_is_told(self, evaluate, name, language, level) -> None:
        report = evaluate(name).report(language=language, level=level)
        assert report.document().lead == report.prior

    def test_numbers_carry_the_day_they_are_of(self, evaluate, name, language, level) -> None:
        report = evaluate(name).report(language=language, level=level)
        (numbers,) = report.document().numbers
        assert [row[-1] for row in numbers.rows] == [claim.as_of for claim in report.claims]
        assert all(claim.as_of for claim in report.claims)


def test_a_level_that_does_not_exist_is_refused_with_the_nearest(norrgarden) -> None:
    with pytest.raises(UsageError, match="council"):
        norrgarden.report(language="sv", level="counsil")


def test_the_council_page_says_that_neither_is_shown_when_nothing_is_settled(norrgarden) -> None:
    words = said(norrgarden.report(language="sv", level="council").document())
    assert "Inte visat: Varken att insatsen har effekt eller att den saknar effekt." in words
    assert "Inte visat: Varken att insatsen är oskadlig eller att den har gjort skada." in words


def test_the_council_page_tells_what_is_not_shown_of_a_supported_claim(norrgarden, judged) -> None:
    supported = judged(norrgarden, status="supported", low=5.2)
    report = supported.report(language="en", level="council")
    assert f"Not shown: {report.claims[0].not_shown[0]}" in said(report.document())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_says_when_the_follow_up_has_not_reached_the_claims_year(norrgarden, language) -> None:
    data = norrgarden.plan.data.model_copy(update={"follow_up_collected": dt.date(2024, 10, 1)})
    early = replace(norrgarden, plan=norrgarden.plan.model_copy(update={"data": data}))
    letter, later = (e.report(language=language, level="letter").document() for e in (early, norrgarden))
    interim = say("level.letter.interim", language, claims="C1, C2")
    assert interim in said(letter)
    assert interim not in said(later)
    assert say("level.letter.next_year", language, claim="C2", by="2025") in said(letter)
    assert say("level.letter.settled", language) in said(later)
    assert say("level.letter.contact", language, responsible="Utvecklingsavdelningen") in said(later)


@pytest.fixture
def grouped(tmp_path):
    """A claim about everybody, one about women and one about men."""
    groups = [
        {},
        *({"subgroup": {"column": "kön", "value": who}, "role": "secondary"} for who in ("kvinna", "man")),
    ]
    return ik.evaluate(plan_with(tmp_path, *groups, frame=rows(women=6)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
def test_claims_about_groups_are_told_apart_by_name(grouped, language, level) -> None:
    report = grouped.report(language=language, level=level)
    names = [told(row[0]) for row in report.summary.rows]
    assert [("kvinna" in name, "man)" in name) for name in names] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert len({row[1] for row in report.document().numbers[0].rows}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_groups_effect_and_the_difference_have_their_limits_and_level(grouped, language) -> None:
    report = grouped.report(language=language)
    claim, row = report.claims[1], report.groups.rows[0]
    assert row[1] == f"kvinna: {claim.effect} ({claim.interval})"
    assert {"sv": "95 % konfidens)", "en": "95% confidence)"}[language] in row[3].replace(
        "\N{NO-BREAK SPACE}", " "
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
def test_the_short_answer_says_of_which_day_it_is(norrgarden, language, level) -> None:
    report = norrgarden.report(language=language, level=level)
    day = {"sv": "1 oktober 2025", "en": "1 October 2025"}[language]
    assert day in report.summary.caption.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_says_once_what_is_not_shown_of_any_claim(norrgarden, language) -> None:
    report = norrgarden.report(language=language, level="letter")
    words = said(report.document())
    first, second = (claim.not_shown for claim in report.claims)
    assert first[0] != second[0]
    assert len(set(first) & set(second)) >= 2
    assert [words.count(sentence) for sentence in dict.fromkeys((*first, *second))] == [1] * len(
        set(first) | set(second)
    )


def test_output_outcome_and_impact_are_kept_apart(norrgarden) -> None:
    plan, chain = norrgarden.plan, norrgarden.report(language="en").chain
    rows = [(row[0], told(row[1])) for row in chain.rows]
    assert rows == [
        ("Output", plan.goals.investment),
        ("Output", plan.goals.social_effort),
        ("Outcome", "C1 Satisfied with the outdoor environment"),
        ("Outcome", "C2 Tenant turnover"),
        ("Impact", plan.project.future_state),
    ]
    states = [told(row[2]) for row in chain.rows]
    assert states == ["Reported, not tested"] * 2 + ["? Inconclusive"] * 2 + ["Aimed at, not tested"]


def test_what_was_expected_stands_beside_what_was_measured(norrgarden) -> None:
    first, second = norrgarden.report(language="sv").expected.rows
    gap = "\N{NO-BREAK SPACE}"
    assert told(first[1]) == f"öka med minst 5{gap}procentenheter (1 september 2022)"
    assert told(first[2]) == (
        f"+6,1{gap}procentenheter (−8,0 till 20,3{gap}procentenheter, 95{gap}%\N{NO-BREAK SPACE}konfidens)"
    )
    assert "lånets andel räknas inte ut" in told(first[3])
    assert first[4] == "1 oktober 2025"
    assert told(second[1]).startswith(f"inte öka med mer än 2{gap}procentenheter")


def test_a_count_is_told_with_the_loans_share_of_it(norrgarden) -> None:
    catalogue = norrgarden.plan.catalogue
    counts = [item.id for item in catalogue.filter(category="housing") if item.pro_rata == "allowed"]
    claim = norrgarden.plan.claims[0].model_copy(update={"indicator": counts[0]})
    results = (replace(norrgarden.results[0], claim=claim), norrgarden.results[1])
    plan = norrgarden.plan.model_copy(update={"claims": (claim, norrgarden.plan.claims[1])})
    told_of = replace(norrgarden, plan=plan, results=results).report(language="en").claims[0]
    verdict = norrgarden.results[0].verdict
    decimals = catalogue[counts[0]].decimals
    assert told_of.loan_share.startswith("of which the loan’s share, 80%: +")
    assert f"{0.8 * verdict.point:.{decimals}f}" in told_of.loan_share
    assert f"{0.8 * verdict.high:.{decimals}f}" in told_of.loan_share


def test_without_claims_on_groups_the_report_says_that_it_does_not_know(norrgarden) -> None:
    report = norrgarden.report(language="en")
    assert report.groups is None
    assert report.limits[-1] == say("overview.groups.none", "en")


def test_the_numbers_are_numbers_as_told(norrgarden) -> None:
    (numbers,) = norrgarden.report(language="sv").document().numbers
    verdict = norrgarden.results[0].verdict
    point, low, high = numbers.rows[0][3:6]
    assert (point.value, low.value, high.value) == tuple(
        round(x, 1) for x in (verdict.point, verdict.low, verdict.high)
    )
    assert (point.text, low.text) == ("+6,1", "−8,0")
    assert (point.decimals, point.signed) == (1, True)


def test_an_unknown_limit_is_no_number(norrgarden, judged) -> None:
    nan = float("nan")
    (numbers,) = judged(norrgarden, low=nan, high=nan).report(language="en").document().numbers
    assert numbers.rows[0][4:6] == ("–", "–")


def test_a_verification_is_a_document_too(tmp_path) -> None:
    broken = tmp_path / "b.zip"
    broken.write_bytes(b"hello")
    document = ik.verify(broken).report(broken, language="sv")
    assert document.document() is document
    assert document.eyebrow == say("report.verification.eyebrow", "sv")
    assert say("report.verification.signature", "sv") in said(document)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_short_answer_says_as_of_when_it_is(norrgarden, language) -> None:
    day = {"sv": "1 oktober 2025", "en": "1 October 2025"}[language]
    caption = norrgarden.report(language=language).summary.caption
    assert caption == say("report.summary.caption_as_of", language, as_of=day)
    assert day in caption


def test_without_a_day_the_last_period_is_told(norrgarden) -> None:
    data = norrgarden.plan.data.model_copy(update={"follow_up_collected": None})
    undated = replace(norrgarden, plan=norrgarden.plan.model_copy(update={"data": data}))
    report = undated.report(language="en")
    assert {claim.as_of for claim in report.claims} == {"2025"}
    assert "2025" in report.summary.caption


@pytest.mark.parametrize("language", LANGUAGES)
def test_attrition_and_who_answered_stand_with_the_data(norrgarden, language) -> None:
    told_of_data = {fact.label: fact.text for fact in norrgarden.report(language=language).claims[0].data}
    found = {c.name: c for c in norrgarden.results[0].checks}
    for name in ("attrition", "response_rate"):
        title, sentence = (m.text(language) for m in (found[name].title, found[name].sentence))
        assert told_of_data[title] == sentence


def test_claims_of_different_days_are_told_apart(norrgarden) -> None:
    first, second = norrgarden.results
    data = norrgarden.plan.data.model_copy(update={"follow_up_collected": None})
    names = second.study.columns.period_names
    columns = replace(second.study.columns, period_names=(*names[:-1], "2026"))
    study = copy.copy(second.study)
    object.__setattr__(study, "columns", columns)
    plan = norrgarden.plan.model_copy(update={"data": data})
    told_of = replace(norrgarden, plan=plan, results=(first, replace(second, study=study)))
    rows = told_of.report(language="en").summary.rows
    assert [row[0].detail.split(", ")[-1] for row in rows] == ["2025", "2026"]
