"""Verdicts and conclusions as a line of text and as a card in a notebook."""

import math
from dataclasses import replace
from html import escape

import pytest

from evidence.test_judge import GRADE, claim, estimate, of_error, of_limits
from impactkit.effects.interval import Interval
from impactkit.errors import EstimationError
from impactkit.evidence.case import Case
from impactkit.evidence.conclusion import conclude
from impactkit.evidence.family import Multiplicity
from impactkit.evidence.grade import grade
from impactkit.evidence.judge import judge, judge_together
from impactkit.wording import Message, say


def word(verdict, language="en"):
    return say(f"verdict.name.{verdict.status}", language)


def test_a_verdict_reads_as_its_claim_and_status():
    verdict = judge(claim(name="C7"), of_limits(2.5, 4.0), GRADE)
    assert str(verdict) == f"C7: {word(verdict)}"
    assert verdict.attributed == verdict.status == "supported"


def test_the_card_of_a_verdict_tells_its_limits_only_when_there_are_any():
    known = judge(claim(), of_limits(2.5, 4.0), GRADE)
    unknown = judge(
        claim(),
        estimate(
            Interval.undefined(
                5.0, level=0.95, reason=Message("estimate.one_cluster", {"treated": 1, "comparison": 5})
            )
        ),
        GRADE,
    )
    row = str(Message("verdict.row.limits"))
    assert row in known._repr_html_()
    assert row not in unknown._repr_html_()
    assert all(escape(str(reason)) in known._repr_html_() for reason in known.reasons)


def test_the_card_of_a_verdict_tells_the_smallest_effect_it_could_see_when_known():
    verdict = judge(claim(), of_limits(-1.0, 3.0), GRADE)
    row = str(Message("verdict.row.detectable"))
    assert row in replace(verdict, minimum_detectable=3.0)._repr_html_()
    assert row not in replace(verdict, minimum_detectable=math.nan)._repr_html_()


@pytest.mark.parametrize("rule", ["all", "any"])
def test_a_conclusion_reads_as_its_rule_and_status(rule):
    cases = [Case(claim=claim(), estimate=of_error(9.0), grade=GRADE)]
    found = conclude(cases, judge_together(cases), rule=rule)
    assert str(found) == f"{rule}: {word(found)}"
    card = found._repr_html_()
    assert word(found) in card
    assert all(escape(str(reason)) in card for reason in found.reasons)


def test_effects_without_a_known_correlation_share_alpha_as_holm_does():
    cases = [
        Case(claim=claim(name=f"C{i}"), estimate=of_error(point), grade=GRADE)
        for i, point in enumerate((4.1, 4.4, 9.0))
    ]
    holm, stepped = (
        judge_together(cases, multiplicity=Multiplicity(method=method)) for method in ("holm", "romano_wolf")
    )
    assert [(v.status, v.level) for v in holm] == [(v.status, v.level) for v in stepped]


def test_a_method_that_the_rubric_does_not_know_gets_no_grade():
    unknown = replace(of_error(1.0), settings={"method": "reading_tea_leaves"})
    with pytest.raises(EstimationError, match="no ceiling for 'reading_tea_leaves'"):
        grade(unknown, ())
