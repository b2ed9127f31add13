"""The test of Ferman and Pinto against its definition, closed cases and a world of unequal sizes."""

import itertools
import math

import numpy as np
import pytest

from impactkit.effects.kernels.few_treated import UnitContrasts, few_treated, size_variance


def drawn(seed, *, G=9, n=2, equal=False):
    rng = np.random.default_rng(seed)
    sizes = np.ones(G) if equal else rng.uniform(0.2, 5, G)
    values = rng.standard_normal(G) * np.sqrt(0.5 + 1 / sizes) + rng.normal()
    treated = rng.permutation(G) < n
    return UnitContrasts(values=values, weights=np.ones(G), sizes=sizes, treated=treated)


def by_definition(units, effect):
    """Impose the effect, scale every residual, and go through every ordered choice one by one."""
    d, w, G = units.treated * 1.0, units.weights, len(units.values)
    a, b = size_variance(units)
    own = a + b / units.sizes
    left = units.values - effect * d
    residual = left - np.average(left, weights=w)
    covariance = np.diag(own)
    centre = np.eye(G) - np.outer(np.ones(G), w / w.sum())
    spread = np.sqrt(np.diag(centre @ covariance @ centre.T))
    treated = np.flatnonzero(units.treated)
    w1, w0 = w[treated].sum(), w.sum() - w[treated].sum()

    def difference(given):
        return (w[treated] @ given) / w1 * (w0 + w1) / w0

    observed = abs(difference(residual[treated]))
    counts = [
        abs(difference(spread[treated] * (residual / spread)[list(chosen)])) >= observed - 1e-12
        for chosen in itertools.permutations(range(G), len(treated))
    ]
    return max(np.mean(counts), 1 / (G - len(treated) + 1))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("seed", range(12))
def test_p_values_are_the_definition(seed, n):
    units = drawn(seed, n=n, equal=seed % 3 == 0)
    found = few_treated(units, draws=99, seed=1)
    assert found.is_exact
    treated, w = units.treated, units.weights
    point = np.average(units.values[treated], weights=w[treated]) - np.average(units.values[~treated])
    assert found.point == pytest.approx(point)
    for effect in (0.0, 0.7, -2.0):
        follows = np.abs(found.shifts) >= 1 - 1e-10
        if follows.sum() == math.factorial(n) if not seed % 3 else follows.sum() == 1:
            assert found.p_value(effect) == pytest.approx(by_definition(units, effect))
        assert found.p_value(effect) >= by_definition(units, effect) - 1e-12


@pytest.mark.parametrize("level", [0.5, 0.8])
@pytest.mark.parametrize("seed", range(12))
def test_limits_are_where_the_p_value_turns(seed, level):
    found = few_treated(drawn(seed, G=12, n=1 + seed % 3), draws=499, seed=1)
    low, high = found.limits(level)
    assert low < found.point < high
    for limit, outwards in ((low, -1e-6), (high, 1e-6)):
        assert found.p_value(limit) > 1 - level + 1e-9
        assert found.p_value(limit + outwards) <= 1 - level + 1e-9
        assert found.p_value(limit + 50 * outwards / 1e-6) <= 1 - level + 1e-9


def test_one_of_equal_size_is_ranked_among_all():
    units = UnitContrasts(
        values=np.array([9.0, *np.linspace(-1, 1, 19)]),
        weights=np.ones(20),
        sizes=np.ones(20),
        treated=np.arange(20) == 0,
    )
    found = few_treated(units, draws=99, seed=1)
    assert found.p_value() == pytest.approx(1 / 20)
    assert np.isfinite(found.limits(0.95)).all()
    assert found.limits(0.96) == (-math.inf, math.inf)


def test_no_p_value_is_smaller_than_one_over_the_comparison_units_and_one():
    units = UnitContrasts(
        values=np.array([50.0, 51, 49, 0, 1, 2]),
        weights=np.ones(6),
        sizes=np.ones(6),
        treated=np.arange(6) < 3,
    )
    found = few_treated(units, draws=99, seed=1)
    assert found.p_value() == 1 / 4
    assert found.limits(0.8) == (-math.inf, math.inf)


def test_random_choices_come_near_to_all_of_them():
    units = drawn(3, G=30, n=3)
    exact = few_treated(drawn(3, G=20, n=3), draws=99, seed=1)
    assert exact.is_exact
    found = few_treated(units, draws=4999, seed=1)
    assert not found.is_exact and found.n_draws == 4999
    again = few_treated(units, draws=4999, seed=2)
    assert found.p_value(1.0) == pytest.approx(again.p_value(1.0), abs=0.03)
    assert found.p_value(1.0) == few_treated(units, draws=4999, seed=1).p_value(1.0)


def test_the_variance_of_units_follows_their_size():
    rng = np.random.default_rng(8)
    sizes = rng.uniform(0.3, 5, 40_000)
    values = rng.standard_normal(40_000) * np.sqrt(0.5 + 1 / sizes)
    units = UnitContrasts(values=values, weights=np.ones(40_000), sizes=sizes, treated=np.arange(40_000) == 0)
    a, b = size_variance(units)
    assert a == pytest.approx(0.5, abs=0.25) and b == pytest.approx(1.0, abs=0.12)


@pytest.mark.parametrize(("small", "others"), [(True, "large"), (False, "small")])
def test_a_small_unit_is_not_compared_with_the_calm_of_large_ones(small, others):
    """Rejection at 10 % under no effect: the permutation test is far off, the scaled test is near."""
    rng, runs = np.random.default_rng(1), 1500
    sizes = (
        np.where(np.arange(40) % 4 == 0, 0.1, 1.0) if small else np.where(np.arange(40) % 4 == 0, 5.0, 0.3)
    )
    rejected = np.zeros(2)
    for _ in range(runs):
        values = rng.standard_normal(40) / np.sqrt(sizes)
        for i, known in enumerate((sizes, np.ones(40))):
            units = UnitContrasts(values=values, weights=np.ones(40), sizes=known, treated=np.arange(40) == 0)
            rejected[i] += few_treated(units, draws=99, seed=1).p_value() <= 0.1
    scaled, equal = rejected / runs
    assert 0.06 < scaled < 0.14
    assert equal > 0.18 if small else equal < 0.04


def test_values_that_never_vary_are_said_not_to():
    units = UnitContrasts(
        values=np.full(8, 3.3), weights=np.ones(8), sizes=np.arange(1.0, 9), treated=np.arange(8) == 0
    )
    assert not few_treated(units, draws=99, seed=1).varies
