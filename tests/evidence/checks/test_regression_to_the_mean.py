"""Were the treated chosen when their outcome happened to be extreme, and did a plan say so."""

import math

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.evidence.checks import RegressionToTheMean, SelectedOnBaseline
from impactkit.evidence.circumstances import Circumstances, Declared

DID = ik.DifferenceInDifferences(permutation=None)


def table(y, starts, *, first=1):
    n, T = y.shape
    frame = pd.DataFrame(
        {
            "unit": np.repeat([f"u{i:03d}" for i in range(n)], T),
            "time": np.tile(np.arange(first, first + T), n),
            "y": y.ravel(),
            "start": np.repeat(starts, T),
        }
    )
    return Study(frame, outcome="y", unit="unit", time="time", first_treated="start")


def said(assignment=None, period=None, direction=1):
    told = Circumstances(assignment=assignment, selection_period=period)
    return Declared(circumstances=told, direction=direction, minimum_effect=1.0)


def chosen(seed, *, worst, reliability=0.5, n=200, n_treated=20):
    """Two periods and no effect; who is treated is drawn, or those with the lowest values in the first."""
    rng = np.random.default_rng(seed)
    trait = math.sqrt(reliability) * rng.standard_normal((n, 1))
    y = trait + math.sqrt(1 - reliability) * rng.standard_normal((n, 2))
    treated = np.argsort(y[:, 0])[:n_treated] if worst else np.arange(n_treated)
    return table(y, np.where(np.isin(np.arange(n), treated), 2, 0))


def asked(study, estimator=DID, declared=None):
    return RegressionToTheMean().check(study, estimator.estimate(study), declared=declared)


@pytest.mark.parametrize("declared", [None, said()])
def test_the_worst_tenth_is_seen_and_a_drawn_tenth_is_not(declared):
    worst = [asked(chosen(seed, worst=True), declared=declared).passed for seed in range(200)]
    drawn = [asked(chosen(seed, worst=False), declared=declared).passed for seed in range(400)]
    assert np.mean([passed is False for passed in worst]) > 0.99
    assert np.mean([passed is False for passed in drawn]) < 0.06


def test_a_level_is_held_against_the_comparison_by_hand():
    y = np.array([[0.0, 5], [2, 4], [6, 6], [8, 9], [10, 9]])
    found = asked(table(y, [2, 2, 0, 0, 0]), declared=said())
    t = (1 - 8) / (2 * math.sqrt(1 / 2 + 1 / 3))  # the comparison's standard deviation is 2
    p = (1 + t / math.sqrt(t**2 + 2)) / 2  # Student's t with 2 degrees of freedom
    assert found.statistic == pytest.approx(p)
    assert found.passed is False and found.sentence.code.endswith("level_extreme")
    assert found.sentence.values["size"] == pytest.approx(3.5)
    assert asked(table(y, [2, 2, 0, 0, 0]), declared=said(direction=-1)).passed is True


def test_a_change_is_held_against_the_comparison_by_brute_force():
    rng = np.random.default_rng(3)
    y = rng.standard_normal((12, 6)).cumsum(axis=1)
    y[:4] *= 0.2
    study = table(y, [5] * 4 + [0] * 8)
    for period, column in ((None, 3), (2, 1)):
        others = [t for t in range(4) if t != column]
        moved = [y[i, column] - np.mean([y[i, t] for t in others]) for i in range(12)]
        gap = np.mean(moved[:4]) - np.mean(moved[4:])
        error = np.std(moved[4:], ddof=1) * math.sqrt(1 / 4 + 1 / 8)
        found = asked(study, declared=said("need", period))
        from scipy.stats import t as student

        assert found.statistic == pytest.approx(student.cdf(gap / error, 7))
        assert found.sentence.values["change"] == pytest.approx(gap)


def test_treated_that_vary_more_are_held_against_their_own_spread_as_well():
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(8)
    y = rng.standard_normal((14, 3))
    y[:4] *= 5
    found = asked(table(y, [3] * 4 + [0] * 10), declared=said())
    moved = y[:, 1] - y[:, 0]
    welch = ttest_ind(moved[:4], moved[4:], equal_var=False, alternative="less")
    assert found.statistic == pytest.approx(welch.pvalue)
    world = TwoGroupPanel(treated_noise=2.0)
    alarms = [asked(world.study(world.draw(seed)), declared=said()).passed is False for seed in range(300)]
    assert np.mean(alarms) <= 0.07


