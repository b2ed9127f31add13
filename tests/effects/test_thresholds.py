"""Effects at a threshold: which side, which kind, which rows, and what is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from impactkit.data.study import Study
from impactkit.effects.estimators import RegressionDiscontinuity
from impactkit.effects.inference import HonestSmoothness, RobustBiasCorrected
from impactkit.effects.kernels.discontinuity_variance import side
from impactkit.effects.kernels.nearest_values import nearest_residuals
from impactkit.effects.thresholds import degrees_of_freedom
from impactkit.effects.worlds import ThresholdScores
from impactkit.errors import EstimationError

WORLD = ThresholdScores()


def study(frame, **roles):
    return Study(frame, outcome="y", unit="unit", running="score", **roles)


def numbers(estimate, sign=1):
    one = estimate.interval
    ends = sorted((sign * one.low, sign * one.high))
    return [sign * one.point, one.std_error, *ends, one.p_value]


@pytest.fixture(scope="module")
def frame():
    return WORLD.draw(1)


def test_the_cutoff_and_the_unit_of_the_score_do_not_matter(frame):
    expected = RegressionDiscontinuity().estimate(study(frame))
    moved = study(frame.assign(score=40 + 10 * frame["score"]))
    found = RegressionDiscontinuity(cutoff=40).estimate(moved)
    assert numbers(found) == pytest.approx(numbers(expected), rel=1e-8)
    assert found.estimand.values["reach"] == pytest.approx(10 * expected.estimand.values["reach"], rel=1e-8)


def test_a_rule_that_treats_below_is_the_same_rule_turned_round(frame):
    expected = RegressionDiscontinuity().estimate(study(frame))
    found = RegressionDiscontinuity(treated_side="below").estimate(study(frame.assign(score=-frame["score"])))
    assert numbers(found) == pytest.approx(numbers(expected), rel=1e-10)
    other = RegressionDiscontinuity(treated_side="below", at_cutoff="untreated").estimate(study(frame))
    assert numbers(other, sign=-1) == pytest.approx(numbers(expected), rel=1e-10)
    assert other.sample.n_treated == expected.sample.n_rows - expected.sample.n_treated


def test_who_stands_at_the_cutoff_is_on_the_side_the_rule_says(frame):
    at = frame.assign(score=frame["score"].where(frame["unit"] >= 5, 0.0))
    treated = RegressionDiscontinuity(bandwidth=0.4).estimate(study(at))
    untreated = RegressionDiscontinuity(at_cutoff="untreated", bandwidth=0.4).estimate(study(at))
    assert treated.sample.n_treated == untreated.sample.n_treated + 5
    assert treated.sample.n_rows == untreated.sample.n_rows
    by_hand = at.assign(treated=(at["score"] > 0).astype(int))
    RegressionDiscontinuity(at_cutoff="untreated").estimate(study(by_hand, treated="treated"))
    with pytest.raises(EstimationError, match="disagree: 5"):
        RegressionDiscontinuity().estimate(study(by_hand, treated="treated"))


def test_a_sharp_threshold_is_a_fuzzy_one_that_all_keep_to(frame):
    fuzzy = RegressionDiscontinuity(kind="fuzzy", bandwidth=0.4).estimate(study(frame, takeup="received"))
    sharp = RegressionDiscontinuity(bandwidth=0.4).estimate(study(frame))
    assert numbers(fuzzy) == pytest.approx(numbers(sharp), rel=1e-8)
    terms = {term.name: term.interval.point for term in fuzzy.terms}
    assert terms["first_stage"] == pytest.approx(1)
    assert terms["reduced_form"] == pytest.approx(terms["effect"])


def test_a_fuzzy_effect_is_the_jump_of_the_outcome_over_that_of_takeup():
    world = replace(WORLD, compliance=0.6, n=2000)
    estimator = RegressionDiscontinuity(kind="fuzzy", bandwidth=0.4)
    found = estimator.estimate(study(world.draw(1), takeup="received"))
    terms = {term.name: term.interval.point for term in found.terms}
    (jump, received) = (side_jump(world.draw(1), name) for name in ("y", "received"))
    assert terms["conventional"] == pytest.approx(jump / received, rel=1e-8)
    assert found.terms[2].name == "reduced_form" and found.terms[3].measure == "ratio"


def side_jump(frame, name):
    """Fit a weighted line on each side within 0.4, by numpy's own least squares."""
    found = []
    for rows in (frame["score"] < 0, frame["score"] >= 0):
        x, y = frame["score"][rows], frame[name][rows]
        w = np.clip(1 - np.abs(x) / 0.4, 0, None)
        found.append(np.polynomial.polynomial.polyfit(x, y, 1, w=np.sqrt(w))[0])
    return found[1] - found[0]


