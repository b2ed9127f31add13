"""A plan in words: what is declared before is told where plans are registered."""

from impactkit.exchange.plan_words import model
from plans.grouped import declared
from plans.trial import plan_in


def test_declared_groups_are_told_with_the_model(tmp_path):
    assert "Effects by group: sex, age group" in model(plan_in(tmp_path, declared()))


def test_a_plan_without_groups_says_nothing_of_them(tmp_path):
    assert not any("group" in line for line in model(plan_in(tmp_path, declared(subgroups=()))))
