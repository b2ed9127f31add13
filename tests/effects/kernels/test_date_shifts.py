"""A treated stretch moved through a series: every place on the scale of its own chance."""

import numpy as np
import pytest

from impactkit.effects.kernels.date_shifts import DateShifts

CELLS = [(40, 12), (60, 24), (96, 24)]


def drawn(seed, n, after, *, effect=0.0):
    rng = np.random.default_rng(seed)
    D = np.arange(n) >= n - after
    X = np.column_stack([np.ones(n), np.arange(n) / n])
    return DateShifts(X=X, y=rng.standard_normal(n) + effect * D, treated=D), X, D


def left(X, values):
    return values - X @ np.linalg.lstsq(X, values, rcond=None)[0]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("n", "after"), CELLS)
def test_each_place_is_the_regression_on_its_own_stretch(seed, n, after):
    """Its sum of what is left, over the size of its own stretch: t without the error's scale."""
    shifts, X, D = drawn(seed, n, after, effect=0.7)
    for null in (0.0, 0.7, -2.0):
        e = left(X, shifts.y - null * D)
        stretches = np.array([left(X, np.roll(D, k).astype(float)) for k in range(n)])
        scores = stretches @ e / np.sqrt((stretches**2).sum(axis=1))
        test = shifts.statistics(draws=1, seed=1)
        assert test.p_value(null, alternative="greater").p_value == np.mean(scores >= scores[0] - 1e-9)
        assert test.p_value(null, alternative="less").p_value == np.mean(scores <= scores[0] + 1e-9)
        two = test.p_value(null).p_value
        assert two == np.mean(np.abs(scores) >= np.abs(scores[0]) - 1e-9)


def test_the_true_place_gives_the_least_squares_effect():
    shifts, X, D = drawn(1, 60, 24, effect=2.0)
    direct = np.linalg.lstsq(np.column_stack([X, D]), shifts.y, rcond=None)[0][-1]
    assert shifts.statistics(draws=1, seed=1).observed == pytest.approx(direct)


def test_a_supposed_effect_moves_no_place_more_than_the_true_one():
    """So the p-value grows with the supposed effect up to the estimate, and the limits hold it."""
    test = drawn(2, 60, 24)[0].statistics(draws=1, seed=1)
    assert np.all(test.shifts / test.denominators <= 1 + 1e-12)


def test_a_stretch_that_the_regressors_explain_is_counted_as_extreme():
    D = np.arange(12) >= 6
    shifts = DateShifts(X=np.column_stack([np.ones(12), D]), y=np.arange(12.0), treated=D)
    assert np.isnan(shifts.statistics(draws=1, seed=1).p_value().p_value)


@pytest.mark.parametrize(("n", "after"), CELLS)
def test_without_an_effect_it_rejects_about_as_often_as_it_says(n, after):
    draws = 800
    found = [
        drawn(seed, n, after)[0].statistics(draws=1, seed=1).p_value(alternative="greater").p_value <= 0.05
        for seed in range(draws)
    ]
    assert 0.02 < np.mean(found) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / draws)
