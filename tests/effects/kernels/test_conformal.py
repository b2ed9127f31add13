"""Conformal tests held to their definition: a general solver finds the weights, permutations are listed."""

import itertools
import math
import pickle

import numpy as np
import pytest
from scipy.optimize import minimize

from impactkit.effects.kernels.conformal import ConformalTest, in_blocks, periods_in_place, persistence
from impactkit.effects.kernels.simplex import nearest_in_hull
from impactkit.effects.kernels.simplex_path import residual_path

MEASURES = {
    "mean": lambda u: abs(np.mean(u)),
    "absolute": lambda u: np.mean(np.abs(u)),
    "squared": lambda u: np.sqrt(np.mean(u**2)),
    "largest": lambda u: np.max(np.abs(u)),
}


def panel(seed, *, largest=8, whole=False):
    """A few donors and a treated unit that is partly like them."""
    rng = np.random.default_rng(seed)
    D, T1 = int(rng.integers(2, largest)), int(rng.integers(1, 4))
    T = T1 + int(rng.integers(T1 + 2, 12))
    Y = (
        2 * rng.standard_normal((D + 1, 1))
        + rng.standard_normal(T).cumsum()
        + rng.standard_normal((D + 1, T))
    )
    Y[0] += Y[1:].mean(axis=0) - Y[0].mean() * 0.5
    Y[0, T - T1 :] += 2 * rng.standard_normal()
    return (Y.round() if whole else Y), T1


def slowly(points, target):
    """Weights by a general solver of constrained problems."""
    D = len(points)
    scale = np.square(points - target).mean()
    found = minimize(
        lambda w: np.square(w @ points - target).sum() / scale,
        np.full(D, 1 / D),
        jac=lambda w: 2 * points @ (w @ points - target) / scale,
        bounds=[(0, 1)] * D,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(D)},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 2000},
    )
    return found.x


def choices(T, T1, order):
    """The permutations, as the periods whose residuals are put in the treated ones' place."""
    if order == "iid":
        return [list(chosen) for chosen in itertools.combinations(range(T), T1)]
    found = []
    for shift in range(T):
        moved = [(t + shift) % T for t in range(T)]
        found.append(moved[T - T1 :])
    return found


def p_by_definition(Y, T1, m, size, order):
    supposed = Y[0].copy()
    supposed[-T1:] -= m
    u = supposed - slowly(Y[1:], supposed) @ Y[1:]
    own = size(u[-T1:])
    every = [size(u[chosen]) for chosen in choices(len(u), T1, order)]
    close = min((abs(s - own) for s in every if s != own), default=1.0)
    return np.mean([s >= own - 1e-9 for s in every]), close


def conformal(Y, T1, measure="mean", order="moving_block", tails="size"):
    places, is_exact = periods_in_place(Y.shape[1], T1, order, draws=999, seed=1)
    return ConformalTest(
        points=Y[1:],
        target=Y[0],
        shape=np.ones(T1),
        places=places,
        is_exact=is_exact,
        measure=measure,
        tails=tails,
    )


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("measure", MEASURES)
def test_p_values_are_those_of_the_definition(seed, measure):
    Y, T1 = panel(seed)
    for order in ("moving_block", "iid"):
        test = conformal(Y, T1, measure, order)
        for m in (0.0, 1.3, -4.0):
            p, close = p_by_definition(Y, T1, m, MEASURES[measure], order)
            if close > 1e-5:  # nearer than the general solver can tell
                assert test.p_value(m) == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_one_sided_p_values_are_those_of_the_definition(seed):
    Y, T1 = panel(seed)
    test = conformal(Y, T1)
    for alternative, sign in (("greater", 1), ("less", -1)):
        p, close = p_by_definition(Y, T1, 0.7, lambda u, s=sign: s * np.mean(u), "moving_block")
        if close > 1e-5:
            assert test.p_value(0.7, alternative=alternative) == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_accepted_is_what_is_not_rejected(seed, measure):
    """On a fine grid of supposed effects, with the weights found anew at each."""
    Y, T1 = panel(seed, largest=30)
    T, alpha = Y.shape[1], 0.2
    for order in ("moving_block", "iid"):
        test = conformal(Y, T1, measure, order)
        accepted = test.accepted(alpha)
        for m in np.linspace(-8, 8, 41):
            supposed = Y[0] - m * (np.arange(T) >= T - T1)
            u = supposed - nearest_in_hull(Y[1:], supposed).weights @ Y[1:]
            sizes = [MEASURES[measure](u[chosen]) for chosen in choices(T, T1, order)]
            p = np.mean([s >= MEASURES[measure](u[-T1:]) - 1e-10 for s in sizes])
            assert any(low <= m <= high for low, high in accepted) == (p > alpha)


