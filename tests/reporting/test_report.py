"""The report says the promise, the verdict, and always what was not shown."""

import copy
from dataclasses import replace
from typing import get_args

import pytest

import impactkit as ik
from impactkit.errors import UsageError
from impactkit.evidence.verdict import Status
from impactkit.reporting.larger_study import fewest_groups
from impactkit.wording import Message
from plans import test_monthly_series
from plans.conftest import SOUND

STATUSES = get_args(Status)
SV, EN = "sv", "en"


@pytest.mark.parametrize("name", ["star", "kielmc", "norrgarden"])
@pytest.mark.parametrize("language", [SV, EN])
class TestEveryExample:
    def test_every_claim_says_what_was_not_shown(self, evaluate, name, language):
        assert all(claim.not_shown for claim in evaluate(name).report(language=language).claims)

    def test_no_column_name_stands_where_the_indicator_has_one(self, evaluate, name, language):
        evaluation = evaluate(name)
        report = evaluation.report(language=language)
        for result, claim in zip(evaluation.results, report.claims, strict=True):
            prose = " ".join([claim.sentence, *(fact.text for fact in claim.facts)])
            assert result.study.outcome not in prose.split()
            assert claim.name in prose

    def test_every_row_is_accounted_for(self, evaluate, name, language):
        for result in evaluate(name).results:
            left_out = sum(item.n for item in result.study.left_out)
            assert result.estimate.sample.n_rows + left_out == len(result.study.frame)

    def test_the_summary_has_a_row_for_every_claim(self, evaluate, name, language):
        report = evaluate(name).report(language=language)
        assert [row[2].text for row in report.summary.rows] == [claim.badge for claim in report.claims]


def test_the_promise_is_told_with_its_unit_and_year(norrgarden):
    first, second = norrgarden.report(language=SV).claims
    assert first.sentence.startswith(
        "”Nöjda med utemiljön” ska öka med minst 5\N{NO-BREAK SPACE}procentenheter till 2025"
    )
    assert "ska inte öka med mer än 2\N{NO-BREAK SPACE}procentenheter" in second.sentence


def test_the_effect_has_the_declared_decimals_and_the_claims_own_unit(evaluate):
    (claim,) = evaluate("kielmc").report(language=SV).claims
    assert claim.effect.replace("\N{NO-BREAK SPACE}", " ") == "−21 920 USD (1978)"


def test_not_shown_is_not_no_effect(norrgarden):
    for language, words in (
        (SV, "Inte visat är inte detsamma som ingen effekt"),
        (EN, "Not shown is not the same as no effect"),
    ):
        claim = norrgarden.report(language=language).claims[0]
        assert words in claim.verdict
        assert any(words in sentence for sentence in claim.not_shown)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", [SV, EN])
@pytest.mark.parametrize("place", [0, 1])
def test_every_status_has_a_sentence_and_says_what_was_not_shown(norrgarden, status, language, place):
    results = list(norrgarden.results)
    results[place] = replace(results[place], verdict=replace(results[place].verdict, status=status))
    claim = replace(norrgarden, results=tuple(results)).report(language=language).claims[place]
    assert claim.badge == Message(f"verdict.name.{status}").text(language)
    assert claim.verdict.endswith(".")
    assert len(claim.not_shown) >= 2


def test_the_verdicts_sentences_differ(norrgarden, judged):
    told = {judged(norrgarden, status=status).report(language=SV).claims[0].verdict for status in STATUSES}
    assert len(told) == len(STATUSES)


def test_shown_harm_is_told_as_harm(norrgarden, judged):
    claim = judged(norrgarden, status="contradicted", harm=True).report(language=EN).claims[0]
    assert "the wrong way" in claim.verdict


def test_a_weak_design_does_not_name_a_cause(evaluate):
    (claim,) = evaluate("kielmc").report(language=EN).claims
    assert any("what lies behind it" in sentence for sentence in claim.not_shown)


def test_what_a_larger_study_needs_is_said_where_it_can_be_worked_out(norrgarden, evaluate):
    groups, times = norrgarden.report(language=EN).claims[0].needed
    assert "at least 8 to compare with (10 together)" in groups
    assert "59 times" in times
    assert evaluate("star").report(language=EN).claims[0].needed == ()


