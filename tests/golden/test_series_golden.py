"""The Sicilian smoking ban: hospital admissions for acute coronary events, 2002 to 2006, against R's numbers.

Models 1 to 4 are those of Lopez Bernal, Cummins and Gasparrini (2017), run in R 4.2.2 (glm, sandwich 3.0-2).
The tolerance is that of the printed digits of R's convergence: ``glm`` stops at a relative change of the
deviance of 1e-8, which leaves seven digits of the coefficients.
"""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.inference import NeweyWest, PraisWinsten

FOLDER = Path(__file__).parents[1] / "data" / "sicily_smoking_ban"
CASES = {case["id"]: case["expected"] for case in json.loads((FOLDER / "golden.json").read_text())["cases"]}
R = CASES["computed_R"]
OLS = PraisWinsten(rho=0.0)
PLAIN = {"family": "poisson", "slope_change": False}
SEASON = {"season": "fourier", "harmonics": 2}
START = 37


def sicily(**roles):
    frame = pd.read_csv(FOLDER / "sicily.csv")
    frame["month_number"] = frame["year"] * 100 + frame["month"]
    frame["rate"] = frame["aces"] / frame["stdpop"] * 1e5
    return ik.Study(
        frame, **{"outcome": "aces", "exposure": "stdpop", "time": "time", "start": START} | roles
    )


def by_month(**roles):
    return sicily(time="month_number", start=200501, **roles)


def term(found, name):
    return next(one for one in found.terms if one.name == name).interval


def assert_coefficient(found, coefficient, std_error):
    assert found.point == pytest.approx(coefficient, rel=1e-6)
    assert found.std_error == pytest.approx(std_error, rel=1e-6)


@pytest.mark.parametrize(("model", "season"), [("model2", {}), ("model3", SEASON)])
def test_the_level_of_counts_is_that_of_r(model, season):
    found = ik.InterruptedTimeSeries(**PLAIN, **season, inference=OLS).estimate(by_month())
    expected = R[model]
    own = term(found, "level change")
    assert_coefficient(own, expected["coef"]["smokban"], expected["se"]["smokban"])
    ratio = term(found, "rate ratio")
    assert ratio.point == pytest.approx(expected["rr"], rel=1e-6)
    # R's limits are those of the normal distribution; ours of t with n - k degrees of freedom.
    half = own.std_error * 1.959963984540054
    limits = (math.exp(own.point - half), math.exp(own.point + half))
    assert limits == pytest.approx((expected["rr_lo"], expected["rr_hi"]), rel=1e-6)


def test_the_slope_of_counts_is_that_of_r():
    """R's level is that of the month before the first of the ban; ours is that of the first month."""
    found = ik.InterruptedTimeSeries(family="poisson", **SEASON, inference=OLS).estimate(by_month())
    level, slope = term(found, "level change"), term(found, "slope change")
    coefficients, errors = R["model4"]["coef"], R["model4"]["se"]
    assert_coefficient(slope, coefficients["smokban:I(time - 36)"], errors["smokban:I(time - 36)"])
    weights = np.array([1.0, -1.0])
    assert weights @ (level.point, slope.point) == pytest.approx(coefficients["smokban"], rel=1e-6)
    names = [one.name for one in found.terms]
    at = [names.index("level change"), names.index("slope change")]
    variance = weights @ found.covariance[np.ix_(at, at)] @ weights
    assert math.sqrt(variance) == pytest.approx(errors["smokban"], rel=1e-6)
    assert math.exp(weights @ (level.point, slope.point)) == pytest.approx(R["model4"]["rr"], rel=1e-6)


@pytest.mark.parametrize("model", ["model1", "model2", "model3", "model4"])
def test_every_coefficient_of_the_regression_of_counts_is_that_of_r(model):
    from impactkit.effects.kernels.interruption import fourier, interruption
    from impactkit.effects.kernels.log_linear import log_linear

    frame = pd.read_csv(FOLDER / "sicily.csv")
    time, expected = frame["time"].to_numpy(float), R[model]
    columns = {"(Intercept)": np.ones(len(frame)), "time": time, "smokban": frame["smokban"].to_numpy(float)}
    if "harmonic(month, 2, 12)1" in expected["coef"]:
        waves = fourier(frame["month"].to_numpy(float), length=12, harmonics=2)
        columns |= {f"harmonic(month, 2, 12){k + 1}": waves[:, k] for k in range(4)}
    if model == "model4":
        columns["smokban:I(time - 36)"] = columns["smokban"] * (time - 36)
        np.testing.assert_array_equal(
            interruption(time, 37.0).columns[:, 1] + columns["smokban"], columns["smokban:I(time - 36)"]
        )
    X = np.column_stack(list(columns.values()))
    fit = log_linear(X, frame["aces"].to_numpy(float), frame["stdpop"].to_numpy(float))
    residuals = fit.y - fit.X @ fit.coefficients
    dispersion = residuals @ residuals / (len(frame) - X.shape[1])
    if model != "model1":
        # R divides by the weights of the iteration before its last
        assert dispersion == pytest.approx(expected["dispersion"], rel=5e-6)
    scale = expected["dispersion"]
    errors = np.sqrt(scale * np.diag(np.linalg.inv(fit.X.T @ fit.X)))
    for name, b, error in zip(columns, fit.coefficients, errors, strict=True):
        assert b == pytest.approx(expected["coef"][name], rel=1e-6)
        assert error == pytest.approx(expected["se"][name], rel=1e-6)
    y, mu = frame["aces"].to_numpy(float), fit.means
    assert 2 * np.sum(y * np.log(y / mu) - (y - mu)) == pytest.approx(expected["deviance"], rel=1e-9)
    assert math.exp(12 * fit.coefficients[1]) == pytest.approx(expected["time_rr_year"], rel=1e-6)


def test_newey_and_west_on_counts_is_that_of_r():
    part = NeweyWest(lags=6, small_sample=False)
    found = ik.InterruptedTimeSeries(**PLAIN, inference=part).estimate(sicily())
    assert_coefficient(
        term(found, "level change"), R["model1"]["coef"]["smokban"], R["model1_nw6"]["se"]["smokban"]
    )


@pytest.mark.parametrize(
    ("inference", "key"),
    [
        (OLS, "se_ols"),
        (NeweyWest(lags=3, small_sample=False), "se_nw3"),
        (NeweyWest(lags=3), "se_nw3_adj"),
    ],
)
def test_the_rate_is_that_of_r(inference, key):
    study = sicily(outcome="rate", exposure=None)
    found = ik.InterruptedTimeSeries(slope_change=False, inference=inference).estimate(study)
    expected = R["ols_rate"]
    for name in ("average", "level change"):
        assert_coefficient(term(found, name), expected["coef"]["smokban"], expected[key]["smokban"])


def test_the_published_rate_ratios_are_found():
    paper = CASES["paper"]
    for season, name in (({}, "rr"), (SEASON, "rr_season")):
        found = ik.InterruptedTimeSeries(**PLAIN, **season, inference=OLS).estimate(by_month())
        assert term(found, "rate ratio").point == pytest.approx(paper[name], abs=0.0015)
