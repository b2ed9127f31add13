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
from impactkit.evidence.checks import InstrumentsAgree, WeakInstrument

STRONG = InvitedByLot(n_people=600)
WEAK = replace(STRONG, moved=0.05)


def asked(
    check: WeakInstrument | InstrumentsAgree,
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
