"""Imputation against the regression on dummies, and its standard error against the paper's formula."""

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import Imputation
from impactkit.effects.inference import InfluenceFunction


def panel(seed, *, gaps, weighted, n=40, T=7):
    rng = np.random.default_rng(seed)
    start = rng.choice([0, 3, 5, 6], n, p=[0.35, 0.25, 0.2, 0.2])
    start[:4] = [0, 0, 3, 3]
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), T),
            "time": np.tile(np.arange(1, T + 1), n),
            "start": np.repeat(start, T),
            "x": rng.normal(size=n * T),
            "w": rng.uniform(0.5, 2, n * T) if weighted else 1.0,
        }
    )
    frame["y"] = 20 * rng.normal(size=n)[frame["unit"]] + frame["x"] + rng.normal(size=n * T)
    return frame[rng.random(len(frame)) >= gaps].reset_index(drop=True)


def by_definition(frame, *, covariate, anticipation):
    """Return the average effect and its conservative standard error from explicit weights of every row."""
    start = frame["start"].replace(0, np.inf)
    treated = (frame["time"] >= start).to_numpy()
    untreated = (frame["time"] + anticipation < start).to_numpy()
    kept = frame["unit"].map(pd.Series(untreated).groupby(frame["unit"]).any()).to_numpy()
    kept = kept & (treated | untreated)
    frame, treated = frame[kept].reset_index(drop=True), treated[kept]
    Z = np.hstack(
        [pd.get_dummies(frame["unit"]).to_numpy(float), pd.get_dummies(frame["time"]).to_numpy(float)[:, 1:]]
        + ([frame[["x"]].to_numpy()] if covariate else [])
    )
    y, w = frame["y"].to_numpy(), frame["w"].to_numpy()
    root = np.sqrt(w[~treated])[:, None]
    b = np.linalg.lstsq(Z[~treated] * root, y[~treated] * root.ravel(), rcond=None)[0]
    gaps = y - Z @ b
    share = w[treated] / w[treated].sum()
    cell = frame.loc[treated, ["start", "time"]].apply(tuple, axis=1)
    means = (  # equation 8: by the squares of the weights
        pd.Series(gaps[treated] * share**2).groupby(cell.to_numpy()).sum()
        / pd.Series(share**2).groupby(cell.to_numpy()).sum()
    )
    v = np.zeros(len(y))
    v[treated] = share
    normal = (Z[~treated] * root).T @ (Z[~treated] * root)
    v[~treated] = -w[~treated] * (Z[~treated] @ (np.linalg.pinv(normal) @ (Z[treated].T @ share)))
    gaps = gaps.copy()
    point = float(share @ gaps[treated])
    gaps[treated] -= means[cell].to_numpy()
    by_unit = pd.Series(v * gaps).groupby(frame["unit"]).sum()
    return point, float(np.sqrt((by_unit**2).sum()))


@pytest.mark.parametrize("seed", range(30))
def test_points_and_conservative_errors_are_those_of_the_formula(seed):
    rng = np.random.default_rng(500 + seed)
    covariate, anticipation = bool(rng.integers(2)), int(rng.integers(2))
    frame = panel(seed, gaps=rng.choice([0.0, 0.12]), weighted=bool(rng.integers(2)))
    study = Study(
        frame,
        outcome="y",
        unit="unit",
        time="time",
        first_treated="start",
        weight="w",
        covariates=("x",) if covariate else (),
    )
    estimator = Imputation(anticipation=anticipation, inference=InfluenceFunction(), permutation=None)
    found = estimator.estimate(study)
    point, std_error = by_definition(frame, covariate=covariate, anticipation=anticipation)
    assert found.interval.point == pytest.approx(point, rel=1e-9, abs=1e-9)
    assert found.interval.std_error == pytest.approx(std_error, rel=1e-8)
    np.testing.assert_allclose((found.influence[:, 0] ** 2).sum(), std_error**2, rtol=1e-8)


def test_the_permutation_statistic_of_a_balanced_panel_is_the_estimate():
    frame = panel(3, gaps=0.0, weighted=False)
    study = Study(frame, outcome="y", unit="unit", time="time", first_treated="start")
    found = Imputation().estimate(study)
    for kind in ("simple", "dynamic", "group", "calendar"):
        average = found.aggregate(kind)
        assert average.permutation.statistics.observed == pytest.approx(average.interval.point, rel=1e-9)


def test_periods_in_which_everybody_is_treated_are_left_out_and_counted():
    frame = panel(2, gaps=0.0, weighted=False)
    frame = frame[frame["start"] > 0]
    study = Study(frame, outcome="y", unit="unit", time="time", first_treated="start")
    found = Imputation(permutation=None).estimate(study)
    late = int((frame["time"] >= frame["start"].max()).sum())
    assert found.warnings[0].code == "estimate.not_imputed"
    assert found.warnings[0].values["n"] == late
    assert {term.time for term in found.terms[1:]} == {3.0, 4.0, 5.0}


@pytest.mark.parametrize("anticipation", [0, 1])
@pytest.mark.parametrize("weight", [None, "unit_weight"])
@pytest.mark.parametrize("cluster", [None, "lot"])
def test_cohort_means_give_what_units_give(monkeypatch, anticipation, weight, cluster):
    """A balanced panel without covariates is reduced to its cohorts; nothing may change."""
    frame = panel(7, gaps=0.0, weighted=False)
    frame["unit_weight"] = 1 + frame["unit"] % 3
    frame["lot"] = frame["unit"] // 2
    study = Study(
        frame,
        outcome="y",
        unit="unit",
        time="time",
        first_treated="start",
        weight=weight,
        cluster=cluster,
    )
    by_estimate = cluster is not None or weight is not None  # else degrees of freedom are the design's
    estimator = Imputation(anticipation=anticipation)
    short = estimator.estimate(study)
    monkeypatch.setattr("impactkit.effects.imputed_cells._reduced", lambda design: None)
    whole = estimator.estimate(study)
    assert len(short.terms) == len(whole.terms) > 5
    for one, other in zip(short.terms, whole.terms, strict=True):
        assert one.interval.point == pytest.approx(other.interval.point, rel=1e-10)
        assert one.interval.std_error == pytest.approx(other.interval.std_error, rel=1e-9, nan_ok=True)
        if by_estimate:
            assert one.interval.df == pytest.approx(other.interval.df, rel=1e-9, nan_ok=True)
    np.testing.assert_allclose(short.influence, whole.influence, atol=1e-10)
    if by_estimate:
        assert short.warnings == whole.warnings
    assert short.permutation.p_value() == whole.permutation.p_value()


def test_degrees_of_freedom_of_a_balanced_panel_are_those_of_its_weights():
    """Satterthwaite's, from what each outcome weighs in the estimate: found by moving outcomes one by one."""
    frame = panel(11, gaps=0.0, weighted=False)
    starts = frame.groupby("unit")["start"].first()
    sizes = starts.value_counts()
    assert sizes.min() > 1

    def point(data):
        study = Study(data, outcome="y", unit="unit", time="time", first_treated="start")
        return Imputation(permutation=None).estimate(study)

    found = point(frame)
    total = free = 0.0
    for start, size in sizes.items():
        rows = frame.index[frame["unit"] == starts.index[starts == start][0]]
        weights = []
        for row in rows:
            moved = frame.copy()
            moved.loc[row, "y"] += 1.0
            weights.append(point(moved).interval.point - found.interval.point)
        variance = size * np.square(weights).sum()
        total, free = total + variance, free + variance**2 / (size - 1)
    assert found.interval.df == pytest.approx(total**2 / free, rel=1e-6)
