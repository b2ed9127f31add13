"""Group-time effects against their definitions, written out the slow way."""

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import StaggeredDifferenceInDifferences
from impactkit.effects.inference import ClusterRobust, InfluenceFunction
from impactkit.effects.kernels.adjusted_change import Comparison, adjusted_change
from impactkit.effects.kernels.adjusted_level import adjusted_level
from impactkit.effects.kernels.cluster_robust import cluster_robust
from impactkit.effects.kernels.least_squares import Block, least_squares


def panel(seed, *, n=60, T=7, gaps=0.0):
    rng = np.random.default_rng(seed)
    start = rng.choice([0, 3, 4, 6, 9], n, p=[0.35, 0.2, 0.2, 0.2, 0.05])
    start[:6] = [0, 0, 3, 3, 4, 4]
    time = np.arange(1, T + 1) * 2 - 1 if seed % 3 == 0 else np.arange(1, T + 1)
    y = rng.normal(size=n)[:, None] * 50 + rng.normal(size=T) + rng.normal(size=(n, T))
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), T),
            "time": np.tile(time, n),
            "start": np.repeat(start, T),
            "y": y.ravel(),
            "w": np.repeat(rng.uniform(0.5, 3, n), T),
            "lot": np.repeat(np.arange(n) // 3, T),
        }
    )
    return frame[rng.random(len(frame)) >= gaps]


def study(frame, **roles):
    return Study(frame, outcome="y", unit="unit", time="time", first_treated="start", **roles)


def definition(frame, group, time, *, control, anticipation, base, weight):
    """Return the difference of mean changes, over units seen in both periods; nan without any."""
    wide = frame.pivot(index="unit", columns="time", values="y")
    starts = frame.groupby("unit")["start"].first().replace(0, np.inf)
    periods = np.array(wide.columns)
    early = periods[periods + anticipation < group]
    before = early[-1] if time >= group or base == "universal" else periods[periods < time][-1]
    weights = frame.groupby("unit")["w"].mean() if weight else starts * 0 + 1
    weights = weights.fillna(1.0)
    latest = max(time, before) if control == "not_yet" else periods[-1]
    controls = (starts > latest + anticipation) & (starts != group)
    change = (wide[time] - wide[before]).dropna()
    means = []
    for members in (starts == group, controls):
        own = change[members.reindex(change.index)]
        means.append(np.average(own, weights=weights[own.index]) if len(own) else np.nan)
    return means[0] - means[1]


@pytest.mark.parametrize("seed", range(60))
def test_cells_are_differences_of_mean_changes(seed):
    rng = np.random.default_rng(1000 + seed)
    frame = panel(seed, gaps=rng.choice([0.0, 0.15]))
    options = {
        "control": rng.choice(["never", "not_yet"]).item(),
        "anticipation": rng.choice([0, 1]).item(),
        "base": rng.choice(["varying", "universal"]).item(),
    }
    weight = rng.choice(["w", None])
    estimator = StaggeredDifferenceInDifferences(permutation=None, **options)
    found = estimator.estimate(study(frame, weight=weight))
    cells = [term for term in found.terms if term.group is not None]
    assert len(cells) > 8
    for term in cells:
        expected = definition(frame, term.group, term.time, weight=weight is not None, **options)
        assert term.interval.point == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("seed", range(8))
def test_small_sample_errors_are_those_of_the_regression_on_cohorts_by_periods(seed):
    frame = panel(seed)
    frame = frame[frame["start"] != 9]
    found = StaggeredDifferenceInDifferences(
        inference=ClusterRobust(), base="universal", permutation=None
    ).estimate(study(frame))
    cohorts, periods = np.unique(frame["start"]), np.unique(frame["time"])
    cell = np.searchsorted(cohorts, frame["start"]) * len(periods) + np.searchsorted(periods, frame["time"])
    X = np.eye(len(cohorts) * len(periods))[cell]
    blocks = [Block(X=X, y=frame["y"].to_numpy(), clusters=frame["unit"].to_numpy())]
    robust = cluster_robust(blocks, least_squares(blocks), kind="CR2")
    for term in found.terms[1:]:
        contrast = np.zeros(X.shape[1])
        base = periods[periods < term.group][-1]
        for group, sign in ((term.group, 1.0), (0, -1.0)):
            row = int(np.searchsorted(cohorts, group)) * len(periods)
            contrast[row + np.searchsorted(periods, term.time)] += sign
            contrast[row + np.searchsorted(periods, base)] -= sign
        assert term.interval.std_error == pytest.approx(np.sqrt(robust.variance(contrast)), rel=1e-7)
        assert term.interval.df == pytest.approx(robust.degrees_of_freedom(contrast), rel=1e-7)


