"""Does the effect stand trends that differ as much as at most before the start."""

import math
from dataclasses import replace

import numpy as np
import pytest

import impactkit.evidence.leads as leads_module
from impactkit.data.study import Study
from impactkit.effects.estimators import (
    ContinuousDose,
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    Imputation,
    StackedDifferenceInDifferences,
    StaggeredDifferenceInDifferences,
    SunAbraham,
    TripleDifference,
)
from impactkit.effects.worlds import CountPanel, DosedPanel, EligibleInAreas, StaggeredPanel, TwoGroupPanel
from impactkit.evidence.checks import ALL, PreTrends, TrendSensitivity
from impactkit.evidence.circumstances import Circumstances, Declared
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.evidence.robustness import sensitivity


def _found(world, seed, *, estimator=None, declared=None):
    study = world.study(world.draw(seed))
    estimate = (estimator or DifferenceInDifferences(permutation=None)).estimate(study)
    return TrendSensitivity().check(study, estimate, declared=declared)


@pytest.mark.parametrize("seed", range(1, 13))
@pytest.mark.parametrize("effect", [0.0, 1.0, 2.0])
def test_it_says_what_the_honest_limits_of_the_first_effect_say(seed, effect):
    world = TwoGroupPanel(effect=effect)
    study = world.study(world.draw(seed))
    events = DifferenceInDifferences(event_study=True, permutation=None).estimate(study)
    limits = sensitivity(events, bounds=(1.0,), event_time=0.0).limits[0]
    found = TrendSensitivity().check(study, events)
    side = math.copysign(1.0, events.interval.point)
    assert found.passed is bool(min(side * limits.low, side * limits.high) > 0)


STAGGERED = StaggeredPanel(effect=4.0, n_units=60, n_treated=30)


@pytest.mark.parametrize(
    ("estimator", "world"),
    [
        (DifferenceInDifferences(permutation=None), TwoGroupPanel(effect=4.0)),
        (StaggeredDifferenceInDifferences(permutation=None), STAGGERED),
        (Imputation(permutation=None), STAGGERED),
        (SunAbraham(permutation=None), STAGGERED),
        (ExtendedTwoWayFixedEffects(permutation=None), STAGGERED),
        (StackedDifferenceInDifferences(permutation=None), STAGGERED),
        (TripleDifference(permutation=None), EligibleInAreas(effect=6.0)),
        (ContinuousDose(permutation=None), DosedPanel(effect=8.0)),
    ],
    ids=lambda part: getattr(part, "method", None),
)
def test_a_large_effect_stands_in_every_design_it_speaks_to(estimator, world):
    assert estimator.method in TrendSensitivity().designs
    assert _found(world, 1, estimator=estimator).passed is True


def test_a_trend_alone_is_not_taken_for_an_effect():
    world = TwoGroupPanel(effect=0.0, trend=0.2, n_units=60, n_treated=30)
    found = [_found(world, seed) for seed in range(1, 21)]
    assert all(one.passed is False for one in found if one.statistic < 1)
    assert sum(one.passed is True for one in found) <= 1
    assert found[0].sentence.code == "check.trend_sensitivity.effect_falls"


def test_one_measurement_before_the_start_tells_what_would_explain_the_effect():
    world = TwoGroupPanel(n_periods=2, start=2, effect=3.0)
    study = world.study(world.draw(1))
    estimate = DifferenceInDifferences(permutation=None).estimate(study)
    found = TrendSensitivity().check(study, estimate)
    assert found.passed is None and found.sentence.code == "check.trend_sensitivity.no_leads"
    assert found.sentence.values["slope"] == pytest.approx(abs(estimate.interval.point))


def test_with_more_periods_after_a_smaller_trend_explains_the_mean_effect():
    world = TwoGroupPanel(n_periods=4, start=2, effect=3.0)
    study = world.study(world.draw(1))
    estimate = DifferenceInDifferences(permutation=None).estimate(study)
    told = TrendSensitivity().check(study, estimate).sentence.values["slope"]
    assert told == pytest.approx(abs(estimate.interval.point) / 2)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("scale", [-1.0, 1e-3, -1e3])
