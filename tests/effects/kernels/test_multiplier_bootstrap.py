"""Multiplier draws against draws made cluster by cluster, closed cases, and the step-down written out."""

import numpy as np
import pytest
from scipy import stats

from impactkit.effects.kernels.multiplier_bootstrap import (
    correlation_of,
    joint_alpha,
    multiplier_draws,
    step_down,
)


def drawn(correlation, draws, seed):
    return np.vstack(list(multiplier_draws(correlation, draws=draws, seed=seed)))


def test_the_level_is_that_of_multipliers_drawn_for_each_cluster():
    rng = np.random.default_rng(1)
    G, M, draws = 400, 5, 20_000
    influence = rng.standard_normal((G, 2)) @ rng.standard_normal((2, M)) + rng.standard_normal((G, M))
    size = np.sqrt((influence**2).sum(axis=0))
    alpha = joint_alpha(correlation_of(influence.T @ influence), 0.05, draws=draws, seed=1)
    for multipliers in (rng.standard_normal((draws, G)), 1.0 - 2 * rng.integers(0, 2, (draws, G))):
        largest = np.abs(multipliers @ influence / size).max(axis=1)
        critical = stats.norm.isf(alpha / 2)
        assert np.mean(largest > critical) == pytest.approx(0.05, abs=0.006)


def test_independent_effects_need_sidaks_level_and_equal_ones_no_more_than_one():
    for M in (2, 5, 20):
        sidak = 1 - 0.95 ** (1 / M)
        assert joint_alpha(np.eye(M), 0.05, draws=40_000, seed=2) == pytest.approx(sidak, rel=0.08)
        assert joint_alpha(np.eye(M), 0.05, draws=99, seed=2) >= sidak
        assert joint_alpha(np.ones((M, M)), 0.05, draws=40_000, seed=2) == pytest.approx(0.05, rel=0.05)
        assert joint_alpha(np.ones((M, M)), 0.05, draws=40_000, seed=2) <= 0.05


def test_two_effects_have_the_level_of_the_bivariate_normal():
    for rho in (-0.8, 0.0, 0.5, 0.95):
        correlation = np.array([[1.0, rho], [rho, 1.0]])
        alpha = joint_alpha(correlation, 0.05, draws=100_000, seed=3)
        c = stats.norm.isf(alpha / 2)
        joint = stats.multivariate_normal(cov=correlation, allow_singular=True)
        assert joint.cdf([c, c], lower_limit=[-c, -c]) == pytest.approx(0.95, abs=0.003)
        one_sided = joint_alpha(correlation, 0.025, draws=100_000, seed=3, alternative="one-sided")
        c = stats.norm.isf(one_sided)
        assert joint.cdf([c, c]) == pytest.approx(0.975, abs=0.003)


def test_a_single_effect_keeps_its_level_exactly():
    assert joint_alpha(np.eye(1), 0.05, draws=1, seed=9) == 0.05


def test_draws_do_not_depend_on_chunks_nor_on_the_signs_of_eigenvectors(monkeypatch):
    correlation = correlation_of(np.cov(np.random.default_rng(5).standard_normal((4, 30))))
    whole = drawn(correlation, 500, 7)
    monkeypatch.setattr("impactkit.effects.kernels.multiplier_bootstrap._CHUNK_NUMBERS", 64)
    np.testing.assert_allclose(drawn(correlation, 500, 7), whole, rtol=0, atol=1e-12)
    eigh = np.linalg.eigh
    monkeypatch.setattr(np.linalg, "eigh", lambda a: (eigh(a)[0], -eigh(a)[1]))
    np.testing.assert_allclose(drawn(correlation, 500, 7), whole, rtol=0, atol=1e-12)


def test_draws_have_the_covariance_asked_for_even_when_effects_depend_on_each_other():
    root = np.random.default_rng(4).standard_normal((6, 2))
    correlation = correlation_of(root @ root.T)
    np.testing.assert_allclose(np.cov(drawn(correlation, 100_000, 1).T), correlation, atol=0.02)


def by_definition(p_values, reference, is_exact):
    """Step down one hypothesis at a time, counting draws one by one."""
    left, found, floor = list(range(len(p_values))), {}, 0.0
    while left:
        j = min(left, key=lambda k: p_values[k])
        k = sum(min(row[i] for i in left) <= p_values[j] for row in reference)
        share = k / len(reference) if is_exact else (1 + k) / (1 + len(reference))
        floor = found[j] = max(floor, share, p_values[j])
        left.remove(j)
    return [min(found[k], 1.0) for k in range(len(p_values))]


@pytest.mark.parametrize("seed", range(30))
def test_the_step_down_is_its_definition(seed):
    rng = np.random.default_rng(seed)
    K, B = rng.integers(1, 6), 60
    reference = rng.integers(1, 20, (B, K)) / 20
    p_values = rng.integers(1, 20, K) / 20
    is_exact = bool(seed % 2)
    chunks = [reference[:25], reference[25:]]
    np.testing.assert_allclose(
        step_down(p_values, chunks, is_exact=is_exact), by_definition(p_values, reference, is_exact)
    )


def test_bounded_values_stay_between_the_p_value_and_sidaks():
    p = np.array([1e-9, 0.01, 0.2])
    reference = [stats.norm.sf(np.abs(drawn(np.eye(3), 999, 1))) * 2]
    found = step_down(p, reference, bound=True)
    assert p[0] <= found[0] <= 3 * p[0] * (1 + 1e-9)
    assert found[2] == pytest.approx(0.2)
    assert np.all(np.diff(found) >= 0)
