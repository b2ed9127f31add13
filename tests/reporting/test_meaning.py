"""What an effect means is told in people where it can be, with its range; below grade 3 without a cause."""

import re
from dataclasses import replace
from typing import get_args

import pytest

from impactkit.evidence.verdict import Status
from impactkit.wording import say

STATUSES = get_args(Status)
LANGUAGES = ("sv", "en")
# What says that the intervention is behind a change; "without it" and "not be said" are no such words.
CAUSAL = {
    "sv": r"tack vare|ledde till|har lett|orsaka|medför|gav upphov|insatsen (ökade|minskade|höjde|förbättra)",
    "en": r"thanks to|led to|has led|caus(ed|es|ing)|resulted in|brought about|intervention (raised|cut)",
}
STARS = re.compile(r"\*|signifikan|signific", re.IGNORECASE)


def graded(evaluation, value: int):
    """The evaluation with another grade on its first claim."""
    first, *others = evaluation.results
    changed = replace(first, grade=replace(first.grade, value=value))
    return replace(evaluation, results=(changed, *others))


def meaning(evaluation, language: str = "en") -> tuple[str, ...]:
    return evaluation.report(language=language).claims[0].meaning


def test_a_share_is_told_as_people_of_a_hundred(norrgarden, judged) -> None:
    told = meaning(judged(norrgarden, point=6.14, low=-8.05, high=20.33), "en")
    assert "Of every 100, about 6 more count as “" in told[0]
    assert told[1] == "The figure is uncertain: the data agree with anything from 8 fewer to 20 more of 100."
    assert told[2] == "For the target group it is good if the number rises."


@pytest.mark.parametrize(
    ("point", "words"),
    [(0.6, "0,6 fler"), (-0.6, "0,6 färre"), (-1.4, "1 färre"), (1.5, "2 fler"), (0.01, "lika många")],
)
def test_few_people_are_told_with_a_decimal_and_none_as_as_many(norrgarden, judged, point, words) -> None:
    told = meaning(judged(norrgarden, point=point, low=-3.0, high=3.0), "sv")[0]
    assert f"räknas ungefär {words} till" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_share_is_told_on_average_with_its_unit(evaluate, language) -> None:
    (claim,) = evaluate("kielmc").report(language=language).claims
    assert claim.effect in claim.meaning[0]
    assert say("report.span.both", language, low="@", high="@").split("@")[1].strip() in claim.meaning[1]


def test_an_unknown_uncertainty_is_said(norrgarden, judged) -> None:
    nan = float("nan")
    told = meaning(judged(norrgarden, low=nan, high=nan), "sv")
    assert told[1] == say("meaning.range_unknown", "sv")


def test_an_open_range_is_told_in_words(norrgarden, judged) -> None:
    told = meaning(judged(norrgarden, low=float("-inf"), high=4.0), "en")
    assert "4.0 and below" in told[1]


def test_a_design_that_cannot_tell_means_nothing_for_the_target_group(norrgarden, judged) -> None:
    assert meaning(judged(norrgarden, status="not_assessable"), "sv") == (say("meaning.none", "sv"),)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_the_intervention_is_named_as_what_it_is_held_against_from_grade_three(
    norrgarden, grade, language
) -> None:
    told = meaning(graded(norrgarden, grade), language)[0]
    held = {"sv": "om insatsen inte hade gjorts", "en": "if the intervention had not been made"}[language]
    unsaid = {"sv": "går inte att säga", "en": "cannot be said"}[language]
    assert (held in told, unsaid in told) == (grade >= 3, grade < 3)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("change", ["increase", "decrease", "no_harm", "no_effect"])
@pytest.mark.parametrize("grade", [1, 2])
def test_below_grade_three_no_word_says_that_the_intervention_did_it(
    norrgarden, language, status, change, grade
) -> None:
    evaluation = graded(norrgarden, grade)
    first, *others = evaluation.results
    harm = "increase" if change == "no_harm" else None
    claim = first.claim.model_copy(update={"change": change, "harm": harm})
    verdict = replace(first.verdict, status=status, harm=status == "contradicted")
    results = (replace(first, claim=claim, verdict=verdict), *others)
    told = replace(evaluation, results=results).report(language=language).claims[0]
    prose = " ".join([told.verdict, *told.meaning, told.effect, told.promise, *told.surer])
    assert not re.search(CAUSAL[language], prose, re.IGNORECASE)
    assert len(told.meaning) == (1 if status == "not_assessable" else 4)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["star", "kielmc", "norrgarden"])
def test_nothing_is_starred_or_called_significant(evaluate, name, language) -> None:
    report = evaluate(name).report(language=language)
    for claim in report.claims:
        prose = [claim.verdict, *claim.meaning, *claim.reasons, *claim.not_shown, *claim.surer, claim.effect]
        prose += [
            row if isinstance(row, str) else row.text for r in claim.appendix.estimates.rows for row in r
        ]
        assert not [text for text in prose if STARS.search(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_settled_differs_by_verdict(norrgarden, judged, language) -> None:
    told = {status: meaning(judged(norrgarden, status=status), language)[-1] for status in STATUSES}
    assert len(set(told.values())) == len(STATUSES)
    assert "5\N{NO-BREAK SPACE}" in told["supported"]


class TestWhatWouldMakeItSurer:
    def test_every_failed_check_is_named(self, norrgarden) -> None:
        claim = norrgarden.report(language="en").claims[0]
        failed = [line.title for line in claim.grade.checks if line.passed is False]
        assert failed
        for title, told in zip(failed, claim.surer, strict=False):
            assert told == say("meaning.surer.failed", "en", check=title)

    def test_an_open_question_is_named(self, norrgarden) -> None:
        first, *others = norrgarden.results
        checks = (replace(first.checks[0], passed=None, is_open=True), *first.checks[1:])
        asked = replace(norrgarden, results=(replace(first, checks=checks), *others))
        title = first.checks[0].title.text("en")
        assert say("meaning.surer.open", "en", check=title) in asked.report(language="en").claims[0].surer

    @pytest.mark.parametrize(
        ("prior", "asked"),
        [("claimed_prior", "receipt"), ("not_prior", "plan_first"), ("proved_prior", None)],
    )
    def test_proof_of_the_date_is_asked_for_until_it_is_there(self, norrgarden, prior, asked) -> None:
        told = replace(norrgarden, prior=prior).report(language="sv").claims[0].surer
        found = [name for name in ("receipt", "plan_first") if say(f"meaning.surer.{name}", "sv") in told]
        assert found == ([asked] if asked else [])

    def test_a_lottery_is_not_asked_for_one(self, evaluate) -> None:
        told = evaluate("star").report(language="en").claims[0].surer
        assert say("meaning.surer.lot", "en") not in told
        assert told[-1] == say("meaning.surer.again", "en")

    def test_a_series_of_its_own_is_asked_for_something_to_compare_with(self, evaluate) -> None:
        import impactkit as ik

        plan = evaluate("kielmc").plan.model_copy(update={"estimator": ik.BeforeAfter()})
        (claim,) = ik.evaluate(plan).report(language="sv").claims
        assert say("meaning.surer.comparison", "sv") in claim.surer
