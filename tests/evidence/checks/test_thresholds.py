"""Checks of a threshold: scores that were moved, groups unlike, thresholds that never were, and heaps."""

from dataclasses import replace

import numpy as np
import pytest

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.estimators import RegressionDiscontinuity
from impactkit.effects.worlds import ThresholdScores
from impactkit.evidence.checks import Density

WORLD = ThresholdScores(n=1000)


def asked(frame, name, estimator=None, **roles):
    study = Study(frame, outcome="y", unit="unit", running="score", **roles)
    estimate = (estimator or RegressionDiscontinuity()).estimate(study)
    found = {check.name: check for check in ik.check(study, estimate)}
    return found[name], ik.grade(estimate, tuple(found.values()))


def test_scores_that_were_not_moved_pass_and_those_that_were_cost_two_grades():
    frame = WORLD.draw(1)
    sound, best = asked(frame, "density")
    assert sound.passed is True and best.value == 4
    just_short = frame["score"].between(-0.08, 0)
    moved, lowered = asked(frame.assign(score=frame["score"].where(~just_short, 0.04)), "density")
    assert moved.passed is False and moved.statistic < 0.01
    assert lowered.value <= 2


def test_rows_without_an_outcome_count_in_the_density():
    frame = WORLD.draw(1)
    lost = frame.assign(y=frame["y"].where(~frame["score"].between(-0.08, 0)))
    assert asked(lost, "density")[0].statistic == asked(frame, "density")[0].statistic


@pytest.mark.parametrize(
    ("past", "p"),
    # Of 20 as likely on either side: 4 or fewer, or 16 or more, and so on, out of 1,048,576 ways.
    [(10, 1.0), (16, 2 * 6196 / 2**20), (4, 2 * 6196 / 2**20), (20, 2 / 2**20)],
)
def test_the_twenty_nearest_are_counted_by_side(past, p):
    far = np.linspace(0.5, 1, 90)
    near = np.linspace(0.01, 0.02, 20) * np.where(np.arange(20) < past, 1, -1)
    assert Density()._by_count(np.concatenate([far, near, -far])) == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize(("n", "counted"), [(200, 20), (255, 25), (400, 40), (5000, 40)])
def test_a_tenth_of_the_rows_are_counted_and_at_most_forty(n, counted):
    near, far = np.linspace(0.01, 0.02, counted), np.linspace(0.5, 1, n - counted)
    found = Density()._by_count(np.concatenate([near, -far]))
    assert found == pytest.approx(2.0 ** (1 - counted), rel=1e-12)


def test_the_nearest_are_not_counted_where_two_are_alike_or_they_are_many():
    far, near = np.linspace(0.5, 1, 90), np.linspace(0.01, 0.02, 20)
    assert np.isnan(Density()._by_count(np.concatenate([far, near.round(3), -far])))
    assert np.isnan(Density()._by_count(np.concatenate([far, near, -far[:89]])))


def test_a_narrow_strip_that_was_lifted_is_seen():
    """The strip is too narrow for a curve on each side, and everybody nearest is past the threshold."""
    world = replace(WORLD, n=400)
    failed = {True: 0, False: 0}
    for seed in range(20):
        frame = world.draw(seed)
        short = frame["score"].between(-0.06, 0)
        lifted = frame.assign(score=frame["score"].where(~short, -frame["score"]))
        for is_lifted, scores in ((True, lifted), (False, frame)):
            failed[is_lifted] += asked(scores, "density")[0].passed is False
    assert failed[True] >= 16
    assert failed[False] <= 4


def test_a_score_of_few_values_says_nothing_of_density():
    frame = replace(WORLD, step=0.1).draw(1)
    assert asked(frame, "density")[0].passed is None


def test_a_covariate_that_jumps_is_named_and_one_that_does_not_passes():
    frame = replace(WORLD, slope=0.5).draw(1)
    frame["z"] = frame["x"] + 1.5 * (frame["score"] >= 0)
    smooth, _ = asked(frame, "covariate_smoothness", covariates=["x"])
    assert smooth.passed is True and len(smooth.table) == 1
    jumps, _ = asked(frame, "covariate_smoothness", covariates=["x", "z"])
    assert jumps.passed is False and jumps.sentence.values["name"] == "z"
    by_name = {row.name: row.difference for row in jumps.table}
    assert by_name["z"] == pytest.approx(1.5 / frame["z"].std(), abs=0.5) and abs(by_name["x"]) < 0.5


def test_without_covariates_nothing_can_be_said_of_them():
    assert asked(WORLD.draw(1), "covariate_smoothness")[0].passed is None


def test_a_curve_with_a_step_elsewhere_is_seen_by_thresholds_that_never_were():
    frame = WORLD.draw(1)
    assert asked(frame, "placebo_cutoffs")[0].passed is True
    third = np.quantile(frame["score"][frame["score"] < 0], 1 / 3)
    stepped = frame.assign(y=frame["y"] + 2.0 * (frame["score"] >= third) * (frame["score"] < 0))
    found, _ = asked(stepped, "placebo_cutoffs")
    assert found.passed is False
    assert found.sentence.values["cutoff"] == pytest.approx(third, abs=0.02)
    assert found.sentence.values["point"] == pytest.approx(2.0, abs=0.6)


def test_a_heap_of_people_unlike_the_others_is_seen():
    frame = WORLD.draw(1).assign(score=lambda f: f["score"].round(3))
    assert asked(frame, "heaping")[0].statistic == 0
    near = frame["score"].between(-0.06, -0.02)
    heaped = frame.assign(score=frame["score"].where(~near, -0.02), y=frame["y"] - 4.0 * near)
    found, _ = asked(heaped, "heaping", RegressionDiscontinuity(bandwidth=0.3))
    assert found.passed is False and found.sentence.values["value"] == -0.02
    harmless = frame.assign(score=frame["score"].where(~near, -0.02))
    assert asked(harmless, "heaping", RegressionDiscontinuity(bandwidth=0.3))[0].passed is True


def test_a_fuzzy_threshold_is_asked_about_by_the_rule():
    world = ThresholdScores(n=1000, compliance=0.7)
    frame = world.draw(1)
    found, grade = asked(frame, "placebo_cutoffs", RegressionDiscontinuity(kind="fuzzy"), takeup="received")
    assert found.passed is True and grade.ceiling == 4


def test_outcomes_lost_near_the_threshold_are_counted_by_side():
    frame = WORLD.draw(1)
    reach = RegressionDiscontinuity().estimate(WORLD.study(frame)).estimand.values["far"]
    assert asked(frame, "attrition")[0].statistic == 0
    short = frame["score"].between(-reach / 2, -0.001) & (frame["unit"] % 2 == 0)
    far = frame["score"].between(-1, -0.9)
    found, _ = asked(frame.assign(y=frame["y"].where(~(short | far))), "attrition")
    assert found.passed is False
    assert found.sentence.values["treated"] == 0
    assert 0.1 < found.sentence.values["comparison"] < 0.4
