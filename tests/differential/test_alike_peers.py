"""Groups made alike, as DoubleML, causallib, StatsPAI, marginaleffects and statsmodels answer."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.treatment.treatment_effects import TreatmentEffect

from impactkit.data.study import Study
from impactkit.effects import learners
from impactkit.effects.compared_groups import compared_groups
from impactkit.effects.estimators import DoublyRobust, GComputation, Matching, Weighting
from impactkit.effects.inference import InfluenceFunction
from impactkit.effects.matched_rows import Places

DATA = Path(__file__).parents[1] / "data" / "alike_peers"
sys.path.insert(0, str(DATA))
from people import COVARIATES, SETS, people  # noqa: E402

PEERS = json.loads((DATA / "answers.json").read_text("utf-8"))["sets"]
LARGE = {"inference": InfluenceFunction(), "permutation": None}


@pytest.fixture(params=SETS)
def asked(request):
    frame = people(request.param)
    study = Study(frame, outcome="y", treated="d", covariates=COVARIATES)
    return frame, study, PEERS[request.param]


def answer(estimator, study):
    found = estimator.estimate(study).interval
    return [found.point, found.std_error]


@pytest.mark.parametrize("target", ["ate", "att"])
def test_cross_fitting_is_that_of_doubleml_on_the_same_folds(asked, target, monkeypatch):
    frame, study, peers = asked
    folds = frame["fold"].to_numpy()
    monkeypatch.setattr(learners, "fold_codes", lambda *_, **__: folds)
    found = answer(DoublyRobust(target=target, **LARGE), study)
    # scikit-learn stops its regressions at about 1e-9.
    np.testing.assert_allclose(found, peers["doubleml"][target], rtol=1e-7)


def test_normalised_inverse_probabilities_are_those_of_causallib(asked):
    _, study, peers = asked
    found = answer(Weighting(target="ate", **LARGE), study)
    assert found[0] == pytest.approx(peers["causallib"]["ate"], rel=1e-7)


def test_entropy_balancing_with_its_error_is_that_of_statspai(asked):
    _, study, peers = asked
    found = answer(Weighting(weights="entropy", **LARGE), study)
    np.testing.assert_allclose(found, peers["statspai"]["entropy_att"], rtol=1e-8)


def test_the_balancing_score_is_that_of_statspai(asked):
    _, study, peers = asked
    for target in ("ate", "att"):
        found = answer(Weighting(weights="covariate_balancing", target=target, **LARGE), study)
        assert found[0] == pytest.approx(peers["statspai"][f"cbps_{target}"], rel=1e-6)


def test_the_classical_doubly_robust_effect_is_that_of_statspai(asked):
    _, study, peers = asked
    found = answer(DoublyRobust(folds=1, target="ate", **LARGE), study)
    assert found[0] == pytest.approx(peers["statspai"]["aipw_ate"][0], rel=1e-7)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("near_att", {}),
        ("near_ate", {"target": "ate"}),
        ("near_att_adjusted", {"bias_adjustment": True}),
    ],
)
def test_nearest_with_replacement_is_that_of_abadie_and_imbens_in_statspai(
    asked, name, settings, monkeypatch
):
    """As Stata, it measures distances over the covariance of everyone, where ours is within the groups.

    The variance given the covariates is that of the row and its two nearest there, where Abadie and Imbens
    compare the row with their mean. Both are put in here: all the rest of the formula is the same.
    """
    frame, study, peers = asked
    X = frame[COVARIATES].to_numpy()
    over = Places(at=X @ np.linalg.cholesky(np.linalg.inv(np.cov(X.T))), ranks=np.zeros(len(X)), unit=1.0)
    spread = _spread_of_three(over.at, frame)
    monkeypatch.setattr("impactkit.effects.estimators.matching.places", lambda *_: over)
    monkeypatch.setattr("impactkit.effects.estimators.matching.neighbour_residuals", lambda *_, **__: spread)
    estimator = Matching(replace=True, ratio=2, distance="mahalanobis", **settings, **LARGE)
    np.testing.assert_allclose(answer(estimator, study), peers["statspai"][name], rtol=1e-8)


def _spread_of_three(at, frame):
    """Return the standard deviation of each row's outcome and those of its two nearest of the same group."""
    found = np.empty(len(frame))
    for i in range(len(frame)):
        own = np.flatnonzero(frame["d"] == frame["d"].iloc[i])
        near = own[np.argsort(np.linalg.norm(at[own] - at[i], axis=1))[:3]]
        found[i] = frame["y"].iloc[near].std(ddof=1)
    return found


@pytest.mark.parametrize("target", ["ate", "att"])
def test_regressions_in_each_group_are_those_of_marginaleffects(asked, target):
    _, study, peers = asked
    found = answer(GComputation(target=target, **LARGE), study)
    assert found[0] == pytest.approx(peers["marginaleffects"][target], rel=1e-8)


@pytest.mark.parametrize("target", ["ate", "att"])
def test_effects_and_stacked_errors_are_those_of_statsmodels(asked, target):
    """Its generalised method of moments counts every regression, as our influence does."""
    frame, study, _ = asked
    X = sm.add_constant(frame[COVARIATES])
    peer = TreatmentEffect(
        sm.OLS(frame["y"], X), frame["d"], results_select=sm.Logit(frame["d"], X).fit(disp=0)
    )
    whose = {"ate": "all", "att": 1}[target]
    for ours, theirs in (
        (Weighting(target=target, **LARGE), peer.ipw),
        (GComputation(target=target, **LARGE), peer.ra),
    ):
        found = theirs(return_results=True, effect_group=whose)
        expected = [found.results_gmm.params[0], found.results_gmm.bse[0]]
        np.testing.assert_allclose(answer(ours, study), expected, rtol=2e-4)
    if target == "ate":
        found = peer.aipw(return_results=True)
        expected = [found.results_gmm.params[0], found.results_gmm.bse[0]]
        np.testing.assert_allclose(
            answer(DoublyRobust(folds=1, target="ate", **LARGE), study), expected, rtol=2e-4
        )


def test_the_covariates_are_those_of_the_peers(asked):
    _, study, _ = asked
    assert compared_groups(study).used == tuple(COVARIATES)
