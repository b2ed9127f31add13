"""Penalised weights are the exact minimum: no violation of its conditions, and nothing found below it."""

import numpy as np
import pytest
from scipy.optimize import minimize

from impactkit.effects.kernels.penalised_simplex import (
    PENALTIES,
    least_loss,
    penalised_weights,
    penalty_path,
)
from impactkit.effects.kernels.simplex import nearest_in_hull

SEEDS = range(60)


def problem(seed):
    """Points in few or many dimensions, some of them twice, of any size and place."""
    rng = np.random.default_rng(seed)
    D, k = int(rng.integers(2, 45)), int(rng.integers(1, 25))
    points = rng.standard_normal((D, k))
    if seed % 5 == 0:
        points = (2 * points).round(0)
    points *= 10.0 ** rng.integers(-4, 5)
    if seed % 4 == 0:
        points[-1] = points[0]
    target = points[0] * 0.6 + points[-1] * 0.4 + points.std() * 0.3 * rng.standard_normal(k)
    shift = 1e3 * points.std() * (seed % 3 == 0)
    return points + shift, target + shift, float(10.0 ** rng.uniform(-6, 2))


def objective(w, points, target, penalty):
    gap = target - w @ points
    own = ((points - target) ** 2).sum(axis=1)
    return float(gap @ gap + penalty * w @ own)


def violation(w, points, target, penalty):
    """The largest violation of the Karush-Kuhn-Tucker conditions, written out from the objective."""
    slopes = np.array(
        [
            2 * (points[j] - target) @ (w @ points - target) + penalty * ((points[j] - target) ** 2).sum()
            for j in range(len(points))
        ]
    )
    level = w @ slopes
    scale = 2 * ((points - target) ** 2).sum(axis=1).mean() or 1.0
    return max(np.abs(slopes - level)[w > 0].max(), (level - slopes).max()) / scale


@pytest.mark.parametrize("seed", SEEDS)
def test_conditions_of_the_minimum_hold_to_rounding(seed):
    points, target, penalty = problem(seed)
    found = penalised_weights(points, target, penalty=penalty)
    assert found.weights.min() >= 0 and found.weights.sum() == pytest.approx(1, abs=1e-12)
    assert found.residual <= 1e-10
    assert violation(found.weights, points, target, penalty) <= 1e-10


@pytest.mark.parametrize("seed", SEEDS)
def test_a_general_solver_finds_nothing_below(seed):
    points, target, penalty = problem(seed)
    scale = np.sqrt(((points - target) ** 2).sum(axis=1).mean())
    P, t, D = (points - target) / scale, np.zeros(points.shape[1]), len(points)
    mine = penalised_weights(points, target, penalty=penalty).weights
    slow = minimize(
        lambda w: objective(w, P, t, penalty),
        np.full(D, 1 / D),
        jac=lambda w: 2 * P @ (w @ P) + penalty * (P**2).sum(axis=1),
        bounds=[(0, 1)] * D,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like},
        options={"maxiter": 2000, "ftol": 1e-14},
    )
    found = objective(mine, P, t, penalty)
    feasible = np.maximum(slow.x, 0) / np.maximum(slow.x, 0).sum()
    assert found <= objective(feasible, P, t, penalty) + 1e-12
    assert found == pytest.approx(slow.fun, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_few_points_have_a_weight_and_starting_nearby_changes_nothing(seed):
    points, target, penalty = problem(seed)
    found = penalised_weights(points, target, penalty=penalty).weights
    assert (found > 0).sum() <= points.shape[1] + 1
    for weights, each in zip(penalty_path(points, target), PENALTIES, strict=True):
        alone = penalised_weights(points, target, penalty=each).weights
        assert objective(weights, points, target, each) == pytest.approx(
            objective(alone, points, target, each), rel=1e-9
        )
        assert violation(weights, points, target, each) <= 1e-10


def test_the_ends_are_the_nearest_point_and_the_nearest_average():
    rng = np.random.default_rng(1)
    points, target = rng.standard_normal((30, 40)), 0.3 * rng.standard_normal(40)
    large = penalised_weights(points, target, penalty=1e6).weights
    assert large.argmax() == ((points - target) ** 2).sum(axis=1).argmin() and large.max() == 1.0
    small = penalised_weights(points, target, penalty=1e-9).weights
    np.testing.assert_allclose(small, nearest_in_hull(points, target).weights, atol=1e-6)


def test_a_point_of_the_target_takes_all():
    points = np.array([[1.0, 2], [3, 4], [5, 5]])
    for penalty in (1e-4, 0.1, 10.0):
        assert penalised_weights(points, points[1], penalty=penalty).weights.tolist() == [0, 1, 0]


@pytest.mark.parametrize("points", [np.ones((4, 3)), np.ones((1, 2)), np.zeros((3, 1))])
def test_points_that_are_all_alike_are_no_trouble(points):
    found = penalised_weights(points, np.full(points.shape[1], 2.0), penalty=0.1)
    assert found.weights.sum() == 1 and found.residual <= 1e-12


@pytest.mark.parametrize("ridge", [0.0, 1e-6, 1e-2, 10.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_unpenalised_weights_meet_their_conditions_too(seed, ridge):
    points, target, _ = problem(seed)
    size = ((points - target) ** 2).sum(axis=1).mean()
    found = nearest_in_hull(points, target, ridge=ridge * size)
    w = found.weights
    slopes = (points - target) @ (w @ (points - target)) / size + ridge * w
    level = w @ slopes
    assert w.min() >= 0 and w.sum() == pytest.approx(1, abs=1e-12)
    assert found.residual <= 1e-10
    assert max(np.abs(slopes - level)[w > 0].max(), (level - slopes).max()) <= 1e-10


def test_the_smallest_of_equal_penalties_is_taken():
    assert least_loss(np.ones(len(PENALTIES))) == PENALTIES[0] == pytest.approx(1e-4)
    assert least_loss(np.arange(len(PENALTIES), 0, -1.0)) == PENALTIES[-1] == pytest.approx(10)
