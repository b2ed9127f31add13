"""Checks of instruments: whether they move enough people, and whether several find the same effect."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.estimators import InstrumentalVariable
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.worlds import InvitedByLot
from impactkit.evidence.checks import Attrition, InstrumentBalance, InstrumentsAgree, WeakInstrument

STRONG = InvitedByLot(n_people=600)
WEAK = replace(STRONG, moved=0.05)


def asked(
    check: WeakInstrument | InstrumentsAgree | InstrumentBalance,
    world: InvitedByLot,
    frame: pd.DataFrame,
    *,
    t_limits: bool = False,
) -> ik.CheckResult:
    estimator = InstrumentalVariable(inference=ClusterRobust()) if t_limits else InstrumentalVariable()
    study = world.study(frame)
    return check.check(study, estimator.estimate(study))


def test_a_strong_instrument_passes() -> None:
    found = asked(WeakInstrument(), STRONG, STRONG.draw(1))
    assert found.passed is True
    assert found.statistic > 23.1


def test_a_weak_one_fails_where_limits_are_t_limits_and_only_informs_else() -> None:
    frame = WEAK.draw(1)
    by_t, by_test = (asked(WeakInstrument(), WEAK, frame, t_limits=t) for t in (True, False))
    assert (by_t.passed, by_test.passed) == (False, None)
    assert by_t.statistic == by_test.statistic < 23.1


def test_the_effective_f_of_one_instrument_is_its_t_squared() -> None:
    frame = STRONG.draw(2)
    study = ik.Study(frame, outcome="took_part", treated="invited", cluster="area", covariates=["before"])
    t = ik.RandomisedTrial(adjustment="ancova").estimate(study).interval.statistic
    found = asked(WeakInstrument(), STRONG, frame)
    assert found.statistic == pytest.approx(t**2, rel=1e-8)


def test_instruments_that_work_by_takeup_alone_agree() -> None:
    world = replace(STRONG, n_instruments=3)
    p = [asked(InstrumentsAgree(), world, world.draw(seed)).statistic for seed in range(60)]
    assert np.mean(np.array(p) < 0.05) < 0.05 + 3.5 * math.sqrt(0.05 * 0.95 / 60)


def test_one_that_works_in_another_way_too_costs_two_grades() -> None:
    world = replace(STRONG, n_instruments=2, moved=0.5)
    frame = world.draw(3)
    frame["y"] += 1.0 * frame["invited_2"]
    study = world.study(frame)
    estimate = InstrumentalVariable(inference=ClusterRobust()).estimate(study)
    checks = {found.name: found for found in ik.check(study, estimate)}
    assert checks["instruments_agree"].passed is False
    grade = ik.grade(estimate, tuple(checks.values()))
    assert grade.ceiling == 4
    assert grade.value <= 2


def test_one_instrument_alone_is_not_asked() -> None:
    found = asked(InstrumentsAgree(), STRONG, STRONG.draw(1))
    assert found.passed is None
    assert math.isnan(found.statistic)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_was_found_is_told_with_its_numbers(language: str) -> None:
    told = asked(WeakInstrument(), WEAK, WEAK.draw(1), t_limits=True).sentence.text(language)
    assert "23" in told


def test_an_instrument_drawn_by_lot_goes_with_nothing_measured_before() -> None:
    found = [asked(InstrumentBalance(), STRONG, STRONG.draw(seed)) for seed in range(100)]
    failed = np.mean([one.passed is False for one in found])
    assert failed < 0.05 + 3.5 * math.sqrt(0.05 * 0.95 / 100)
    assert np.mean([one.statistic for one in found]) == pytest.approx(0.5, abs=0.12)


def test_the_p_value_is_that_of_the_regression_of_the_covariate_on_the_instrument() -> None:
    frame = STRONG.draw(4)
    estimator = InstrumentalVariable(inference=ClusterRobust(kind="CR2"))
    study = STRONG.study(frame)
    before = ik.Study(frame, outcome="before", treated="invited", cluster="area")
    by_hand = ik.RandomisedTrial(inference=ClusterRobust(kind="CR2")).estimate(before).interval
    found = InstrumentBalance().check(study, estimator.estimate(study))
    assert found.statistic == pytest.approx(by_hand.p_value, rel=1e-8)
    assert found.table[0].difference == pytest.approx(by_hand.point / frame["before"].std(ddof=0), rel=1e-8)


def test_one_that_goes_with_the_outcome_before_costs_a_grade() -> None:
    frame = STRONG.draw(5)
    frame["before"] += 0.5 * frame["invited"]
    study = STRONG.study(frame)
    estimate = InstrumentalVariable().estimate(study)
    found = {one.name: one for one in ik.check(study, estimate)}
    balance = found["instrument_balance"]
    assert balance.passed is False
    assert "before" in balance.sentence.text("sv")
    grade = ik.grade(estimate, (balance,))
    assert grade.value == grade.ceiling - 1


def test_dropping_out_is_told_by_what_the_instrument_says() -> None:
    frame = STRONG.draw(6)
    invited = np.flatnonzero(frame["invited"] == 1)
    frame.loc[invited[: len(invited) // 4], "y"] = np.nan
    study = STRONG.study(frame)
    found = Attrition().check(study, InstrumentalVariable().estimate(study))
    assert found.passed is False
    assert found.statistic == pytest.approx((len(invited) // 4) / len(invited))
    assert found.sentence.values["comparison"] == 0
    assert "invited" in found.sentence.text("en")
