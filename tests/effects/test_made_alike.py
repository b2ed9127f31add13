"""Weighting, doubly robust, regression and matching of a study: numbers, errors, words and refusals."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.compared_groups import compared_groups
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimators import DoublyRobust, GComputation, Matching, Weighting
from impactkit.effects.inference import ClusterRobust, InfluenceFunction
from impactkit.effects.kernels.fold_codes import fold_codes
from impactkit.effects.kernels.logistic import logistic
from impactkit.effects.learners import cross_fitted
from impactkit.effects.worlds import ChosenPeople, TwoGroupPanel
from impactkit.errors import EstimationError
from impactkit.evidence.settings_again import estimator_of

LARGE = InfluenceFunction()
WORLD = ChosenPeople(n_people=120)
SMOOTH = {
    "ipw att": Weighting(inference=LARGE),
    "ipw ate": Weighting(target="ate", inference=LARGE),
    "entropy att": Weighting(weights="entropy", inference=LARGE),
    "entropy ate": Weighting(weights="entropy", target="ate", inference=LARGE),
    "overlap": Weighting(weights="overlap", inference=LARGE),
    "balancing att": Weighting(weights="covariate_balancing", inference=LARGE),
    "balancing ate": Weighting(weights="covariate_balancing", target="ate", inference=LARGE),
    "doubly robust att": DoublyRobust(folds=1, inference=LARGE),
    "doubly robust ate": DoublyRobust(folds=1, target="ate", inference=LARGE),
    "doubly robust overlap": DoublyRobust(folds=1, target="overlap", inference=LARGE),
    "regression att": GComputation(inference=LARGE),
    "regression ate": GComputation(target="ate", inference=LARGE),
    "logistic": GComputation(target="ate", model="logistic", inference=LARGE),
    "poisson": GComputation(model="poisson", inference=LARGE),
}


def frame_of(estimator, seed=1):
    frame = WORLD.draw(seed).assign(weight=lambda f: 0.5 + f["unit"] % 3)
    model = getattr(estimator, "model", "linear")
    if model == "logistic":
        frame["y"] = (frame["y"] > frame["y"].median()) * 1.0
    if model == "poisson":
        frame["y"] = np.exp(frame["y"] / 4).round()
    return frame


def study(frame, **roles):
    told = {"outcome": "y", "treated": "arm", "covariates": ["age"], "pre_outcome": "baseline"}
    return Study(frame, **(told | roles))


def point(estimator, frame, **roles):
    return estimator.estimate(study(frame, **roles)).interval.point


@pytest.mark.parametrize("estimator", SMOOTH.values(), ids=SMOOTH)
def test_influence_is_how_the_effect_moves_with_the_weight_of_each_row(estimator):
    """The infinitesimal jackknife: it counts whatever was estimated on the way."""
    frame = frame_of(estimator)
    found = estimator.estimate(study(frame, weight="weight"))
    for row in (0, 1, 17, 60, 119):
        step = 1e-4 * frame.loc[row, "weight"]
        moved = [
            point(
                estimator,
                frame.assign(weight=frame["weight"].add((frame.index == row) * way)),
                weight="weight",
            )
            for way in (step, -step)
        ]
        derivative = (moved[0] - moved[1]) / 2e-4
        assert found.influence[row, 0] == pytest.approx(derivative, rel=1e-4, abs=1e-7)
    assert found.interval.std_error == pytest.approx(np.sqrt((found.influence**2).sum()))


@pytest.mark.parametrize("estimator", SMOOTH.values(), ids=SMOOTH)
def test_a_row_of_weight_two_is_a_row_twice(estimator):
    frame = frame_of(estimator).assign(weight=lambda f: 1 + f["unit"] % 2)
    twice = frame.loc[frame.index.repeat(frame["weight"])]
    assert point(estimator, frame, weight="weight") == pytest.approx(point(estimator, twice), rel=1e-9)


def test_clusters_add_up_their_rows():
    world = ChosenPeople(n_people=300, cluster_size=3)
    frame = world.draw(2)
    for estimator in (Weighting(inference=LARGE), DoublyRobust(folds=1, inference=LARGE)):
        by_row = estimator.estimate(study(frame))
        found = estimator.estimate(world.study(frame))
        sums = np.bincount(frame["cluster"], by_row.influence[:, 0])
        assert found.interval.point == pytest.approx(by_row.interval.point)
        assert found.interval.std_error == pytest.approx(np.sqrt((sums**2).sum()))


@pytest.mark.parametrize("make", [DoublyRobust, GComputation, Matching, Weighting])
def test_few_rows_get_corrected_errors_and_many_do_not(make):
    few, many = ChosenPeople(n_people=60), ChosenPeople(n_people=400)
    kinds = [make().estimate(world.study(world.draw(1))) for world in (few, many)]
    assert np.isfinite(kinds[0].interval.df) and kinds[0].inference.code == "inference.rows.2"
    assert kinds[1].inference.code == "inference.influence_function_rows"
    forced = make(inference=ClusterRobust(kind="CR2")).estimate(many.study(many.draw(1)))
    assert forced.interval.std_error > kinds[1].interval.std_error


def test_cross_fitting_learns_each_fold_from_the_others():
    groups = compared_groups(study(WORLD.draw(1)))
    found = cross_fitted(groups, folds=3, seed=4, outcome=None, chance=None)
    order = np.lexsort([groups.outcome, groups.treated, *groups.values.T[::-1]])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    codes = fold_codes(place, groups.treated, folds=3, seed=4)
    assert np.bincount(codes).min() >= 39
    X, y = groups.X, groups.outcome
    for k in range(3):
        for name, arm in (("if_treated", groups.treated), ("if_not", ~groups.treated)):
            rows = arm & (codes != k)
            b = np.linalg.lstsq(X[rows], y[rows], rcond=None)[0]
            np.testing.assert_allclose(getattr(found, name)[codes == k], X[codes == k] @ b)


def test_folds_keep_clusters_whole_and_spread_the_treated():
    clusters = np.repeat(np.arange(30), 4)
    treated = np.repeat(np.arange(30) % 3 == 0, 4)
    codes = fold_codes(clusters, treated, folds=5, seed=1)
    assert all(len(set(codes[clusters == c])) == 1 for c in range(30))
    np.testing.assert_array_equal(np.bincount(codes[treated]), [8] * 5)
    assert (codes != fold_codes(clusters, treated, folds=5, seed=2)).any()


class Line:
    """A learner by least squares on the covariates."""

    def fit(self, X, y, sample_weight=None):
        w = np.ones(len(y)) if sample_weight is None else sample_weight
        root = np.sqrt(w)[:, None]
        self.b = np.linalg.lstsq(self.design(X) * root, y * root[:, 0], rcond=None)[0]

    def predict(self, X):
        return self.design(X) @ self.b

    def design(self, X):
        return np.column_stack([np.ones(len(X)), X])


class Chance(Line):
    """A learner of the mean alone."""

    def predict_proba(self, X):
        p = np.clip(self.predict(X), 0.05, 0.95)
        return np.column_stack([1 - p, p])


class Strict(Line):
    def fit(self, X, y):
        super().fit(X, y)


class Lost(Line):
    def predict(self, X):
        return np.full(len(X), np.nan)


def test_a_learner_that_is_our_regression_gives_our_answer():
    learner = Line()
    given = DoublyRobust(outcome_model=learner, seed=3)
    for roles in ({}, {"weight": "weight"}):
        frame = frame_of(given)
        assert point(given, frame, **roles) == pytest.approx(point(DoublyRobust(seed=3), frame, **roles))
    assert not hasattr(learner, "b")  # copies were fitted
    assert given.model_dump(mode="json")["outcome_model"] == "Line"
    assert np.isfinite(point(DoublyRobust(propensity_model=Chance()), frame_of(given)))


def test_what_a_learner_gave_is_checked_and_not_made_again():
    frame = frame_of(DoublyRobust())
    found = DoublyRobust(outcome_model=Line()).estimate(study(frame))
    checks = {each.name: each for each in ik.check(study(frame), found)}
    assert checks["influence"].passed is not False and np.isfinite(checks["influence"].statistic)
    with pytest.raises(EstimationError, match="hold only its name"):
        estimator_of(found)


@pytest.mark.parametrize(
    ("estimator", "what"),
    [
        (DoublyRobust(outcome_model=Lost()), "not a number"),
        (DoublyRobust(propensity_model=Line()), "no chance between 0 and 1"),
        (DoublyRobust(outcome_model=Strict()), "cannot be fitted: .*sample_weight"),
    ],
)
def test_a_learner_that_cannot_do_it_is_refused(estimator, what):
    with pytest.raises(EstimationError, match=what):
        estimator.estimate(study(frame_of(estimator), weight="weight"))


def test_a_plan_cannot_carry_a_learner():
    with pytest.raises(ValidationError, match="a plan has none"):
        DoublyRobust.model_validate({"outcome_model": "forest"})


def test_trimming_leaves_out_the_nearly_certain_and_says_of_whom_the_effect_is():
    frame = ChosenPeople(n_people=400, tilt=2.0).draw(3)
    found = Weighting(target="ate", trim=0.1).estimate(study(frame))
    whole = compared_groups(study(frame))
    p = logistic(whole.X, whole.treated).probabilities
    kept = (p >= 0.1) & (p <= 0.9)
    alone = Weighting(target="ate").estimate(study(frame[kept]))
    assert found.interval.point == pytest.approx(alone.interval.point)
    assert found.comparability.n_trimmed == (~kept).sum() > 0
    assert found.sample.n_rows == 400
    assert (
        f"{(~kept).sum()} whose chance of being treated is below 0.10 or above 0.90"
        in found.estimand.text("en")
    )
    att = Weighting(trim=0.1).estimate(study(frame))
    assert att.comparability.n_trimmed == (p > 0.9).sum()
    best = Weighting(target="ate", trim="optimal").estimate(study(frame))
    assert best.interval.std_error < Weighting(target="ate").estimate(study(frame)).interval.std_error


def test_bias_adjustment_is_a_regression_among_the_matches():
    frame = WORLD.draw(5)
    found = Matching(replace=True, distance="mahalanobis", bias_adjustment=True).estimate(study(frame))
    X = frame[["age", "baseline"]].to_numpy()
    treated, y = frame["arm"].to_numpy() == 1, frame["y"].to_numpy()
    within = np.cov(X[treated].T) * (treated.sum() - 1) + np.cov(X[~treated].T) * ((~treated).sum() - 1)
    W = X @ np.linalg.cholesky(np.linalg.inv(within))
    others = np.flatnonzero(~treated)
    partner = np.array(
        [others[np.linalg.norm(W[others] - W[i], axis=1).argmin()] for i in np.flatnonzero(treated)]
    )
    Z = np.column_stack([np.ones(len(X)), X])
    b = np.linalg.lstsq(Z[partner], y[partner], rcond=None)[0]
    expected = (y[treated] - y[partner] - (X[treated] - X[partner]) @ b[1:]).mean()
    assert found.interval.point == pytest.approx(expected)
    assert found.comparability.most_reused == np.bincount(partner).max()


def test_a_caliper_leaves_out_those_with_nobody_near():
    frame = WORLD.draw(5)
    wide, narrow = (Matching(caliper=c).estimate(study(frame)) for c in (5.0, 0.05))
    assert wide.comparability.n_unmatched == 0 < narrow.comparability.n_unmatched
    n = narrow.comparability.n_unmatched
    assert f"{n} with nobody like them are left out" in narrow.estimand.text("en")
    assert f"{n} utan någon lik sig är utelämnade" in narrow.estimand.text("sv")
    assert narrow.comparability.effective_treated == pytest.approx(frame["arm"].sum() - n)


def test_exact_matching_compares_those_with_the_same_covariates():
    frame = WORLD.draw(5).assign(age=lambda f: f["age"].round(), baseline=lambda f: f["baseline"].round())
    found = Matching(kind="exact").estimate(study(frame))
    cells = frame.groupby(["age", "baseline", "arm"])["y"].mean().unstack().dropna()
    n = frame[frame["arm"] == 1].groupby(["age", "baseline"]).size().reindex(cells.index)
    assert found.interval.point == pytest.approx(np.average(cells[1] - cells[0], weights=n))
    assert found.comparability.largest_gap < 1e-12
    assert found.comparability.n_unmatched == frame["arm"].sum() - n.sum()


def test_what_follows_from_other_covariates_is_left_out_and_told():
    frame = WORLD.draw(1).assign(months=lambda f: 12 * f["age"])
    found = Weighting().estimate(study(frame, covariates=["age", "months"]))
    assert found.interval.point == pytest.approx(point(Weighting(), frame))
    assert "months" in " ".join(message.text("en") for message in found.warnings)


@pytest.mark.parametrize("estimator", [*SMOOTH.values(), Matching(replace=True), Matching(kind="coarsened")])
def test_a_record_gives_the_estimate_back(estimator):
    alone = estimator.model_copy(update={"permutation": None})  # a record keeps no draws
    found = alone.estimate(study(frame_of(estimator)))
    again = Estimate.from_record(found.to_record())
    assert again.to_record() == found.to_record()
    assert again.comparability.baseline == "baseline"


def few(frame, treated):
    """Return so many treated, and three times as many others."""
    return pd.concat([frame[frame["arm"] == 1].iloc[:treated], frame[frame["arm"] == 0].iloc[: 3 * treated]])


def one_sided(frame):
    """Return a study with a covariate that nobody of the comparison group has."""
    had = (frame["arm"] == 1) & (frame["unit"] % 2 == 0)
    return study(frame.assign(had=had * 1.0), covariates=["age", "had"])


def separate(frame):
    return frame.assign(age=frame["arm"] + frame["age"] / 100)


PANEL = TwoGroupPanel()
EVERY = (DoublyRobust(), GComputation(), Matching(), Weighting())
REFUSED = {
    "separated weighting": (Weighting(), lambda f: study(separate(f)), "tell who is treated", "trim="),
    "separated doubly robust": (DoublyRobust(), lambda f: study(separate(f)), "tell who is treated", "trim="),
    "separated matching": (Matching(), lambda f: study(separate(f)), "tell who is treated", "trim="),
    "no balance": (
        Weighting(weights="entropy"),
        lambda f: study(f.assign(age=f["age"] + 5 * f["arm"])),
        "No weights make the groups alike",
        "overlap",
    ),
    "too many covariates": (
        Weighting(),
        lambda f: study(few(f, 3), covariates=["age"]),
        "covariates each group needs more than",
        "fewer covariates",
    ),
    "clusters": (
        Matching(),
        lambda f: study(f, cluster="cluster"),
        "errors by cluster are not known",
        "Weighting or DoublyRobust",
    ),
    "nobody alike": (
        Matching(kind="exact"),
        study,
        "Nobody has a match",
        "kind='nearest'",
    ),
    "ratio": (
        Matching(replace=True, ratio=100),
        lambda f: study(f.iloc[:80]),
        "more matches than the other group has",
        "smaller ratio",
    ),
    "constant within groups": (
        Matching(distance="mahalanobis"),
        lambda f: study(f.assign(age=f["arm"])),
        "does not vary within the groups",
        "propensity",
    ),
    "bias of few": (
        Matching(caliper=0.0001, bias_adjustment=True),
        study,
        "too few, or too alike",
        "bias_adjustment=False",
    ),
    "trimmed away": (
        Weighting(target="ate", trim=0.4999),
        study,
        "nobody is left",
        "smaller trim",
    ),
    "logistic of levels": (GComputation(model="logistic"), study, "outcome of 0 and 1", "linear"),
    "negative counts": (GComputation(model="poisson"), study, "values below 0", "linear"),
    "outcome that is told": (
        GComputation(model="logistic"),
        lambda f: study(f.assign(y=f["age"] > 4)),
        "has no end in one of the groups",
        "linear",
    ),
    "varies in one group": (GComputation(), one_sided, "follows from the others", "one group only"),
    "varies in one group, robust": (DoublyRobust(), one_sided, "tell who is treated", "trim="),
    "folds": (DoublyRobust(folds=20), lambda f: study(few(f, 3), covariates=[]), "A fold leaves", "folds=1"),
}


@pytest.mark.parametrize(("estimator", "of", "what", "mend"), REFUSED.values(), ids=REFUSED)
def test_groups_that_cannot_be_made_alike_are_refused_with_a_mend(estimator, of, what, mend):
    with pytest.raises(EstimationError, match=rf"(?s){what}.*Where:.*Mend:.*{mend}"):
        estimator.estimate(of(WORLD.draw(1)))


@pytest.mark.parametrize("estimator", EVERY, ids=lambda e: e.method)
@pytest.mark.parametrize(
    ("of", "what", "mend"),
    [
        (lambda: PANEL.study(PANEL.draw(1)), "this study has periods", "doubly_robust"),
        (lambda: study(WORLD.draw(1).assign(arm=1)), "only where there are two", "both groups"),
        (lambda: study(WORLD.draw(1), covariates=[], pre_outcome=None), "no covariates", "pre_outcome="),
        (lambda: study(WORLD.draw(1), stratum="cluster"), "has no strata", "covariates="),
    ],
    ids=["periods", "one group", "no covariates", "strata"],
)
def test_other_designs_are_sent_elsewhere(estimator, of, what, mend):
    with pytest.raises(EstimationError, match=rf"(?s){what}.*Where:.*Mend:.*{mend}"):
        estimator.estimate(of())


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (Weighting, {"target": "overlap"}),
        (Weighting, {"weights": "overlap", "target": "att"}),
        (Weighting, {"weights": "overlap", "trim": 0.1}),
        (Weighting, {"trim": 0.6}),
        (Weighting, {"trim": "optimal"}),
        (Matching, {"target": "ate"}),
        (Matching, {"kind": "exact", "caliper": 0.2}),
        (Matching, {"kind": "optimal_pair", "ratio": 2}),
        (Matching, {"bins": 4}),
        (GComputation, {"target": "overlap"}),
        (DoublyRobust, {"folds": 0}),
    ],
)
def test_settings_that_contradict_each_other_are_refused(make, settings):
    with pytest.raises(ValidationError):
        make(**settings)


def test_a_missing_covariate_leaves_the_row_out_and_says_so():
    frame = WORLD.draw(1)
    frame.loc[[3, 4], "age"] = np.nan
    found = Weighting().estimate(study(frame))
    assert found.sample.n_rows == 118 and found.sample.left_out
    assert found.interval.point == pytest.approx(point(Weighting(), pd.DataFrame(frame.drop(index=[3, 4]))))
