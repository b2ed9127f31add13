"""Did counts move alike before the start: asked of counts as counts."""

import math

import pytest

from impactkit.effects.estimators import ExtendedTwoWayFixedEffects
from impactkit.effects.worlds import CountPanel
from impactkit.evidence.checks import PreTrends

SETTINGS = ExtendedTwoWayFixedEffects(family="poisson", permutation=None)


@pytest.mark.parametrize(("trend", "state"), [(0.0, "not_seen"), (0.4, "differ")])
def test_leads_are_found_where_trends_differ(trend, state):
    world = CountPanel(n_units=60, n_treated=30, starts=(5,), trend=trend, population=50)
    study = world.study(world.draw(1))
    found = PreTrends().check(study, SETTINGS.estimate(study))
    assert found.passed is None and found.sentence.code == f"check.pre_trends.{state}"


def test_too_few_events_before_the_start_are_told():
    world = CountPanel(starts=(5,))
    frame = world.draw(1)
    study = world.study(frame.assign(y=frame["y"].where((frame["period"] > 1) | (frame["unit"] < 1), 0.0)))
    found = PreTrends().check(study, SETTINGS.estimate(study))
    assert found.passed is None
    if found.sentence.code == "check.pre_trends.few_events":
        assert math.isnan(found.statistic)


def test_one_period_before_the_start_shows_nothing():
    world = CountPanel(starts=(2,))
    study = world.study(world.draw(1))
    assert PreTrends().check(study, SETTINGS.estimate(study)).sentence.code == "check.pre_trends.one_baseline"
