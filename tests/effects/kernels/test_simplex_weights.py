"""Weights of sum 1 are exact minima: by their conditions, by another solver, and by what must not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from impactkit.effects.kernels.simplex import nearest_in_hull

SHAPES = [(3, 2), (8, 4), (5, 12), (17, 280), (40, 10), (120, 17), (289, 17)]
RIDGES = [0.0, 1e-10, 1e-4, 0.01, 1.0, 50.0, 1e4]


def problem(seed, D, k):
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((D, 2)) @ rng.standard_normal((2, k)) + 0.5 * rng.standard_normal((D, k))
    return points, points[: min(3, D)].mean(axis=0) + 0.4 * rng.standard_normal(k)


def conditions(points, target, ridge, w):
    """The largest violation of the Karush-Kuhn-Tucker conditions, over the size of the slopes."""
    slopes = (points - target) @ (w @ (points - target)) + ridge * w
    excess = slopes - w @ slopes
    scale = ((points - target) ** 2).sum(axis=1).mean() + ridge
    return max(np.abs(excess[w > 0]).max(), -excess.min(), abs(w.sum() - 1), -w.min()) / max(scale, 1e-300)


@pytest.mark.parametrize("ridge", RIDGES)
@pytest.mark.parametrize(("D", "k"), SHAPES)
def test_the_conditions_of_a_minimum_hold(D, k, ridge):
    for seed in range(8):
        points, target = problem(seed, D, k)
        fit = nearest_in_hull(points, target, ridge=ridge)
        assert conditions(points, target, ridge, fit.weights) < 1e-12
        assert fit.residual < 1e-10 * max(1.0, ridge)


@pytest.mark.parametrize("ridge", [0.0, 0.3, 20.0])
def test_another_solver_finds_nothing_better(ridge):
    for seed in range(20):
        points, target = problem(seed, 9, 5)

        def loss(w, points=points, target=target):
            return ((w @ points - target) ** 2).sum() + ridge * w @ w

        start, bounds = np.full(9, 1 / 9), [(0, 1)] * 9
        total = {"type": "eq", "fun": lambda w: w.sum() - 1}
        other = minimize(loss, start, bounds=bounds, constraints=[total], tol=1e-14).x
        ours = nearest_in_hull(points, target, ridge=ridge).weights
        assert loss(ours) <= loss(other) + 1e-9
        np.testing.assert_allclose(ours, other, atol=2e-4)


@pytest.mark.parametrize("ridge", [0.0, 1e-9, 0.5])
def test_a_problem_nearby_changes_the_way_and_not_the_answer(ridge):
    for seed in range(20):
        points, target = problem(seed, 30, 12)
        plain = nearest_in_hull(points, target, ridge=ridge)
        for hint in (plain.weights > 0, np.arange(30) < 3, np.zeros(30, dtype=bool)):
            found = nearest_in_hull(points, target, ridge=ridge, start=hint)
            np.testing.assert_allclose(found.weights, plain.weights, atol=1e-9)


@given(scale=st.floats(1e-3, 1e3), shift=st.floats(-100, 100), seed=st.integers(0, 50))
def test_unit_and_zero_of_the_outcome_do_not_matter(scale, shift, seed):
    points, target = problem(seed, 12, 6)
    plain = nearest_in_hull(points, target, ridge=0.2).weights
    moved = nearest_in_hull(scale * points + shift, scale * target + shift, ridge=0.2 * scale**2).weights
    np.testing.assert_allclose(moved, plain, atol=1e-8)


@given(seed=st.integers(0, 50))
def test_the_order_of_points_does_not_matter(seed):
    points, target = problem(seed, 50, 7)
    order = np.random.default_rng(seed).permutation(50)
    plain = nearest_in_hull(points, target, ridge=0.2).weights
    np.testing.assert_allclose(
        nearest_in_hull(points[order], target, ridge=0.2).weights, plain[order], atol=1e-11
    )


def test_twins_share_their_weight_when_there_is_a_ridge():
    points, target = problem(1, 20, 5)
    doubled = nearest_in_hull(np.vstack([points, points]), target, ridge=2.0).weights
    np.testing.assert_allclose(doubled[:20], doubled[20:], atol=1e-12)
    np.testing.assert_allclose(
        2 * doubled[:20], nearest_in_hull(points, target, ridge=1.0).weights, atol=1e-9
    )


@pytest.mark.parametrize("value", [0.0, 7.0, 1e9])
def test_points_that_are_all_alike_get_equal_weights_or_any_of_sum_one(value):
    fit = nearest_in_hull(np.full((6, 4), value), np.full(4, value), ridge=1.0)
    np.testing.assert_allclose(fit.weights, 1 / 6)
    assert nearest_in_hull(np.full((6, 4), value), np.full(4, value)).weights.sum() == pytest.approx(1)


def test_more_and_more_ridge_gives_equal_weights():
    points, target = problem(3, 25, 6)
    spread = [np.ptp(nearest_in_hull(points, target, ridge=r).weights) for r in (1e-3, 1, 1e3, 1e6)]
    assert spread == sorted(spread, reverse=True)
    assert spread[-1] < 1e-4
