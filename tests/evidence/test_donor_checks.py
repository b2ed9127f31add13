"""Checks of donors: each fails in a world that breaks what it asks, and passes where that holds."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.counterfactual import PlaceboGap
from impactkit.effects.worlds import FactorPanel
from impactkit.evidence.checks import OutsideDonors, PoorFit, RegressionToTheMean, TooFewDonors

METHODS = (ik.SyntheticControl, ik.AugmentedSyntheticControl, ik.SyntheticDifferenceInDifferences)
CHECKS = ("too_few_donors", "outside_donors", "poor_fit", "regression_to_the_mean")


def asked(study, method=ik.SyntheticControl, **settings):
    estimate = method(**settings).estimate(study)
    checks = {check.name: check for check in ik.check(study, estimate)}
    return estimate, checks


def drawn(seed=1, **world):
    made = FactorPanel(**world)
    return made.study(made.draw(seed))


@pytest.mark.parametrize("method", METHODS)
def test_a_drawn_unit_among_39_donors_keeps_grade_3(method):
    estimate, checks = asked(drawn(), method)
    assert [checks[name].passed for name in CHECKS] == [True] * 4
    assert ik.grade(estimate, tuple(checks.values())).value == 3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("donors", "passed"), [(10, False), (38, False), (39, True)])
def test_ranks_need_39_donors_for_limits_at_95_percent(method, donors, passed):
    estimate, checks = asked(drawn(n_donors=donors), method)
    found = checks["too_few_donors"]
    assert (found.passed, found.statistic) == (passed, donors)
    assert found.sentence.values["needed"] == 39
    if not passed:
        assert found.sentence in ik.grade(estimate, tuple(checks.values())).reasons
        assert "at least 39 donors" in found.sentence.text("en")
        assert "minst 39 jämförelseenheter" in found.sentence.text("sv")


def test_a_lower_level_needs_fewer_donors():
    study = drawn(n_donors=19)
    at_90 = {"inference": {"method": "placebo_in_space", "level": 0.9}}
    assert asked(study)[1]["too_few_donors"].passed is False
    assert asked(study, **at_90)[1]["too_few_donors"].passed is True


def test_choices_of_several_treated_count():
    assert asked(drawn(n_donors=12, n_treated=3))[1]["too_few_donors"].passed is True


@pytest.mark.parametrize("method", METHODS)
def test_a_unit_chosen_for_its_fall_loses_a_grade_whenever_it_seems_to_rise(method):
    rises = 0
    for seed in range(20):
        estimate, checks = asked(drawn(seed, selected="fallen", effect=0.0), method)
        has_risen = estimate.interval.point > 0
        rises += has_risen
        assert checks["regression_to_the_mean"].passed is not has_risen
        if has_risen:
            assert ik.grade(estimate, tuple(checks.values())).value <= 2
    assert rises >= 5


def test_a_drawn_unit_seldom_looks_chosen():
    checks = [asked(drawn(seed, effect=0.0))[1]["regression_to_the_mean"] for seed in range(60)]
    assert np.mean([check.passed is False for check in checks]) <= 0.07


def test_return_to_the_usual_is_asked_on_the_side_of_the_effect_alone():
    rng = np.random.default_rng(1)
    y = rng.standard_normal((12, 6)) * 0.1
    y[0, 3], y[0, 4:] = 5.0, 6.0  # a peak before the start, and more of it after
    assert asked(table(y, 5))[1]["regression_to_the_mean"].passed is True
    y[0, 4:] = -1.0
    assert asked(table(y, 5))[1]["regression_to_the_mean"].passed is False


def table(y, start):
    n, T = y.shape
    frame = pd.DataFrame(
        {
            "unit": np.repeat([f"u{i:02d}" for i in range(n)], T),
            "time": np.tile(np.arange(1, T + 1), n),
            "y": y.ravel(),
            "start": np.repeat([start] + [0] * (n - 1), T),
        }
    )
    return Study(frame, outcome="y", unit="unit", time="time", first_treated="start")


def test_shares_and_distances_are_those_of_the_definition():
    rng = np.random.default_rng(7)
    for start in (4, 6):
        y = rng.standard_normal((9, 8)).cumsum(axis=1)
        y[0] += 3
        estimate, checks = asked(table(y, start))
        before, donors = y[:, : start - 1], y[1:, : start - 1]
        beyond = [
            max(0, donors[:, t].min() - y[0, t], y[0, t] - donors[:, t].max()) for t in range(start - 1)
        ]
        spread = np.mean([donors[:, t].std(ddof=1) for t in range(start - 1)])
        assert checks["outside_donors"].statistic == pytest.approx(np.mean(beyond) / spread)
        moved = [before[i, -1] - before[i, :-1].mean() for i in range(9)]
        sign = -1 if estimate.interval.point > 0 else 1
        rank = sum(sign * other >= sign * moved[0] for other in moved[1:])
        assert checks["regression_to_the_mean"].statistic == pytest.approx((1 + rank) / 9)


def test_a_unit_above_all_donors_cannot_be_followed():
    rng = np.random.default_rng(3)
    y = rng.standard_normal((20, 8))
    y[0] += 10
    study = table(y, 6)
    estimate, checks = asked(study)
    assert checks["outside_donors"].passed is False and checks["poor_fit"].passed is False
    assert ik.grade(estimate, tuple(checks.values())).value == 1
    # Its level is taken out by the other method, which is not asked of it.
    assert asked(study, ik.SyntheticDifferenceInDifferences)[1]["outside_donors"].passed is True


def test_pooled_units_are_asked_as_one():
    y = np.random.default_rng(3).standard_normal((20, 8))
    y[0] += 10
    y[1] -= 10
    frame = FactorPanel(n_donors=18, n_treated=2, n_periods=8, start=6).draw(1).assign(y=y.ravel())
    frame["first_treated"] = np.where(frame["unit"] < 2, 6, 0)
    study = Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
    assert asked(study)[1]["outside_donors"].passed is False
    assert asked(study, treated="pooled")[1]["outside_donors"].passed is True


@pytest.mark.parametrize(("own", "usual", "passed"), [(1.0, 0.5, True), (1.1, 0.5, False), (1.0, 0.0, False)])
def test_the_gap_before_the_start_is_at_most_twice_the_donors(own, usual, passed):
    study = drawn(n_donors=5)
    estimate = ik.SyntheticControl().estimate(study)
    placebos = tuple(PlaceboGap(unit=f"{k}", gaps=(0.0,), pre_rmspe=usual) for k in range(3))
    built = dataclasses.replace(estimate.counterfactual, pre_rmspe=own, placebos=placebos)
    known = dataclasses.replace(estimate, counterfactual=built, permutation=None)
    found = PoorFit().check(study, known)
    assert found.passed is passed


def test_what_cannot_be_asked_informs():
    study = drawn(n_donors=6)
    assert asked(study, permutation=None, inference={"method": "conformal"})[1]["poor_fit"].passed is None
    y = np.random.default_rng(2).standard_normal((8, 5))
    assert asked(table(y, 3))[1]["regression_to_the_mean"].passed is None


@pytest.mark.parametrize("check", [OutsideDonors, PoorFit, RegressionToTheMean, TooFewDonors])
def test_other_designs_are_not_asked(check):
    assert "synthetic_control" in check().designs
    asks_panels = check is RegressionToTheMean
    assert ("difference_in_differences" in check().designs) is asks_panels
    assert "interrupted_time_series" not in check().designs


@pytest.mark.parametrize(("gone", "passed"), [(0, True), (4, True), (5, False)])
def test_donors_that_went_for_want_of_values_lower_the_grade(gone, passed):
    world = FactorPanel(n_donors=44)
    frame = world.draw(1)
    frame = frame[~(frame["unit"].isin(range(1, 1 + gone)) & (frame["period"] == 3))]
    estimate, checks = asked(world.study(frame))
    found = checks["missing_periods"]
    assert found.passed is passed and found.statistic == pytest.approx(gone / 44)
    assert found.sentence.text("sv") != found.sentence.text("en")
    others = [check for check in checks.values() if check.name != "missing_periods"]
    assert ik.grade(estimate, others).value - ik.grade(estimate, tuple(checks.values())).value == (not passed)


@pytest.mark.parametrize(("gone", "passed"), [(0, True), (6, True), (8, False)])
def test_periods_missing_from_a_series_lower_the_grade(gone, passed):
    t = np.arange(72)
    frame = pd.DataFrame({"t": t, "y": np.random.default_rng(1).standard_normal(72)})
    frame = frame[~frame["t"].isin(range(10, 10 + gone))]
    study = Study(frame, outcome="y", time="t", start=60)
    _, checks = asked(study, ik.InterruptedTimeSeries)
    assert checks["missing_periods"].passed is passed
    assert checks["missing_periods"].statistic == pytest.approx(gone / 72)
