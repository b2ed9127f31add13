"""Effects on counts against dummies, another library and the derivative by weights, the slow way."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from impactkit.data.study import Study
from impactkit.effects.estimators import ExtendedTwoWayFixedEffects
from impactkit.effects.inference import ClusterRobust, Permutation, WildClusterBootstrap
from impactkit.effects.kernels.poisson import Counts, poisson
from impactkit.effects.worlds import CountPanel
from impactkit.errors import EstimationError

DATA = Path(__file__).parents[1] / "data" / "count_panels"


def panel(seed, *, gaps=0.0, n=30, T=6, events=20.0):
    rng = np.random.default_rng(seed)
    start = rng.choice([0, 3, 4, 6], n, p=[0.4, 0.2, 0.2, 0.2])
    start[:8] = [0, 0, 3, 3, 4, 4, 6, 6]
    people = np.exp(rng.normal(0, 0.5, (n, 1)) + rng.normal(0, 0.1, (n, T)))
    x = rng.normal(size=n)
    period = np.arange(1, T + 1)
    logs = rng.normal(0, 0.4, (n, 1)) + 0.2 * rng.normal(size=T) + 0.02 * x[:, None] * period
    on = (start[:, None] > 0) & (period >= start[:, None])
    mean = events * people * np.exp(logs + on * rng.normal(0.2, 0.2, (n, 1)))
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), T),
            "time": np.tile(period, n),
            "start": np.repeat(start, T),
            "area": np.repeat(np.arange(n) // 2, T),
            "x": np.repeat(x, T),
            "w": np.repeat(rng.uniform(0.5, 2, n), T),
            "people": people.ravel(),
            "y": rng.poisson(mean).astype(float).ravel(),
        }
    )
    return frame[rng.random(len(frame)) >= gaps].reset_index(drop=True)


ROLES = {"outcome": "y", "time": "time", "first_treated": "start", "exposure": "people", "weight": "w"}


def estimate(frame, *, kind="CR0", **roles):
    settings = ExtendedTwoWayFixedEffects(
        family="poisson", inference=ClusterRobust(kind=kind), permutation=None
    )
    return settings.estimate(Study(frame, **({"unit": "unit"} | ROLES | roles)))


def cells_of(found):
    return {(t.group, t.time): (k, t.interval) for k, t in enumerate(found.terms) if t.group is not None}


def by_dummies(frame, *, groups, covariate):
    """Return ATT, observed rate and ratio of every cell, from a regression with a dummy a group."""
    d = frame
    cells = [(g, t) for g in sorted(set(d["start"]) - {0}) for t in sorted(set(d["time"])) if t >= g]
    effects = np.column_stack([(d["start"] == g) & (d["time"] == t) for g, t in cells]).astype(float)
    times = pd.get_dummies(d["time"]).to_numpy(float)[:, 1:]
    parts = [times, effects]
    treated = [np.zeros(times.shape[1]), np.ones(len(cells))]
    if covariate:
        mean = (d["x"] * d["w"]).groupby(d["start"]).sum() / d.groupby("start")["w"].sum()
        centred = (d["x"] - d["start"].map(mean)).to_numpy()[:, None]
        x = d["x"].to_numpy()[:, None]
        parts += [times * x, effects * centred]
        treated += [np.zeros(times.shape[1]), np.ones(len(cells))]
        if groups == "start":
            parts.append(x)
            treated.append(np.zeros(1))
    X = np.hstack([*parts, pd.get_dummies(d[groups]).to_numpy(float)])
    is_effect = np.concatenate([*treated, np.zeros(X.shape[1] - sum(len(t) for t in treated))]) > 0
    exposure = d["people"] if "people" in d else np.ones(len(d))
    model = sm.GLM(d["y"], X, family=sm.families.Poisson(), exposure=exposure, freq_weights=d["w"])
    b = model.fit(tol=1e-14, maxiter=300).params.to_numpy()
    without = exposure * np.exp(np.where(is_effect, 0.0, X) @ b)
    found = {}
    for k, cell in enumerate(cells):
        own = d["w"] * effects[:, k]
        mass = (own * exposure).sum()
        found[cell] = ((own * d["y"]).sum() / mass, (own * without).sum() / mass)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_effects_are_those_of_a_regression_on_dummies(seed):
    covariate, pooled = seed % 2 == 0, seed % 3 == 0
    frame = panel(seed, gaps=0.1 * (seed % 4 == 1))
    roles = {"covariates": ("x",) if covariate else ()} | (
        {"unit": None, "cluster": "unit"} if pooled else {}
    )
    found = cells_of(estimate(frame, **roles))
    expected = by_dummies(frame, groups="start" if pooled else "unit", covariate=covariate)
    assert found.keys() == expected.keys()
    for cell, (observed, without) in expected.items():
        assert found[cell][1].point == pytest.approx(observed - without, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_contributions_are_the_derivative_by_weights(seed):
    covariate, pooled, clustered = seed % 2 == 0, seed in (3, 6), seed % 4 == 1
    frame = panel(seed, gaps=0.1 * (seed % 3 == 1), n=16)
    frame["w"] = 1.0
    cluster = "area" if clustered else "unit"
    roles = {"covariates": ("x",) if covariate else (), "cluster": cluster}
    roles |= {"unit": None} if pooled else {}
    found = estimate(frame, **roles)
    order = sorted(set(frame[cluster]))
    step = 1e-4
    for g in (order[0], order[3], order[5]):
        mine = frame[cluster] == g
        low, high = (
            cells_of(estimate(frame.assign(w=1.0 + sign * step * mine), **roles)) for sign in (-1, 1)
        )
        for cell, (k, interval) in cells_of(found).items():
            slope = (high[cell][1].point - low[cell][1].point) / (2 * step)
            own = found.influence[order.index(g), k]
            if not np.isnan(interval.std_error):
                assert own == pytest.approx(slope, rel=1e-5, abs=1e-6), (g, cell)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_log_ratio_is_that_of_another_library(seed):
    expected = json.loads((DATA / "expected.json").read_text())[str(seed)]
    frame = pd.read_csv(DATA / f"panel_{seed}.csv").rename(columns={"period": "time"}).assign(w=1.0)
    found = {t.name: t.interval for t in estimate(frame, kind="CR1").terms}
    assert found["log rate ratio"].point == pytest.approx(expected["log_ratio"], rel=1e-8)
    assert found["log rate ratio"].std_error == pytest.approx(expected["std_error"], rel=1e-8)
    assert found["rate ratio"].point == pytest.approx(np.exp(expected["log_ratio"]), rel=1e-8)
    low, high = found["log rate ratio"].low, found["log rate ratio"].high
    assert (found["rate ratio"].low, found["rate ratio"].high) == (np.exp(low), np.exp(high))


@pytest.mark.parametrize("seed", range(6))
def test_the_log_ratio_is_corrected_as_the_working_regression_is(seed):
    """CR2 and its degrees of freedom, of weighted least squares with a dummy a unit, the slow way."""
    rng = np.random.default_rng(seed)
    n, T = 14, 4
    people = np.repeat(np.exp(rng.normal(2, 0.8, n)), T)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(n), T), "time": np.tile(np.arange(T), n)})
    frame["start"], frame["people"], frame["w"] = np.where(frame["unit"] < 5, T - 1, 0), people, 1.0
    frame["y"] = rng.poisson(people * rng.gamma(10, 0.2, n * T)).astype(float)
    found = {t.name: t.interval for t in estimate(frame, kind="CR2").terms}["log rate ratio"]
    on = ((frame["start"] > 0) & (frame["time"] >= frame["start"])).to_numpy(float)
    units, times = np.eye(n)[frame["unit"]], np.eye(T)[frame["time"]][:, 1:]
    X = np.column_stack([on, times, units])
    fit = sm.GLM(frame["y"], X, family=sm.families.Poisson(), exposure=people).fit(tol=1e-14, maxiter=300)
    mu = fit.mu
    W = X * np.sqrt(mu)[:, None]
    e = (frame["y"].to_numpy() - mu) / np.sqrt(mu)
    H = W @ np.linalg.pinv(W.T @ W) @ W.T
    row = (np.linalg.pinv(W.T @ W) @ W.T)[0]
    G, variance = [], 0.0
    for g in range(n):
        own = (frame["unit"] == g).to_numpy()
        values, vectors = np.linalg.eigh((np.eye(n * T) - H)[np.ix_(own, own)])
        half = vectors @ np.diag([v**-0.5 if v > 1e-9 else 0.0 for v in values]) @ vectors.T
        variance += float(row[own] @ half @ e[own]) ** 2
        G.append((np.eye(n * T) - H)[:, own] @ half @ row[own])
    gram = np.array(G) @ np.array(G).T
    assert found.std_error == pytest.approx(np.sqrt(variance), rel=1e-6)
    working = np.trace(gram) ** 2 / (gram**2).sum()
    assert (
        0.4 < found.df / working < 2.5
    )  # parts of cohorts are weighed as estimated, not by the working model


def test_units_without_events_are_told_and_count_in_the_rate():
    frame = panel(3)
    frame.loc[frame["unit"].isin([2, 4]), "y"] = 0.0
    found = estimate(frame)
    codes = {message.code: message.values for message in found.warnings}
    assert codes["estimate.units_without_events"]["n"] == 2
    without = estimate(frame[~frame["unit"].isin([2, 4])])
    ratio = [t.interval.point for t in found.terms if t.name == "log rate ratio"]
    assert abs(found.interval.point) < abs(without.interval.point)
    assert np.isfinite(ratio[0])


def test_a_cell_without_events_stays_in_the_average():
    frame = panel(4)
    frame.loc[(frame["start"] == 6) & (frame["time"] == 6), "y"] = 0.0
    found = estimate(frame)
    assert "estimate.cells_without_events" in {message.code for message in found.warnings}
    interval = cells_of(found)[6.0, 6.0][1]
    assert interval.point < 0 and interval.std_error > 0
    almost = frame.assign(y=frame["y"] + 1e-9 * ((frame["start"] == 6) & (frame["time"] == 6)))
    assert cells_of(estimate(almost))[6.0, 6.0][1].point == pytest.approx(interval.point, rel=1e-6)


def test_a_period_without_untreated_events_is_left_out_and_told():
    frame = panel(5)
    frame.loc[(frame["time"] == 5) & ~frame["start"].between(1, 5), "y"] = 0.0
    found = estimate(frame)
    codes = {message.code: message.values for message in found.warnings}
    assert codes["estimate.cells_without_comparable_events"]["n"] == 2
    assert np.isnan(cells_of(found)[3.0, 5.0][1].point) and np.isfinite(found.interval.point)


def test_no_events_at_all_are_no_effect_without_an_interval():
    found = estimate(panel(1).assign(y=0.0))
    assert found.interval.point == 0.0 and np.isnan(found.interval.std_error)
    assert found.interval.reason.code == "estimate.no_variation"
    assert [t.interval.reason.code for t in found.terms[-2:]] == ["estimate.cell_not_estimated"] * 2


def test_counts_without_exposure_are_counts_for_each_row():
    frame = panel(6)
    one = estimate(frame.assign(people=1.0))
    assert estimate(frame, exposure=None).interval == one.interval
    assert "per" not in str(estimate(frame, exposure=None).estimand).split("over")[0]


def test_rates_weighted_by_exposure_are_the_same_regression():
    frame = panel(7)
    whole = estimate(frame)
    rates = estimate(frame, rates="weighted")
    for one, other in zip(whole.terms, rates.terms, strict=True):
        assert other.interval.point == pytest.approx(one.interval.point, rel=1e-9)
        assert other.interval.std_error == pytest.approx(one.interval.std_error, rel=1e-8, nan_ok=True)


def test_the_permutation_is_its_own_inference():
    world = CountPanel(n_units=12, n_treated=4, starts=(3, 7))
    study = world.study(world.draw(1))
    settings = ExtendedTwoWayFixedEffects(family="poisson", inference=Permutation())
    found = settings.estimate(study)
    assert found.interval.p_value == found.permutation.p_value()
    assert found.interval.low < found.interval.high


REFUSED = {
    "negative counts": (lambda f: f.assign(y=f["y"] - 5000), {}, "cannot be negative; rows below 0"),
    "bootstrap": (
        lambda f: f,
        {"inference": WildClusterBootstrap(draws=99)},
        "not one of a regression of counts",
    ),
}


@pytest.mark.parametrize(("change", "settings", "match"), REFUSED.values(), ids=REFUSED)
def test_what_it_cannot_answer_is_refused(change, settings, match):
    study = Study(change(panel(1)), unit="unit", **ROLES)
    with pytest.raises(EstimationError, match=match) as caught:
        ExtendedTwoWayFixedEffects(family="poisson", **settings).estimate(study)
    assert "Mend:" in str(caught.value)


def test_separated_events_do_not_converge():
    counts = Counts(
        X=np.array([[0.0], [1], [0], [1]]),
        y=np.array([2.0, 0, 1, 0]),
        exposure=np.ones(4),
        weights=np.ones(4),
        groups=np.array([0, 0, 1, 1]),
    )
    assert not poisson(counts).has_converged