def test_sign_scale_and_order_of_rows_change_nothing(seed, scale):
    world = TwoGroupPanel(effect=1.2)
    frame = world.draw(seed)
    other = frame.assign(y=scale * frame["y"], unit="u" + frame["unit"].astype(str))
    other = other.sample(frac=1.0, random_state=seed)
    estimator = DifferenceInDifferences(permutation=None)
    found = [
        TrendSensitivity().check(study, estimator.estimate(study))
        for study in (world.study(frame), world.study(other))
    ]
    assert found[0].passed is found[1].passed
    assert found[1].statistic == pytest.approx(found[0].statistic)


DECLARED = Declared(circumstances=Circumstances(), direction=1, minimum_effect=3.0)


@pytest.mark.parametrize(
    ("effect", "change", "direction", "passed"),
    [
        (0.0, "no_harm", 1, True),
        (0.0, "no_harm", -1, True),
        (4.0, "no_harm", 1, True),
        (4.0, "no_harm", -1, False),
        (0.0, "no_effect", 1, True),
        (4.0, "no_effect", 1, False),
        (0.0, "increase", 1, False),
    ],
)
def test_of_a_claim_only_what_it_claims_is_asked(effect, change, direction, passed):
    world = TwoGroupPanel(effect=effect, n_units=100, n_treated=50, noise=0.5, treated_noise=0.5)
    declared = replace(DECLARED, change=change, direction=direction)
    assert _found(world, 2, declared=declared).passed is passed


def test_a_margin_in_per_cent_is_one_of_what_would_have_been():
    world = TwoGroupPanel(effect=0.0, n_units=100, n_treated=50)
    frame = world.draw(1)
    frame["y"] += 50
    study = world.study(frame)
    estimate = DifferenceInDifferences(permutation=None).estimate(study)
    after = (frame["first_treated"] > 0) & (frame["period"] >= 6)
    relative = replace(DECLARED, change="no_harm", minimum_effect=math.nan, minimum_share=0.1)
    found = TrendSensitivity().check(study, estimate, declared=relative)
    without = frame.loc[after, "y"].mean() - estimate.interval.point
    assert found.sentence.values["margin"] == pytest.approx(0.1 * without)
    assert found.passed is True


def test_one_treated_cluster_cannot_be_asked():
    world = TwoGroupPanel(n_treated=1)
    found = _found(world, 1)
    assert found.passed is None and found.sentence.code == "check.trend_sensitivity.unknown"


def test_counts_whose_leads_have_no_reference_cannot_be_asked():
    world = CountPanel(n_units=60, n_treated=30, starts=(5,))
    estimator = ExtendedTwoWayFixedEffects(family="poisson", permutation=None)
    assert _found(world, 1, estimator=estimator).passed is None


def test_allowed_anticipation_moves_the_reference():
    world = StaggeredPanel(effect=4.0, n_units=60, n_treated=30)
    frame = world.draw(1)
    early = (frame["first_treated"] > 0) & (frame["period"] == frame["first_treated"] - 1)
    study = world.study(frame.assign(y=frame["y"] + 4.0 * early))
    for anticipation, passed in ((0, False), (1, True)):
        estimate = Imputation(anticipation=anticipation, permutation=None).estimate(study)
        assert TrendSensitivity().check(study, estimate).passed is passed


def test_the_leads_are_estimated_once_for_both_checks(monkeypatch):
    asked = []
    whole = leads_module._estimated
    monkeypatch.setattr(leads_module, "_estimated", lambda *given: asked.append(given) or whole(*given))
    world = TwoGroupPanel()
    for seed in (1, 2):
        study = world.study(world.draw(seed))
        estimate = DifferenceInDifferences(permutation=None).estimate(study)
        for part in (PreTrends(), TrendSensitivity(), PreTrends()):
            part.check(study, estimate)
    assert len(asked) == 2


def test_it_is_silent_about_donors():
    assert TrendSensitivity in ALL
    assert not TrendSensitivity().designs & DONOR_DESIGNS


def test_gaps_between_periods_are_no_hindrance():
    world = TwoGroupPanel(effect=4.0)
    frame = world.draw(1)
    frame = frame[~frame["period"].isin([2, 6])]
    study = Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
    estimate = DifferenceInDifferences(permutation=None).estimate(study)
    found = TrendSensitivity().check(study, estimate)
    assert found.passed is not None and np.isfinite(found.statistic)
