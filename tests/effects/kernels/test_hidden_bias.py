"""What sensitivity to the unmeasured is made of, written out the slow way."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import norm, rankdata
from scipy.stats import t as student

from impactkit.effects.kernels.hidden_bias import (
    TwoRegressions,
    e_value,
    oster_delta,
    rank_sum_bound,
    rank_sum_gamma,
    ratio_of_standardised,
    robustness_value,
    robustness_value_of_limit,
    signed_rank_bound,
    signed_rank_gamma,
)


def _bound_by_going_through_all(outcomes, treated, gamma):
    """Weigh each way to treat as many by the odds of its favoured units, for each number of them."""
    ranks = rankdata(outcomes)
    order = np.argsort(-ranks, kind="stable")
    N, m = len(ranks), int(treated.sum())
    observed, worst = ranks[treated].sum(), 0.0
    for k in range(1, N):
        favoured = set(order[:k].tolist())
        ways = list(itertools.combinations(range(N), m))
        weights = np.array([gamma ** len(favoured.intersection(way)) for way in ways])
        weights /= weights.sum()
        sums = np.array([ranks[list(way)].sum() for way in ways])
        mean = weights @ sums
        spread = math.sqrt(weights @ (sums - mean) ** 2)
        worst = max(worst, norm.sf((observed - mean) / spread))
    return worst


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("gamma", [1.0, 1.5, 4.0])
def test_rank_sum_bounds_are_those_of_all_assignments(seed, gamma):
    rng = np.random.default_rng(seed)
    outcomes = rng.integers(0, 8, 9).astype(float)
    treated = np.arange(9) < rng.integers(2, 7)
    expected = _bound_by_going_through_all(outcomes, treated, gamma)
    assert rank_sum_bound(outcomes, treated, gamma) == pytest.approx(expected, rel=1e-9)


def _population(rng):
    """Return moments of ``y = effect * x + w1 + w2 + e`` with a known delta, and what delta is made from."""
    effect, first, delta = rng.normal(), rng.normal() * 0.4, rng.uniform(-2, 3)
    seen, unseen, rest, sx = rng.uniform(0.2, 2, 4) + [0, 0, 0, 1]
    second = delta * first / seen * unseen
    cxy = effect * sx + first + second
    sy = effect**2 * sx + seen + unseen + rest + 2 * effect * (first + second)
    both = np.linalg.solve([[sx, first], [first, seen]], [cxy, effect * first + seen])
    found = TwoRegressions(
        short=cxy / sx,
        long=both[0],
        short_r2=cxy**2 / sx / sy,
        long_r2=both @ [cxy, effect * first + seen] / sy,
        outcome_variance=sy,
        treatment_variance=sx,
        residual_variance=sx - first**2 / seen,
    )
    return found, effect, delta, 1 - rest / sy, first**2 / seen + second**2 / unseen < 0.95 * sx


def test_delta_is_found_in_populations_where_it_is_known():
    rng, tried = np.random.default_rng(3), 0
    for _ in range(300):
        found, effect, delta, largest, is_possible = _population(rng)
        if is_possible:
            tried += 1
            assert oster_delta(found, largest_r2=largest, effect=effect) == pytest.approx(delta, rel=1e-6)
    assert tried > 100


def test_the_more_of_bias_the_larger_the_bound():
    rng = np.random.default_rng(1)
    outcomes, treated = rng.normal(size=40), np.arange(40) < 15
    bounds = [rank_sum_bound(outcomes, treated, gamma) for gamma in (1, 1.2, 2, 5, 50)]
    assert bounds == sorted(bounds)
    pairs = [signed_rank_bound(outcomes, gamma) for gamma in (1, 1.2, 2, 5, 50)]
    assert pairs == sorted(pairs)


def test_gamma_is_where_the_bound_reaches_the_level():
    rng = np.random.default_rng(2)
    outcomes, treated = rng.normal(size=60), np.arange(60) < 25
    outcomes[treated] += 1.5
    gamma = rank_sum_gamma(outcomes, treated)
    assert rank_sum_bound(outcomes, treated, gamma) <= 0.025
    assert rank_sum_bound(outcomes, treated, gamma * 1.001) > 0.025
    assert math.isnan(rank_sum_gamma(-outcomes, treated))


def test_pairs_without_a_difference_count_as_nothing():
    assert signed_rank_bound(np.zeros(5), 2.0) == 1.0
    assert math.isnan(signed_rank_gamma(np.zeros(5)))


@pytest.mark.parametrize("t", [2.2, 4.0, 50.0])
def test_a_confounder_as_strong_as_the_robustness_value_takes_the_effect_away(t):
    """The bias of a confounder with partial R2 ``r`` on both sides is ``t`` of its own standard errors."""
    df = 40.0
    r = robustness_value(t / math.sqrt(df))
    assert math.sqrt(r * r / (1 - r)) == pytest.approx(t / math.sqrt(df))


@pytest.mark.parametrize(("t", "df"), [(2.5, 30.0), (4.0, 100.0), (3.0, 12.0)])
def test_a_confounder_as_strong_as_that_of_the_limit_takes_it_to_nothing(t, df):
    r = robustness_value_of_limit(t, df)
    # Less is left of both sides alike, so that the standard error stays as it was.
    adjusted = t / math.sqrt(df) - math.sqrt(r * r / (1 - r))
    critical = student.isf(0.025, df - 1) / math.sqrt(df - 1)
    assert adjusted == pytest.approx(critical, rel=1e-9)


def test_e_values_do_not_know_the_sign():
    for difference in (0.1, 0.5, 2.0):
        up, down = (e_value(ratio_of_standardised(sign * difference)) for sign in (1, -1))
        assert up == pytest.approx(down)
    assert e_value(math.inf) == math.inf
