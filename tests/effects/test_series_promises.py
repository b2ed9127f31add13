"""What an interrupted series promises: each kind of course is found again where noise is next to none."""

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.inference import PraisWinsten
from impactkit.errors import EstimationError

T, START = 60, 48
ITS = ik.InterruptedTimeSeries
AT = np.arange(T)
SINCE = AT - START
AFTER = SINCE >= 0
BASE = 10 + 0.1 * AT + 1e-6 * np.random.default_rng(1).standard_normal(T)


def study(y, *, start=START, **roles):
    columns = {"t": AT, "y": y} | {name: roles.pop(name) for name in ("people",) if name in roles}
    return ik.Study(pd.DataFrame(columns), outcome="y", time="t", start=float(start), **roles)


def found(y, **settings):
    return ITS(**settings).estimate(study(y))


def point(estimate, name):
    return next(term.interval.point for term in estimate.terms if term.name == name)


def near(value):
    return pytest.approx(value, abs=1e-5)


def test_a_change_of_level_and_one_of_slope_are_told_apart():
    own = found(BASE + AFTER * (3 + 0.5 * SINCE))
    assert point(own, "level change") == near(3) and point(own, "slope change") == near(0.5)
    assert point(own, "average") == near(3 + 0.5 * SINCE[AFTER].mean())


def test_a_level_alone_leaves_the_slope_out():
    own = found(BASE + 3 * AFTER, slope_change=False)
    assert "slope change" not in {term.name for term in own.terms}
    assert point(own, "average") == near(3)


def test_periods_of_phase_in_that_are_left_out_do_not_count():
    own = found(BASE + 3 * AFTER + 50 * (AFTER & (SINCE < 3)), phase_in=3)
    assert point(own, "average") == near(3)
    assert [term.event_time for term in own.terms if term.event_time is not None] == list(range(3, 12))


def test_a_ramp_rises_in_equal_steps():
    ramp = np.clip((SINCE + 1) / 4, 0, 1)
    own = found(BASE + 3 * ramp, phase_in=3, phase="ramp", slope_change=False)
    assert point(own, "level change") == near(3)
    effects = [term.interval.point for term in own.terms if term.event_time is not None]
    assert effects == near((3 * ramp[AFTER]).tolist())


@pytest.mark.parametrize("season", ["fourier", "calendar"])
def test_a_season_is_taken_out_in_both_forms(season):
    wave = 2 * np.sin(2 * np.pi * AT / 12) + np.cos(4 * np.pi * AT / 12)
    own = found(BASE + wave + 3 * AFTER, season=season, season_length=12)
    assert point(own, "level change") == near(3) and point(own, "slope change") == near(0)
    np.testing.assert_allclose(own.counterfactual.season, wave, atol=1e-5)


def test_other_interruptions_keep_their_own_level_and_slope():
    y = BASE + 5 * (AT >= 20) - 0.2 * np.maximum(AT - 20, 0) + 3 * AFTER + 9 * (AT >= 55)
    own = found(y, interruptions=(20.0, 55.0))
    assert point(own, "level change") == near(3) and point(own, "average") == near(3)
    assert point(own, "level change 20") == near(5) and point(own, "slope change 20") == near(-0.2)
    assert point(own, "level change 55") == near(9)


@pytest.mark.parametrize("control", [None, "difference", "model"])
def test_what_a_comparison_series_shares_is_not_the_effect(control):
    other = 3 + 0.3 * AT + 4 * AFTER + 1e-6 * np.random.default_rng(2).standard_normal(T)
    one = BASE + 4 * AFTER + 2 * AFTER
    frame = pd.DataFrame(
        {"unit": np.repeat([0, 1], T), "t": np.tile(AT, 2), "y": np.concatenate([one, other])}
    )
    frame["start"] = np.where(frame["unit"] == 0, START, 0)
    roles = {"outcome": "y", "unit": "unit", "time": "t", "first_treated": "start"}
    own = ITS(control=control).estimate(ik.Study(frame, **roles))
    assert point(own, "average") == near(2)


def test_counts_are_held_against_their_exposure():
    people = 1e6 * (1 + AT / T)
    y = np.round(people * 0.05 * np.where(AFTER, 1.2, 1.0))
    own = ITS(family="poisson").estimate(study(y, people=people, exposure="people"))
    assert point(own, "rate ratio") == pytest.approx(1.2, rel=1e-3)
    blind = ITS(family="poisson").estimate(study(y))
    assert point(blind, "rate ratio") != pytest.approx(1.2, rel=1e-3)


def test_cumulative_and_relative_effects_are_those_of_the_average():
    own = found(BASE + 3 * AFTER)
    n, expected = int(AFTER.sum()), BASE[AFTER].mean()
    assert point(own, "cumulative") == near(n * point(own, "average"))
    assert point(own, "relative") == pytest.approx(3 / expected, rel=1e-4)


@pytest.mark.parametrize("estimator", [ITS(), ik.StructuralTimeSeries()])
def test_the_table_holds_the_average_and_every_period(estimator):
    table = estimator.estimate(study(BASE + 3 * AFTER)).tidy()
    assert table["term"].iloc[0] == "average"
    periods = table[table["term"].str.startswith("period ")]
    assert periods["event_time"].tolist() == list(range(12))
    assert periods["time"].tolist() == AT[AFTER].tolist()
    assert periods[["estimate", "conf_low", "conf_high"]].notna().all().all()


def test_a_gap_changes_no_course():
    gone = study(BASE + AFTER * (3 + 0.5 * SINCE)).frame.drop(index=[9, 10, 30, 52])
    own = ITS().estimate(ik.Study(gone, outcome="y", time="t", start=float(START)))
    assert point(own, "level change") == near(3) and point(own, "slope change") == near(0.5)


@pytest.mark.parametrize("estimator", [ITS(), ITS(inference=PraisWinsten()), ik.StructuralTimeSeries()])
def test_an_outcome_that_never_changes_has_no_effect_and_no_small_p_value(estimator):
    interval = estimator.estimate(study(np.full(T, 7.0))).interval
    assert interval.point == pytest.approx(0, abs=1e-9)
    assert not interval.p_value < 0.05
    assert not interval.std_error > 1e-9


@pytest.mark.parametrize("estimator", [ITS(), ik.StructuralTimeSeries()])
@pytest.mark.parametrize("before", [0, 1])
def test_one_period_before_and_none_are_refused_by_number(estimator, before):
    with pytest.raises(EstimationError, match=rf"too few periods before the start .*: {before}"):
        estimator.estimate(study(BASE, start=before))