def test_a_kink_is_the_change_of_slope_in_the_scores_own_direction():
    rng = np.random.default_rng(1)
    score = 2 * rng.random(3000) - 1
    frame = WORLD.draw(1).head(1).iloc[[0] * 3000].assign(unit=range(3000), score=score)
    frame["y"] = score + 3.0 * np.maximum(score, 0) + 0.01 * rng.standard_normal(3000)
    for side_, at, sign in (("above", "treated", 1), ("below", "treated", -1), ("below", "untreated", -1)):
        estimator = RegressionDiscontinuity(kind="kink", treated_side=side_, at_cutoff=at)
        assert estimator.estimate(study(frame)).interval.point == pytest.approx(sign * 3, abs=0.2)
    dose = frame.assign(received=2.0 * np.maximum(score, 0))
    per_unit = RegressionDiscontinuity(kind="kink").estimate(study(dose, takeup="received"))
    assert per_unit.interval.point == pytest.approx(1.5, abs=0.1)


def test_covariates_shorten_the_limits_and_leave_the_effect():
    world = replace(WORLD, slope=1.0)
    frame = world.draw(4)
    without = RegressionDiscontinuity().estimate(study(frame)).interval
    found = RegressionDiscontinuity().estimate(study(frame, covariates=["x"]))
    assert found.interval.std_error < 0.75 * without.std_error
    assert abs(found.interval.point - 1) < 3 * found.interval.std_error
    assert found.adjusted_for == ("x",)


def test_a_donut_leaves_out_those_nearest_and_counts_them(frame):
    found = RegressionDiscontinuity(donut=0.05).estimate(study(frame))
    (left,) = [m for m in found.sample.left_out if m.code == "study.left_out.inside_the_donut"]
    assert left.values["n"] == (frame["score"].abs() < 0.05).sum()
    away = frame[frame["score"].abs() >= 0.05]
    assert numbers(found) == numbers(RegressionDiscontinuity().estimate(study(away)))


def test_rows_used_and_left_out_are_all_rows(frame):
    found = RegressionDiscontinuity(donut=0.02).estimate(study(frame))
    assert found.sample.n_rows + sum(int(m.values["n"]) for m in found.sample.left_out) == len(frame)
    assert sum(mean.n for mean in found.means) == found.sample.n_rows


def test_a_cluster_on_both_sides_counts_once():
    """By definition: scores of a cluster are added over both sides before they are squared."""
    world = replace(WORLD, n_clusters=50)
    data = world.draw(1)
    estimator = RegressionDiscontinuity(bandwidth=0.5, inference=RobustBiasCorrected(variance="cr1"))
    found = estimator.estimate(world.study(data))
    assert found.sample.n_clusters == 50
    np.testing.assert_allclose((found.influence**2).sum(axis=0)[0], found.interval.std_error**2, rtol=1e-12)
    apart = data.assign(cluster=data["cluster"] + 100 * (data["score"] >= 0))
    other = estimator.estimate(world.study(apart))
    assert other.sample.n_clusters >= 98
    assert other.interval.std_error != pytest.approx(found.interval.std_error, rel=1e-3)


def test_limits_are_those_of_students_t_unless_the_normal_is_asked_for(frame):
    found = RegressionDiscontinuity().estimate(study(frame))
    interval = found.interval
    assert 2 < interval.df < found.sample.n_rows
    reach = stats.t.ppf(0.975, interval.df) * interval.std_error
    assert interval.high - interval.point == pytest.approx(reach, rel=1e-9)
    told = found.estimand.values
    as_rdrobust = RegressionDiscontinuity(
        bandwidth=told["reach"],
        bias_bandwidth=told["far"],
        inference=RobustBiasCorrected(convention="rdrobust"),
    )
    asked = as_rdrobust.estimate(study(frame))
    assert asked.interval.df == math.inf
    assert asked.interval.std_error == pytest.approx(interval.std_error, rel=1e-12)
    codes = [[message.code for message in one.warnings] for one in (found, asked)]
    assert codes[0] == ["inference.chosen.near"]
    assert codes[1] == ["estimate.threshold.as_rdrobust", "inference.chosen.near_many"]


def test_degrees_of_freedom_are_those_of_the_rows_that_weigh():
    """Eight equal rows a side, of which three in four are free: 6 + 6; one that weighs alone has one."""
    equal, alone = np.ones(8), np.r_[1.0, np.zeros(7)]
    assert degrees_of_freedom((equal, equal), (equal, equal), free=0.75, lost=0.0) == pytest.approx(12)
    assert degrees_of_freedom((equal, equal), (equal, equal), free=1.0, lost=1.0) == pytest.approx(14)
    unequal = degrees_of_freedom((alone, 0 * equal), (alone, equal), free=1.0, lost=0.0)
    assert unequal == pytest.approx(1)


