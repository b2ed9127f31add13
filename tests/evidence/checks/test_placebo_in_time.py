"""Would a start that never was have been credited with an effect."""

import math

import numpy as np
import pytest

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.worlds import FactorPanel, StaggeredPanel, TwoGroupPanel
from impactkit.evidence.checks import PlaceboInTime
from impactkit.evidence.circumstances import Circumstances, Declared

DID = ik.DifferenceInDifferences(permutation=None)


def said(direction=1):
    return Declared(circumstances=Circumstances(), direction=direction, minimum_effect=1.0)


def asked(study, estimator=DID, declared=None):
    return PlaceboInTime().check(study, estimator.estimate(study), declared=declared)


def test_the_placebo_is_the_same_estimator_on_the_first_periods():
    world = TwoGroupPanel()  # five periods before the start: three before the pretended one, two after
    frame = world.draw(3)
    early = frame[frame["period"] < 6].assign(
        first_treated=frame["first_treated"].where(frame["unit"] > 7, 4)
    )
    placebo, real = DID.estimate(world.study(early)), DID.estimate(world.study(frame))
    found = asked(world.study(frame))
    assert found.statistic == pytest.approx(abs(placebo.interval.point / real.interval.point))
    assert found.sentence.values["low"] == pytest.approx(placebo.interval.low)
    assert found.sentence.values["start"] == "4"


@pytest.mark.parametrize("declared", [None, said()])
def test_a_sound_panel_seldom_fails_and_a_steep_trend_does(declared):
    sound, steep = TwoGroupPanel(), TwoGroupPanel(trend=1.0)
    alarms = [asked(sound.study(sound.draw(seed)), declared=declared).passed for seed in range(200)]
    seen = [asked(steep.study(steep.draw(seed)), declared=declared).passed for seed in range(40)]
    assert np.mean([passed is False for passed in alarms]) <= 0.06
    assert np.mean([passed is False for passed in seen]) >= 0.9


def test_a_trend_against_the_effect_does_not_count_against_it():
    world = TwoGroupPanel(trend=-1.0, effect=12.0)
    study = world.study(world.draw(1))
    assert asked(study).passed is True and asked(study, declared=said(-1)).passed is False


def test_a_placebo_much_smaller_than_the_effect_does_not_count():
    world = TwoGroupPanel(trend=1.0, effect=60.0)
    assert asked(world.study(world.draw(1))).passed is True


@pytest.mark.parametrize(
    "estimator",
    [
        ik.StaggeredDifferenceInDifferences(),
        ik.Imputation(),
        ik.SunAbraham(),
        ik.ExtendedTwoWayFixedEffects(),
        ik.StackedDifferenceInDifferences(),
    ],
    ids=lambda part: part.method,
)
def test_several_starts_are_asked_before_the_first(estimator):
    world = StaggeredPanel()
    found = asked(world.study(world.draw(2)), estimator)
    assert found.passed is not None and math.isfinite(found.statistic)


@pytest.mark.parametrize("estimator", [ik.SyntheticControl(), ik.SyntheticDifferenceInDifferences()])
def test_donors_are_asked_too(estimator):
    world = FactorPanel()
    found = [asked(world.study(world.draw(seed)), estimator).passed for seed in range(8)]
    assert True in found and False not in found
    few = FactorPanel(n_donors=8)
    assert asked(few.study(few.draw(2)), estimator).sentence.code.endswith("unknown")


def test_neither_rows_names_scale_nor_sign_matter():
    world = TwoGroupPanel(trend=0.3)
    frame = world.draw(5)
    first = asked(world.study(frame), declared=said())
    mixed = frame.sample(frac=1, random_state=1).assign(unit=lambda d: (97 * d["unit"] + 11) % 101)
    for other, direction in ((mixed, 1), (frame.assign(y=-1000 * frame["y"]), -1)):
        found = asked(world.study(other), declared=said(direction))
        assert found.passed is first.passed and found.statistic == pytest.approx(first.statistic)


def test_what_cannot_be_asked_informs():
    short = TwoGroupPanel(n_periods=4, start=2)
    assert asked(short.study(short.draw(1))).sentence.code.endswith("few_periods")
    one = TwoGroupPanel(n_treated=1)
    assert asked(one.study(one.draw(1))).sentence.code.endswith("unknown")
    frame = TwoGroupPanel(n_periods=6, start=3).draw(1)
    study = Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
    assert asked(study, ik.SyntheticControl()).sentence.code.endswith("refused")


def test_a_failure_lowers_the_grade_by_one_in_both_languages():
    world = TwoGroupPanel(trend=1.0)
    study = world.study(world.draw(1))
    estimate = DID.estimate(study)
    found = PlaceboInTime().check(study, estimate)
    assert found.passed is False and ik.grade(estimate, (found,)).value == 2
    assert found.sentence.text("sv") != found.sentence.text("en")