def test_coarser_clusters_sum_their_units_contributions():
    frame = panel(1)
    by_unit = StaggeredDifferenceInDifferences(inference=InfluenceFunction(), permutation=None)
    units = by_unit.estimate(study(frame))
    lots = by_unit.estimate(study(frame, cluster="lot"))
    summed = units.influence.reshape(20, 3, -1).sum(axis=1)
    np.testing.assert_allclose(lots.influence, summed, atol=1e-12)
    expected = np.sqrt((summed**2).sum(axis=0))
    found = np.array([term.interval.std_error for term in lots.terms])
    np.testing.assert_allclose(found[~np.isnan(found)], expected[~np.isnan(found)], rtol=1e-9)


def covariates(seed, m=80):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(m), rng.normal(size=(m, 2))])
    treated = rng.random(m) < 1 / (1 + np.exp(0.3 - 0.6 * X[:, 1]))
    return X, treated, rng.uniform(0.5, 2, m), rng


def slope_by_weight(effect, weights, i):
    """Return the derivative of an effect with respect to one row's weight, by central differences."""
    h = 1e-5
    up, down = weights.copy(), weights.copy()
    up[i] += h
    down[i] -= h
    return (effect(up) - effect(down)) / (2 * h)


@pytest.mark.parametrize("adjustment", ["regression", "weighting", "doubly_robust"])
def test_contributions_of_changes_are_derivatives_by_weight(adjustment):
    X, treated, weights, rng = covariates(4)
    changes = X @ np.array([[1.0], [2], [0]]) + rng.normal(size=(80, 1))

    def effect(w):
        return adjusted_change(
            Comparison(treated=treated, X=X, weights=w), changes, adjustment=adjustment
        ).points[0]

    rows = Comparison(treated=treated, X=X, weights=weights)
    found = adjusted_change(rows, changes, adjustment=adjustment).contributions[:, 0]
    expected = [weights[i] * slope_by_weight(effect, weights, i) for i in range(80)]
    np.testing.assert_allclose(found, expected, atol=1e-8)


@pytest.mark.parametrize("adjustment", ["regression", "weighting", "doubly_robust"])
def test_contributions_of_levels_are_derivatives_by_weight(adjustment):
    X, treated, weights, rng = covariates(5)
    later = rng.random(80) < 0.5
    y = X @ np.array([1.0, 2, 0]) + later + rng.normal(size=80)

    def effect(w):
        rows = Comparison(treated=treated, X=X, weights=w)
        return adjusted_level(rows, y, later, adjustment=adjustment).points[0]

    rows = Comparison(treated=treated, X=X, weights=weights)
    found = adjusted_level(rows, y, later, adjustment=adjustment).contributions[:, 0]
    expected = [weights[i] * slope_by_weight(effect, weights, i) for i in range(80)]
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_an_average_moves_with_each_units_weight_as_its_contribution_says():
    frame = panel(2)
    units = frame["unit"].unique()

    def effects(weights):
        w = frame["unit"].map(dict(zip(units, weights, strict=True)))
        found = StaggeredDifferenceInDifferences(
            control="not_yet", inference=InfluenceFunction(), permutation=None
        ).estimate(study(frame.assign(w=w), weight="w"))
        return [found.aggregate(kind) for kind in ("simple", "dynamic", "group", "calendar")]

    weights = np.random.default_rng(3).uniform(0.5, 2, len(units))
    whole = effects(weights)
    for i in (0, 5, 17, 40):
        up, down = weights.copy(), weights.copy()
        up[i] += 1e-5
        down[i] -= 1e-5
        for one, plus, minus in zip(whole, effects(up), effects(down), strict=True):
            slope = (plus.interval.point - minus.interval.point) / 2e-5
            assert one.influence[i, 0] == pytest.approx(weights[i] * slope, abs=1e-7)
