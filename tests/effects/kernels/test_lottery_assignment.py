"""The lot drawn again, against going through every lot by hand."""

import itertools

import numpy as np
import pytest

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.lottery_assignment import LotteryReduction
from impactkit.effects.kernels.lottery_means import Drawn, lottery_means


def drawn(y: Floats, treated: list[int], strata: list[int], chance: Floats | None = None) -> Drawn:
    return Drawn(
        totals=np.asarray(y, dtype=float),
        sizes=np.ones(len(treated)),
        treated=np.array(treated, dtype=bool),
        strata=np.array(strata),
        chance=chance,
    )


def test_in_strata_of_unlike_shares_every_lot_is_gone_through() -> None:
    y = np.array([5.0, 3, 4, 1, 2, 9, 6, 7, 5])
    strata = [0, 0, 0, 0, 1, 1, 1, 1, 1]
    treated = [1, 0, 0, 0, 0, 1, 1, 0, 1]
    points = []
    for one in itertools.combinations(range(4), 1):
        for other in itertools.combinations(range(4, 9), 3):
            v = np.isin(np.arange(9), one + other)
            gaps = [y[s][v[s]].mean() - y[s][~v[s]].mean() for s in (slice(0, 4), slice(4, 9))]
            points.append((4 * gaps[0] + 5 * gaps[1]) / 9)
    case = drawn(y, treated, strata)
    found = LotteryReduction(drawn=case).statistics(draws=99, seed=1)
    assert found.n_assignments == 40
    assert found.observed == pytest.approx(lottery_means(case).difference)
    assert sorted(found.numerators) == pytest.approx(sorted(points))
    expected = np.mean([abs(p) >= abs(found.observed) - 1e-12 for p in points])
    assert found.p_value().p_value == pytest.approx(expected)


def test_the_limits_are_the_effects_that_the_test_does_not_reject() -> None:
    rng = np.random.default_rng(3)
    treated = np.arange(12) % 3 == 0
    y = rng.normal(size=12) + 3 * treated
    case = drawn(y, treated.astype(int).tolist(), [0] * 12)
    found = LotteryReduction(drawn=case).statistics(draws=99, seed=1)
    low, high = found.interval(0.9)
    for effect, inside in (
        (low - 1e-6, False),
        (low + 1e-6, True),
        (high - 1e-6, True),
        (high + 1e-6, False),
    ):
        moved = drawn(y - effect * treated, treated.astype(int).tolist(), [0] * 12)
        again = LotteryReduction(drawn=moved).statistics(draws=99, seed=1)
        least = min(again.p_value(alternative=side).p_value for side in ("greater", "less"))
        assert (least > 0.05) is inside


def test_a_chance_that_several_share_holds_their_number_fixed() -> None:
    chance = np.array([0.5, 0.5, 0.5, 0.2, 0.2, 0.2])
    case = LotteryReduction(drawn=drawn(np.arange(6.0), [1, 0, 1, 0, 0, 1], [0] * 6, chance))
    assert case.n_assignments == 9
    assert case.is_exact


def test_each_with_a_chance_of_their_own_is_drawn_with_it() -> None:
    """The share of draws that reject, against the probabilities of all lots."""
    chance = np.array([0.9, 0.7, 0.5, 0.35, 0.2, 0.6, 0.45])
    y, treated = np.array([4.0, 1, 3, 5, 2, 2, 1]), [1, 0, 1, 1, 0, 1, 0]
    case = drawn(y, treated, [0] * 7, chance)
    reduction = LotteryReduction(drawn=case)
    assert reduction.is_independent
    assert not reduction.is_exact
    own, mass, extreme = abs(lottery_means(case).difference), 0.0, 0.0
    for v in itertools.product([0, 1], repeat=7):
        if 0 < sum(v) < 7:
            weight = np.prod(np.where(np.array(v) == 1, chance, 1 - chance))
            mass += weight
            extreme += weight * (
                abs(lottery_means(drawn(y, list(v), [0] * 7, chance)).difference) >= own - 1e-12
            )
    found = reduction.statistics(draws=40_000, seed=7)
    assert found.observed == pytest.approx(lottery_means(case).difference)
    assert (found.denominators == 1).all()
    assert found.p_value().p_value == pytest.approx(extreme / mass, abs=0.01)


def test_independent_draws_do_not_depend_on_chunks_and_are_never_zero() -> None:
    rng = np.random.default_rng(1)
    chance = rng.uniform(0.2, 0.8, 60)
    treated = rng.random(60) < chance
    y = rng.normal(size=60) + 10 * treated
    case = LotteryReduction(drawn=drawn(y, treated.astype(int).tolist(), [0] * 60, chance))
    assert case.n_assignments > EXACT_BELOW
    one, more = (case.statistics(draws=n, seed=5) for n in (499, 999))
    np.testing.assert_array_equal(one.numerators, more.numerators[:499])
    assert one.p_value().p_value == pytest.approx(1 / 500)
