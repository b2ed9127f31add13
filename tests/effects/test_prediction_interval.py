"""Prediction intervals: what drawn errors leave possible, by the definition; and the authors' package."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from impactkit.data.study import Study
from impactkit.effects.estimators import AugmentedSyntheticControl, SyntheticControl
from impactkit.effects.inference import PredictionInterval
from impactkit.effects.kernels.prediction import (
    drawn_errors,
    in_sample,
    out_of_sample,
    quantile_regression,
    sparsity,
)
from impactkit.effects.kernels.simplex import nearest_in_hull
from impactkit.errors import EstimationError

DATA = Path(__file__).parents[1] / "data"


def panel(seed=1, *, donors=6, before=14, after=3, effect=0.0, treated=1):
    rng = np.random.default_rng(seed)
    n, T = donors + treated, before + after
    common = np.cumsum(rng.standard_normal(T))
    y = rng.uniform(0.5, 1.5, (n, 1)) * common + 0.5 * rng.standard_normal((n, T))
    y[:treated, before:] += effect
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{i}" for i in range(n)], T),
            "t": np.tile(np.arange(T), n),
            "y": y.ravel(),
            "first": np.repeat(np.where(np.arange(n) < treated, before, 0), T),
        }
    )


def estimated(frame, **settings):
    study = Study(frame, outcome="y", unit="unit", time="t", first_treated="first")
    inference = PredictionInterval(draws=99, **settings)
    return SyntheticControl(inference=inference, permutation=None).estimate(study)


def slow_reach(donors, later, weights, *, rho, error):
    """Return the least and largest prediction error over weights that an error leaves possible, by SLSQP."""
    floor = np.where(weights < rho, weights, 0.0)
    rules = [
        {"type": "eq", "fun": lambda b: b.sum() - 1},
        {
            "type": "ineq",
            "fun": lambda b: (
                error @ error - ((b - weights) @ donors - error) @ ((b - weights) @ donors - error)
            ),
        },
    ]
    bounds = [(low, 1.0) for low in floor]
    ends = []
    for sign in (1.0, -1.0):
        best = math.inf
        for start in (weights, 0.9 * weights + 0.1 / len(weights), np.maximum(floor, 1 / len(weights))):
            found = minimize(
                lambda b, sign=sign: sign * float((weights - b) @ later),
                start / start.sum(),
                bounds=bounds,
                constraints=rules,
                method="SLSQP",
                options={"maxiter": 2000, "ftol": 1e-13},
            )
            holds = all(rule["fun"](found.x) > -1e-7 for rule in rules[1:]) and abs(found.x.sum() - 1) < 1e-7
            best = min(best, found.fun) if holds else best
        ends.append(sign * best)
    return ends


@pytest.mark.parametrize("seed", range(8))
def test_weights_go_as_far_as_an_error_leaves_possible(seed):
    rng = np.random.default_rng(seed)
    donors, later = rng.standard_normal((5, 9)), rng.standard_normal((5, 2))
    target = rng.dirichlet(np.ones(5)) @ donors + 0.3 * rng.standard_normal(9)
    weights = nearest_in_hull(donors, target).weights
    errors = 0.4 * rng.standard_normal((3, 9))
    least, most = in_sample(donors, later, weights, rho=0.1, errors=errors)
    for b in range(3):
        for k in range(2):
            low, high = slow_reach(donors, later[:, k], weights, rho=0.1, error=errors[b])
            assert least[b, k] == pytest.approx(low, abs=2e-5)
            assert most[b, k] == pytest.approx(high, abs=2e-5)


def test_errors_of_later_periods_follow_their_formula():
    gaps = np.random.default_rng(3).standard_normal(25)
    one, later = np.ones((25, 1)), np.ones((2, 1))
    low, high = out_of_sample(gaps, one, later, alpha=0.05, errors="gaussian", unbiased=True)
    half = math.sqrt(-2 * math.log(0.025)) * gaps.std()
    assert low == pytest.approx(gaps.mean() - half) and high == pytest.approx(gaps.mean() + half)
    low, high = out_of_sample(gaps, one, later, alpha=0.1, errors="quantile", unbiased=True)
    assert (low[0], high[0]) == (np.quantile(gaps, 0.05), np.quantile(gaps, 0.95))
    low, high = out_of_sample(gaps, one, later, alpha=0.1, errors="location_scale", unbiased=True)
    # One constant: standardising and scaling back is nothing.
    assert (low[0], high[0]) == pytest.approx((np.quantile(gaps, 0.05), np.quantile(gaps, 0.95)))


@pytest.mark.parametrize("q", [0.1, 0.25, 0.5, 0.9])
def test_quantile_regression_has_the_least_tilted_residuals(q):
    rng = np.random.default_rng(5)
    X = np.column_stack([np.ones(30), rng.standard_normal(30)])
    y = X @ [1.0, 2.0] + rng.standard_normal(30)

    def loss(b):
        rest = y - X @ b
        return np.where(rest > 0, q * rest, (q - 1) * rest).sum()

    found = quantile_regression(y, X, q)
    for pair in [(i, j) for i in range(30) for j in range(i)]:  # some minimum passes through two points
        rows = list(pair)
        assert loss(found) <= loss(np.linalg.solve(X[rows], y[rows])) + 1e-9


def test_drawn_errors_have_their_variances_everywhere():
    errors = drawn_errors(np.array([1.0, 4.0]), draws=20_000, seed=2)
    assert errors.var(axis=0) == pytest.approx([1.0, 4.0], rel=0.04)
    assert (errors == drawn_errors(np.array([1.0, 4.0]), draws=20_000, seed=2)).all()


@pytest.fixture(scope="module")
def authors():
    """What scpi-pkg says of California, and our parts of the same."""
    answers = json.loads((DATA / "scpi_peers" / "answers.json").read_text("utf-8"))
    frame = pd.read_csv(DATA / "prop99" / "california_prop99.csv", sep=";")
    frame["first"] = np.where(frame["State"] == "California", 1989, 0)
    study = Study(frame, outcome="PacksPerCapita", unit="State", time="Year", first_treated="first")
    inference = PredictionInterval(order=1, variance="log", draws=199)
    _, fits = SyntheticControl(inference=inference).beside_donors(study)
    return answers, fits, inference.predictions(fits)[1:]


def test_the_authors_package_finds_the_same_weights_and_sparsity(authors):
    answers, fits, _ = authors
    before = fits.outcomes[1:, : fits.reach[0]]
    assert sparsity(before, fits.weights[0], fits.path[: fits.reach[0]]) == pytest.approx(answers["rho"])
    assert int((fits.weights[0] > 1e-6).sum()) == answers["n_weights"]


def test_the_authors_package_bounds_later_errors_alike(authors):
    """Their limits less what their weights may add are the bound for errors, which nothing is drawn for."""
    answers, _, ours = authors
    whole, weights = (np.array(answers["bounds"][name]) for name in ("subgaussian", "insample"))
    for one, theirs in zip(ours, whole - weights, strict=True):
        low, high = out_of_sample(
            one.gaps, one.before, one.after, alpha=0.05, errors="gaussian", unbiased=False
        )
        assert (low[0], high[0]) == pytest.approx(theirs, abs=0.02)


def test_the_authors_package_lets_weights_go_as_far(authors):
    """Quantiles of 199 and 1,000 draws: an end of 8 packs has a standard error of about half a pack."""
    answers, _, ours = authors
    theirs = np.array(answers["bounds"]["insample"])
    low = np.array([np.quantile(one.least, 0.025) for one in ours])
    high = np.array([np.quantile(one.most, 0.975) for one in ours])
    assert np.abs(low - theirs[:, 0]).mean() < 0.6 and np.abs(high - theirs[:, 1]).mean() < 0.6
    assert np.abs(low - theirs[:, 0]).max() < 1.5 and np.abs(high - theirs[:, 1]).max() < 1.5


def test_a_large_effect_lies_outside_and_none_inside():
    none, large = estimated(panel(seed=2, before=20)), estimated(panel(seed=2, before=20, effect=30.0))
    assert none.interval.low < 0 < none.interval.high and none.interval.p_value > 0.05
    assert large.interval.low > 0 and large.interval.p_value <= 0.05
    assert large.interval.p_value == pytest.approx(4 / 100)  # 99 draws show no less
    assert math.isnan(large.interval.std_error)
    assert [term.name for term in large.terms] == ["average", "20", "21", "22"]


def test_limits_and_p_values_agree():
    found = estimated(panel(seed=4, before=20, effect=1.0))
    low, high = found.bootstrap.limits(0.8)
    assert found.bootstrap.p_value(low) == pytest.approx(0.2, abs=1e-6)
    assert found.bootstrap.one_sided(high, alternative="less") == pytest.approx(0.1, abs=1e-6)


def test_too_few_draws_or_periods_give_no_limits_and_say_so():
    study = Study(panel(before=20), outcome="y", unit="unit", time="t", first_treated="first")
    inference = PredictionInterval(draws=79, level=0.99)
    found = SyntheticControl(inference=inference, permutation=None).estimate(study)
    assert found.interval.low == -math.inf and found.interval.high == math.inf
    assert found.warnings[-1].code == "inference.prediction_interval.too_few_draws"
    quantiles = estimated(panel(before=20), errors="quantile")
    assert quantiles.warnings[-1].code == "inference.prediction_interval.too_few_periods"
    for note in (found.warnings[-1], quantiles.warnings[-1]):
        assert note.text("sv") != note.text("en")


def test_a_perfect_fit_shows_nothing_of_chance():
    frame = panel(donors=30, before=12)
    mean = frame[frame["unit"].isin(["u1", "u2"])].groupby("t")["y"].mean()
    own = frame["unit"] == "u0"
    frame.loc[own, "y"] = frame.loc[own, "t"].map(mean)
    found = estimated(frame)
    assert found.interval.reason.code == "inference.prediction_interval.perfect_fit"
    assert math.isnan(found.interval.p_value)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (panel(treated=2), "one treated unit; 2 are treated"),
        (panel(before=8), "8 periods before the start are too few"),
        (panel(before=10, after=9), "10 periods before the start are too few"),
    ],
)
def test_what_it_is_not_for_is_refused(frame, said):
    with pytest.raises(EstimationError, match=said):
        estimated(frame)


def test_it_is_for_synthetic_controls_of_outcomes_alone():
    study = Study(panel(), outcome="y", unit="unit", time="t", first_treated="first")
    with pytest.raises(ValueError, match="PlaceboInSpace"):
        AugmentedSyntheticControl(inference=PredictionInterval())
    estimator = SyntheticControl(inference=PredictionInterval(), predictors=({"column": "y", "first": 0},))
    with pytest.raises(EstimationError, match="outcomes alone"):
        estimator.estimate(study)
