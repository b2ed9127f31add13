"""Switches against the definition written out the slow way, and against another library."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects import estimators
from impactkit.effects.estimators import (
    StaggeredDifferenceInDifferences,
    SwitchingDifferenceInDifferences,
)
from impactkit.effects.inference import ClusterRobust, InfluenceFunction, Permutation
from impactkit.effects.worlds import SwitchingPanel
from impactkit.errors import EstimationError

DATA = Path(__file__).parents[1] / "data" / "switching_panels"


def panel(seed, *, n=14, T=5, gaps=0.0, weighted=False):
    rng = np.random.default_rng(seed)
    on = np.cumsum(rng.random((n, T)) < 0.3, axis=1) % 2
    on[:2], on[2:4] = 0, 1
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), T),
            "time": np.tile(np.arange(1, T + 1), n),
            "on": on.ravel(),
            "area": np.repeat(np.arange(n) // 2, T),
            "w": rng.uniform(0.5, 2, n * T) if weighted else 1.0,
            "y": rng.normal(size=n * T).cumsum(),
        }
    )
    return frame[rng.random(n * T) >= gaps].reset_index(drop=True)


def study(frame, **roles):
    return Study(
        frame, outcome="y", unit="unit", time="time", treated="on", switching=True, weight="w", **roles
    )


def by_definition(frame, *, joining=(True, False), placebo=False):
    """Go through periods and rows one by one."""
    rows = {(r.unit, r.time): r for r in frame.itertuples()}
    units, times = sorted(set(frame["unit"])), range(1, int(frame["time"].max()) + 1)
    total = weight = 0.0
    for t in times:
        for on in joining:
            goes, stays = [], []
            for unit in units:
                lags = [t - 2, t - 1, t] if placebo else [t - 1, t]
                own = [rows.get((unit, at)) for at in lags]
                if any(r is None for r in own) or any(bool(r.on) == on for r in own[:-1]):
                    continue
                change = own[1].y - own[0].y
                (goes if bool(own[-1].on) == on else stays).append((own[-1].w, change))
            if goes and stays:
                usual = sum(w * c for w, c in stays) / sum(w for w, _ in stays)
                total += sum(w * (c - usual) for w, c in goes) * (1 if on else -1)
                weight += sum(w for w, _ in goes)
    return total / weight if weight else None


@pytest.mark.parametrize("seed", range(60))
def test_effects_are_the_definition(seed):
    frame = panel(seed, gaps=0.15 * (seed % 3 == 0), weighted=seed % 2 == 0)
    found = SwitchingDifferenceInDifferences(permutation=None).estimate(study(frame))
    points = {term.name: term.interval.point for term in found.terms}
    expected = {
        "att": by_definition(frame),
        "joiners": by_definition(frame, joining=(True,)),
        "leavers": by_definition(frame, joining=(False,)),
        "placebo": by_definition(frame, placebo=True),
    }
    assert points == pytest.approx({k: v for k, v in expected.items() if v is not None}, abs=1e-11)


@pytest.mark.parametrize("seed", range(6))
def test_contributions_are_the_derivative_by_weights(seed):
    frame = panel(seed, gaps=0.1 * (seed % 2))
    settings = SwitchingDifferenceInDifferences(inference=InfluenceFunction(), permutation=None)
    cluster = "area" if seed % 3 == 0 else "unit"
    found = settings.estimate(study(frame, cluster=cluster))
    order = sorted(set(frame[cluster]))
    for g in (order[0], order[2], order[-1]):
        low, high = (
            settings.estimate(study(frame.assign(w=1.0 + s * 1e-4 * (frame[cluster] == g)), cluster=cluster))
            for s in (-1, 1)
        )
        for k, (one, other) in enumerate(zip(low.terms, high.terms, strict=True)):
            slope = (other.interval.point - one.interval.point) / 2e-4
            if not np.isnan(found.terms[k].interval.std_error):
                assert found.influence[order.index(g), k] == pytest.approx(slope, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_permutation_gives_the_same_paths_to_others(seed):
    frame = panel(seed, n=6, T=4)
    test = SwitchingDifferenceInDifferences(inference=Permutation()).estimate(study(frame)).permutation
    observed = by_definition(frame)
    paths = frame.pivot(index="unit", columns="time", values="on").to_numpy()
    for effect in (0.0, 0.7):
        without = frame.assign(y=frame["y"] - effect * frame["on"])
        found = []
        for order in set(itertools.permutations(map(tuple, paths.tolist()))):
            found.append(by_definition(without.assign(on=np.array(order).ravel())))
        assert len(found) == test.n_assignments
        size = abs(observed - effect)
        extreme = sum(value is None or abs(value) >= size - 1e-9 for value in found)
        assert test.p_value(effect) == pytest.approx(extreme / len(found))


def test_starts_that_last_are_the_comparison_with_the_last_period():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(30), 4), "time": np.tile(np.arange(1, 5), 30)})
    start = np.repeat(rng.choice([2, 3, 9], 30), 4)
    frame["on"], frame["w"], frame["start"] = (frame["time"] >= start).astype(int), 1.0, start
    frame["y"] = rng.normal(size=120).cumsum()
    found = SwitchingDifferenceInDifferences(permutation=None).estimate(study(frame))
    roles = {"outcome": "y", "unit": "unit", "time": "time", "first_treated": "start"}
    other = StaggeredDifferenceInDifferences(control="not_yet", permutation=None).estimate(
        Study(frame, **roles)
    )
    first = {t.event_time: t.interval.point for t in other.aggregate("dynamic").terms}[0.0]
    assert found.interval.point == pytest.approx(first, abs=1e-10)


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_effects_are_those_of_another_library(seed):
    expected = json.loads((DATA / "expected.json").read_text())[seed]
    frame = pd.read_csv(DATA / f"panel_{seed}.csv").assign(w=1.0)
    found = SwitchingDifferenceInDifferences(permutation=None).estimate(study(frame))
    points = {term.name: term.interval.point for term in found.terms}
    for name, value in expected.items():
        assert points[name] == pytest.approx(value, rel=1e-9), name


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2", "CR3"])
def test_one_unit_that_switches_has_no_interval(kind):
    world = SwitchingPanel(n_units=12, n_switching=1)
    study = world.study(world.draw(1))
    found = SwitchingDifferenceInDifferences(inference=ClusterRobust(kind=kind)).estimate(study)
    assert np.isnan(found.interval.std_error) and found.interval.reason.code == "estimate.one_cluster"
    assert found.permutation.p_value() >= 1 / 12


def test_other_estimators_refuse_a_path_that_switches():
    world = SwitchingPanel()
    study = world.study(world.draw(1))
    for estimator in estimators.ALL:
        if estimator is not SwitchingDifferenceInDifferences:
            with pytest.raises(EstimationError, match="Mend:"):
                estimator().estimate(study)


@pytest.mark.parametrize(
    ("roles", "change", "match"),
    [
        ({"covariates": ("area",)}, lambda f: f, "Covariates do not enter"),
        ({}, lambda f: f.assign(on=0), "No unit switches while another stays"),
        ({}, lambda f: f.assign(on=(f["time"] > 2).astype(int)), "No unit switches while another stays"),
    ],
)
def test_what_it_cannot_answer_is_refused(roles, change, match):
    with pytest.raises(EstimationError, match=match):
        SwitchingDifferenceInDifferences().estimate(study(change(panel(1)), **roles))


def test_a_start_that_lasts_must_be_given_as_a_path():
    frame = panel(1).assign(start=3)
    roles = Study(frame, outcome="y", unit="unit", time="time", first_treated="start")
    with pytest.raises(EstimationError, match="need the path of each unit"):
        SwitchingDifferenceInDifferences().estimate(roles)


def test_switches_with_nobody_who_stays_are_counted():
    frame = panel(2)
    frame.loc[frame["time"] == 5, "on"] = 1
    found = SwitchingDifferenceInDifferences(permutation=None).estimate(study(frame))
    assert "estimate.switches_alone" in {message.code for message in found.warnings}
