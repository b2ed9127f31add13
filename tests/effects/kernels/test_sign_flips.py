"""Tests by turning signs: by definition, and with slack for what is not chance."""

from itertools import product

import numpy as np
import pytest

from impactkit.effects.kernels.flat_contrast import unit_jump, without_jump
from impactkit.effects.kernels.sign_flips import SignFlips

OUTCOMES = np.array([1.0, -0.4, 0.7, 0.2, 0.9])
EXPOSURES = np.array([0.4, 0.1, 0.2, 0.1, 0.2])


def by_definition(effect, alternative):
    """Turn every sign in every way."""
    left = OUTCOMES - effect * EXPOSURES
    sums = np.array([np.array(signs) @ left for signs in product((1, -1), repeat=5)])
    observed = left.sum()
    tail = {"greater": sums >= observed - 1e-9, "less": sums <= observed + 1e-9}
    return (tail[alternative] if alternative in tail else abs(sums) >= abs(observed) - 1e-9).mean()


@pytest.mark.parametrize("effect", [-1.0, 0.0, 1.0, 2.4])
@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
def test_all_patterns_are_gone_through_where_they_are_few(effect, alternative):
    found = SignFlips.of(OUTCOMES, EXPOSURES).statistics(draws=99, seed=1)
    assert found.is_exact and found.n_assignments == 32
    assert found.p_value(effect, alternative=alternative).p_value == by_definition(effect, alternative)


def test_rows_that_add_nothing_are_not_turned():
    padded = SignFlips.of(np.r_[OUTCOMES, 0, 0], np.r_[EXPOSURES, 0, 0])
    assert padded.n_assignments == 32


def test_slack_moves_what_is_tested_by_as_much():
    plain = SignFlips.of(OUTCOMES, EXPOSURES).statistics(draws=99, seed=1)
    slack = SignFlips.of(OUTCOMES, EXPOSURES, slack=0.5).statistics(draws=99, seed=1)
    assert slack.p_value(0.0, alternative="greater") == plain.p_value(0.5, alternative="greater")
    assert slack.p_value(0.0, alternative="less") == plain.p_value(-0.5, alternative="less")
    assert slack.p_value(0.0) == plain.p_value(0.5)
    assert slack.p_value(2.2).p_value == 1.0  # within the slack of the estimate, 2.4
    low, high = plain.interval(0.5)
    assert slack.interval(0.5) == pytest.approx((low - 0.5, high + 0.5))


def test_random_signs_have_the_spread_of_independent_ones():
    rng = np.random.default_rng(3)
    outcomes, exposures = rng.standard_normal(300), np.full(300, 1 / 300)
    found = SignFlips.of(outcomes, exposures).statistics(draws=4000, seed=5)
    assert not found.is_exact
    assert found.numerators.std() == pytest.approx(np.linalg.norm(outcomes), rel=0.05)
    again = SignFlips.of(outcomes, exposures).statistics(draws=4000, seed=5)
    np.testing.assert_array_equal(found.numerators, again.numerators)


def test_a_curve_without_a_jump_leaves_nothing_and_a_jump_stays():
    x = np.array([-1.0, -0.6, -0.2, 0.1, 0.5, 0.9])
    bent = np.where(x < 0, 2 + x - x**2, 2 + 3 * x + x**2)
    both = np.column_stack([bent, unit_jump(x, 0)])
    left = without_jump(x, both, np.ones(6), order=2, derivative=0)
    np.testing.assert_allclose(left[:, 0], 0, atol=1e-12)
    assert np.abs(left[:, 1]).max() > 0.1
    kinked = np.where(x < 0, 1 + x, 5 + x)
    np.testing.assert_allclose(
        without_jump(x, kinked[:, None], np.ones(6), order=1, derivative=1), 0, atol=1e-12
    )