@pytest.mark.parametrize("matches", [1, 3])
def test_rows_that_are_compared_with_each_other_are_not_all_free(matches):
    """A variance with df degrees of freedom has the variance 2 / df, in its own square."""
    rng = np.random.default_rng(1)
    x, y = np.sort(rng.random(200)), rng.standard_normal((200, 3000))
    found = (nearest_residuals(x, y, matches=matches).residuals ** 2).mean(axis=0)
    df = 2 * found.mean() ** 2 / found.var()
    assert df == pytest.approx(200 * matches / (matches + 1), rel=0.12)


@pytest.mark.parametrize(("kernel", "share"), [("triangular", 0.85), ("epanechnikov", 0.9), ("uniform", 1.0)])
def test_the_bias_is_told_by_rows_a_little_further_off(frame, kernel, share):
    told = RegressionDiscontinuity(kernel=kernel).estimate(study(frame)).estimand.values
    assert told["far"] == pytest.approx(told["reach"] / share, rel=1e-12)
    given = RegressionDiscontinuity(kernel=kernel, bandwidth=0.4).estimate(study(frame)).estimand.values
    assert given["far"] == given["reach"] == 0.4


@pytest.mark.parametrize("sides", ["", "_two_sides"])
def test_a_rule_gives_the_bandwidth_for_coverage_unless_it_is_to_be_that_of_rdrobust(frame, sides):
    def told(rule, **settings):
        estimator = RegressionDiscontinuity(bandwidth=rule + sides, **settings)
        return estimator.estimate(study(frame)).estimand.values

    as_rdrobust = {"inference": RobustBiasCorrected(convention="rdrobust")}
    mse, cer = told("mse", **as_rdrobust), told("cer", **as_rdrobust)
    assert mse["reach"] == pytest.approx(cer["reach"] * len(frame) ** (1 / 20), rel=1e-12)
    assert mse["far"] == cer["far"] > cer["reach"] / 0.85
    for rule in ("mse", "cer"):
        assert told(rule)["reach"] == cer["reach"]
        given = told(rule, bias_bandwidth=0.9)
        assert (given["reach"], given["far"]) == (cer["reach"], 0.9)


def test_a_single_row_near_the_threshold_is_refused_with_the_number(frame):
    alone = frame.assign(score=frame["score"].where((frame["score"] < 0) | (frame["unit"] == 1), 5.0))
    alone.loc[alone["unit"] == 1, "score"] = 0.01
    with pytest.raises(EstimationError, match="Only 1 distinct values"):
        RegressionDiscontinuity(bandwidth=0.5).estimate(study(alone.loc[alone["score"] < 1]))
    alone.loc[alone["unit"] == 2, "score"] = 5.1
    with pytest.raises(EstimationError, match="Only 1 distinct values"):
        RegressionDiscontinuity(bandwidth=0.5).estimate(study(alone))


def test_with_one_bandwidth_the_headline_is_of_the_next_order(frame):
    line = RegressionDiscontinuity(bandwidth=0.5).estimate(study(frame))
    curve = RegressionDiscontinuity(bandwidth=0.5, order=2).estimate(study(frame))
    conventional = {term.name: term.interval for term in curve.terms}["conventional"]
    assert line.interval.point == pytest.approx(conventional.point, rel=1e-10)
    assert line.interval.std_error == pytest.approx(conventional.std_error, rel=1e-10)


def test_a_score_of_few_values_has_honest_limits_unless_asked_otherwise():
    world = replace(WORLD, step=0.1)
    data = study(world.draw(1))
    found = RegressionDiscontinuity().estimate(data)
    assert found.inference.code == "inference.honest_smoothness.rule_of_thumb"
    assert found.warnings[-1].code == "estimate.threshold.few_values"
    given = RegressionDiscontinuity(inference=HonestSmoothness(bound=2.0)).estimate(data)
    assert given.interval.high - given.interval.low < found.interval.high - found.interval.low
    assert given.bootstrap.limits(0.95) == (given.interval.low, given.interval.high)
    asked = RegressionDiscontinuity(inference=RobustBiasCorrected(), bandwidth=0.5).estimate(data)
    assert [term.name for term in asked.terms] == ["effect", "conventional"]
    one_sided = given.bootstrap.one_sided(given.interval.low, alternative="greater")
    assert one_sided == pytest.approx(0.025, abs=1e-6)


