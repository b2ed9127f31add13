"""Donors chosen by predictors: read by name, averaged before the start, weighed as asked, by brute force."""

import numpy as np
import pandas as pd
import pydantic
import pytest
from scipy.optimize import minimize

from impactkit.data.study import Study
from impactkit.effects.estimators import SyntheticControl
from impactkit.effects.kernels.predictor_weights import (
    _loss,
    donors_following,
    donors_given,
    nested_weights,
)
from impactkit.effects.predictor import Predictor
from impactkit.errors import EstimationError, StudyError

START, T, N = 2009, 14, 9
YEARS = np.arange(2000, 2000 + T)


def panel(seed=1):
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal(T).cumsum()
    y = rng.normal(10, 2, (N, 1)) + rng.uniform(0.5, 1.5, (N, 1)) * factor + 0.2 * rng.standard_normal((N, T))
    x = y.mean(axis=1, keepdims=True) + rng.standard_normal((N, T))
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{i}" for i in range(N)], T),
            "year": np.tile(YEARS, N),
            "start": np.repeat(np.where(np.arange(N) == 0, START, 0), T),
            "y": y.ravel(),
            "x": x.ravel(),
            "z": rng.standard_normal(N * T),
        }
    )


def study(frame):
    return Study(frame, outcome="y", unit="unit", time="year", first_treated="start")


def weights(found):
    found = {donor.unit: donor.weight for donor in found.counterfactual.weights}
    return np.array([found.get(f"u{i}", 0.0) for i in range(1, N)])


def slow_means(frame, column, years):
    part = frame[frame["year"].isin(years)]
    return part.groupby("unit")[column].mean().to_numpy()


