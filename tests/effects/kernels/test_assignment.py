import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impactkit.effects.kernels.assignment import (
    AssignmentReduction,
    Piece,
    _smallest,
    assignment_statistics,
    assignments,
    count_assignments,
    reduce_assignment,
)
from impactkit.effects.kernels.assignment_statistics import TIE, AssignmentStatistics
from impactkit.errors import EstimationError

STRATA = np.array([0, 0, 0, 0, 1, 1, 1, 2])
OBSERVED = np.array([1, 1, 0, 0, 1, 0, 0, 1], dtype=bool)


def panel(seed, strata=STRATA, observed=OBSERVED, effect=0.0):
    """Three rows a unit, one before the start and two after, with a covariate and unequal weights."""
    rng = np.random.default_rng(seed)
    G = len(observed)
    units = np.repeat(np.arange(G), 3)
    exposure = np.tile([0.0, 1, 1], G) * rng.uniform(0.5, 2, size=3 * G)
    controls = np.column_stack([np.ones(3 * G), rng.normal(size=3 * G), np.tile([0.0, 1, 2], G)])
    outcome = rng.normal(size=3 * G) + controls[:, 1] + effect * exposure * observed[units]
    return {
        "outcome": outcome, "exposure": exposure, "units": units,
        "controls": controls, "observed": observed, "strata": strata,
    }  # fmt: skip


def reduced(data):
    drawn = {key: data[key] for key in ("observed", "strata")}
    return reduce_assignment([Piece(**{k: v for k, v in data.items() if k not in drawn})], **drawn)


def coefficient(data, v, outcome):
    x = v[data["units"]] * data["exposure"]
    return np.linalg.lstsq(np.column_stack([x, data["controls"]]), outcome, rcond=None)[0][0]


def every_assignment(data):
    observed, strata = data["observed"], data["strata"]
    for choice in itertools.product([0, 1], repeat=len(observed)):
        v = np.array(choice)
        if all(v[strata == s].sum() == observed[strata == s].sum() for s in np.unique(strata)):
            yield v


def brute_force_p(data, null, alternative):
    untreated = data["outcome"] - null * data["observed"][data["units"]] * data["exposure"]
    sign = {"greater": 1, "less": -1}.get(alternative)
    size = abs if sign is None else (lambda t: sign * t)
    observed = size(coefficient(data, data["observed"], untreated))
    found = [size(coefficient(data, v, untreated)) for v in every_assignment(data)]
    return np.mean([t >= observed - 1e-9 for t in found]), len(found)


@pytest.mark.parametrize("strata", [STRATA, np.zeros(8, dtype=int)], ids=["strata", "one stratum"])
@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize("null", [0.0, 0.7])
def test_p_value_matches_brute_force_regressions(strata, alternative, null):
    data = panel(3, strata=strata, effect=0.5)
    expected, count = brute_force_p(data, null, alternative)
    found = assignment_statistics(reduced(data), draws=1, seed=0)
    assert found.observed == pytest.approx(coefficient(data, OBSERVED, data["outcome"]), rel=1e-10)
    assert found.n_assignments == count == len(found.numerators)
    assert found.p_value(null, alternative=alternative).p_value == pytest.approx(expected)


def test_all_assignments_are_gone_through_once():
    rows = np.concatenate(list(assignments(reduced(panel(0)), draws=1, seed=0)))
    expected = np.array(list(every_assignment(panel(0))))
    assert sorted(map(tuple, rows)) == sorted(map(tuple, expected))
    assert (rows == OBSERVED).all(axis=1).sum() == 1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), exact_below=st.sampled_from([0, 20_000]))
def test_every_assignment_keeps_the_number_assigned_in_each_stratum(seed, exact_below):
    rng = np.random.default_rng(seed)
    strata, observed = rng.integers(0, 3, size=9), rng.random(9) < 0.4
    reduction = AssignmentReduction(
        numerator=np.zeros(9),
        self_product=np.ones(9),
        cross=np.zeros((9, 0)),
        observed=observed,
        strata=strata,
    )
    rows = np.concatenate(list(assignments(reduction, draws=50, seed=seed, exact_below=exact_below)))
    for s in np.unique(strata):
        assert (rows[:, strata == s].sum(axis=1) == observed[strata == s].sum()).all()


def test_random_assignments_do_not_depend_on_chunks_and_are_a_fixed_stream(monkeypatch):
    reduction = reduced(panel(0))
    whole = np.concatenate(list(assignments(reduction, draws=400, seed=7, exact_below=0)))
    monkeypatch.setattr("impactkit.effects.kernels.assignment._CHUNK_BYTES", 8 * 8 * 3)
    chunks = list(assignments(reduction, draws=400, seed=7, exact_below=0))
    assert len(chunks) == 134
    np.testing.assert_array_equal(np.concatenate(chunks), whole)
    keys = np.random.PCG64(7).random_raw(8)
    assert set(np.flatnonzero(whole[0][:4])) == set(np.argsort(keys[:4])[:2])
    everything = np.concatenate(list(assignments(reduction, draws=1, seed=0)))
    assert sorted(map(tuple, everything)) == sorted(map(tuple, np.unique(whole, axis=0)))


def test_random_draws_agree_with_enumeration():
    reduction = reduced(panel(5, strata=np.zeros(8, dtype=int), effect=0.8))
    exact = assignment_statistics(reduction, draws=1, seed=0).p_value().p_value
    random = assignment_statistics(reduction, draws=20_000, seed=1, exact_below=0)
    assert not random.is_exact
    assert random.p_value().p_value == pytest.approx(exact, abs=4 * math.sqrt(exact / 20_000))


