"""The wild bootstrap against its definition, row by row and pattern by pattern."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.effects.estimators import DifferenceInDifferences, RandomisedTrial
from impactkit.effects.inference import Permutation, WildClusterBootstrap
from impactkit.effects.kernels.least_squares import Block, least_squares
from impactkit.effects.kernels.wild_bootstrap import WildBootstrap, cluster_moments, wild_bootstrap
from impactkit.effects.worlds import RandomisedArms, TwoGroupPanel
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.judge import judge

DATA = Path(__file__).parents[2] / "data" / "grunfeld"


def drawn(seed, *, G=7, n=60, k=3):
    rng = np.random.default_rng(seed)
    clusters = np.sort(rng.integers(0, G, n))
    clusters[:G] = np.arange(G)
    clusters = np.sort(clusters)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
    X[:, -1] += rng.normal(size=G)[clusters]
    y = X @ rng.normal(size=k) + rng.normal(size=G)[clusters] + rng.normal(size=n)
    return Block(X=X, y=y, clusters=clusters)


def bootstrap(block, column, **options):
    G = int(block.clusters.max()) + 1
    n, k = block.X.shape
    factor = G / (G - 1) * (n - 1) / (n - k)
    fit = least_squares([block])
    moments = cluster_moments([block], fit, n_clusters=G, factor=factor)
    return wild_bootstrap(moments, np.eye(k)[column], draws=9999, seed=1, **options)


def t_statistic(X, y, clusters, column, value):
    """Return the CR1 t statistic by the textbook."""
    b = np.linalg.lstsq(X, y, rcond=None)[0]
    e, G, (n, k) = y - X @ b, int(clusters.max()) + 1, X.shape
    scores = np.array([X[clusters == g].T @ e[clusters == g] for g in range(G)])
    inverse = np.linalg.inv(X.T @ X)
    variance = G / (G - 1) * (n - 1) / (n - k) * inverse @ scores.T @ scores @ inverse
    return (b[column] - value) / np.sqrt(variance[column, column])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("value", [0.0, 0.7])
def test_every_pattern_gives_the_statistic_of_its_definition(seed, value):
    block, column = drawn(seed), 2
    found = bootstrap(block, column)
    assert found.is_exact and found.n_draws == 2**7
    others = np.delete(block.X, column, axis=1)
    restricted = block.y - value * block.X[:, column]
    fitted = others @ np.linalg.lstsq(others, restricted, rcond=None)[0] + value * block.X[:, column]
    residuals = block.y - fitted
    expected = [
        t_statistic(block.X, fitted + residuals * np.array(signs)[block.clusters], block.clusters, 2, value)
        for signs in itertools.product([1.0, -1.0], repeat=7)
    ]
    np.testing.assert_allclose(np.sort(found.statistics(value)), np.sort(expected), rtol=1e-7, atol=1e-9)
    observed = t_statistic(block.X, block.y, block.clusters, column, value)
    weak = np.mean(np.abs(expected) >= abs(observed) - 1e-9)
    assert found.p_value(value) == pytest.approx(weak, abs=1e-12)


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_limits_are_where_the_test_turns(level):
    found = bootstrap(drawn(3, G=9), 2)
    low, high = found.limits(level)
    step = 1e-6 * found.std_error
    for inside, outside in ((low + step, low - step), (high - step, high + step)):
        assert found.p_value(inside) > 1 - level >= found.p_value(outside)


def bisected(found, level, direction):
    """Return a limit by the slow way: every draw at every halving."""
    inside, outside = found.point, found.point + 2 * direction * found.std_error
    while found.p_value(outside) > 1 - level:
        inside, outside = outside, found.point + 2 * (outside - found.point)
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if found.p_value(middle) <= 1 - level else (middle, outside)
    return inside


@pytest.mark.parametrize("weights", ["rademacher", "webb"])
@pytest.mark.parametrize("seed", range(12))
def test_limits_are_those_of_asking_every_draw_at_every_halving(seed, weights):
    found = bootstrap(drawn(seed, G=8 + seed % 8, n=120), 2, weights=weights)
    slow = [bisected(found, 0.9, direction) for direction in (-1, 1)]
    np.testing.assert_allclose(found.limits(0.9), slow, rtol=0, atol=1e-9 * found.std_error)


def test_a_draw_that_turns_twice_within_a_short_stretch_is_not_missed():
    """One draw ends being extreme at 1.3; another is not from 1.2999 to 1.3001 only, and always else."""
    c, w, x = 1e6, 1e-4, 1.3
    top, bottom = np.zeros((2, 19)), np.tile([[1.0], [0], [0]], 19)
    top[0, :3] = x, 1, 1
    bottom[:, 1] = [1 / x**2 + c * (w**2 - x**2), 2 * c * x, -c]
    bottom[:, 2] = 0
    found = WildBootstrap(point=0, std_error=1, top=top, bottom=bottom, is_exact=False)
    assert found.limits(0.84)[1] == pytest.approx(x - w, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.7])
@pytest.mark.parametrize(("alternative", "sign"), [("greater", 1), ("less", -1)])
def test_one_sided_p_values_count_every_pattern(value, alternative, sign):
    found = bootstrap(drawn(5), 2)
    observed = sign * (found.point - value) / found.std_error
    expected = np.mean(sign * found.statistics(value) >= observed - 1e-9)
    assert found.p_value(value, alternative=alternative) == expected
    assert len(found.statistics(value)) == found.n_draws == 2**7


def test_five_clusters_can_reject_nothing_at_five_percent():
    found = bootstrap(drawn(1, G=5), 2)
    assert found.p_value(1e6) >= 2 / 32
    assert found.limits(0.95) == (-np.inf, np.inf)


def test_webb_weights_have_variance_one_and_give_near_the_same_answer():
    block = drawn(2, G=9, n=90)
    webb, signs = bootstrap(block, 2, weights="webb"), bootstrap(block, 2)
    assert not webb.is_exact
    assert webb.p_value() == pytest.approx(signs.p_value(), abs=0.05)


def test_many_clusters_do_not_overflow():
    found = bootstrap(drawn(4, G=290, n=900), 2)
    assert not found.is_exact
    assert 0 < found.p_value() <= 1


@pytest.mark.parametrize("name", ["value", "capital"])
def test_grunfeld_by_full_enumeration(name):
    """Ties are extreme, so p is the weak one; wildboottest counts them so for one coefficient only."""
    frame = pd.read_csv(DATA / "grunfeld.csv")
    cases = {case["id"]: case for case in json.loads((DATA / "golden.json").read_text())["cases"]}
    expected = cases["wild_cluster_restricted_full_enumeration"]["expected"][name]
    X = np.column_stack([np.ones(len(frame)), frame["value"], frame["capital"]])
    clusters = np.unique(frame["firm"], return_inverse=True)[1]
    found = bootstrap(
        Block(X=X, y=frame["inv"].to_numpy(float), clusters=clusters), ["value", "capital"].index(name) + 1
    )
    assert found.n_draws == expected["draws"]
    assert found.point == pytest.approx(expected["coef"], rel=1e-9)
    assert found.std_error == pytest.approx(expected["se_CR1S"], rel=1e-9)
    assert found.p_value() == expected["p_abs_weak"]


def test_an_estimate_with_the_bootstrap_has_its_limits_at_any_level():
    world = TwoGroupPanel(n_units=20, n_treated=8, effect=3.0)
    study = world.study(world.draw(2))
    found = DifferenceInDifferences(inference=WildClusterBootstrap(draws=1999)).estimate(study)
    plain = DifferenceInDifferences().estimate(study)
    assert found.interval.point == plain.interval.point
    assert found.bootstrap.limits(0.95) == (found.interval.low, found.interval.high)
    assert found.interval.low == pytest.approx(plain.interval.low, abs=plain.interval.std_error)
    claim = Claim(id="C", indicator="i", role="primary", change="increase", minimum_effect="1", by=2026)
    verdict = judge(claim, found, EvidenceGrade(value=3, ceiling=3, reasons=()), alpha=0.01)
    assert (verdict.low, verdict.high) == found.bootstrap.limits(0.99)


@pytest.mark.parametrize("estimator", [DifferenceInDifferences, RandomisedTrial])
def test_one_treated_cluster_has_no_interval_by_bootstrap_either(estimator):
    if estimator is DifferenceInDifferences:
        world = TwoGroupPanel(n_units=20, n_treated=1, effect=50.0)
        frame = world.draw(1)
    else:
        world = RandomisedArms(n_strata=1, effect=50.0)
        frame = world.draw(1)
        frame["arm"] = (np.arange(len(frame)) == 0).astype(int)
    found = estimator(inference=WildClusterBootstrap(), permutation=Permutation()).estimate(
        world.study(frame)
    )
    assert np.isnan(found.interval.low)
    assert found.interval.reason.code == "estimate.one_cluster"