@pytest.mark.parametrize("tails", ["size", "each"])
def test_limits_are_where_the_test_begins_to_reject(tails):
    for seed in range(25):
        Y, T1 = panel(seed, largest=20)
        test = conformal(Y, T1, tails=tails)
        low, high = test.limits(0.7)
        step = 1e-6 * (high - low)
        if not math.isfinite(step):
            continue
        assert test.two_sided(low + step) > 0.3 and test.two_sided(high - step) > 0.3
        for beyond in (step, 0.1 * (high - low), 10 * (high - low)):
            assert test.two_sided(low - beyond) <= 0.3 + 1e-12
            assert test.two_sided(high + beyond) <= 0.3 + 1e-12
        assert test.one_sided(low - step, alternative="greater") <= 0.15 + 1e-12
        assert test.one_sided(low + step, alternative="greater") > 0.15
        assert test.one_sided(high + step, alternative="less") <= 0.15 + 1e-12


@pytest.mark.parametrize("whole", [False, True])
def test_the_path_of_residuals_is_that_of_weights_found_anew(whole):
    for seed in range(40):
        Y, T1 = panel(seed, largest=40, whole=whole)
        direction = (np.arange(Y.shape[1]) >= Y.shape[1] - T1).astype(float)
        pieces = residual_path(Y[1:], Y[0], direction)
        assert pieces[0].low == -np.inf and pieces[-1].high == np.inf
        for one, other in itertools.pairwise(pieces):
            assert one.high == pytest.approx(other.low, abs=1e-8)
            np.testing.assert_allclose(one.at(one.high), other.at(one.high), atol=1e-7)
        for m in np.linspace(-20, 20, 17):
            (piece, *_) = [piece for piece in pieces if piece.low <= m <= piece.high]
            target = Y[0] - m * direction
            u = target - nearest_in_hull(Y[1:], target).weights @ Y[1:]
            np.testing.assert_allclose(piece.at(m), u, atol=1e-7)


def test_what_must_not_matter_does_not():
    rng = np.random.default_rng(3)
    for seed in range(10):
        Y, T1 = panel(seed, largest=20)
        low, high = conformal(Y, T1).limits(0.7)
        shuffled = np.vstack([Y[:1], rng.permutation(Y[1:])])
        assert conformal(shuffled, T1).limits(0.7) == pytest.approx((low, high), abs=1e-8)
        assert conformal(Y + 7, T1).limits(0.7) == pytest.approx((low, high), abs=1e-8)
        by_period = rng.standard_normal(Y.shape[1])
        assert conformal(Y + by_period, T1).limits(0.7) == pytest.approx((low, high), abs=1e-8)
        assert conformal(250 * Y, T1).limits(0.7) == pytest.approx((250 * low, 250 * high), rel=1e-7)
        assert conformal(-Y, T1).limits(0.7) == pytest.approx((-high, -low), abs=1e-8)
        moved = Y.copy()
        moved[0, -T1:] += 5
        assert conformal(moved, T1).limits(0.7) == pytest.approx((low + 5, high + 5), abs=1e-8)


def test_with_few_periods_nothing_can_be_excluded():
    Y, T1 = panel(1)
    Y[0, -T1:] += 1e6
    T = Y.shape[1]
    test = conformal(Y, T1)
    assert test.p_value() == pytest.approx(1 / T)
    assert test.limits(1 - 0.5 / T) == (-math.inf, math.inf)


def test_an_exact_fit_under_an_effect_is_not_rejected():
    Y, T1 = panel(4, largest=5)
    Y[0] = Y[1:].mean(axis=0)
    Y[0, -T1:] += 3
    test = conformal(Y, T1)
    assert test.p_value(3.0) == 1.0
    low, high = test.limits(0.5)
    assert low <= 3 + 1e-8 and high >= 3 - 1e-8


def test_drawn_permutations_count_the_sample_itself():
    Y, T1 = panel(5)
    rng = np.random.default_rng(1)
    Y = np.hstack([rng.standard_normal((len(Y), 30)), Y])
    T1 = 6
    places, is_exact = periods_in_place(Y.shape[1], T1, "iid", draws=199, seed=1)
    assert not is_exact and len(places) == 200
    assert places[0].tolist() == list(range(Y.shape[1] - T1, Y.shape[1]))
    Y[0, -T1:] += 1e4
    test = ConformalTest(points=Y[1:], target=Y[0], shape=np.ones(T1), places=places, is_exact=is_exact)
    assert test.p_value() == 1 / 200


def test_blocks_persistence_and_storage():
    assert in_blocks(np.arange(8.0)[None], 3).tolist() == [[3.0, 6.0]]
    assert persistence(np.zeros(4)) == 0
    Y, T1 = panel(2)
    test = conformal(Y, T1)
    assert pickle.loads(pickle.dumps(test)).limits(0.6) == test.limits(0.6)