@pytest.mark.parametrize("seed", range(5))
def test_equal_weights_bring_the_standardised_means_nearest(seed):
    frame = panel(seed)
    frame.loc[frame["unit"].eq("u3") & frame["year"].eq(2004), "x"] = np.nan
    asked = [
        Predictor(column="x", first=2002, last=2006),
        Predictor(column="z"),
        {"column": "y", "periods": [2003]},
    ]
    found = SyntheticControl(predictors=asked, v="equal").estimate(study(frame))
    X = np.column_stack(
        [
            slow_means(frame, "x", range(2002, 2007)),
            slow_means(frame, "z", range(2000, START)),
            slow_means(frame, "y", [2003]),
        ]
    )
    balance = found.counterfactual.predictors
    np.testing.assert_allclose([one.treated for one in balance], X[0])
    np.testing.assert_allclose([one.donors for one in balance], X[1:].mean(axis=0))
    np.testing.assert_allclose([one.expected for one in balance], weights(found) @ X[1:], atol=1e-9)
    X = X / X.std(axis=0, ddof=1)

    def size(w):
        return ((w @ X[1:] - X[0]) ** 2).sum()

    slow = minimize(
        size,
        np.full(N - 1, 1 / (N - 1)),
        bounds=[(0, 1)] * (N - 1),
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert size(weights(found)) <= slow.fun + 1e-10
    assert size(weights(found)) == pytest.approx(slow.fun, abs=1e-6)
    codes = [message.code for message in found.warnings]
    assert codes.count("donors.predictor_gaps") == 1
    assert found.adjusted_for == ("x", "z", "y")


def test_nested_weights_are_as_good_as_a_search_without_derivatives():
    """The loss has many local minima, where either search may end; ours must win or tie nearly always."""
    ratios = []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        paths = rng.standard_normal((12, 8)).cumsum(axis=1)
        X = np.column_stack([paths[:, 7], paths.mean(axis=1), rng.standard_normal(12)])
        X = X / X.std(axis=0, ddof=1)
        data = (X[1:], X[0], paths[1:], paths[0])
        found = nested_weights(*data)
        gaps = paths[0] - donors_given(found.v, X[1:], X[0]) @ paths[1:]
        assert (gaps**2).mean() == pytest.approx(found.loss, rel=1e-9)
        slow = minimize(
            lambda theta, data=data: _loss(np.exp(theta - theta.max()), *data)[0],
            np.zeros(3),
            method="Nelder-Mead",
        )
        ratios.append(found.loss / slow.fun)
    assert np.mean(np.array(ratios) <= 1.01) >= 0.85
    assert np.median(ratios) <= 1 + 1e-9


def test_the_derivative_of_the_loss_is_that_of_differences():
    rng = np.random.default_rng(4)
    paths, X, v = rng.standard_normal((9, 6)), rng.standard_normal((9, 4)), rng.uniform(0.5, 1, 4)
    data = (X[1:], X[0], paths[1:], paths[0])
    _, slope = _loss(v, *data)
    for k, step in enumerate(1e-6 * np.eye(4)):
        number = (_loss(v + step, *data)[0] - _loss(v - step, *data)[0]) / 2e-6
        assert slope[k] == pytest.approx(number, rel=1e-5, abs=1e-8)


def test_cross_validation_trains_on_the_first_half():
    frame = panel(2)
    asked = (Predictor(column="x"), Predictor(column="y"))
    found = SyntheticControl(predictors=asked, v="cross_validation").estimate(study(frame))
    first, second = range(2000, 2004), range(2004, START)
    halves = [np.column_stack([slow_means(frame, c, part) for c in ("x", "y")]) for part in (first, second)]
    train, last = (X / X.std(axis=0, ddof=1) for X in halves)
    Y = frame["y"].to_numpy().reshape(N, T)[:, 4:9]
    v = nested_weights(train[1:], train[0], Y[1:], Y[0]).v
    own = np.array([one.weight for one in found.counterfactual.predictors])
    before = frame["y"].to_numpy().reshape(N, T)[:, :9]
    expected = donors_following(own, last[1:], last[0], before[1:], before[0])
    np.testing.assert_allclose(weights(found), expected, atol=1e-5)
    losses = [_loss(each, train[1:], train[0], Y[1:], Y[0])[0] for each in (own, v)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


@pytest.mark.parametrize("seed", range(12))
def test_of_weights_that_meet_predictors_alike_those_that_follow_outcomes_are_taken(seed):
    rng = np.random.default_rng(seed)
    X, Z = rng.standard_normal((15, 2)), rng.standard_normal((15, 6))
    X[0], v = X[1:].mean(axis=0), rng.dirichlet([1, 1])
    found = donors_following(v, X[1:], X[0], Z[1:], Z[0])
    np.testing.assert_allclose(found @ X[1:], X[0], atol=1e-7)
    slow = minimize(
        lambda w: ((w @ Z[1:] - Z[0]) ** 2).sum(),
        np.full(14, 1 / 14),
        bounds=[(0, 1)] * 14,
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1},
            {"type": "eq", "fun": lambda w: w @ X[1:] - X[0]},
        ],
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert ((found @ Z[1:] - Z[0]) ** 2).sum() == pytest.approx(slow.fun, rel=1e-4, abs=1e-6)
    X[0] = 9.0  # outside: the nearest weights are the only ones, and outcomes have no say
    alone = donors_given(v, X[1:], X[0])
    np.testing.assert_array_equal(donors_following(v, X[1:], X[0], Z[1:], Z[0]), alone)


def test_outcomes_of_every_period_alike_are_the_plain_synthetic_control():
    frame = panel(3)
    spread = frame[frame["year"] < START].groupby("year")["y"].std()
    asked = [{"column": "y", "periods": [int(year)]} for year in spread.index]
    by_hand = SyntheticControl(predictors=asked, v=tuple(spread**2)).estimate(study(frame))
    plain = SyntheticControl().estimate(study(frame))
    np.testing.assert_allclose(weights(by_hand), weights(plain), atol=1e-9)
    assert by_hand.interval.point == pytest.approx(plain.interval.point, abs=1e-9)


def test_the_order_of_rows_clusters_and_kinds_of_labels_do_not_matter():
    frame = panel(1)
    asked = [Predictor(column="x"), Predictor(column="z")]
    expected = SyntheticControl(predictors=asked, v="equal").estimate(study(frame)).interval.point
    frame["unit"] = frame["unit"].str[1:].astype(int)
    frame["lot"] = -frame["unit"]
    shuffled = frame.sample(frac=1, random_state=1)
    again = Study(shuffled, outcome="y", unit="unit", time="year", first_treated="start", cluster="lot")
    assert SyntheticControl(predictors=asked, v="equal").estimate(again).interval.point == pytest.approx(
        expected, abs=1e-12
    )
    dated = frame.assign(year=pd.to_datetime(frame["year"].astype(str)))
    dated["start"] = pd.to_datetime(np.where(frame["start"] > 0, f"{START}-01-01", None))
    asked = [Predictor(column="x", first="2000-01-01", last="2008-01-01"), Predictor(column="z")]
    assert SyntheticControl(predictors=asked, v="equal").estimate(
        study(dated)
    ).interval.point == pytest.approx(expected, abs=1e-12)


def test_a_donor_without_a_predictor_is_left_out_by_name_and_late_periods_are_told():
    frame = panel(1)
    gone = frame["unit"].eq("u4")
    found = SyntheticControl(predictors=[{"column": "x", "last": 2013}, {"column": "z"}], v="equal").estimate(
        study(frame.assign(x=frame["x"].mask(gone)))
    )
    told = {message.code: str(message) for message in found.warnings}
    assert "u4" in told["donors.no_predictor"]
    assert "x –2013" in told["donors.predictor_late"]
    without = SyntheticControl(predictors=[{"column": "x"}, {"column": "z"}], v="equal").estimate(
        study(frame[~gone])
    )
    assert found.interval.point == pytest.approx(without.interval.point, abs=1e-12)


REFUSED = {
    "no such column": ([{"column": "xx"}], None, StudyError, "Column 'xx' is not in the data"),
    "text": ([{"column": "unit"}], None, StudyError, "must hold numbers"),
    "after the start": (
        [{"column": "x", "periods": [2012]}],
        None,
        EstimationError,
        "without any value before",
    ),
    "no such period": (
        [{"column": "x", "periods": ["May"]}],
        None,
        EstimationError,
        "no period of the study",
    ),
    "treated lacks it": ([{"column": "x"}], "u0", EstimationError, r"u0 \(x\)"),
    "donors lack it": ([{"column": "x"}], "donors", EstimationError, "Only 0 donors have every predictor"),
    "unmeasured half": ([{"column": "x", "first": 2007}], None, EstimationError, "first half"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_predictors_that_cannot_serve_are_refused(case):
    asked, lacking, kind, match = case
    frame = panel(1)
    who = frame["unit"].ne("u0") if lacking == "donors" else frame["unit"].eq(lacking)
    with pytest.raises(kind, match=match):
        SyntheticControl(predictors=asked, v="cross_validation").estimate(
            study(frame.assign(x=frame["x"].mask(who)))
        )


@pytest.mark.parametrize("v", [(1.0,), (0.0, 0.0), (-1.0, 2.0)])
def test_weights_of_predictors_are_one_for_each_and_not_all_zero(v):
    with pytest.raises(pydantic.ValidationError):
        SyntheticControl(predictors=[{"column": "x"}, {"column": "z"}], v=v)
