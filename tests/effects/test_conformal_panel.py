"""Conformal inference of a synthetic control: from the study to limits, words and refusals."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimators import SyntheticControl
from impactkit.effects.inference import Conformal
from impactkit.effects.kernels.simplex import nearest_in_hull
from impactkit.errors import EstimationError
from impactkit.evidence.signed import limits_at


def frame(seed, *, donors=8, before=30, after=3, effect=0.0, treated=1):
    """A panel whose treated units are like the first donors."""
    rng = np.random.default_rng(seed)
    T = before + after
    path = rng.standard_normal((2, T)).cumsum(axis=1)
    Y = rng.uniform(0, 2, (donors + treated, 2)) @ path + rng.standard_normal((donors + treated, T))
    Y[:treated] = Y[treated : treated + 4].mean(axis=0) + rng.standard_normal((treated, T))
    Y[:treated, before:] += effect
    n = donors + treated
    return pd.DataFrame(
        {
            "area": np.repeat([f"area {i:02d}" for i in range(n)], T),
            "period": np.tile(np.arange(1, T + 1), n),
            "y": Y.ravel(),
            "start": np.repeat(np.where(np.arange(n) < treated, before + 1, 0), T),
        }
    )


def study(table):
    return Study(table, outcome="y", unit="area", time="period", first_treated="start")


def estimate(table, **settings):
    return SyntheticControl(inference=Conformal(**settings), permutation=None).estimate(study(table))


def codes(found):
    return [warning.code for warning in found.warnings]


def p_of_one_period(Y, before, k):
    kept = [*range(before), before + k]
    u = Y[0, kept] - nearest_in_hull(Y[1:, kept], Y[0, kept]).weights @ Y[1:, kept]
    return np.mean(np.abs(u) >= abs(u[-1]) - 1e-10)


def test_the_average_is_ranked_by_blocks_and_each_period_by_itself():
    table = frame(1, effect=1.0)
    found = estimate(table)
    Y = table.pivot(index="area", columns="period", values="y").to_numpy()
    u = Y[0] - nearest_in_hull(Y[1:], Y[0]).weights @ Y[1:]
    blocks = [u[(np.arange(30, 33) + shift) % 33].mean() for shift in range(33)]
    assert found.interval.p_value == pytest.approx(np.mean(np.abs(blocks) >= abs(blocks[0]) - 1e-10))
    for k, term in enumerate(found.terms[1:]):
        assert term.interval.p_value == pytest.approx(p_of_one_period(Y, 30, k))
    assert str(found.inference).startswith("Conformal test: residuals of the treated periods (3)")


def test_blocks_as_long_as_the_treated_periods_are_ranked_by_themselves():
    table = frame(2, before=63, after=3)
    found = estimate(table, statistic="blocks")
    Y = table.pivot(index="area", columns="period", values="y").to_numpy().reshape(9, 22, 3).mean(axis=2)
    assert found.interval.p_value == pytest.approx(p_of_one_period(Y, 21, 0))


def test_limits_at_other_levels_are_those_of_that_level():
    table = frame(3, before=60)
    found = estimate(table)
    for level in (0.8, 0.9, 0.975):
        other = estimate(table, level=level).interval
        assert limits_at(found, level).low == other.low and limits_at(found, level).high == other.high
    one = found.bootstrap.one_sided(found.interval.low - 1e-6, alternative="greater")
    assert one <= 0.025 < found.bootstrap.one_sided(found.interval.low + 1e-6, alternative="greater")
    assert found.bootstrap.one_sided(0.0, alternative="greater") + found.bootstrap.one_sided(
        0.0, alternative="less"
    ) == pytest.approx(1.0, abs=0.05)


def test_a_known_course_of_the_effect_gives_the_average_it_has():
    table = frame(4, before=60)
    course = np.array([0.5, 1.0, 1.5])
    late = table["start"].gt(0) & table["period"].gt(60)
    table.loc[late, "y"] += 8 * course
    with_course = estimate(table, shape=tuple(course), statistic="squared")
    assert with_course.interval.low <= 8 <= with_course.interval.high
    bounds = with_course.interval.high - with_course.interval.low
    constant = estimate(table, statistic="squared").interval
    assert constant.reason is not None or constant.high - constant.low > bounds


def test_no_constant_effect_is_said_to_fit_when_none_does():
    table = frame(5, before=60)
    late = table["start"].gt(0) & table["period"].gt(60)
    table.loc[late, "y"] += [40.0, 0.0, -40.0]
    found = estimate(table, statistic="absolute").interval
    assert found.reason.code == "inference.conformal.no_constant_effect" and math.isnan(found.p_value)
    # The mean residual does not ask whether the effect was constant.
    mean = estimate(table).interval
    assert mean.reason is None and mean.low <= 0 <= mean.high


def test_with_too_few_periods_the_estimate_says_how_many_are_needed():
    found = estimate(frame(6, before=12, effect=1000.0))
    assert (found.interval.low, found.interval.high) == (-math.inf, math.inf)
    assert found.interval.p_value == pytest.approx(1 / 15)
    warning = found.warnings[-1] if codes(found)[-1].endswith("periods") else found.warnings[-2]
    assert warning.code == "inference.conformal.too_few_periods"
    assert warning.values["needed"] == 20 and warning.values["periods"] == 15
    assert math.isfinite(estimate(frame(6, before=17), tails="size").interval.low)
    assert math.isinf(estimate(frame(6, before=35), tails="each").interval.low)
    assert math.isfinite(estimate(frame(6, before=37), tails="each").interval.low)
    blocks = estimate(frame(6, before=30), statistic="blocks")
    assert "inference.conformal.too_few_blocks" in codes(blocks)


def test_what_may_not_hold_is_said_in_words():
    assert "inference.conformal.independent" in codes(estimate(frame(7), order="iid"))
    assert "inference.conformal.overlapping" in codes(estimate(frame(7), statistic="largest"))
    table = frame(8, before=40)
    is_treated = table["start"].gt(0)
    table.loc[is_treated, "y"] += np.repeat([3.0, -3.0, 3.0, -3.0], 11)[:43]
    assert "inference.conformal.persistent" in codes(estimate(table))


def test_what_it_cannot_answer_is_refused_with_what_to_do():
    with pytest.raises(EstimationError, match="2 are treated: area 00, area 01"):
        estimate(frame(9, treated=2))
    with pytest.raises(EstimationError, match="4 periods before the start are too few"):
        estimate(frame(9, before=4, after=3))
    for shape in ((1.0, 1.0), (1.0, 1.0, 2.0)):
        with pytest.raises(EstimationError, match="Give one number a treated period, with mean 1"):
            estimate(frame(9), shape=shape)


def test_records_and_settings_survive():
    found = estimate(frame(10))
    record = json.loads(json.dumps(found.to_record()))
    assert Estimate.from_record(record).interval == found.interval
    again = SyntheticControl.model_validate(record["settings"])
    assert again.inference == Conformal()
    assert again.estimate(study(frame(10))).interval == found.interval


def test_the_same_seed_gives_the_same_limits():
    table = frame(11, before=40, after=8)
    one, two, other = (estimate(table, order="iid", draws=199, seed=s).interval for s in (1, 1, 2))
    assert one == two and one != other
