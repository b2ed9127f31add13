"""Neyman's variances: by going through every lot, by the textbook's formulas, and against their bias."""

import itertools

import numpy as np
import pytest

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.lottery_means import Drawn, lottery_means


def people(y: Floats, treated: Flags, strata: Labels | None = None, chance: Floats | None = None) -> Drawn:
    codes = np.zeros(len(y), dtype=np.int64) if strata is None else strata
    return Drawn(totals=y, sizes=np.ones(len(y)), treated=treated, strata=codes, chance=chance)


def test_one_stratum_has_welchs_standard_error_and_degrees_of_freedom() -> None:
    rng = np.random.default_rng(1)
    y, treated = rng.normal(size=30), np.arange(30) < 11
    v = [y[arm].var(ddof=1) / arm.sum() for arm in (treated, ~treated)]
    found = lottery_means(people(y, treated))
    assert found.difference == pytest.approx(y[treated].mean() - y[~treated].mean())
    assert found.std_error == pytest.approx(np.sqrt(sum(v)))
    assert found.df == pytest.approx(sum(v) ** 2 / (v[0] ** 2 / 10 + v[1] ** 2 / 18))


def test_strata_weigh_their_shares_and_not_their_precision() -> None:
    """Sixteen of twenty drawn in one stratum, two of ten in the other; effects of 1 and 4."""
    strata = np.repeat([0, 1], [20, 10])
    treated = np.concatenate([np.arange(20) < 16, np.arange(10) < 2])
    y = np.where(strata == 0, 5.0, 9.0) + np.where(strata == 0, 1.0, 4.0) * treated
    assert lottery_means(people(y, treated, strata)).difference == pytest.approx((20 * 1 + 10 * 4) / 30)


def test_within_strata_variances_add_up_with_squared_shares() -> None:
    rng = np.random.default_rng(2)
    strata, y = np.repeat([0, 1, 2], [9, 12, 7]), rng.normal(size=28)
    treated = np.concatenate([np.arange(9) < 4, np.arange(12) < 9, np.arange(7) < 2])
    expected = 0.0
    for s, n in enumerate([9, 12, 7]):
        here = strata == s
        parts = [y[here & arm] for arm in (treated, ~treated)]
        expected += (n / 28) ** 2 * sum(part.var(ddof=1) / len(part) for part in parts)
    assert lottery_means(people(y, treated, strata)).std_error == pytest.approx(np.sqrt(expected))


def test_equal_pairs_have_the_paired_t_tests_standard_error() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=12), rng.normal(size=12)
    strata = np.tile(np.arange(12), 2)
    found = lottery_means(people(np.append(first, second), np.arange(24) < 12, strata))
    gaps = first - second
    assert found.difference == pytest.approx(gaps.mean())
    assert found.std_error == pytest.approx(gaps.std(ddof=1) / np.sqrt(12))
    assert found.df == pytest.approx(11)
    assert found.n_alone == 12


def test_unequal_pairs_of_clusters_with_one_effect_have_no_variance() -> None:
    """Pairs that weigh unequally but differ alike agree about the effect: weights alone are no noise."""
    sizes = np.array([10.0, 10, 12, 12, 9, 9])
    treated = np.array([True, False] * 3)
    level = np.repeat([1.0, 4.0, 2.0], 2)
    drawn = Drawn(
        totals=sizes * (level + 3 * treated), sizes=sizes, treated=treated, strata=np.repeat([0, 1, 2], 2)
    )
    found = lottery_means(drawn)
    assert found.difference == pytest.approx(3)
    assert found.std_error == pytest.approx(0, abs=1e-12)


def test_a_single_stratum_with_one_unit_of_an_arm_has_no_known_variance() -> None:
    found = lottery_means(people(np.array([3.0, 1, 2]), np.array([True, False, False])))
    assert found.difference == pytest.approx(1.5)
    assert np.isnan(found.std_error)


def test_large_and_small_strata_add_their_variances() -> None:
    rng = np.random.default_rng(4)
    y = rng.normal(size=18)
    strata = np.concatenate([np.zeros(10, dtype=np.int64), np.repeat([1, 2, 3, 4], 2)])
    treated = np.concatenate([np.arange(10) < 5, np.tile([True, False], 4)])
    large = sum(part.var(ddof=1) / 5 for part in (y[:5], y[5:10]))
    gaps = y[10::2] - y[11::2]
    expected = (10 / 18) ** 2 * large + (8 / 18) ** 2 * gaps.var(ddof=1) / 4
    assert lottery_means(people(y, treated, strata)).std_error == pytest.approx(np.sqrt(expected))


@pytest.mark.parametrize("effect", ["constant", "unlike"])
def test_over_all_lots_the_variance_is_never_too_small_on_average(effect: str) -> None:
    """All 70 lots of four in eight: the mean of the estimated variance against the true one."""
    rng = np.random.default_rng(5)
    without = rng.normal(size=8)
    with_it = without + (2.0 if effect == "constant" else rng.normal(2, 2, size=8))
    points, variances = [], []
    for chosen in itertools.combinations(range(8), 4):
        treated = np.isin(np.arange(8), chosen)
        found = lottery_means(people(np.where(treated, with_it, without), treated))
        points.append(found.difference)
        variances.append(found.std_error**2)
    assert np.mean(points) == pytest.approx((with_it - without).mean())
    excess = np.mean(variances) - np.var(points)
    assert excess == pytest.approx((with_it - without).var(ddof=1) / 8, abs=1e-12)


def test_unequal_chances_are_undone() -> None:
    """Those who gain most are drawn most often; the plain difference would say more than 2."""
    rng = np.random.default_rng(6)
    chance = np.tile([0.8, 0.3], 200)
    gain = np.tile([3.0, 1.0], 200)
    points, plain, errors = [], [], []
    for _ in range(400):
        treated = rng.random(400) < chance
        y = gain * treated + 2 * gain + rng.normal(size=400)
        found = lottery_means(people(y, treated, chance=chance))
        points.append(found.difference)
        errors.append(found.std_error)
        plain.append(y[treated].mean() - y[~treated].mean())
    assert np.mean(points) == pytest.approx(2, abs=0.05)
    assert np.mean(plain) > 3
    assert np.mean(errors) >= 0.95 * np.std(points)


def test_whole_clusters_are_compared_by_totals_over_sizes() -> None:
    sizes, means = np.array([10.0, 20, 5, 40, 10, 15]), np.array([4.0, 5, 3, 1, 2, 2])
    treated = np.arange(6) < 3
    found = lottery_means(
        Drawn(totals=sizes * means, sizes=sizes, treated=treated, strata=np.zeros(6, dtype=np.int64))
    )
    top, bottom = np.average(means[:3], weights=sizes[:3]), np.average(means[3:], weights=sizes[3:])
    assert found.difference == pytest.approx(top - bottom)
    left = sizes * (means - np.where(treated, top, bottom))
    expected = sum(1.5 * (left[a] ** 2).sum() / sizes[a].sum() ** 2 for a in (slice(0, 3), slice(3, 6)))
    assert found.std_error == pytest.approx(np.sqrt(expected))
