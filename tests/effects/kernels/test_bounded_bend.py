"""Limits under a bound on how much the curve bends: worst bias by search, critical values by simulation."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import foldnorm

from impactkit.effects.kernels.bounded_bend import bent_jump, biased_quantile, largest_bend, worst_bias
from impactkit.effects.kernels.discontinuity_variance import side


def halves(x, y, variance="nearest"):
    return tuple(side(x[part], y[part, None], variance=variance) for part in (x < 0, x >= 0))


@pytest.mark.parametrize("seed", range(4))
def test_the_worst_bias_is_that_of_a_search_over_curves(seed):
    """A grid of second derivatives between -1 and 1: what the weights give is linear in it."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.random(12))
    a = rng.standard_normal(12)
    a -= x * (a @ x) / (x @ x)  # so that a straight line from 0 gives nothing
    edges = np.linspace(0, 1, 4001)
    grid = (edges[1:] + edges[:-1]) / 2
    gain = np.maximum(x[:, None] - grid, 0).T @ a / 4000
    searched = linprog(-gain, bounds=(-1, 1), method="highs")
    assert worst_bias(x, a) == pytest.approx(-searched.fun, rel=1e-4)


@pytest.mark.parametrize("bias", [0.0, 0.3, 1.0, 3.0, 25.0])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_critical_values_are_quantiles_of_the_size_of_a_normal_variable(bias, level):
    assert biased_quantile(bias, level) == pytest.approx(foldnorm.ppf(level, bias), rel=1e-8)


def test_limits_hold_for_the_worst_curve_of_few_values():
    """Curves that bend as much as the bound lets them, away from each other."""
    rng = np.random.default_rng(1)
    values = np.r_[-np.arange(1, 6), np.arange(5)] / 5
    x = np.sort(np.repeat(values, 30))
    worst = 1.0 * x**2 * np.sign(x + 1e-9)
    inside = []
    for _ in range(100):
        y = 2.0 * (x >= 0) + worst + 0.5 * rng.standard_normal(len(x))
        found = bent_jump(halves(x, y), 2.0, level=0.95)
        reach = found.critical * found.std_error
        inside.append(abs(found.point - 2.0) <= reach)
    assert np.mean(inside) >= 0.93


def test_the_rule_of_thumb_finds_how_much_a_polynomial_bends():
    x = np.linspace(-1, 1, 400)
    y = np.where(x < 0, 3 * x**2, x - 0.5 * x**3)
    assert largest_bend(halves(x, y)) == pytest.approx(6.0, rel=1e-6)
    assert np.isnan(largest_bend(halves(np.array([-2.0, -1, 0, 1, 2]), np.zeros(5))))


def test_a_wider_bound_gives_a_narrower_window_and_wider_limits():
    rng = np.random.default_rng(2)
    x = np.sort(2 * rng.random(500) - 1)
    y = x + (x >= 0) + 0.3 * rng.standard_normal(500)
    tight, loose = (bent_jump(halves(x, y), bound, level=0.95) for bound in (0.5, 20.0))
    assert loose.bandwidth < tight.bandwidth
    assert loose.critical * loose.std_error > tight.critical * tight.std_error
