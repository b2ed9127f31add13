"""Effects in declared groups, and how they vary with what was known before."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import impactkit as ik
from impactkit.effects.estimators import DifferenceInDifferences, DoublyRobust, RandomisedTrial
from impactkit.effects.inference import ClusterRobust
from impactkit.errors import EstimationError, UsageError
from impactkit.evidence.group_answers import group_answers, joint_covariance
from impactkit.evidence.heterogeneity import best_linear_projection, subgroup_effects


def people(seed: int = 1, *, n: int = 400, gap: float = 0.0, slope: float = 0.0) -> pd.DataFrame:
    """Return people drawn by lot: the effect is 1, more for the old by ``gap`` and per year by ``slope``."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": rng.uniform(20, 60, n), "drawn": rng.permutation(np.arange(n) % 2)})
    frame["old"] = np.where(frame["age"] > 40, "old", "young")
    frame["area"] = rng.integers(0, 20, n)
    frame["region"] = rng.choice(["north", "middle", "south"], n)
    effect = 1 + gap * (frame["old"] == "old") + slope * (frame["age"] - 40)
    level = 0.5 * rng.standard_normal(20)[frame["area"]]
    frame["y"] = effect * frame["drawn"] + 0.05 * frame["age"] + level + rng.standard_normal(n)
    return frame


def study_of(frame: pd.DataFrame, **roles: object) -> ik.Study:
    given = {"outcome": "y", "treated": "drawn", "covariates": ["age"], "subgroups": ["old", "region"]}
    return ik.Study(frame, **(given | roles))


def test_each_group_has_its_own_estimate() -> None:
    frame = people()
    found = subgroup_effects(study_of(frame), RandomisedTrial()).tidy().set_index("group")
    for name in ("old", "young"):
        alone = RandomisedTrial().estimate(study_of(frame[frame["old"] == name])).interval
        row = found.loc[name]
        assert (row["estimate"], row["std_error"]) == (alone.point, alone.std_error)
        assert (row["conf_low"], row["conf_high"]) == (alone.low, alone.high)
        assert row["n_rows"] == (frame["old"] == name).sum()


def test_two_groups_differ_as_the_interaction_of_a_regression_says() -> None:
    frame = people(gap=0.8)
    found = subgroup_effects(
        study_of(frame), RandomisedTrial(inference=ClusterRobust(kind="HC2")), by=("old",)
    )
    fit = smf.ols("y ~ drawn * old", frame).fit(cov_type="HC2")
    t = fit.tvalues["drawn:old[T.young]"]
    row = found.differences().iloc[0]
    assert row["statistic"] == pytest.approx(t**2, rel=1e-8)
    assert (row["groups"], row["df"]) == (2, 1)


def test_p_values_count_how_many_columns_are_asked_about() -> None:
    frame = people(gap=0.5)
    both = subgroup_effects(study_of(frame), RandomisedTrial()).differences()
    p = both["p_value"].to_numpy()
    assert both["p_value_adjusted"].min() == pytest.approx(min(1, 2 * p.min()))
    one = subgroup_effects(study_of(frame), RandomisedTrial(), by=("old",)).differences()
    assert one["p_value_adjusted"].iloc[0] == one["p_value"].iloc[0]


def test_groups_within_the_same_clusters_share_their_errors() -> None:
    """The variance of the difference is that of the clusters' own differences."""
    frame = people(n=600)
    study = study_of(frame, cluster="area")
    estimator = RandomisedTrial(inference=ClusterRobust(kind="CR0"))
    codes = study.columns.subgroups[:, 0]
    answers = group_answers(study, estimator, codes=codes, names=["old", "young"])
    shared = joint_covariance(answers)
    assert shared[0, 1] != 0
    fit = smf.ols("y ~ drawn * old", frame).fit(
        cov_type="cluster",
        cov_kwds={"groups": frame["area"], "use_correction": False},
    )
    gap = shared[0, 0] + shared[1, 1] - 2 * shared[0, 1]
    assert math.sqrt(gap) == pytest.approx(fit.bse["drawn:old[T.young]"], rel=1e-8)


def test_a_difference_is_told_and_one_that_is_not_shown_is_not_called_none() -> None:
    differs = subgroup_effects(study_of(people(gap=2.0)), RandomisedTrial(), by=("old",)).in_words()
    assert [message.code for message in differs] == ["heterogeneity.differ"]
    alike = subgroup_effects(study_of(people()), RandomisedTrial(), by=("region",)).in_words()
    assert [message.code for message in alike] == ["heterogeneity.not_shown"]
    assert "not to say that it is the same" in alike[0].text("en")
    assert "betyder inte att den är lika" in alike[0].text("sv")


def test_no_group_has_a_p_value_of_its_own() -> None:
    """That one group's limits hold 0 and another's do not says nothing of whether they differ."""
    table = subgroup_effects(study_of(people()), RandomisedTrial()).tidy()
    assert [name for name in table if name.endswith("_p") or name == "p_value"] == ["difference_p"]


def test_effects_are_drawn_towards_each_other() -> None:
    table = subgroup_effects(study_of(people()), RandomisedTrial(), by=("region",)).tidy()
    own, drawn = table["estimate"], table["drawn_estimate"]
    assert drawn.max() - drawn.min() < own.max() - own.min()
    assert (table["drawn_high"] - table["drawn_low"] < table["conf_high"] - table["conf_low"]).all()


