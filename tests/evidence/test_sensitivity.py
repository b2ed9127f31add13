"""Sensitivity to trends that differ: published limits, the definition solved by brute force, and coverage."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.stats import multivariate_normal

from impactkit.data.study import Study
from impactkit.effects.estimators import DifferenceInDifferences, StaggeredDifferenceInDifferences
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.kernels.honest_bounds import (
    EventStudy,
    _Test,
    honest_limits,
    relative_magnitudes,
    smoothness,
)
from impactkit.effects.worlds import StaggeredPanel, TwoGroupPanel
from impactkit.errors import EstimationError
from impactkit.evidence.event_study import event_study
from impactkit.evidence.robustness.pre_trend_power import pre_trend_power
from impactkit.evidence.robustness.sensitivity import sensitivity

DATA = Path(__file__).parents[1] / "data"


def medicaid():
    frame = pd.read_csv(DATA / "medicaid_event_study/ehec.csv")
    frame = frame[(frame["year"] < 2016) & (frame["yexp2"] != 2015)]
    frame["start"] = np.where(frame["yexp2"] == 2014, 2014, 0)
    study = Study(frame, outcome="dins", unit="stfips", time="year", first_treated="start")
    estimator = DifferenceInDifferences(
        event_study=True, inference=ClusterRobust(kind="CR1"), permutation=None
    )
    return estimator.estimate(study)


def cases():
    return json.loads((DATA / "medicaid_event_study/golden.json").read_text())["cases"]


def test_the_event_study_of_medicaid_is_that_of_pyfixest():
    expected, found = cases()[0]["expected"], medicaid()
    events = [term for term in found.terms if term.event_time is not None]
    np.testing.assert_allclose([t.interval.point for t in events], list(expected["coef"].values()), rtol=1e-9)
    np.testing.assert_allclose([t.interval.std_error for t in events], expected["se"], rtol=1e-5)


def test_relative_magnitudes_are_those_published_for_medicaid():
    """The published numbers rest on 1,000 draws and a grid of 1,000 points: they agree to 0.0015."""
    published = cases()[1]["expected"]
    analysis = sensitivity(medicaid(), event_time=0, bounds=tuple(float(bound) for bound in published))
    for found, (low, high) in zip(analysis.limits, published.values(), strict=True):
        assert found.low == pytest.approx(low, abs=1.5e-3)
        assert found.high == pytest.approx(high, abs=1.5e-3)
    assert 1.8 < analysis.breakdown < 2.0


def test_the_interval_under_parallel_trends_of_the_vat_cut_is_the_usual_one():
    given = json.loads((DATA / "honest_bc/event_study.json").read_text())
    expected = json.loads((DATA / "honest_bc/golden.json").read_text())["cases"][0]["expected"]
    study = EventStudy(
        points=np.array(given["betahat"]),
        covariance=np.array(given["sigma"]),
        n_before=4,
        weights=np.array([1.0, 0, 0, 0]),
    )
    low, high = study.point - 1.959964 * study.std_error, study.point + 1.959964 * study.std_error
    assert [low, high] == pytest.approx(expected["original_ci_first_post"], rel=1e-6)
    wider = [honest_limits(study, relative_magnitudes(4, 4, bound=bound)) for bound in (0.0, 0.5, 1.0)]
    assert wider[0][0] > wider[1][0] > wider[2][0] and wider[0][1] < wider[1][1] < wider[2][1]


def drawn(seed, before=3, after=3):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(before + after + 3, before + after))
    return EventStudy(
        points=rng.normal(size=before + after),
        covariance=root.T @ root / 20,
        n_before=before,
        weights=rng.dirichlet(np.ones(after)),
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", [relative_magnitudes, smoothness])
def test_the_vertices_solve_the_linear_programme(seed, kind):
    """The largest moment over the vertices is the value of the linear programme."""
    study = drawn(seed)
    for restriction in kind(3, 3, bound=0.7):
        test = _Test.of(study, restriction, 0.05)
        rows = np.vstack(
            [restriction.differences - restriction.slack, -restriction.differences - restriction.slack]
        )
        sd = np.sqrt(np.diag(rows @ study.covariance @ rows.T))
        for effect in (-1.0, 0.3, 2.0):
            aim = study.weights / (study.weights @ study.weights)
            moments = rows @ study.points - np.tile(restriction.bound, 2) - rows[:, 3:] @ aim * effect
            free = np.linalg.svd(study.weights[None, :])[2][1:].T  # leaves the effect as it is
            solved = linprog(
                np.append(1.0, np.zeros(free.shape[1])),
                A_ub=-np.column_stack([sd, rows[:, 3:] @ free]),
                b_ub=-moments,
                bounds=[(None, None)] * (1 + free.shape[1]),
            )
            assert (test.constant - effect * test.slope).max() == pytest.approx(solved.fun, abs=1e-8)


@pytest.mark.parametrize("kind", [relative_magnitudes, smoothness])
def test_limits_hold_the_effect_in_95_percent_under_the_worst_trend_allowed(kind):
    """400 draws: a rate of 95 % stays above 91.7 % in all but one of a thousand runs."""
    rng = np.random.default_rng(1)
    covariance = 0.02 * (np.eye(5) + 0.5)
    slope = np.array([-0.3, -0.15, 0.15, 0.3, 0.45])
    truth = slope + np.array([0, 0, 1.0, 1.0, 1.0])
    bound = 1.0 if kind is relative_magnitudes else 0.0
    held = 0
    for _ in range(400):
        study = EventStudy(
            points=rng.multivariate_normal(truth, covariance),
            covariance=covariance,
            n_before=2,
            weights=np.ones(3) / 3,
        )
        low, high = honest_limits(study, kind(2, 3, bound=bound))
        held += low <= 1.0 <= high
    assert held >= 367


def test_the_reference_need_not_be_the_last_period_before_the_start():
    world = StaggeredPanel(n_units=120, n_treated=60, starts=(5, 6), n_periods=9)
    found = StaggeredDifferenceInDifferences(
        base="universal", anticipation=1, inference=ClusterRobust(), permutation=None
    ).estimate(world.study(world.draw(1)))
    study = event_study(found.aggregate("dynamic"))
    times = sorted(t.event_time for t in found.aggregate("dynamic").terms[1:])
    assert -2 not in times and -1 in times
    assert study.n_before == sum(time < -2 for time in times)
    assert study.weights[0] == 0  # the period of anticipation is no effect


def test_estimates_without_one_reference_are_refused():
    world = StaggeredPanel()
    found = StaggeredDifferenceInDifferences().estimate(world.study(world.draw(1)))
    for estimate in (found, found.aggregate("dynamic"), found.aggregate("group")):
        with pytest.raises(EstimationError, match=r"(?s)one reference period.*universal"):
            sensitivity(estimate)


def test_few_clusters_are_warned_of():
    world = TwoGroupPanel()
    found = DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(1)))
    analysis = sensitivity(found)
    assert analysis.warnings[0].code == "sensitivity.few_clusters"
    assert len(analysis.tidy()) == 4
    assert "8" in analysis._repr_html_()


def test_power_against_a_slope_is_that_of_the_normal_distribution():
    world = TwoGroupPanel(n_units=100, n_treated=50, n_periods=5, start=4)
    found = DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(2)))
    seen = pre_trend_power(found, power=0.8)
    study = event_study(found)
    errors = np.sqrt(np.diag(study.covariance))[:2]
    law = multivariate_normal(seen.slope * np.array([-2.0, -1.0]), study.covariance[:2, :2])
    edge = 1.959964 * errors
    inside = law.cdf(edge) - law.cdf([edge[0], -edge[1]]) - law.cdf([-edge[0], edge[1]]) + law.cdf(-edge)
    assert 1 - inside == pytest.approx(0.8, abs=0.015)
    assert seen.bias == pytest.approx(seen.slope * 1.5)
    assert abs(seen.bias_after_passing) != seen.bias
