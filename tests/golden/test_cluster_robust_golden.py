"""Robust covariances against R (sandwich 3.0-2, clubSandwich 0.5.8); see each golden.json."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.effects.kernels.cluster_robust import classical_covariance, cluster_robust
from impactkit.effects.kernels.demean import demean
from impactkit.effects.kernels.least_squares import Block, least_squares

DATA = Path(__file__).parents[1] / "data"
REL = 1e-9  # golden.json asks for 1e-6 (1e-5 for mortality)


@cache
def golden(name):
    return json.loads((DATA / name / "golden.json").read_text(encoding="utf-8"))["cases"][0]["expected"]


@cache
def table(name, file):
    return pd.read_csv(DATA / name / file)


def block(X, y, clusters):
    return [Block(X=np.asarray(X, float), y=np.asarray(y, float), clusters=pd.factorize(clusters)[0])]


def errors(blocks, kind):
    return np.sqrt(np.diag(cluster_robust(blocks, least_squares(blocks), kind=kind).covariance))


def petersen(cluster):
    data = table("petersen", "petersen.csv")
    return block(np.column_stack([np.ones(len(data)), data["x"]]), data["y"], data[cluster])


# sandwich's vcovCL multiplies HC0 by G / (G - 1) (its `cadjust`), with 500 firms; it leaves HC2 and HC3
# alone, so those are CR2 and CR3 as they stand.
@pytest.mark.parametrize(
    ("kind", "cluster", "key", "factor"),
    [
        ("HC0", "firm", "se_HC0", 1),
        ("HC1", "firm", "se_HC1", 1),
        ("HC2", "firm", "se_HC2", 1),
        ("HC3", "firm", "se_HC3", 1),
        ("CR0", "firm", "se_firm_HC0", 500 / 499),
        ("CR1", "firm", "se_firm_HC1", 1),
        ("CR2", "firm", "se_firm_HC2", 1),
        ("CR3", "firm", "se_firm_HC3", 1),
        ("CR1", "year", "se_year_HC1", 1),
        ("CR2", "year", "se_year_CR2", 1),
    ],
)
def test_petersen(kind, cluster, key, factor):
    expected = list(golden("petersen")[key].values())
    np.testing.assert_allclose(np.sqrt(factor) * errors(petersen(cluster), kind), expected, rtol=REL)


def test_petersen_classical_errors_and_degrees_of_freedom_by_year():
    blocks, expected = petersen("year"), golden("petersen")
    fit = least_squares(blocks)
    np.testing.assert_allclose(fit.coefficients, list(expected["coef"].values()), rtol=REL)
    classical = np.sqrt(np.diag(classical_covariance(fit).covariance))
    np.testing.assert_allclose(classical, list(expected["se_const"].values()), rtol=REL)
    found = cluster_robust(blocks, fit, kind="CR2")
    for contrast, row in zip(np.eye(2), expected["test_year_CR2"], strict=True):
        assert found.degrees_of_freedom(contrast) == pytest.approx(row["df_Satt"], rel=REL)


def mortality():
    data = table("mortality_crve", "mortality.csv")
    years = pd.get_dummies(data["year"]).to_numpy(float)[:, 1:]
    return data, np.column_stack([data["legal"], data["beertaxa"]]), years


def mortality_with_state_dummies():
    data, X, years = mortality()
    states = pd.get_dummies(data["state"]).to_numpy(float)
    return block(np.column_stack([X, states, years]), data["mrate"], data["state"])


def mortality_with_states_absorbed():
    data, X, years = mortality()
    states = pd.factorize(data["state"])[0]
    X = demean(np.column_stack([X, years]), states)
    return block(X, demean(data["mrate"].to_numpy(), states), data["state"])


@pytest.mark.parametrize("blocks", [mortality_with_state_dummies, mortality_with_states_absorbed])
def test_mortality_cr2_with_states_as_dummies_or_absorbed(blocks):
    found = cluster_robust(blocks(), least_squares(blocks()), kind="CR2")
    for j, row in enumerate(golden("mortality_crve")["CR2"]):
        contrast = np.eye(len(found.covariance))[j]
        assert found.fit.coefficients[j] == pytest.approx(row["beta"], rel=REL)
        assert np.sqrt(found.variance(contrast)) == pytest.approx(row["SE"], rel=REL)
        assert found.degrees_of_freedom(contrast) == pytest.approx(row["df_Satt"], rel=REL)
        assert found.determined_share(contrast) < 1e-12


@pytest.mark.parametrize(("kind", "key"), [("CR0", "CR0"), ("CR1", "CR1S")])
def test_mortality_without_adjustment(kind, key):
    expected = [row["SE"] for row in golden("mortality_crve")[key]]
    np.testing.assert_allclose(errors(mortality_with_state_dummies(), kind)[:2], expected, rtol=REL)


def test_mortality_cr3_is_singular_and_says_so():
    blocks = mortality_with_state_dummies()
    found = cluster_robust(blocks, least_squares(blocks), kind="CR3")
    assert found.undefined_reason == "one_cluster_determines_a_direction"
    assert np.isnan(found.covariance).all()


def star(*needed):
    data = table("star_kindergarten", "star.csv").dropna(subset=["readk", "mathk", "stark", *needed])
    arms = np.column_stack([data["stark"] == "small", data["stark"] == "regular+aide"]).astype(float)
    return data, arms, (data["readk"] + data["mathk"]).to_numpy()


def test_star_robust_by_row_and_clustered_by_school():
    data, arms, score = star()
    blocks = block(np.column_stack([np.ones(len(data)), arms]), score, data["schoolidk"])
    expected = golden("star_kindergarten")
    assert len(data) == expected["k"]["n"]
    fit = least_squares(blocks)
    np.testing.assert_allclose(fit.coefficients[1:], list(expected["k"]["coef"].values()), rtol=REL)
    np.testing.assert_allclose(errors(blocks, "HC1"), list(expected["k"]["se_HC1"].values()), rtol=REL)
    clustered = expected["k_cluster_school"]
    # R counted 80 schools, the levels of its factor, in G / (G - 1); 79 have pupils with both scores.
    counted = np.sqrt((80 / 79) / (79 / 78))
    np.testing.assert_allclose(counted * errors(blocks, "CR1"), list(clustered["se_CR1"].values()), rtol=REL)
    found = cluster_robust(blocks, fit, kind="CR2")
    assert found.n_clusters == clustered["G"]
    for contrast, row in zip(np.eye(3), clustered["test_CR2"], strict=True):
        assert np.sqrt(found.variance(contrast)) == pytest.approx(row["SE"], rel=REL)
        assert found.degrees_of_freedom(contrast) == pytest.approx(row["df_Satt"], rel=REL)


def test_star_with_school_effects_absorbed():
    data, arms, score = star("experiencek", "schoolidk")
    schools, expected = pd.factorize(data["schoolidk"])[0], golden("star_kindergarten")["k_school_fe"]
    assert len(data) == expected["n"]
    X = demean(np.column_stack([arms, data["experiencek"]]), schools)
    blocks = block(X, demean(score, schools), np.arange(len(data)))
    fit = least_squares(blocks)
    np.testing.assert_allclose(fit.coefficients, list(expected["coef"].values()), rtol=REL)
    found = cluster_robust(blocks, fit, kind="HC1", n_parameters=3 + schools.max() + 1)
    np.testing.assert_allclose(
        np.sqrt(np.diag(found.covariance)), list(expected["se_HC1"].values()), rtol=REL
    )
