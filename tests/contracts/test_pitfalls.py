"""Known ways in which difference in differences goes wrong silently; new estimators inherit each of them."""

import math

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects import estimators
from impactkit.effects.estimators import (
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    Imputation,
    StackedDifferenceInDifferences,
    StaggeredDifferenceInDifferences,
    SunAbraham,
)
from impactkit.effects.inference import ClusterRobust, InfluenceFunction, WildClusterBootstrap
from impactkit.effects.kernels.logistic import logistic
from impactkit.effects.worlds import StaggeredPanel, TwoGroupPanel
from impactkit.errors import EstimationError, StudyError

ROLES = {"outcome": "y", "unit": "unit", "time": "period", "first_treated": "first_treated"}
STARTS, GROUPS = StaggeredPanel(), TwoGroupPanel(n_units=40, n_treated=15, n_periods=8, start=5)


def world_of(estimator):
    """Return the world of several starts where the estimator takes it, else that of one."""
    slug = estimator.model_fields["method"].default
    return next((world for world in (STARTS, GROUPS) if slug in world.designs), None)


FAMILY = [estimator for estimator in estimators.ALL if world_of(estimator) is not None]
SEVERAL_STARTS = [estimator for estimator in FAMILY if world_of(estimator) is STARTS]
every = pytest.mark.parametrize("estimator", FAMILY, ids=lambda estimator: estimator.__name__)
starts = pytest.mark.parametrize("estimator", SEVERAL_STARTS, ids=lambda estimator: estimator.__name__)


def panel(estimator, seed=1):
    frame = world_of(estimator).draw(seed)
    noise = np.random.default_rng(seed).normal(size=(2, len(frame)))
    by_unit = noise[0][: frame["unit"].nunique()][frame["unit"]]
    return frame.assign(z=by_unit, v=noise[1], w=1.0 + (frame["unit"] % 3))


def answer(estimator, frame, **roles):
    return estimator(permutation=None).estimate(Study(frame, **ROLES | roles))


def assert_same(found, expected, rel=1e-9):
    one, other = found.interval, expected.interval
    assert one.point == pytest.approx(other.point, rel=rel, abs=1e-12)
    assert one.std_error == pytest.approx(other.std_error, rel=rel)
    assert one.df == pytest.approx(other.df, rel=1e-6)


def codes(estimate):
    return [message.code for message in estimate.warnings]


# What a study refuses, so that no estimator ever sees it.


def with_cell(frame, row, column, value):
    changed = frame.copy().astype({column: object})
    changed.loc[row, column] = value
    return changed if isinstance(value, str) or value is None else changed.astype({column: float})