def test_the_honest_test_allows_for_the_worst_bias():
    data = study(replace(WORLD, step=0.1).draw(1))
    tight, loose = (
        RegressionDiscontinuity(inference=HonestSmoothness(bound=bound), bandwidth=0.4).estimate(data)
        for bound in (0.01, 8.0)
    )
    assert tight.interval.point == loose.interval.point
    bias = loose.inference.values["bias"] - tight.inference.values["bias"]
    assert tight.permutation.limits(0.95)[0] - loose.permutation.limits(0.95)[0] == pytest.approx(bias)


def test_takeup_that_hardly_jumps_is_told():
    world = replace(WORLD, compliance=0.05)
    found = RegressionDiscontinuity(kind="fuzzy").estimate(world.study(world.draw(1)))
    assert "estimate.threshold.weak" in [message.code for message in found.warnings]


def test_a_window_of_one_cluster_on_a_side_has_no_uncertainty(frame):
    lone = frame.assign(cluster=np.where(frame["score"] < 0, 0, frame["unit"]))
    found = RegressionDiscontinuity().estimate(study(lone, cluster="cluster"))
    assert math.isnan(found.interval.std_error)
    assert found.interval.reason.code == "estimate.one_cluster"


REFUSED = {
    "no score": (lambda f: Study(f, outcome="y", unit="unit"), {}, "what score", "running="),
    "all on one side": (study, {"cutoff": 5.0}, "other side of the cutoff 5", "own unit"),
    "periods": (
        lambda f: Study(f.assign(t=1), outcome="y", running="score", time="t"),
        {},
        "this study has periods",
        "pre_outcome",
    ),
    "treated against the rule": (
        lambda f: study(f.assign(d=(f["score"] > 0.2).astype(int)), treated="d"),
        {},
        r"disagree: \d+, with the scores \d+ \(0\.",
        "takeup=",
    ),
    "received against a sharp rule": (
        lambda f: study(f.assign(d=(f["score"] > 0.2).astype(int)), takeup="d"),
        {},
        "not what the rule says",
        "fuzzy",
    ),
    "fuzzy without takeup": (study, {"kind": "fuzzy"}, "who received it", "takeup="),
    "nobody received it": (
        lambda f: study(f.assign(d=0), takeup="d"),
        {"kind": "fuzzy"},
        "does not jump",
        "kind='sharp'",
    ),
    "too narrow": (study, {"bandwidth": 1e-5}, "distinct values", "wider bandwidth"),
    "errors by cluster without clusters": (
        study,
        {"inference": {"method": "robust_bias_corrected", "variance": "cr2"}},
        "does not suit",
        "nearest",
    ),
    "honest limits of a ratio": (
        lambda f: study(f, takeup="received"),
        {"kind": "fuzzy", "inference": {"method": "honest_smoothness"}},
        "jumps in the outcome's level",
        "RobustBiasCorrected",
    ),
    "one value on a side": (
        lambda f: study(f.assign(score=np.where(f["score"] < 0, -1, f["score"]))),
        {"inference": {"method": "honest_smoothness", "bound": 1.0}},
        "Only 1 distinct values",
        "wider bandwidth",
    ),
    "no bound from two values": (
        lambda f: study(f.assign(score=np.where(f["score"] < 0, -1 - f["unit"] % 2, f["unit"] % 2))),
        {},
        "fewer than three distinct scores",
        "bound=",
    ),
}


@pytest.mark.parametrize(("make", "settings", "what", "mend"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_refused_with_a_mend(frame, make, settings, what, mend):
    estimator = RegressionDiscontinuity.model_validate({"method": "regression_discontinuity", **settings})
    with pytest.raises(EstimationError, match=rf"(?s){what}.*Mend:.*{mend}"):
        estimator.estimate(make(frame))


def test_two_values_on_a_side_are_answered_when_a_bound_is_given(frame):
    two = frame.assign(score=np.where(frame["score"] < 0, -1 - frame["unit"] % 2, frame["unit"] % 2))
    found = RegressionDiscontinuity(inference=HonestSmoothness(bound=0.1)).estimate(study(two))
    assert math.isfinite(found.interval.low)


@pytest.mark.parametrize("variance", ["hc0", "hc1", "hc2", "hc3"])
def test_residual_variances_are_those_of_weighted_least_squares(variance):
    """On one side, with one bandwidth and a uniform kernel: statsmodels' HC of a plain regression."""
    sm = pytest.importorskip("statsmodels.api")
    from impactkit.effects.kernels.local_polynomial import window

    rng = np.random.default_rng(1)
    x = np.sort(rng.random(60))
    y = 1 + x + rng.standard_normal(60)
    one = side(x, y[:, None], variance=variance)
    near = window(x, 2.0, order=1, kernel="uniform")
    scores = one.scores(near.row_weights(1, 0), near.rows, (near, 1), np.ones(1))
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type=variance.upper())
    assert np.linalg.norm(scores) == pytest.approx(fit.bse[0], rel=1e-10)