def test_p_is_never_zero_and_counts_are_exact_integers():
    G = 200
    observed = np.arange(G) < 100
    outcome = 100.0 * observed + np.random.default_rng(0).normal(size=G)
    piece = Piece(outcome=outcome, exposure=np.ones(G), units=np.arange(G), controls=np.ones((G, 1)))
    reduction = reduce_assignment([piece], observed=observed, strata=np.zeros(G, dtype=int))
    found = assignment_statistics(reduction, draws=999, seed=1)
    assert found.n_assignments == math.comb(200, 100)
    assert found.p_value() == (pytest.approx(1 / 1000), 0)
    assert found.smallest_p == pytest.approx(1 / 1000)


def test_count_is_a_product_over_strata():
    assert count_assignments(STRATA, OBSERVED) == 6 * 3


def test_identical_outcomes_are_ties_and_so_extreme():
    data = panel(0)
    data["outcome"] = np.full(24, 0.1)
    assert assignment_statistics(reduced(data), draws=1, seed=0).p_value().p_value == 1


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    level=st.sampled_from([0.5, 0.8, 0.9]),
    exact_below=st.sampled_from([0, 20_000]),
)
def test_limits_are_where_the_tests_begin_to_accept(seed, level, exact_below):
    data = panel(seed, strata=np.zeros(8, dtype=int), effect=1.0)
    found = assignment_statistics(reduced(data), draws=300, seed=1, exact_below=exact_below)
    low, high = found.interval(level)
    alpha, step = (1 - level) / 2, 1e-6
    assert low <= found.observed <= high
    if np.isfinite(low) and low < found.observed:
        assert found.p_value(low + step, alternative="greater").p_value > alpha
        assert found.p_value(low - step, alternative="greater").p_value <= alpha + 1e-12
    if np.isfinite(high) and high > found.observed:
        assert found.p_value(high - step, alternative="less").p_value > alpha
        assert found.p_value(high + step, alternative="less").p_value <= alpha + 1e-12


@pytest.mark.parametrize("seed", range(40))
def test_statistics_a_tie_away_are_extreme_and_those_just_further_are_not(seed):
    rng = np.random.default_rng(seed)
    observed = float(rng.choice([0.0, 1e-9, 1.0, 1e6]))
    scale = max(observed, float(rng.choice([1.0, 50.0])))
    near = observed - TIE * scale * np.array([0.3, 0.9, 1.1, 3.0])
    others = scale * rng.choice([-1.0, 1.0], size=13)  # the median size, whatever stands near
    statistics = AssignmentStatistics(
        numerators=np.concatenate([near, others, [np.nan]]),
        shifts=np.zeros(18),
        denominators=np.ones(18),
        observed_numerator=observed,
        observed_denominator=1.0,
        is_exact=True,
        n_assignments=18,
    )
    expected = 2 + int((others >= observed - TIE * scale).sum()) + 1
    assert statistics.p_value(alternative="greater").n_extreme == expected


def test_limits_are_infinite_when_so_few_assignments_cannot_reject():
    found = assignment_statistics(reduced(panel(1, effect=50.0)), draws=1, seed=0)
    assert found.smallest_p == pytest.approx(1 / 18)
    assert found.interval(0.95) == (-math.inf, math.inf)


def test_outcome_scale_and_shift_change_no_p_value():
    data = panel(2, effect=0.5)
    before = assignment_statistics(reduced(data), draws=1, seed=0)
    data["outcome"] = 1e6 + 1e3 * data["outcome"]
    after = assignment_statistics(reduced(data), draws=1, seed=0)
    assert after.p_value().p_value == before.p_value().p_value
    np.testing.assert_allclose(after.interval(0.5), np.multiply(1e3, before.interval(0.5)), rtol=1e-8)


def test_rejects_a_true_null_no_more_often_than_it_says():
    rng, G, controls = np.random.default_rng(0), 12, np.ones((12, 1))
    p_values = []
    for _ in range(400):
        observed = rng.permutation(G) < 4
        outcome = rng.standard_t(2, size=G)
        piece = Piece(outcome=outcome, exposure=np.ones(G), units=np.arange(G), controls=controls)
        reduction = reduce_assignment([piece], observed=observed, strata=np.zeros(G, dtype=int))
        p_values.append(assignment_statistics(reduction, draws=1, seed=0).p_value().p_value)
    for alpha in (0.05, 0.1, 0.5):
        excess = np.mean(np.array(p_values) <= alpha + 1e-12) - alpha
        assert -0.06 < excess < 3.5 * math.sqrt(alpha * (1 - alpha) / 400)


def test_an_assignment_that_the_controls_explain_counts_as_extreme():
    data = panel(0, strata=np.zeros(8, dtype=int))
    v = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    own = v[data["units"]] * data["exposure"]
    data["controls"] = np.column_stack([data["controls"], own])
    found = assignment_statistics(reduced(data), draws=1, seed=0)
    undefined = found.denominators == 0
    assert undefined.sum() == 1
    assert (
        found.p_value(alternative="greater").n_extreme + found.p_value(alternative="less").n_extreme == 70 + 2
    )


def test_one_possible_assignment_is_refused():
    data = panel(0, strata=np.arange(8))
    with pytest.raises(EstimationError, match="Only one assignment"):
        assignment_statistics(reduced(data), draws=10, seed=0)


@pytest.mark.parametrize("n", [1, 3, 9])
def test_the_smallest_keys_are_found_where_their_upper_halves_tie(n):
    rng = np.random.default_rng(n)
    keys = rng.integers(0, 3, (500, 10), dtype=np.uint64) << np.uint64(32)
    keys += rng.permuted(np.tile(np.arange(10, dtype=np.uint64), (500, 1)), axis=1)
    expected = np.argsort(np.argsort(keys, axis=1), axis=1) < n
    np.testing.assert_array_equal(_smallest(keys, n), expected)
