"""Job training of LaLonde: weighting, regression, doubly robust and matching, as R and MatchIt find them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.compared_groups import compared_groups
from impactkit.effects.estimators import DoublyRobust, GComputation, Matching, Weighting
from impactkit.effects.inference import InfluenceFunction
from impactkit.effects.kernels.arm_weights import ArmWeights, arm_weights
from impactkit.effects.kernels.augmented import Nuisances, Observed, augmented
from impactkit.effects.kernels.logistic import logistic
from impactkit.effects.kernels.match_edges import MatchEdges
from impactkit.effects.kernels.matched_effect import matched_effect
from impactkit.effects.kernels.neighbours import nearest
from impactkit.effects.kernels.outcome_model import outcome_model
from impactkit.effects.kernels.weighted_contrast import weighted_contrast
from impactkit.effects.matched_rows import places, without_replacement

DATA = Path(__file__).parents[1] / "data" / "lalonde_matchit"
R = json.loads((DATA / "golden.json").read_text(encoding="utf-8"))["cases"][0]["expected"]
COVARIATES = ["age", "educ", "hispan", "white", "married", "nodegree", "re74", "re75"]
NUMBERS = ["age", "educ", "married", "nodegree", "re74", "re75"]
FRAME = pd.read_csv(DATA / "lalonde_matchit.csv").assign(
    hispan=lambda f: (f["race"] == "hispan") * 1.0, white=lambda f: (f["race"] == "white") * 1.0
)
STUDY = Study(FRAME, outcome="re78", treated="treat", covariates=COVARIATES)
LARGE = InfluenceFunction()


@pytest.fixture(scope="module")
def groups():
    return compared_groups(STUDY)


def test_the_chance_of_being_treated_has_the_coefficients_of_glm():
    X = np.column_stack([np.ones(len(FRAME)), FRAME[COVARIATES].to_numpy(float)])
    found = logistic(X, FRAME["treat"].to_numpy() == 1)
    np.testing.assert_allclose(found.coefficients, list(R["ps_coef"].values()), rtol=2e-6)
    np.testing.assert_allclose(found.probabilities[:10], R["ps_head"], rtol=1e-6)


# The estimates rest on R's coefficients, which glm leaves a millionth from their end.
@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (Weighting(), R["ipw_att"]["est"]),
        (Weighting(target="ate"), R["ipw_ate"]["est"]),
        (Weighting(weights="entropy"), R["ebal_att"]["est"]),
        (DoublyRobust(folds=1, target="ate"), R["aipw_ate"]["est"]),
        (DoublyRobust(folds=1), R["aipw_att_unnorm"]["est"]),
        (GComputation(), R["reg_att"]["est"]),
    ],
    ids=["ipw att", "ipw ate", "entropy", "aipw ate", "aipw att", "regression"],
)
def test_effects_are_those_of_r(estimator, expected):
    assert estimator.estimate(STUDY).interval.point == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("target", ["att", "ate"])
def test_with_weights_taken_as_known_the_error_is_that_of_a_weighted_regression(groups, target):
    found = arm_weights(groups.X, groups.treated, groups.weights, scheme="inverse_probability", target=target)
    known = weighted_contrast(groups.outcome, groups.X, groups.treated, ArmWeights(weights=found.weights))
    assert np.sqrt((known.influence**2).sum()) == pytest.approx(R[f"ipw_{target}"]["se_HC0"], rel=1e-6)


def test_with_models_taken_as_known_the_doubly_robust_error_is_that_of_its_influence(groups):
    rows = Observed(outcome=groups.outcome, treated=groups.treated, weights=groups.weights)
    p = logistic(groups.X, groups.treated).probabilities
    fits = [
        outcome_model(groups.X, groups.outcome, rows=arm, weights=groups.weights).predicted
        for arm in (groups.treated, ~groups.treated)
    ]
    known = augmented(rows, Nuisances(probabilities=p, if_treated=fits[0], if_not=fits[1]), target="ate")
    n = len(p)
    sampled = np.sqrt((known.influence**2).sum() * n / (n - 1))
    assert sampled == pytest.approx(R["aipw_ate"]["se"], rel=1e-6)


def test_weights_balance_and_spread_as_in_r(groups):
    found = Weighting(inference=LARGE).estimate(STUDY).comparability
    assert found.effective_comparison == pytest.approx(R["ipw_att"]["ess_c"], rel=1e-6)
    treated = groups.values[groups.treated].std(axis=0, ddof=1)
    both = np.sqrt(
        (groups.values[groups.treated].var(axis=0) + groups.values[~groups.treated].var(axis=0)) / 2
    )
    for k, gap in enumerate(found.covariates):
        if gap.name in NUMBERS:  # R divides by the spread of the treated
            over = both[k] / treated[k]
            assert gap.after * over == pytest.approx(R["ipw_att"]["smd"][gap.name], rel=1e-4)
            assert gap.before * over == pytest.approx(R["unadj"]["smd"][gap.name], rel=1e-6)


def test_entropy_weights_are_those_of_r():
    found = Weighting(weights="entropy", inference=LARGE).estimate(STUDY).comparability
    assert found.effective_comparison == pytest.approx(R["ebal_att"]["ess"], rel=1e-8)
    assert found.largest_share == pytest.approx(R["ebal_att"]["max_w"], rel=1e-8)
    assert found.largest_gap < 1e-12


def test_nearest_in_mahalanobis_distance_with_replacement_is_that_of_matchit(groups):
    """MatchIt takes the first of those equally near; Abadie and Imbens, and `Matching`, all of them."""
    where = places(groups, "mahalanobis")
    treated, others = np.flatnonzero(groups.treated), np.flatnonzero(~groups.treated)
    edges = MatchEdges.even(*nearest(where.at, others, treated, count=1, first_of_ties=True))
    found = matched_effect(groups.outcome, groups.treated, groups.weights, edges)
    assert found.point == pytest.approx(R["nn_maha_replace"]["att"], rel=1e-9)
    assert len(np.unique(edges.partner)) == R["nn_maha_replace"]["n_c"]


# Means of the matched comparison people, as the article of MatchIt prints them.
PRINTED = {
    "age": 25.3027,
    "educ": 10.6054,
    "hispan": 0.2162,
    "white": 0.3135,
    "married": 0.2108,
    "nodegree": 0.6378,
    "re74": 2342.1076,
    "re75": 1614.7451,
}


@pytest.mark.parametrize("optimal", [False, True], ids=["nearest", "optimal"])
def test_pairs_are_as_near_as_those_of_matchit(groups, optimal):
    where = places(groups, "propensity")
    edges = without_replacement(groups, where, ratio=1, furthest=np.inf, optimal=optimal)
    assert len(edges.focal) == len(set(edges.partner.tolist())) == 185
    total = np.abs(where.at[edges.focal] - where.at[edges.partner]).sum()
    assert total == pytest.approx(39.69279872, abs=1e-6)
    means = dict(zip(groups.names, groups.values[edges.partner].mean(axis=0), strict=True))
    for name, expected in PRINTED.items():
        assert means[name] == pytest.approx(expected, abs=5.1e-5)


def test_the_error_of_pairs_is_that_of_their_differences():
    found = Matching(inference=LARGE).estimate(STUDY)
    p = logistic(np.column_stack([np.ones(len(FRAME)), FRAME[COVARIATES]]), FRAME["treat"] == 1).probabilities
    y, free = FRAME["re78"].to_numpy(), np.flatnonzero(FRAME["treat"] == 0).tolist()
    gaps = []
    for row in sorted(np.flatnonzero(FRAME["treat"] == 1), key=lambda row: -p[row]):
        own = min(free, key=lambda other: abs(p[other] - p[row]))
        free.remove(own)
        gaps.append(y[row] - y[own])
    assert found.interval.point == pytest.approx(np.mean(gaps))
    assert found.interval.std_error == pytest.approx(np.std(gaps) / np.sqrt(len(gaps)))


def _pairs_by_whole_distances(at, treated, *, furthest):
    """Return pairs as MatchIt 4.5.1 made them where its distances lost their decimals (see SOURCE.md).

    The nearest free comparison person below and above are compared by distances cut to whole numbers, and the
    one below is taken where these are the same.
    """
    order = np.argsort(at, kind="stable")
    place, free, pairs = np.argsort(order), ~treated[order], []
    for row in sorted(np.flatnonzero(treated), key=lambda row: -at[row]):
        sides = (np.flatnonzero(free[: place[row]])[-1:], place[row] + np.flatnonzero(free[place[row] :])[:1])
        near = [int(order[k]) for side in sides for k in side]
        whole = [int(abs(at[other] - at[row])) for other in near]
        within = [(gap, k) for k, gap in enumerate(whole) if gap <= furthest]
        if within:
            other = near[min(within)[1]]
            free[place[other]] = False
            pairs.append((row, other))
    return MatchEdges.even(*np.array(pairs).T)


def test_pairs_by_whole_distances_are_those_of_matchit_4_5_1(groups):
    where = places(groups, "propensity")
    edges = _pairs_by_whole_distances(where.at[:, 0], groups.treated, furthest=np.inf)
    found, known, n = matched_effect(groups.outcome, groups.treated, groups.weights, edges), R["nn1"], 185
    assert 2 * len(edges.focal) == known["n_matched"] == 2 * n
    assert found.point == pytest.approx(known["att"], rel=1e-12)
    # R counts pairs as clusters of a regression on 2 n people with two coefficients.
    by_pair = np.sqrt((found.influence**2).sum() * n / (n - 1) * (2 * n - 1) / (2 * n - 2))
    assert by_pair == pytest.approx(known["se_pair"], rel=1e-12)
    for name, gap in known["smd"].items():
        x = groups.values[:, groups.names.index(name)]
        own = (x[edges.focal].mean() - x[edges.partner].mean()) / x[groups.treated].std(ddof=1)
        assert own == pytest.approx(gap, abs=1e-12)


def test_a_caliper_on_whole_distances_is_that_of_matchit_4_5_1(groups):
    """On the log odds, where any caliper below 1 leaves out those at least 1 apart."""
    chance = places(groups, "propensity").at[:, 0]
    edges = _pairs_by_whole_distances(np.log(chance / (1 - chance)), groups.treated, furthest=0.2)
    found = matched_effect(groups.outcome, groups.treated, groups.weights, edges)
    assert len(edges.focal) == R["nn_caliper"]["n_t"]
    assert found.point == pytest.approx(R["nn_caliper"]["att"], rel=1e-12)
