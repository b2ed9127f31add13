"""Kernels that go through many rows in pieces, or look at some first, find what all rows at once tell."""

import numpy as np
import pytest

from impactkit.effects.kernels.arm_weights import arm_weights
from impactkit.effects.kernels.balancing import entropy_balance
from impactkit.effects.kernels.chance_model import chance_model
from impactkit.effects.kernels.convex_index import sampled_start
from impactkit.effects.kernels.independent import independent_columns
from impactkit.effects.kernels.weighted_contrast import weighted_contrast

MANY = 50_000  # every so manieth is looked at first


def drawn(n: int, seed: int = 1):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.standard_normal((n, 2))])
    treated = rng.uniform(size=n) < 1 / (1 + np.exp(0.5 - X[:, 1:] @ [0.6, -0.4]))
    return X, treated, rng.uniform(0.5, 2, n), X @ [1.0, 2, 3] + rng.standard_normal(n)


def rarely(n: int):
    """A column that is 0 in all rows but those between the ones looked at first."""
    return np.where(np.arange(n) % 100 == 1, np.random.default_rng(3).standard_normal(n), 0.0)


@pytest.mark.parametrize("layout", ["C", "F"])
def test_weights_of_many_rows_balance_to_rounding(layout: str) -> None:
    X, _, base, _ = drawn(MANY)
    target = np.array([3.0, 1.0, -0.5])
    found = entropy_balance(np.array(X, order=layout), base, target=target)
    weights = base * np.exp(found.index)
    np.testing.assert_allclose(weights @ X, target, atol=1e-12)
    assert found.has_converged
    np.testing.assert_allclose(found.inverse @ ((X.T * weights) @ X), np.eye(3), atol=1e-9)


def test_weights_balance_a_column_that_the_rows_looked_at_first_do_not_have() -> None:
    X, _, base, _ = drawn(MANY)
    X = np.column_stack([X, rarely(MANY)])
    assert not X[:: MANY // (1 << 12), 3].any()
    target = np.array([1.0, 0.2, 0.1, 0.002])
    found = entropy_balance(X, base, target=target)
    np.testing.assert_allclose((base * np.exp(found.index)) @ X, target, atol=1e-12)


def test_totals_that_no_weights_have_are_told_of_many_rows_too() -> None:
    X = np.column_stack([np.ones(MANY), np.random.default_rng(1).uniform(size=MANY)])
    assert not entropy_balance(X, np.ones(MANY), target=np.array([1.0, 1.1])).has_converged


def test_a_chance_of_many_rows_has_no_score_left() -> None:
    X, treated, base, _ = drawn(MANY)
    found = chance_model(X, treated, base)
    left = (base * (treated - found.probabilities)) @ X
    np.testing.assert_allclose(left / base.sum(), 0.0, atol=1e-13)
    assert found.has_converged


def test_few_rows_are_not_looked_at_beforehand() -> None:
    """The place given is the place to begin; of many rows it is near the end."""

    def squares(index, piece):
        return (index - 5) ** 2 / 2, index - 5, np.ones(len(index))

    for n, expected in ((1000, 0.0), (MANY, 5.0)):
        start = sampled_start(np.ones((n, 1)), squares, target=np.zeros(1), start=np.zeros(1), total=float(n))
        assert start[0] == pytest.approx(expected)


@pytest.mark.parametrize("scheme", ["inverse_probability", "entropy"])
@pytest.mark.parametrize("target", ["att", "ate"])
def test_what_a_row_adds_to_the_error_is_how_the_effect_moves_with_its_weight(
    scheme: str, target: str
) -> None:
    """The infinitesimal jackknife: weights are estimated anew with a little more of one row."""
    X, treated, base, y = drawn(10_000)

    def effect(weights):
        found = arm_weights(X, treated, weights, scheme=scheme, target=target)
        return weighted_contrast(y, X, treated, found)

    whole = effect(base)
    for row in (0, 4095, 4096, 9999):
        more = base.copy()
        more[row] += 0.1
        less = base.copy()
        less[row] -= 0.1
        slope = (effect(more).point - effect(less).point) / 0.2
        assert base[row] * slope == pytest.approx(whole.influence[row], rel=1e-4)


def test_columns_of_many_rows_that_follow_from_others_are_left_out_and_rare_ones_kept() -> None:
    n = 10_000
    a, b = np.random.default_rng(2).standard_normal((2, n))
    rare = rarely(n)
    assert not rare[:: n // (1 << 11)].any()
    assert independent_columns(np.column_stack([a, b, a + b])).tolist() == [True, True, False]
    assert independent_columns(np.column_stack([a, b, a + rare])).tolist() == [True, True, True]
    assert independent_columns(np.column_stack([a, b, rare])).tolist() == [True, True, True]