def clusters(frame):
    return frame.assign(area=frame["unit"] // 4)


REFUSED = {
    "five duplicated rows": (lambda f: pd.concat([f, f.iloc[:5]]), {}, "repeat a unit and period"),
    "a cohort that changes within a unit": (
        lambda f: with_cell(f, 0, "first_treated", 6),
        {},
        "start changes within a unit",
    ),
    "a cluster that changes within a unit": (
        lambda f: with_cell(clusters(f), 0, "area", 3),
        {"cluster": "area"},
        "cluster changes within a unit",
    ),
    "an empty cluster": (
        lambda f: with_cell(clusters(f), 3, "area", np.nan),
        {"cluster": "area"},
        "Empty cells in column 'area'",
    ),
    "an empty unit": (lambda f: with_cell(f, 3, "unit", None), {}, "Empty cells in column 'unit'"),
    "a negative weight": (lambda f: with_cell(f, 3, "w", -1.0), {"weight": "w"}, "negative or missing"),
    "an empty weight": (lambda f: with_cell(f, 3, "w", np.nan), {"weight": "w"}, "negative or missing"),
    "an infinite weight": (lambda f: with_cell(f, 3, "w", np.inf), {"weight": "w"}, "infinite"),
    "an infinite outcome": (lambda f: with_cell(f, 3, "y", np.inf), {}, "infinite"),
    "municipality codes without their zero": (
        lambda f: f[f["unit"] < 4].assign(kommun=f["unit"].map({0: 114, 1: 180, 2: 1280, 3: 2580})),
        {"unit": "kommun"},
        "lost its zero",
    ),
}


@pytest.mark.parametrize(("change", "roles", "told"), REFUSED.values(), ids=REFUSED)
def test_a_study_refuses_what_nobody_could_estimate(change, roles, told):
    frame = GROUPS.draw(1).assign(w=1.0)
    with pytest.raises(StudyError, match=told):
        Study(change(frame), **ROLES | roles)


# What must not matter.


def dates(frame):
    def day(year):
        return pd.to_datetime((2000 + year).astype(str) + "-01-01")

    begun = frame["first_treated"] > 0
    return frame.assign(
        period=day(frame["period"]), first_treated=day(frame["first_treated"]).where(begun, pd.NaT)
    )


def never_as(value):
    def change(frame):
        return frame.assign(first_treated=frame["first_treated"].astype(float).replace(0.0, value))

    return change


SAME = {
    "never treated as inf": never_as(np.inf),
    "never treated as an empty cell": never_as(np.nan),
    "never treated as a year long after the data": never_as(99.0),
    "small integers": lambda f: f.astype({"period": "int8", "first_treated": "int8"}),
    "small integers without sign": lambda f: f.astype({"period": "uint8", "first_treated": "uint8"}),
    "dates instead of numbers": dates,
    "years instead of numbers": lambda f: f.assign(
        period=f["period"] + 2010,
        first_treated=f["first_treated"].where(f["first_treated"] == 0, f["first_treated"] + 2010),
    ),
    "names of mixed types": lambda f: f.assign(
        unit=f["unit"].astype(object).where(f["unit"] % 2 == 0, "unit " + f["unit"].astype(str))
    ),
    "codes with leading zeros": lambda f: f.assign(unit=[f"{u:04d}" for u in f["unit"]]),
    "rows in another order": lambda f: f.sample(frac=1, random_state=3),
}


@every
@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_how_a_panel_is_written_down_does_not_matter(estimator, change):
    frame = panel(estimator)
    assert_same(answer(estimator, change(frame)), answer(estimator, frame))


@every
@pytest.mark.parametrize("kind", ["outcome", "weight", "covariate"])
def test_a_row_without_its_numbers_is_a_row_left_out_and_counted(estimator, kind):
    frame = panel(estimator)
    gone = frame.index % 17 == 3
    column, empty = {"outcome": ("y", np.nan), "weight": ("w", 0.0), "covariate": ("v", np.nan)}[kind]
    roles = {"outcome": {}, "weight": {"weight": "w"}, "covariate": {"covariates": ["v"]}}[kind]
    lacking = frame.assign(**{column: frame[column].where(~gone, empty)})
    found = answer(estimator, lacking, **roles)
    assert_same(found, answer(estimator, frame[~gone], **roles))
    assert sum(message.values["n"] for message in found.sample.left_out) == gone.sum()


@every
def test_a_unit_seen_once_changes_no_point(estimator):
    frame = panel(estimator)
    once = frame.iloc[[0, -1]].assign(unit=[900, 901], period=[2, 7], y=55.0, first_treated=[0, 5])
    found, expected = answer(estimator, pd.concat([frame, once])), answer(estimator, frame)
    if estimator in (StaggeredDifferenceInDifferences, StackedDifferenceInDifferences):
        # Shares of cohorts are those of all their units.
        found, expected = found.aggregate("group").terms[1], expected.aggregate("group").terms[1]
        assert found.interval.point == pytest.approx(expected.interval.point, abs=1e-10)
        return
    assert found.interval.point == pytest.approx(expected.interval.point, abs=1e-10)


@starts
def test_units_treated_from_the_first_period_on_are_left_out_and_counted(estimator):
    frame = panel(estimator)
    always = frame[frame["unit"] == frame["unit"].max()].assign(unit=999, first_treated=1, y=77.0)
    found = answer(estimator, pd.concat([frame, always]))
    assert_same(found, answer(estimator, frame))
    assert "estimate.always_treated" in codes(found)


@every
def test_a_start_after_the_data_is_told(estimator):
    found = answer(estimator, never_as(99.0)(panel(estimator)))
    assert "study.note.starts_after_the_data" in codes(found)


@every
def test_a_whole_period_may_be_missing(estimator):
    frame = panel(estimator)
    found = answer(estimator, frame[frame["period"] != 3])
    assert np.isfinite(found.interval.point) and found.interval.std_error > 0
    assert {term.time for term in found.terms} <= {None, *(set(frame["period"]) - {3})}


@every
def test_nobody_never_treated_is_refused_or_answered_without_the_treated_as_controls(estimator):
    """In the last periods everybody is treated, and whatever happens to all there moves no answer."""
    frame = panel(estimator)
    frame = frame[frame["first_treated"] > 0]
    moved = frame.assign(y=frame["y"] + 100.0 * (frame["period"] >= frame["first_treated"].max()))
    try:
        found = answer(estimator, frame)
    except EstimationError as refusal:
        assert "control" in str(refusal) or "nothing to compare with" in str(refusal)
        return
    assert answer(estimator, moved).interval.point == pytest.approx(found.interval.point, abs=1e-8)


# Covariates.


@every
@pytest.mark.parametrize(
    "more",
    [lambda f: 2 * f["v"] + 1, lambda f: f["v"] * 1e-6, lambda f: 0 * f["v"] + 3.3],
    ids=["doubled", "smaller", "constant"],
)
def test_a_covariate_that_says_nothing_new_changes_nothing_and_is_named(estimator, more):
    frame = panel(estimator)
    found = answer(estimator, frame.assign(also=more(frame)), covariates=["v", "also"])
    assert_same(found, answer(estimator, frame, covariates=["v"]), rel=1e-7)
    assert [m.values["name"] for m in found.warnings if m.code == "estimate.dropped"] == ["also"]
    assert found.adjusted_for == ("v",)


@starts
@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3])
def test_a_covariate_constant_inside_one_cohort_loses_no_cell(estimator, value):
    frame = panel(estimator)
    constant = frame.assign(z=frame["z"].where(frame["first_treated"] != 5, value))
    found = answer(estimator, constant, covariates=["z"])
    assert sum(math.isnan(t.interval.point) for t in found.terms) == 0
    assert {t.group for t in found.terms if t.group is not None} == {4.0, 5.0, 7.0}


