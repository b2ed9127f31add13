"""Leaving out donors and pretending earlier starts, asked of estimators that weigh donors."""

import pytest

import impactkit as ik
from impactkit.effects.worlds import FactorPanel
from impactkit.evidence.robustness import leave_one_out, near_optimal, placebo_in_time

WORLD = FactorPanel(n_donors=14, effect=3.0)
METHODS = (
    ik.SyntheticControl,
    ik.PenalisedSyntheticControl,
    ik.AugmentedSyntheticControl,
    ik.SyntheticDifferenceInDifferences,
)


@pytest.fixture(scope="module")
def study():
    return WORLD.study(WORLD.draw(2))


@pytest.mark.parametrize("method", METHODS)
def test_each_donor_with_a_weight_is_left_out_in_turn(study, method):
    estimate = method().estimate(study)
    found = leave_one_out(study, method())
    weighed = {donor.unit for donor in estimate.counterfactual.weights}
    assert {item.name for item in found.without} == weighed
    assert not any(item.is_treated for item in found.without)
    assert len(found.estimated) == len(weighed) and not found.refused
    assert found.in_words() and all(sentence.text("sv") for sentence in found.in_words())


def test_the_answer_without_a_donor_is_that_of_the_other_donors(study):
    found = leave_one_out(study, ik.SyntheticControl())
    for item in found.without:
        others = ik.SyntheticControl(donors={"without": (item.name,)}).estimate(study)
        assert item.answer.point == pytest.approx(others.interval.point, abs=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_no_start_that_never_was_has_an_effect_as_large(study, method):
    found = placebo_in_time(study, method(), earlier=[3, 5, 7])
    assert [placebo.start for placebo in found.placebos] == ["14", "12", "10"]
    assert all(placebo.answer.is_estimated for placebo in found.placebos)
    assert found.real.point == pytest.approx(3, abs=1)
    assert max(found.ratio(placebo) for placebo in found.placebos) < 0.5


def test_a_pretended_start_uses_earlier_periods_alone(study):
    found = placebo_in_time(study, ik.SyntheticControl(), start=12.0)
    frame = WORLD.draw(2).query("period < @WORLD.start")
    cut = WORLD.study(frame.assign(first_treated=12 * (frame["first_treated"] > 0)))
    assert found.placebos[0].answer.point == ik.SyntheticControl().estimate(cut).interval.point


def test_a_start_without_two_periods_before_it_is_told_as_a_refusal(study):
    found = placebo_in_time(study, ik.SyntheticControl(), earlier=15)
    answer = found.placebos[0].answer
    assert not answer.is_estimated and "fewer than 2 periods before the start" in answer.reason()


@pytest.mark.parametrize("method", [ik.SyntheticControl, ik.PenalisedSyntheticControl])
def test_weights_nearly_as_good_give_a_range_around_the_answer(study, method):
    found = near_optimal(study, method())
    assert found.low <= found.effect <= found.high
    assert found.effect == pytest.approx(method().estimate(study).interval.point)
