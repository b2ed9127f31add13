"""Published and R results through the public estimators; sources in each golden.json."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from impactkit.data.study import Study
from impactkit.effects.estimators import DifferenceInDifferences, RandomisedTrial
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.kernels.cluster_robust import classical_covariance
from impactkit.effects.kernels.demean import demean
from impactkit.effects.kernels.least_squares import Block, least_squares
from impactkit.effects.panel import two_way_problem

DATA = Path(__file__).parents[1] / "data"
REL = 1e-9  # two ways through the same arithmetic; golden.json asks for 1e-6


@cache
def cases(name):
    return json.loads((DATA / name / "golden.json").read_text(encoding="utf-8"))["cases"]


# Wooldridge, Introductory Econometrics, table 13.2: house prices near an incinerator, in 1978 dollars.
KIELMC = [
    ((), 0),
    (("age", "agesq"), 1),
    (("age", "agesq", "intst", "land", "area", "rooms", "baths"), 2),
]


def kielmc(covariates):
    frame = pd.read_csv(DATA / "kielmc/kielmc.csv")
    roles = {"outcome": "rprice", "time": "year", "treated": "nearinc", "start": 1981}
    return frame, Study(frame, **roles, covariates=covariates)


@pytest.mark.parametrize(("covariates", "case"), KIELMC)
def test_kielmc_is_what_the_book_prints(covariates, case):
    _, study = kielmc(covariates)
    expected = cases("kielmc")[case]["expected"]
    found = DifferenceInDifferences().estimate(study)
    assert found.interval.point == pytest.approx(expected["coef"], abs=0.01)
    problem = two_way_problem(study.columns, ((1,),), names=covariates, absorb_units=False)
    classical = classical_covariance(problem.fit()).covariance
    assert np.sqrt(classical[-1, -1]) == pytest.approx(expected["se"], abs=0.01)
    assert found.sample.n_rows == 321


@pytest.mark.parametrize(("covariates", "case"), KIELMC)
@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_kielmc_robust_errors_are_those_of_statsmodels(covariates, case, kind):
    frame, study = kielmc(covariates)
    X = frame[list(covariates)].assign(near=frame["nearinc"], late=frame["y81"], both=frame["y81nrinc"])
    expected = sm.OLS(frame["rprice"], sm.add_constant(X)).fit(cov_type=kind)
    found = DifferenceInDifferences(inference=ClusterRobust(kind=kind)).estimate(study).interval
    assert found.point == pytest.approx(expected.params["both"], rel=1e-8)
    assert found.std_error == pytest.approx(expected.bse["both"], rel=1e-8)


def star():
    frame = pd.read_csv(DATA / "star_kindergarten/star.csv").dropna(subset=["readk", "mathk", "stark"])
    frame = frame.assign(score=frame["readk"] + frame["mathk"], small=(frame["stark"] == "small").astype(int))
    return frame, frame[frame["stark"] != "regular+aide"]


def test_star_small_classes_against_regular_ones():
    """Stock & Watson, table 13.1: 13.90 (2.45).

    In a regression on arms alone the aide arm touches neither the difference nor its HC0 error; HC1 counted
    the pupils of all three arms and three parameters.
    """
    everyone, pupils = star()
    expected, n = cases("star_kindergarten")[0]["expected"]["k"], len(everyone)
    study = Study(pupils, outcome="score", treated="small")
    found = RandomisedTrial(inference=ClusterRobust(kind="HC0")).estimate(study).interval
    assert found.point == pytest.approx(expected["coef"]["starksmall"], rel=REL)
    hc1 = found.std_error * np.sqrt(n / (n - 3))
    assert hc1 == pytest.approx(expected["se_HC1"]["starksmall"], rel=REL)
    assert (round(found.point, 2), round(hc1, 2)) == (13.90, 2.45)


def test_star_clustered_by_school():
    """Likewise for CR0 by school; R counted 80 schools, of which one has no pupil with both scores."""
    everyone, pupils = star()
    expected, n = cases("star_kindergarten")[0]["expected"]["k_cluster_school"], len(everyone)
    study = Study(pupils, outcome="score", treated="small", cluster="schoolidk")
    found = RandomisedTrial(inference=ClusterRobust(kind="CR0")).estimate(study).interval
    counted = np.sqrt(80 / 79 * (n - 1) / (n - 3))
    assert counted * found.std_error == pytest.approx(expected["se_CR1"]["starksmall"], rel=REL)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_star_within_schools_is_what_statsmodels_gives_with_school_dummies(kind):
    _, pupils = star()
    schools = pd.get_dummies(pupils["schoolidk"]).astype(float)
    expected = sm.OLS(pupils["score"], schools.assign(small=pupils["small"])).fit(cov_type=kind)
    study = Study(pupils, outcome="score", treated="small", stratum="schoolidk")
    found = RandomisedTrial(inference=ClusterRobust(kind=kind)).estimate(study).interval
    assert found.point == pytest.approx(expected.params["small"], rel=REL)
    assert found.std_error == pytest.approx(expected.bse["small"], rel=REL)


def test_jtrain_grants_and_scrap_rates_within_firms():
    """Wooldridge, table 14.1: fixed effects of firms, classical errors."""
    frame = pd.read_csv(DATA / "jtrain_scrap/jtrain.csv").dropna(subset=["scrap"])
    firms = pd.factorize(frame["fcode"])[0]
    names = ["d88", "d89", "grant", "grant_1"]
    X, y = demean(frame[names].to_numpy(float), firms), demean(np.log(frame["scrap"].to_numpy()), firms)
    fit = least_squares([Block(X=X, y=y, clusters=firms)])
    covariance = classical_covariance(fit, n_parameters=4 + firms.max() + 1).covariance
    expected = cases("jtrain_scrap")[0]["expected"]
    for j, name in enumerate(names):
        assert fit.coefficients[j] == pytest.approx(expected[name]["Estimate"], rel=1e-8)
        assert np.sqrt(covariance[j, j]) == pytest.approx(expected[name]["Std. Error"], rel=1e-8)
