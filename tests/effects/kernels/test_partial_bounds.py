"""Bounds under missing outcomes: against filling them in, and by how often their limits hold."""

import numpy as np
import pytest
from scipy.stats import norm

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.partial_bounds import ArmSeen, PartialBounds, imbens_manski, manski_bounds


def seen(y: Floats, n: int) -> ArmSeen:
    return ArmSeen(n=n, stayed=len(y), mean=float(y.mean()), variance=float(y.var(ddof=1)))


def test_bounds_are_what_filling_in_the_worst_and_the_best_gives() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.uniform(0, 10, 17), rng.uniform(0, 10, 21)
    found = manski_bounds(seen(one, 22), seen(other, 24), least=0, most=10)
    worst = np.append(one, np.zeros(5)), np.append(other, np.full(3, 10.0))
    best = np.append(one, np.full(5, 10.0)), np.append(other, np.zeros(3))
    for (a, b), point, error in (
        (worst, found.low, found.low_error),
        (best, found.high, found.high_error),
    ):
        assert point == pytest.approx(a.mean() - b.mean())
        assert error == pytest.approx(np.sqrt(a.var(ddof=1) / 22 + b.var(ddof=1) / 24))


def test_bounds_lie_as_far_apart_as_the_missing_shares_times_the_range() -> None:
    found = manski_bounds(
        ArmSeen(n=40, stayed=30, mean=0.4, variance=0.2),
        ArmSeen(n=50, stayed=45, mean=0.3, variance=0.2),
        least=0,
        most=1,
    )
    assert found.high - found.low == pytest.approx(10 / 40 + 5 / 50)


def test_nobody_missing_gives_the_difference_in_means() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=9), rng.normal(size=8)
    found = manski_bounds(seen(one, 9), seen(other, 8), least=-9, most=9)
    assert (found.low, found.high) == pytest.approx((one.mean() - other.mean(),) * 2)


def test_an_arm_that_all_left_may_have_had_anything() -> None:
    gone = ArmSeen(n=5, stayed=0, mean=float("nan"), variance=float("nan"))
    found = manski_bounds(gone, ArmSeen(n=5, stayed=5, mean=0.2, variance=0.2), least=0, most=1)
    assert (found.low, found.high) == pytest.approx((-0.2, 0.8))


@pytest.mark.parametrize("gap", [0.0, 0.4, 2.0, 50.0])
def test_limits_solve_imbens_and_manskis_equation(gap: float) -> None:
    low, high = imbens_manski(PartialBounds(low=1.0, high=1.0 + gap, low_error=0.5, high_error=0.8), 0.9)
    c = (1 - low) / 0.5
    assert (high - 1 - gap) / 0.8 == pytest.approx(c)
    assert norm.cdf(c + gap / 0.8) - norm.cdf(-c) == pytest.approx(0.9, abs=1e-9)


def test_limits_hold_an_effect_at_either_bound_as_often_as_they_say() -> None:
    """Shares of 0.5 and 0.3 of all; a fifth and a tenth are lost, at random, and could have been anything."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(2000):
        arms = []
        for share, lost in ((0.5, 0.2), (0.3, 0.1)):
            stays = rng.random(120) >= lost
            y = (rng.random(120) < share).astype(float)[stays]
            arms.append(seen(y, 120))
        found = manski_bounds(*arms, least=0, most=1)
        low, high = found.limits(0.95)
        true_low, true_high = 0.5 * 0.8 - (0.3 * 0.9 + 0.1), 0.5 * 0.8 + 0.2 - 0.3 * 0.9
        held.append((low <= true_low, high >= true_high))
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.012)
