"""Effects drawn towards each other: published numbers, limits, and how often they hold the truth."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from impactkit.effects.kernels.equal_effects import equal_effects, no_effect
from impactkit.effects.kernels.shrinkage import shrunken

# Rubin (1981), eight schools: effects of coaching and their standard errors.
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
# Posterior means by long simulation with a uniform prior, as in the documentation of RStan 2 (8schools).
KNOWN = [11.4, 7.9, 6.1, 7.6, 5.1, 6.1, 10.6, 8.5]


def test_eight_schools_are_as_published() -> None:
    found = shrunken(SCHOOLS, ERRORS, scale=math.inf)
    assert found.points == pytest.approx(KNOWN, abs=0.2)
    assert found.mean == pytest.approx(7.9, abs=0.1)
    assert found.spread == pytest.approx(6.6, abs=0.2)
    # Gelman and others (2013), table 5.3: 2.5 and 97.5 % of 200 draws.
    assert found.low[:2] == pytest.approx([-2, -5], abs=1.5)
    assert found.high[:2] == pytest.approx([31, 23], abs=3)


def test_means_are_those_of_an_integral_over_the_spread() -> None:
    points, errors, scale = np.array([1.0, 2.5, -0.5]), np.array([0.6, 0.9, 0.7]), 0.5

    def parts(tau: float) -> tuple[float, float]:
        v = errors**2 + tau**2
        mean = (points / v).sum() / (1 / v).sum()
        density = np.exp(-0.5 * ((points - mean) ** 2 / v).sum()) / np.sqrt(v.prod() * (1 / v).sum())
        density /= 1 + (tau / scale) ** 2
        kept = errors[0] ** 2 / v[0]
        return density, density * (points[0] * (1 - kept) + kept * mean)

    total = quad(lambda tau: parts(tau)[0], 0, np.inf)[0]
    first = quad(lambda tau: parts(tau)[1], 0, np.inf)[0]
    assert shrunken(points, errors, scale=scale).points[0] == pytest.approx(first / total, rel=1e-5)


def test_very_unlike_groups_keep_their_own_effects() -> None:
    points, errors = np.array([-50.0, 0, 50, 120]), np.full(4, 1.0)
    found = shrunken(points, errors, scale=50.0)
    assert found.points == pytest.approx(points, abs=0.1)
    half = norm.ppf(0.975)
    assert found.low == pytest.approx(points - half, abs=0.1)
    assert found.high == pytest.approx(points + half, abs=0.1)


def test_units_and_order_do_not_matter() -> None:
    found = shrunken(SCHOOLS, ERRORS)
    other = shrunken(1000 * SCHOOLS[::-1], 1000 * ERRORS[::-1])
    assert other.points[::-1] == pytest.approx(1000 * found.points, rel=1e-9)
    assert other.low[::-1] == pytest.approx(1000 * found.low, rel=1e-7)


@pytest.mark.parametrize("groups", [2, 4, 8])
def test_limits_hold_the_truth_however_unlike_groups_are(groups: int) -> None:
    rng = np.random.default_rng(groups)
    for spread in (0.0, 1.0, 3.0):
        held = []
        for _ in range(150):
            truth = spread * rng.standard_normal(groups)
            errors = rng.uniform(0.5, 1.5, groups)
            found = shrunken(truth + errors * rng.standard_normal(groups), errors)
            held += ((found.low <= truth) & (truth <= found.high)).tolist()
        assert np.mean(held) > 0.95 - 3.5 * math.sqrt(0.05 * 0.95 / len(held)) - 0.02


def test_the_largest_of_several_alike_is_no_longer_too_large() -> None:
    rng = np.random.default_rng(1)
    raw, drawn = [], []
    for _ in range(200):
        points = 1.0 + rng.standard_normal(6)
        largest = int(points.argmax())
        raw.append(points[largest] - 1.0)
        drawn.append(shrunken(points, np.ones(6)).points[largest] - 1.0)
    assert np.mean(raw) > 1.1
    assert np.mean(drawn) < 0.45 * np.mean(raw)


def test_two_groups_are_compared_as_welch_does() -> None:
    """Satterthwaite's degrees of freedom, by hand."""
    v, df = np.array([0.5, 2.0]), np.array([9.0, 21.0])
    found = equal_effects(np.array([1.0, 4.0]), np.diag(v), df)
    assert found.statistic == pytest.approx(9 / 2.5)
    assert found.df_error == pytest.approx(2.5**2 / (v**2 / df).sum())


def test_several_groups_are_compared_as_welch_does() -> None:
    """His own formula for means of k samples, written out, on samples whose means are the effects."""
    rng = np.random.default_rng(3)
    samples = [rng.normal(k, 1 + k, 8 + 3 * k) for k in range(4)]
    n = np.array([len(s) for s in samples])
    means = np.array([s.mean() for s in samples])
    w = n / np.array([s.var(ddof=1) for s in samples])
    grand = (w * means).sum() / w.sum()
    a = (w * (means - grand) ** 2).sum() / 3
    lam = ((1 - w / w.sum()) ** 2 / (n - 1)).sum()
    found = equal_effects(means, np.diag(1 / w), n - 1.0)
    assert found.statistic == pytest.approx(a / (1 + 2 * 2 * lam / 15))
    assert found.df_error == pytest.approx(15 / (3 * lam))


def test_shared_errors_make_a_difference_more_certain() -> None:
    points, df = np.array([1.0, 2.0]), np.full(2, 30.0)
    apart = equal_effects(points, np.eye(2), df)
    alike = equal_effects(points, np.array([[1.0, 0.8], [0.8, 1.0]]), df)
    assert alike.statistic == pytest.approx(1 / (2 - 1.6))
    assert alike.p_value < apart.p_value


def test_equal_groups_are_told_apart_as_often_as_the_level_says() -> None:
    rng = np.random.default_rng(2)
    rejected = []
    for _ in range(600):
        samples = [rng.normal(0, s, n) for s, n in ((1, 8), (2, 12), (1, 20))]
        v = np.array([s.var(ddof=1) / len(s) for s in samples])
        means = np.array([s.mean() for s in samples])
        rejected.append(equal_effects(means, np.diag(v), np.array([7.0, 11, 19])).p_value < 0.05)
    assert abs(np.mean(rejected) - 0.05) < 3.5 * math.sqrt(0.05 * 0.95 / 600)


def test_one_effect_is_a_t_test() -> None:
    found = no_effect(np.array([2.0]), np.array([[0.64]]), 12.0)
    from scipy.stats import t

    assert found.p_value == pytest.approx(2 * t.sf(2.5, 12), rel=1e-10)