@every
@pytest.mark.parametrize("noise", [0.0, 1e-3, 0.5])
def test_a_covariate_that_tells_who_is_treated_gives_no_confident_answer(estimator, noise):
    """Perfect separation: refused, told, or without effect on the answer, and never a tiny standard error."""
    frame = panel(estimator)
    frame["z"] = 10.0 * (frame["first_treated"] > 0) + noise * frame["z"]
    expected = answer(estimator, frame).interval
    try:
        found = answer(estimator, frame, covariates=["z"])
    except EstimationError as refusal:
        assert "covariates" in str(refusal)
        return
    told = {"estimate.dropped", "estimate.cells.separated", "estimate.cells.not_told_apart"} & {*codes(found)}
    assert told or found.interval.std_error > expected.std_error
    assert not found.interval.std_error < 0.9 * expected.std_error


def test_a_propensity_near_one_is_left_out_and_not_divided_by():
    frame = panel(StaggeredDifferenceInDifferences)
    far = frame["unit"] == frame["unit"].max()
    frame["z"] = np.where(far, 40.0, 3.0 * (frame["first_treated"] > 0) + frame["z"])
    for adjustment in ("weighting", "doubly_robust"):
        estimator = StaggeredDifferenceInDifferences(adjustment=adjustment, permutation=None)
        found = estimator.estimate(Study(frame, **ROLES, covariates=["z"]))
        assert np.isnan(found.interval.point) or abs(found.interval.point) < 20
        assert "estimate.cells.separated" in codes(found) or found.interval.std_error > 0.1