def test_a_group_that_cannot_answer_is_told_and_left_out_of_the_test() -> None:
    frame = people()
    frame.loc[frame["region"] == "north", "drawn"] = 1
    found = subgroup_effects(study_of(frame), RandomisedTrial(), by=("region",))
    row = found.tidy().set_index("group").loc["north"]
    assert math.isnan(row["estimate"]) and "treated and comparison rows" in row["reason"]
    assert found.differences()["df"].iloc[0] == 1


def test_it_works_over_time_too() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"area": np.repeat(np.arange(40), 4), "year": np.tile(np.arange(4), 40)})
    frame["got_it"] = (frame["area"] < 16) * 1
    frame["kind"] = np.where(frame["area"] % 2, "town", "country")
    after = (frame["year"] > 1) & (frame["got_it"] == 1)
    frame["y"] = after * (1 + 2.0 * (frame["kind"] == "town")) + rng.standard_normal(160)
    study = ik.Study(
        frame,
        outcome="y",
        unit="area",
        time="year",
        treated="got_it",
        start=2,
        subgroups=["kind"],
    )
    found = subgroup_effects(study, DifferenceInDifferences())
    points = found.tidy().set_index("group")["estimate"]
    assert points["town"] - points["country"] == pytest.approx(2.0, abs=1.0)
    assert found.differences()["p_value"].iloc[0] < 0.05


def test_groups_must_be_declared() -> None:
    frame = people()
    with pytest.raises(UsageError, match="declares no groups"):
        subgroup_effects(study_of(frame, subgroups=[]), RandomisedTrial())
    with pytest.raises(UsageError, match="'area' is not among the groups"):
        subgroup_effects(study_of(frame), RandomisedTrial(), by=("area",))


def test_the_projection_of_a_lottery_is_its_regression_by_hand() -> None:
    """With the share drawn as the chance, and regressions of the same rows in each arm."""
    frame = people(slope=0.05)
    found = best_linear_projection(study_of(frame), DoublyRobust(folds=1), on=["age"])
    X = np.column_stack([np.ones(len(frame)), frame["age"]])
    d, y = frame["drawn"].to_numpy() == 1, frame["y"].to_numpy()
    fits = [X @ np.linalg.lstsq(X[arm], y[arm], rcond=None)[0] for arm in (d, ~d)]
    p = smf.logit("drawn ~ age", frame).fit(disp=0).predict(frame).to_numpy()
    scores = fits[0] - fits[1] + np.where(d, (y - fits[0]) / p, -(y - fits[1]) / (1 - p))
    by_hand = smf.ols("s ~ c", pd.DataFrame({"s": scores, "c": frame["age"] - frame["age"].mean()})).fit(
        cov_type="HC2"
    )
    assert [i.point for i in found.intervals] == pytest.approx(by_hand.params.to_numpy(), rel=1e-7)
    assert [i.std_error for i in found.intervals] == pytest.approx(by_hand.bse.to_numpy(), rel=1e-7)


def test_the_average_is_that_of_the_estimator() -> None:
    study = study_of(people(n=1000))
    projected = best_linear_projection(study, DoublyRobust(seed=3), on=["age"])
    own = DoublyRobust(target="ate", seed=3).estimate(study).interval
    assert projected.intervals[0].point == pytest.approx(own.point, rel=1e-9)


def test_a_slope_is_found_and_a_flat_effect_is_not_called_sloping() -> None:
    steep = best_linear_projection(study_of(people(n=2000, slope=0.1)), RandomisedTrial(), on=["age"])
    assert steep.intervals[1].low < 0.1 < steep.intervals[1].high
    assert steep.in_words().code == "heterogeneity.projection.varies"
    rejected = [
        best_linear_projection(study_of(people(seed, n=200)), RandomisedTrial(), on=["age"]).equality.p_value
        < 0.05
        for seed in range(120)
    ]
    assert np.mean(rejected) < 0.05 + 3.5 * math.sqrt(0.05 * 0.95 / 120)


def test_clusters_widen_the_projection() -> None:
    frame = people(n=800)
    frame["y"] += frame["drawn"] * np.random.default_rng(4).standard_normal(20)[frame["area"]]
    rows = best_linear_projection(study_of(frame), RandomisedTrial(), on=["age"])
    areas = best_linear_projection(study_of(frame, cluster="area"), RandomisedTrial(), on=["age"])
    assert areas.intervals[0].std_error > rows.intervals[0].std_error
    assert areas.intervals[0].df < 20


@pytest.mark.parametrize(
    ("on", "error", "said"),
    [
        (["height"], UsageError, "'height' is not among the study's covariates"),
        ([], UsageError, "Nothing is named"),
        (["age", "again"], EstimationError, "follows from the others"),
    ],
)
def test_what_cannot_be_projected_is_refused(on: list[str], error: type[Exception], said: str) -> None:
    frame = people().assign(again=lambda f: 2 * f["age"])
    with pytest.raises(error, match=said):
        best_linear_projection(study_of(frame, covariates=["age", "again"]), RandomisedTrial(), on=on)


def test_only_estimators_with_scores_are_projected() -> None:
    with pytest.raises(UsageError, match="DoublyRobust or RandomisedTrial"):
        best_linear_projection(study_of(people()), DifferenceInDifferences(), on=["age"])
