"""Limits of random event studies are those of a peer's test; and what is no event study is refused.

The peer's ends lie on a grid of 0.01 standard errors, and its first-stage critical value rests on 1,000 or
2,000 draws: the 99.5th percentile then has a standard error near 0.1, which can move an end by 0.2.
"""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.kernels.honest_bounds import (
    EventStudy,
    honest_limits,
    leaves_out,
    relative_magnitudes,
    smoothness,
)
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.errors import EstimationError

CASES = json.loads((Path(__file__).parents[2] / "data/honest_random/golden.json").read_text("utf-8"))
MAKE = {"relative_magnitudes": relative_magnitudes, "smoothness": smoothness}


def event_study_of(case):
    return EventStudy(
        points=np.array(case["points"]),
        covariance=np.array(case["covariance"]),
        n_before=case["n_before"],
        weights=np.array(case["weights"]),
    )


def restrictions_of(case, bound=None):
    bound = case["bound"] if bound is None else bound
    return MAKE[case["kind"]](case["n_before"], len(case["weights"]), bound=bound)


def is_comparable(case):
    """With one later period and a bound above 0 the peer leaves the bound out of its comparison."""
    return case["kind"] == "relative_magnitudes" or len(case["weights"]) > 1


def test_limits_are_those_of_the_peer():
    comparable = [case for case in CASES if is_comparable(case)]
    assert len(comparable) >= 95
    gaps = []
    for case in comparable:
        study = event_study_of(case)
        low, high = honest_limits(study, restrictions_of(case))
        gaps += [(low - case["low"]) / study.std_error, (high - case["high"]) / study.std_error]
    assert np.abs(gaps).max() < 0.2
    assert np.median(np.abs(gaps)) < 0.04
    assert abs(np.mean(gaps)) < 0.01


@pytest.mark.parametrize(
    ("weights", "expected"),
    [((1, 0, 0, 0), (0.066945, 0.319285)), ((0.25, 0.25, 0.25, 0.25), (-0.069375, 0.506179))],
)
def test_limits_of_the_vat_cut_are_those_of_the_peer(weights, expected):
    """Benzarti and Carloni's event study, bound 1, by ``limits`` of data/honest_random/make_golden.py."""
    given = json.loads((Path(__file__).parents[2] / "data/honest_bc/event_study.json").read_text("utf-8"))
    points, covariance = np.array(given["betahat"]), np.array(given["sigma"])
    study = EventStudy(
        points=points, covariance=covariance, n_before=4, weights=np.array(weights, dtype=float)
    )
    found = honest_limits(study, relative_magnitudes(4, 4, bound=1.0))
    assert found == pytest.approx(expected, abs=0.05 * study.std_error)


def test_one_later_period_under_smoothness_holds_the_effect():
    """400 draws: a rate of 95 % stays above 91.7 % in all but one of a thousand runs."""
    rng = np.random.default_rng(3)
    covariance = 0.02 * (np.eye(4) + 0.5)
    truth = np.array([0.9, 0.6, 0.3, -0.1 + 1.0])  # the slope changes by the whole bound at the start
    held = 0
    for _ in range(400):
        study = EventStudy(
            points=rng.multivariate_normal(truth, covariance),
            covariance=covariance,
            n_before=3,
            weights=np.ones(1),
        )
        low, high = honest_limits(study, smoothness(3, 1, bound=0.2))
        held += low <= 1.0 <= high
    assert held >= 367


@pytest.mark.parametrize("case", CASES[::9], ids=lambda case: f"{case['seed']}")
def test_leaving_out_an_effect_agrees_with_the_limits(case):
    study, restrictions = event_study_of(case), restrictions_of(case)
    low, high = honest_limits(study, restrictions)
    for effect in (low, high):
        step = 1e-6 * (high - low)
        inward = step if effect == low else -step
        assert not leaves_out(study, restrictions, effect + inward)
        assert leaves_out(study, restrictions, effect - inward)


def event_study_estimate():
    world = TwoGroupPanel(n_units=200, n_treated=100, effect=1.0, n_periods=10, start=6)
    return ik.DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(1)))


def test_the_breakdown_value_is_where_the_limits_reach_zero():
    analysis = ik.robustness.sensitivity(event_study_estimate(), bounds=(1.0,))
    inside, outside = analysis.breakdown * 0.995, analysis.breakdown * 1.005 + 2e-3
    around = ik.robustness.sensitivity(event_study_estimate(), bounds=(inside, outside)).limits
    assert around[0].low > 0 >= around[1].low


def test_one_bound_is_fast():
    """15 ms of processor time on a slow machine; ten times that means something broke."""
    estimate = event_study_estimate()
    ik.robustness.sensitivity(estimate, bounds=(1.0,))
    began = time.process_time()
    ik.robustness.sensitivity(estimate, bounds=(1.0,))
    assert time.process_time() - began < 0.15


def test_a_covariance_that_is_none_is_refused():
    estimate = event_study_estimate()
    broken = estimate.covariance.copy()
    broken[1, 2] = broken[2, 1] = 10.0
    with pytest.raises(EstimationError, match=r"(?s)no covariance.*ClusterRobust"):
        ik.robustness.sensitivity(replace(estimate, covariance=broken))
    lopsided = estimate.covariance.copy()
    lopsided[1, 2] += 0.1
    with pytest.raises(EstimationError, match="no covariance"):
        ik.robustness.pre_trend_power(replace(estimate, covariance=lopsided))


def test_a_missing_reference_is_refused():
    estimate = event_study_estimate()
    times = [-1.0 if t.event_time == -2 else t.event_time for t in estimate.terms]
    terms = tuple(replace(t, event_time=at) for t, at in zip(estimate.terms, times, strict=True))
    means = tuple(mean for mean in estimate.means if mean.period != 4)
    with pytest.raises(EstimationError, match=r"(?s)No period before the start is left out.*universal"):
        ik.robustness.sensitivity(replace(estimate, terms=terms, means=means))


def test_uneven_periods_have_no_slope():
    world = TwoGroupPanel(n_units=60, n_treated=30, n_periods=7, start=6)
    frame = pd.DataFrame(world.draw(1))
    study = world.study(frame[frame["period"] != 2])
    estimate = ik.DifferenceInDifferences(event_study=True).estimate(study)
    with pytest.raises(EstimationError, match="not equally far apart"):
        ik.robustness.sensitivity(estimate, kind="smoothness")
    with pytest.raises(EstimationError, match="not equally far apart"):
        ik.robustness.pre_trend_power(estimate)
    assert len(ik.robustness.sensitivity(estimate).limits) == 4


def test_no_bound_is_refused():
    with pytest.raises(EstimationError, match="No bound"):
        ik.robustness.sensitivity(event_study_estimate(), bounds=())
