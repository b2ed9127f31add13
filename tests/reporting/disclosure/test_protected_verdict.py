"""A verdict, its level, its p-values and its sentences, as they are shown when figures are hidden."""

import math
from dataclasses import replace

import pytest

from impactkit.effects.counterfactual import Counterfactual
from impactkit.reporting.disclosure import protected
from impactkit.reporting.disclosure.protected import Hiding
from impactkit.reporting.disclosure.told_claim import ToldClaim
from reporting.disclosure.carried_claims import (
    FEW,
    FEW_HIDDEN,
    MANY,
    NAN,
    REACHED,
    carried,
    shown,
    study,
    verdict,
)
from reporting.disclosure.told_claims import told_claim


@pytest.mark.parametrize(
    ("result", "hidden", "hides"),
    [
        ({}, {"means.2021.0", "means.all"}, False),
        ({"relative": True}, {"means.2021.0"}, True),
        ({"reached": REACHED}, {"means.2021.0"}, True),
        # The level is that of the treated after the start.
        ({"reached": REACHED}, {"means.2020.0", "rows"}, False),
        ({"reached": REACHED}, set(), False),
    ],
)
def test_a_level_is_hidden_with_the_mean_it_is(result, hidden, hides):
    made = carried(study(20, 30), **result)
    assert protected._hides_level(made, ToldClaim.of(made), frozenset(hidden)) is hides


@pytest.mark.parametrize(("name", "hides"), [("means.all", True), ("means.2020.0", True), ("rows", False)])
def test_a_level_of_one_course_is_hidden_with_any_of_it(name, hides):
    made = carried(study(20, 30), reached=REACHED)
    told = replace(ToldClaim.of(made), is_of_one_course=True)
    assert protected._hides_level(made, told, frozenset({name})) is hides


@pytest.mark.parametrize(
    ("one_course", "hidden", "gone"),
    [(False, "means.2.0", {2.0}), (True, "means.all", {1.0, 2.0}), (True, "means.2.0", set())],
)
def test_a_mean_is_hidden_with_its_number_and_its_period(one_course, hidden, gone):
    told = told_claim({("treated", 1.0): [1, 3], ("treated", 2.0): [2, 4, 6]}, is_of_one_course=one_course)
    found = [(mean.period, mean.mean, mean.n) for mean in protected._means(told, frozenset({hidden}))]
    expected = {1.0: (2.0, 2), 2.0: (4.0, 3)} | {period: (None, None) for period in gone}
    assert found == [(period, *numbers) for period, numbers in expected.items()]


@pytest.mark.parametrize("is_relative", [False, True])
@pytest.mark.parametrize("reached", [None, REACHED])
def test_a_verdict_without_its_level_keeps_its_target(is_relative, reached):
    made = verdict(reached=reached, relative_point=0.5)
    hidden = protected._verdict(
        made, Hiding(threshold=10, level=True), is_relative=is_relative, is_coarse=False
    )
    assert math.isnan(hidden.relative_point)
    assert math.isnan(hidden.threshold) is is_relative
    assert is_relative or hidden.threshold == 1.0
    if reached is None:
        assert hidden.reached is None
    else:
        assert (hidden.reached.target, hidden.reached.is_reached) == (1.0, True)
        assert math.isnan(hidden.reached.level)
    assert hidden.permutation_p == 1 / 56
    told = protected._verdict(made, Hiding(threshold=10), is_relative=is_relative, is_coarse=True)
    assert (told.reached, told.relative_point, told.threshold) == (reached, 0.5, 1.0)
    assert (told.permutation_p, told.reasons) == (0.025, (FEW_HIDDEN, MANY))
    assert protected._verdict(made, Hiding(), is_relative=is_relative, is_coarse=True) is made


LADDER = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@pytest.mark.parametrize(("below", "step"), list(zip((0.0, *LADDER[:-1]), LADDER, strict=True)))
def test_a_p_value_goes_up_to_the_next_step_and_stands_at_one(below, step):
    for p in (below + 1e-6, (below + step) / 2, step):
        assert protected._at_most(p, 0.95) == step
    # What is computed a little above a step, because numbers are not exact, is at it.
    assert protected._at_most(step * (1 + 1e-12), 0.95) == step


def test_a_p_value_never_crosses_the_level_it_is_held_against():
    assert protected._at_most(0.03, 0.93) == pytest.approx(0.035)
    assert protected._at_most(0.0351, 0.93) == 0.05
    assert math.isnan(protected._at_most(NAN, 0.95))


def test_what_would_have_been_is_drawn_without_donors_or_not_at_all():
    made = carried(study(20, 30)).estimate
    built = Counterfactual(
        periods=(1.0, 2.0),
        period_names=("1", "2"),
        start=2.0,
        observed=(1.0, 2.0),
        expected=(1.0, 1.0),
        low=(NAN, NAN),
        high=(NAN, NAN),
        level=0.95,
        pre_rmspe=0.0,
        weights=("a donor",),
        placebos=("a placebo",),
        predictors=("a trait",),
    )
    drawn = replace(made, counterfactual=built)
    hiding = Hiding(threshold=10)
    found = protected._estimate(drawn, hiding, any_hidden=False).counterfactual
    assert (found.weights, found.placebos, found.predictors) == ((), (), ())
    assert found.observed == (1.0, 2.0)
    assert protected._estimate(drawn, hiding, any_hidden=True).counterfactual is None
    assert protected._estimate(made, hiding, any_hidden=False).counterfactual is None
    assert protected._estimate(drawn, Hiding(), any_hidden=True) is drawn


def test_sentences_of_an_estimate_hide_the_few():
    made = replace(carried(study(20, 30)).estimate, warnings=(FEW, MANY), inference=FEW, estimand=FEW)
    unknown = replace(made.terms[0], interval=replace(made.terms[0].interval, reason=FEW))
    made = replace(made, terms=(made.terms[0], unknown))
    found = protected._estimate(made, Hiding(threshold=10), any_hidden=False)
    assert (found.warnings, found.inference, found.estimand) == ((FEW_HIDDEN, MANY), FEW_HIDDEN, FEW_HIDDEN)
    assert [term.interval.reason for term in found.terms] == [None, FEW_HIDDEN]


def test_a_result_without_a_test_has_no_p_value_to_tell():
    result = carried(study(3, 5))
    result.estimate = replace(result.estimate, permutation=None)
    found = shown(result)
    assert (found.law, found.n_assignments, found.to_record()["estimate"]["permutation"]) == (None,) * 3
    assert math.isnan(found.p_value)
    assert found.verdict.permutation_p == 1 / 56
