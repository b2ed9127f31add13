"""Grunfeld's firms, traffic deaths by state, insurance by state: every value that the library offers.

Random effects, the Hausman test, Driscoll and Kraay's errors (Grunfeld) and the HTZ test of several
coefficients at once (traffic deaths) are not offered, and not held here.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from impactkit.data.study import Study
from impactkit.effects.estimators import DifferenceInDifferences, StaggeredDifferenceInDifferences
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.kernels.cluster_robust import classical_covariance, cluster_robust
from impactkit.effects.kernels.demean import demean
from impactkit.effects.kernels.least_squares import Block, least_squares

DATA = Path(__file__).parents[1] / "data"
REL = 1e-9  # the same arithmetic by another path


@cache
def cases(name):
    found = json.loads((DATA / name / "golden.json").read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case["expected"] for case in found}


def grunfeld(effects):
    frame = pd.read_csv(DATA / "grunfeld/grunfeld.csv")
    firms = pd.factorize(frame["firm"])[0]
    X, y = frame[["value", "capital"]].to_numpy(float), frame["inv"].to_numpy(float)
    if effects == "none":
        X = np.column_stack([np.ones(len(X)), X])
    if effects == "firms and years":
        X = np.column_stack([X, pd.get_dummies(frame["year"]).to_numpy(float)[:, 1:]])
    if effects != "none":
        X, y = demean(X, firms), demean(y, firms)
    blocks = [Block(X=X, y=y, clusters=firms)]
    return blocks, least_squares(blocks)


@pytest.mark.parametrize(
    ("effects", "key", "absorbed"), [("firms", "within", 10), ("firms and years", "twoways", 10)]
)
def test_grunfeld_with_fixed_effects(effects, key, absorbed):
    expected = cases("grunfeld")["computed_R"][key]
    _, fit = grunfeld(effects)
    covariance = classical_covariance(fit, n_parameters=fit.rank + absorbed).covariance
    np.testing.assert_allclose(fit.coefficients[:2], list(expected["coef"].values()), rtol=REL)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance))[:2], list(expected["se"].values()), rtol=REL)


def test_grunfeld_pooled():
    expected = cases("grunfeld")["computed_R"]["pooling"]
    np.testing.assert_allclose(grunfeld("none")[1].coefficients, list(expected.values()), rtol=REL)


def test_grunfeld_clustered_by_firm():
    """R's factor for small samples, "sss", is CR1's without unit effects, but with a constant, in k."""
    expected = cases("grunfeld")["computed_R"]["within"]
    blocks, fit = grunfeld("firms")
    for kind, key, k in (("CR0", "se_arellano_HC0", 2), ("CR1", "se_arellano_sss", 2)):
        found = np.sqrt(np.diag(cluster_robust(blocks, fit, kind=kind, n_parameters=k).covariance))
        np.testing.assert_allclose(found, list(expected[key].values()), rtol=REL)


def test_mortality_as_the_vignette_prints_it():
    """Printed to two decimals; its CR1 is CR0 times G / (G - 1)."""
    frame = pd.read_csv(DATA / "mortality_crve/mortality.csv")
    computed, printed = cases("mortality_crve")["computed_R"], cases("mortality_crve")["vignette"]
    states = pd.factorize(frame["state"])[0]
    years = pd.get_dummies(frame["year"]).to_numpy(float)[:, 1:]
    X = demean(np.column_stack([frame["legal"], frame["beertaxa"], years]), states)
    blocks = [Block(X=X, y=demean(frame["mrate"].to_numpy(float), states), clusters=states)]
    fit = least_squares(blocks)
    G = states.max() + 1
    plain = np.sqrt(np.diag(cluster_robust(blocks, fit, kind="CR0").covariance)) * np.sqrt(G / (G - 1))
    reduced = cluster_robust(blocks, fit, kind="CR2")
    for j, name in enumerate(("legal", "beertaxa")):
        assert plain[j] == pytest.approx(computed["CR1"][j]["SE"], rel=REL)
        contrast = np.eye(len(fit.kept))[j]
        own = [fit.coefficients[j], np.sqrt(reduced.variance(contrast)), reduced.degrees_of_freedom(contrast)]
        assert [fit.coefficients[j], plain[j]] == pytest.approx(printed["CR1"][name], abs=0.006)
        assert own == pytest.approx(printed["CR2"][name][:3], abs=0.006)
        absorbed = computed["plm_CR2"][j]
        assert own == pytest.approx([absorbed["beta"], absorbed["SE"], absorbed["df_Satt"]], rel=REL)


def test_medicaid_with_the_whole_covariance():
    """Leads and lags of insurance against 2013; the peer iterates its fixed effects to about 1e-9."""
    frame = pd.read_csv(DATA / "medicaid_event_study/ehec.csv")
    frame = frame[(frame["year"] < 2016) & (frame["yexp2"] != 2015)]
    frame = frame.assign(start=frame["yexp2"].where(frame["yexp2"] == 2014))
    study = Study(frame, outcome="dins", unit="stfips", time="year", first_treated="start")
    found = DifferenceInDifferences(
        event_study=True, inference=ClusterRobust(kind="CR1"), permutation=None
    ).estimate(study)
    expected = cases("medicaid_event_study")["twfe_event_study"]
    assert found.sample.n_rows == expected["n"]
    events = [t.interval for t in found.terms[1:]]
    np.testing.assert_allclose([e.point for e in events], list(expected["coef"].values()), rtol=1e-8)
    np.testing.assert_allclose([e.std_error for e in events], expected["se"], rtol=1e-8)
    np.testing.assert_allclose(found.covariance[1:, 1:], expected["vcov"], rtol=1e-7, atol=1e-12)


def numbers_in(value):
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return sum(numbers_in(part) for part in parts)
    return 1


def test_every_value_of_mpdta_is_held_somewhere():
    """All but the one below stand in test_staggered_golden.py, case by case."""
    counts = {case: numbers_in(expected) for case, expected in cases("mpdta").items()}
    assert counts == {
        "attgt_vignette": 24,
        "dynamic_vignette": 16,
        "dynamic_balance_e1": 10,
        "pretest_p": 1,
        "all_aggregations_analytic_se": 60,
        "not_yet_treated": 26,
    }
    assert sum(counts.values()) == 137


def test_mpdta_joint_test_of_the_effects_before_the_start():
    frame = pd.read_csv(DATA / "mpdta/mpdta.csv")
    study = Study(frame, outcome="lemp", unit="countyreal", time="year", first_treated="first.treat")
    found = StaggeredDifferenceInDifferences(permutation=None).estimate(study)
    early = [i for i, t in enumerate(found.terms) if t.group is not None and t.time < t.group]
    b = np.array([found.terms[i].interval.point for i in early])
    statistic = b @ np.linalg.solve(found.covariance[np.ix_(early, early)], b)
    assert chi2.sf(statistic, len(early)) == pytest.approx(cases("mpdta")["pretest_p"]["p"], abs=5e-6)