@pytest.mark.parametrize("treated", [1, 2, 3, 4])
def test_the_fewest_groups_are_the_fewest(treated):
    from math import comb

    n = fewest_groups(treated, level=0.95)
    assert comb(n, treated) >= 40 > comb(n - 1, treated)


def test_several_primary_claims_are_told_with_their_level(norrgarden, judged):
    claim = judged(norrgarden, level=0.975).report(language=SV).claims[0]
    assert "97,5\N{NO-BREAK SPACE}%" in claim.interval


def test_an_unknown_uncertainty_is_said_and_never_a_number(norrgarden, judged):
    nan = float("nan")
    claim = judged(norrgarden, low=nan, high=nan).report(language=EN).claims[0]
    assert claim.interval == "The uncertainty cannot be calculated"


def test_an_interval_without_an_end_is_told_in_words(norrgarden, judged):
    claim = judged(norrgarden, low=float("-inf")).report(language=EN).claims[0]
    assert claim.interval.startswith("20.3 and below")


@pytest.mark.parametrize("language", [SV, EN])
def test_a_change_without_comparison_warns_loudly(evaluate, language):
    plan = evaluate("kielmc").plan.model_copy(update={"estimator": ik.BeforeAfter()})
    (claim,) = ik.evaluate(plan).report(language=language).claims
    assert claim.status == "not_assessable"
    assert claim.method.warnings


def test_the_permutation_is_told_with_its_number_of_assignments(norrgarden, evaluate):
    told = norrgarden.report(language=EN).claims[0].method.inference
    assert "All 21 possible assignments were gone through." in told
    told = evaluate("star").report(language=EN).claims[0].method.inference
    assert any("9,999 assignments" in sentence and "more than a billion" in sentence for sentence in told)


def test_the_provenance_holds_every_digest(norrgarden):
    codes = {fact.text for fact in norrgarden.report(language=SV).provenance}
    assert {norrgarden.plan.digest, *norrgarden.data_digests.values()} <= codes


def test_a_locked_plan_shows_its_lock(norrgarden):
    locked = replace(norrgarden, lock=ik.lock(norrgarden.plan))
    assert locked.lock.digest in {fact.text for fact in locked.report(language=SV).provenance}


def test_the_five_questions_are_answered_in_the_applicants_words(norrgarden):
    project = norrgarden.plan.project
    answers = " ".join(fact.text for fact in norrgarden.report(language=SV).project)
    for words in (
        project.need,
        project.target_group,
        project.investment,
        project.change,
        project.future_state,
    ):
        assert words in answers


def test_a_language_that_is_not_spoken_is_refused(norrgarden):
    with pytest.raises(UsageError):
        norrgarden.report(language="no")


def test_the_card_names_every_claim(norrgarden):
    card = norrgarden.report(language=SV)._repr_html_()
    assert card.count("Kan inte avgöras") == 2


def test_an_evaluation_shows_itself_in_a_notebook(norrgarden):
    assert "Gårdarna i Norrgården" in norrgarden._repr_html_()


def test_the_order_of_versions_and_files_does_not_change_the_report(norrgarden):
    turned = replace(norrgarden, made_with=dict(reversed(norrgarden.made_with.items())))
    assert turned.report(language=SV) == norrgarden.report(language=SV)


class TestASeriesAlone:
    """One invented series of months, whose rows are not public: its course may not be drawn."""

    @pytest.fixture
    def claim(self, tmp_path):
        months = test_monthly_series.evaluated(
            copy.deepcopy(SOUND), tmp_path, "one series, start in the estimator", "interrupted_time_series"
        )
        return lambda language: months.report(language=language).claims[0]

    @pytest.mark.parametrize(("language", "groups"), [(SV, "grupperna"), (EN, "groups")])
    def test_its_effects_are_not_told_as_differences_between_groups(self, claim, language, groups):
        figure = claim(language).figures[1]
        told = [figure.picture.heading, figure.table.caption, *figure.notes]
        assert len(figure.table.rows) == 12
        assert not [text for text in (*told, figure.picture.alt_text) if groups in text]
