"""Randomised trials against published numbers and other programs; see each golden.json."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators.randomised_trial import RandomisedTrial
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.kernels.exchangeable_logit import exchangeable_logit

DATA = Path(__file__).parents[1] / "data"
REL = 1e-9  # golden.json asks for 1e-6


@cache
def golden(name: str) -> dict[str, Any]:
    found = json.loads((DATA / name / "golden.json").read_text(encoding="utf-8"))["cases"][0]["expected"]
    return dict(found)


def jobs() -> Study:
    frame = pd.read_csv(DATA / "nsw_experimental" / "nsw.csv")
    return Study(frame, outcome="re78", treated="treat")


@pytest.mark.parametrize(("kind", "key"), [("HC1", "se_HC1"), ("HC3", "se_HC3")])
def test_job_training_raised_earnings_as_statsmodels_finds(kind: str, key: str) -> None:
    expected = golden("nsw_experimental")
    found = RandomisedTrial(inference=ClusterRobust(kind=kind)).estimate(jobs())  # type: ignore[arg-type]
    assert found.sample.n_rows == expected["n"]
    assert found.interval.point == pytest.approx(expected["coef"], rel=REL)
    assert found.interval.std_error == pytest.approx(expected[key], rel=REL)


def test_job_training_raised_earnings_as_dehejia_and_wahba_print() -> None:
    """1,794 dollars with a pooled standard error of 633: that of equal variances in both arms."""
    expected, columns = golden("nsw_experimental"), jobs().columns
    assert columns.treated is not None
    arms = [columns.outcome[columns.treated], columns.outcome[~columns.treated]]
    squares = sum(float(((y - y.mean()) ** 2).sum()) for y in arms)
    pooled = np.sqrt(squares / (445 - 2) * sum(1 / len(y) for y in arms))
    point = RandomisedTrial().estimate(jobs()).interval.point
    assert pooled == pytest.approx(expected["se_ols"], rel=REL)
    assert (round(point), round(pooled)) == (1794, 633)


def test_respiratory_visits_have_the_odds_that_geepack_finds() -> None:
    """R's geepack 1.3.9: logit, exchangeable within patients, of treatment, baseline and age."""
    frame = pd.read_csv(DATA / "respiratory_gee" / "respiratory.csv")
    patients = pd.factorize(frame["center"].astype(str) + ":" + frame["id"].astype(str))[0]
    placebo = frame["treat"] == "P"
    X = np.column_stack([np.ones(len(frame)), placebo, frame["baseline"], frame["age"]]).astype(float)
    found = exchangeable_logit(X, frame["outcome"].to_numpy() == 1, patients)
    expected = golden("respiratory_gee")
    rows = expected["respiratory"]
    np.testing.assert_allclose(found.coefficients, [row["Estimate"] for row in rows], rtol=1e-7)
    errors = np.sqrt(np.diag(found.covariance))
    np.testing.assert_allclose(errors, [row["Std.err"] for row in rows], rtol=1e-7)
    assert found.correlation == pytest.approx(expected["alpha"][0]["Estimate"], rel=1e-7)


def classes(**roles: Any) -> Study:
    frame = pd.read_csv(DATA / "star_kindergarten" / "star.csv").dropna(subset=["readk", "mathk", "stark"])
    frame = frame.assign(score=frame["readk"] + frame["mathk"])
    return Study(frame, outcome="score", arm="stark", control="regular", **roles)


def test_three_kinds_of_classes_have_the_effects_of_stock_and_watson() -> None:
    """Table 13.1: 13.90 (2.45) for small classes and 0.31 (2.27) for those with an aide."""
    expected = golden("star_kindergarten")["k"]
    found = RandomisedTrial(arm="small", inference=ClusterRobust(kind="HC1")).estimate(classes())
    assert found.to_record()["settings"]["arm"] == "small"
    for term in found.terms[:2]:
        assert term.interval.point == pytest.approx(expected["coef"][f"stark{term.name}"], rel=REL)
        assert term.interval.std_error == pytest.approx(expected["se_HC1"][f"stark{term.name}"], rel=REL)


def test_classes_by_school_have_the_errors_and_degrees_of_freedom_of_clubsandwich() -> None:
    rows = golden("star_kindergarten")["k_cluster_school"]["test_CR2"]
    expected = {row["Coef"].removeprefix("stark"): row for row in rows}
    found = RandomisedTrial(arm="small", permutation=None).estimate(classes(cluster="schoolidk"))
    for term in found.terms:
        row = expected[term.name]
        assert term.interval.std_error == pytest.approx(row["SE"], rel=1e-8)
        assert term.interval.df == pytest.approx(row["df_Satt"], rel=1e-7)
        assert term.interval.p_value == pytest.approx(row["p_Satt"], rel=1e-6)


def test_classes_within_schools_have_the_effects_of_the_regression_with_schools() -> None:
    """R's regression with a dummy for each school, experience of the teacher and HC1."""
    expected = golden("star_kindergarten")["k_school_fe"]
    study = classes(stratum="schoolidk", covariates=["experiencek"])
    found = RandomisedTrial(
        arm="small", adjustment="ancova", inference=ClusterRobust(kind="HC1"), permutation=None
    ).estimate(study)
    assert found.influence.shape[0] == expected["n"]
    for term in found.terms[:2]:
        assert term.interval.point == pytest.approx(expected["coef"][f"stark{term.name}"], rel=1e-8)
        assert term.interval.std_error == pytest.approx(expected["se_HC1"][f"stark{term.name}"], rel=1e-8)