@pytest.mark.parametrize("seed", range(5))
def test_the_propensity_model_is_solved_to_the_last_digits(seed):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(300), rng.normal(size=(300, 3)) * [1, 10, 0.1] + [0, 5, 0]])
    treated = rng.random(300) < 1 / (1 + np.exp(1 - X[:, 1]))
    weights = rng.uniform(0.5, 2, 300)
    found = logistic(X, treated, weights=weights)
    score = X.T @ (weights * (treated - found.probabilities))
    assert np.abs(score / (np.abs(X).T @ weights)).max() < 1e-10


# Panels with gaps, and weights.


def test_the_never_treated_may_be_lost_when_a_panel_is_balanced_and_that_is_told():
    frame = panel(StaggeredDifferenceInDifferences)
    lost = (frame["first_treated"] == 0) & (frame["period"] == 1 + frame["unit"] % 8)
    found = answer(StaggeredDifferenceInDifferences, frame[~lost])
    assert np.isfinite(found.interval.point)
    assert "estimate.unbalanced_alone" in codes(found)


def test_weights_that_vary_over_time_weigh_rows_and_by_their_mean_units():
    frame = panel(Imputation).assign(w=lambda f: 1.0 + f["period"] % 3)
    by_unit = answer(StaggeredDifferenceInDifferences, frame, weight="w")
    assert_same(by_unit, answer(StaggeredDifferenceInDifferences, frame))  # all units have one mean
    by_row = answer(Imputation, frame, weight="w").interval
    assert abs(by_row.point - answer(Imputation, frame).interval.point) > 1e-3


# Anticipation and bases.


@pytest.mark.parametrize("base", ["varying", "universal"])
@pytest.mark.parametrize("anticipation", [0, 1, 2])
def test_early_effects_inside_the_anticipation_move_no_effect_after_the_start(base, anticipation):
    frame = panel(StaggeredDifferenceInDifferences)
    gap = frame["first_treated"] - frame["period"]
    near = (frame["first_treated"] > 0) & (gap > 0) & (gap <= anticipation)
    answers = [
        StaggeredDifferenceInDifferences(base=base, anticipation=anticipation, permutation=None).estimate(
            Study(f, **ROLES)
        )
        for f in (frame, frame.assign(y=frame["y"] + 50 * near))
    ]
    late = [{t.name: t.interval.point for t in a.terms if (t.event_time or 0) >= 0} for a in answers]
    assert late[0] == pytest.approx(late[1], abs=1e-9)


@pytest.mark.parametrize("estimator", [Imputation, SunAbraham, ExtendedTwoWayFixedEffects])
def test_early_effects_inside_the_anticipation_move_no_regression_either(estimator):
    frame = panel(estimator)
    near = frame["first_treated"] - frame["period"] == 1
    answers = [
        estimator(anticipation=1, permutation=None).estimate(Study(f, **ROLES)).interval.point
        for f in (frame, frame.assign(y=frame["y"] + 50 * near))
    ]
    assert answers[0] == pytest.approx(answers[1], abs=1e-9)


def test_both_bases_give_the_same_effects_after_the_start():
    study = Study(panel(StaggeredDifferenceInDifferences), **ROLES)
    found = [
        {
            t.name: t.interval.point
            for t in StaggeredDifferenceInDifferences(base=base, permutation=None).estimate(study).terms
            if t.event_time is None or t.event_time >= 0
        }
        for base in ("varying", "universal")
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-12)


# Few clusters, many clusters, ties.


