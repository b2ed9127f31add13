"""Does the effect survive the worst that unequal dropping out may have done."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.kernels.lee_bounds import lee_bounds
from impactkit.evidence.checks import AttritionBounds
from impactkit.evidence.circumstances import Circumstances, Declared


def said(direction):
    return Declared(circumstances=Circumstances(), direction=direction, minimum_effect=1.0)


def trial(seed, *, effect=0.0, leave=(0.0, 0.0), n=200, bad=False):
    """A lot; those who leave are drawn, or (with ``bad``) those with the lowest outcomes."""
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % 2
    y = rng.standard_normal(n) + effect * arm
    for a, share in enumerate(leave):
        members = np.flatnonzero(arm == 1 - a)
        gone = round(share * len(members))
        order = members[np.argsort(y[members])] if bad else members
        y[order[:gone]] = np.nan
    return Study(pd.DataFrame({"y": y, "arm": arm}), outcome="y", treated="arm")


def asked(study, declared=None):
    estimate = ik.RandomisedTrial(permutation=None).estimate(study)
    return AttritionBounds().check(study, estimate, declared=declared), estimate


@pytest.mark.parametrize("seed", range(20))
def test_bounds_are_those_of_the_definition(seed):
    """Each outcome written out as many times as makes the cut a whole number."""
    rng = np.random.default_rng(seed)
    n1, n0, m1, m0 = rng.integers(3, 9, 4)
    y1, y0 = np.round(rng.standard_normal(n1), 1), np.round(rng.standard_normal(n0), 1)
    q1, q0 = Fraction(int(n1), int(n1 + m1)), Fraction(int(n0), int(n0 + m0))
    found = lee_bounds(y1, y0, stayed=(float(q1), float(q0)))
    share = abs(q1 - q0) / max(q1, q0)
    times = share.denominator
    fuller = sorted(np.repeat(y1 if q1 >= q0 else y0, times))
    cut = int(share * len(fuller))
    lowest, highest = np.mean(fuller[: len(fuller) - cut]), np.mean(fuller[cut:])
    if q1 >= q0:
        expected = (lowest - y0.mean(), highest - y0.mean())
    else:
        expected = (y1.mean() - highest, y1.mean() - lowest)
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.low <= found.difference + 1e-12 and found.difference <= found.high + 1e-12
    assert found.trimmed == pytest.approx(float(share))


def test_whole_weights_count_rows():
    rng = np.random.default_rng(1)
    y1, y0, w1, w0 = rng.standard_normal(7), rng.standard_normal(5), np.arange(1, 8), np.arange(1, 6)
    stayed = (0.9, 0.7)
    weighed = lee_bounds(y1, y0, stayed=stayed, weights=(w1.astype(float), w0.astype(float)))
    written = lee_bounds(np.repeat(y1, w1), np.repeat(y0, w0), stayed=stayed)
    assert (weighed.low, weighed.high) == pytest.approx((written.low, written.high))


def test_bounds_turn_with_the_sign_and_the_arms():
    rng = np.random.default_rng(2)
    y1, y0 = rng.standard_normal(9), rng.standard_normal(6)
    first = lee_bounds(y1, y0, stayed=(0.9, 0.6))
    turned, swapped = lee_bounds(-y1, -y0, stayed=(0.9, 0.6)), lee_bounds(y0, y1, stayed=(0.6, 0.9))
    for other in (turned, swapped):
        assert (-other.high, -other.low) == pytest.approx((first.low, first.high))


def test_the_true_effect_lies_within_when_the_worst_leave_one_arm():
    """Treated outcomes are 1 higher; the lowest tenth of the comparison leave, but not if treated."""
    rng = np.random.default_rng(3)
    y1, y0 = rng.standard_normal(100_000) + 1, np.sort(rng.standard_normal(100_000))[10_000:]
    found = lee_bounds(y1, y0, stayed=(1.0, 0.9))
    assert found.low < 1 < found.high
    # The cut of the treated's lowest tenth gives what the two arms have in common.
    assert found.high == pytest.approx(1.0, abs=0.01)


def test_the_limits_move_by_as_much_as_the_bound():
    study = trial(1, effect=0.5, leave=(0.02, 0.20))
    found, estimate = asked(study)
    y, treated = study.columns.outcome, study.columns.treated
    bounds = lee_bounds(y[treated], y[~treated], stayed=(0.98, 0.80))
    assert found.statistic == pytest.approx(bounds.low)
    limit = estimate.interval.low + bounds.low - estimate.interval.point
    assert found.passed is (limit > 0)
    assert found.sentence.values["gap"] == pytest.approx(0.18)


@pytest.mark.parametrize("direction", [1, -1])
def test_bad_cases_that_drop_out_of_one_arm_are_no_effect(direction):
    failed = effective = 0
    for seed in range(30):
        found, estimate = asked(trial(seed, leave=(0.25, 0.0), bad=True), said(direction))
        effective += estimate.interval.low > 0
        failed += found.passed is False
    # The cautious bound is the truth here, so that limits at 95 % leave it out on that side in 1 of 40.
    assert effective >= 20 and failed >= 28


def test_a_large_effect_survives_and_a_small_loss_is_chance():
    found, _ = asked(trial(1, effect=3.0, leave=(0.0, 0.15)))
    assert found.passed is True and found.sentence.code.endswith("stands")
    found, _ = asked(trial(1, effect=0.0, leave=(0.03, 0.0)))
    assert found.passed is True and found.sentence.code.endswith("alike")
    assert asked(trial(1))[0].sentence.code.endswith("nobody")


def test_a_small_gap_that_is_not_chance_counts():
    assert asked(trial(1, leave=(0.0, 0.03), n=2000))[0].passed is False


def test_a_failure_takes_a_lottery_below_what_support_needs_in_both_languages():
    found, estimate = asked(trial(1, leave=(0.25, 0.0), bad=True))
    assert ik.grade(estimate, (found,)).value == 2
    assert found.sentence.text("sv") != found.sentence.text("en")


def test_neither_rows_scale_nor_sign_matter():
    study = trial(4, effect=0.6, leave=(0.1, 0.2))
    first, _ = asked(study, said(1))
    frame = study.frame
    for other, direction in (
        (frame.sample(frac=1, random_state=1), 1),
        (frame.assign(y=-10 * frame["y"]), -1),
    ):
        found, _ = asked(Study(other, outcome="y", treated="arm"), said(direction))
        assert found.passed is first.passed
        assert abs(found.statistic) == pytest.approx(abs(first.statistic) * (10 if direction < 0 else 1))


def test_unknown_limits_inform():
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4, np.nan], "arm": [0, 0, 0, 1, 0]})
    found, estimate = asked(Study(frame, outcome="y", treated="arm"))
    assert math.isnan(estimate.interval.low) and found.passed is None
