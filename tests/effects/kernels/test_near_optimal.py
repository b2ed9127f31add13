"""The range of near-optimal averages is that of a general solver."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from impactkit.effects.kernels.near_optimal import near_optimal
from impactkit.effects.kernels.simplex import nearest_in_hull


def problem(seed):
    rng = np.random.default_rng(seed)
    D, k = int(rng.integers(3, 14)), int(rng.integers(1, 9))
    return rng.standard_normal((D, k)), rng.standard_normal(k), rng.standard_normal(D)


def gap(w, points, target):
    return np.sqrt(((w @ points - target) ** 2).mean())


def slow(points, target, values, largest):
    best = nearest_in_hull(points, target).weights
    found = minimize(
        lambda w: w @ values,
        best,
        jac=lambda w: values,
        bounds=[(0, 1)] * len(best),
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones_like(w)},
            {
                "type": "ineq",
                "fun": lambda w: largest**2 - gap(w, points, target) ** 2,
                "jac": lambda w: -2 / len(target) * (points @ (w @ points - target)),
            },
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 2000},
    )
    return found.fun


@pytest.mark.parametrize("seed", range(60))
def test_both_ends_are_those_of_a_general_solver(seed):
    points, target, values = problem(seed)
    best = gap(nearest_in_hull(points, target).weights, points, target)
    largest = best * 1.1 + 0.02
    found = near_optimal(points, target, values, largest=largest)
    for w in (found.low_weights, found.high_weights):
        assert w.min() >= 0 and w.sum() == pytest.approx(1, abs=1e-12)
        assert gap(w, points, target) <= largest * (1 + 1e-9)
    assert found.low == pytest.approx(slow(points, target, values, largest), abs=2e-6)
    assert found.high == pytest.approx(-slow(points, target, -values, largest), abs=2e-6)


@pytest.mark.parametrize("seed", range(40))
def test_without_slack_it_is_a_linear_programme_over_the_best_weights(seed):
    rng = np.random.default_rng(seed)
    points, values = rng.standard_normal((12, 3)), rng.standard_normal(12)
    target = rng.dirichlet(np.ones(12)) @ points
    found = near_optimal(points, target, values, largest=0.0)
    equal = {"A_eq": np.vstack([points.T, np.ones(12)]), "b_eq": np.append(target, 1.0), "bounds": (0, None)}
    assert found.low == pytest.approx(linprog(values, **equal).fun, abs=1e-4)
    assert found.high == pytest.approx(-linprog(-values, **equal).fun, abs=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_more_slack_widens_and_ends_at_the_extremes(seed):
    points, target, values = problem(seed)
    best = gap(nearest_in_hull(points, target).weights, points, target)
    ends = [near_optimal(points, target, values, largest=best + extra) for extra in (0.0, 0.05, 0.5, 100.0)]
    lows, highs = [one.low for one in ends], [one.high for one in ends]
    assert all(np.diff(lows) <= 1e-9) and all(np.diff(highs) >= -1e-9)
    assert (lows[-1], highs[-1]) == (values.min(), values.max())


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_the_unit_does_not_matter(scale):
    points, target, values = problem(3)
    best = gap(nearest_in_hull(points, target).weights, points, target)
    one = near_optimal(points, target, values, largest=best + 0.1)
    other = near_optimal(scale * points, scale * target, scale * values, largest=scale * (best + 0.1))
    assert other.low == pytest.approx(scale * one.low, rel=1e-9)
    assert other.high == pytest.approx(scale * one.high, rel=1e-9)


def test_equal_values_have_no_range():
    points, target, _ = problem(3)
    found = near_optimal(points, target, np.full(len(points), 2.0), largest=9.0)
    assert (found.low, found.high) == (2.0, 2.0)