def test_several_starts_are_averaged_by_treated_cluster():
    rng = np.random.default_rng(4)
    y = rng.standard_normal((30, 8)).cumsum(axis=1)
    starts = [4] * 3 + [6] * 6 + [0] * 21
    found = asked(table(y, starts), ik.StaggeredDifferenceInDifferences(permutation=None), said())
    gaps = {}
    for start, own in ((4, slice(0, 3)), (6, slice(3, 9))):
        moved = y[:, start - 2] - y[:, : start - 2].mean(axis=1)
        gaps[start] = moved[own].mean() - moved[9:].mean()
    assert found.sentence.values["change"] == pytest.approx(gaps[4] / 3 + gaps[6] * 2 / 3)
    assert 0 < found.statistic < 1


def test_a_drawn_group_with_several_starts_keeps_the_level():
    failed = []
    for seed in range(300):
        y = np.random.default_rng(seed).standard_normal((30, 8))
        study = table(y, [4] * 3 + [6] * 3 + [0] * 24)
        found = asked(study, ik.StaggeredDifferenceInDifferences(permutation=None), said())
        failed.append(found.passed is False)
    assert np.mean(failed) <= 0.08


def test_a_panel_drawn_by_lot_keeps_the_level_with_a_real_effect():
    world = TwoGroupPanel()
    found = [asked(world.study(world.draw(seed)), declared=said()) for seed in range(300)]
    assert np.mean([one.passed is False for one in found]) <= 0.08


def test_neither_rows_names_scale_nor_sign_matter():
    world = TwoGroupPanel(n_units=20, n_treated=5)
    frame = world.draw(5)
    first = asked(world.study(frame), declared=said())
    mixed = frame.sample(frac=1, random_state=1).assign(unit=lambda d: (97 * d["unit"] + 11) % 101)
    scaled = frame.assign(y=-1000 * frame["y"])
    for other, direction in ((mixed, 1), (scaled, -1)):
        found = asked(world.study(other), declared=said(direction=direction))
        assert found.passed is first.passed
        assert found.statistic == pytest.approx(first.statistic)
    without = asked(world.study(frame)), asked(world.study(scaled))
    assert without[0].statistic == pytest.approx(without[1].statistic)


def test_what_cannot_be_asked_informs():
    y = np.random.default_rng(1).standard_normal((6, 4))
    assert asked(table(y, [3] * 6), ik.BeforeAfter()).sentence.code.endswith("no_comparison")
    assert asked(table(y[:4], [3] * 3 + [0])).sentence.code.endswith("few_units")
    constant = np.full((6, 4), 0.1)
    constant[0, 1] += 1e-15
    assert asked(table(constant, [3] * 3 + [0] * 3)).passed is None
    frame = pd.DataFrame({"time": [1, 1, 1, 1, 2, 2, 2, 2], "arm": [0, 0, 1, 1] * 2, "y": range(8)})
    study = Study(frame, outcome="y", time="time", treated="arm", start=2)
    assert asked(study).sentence.code.endswith("not_followed")


def test_before_and_after_is_asked_where_others_were_measured():
    assert asked(chosen(1, worst=True), ik.BeforeAfter()).passed is False


@pytest.mark.parametrize(
    ("assignment", "period", "first", "passed", "code"),
    [
        (None, None, 1, None, "not_said"),
        ("lot", None, 1, True, "otherwise"),
        ("need", 3, 1, None, "need"),
        ("threshold", 3, 1, None, "threshold"),
        ("worst_value", 4, 1, False, "some"),
        ("worst_value", 5, 1, True, "before"),
        ("worst_value", 1, 1, False, "none"),
        ("worst_value", None, 1, False, "some_assumed"),
        ("worst_value", None, 4, False, "none_assumed"),
        ("worst_value", 3.5, 4, False, "none"),
    ],
)
def test_the_choice_that_a_plan_declares(assignment, period, first, passed, code):
    """Periods run to 6, the start is 5: nothing before it may be as late as the choice."""
    y = np.random.default_rng(1).standard_normal((8, 7 - first))
    study = table(y, [5] * 3 + [0] * 5, first=first)
    estimate = DID.estimate(study)
    found = SelectedOnBaseline().check(study, estimate, declared=said(assignment, period))
    assert (found.passed, found.sentence.code) == (passed, f"check.selected_on_baseline.{code}")
    assert ik.grade(estimate, (found,)).ceiling == (1 if passed is False else 3)
    assert found.sentence.text("sv") != found.sentence.text("en")


def test_without_a_plan_nothing_was_said():
    study = chosen(1, worst=True)
    assert SelectedOnBaseline().check(study, DID.estimate(study)).passed is None


def test_two_periods_without_a_start_have_one_before():
    frame = pd.DataFrame({"who": [1, 1, 2, 2, 3, 3], "year": [1, 2] * 3, "y": [1.0, 2, 2, 4, 3, 6]})
    study = Study(frame, outcome="y", unit="who", time="year")
    found = SelectedOnBaseline().check(study, ik.BeforeAfter().estimate(study), declared=said("worst_value"))
    assert found.sentence.code.endswith("none_assumed")