@pytest.mark.parametrize("by", ["unit", "lot"])
def test_unit_effects_nested_in_clusters_are_not_counted_and_period_effects_are(by):
    """With clusters of units in the same arm; G / (G - 1) (n - 1) / (n - k), k of periods and effect."""
    frame = GROUPS.draw(1)
    frame["lot"] = frame["unit"] // 5
    roles = ROLES if by == "unit" else ROLES | {"cluster": "lot"}
    errors = {
        kind: DifferenceInDifferences(inference=ClusterRobust(kind=kind), permutation=None)
        .estimate(Study(frame, **roles))
        .interval.std_error
        for kind in ("CR0", "CR1")
    }
    G, n, k = frame[by].nunique(), len(frame), frame["period"].nunique() + 1
    assert errors["CR1"] == pytest.approx(
        errors["CR0"] * math.sqrt(G / (G - 1) * (n - 1) / (n - k)), rel=1e-10
    )


@every
def test_one_treated_cluster_has_no_standard_error_and_no_small_p(estimator):
    frame = panel(estimator)
    first = frame.loc[frame["first_treated"] > 0, "unit"].iloc[0]
    alone = frame[(frame["first_treated"] == 0) | (frame["unit"] == first)]
    alone = alone.assign(y=alone["y"] + 50.0 * (alone["unit"] == first) * (alone["period"] >= 4))
    found = answer(estimator, alone).interval
    assert math.isnan(found.std_error) and math.isnan(found.p_value) and found.reason is not None


@pytest.mark.parametrize("n_treated", [2, 3])
def test_the_bootstrap_has_no_p_below_what_its_patterns_allow(n_treated):
    world = TwoGroupPanel(n_units=7, n_treated=n_treated, effect=100.0)
    boot = WildClusterBootstrap()
    found = DifferenceInDifferences(inference=boot, permutation=None).estimate(world.study(world.draw(1)))
    assert found.interval.p_value >= 2 / 2**7
    assert found.interval.p_value * 2**7 == pytest.approx(round(found.interval.p_value * 2**7))


def test_two_hundred_and_ninety_clusters_do_not_overflow():
    world = TwoGroupPanel(n_units=290, n_treated=145, n_periods=4, start=3)
    boot = WildClusterBootstrap(draws=199)
    found = DifferenceInDifferences(inference=boot, permutation=None).estimate(world.study(world.draw(1)))
    assert 1 / 200 <= found.interval.p_value <= 1
    assert found.interval.low < found.interval.point < found.interval.high


@every
def test_ties_count_as_extreme(estimator):
    """With two values of the outcome most assignments tie; the observed one is always among them."""
    frame = panel(estimator)
    frame["y"] = 1.0 * ((frame["first_treated"] > 0) & (frame["period"] >= frame["first_treated"]))
    test = estimator().estimate(Study(frame, **ROLES)).permutation
    assert 0 < 1 / (test.n_assignments + 1) <= test.p_value() <= 1


@starts
def test_large_outcomes_keep_their_digits(estimator):
    frame = panel(estimator)
    shifted = answer(estimator, frame.assign(y=frame["y"] + 1e7))
    assert_same(shifted, answer(estimator, frame), rel=1e-6)


@pytest.mark.parametrize("inference", [ClusterRobust(), InfluenceFunction()], ids=lambda i: i.method)
def test_a_cohort_of_one_unit_has_an_effect_and_no_invented_error(inference):
    frame = panel(StaggeredDifferenceInDifferences)
    unit = frame.loc[frame["first_treated"] == 5, "unit"].iloc[0]
    frame = frame[(frame["first_treated"] != 5) | (frame["unit"] == unit)]
    found = StaggeredDifferenceInDifferences(inference=inference, permutation=None).estimate(
        Study(frame, **ROLES)
    )
    own = [t.interval for t in found.terms if t.group == 5]
    assert all(np.isfinite(interval.point) for interval in own)
    assert all(math.isnan(interval.p_value) or interval.p_value > 1e-6 for interval in own)
