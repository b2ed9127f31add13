"""Fieller's limits: by their definition, by coverage, and the probability that a cost was worth it."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from impactkit.effects.kernels.fieller import RatioLimits, acceptability, fieller, inverted


def is_not_excluded(r: float, a: float, b: float, va: float, vb: float, cov: float, t: float) -> bool:
    """The definition: numerator less r times the denominator is within t standard errors of 0."""
    return abs(a - r * b) <= t * math.sqrt(max(va - 2 * r * cov + r**2 * vb, 0.0))


@given(
    a=st.floats(-20, 20),
    b=st.floats(-20, 20),
    sa=st.floats(0.05, 10),
    sb=st.floats(0.05, 10),
    rho=st.floats(-0.95, 0.95),
    r=st.floats(-50, 50),
)
def test_the_limits_hold_exactly_the_ratios_that_the_definition_does_not_exclude(
    a: float, b: float, sa: float, sb: float, rho: float, r: float
) -> None:
    cov = rho * sa * sb
    found = fieller(a, b, variances=np.array([sa**2, sb**2]), covariance=cov, critical=2.1)
    gap = abs(a - r * b) - 2.1 * math.sqrt(sa**2 - 2 * r * cov + r**2 * sb**2)
    assume(abs(gap) > 1e-6)  # on an end rounding decides
    assert found.holds(r) is is_not_excluded(r, a, b, sa**2, sb**2, cov, 2.1)


def test_by_hand_a_denominator_of_two_standard_errors() -> None:
    # (1 - r)**2 <= 4 * r**2 / 16 holds from 2/3 to 2.
    found = fieller(1.0, 1.0, variances=np.array([0.0, 1 / 16]), critical=2.0)
    assert found == RatioLimits("interval", pytest.approx(2 / 3), pytest.approx(2.0))


@pytest.mark.parametrize(
    ("b", "vb", "va", "shape"),
    [
        (3.0, 1.0, 1.0, "interval"),
        (1.0, 1.0, 0.1, "outside"),
        (0.1, 1.0, 100.0, "everything"),
        (2.0, 1.0, 1.0, "at_least"),  # the denominator is exactly two standard errors from 0
        (-2.0, 1.0, 1.0, "at_most"),
    ],
)
def test_what_is_not_told_from_nothing_has_no_bounded_interval(
    b: float, vb: float, va: float, shape: str
) -> None:
    assert fieller(5.0, b, variances=np.array([va, vb]), critical=2.0).shape == shape


@given(low=st.floats(-10, 10), width=st.floats(0.01, 10), share=st.floats(0, 1))
def test_a_known_cost_is_divided_by_what_the_interval_holds(low: float, width: float, share: float) -> None:
    effect = low + share * width
    assume(abs(effect) > 1e-3 and min(abs(low), abs(low + width)) > 1e-6)
    found = inverted(100.0, low=low, high=low + width)
    assert found.holds(100.0 / effect * (1 + 1e-12)) or found.holds(100.0 / effect * (1 - 1e-12))
    outside = low + width + 0.5
    assume(abs(outside) > 1e-3)
    assert not found.holds(100.0 / outside)


@pytest.mark.parametrize(
    ("low", "high", "limits"),
    [
        (2.0, 5.0, ("interval", 20.0, 50.0)),
        (-5.0, -2.0, ("interval", -50.0, -20.0)),
        (-2.0, 5.0, ("outside", -50.0, 20.0)),
        (0.0, 5.0, ("at_least", 20.0, math.inf)),
        (-5.0, 0.0, ("at_most", -math.inf, -20.0)),
        (2.0, math.inf, ("interval", 0.0, 50.0)),
    ],
)
def test_a_known_cost_by_hand(low: float, high: float, limits: tuple[str, float, float]) -> None:
    assert tuple(inverted(100.0, low=low, high=high)) == limits


def test_a_known_cost_gives_the_same_as_fieller() -> None:
    t = float(stats.t.ppf(0.975, 9))
    for effect in (4.0, 1.0, -3.0):
        both = fieller(100.0, effect, variances=np.array([0.0, 1.0]), critical=t)
        assert inverted(100.0, low=effect - t, high=effect + t) == pytest.approx(tuple(both))


@pytest.mark.parametrize("effect", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("df", [5, 40])
def test_the_limits_cover_as_often_as_they_say(effect: float, df: int) -> None:
    """Also where they are seldom bounded: 5,000 draws of effect and cost with an estimated standard error."""
    draw = np.random.default_rng(100 * df + int(10 * effect))
    n, cost, cost_error = 5_000, 100.0, 0.0
    b = draw.normal(effect, 1.0, n)
    s = np.sqrt(draw.chisquare(df, n) / df)
    t = float(stats.t.ppf(0.975, df))
    held = [
        fieller(cost, one, variances=np.array([cost_error**2, se**2]), critical=t).holds(cost / effect)
        for one, se in zip(b, s, strict=True)
    ]
    assert stats.binomtest(sum(held), n, 0.95).pvalue > 1e-3


def test_an_uncertain_cost_is_covered_too() -> None:
    draw = np.random.default_rng(11)
    n, t = 5_000, 1.959964
    costs, effects = draw.normal(100.0, 15.0, n), draw.normal(3.0, 1.0, n)
    held = [
        fieller(c, e, variances=np.array([15.0**2, 1.0]), critical=t).holds(100 / 3)
        for c, e in zip(costs, effects, strict=True)
    ]
    assert stats.binomtest(sum(held), n, 0.95).pvalue > 1e-3


@pytest.mark.parametrize("df", [3.0, 30.0, math.inf])
@pytest.mark.parametrize("cost_error", [0.0, 20.0])
def test_the_probability_is_that_of_draws(df: float, cost_error: float) -> None:
    draw = np.random.default_rng(5)
    noise = draw.normal(size=300_000) if math.isinf(df) else draw.standard_t(df, 300_000)
    effects = 2.0 + 1.2 * noise
    costs = 100.0 + cost_error * draw.normal(size=300_000)
    worth = np.array([0.0, 20.0, 50.0, 80.0, 400.0])
    found = acceptability(worth, effect=2.0, std_error=1.2, df=df, cost=100.0, cost_std_error=cost_error)
    for at, probability in zip(worth, found, strict=True):
        assert probability == pytest.approx(float((at * effects > costs).mean()), abs=0.004)
    assert found[2] == pytest.approx(0.5, abs=1e-9)  # at the cost per unit


def test_the_probability_rises_with_worth_towards_that_of_any_improvement() -> None:
    worth = np.linspace(0, 1e6, 50)
    found = acceptability(worth, effect=1.0, std_error=1.0, df=8.0, cost=100.0, cost_std_error=30.0)
    assert (np.diff(found) > -1e-12).all()
    assert found[-1] == pytest.approx(float(stats.t.cdf(1.0, 8)), abs=1e-4)
