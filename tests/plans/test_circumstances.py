"""What a plan says of circumstances reaches its checks, and impossible counts are refused."""

import pytest

from impactkit.errors import PlanError
from impactkit.evaluation import evaluate
from impactkit.examples import copy_example
from impactkit.plans import new_project
from impactkit.plans.declared import declared
from impactkit.wording.message import told


def test_a_plan_that_is_silent_has_assessed_nothing(make):
    plan = make()
    said = declared(plan, plan.claims[0])
    assert said.circumstances.spillover is None and said.change == "increase"


def test_more_answers_than_invitations_are_refused_in_both_languages(make, sound):
    sound["circumstances"] = {"invited": 900, "answered": 901}
    with pytest.raises(PlanError, match="answered = 901, but only 900 were invited") as refused:
        make()
    assert "answered = 901, men bara 900 tillfrågades" in told(refused.value, "sv")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_new_plan_shows_what_to_say_of_circumstances(tmp_path, language):
    plan = new_project(tmp_path / language, category="housing", language=language)
    said = plan.circumstances
    assert said is not None and said.assignment == "need" and said.looks is None
    assert all(item is not None for item in (said.spillover, said.displacement, said.anticipation))


DECLARED = ("spillover", "displacement", "anticipation", "definition_break", "season", "multiple_looks")


@pytest.mark.parametrize("name", ["star", "kielmc", "norrgarden"])
def test_the_examples_say_what_they_must(tmp_path, name):
    found = evaluate(copy_example(name, tmp_path / name)).results[0].checks
    assert [check.name for check in found if check.passed is False and check.name in DECLARED] == []
