"""What becomes of rows before they are one series, and which series are refused."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.worlds import ComparedSeries, InterruptedSeries
from impactkit.errors import EstimationError

WORLD = InterruptedSeries(n_before=48, n_after=12)


def frame(**changes):
    return WORLD.draw(1).assign(**changes)


def single(table=None, **roles):
    table = frame() if table is None else table
    return ik.Study(table, **{"outcome": "y", "time": "period", "start": 49.0} | roles)


def monthly(day="2018-01-01", n=60, frequency="MS"):
    dates = pd.date_range(day, periods=n, freq=frequency)
    return frame().iloc[:n].assign(month=dates)


ITS, STS = ik.InterruptedTimeSeries, ik.StructuralTimeSeries
REFUSED = {
    "no periods": (ITS(), lambda: ik.Study(frame(), outcome="y"), "needs periods", "time="),
    "no start": (ITS(), lambda: single(start=None), "when the series was interrupted", "start="),
    "nobody treated": (
        ITS(),
        lambda: WORLD.study(frame(first_treated=0)),
        "Nobody is treated",
        "within the series",
    ),
    "several starts": (
        ITS(),
        lambda: ComparedSeries().study(
            ComparedSeries().draw(1).assign(first_treated=lambda f: 40 + f["unit"])
        ),
        "2 different periods",
        "One start|one start",
    ),
    "no pre-period": (ITS(), lambda: single(start=1.0), "too few periods before the start .*: 0", "earlier"),
    "one pre-period": (ITS(), lambda: single(start=2.0), "too few periods before the start .*: 1", "earlier"),
    "start after the series": (ITS(), lambda: single(start=99.0), "lies after the series", "follow-up"),
    "too few points": (ITS(), lambda: single(frame().iloc[45:51]), "6 points, 3 of them", "drop terms|Add"),
    "too few for a season": (
        ITS(season="calendar", season_length=12, start=14.0),
        lambda: single(frame().iloc[:20]),
        "are too few for",
        "season",
    ),
    "season longer than the pre-period": (
        ITS(season="fourier", season_length=12, start=10.0),
        single,
        "12 periods, more than the 9",
        "season='none'",
    ),
    "season of unknown length": (ITS(season="calendar"), single, "how long a season", "season_length="),
    "a phase-in that swallows all": (
        ITS(phase_in=12),
        single,
        "leaves no treated period",
        "shorter phase_in",
    ),
    "an interruption outside": (ITS(interruptions=(70.0,)), single, "does not split", "within the series"),
    "the start as an interruption": (ITS(interruptions=(49.0,)), single, "is its start", "within the series"),
    "interruptions that cannot be told apart": (
        ITS(interruptions=(30.0, 30.0)),
        single,
        "cannot be told apart",
        "close to each other",
    ),
    "control without comparison units": (ITS(control="difference"), single, "no comparison series", "none"),
    "a difference of counts": (
        ITS(family="poisson", control="difference"),
        single,
        "difference of counts",
        "control='model'",
    ),
    "uneven periods": (
        ITS(),
        lambda: single(frame(period=lambda f: f["period"] + 0.3 * (f["period"] == 7))),
        "not evenly spaced",
        "one row a month",
    ),
    "counts without events before": (
        ITS(family="poisson"),
        lambda: single(frame(y=lambda f: 1.0 * (f["period"] > 48))),
        "no finite solution",
        "longer periods",
    ),
    "no period with all units": (
        ITS(),
        lambda: ComparedSeries().study(
            ComparedSeries().draw(1).query("unit == 0 and period > 50 or unit == 1 and period <= 50")
        ),
        "In no period",
        "followed throughout",
    ),
    "a forecast from too little": (STS(start=4.0), single, "3 of them before the start", "Add earlier"),
    "a forecast from terms that are one": (
        STS(),
        lambda: single(frame(x=lambda f: 2.0 * f["period"]), covariates=["x"]),
        "cannot be told apart before",
        "covariates",
    ),
}


@pytest.mark.parametrize(("estimator", "study", "what", "mend"), REFUSED.values(), ids=REFUSED)
def test_a_series_that_cannot_answer_is_refused_with_a_mend(estimator, study, what, mend):
    with pytest.raises(EstimationError, match=rf"(?s){what}.*Where:.*Mend:.*({mend})"):
        estimator.estimate(study())


@pytest.mark.parametrize("estimator", [ITS(), STS()])
def test_a_series_needs_no_unit_and_rows_of_a_period_are_averaged(estimator):
    table = frame()
    expected = estimator.estimate(WORLD.study(table)).interval
    assert estimator.estimate(single(table)).interval == expected
    halves = pd.concat([table.assign(y=table["y"] + 3), table.assign(y=table["y"] - 3)])
    found = estimator.estimate(single(halves))
    assert found.interval.point == pytest.approx(expected.point)
    assert found.sample.n_units == 1 and found.sample.n_rows == 120


def test_the_same_series_under_any_name_of_its_periods_is_the_same():
    table = monthly().assign(number=lambda f: f["month"].dt.year * 100 + f["month"].dt.month)
    season = {"season": "calendar"}
    by_date = ITS(**season, start=date(2022, 1, 1)).estimate(single(table, time="month", start=None))
    by_number = ITS(**season).estimate(single(table, time="number", start=202201.0))
    by_place = ITS(**season, season_length=12).estimate(single(table))
    assert by_date.interval == by_number.interval
    assert by_place.interval.point == pytest.approx(by_date.interval.point)
    ends = ITS(**season, start=date(2022, 1, 31)).estimate(
        single(monthly("2018-01-31", frequency="ME"), time="month", start=None)
    )
    assert ends.interval == by_date.interval
    assert by_date.terms[4].name == "period 2022-01-01" and by_date.terms[4].event_time == 0.0


def test_quarters_have_four_in_a_season():
    table = monthly(frequency="QS")
    found = ITS(season="calendar", start=date(2030, 1, 1)).estimate(single(table, time="month", start=None))
    assert len(found.counterfactual.season) == 60
    np.testing.assert_allclose(found.counterfactual.season[:4], found.counterfactual.season[4:8])


def test_missing_periods_are_named_and_keep_their_distance():
    gone = frame().query("period not in (10, 11, 30)")
    found = ITS().estimate(single(gone))
    assert "estimate.series.gaps" in [message.code for message in found.warnings]
    assert next(m.values["n"] for m in found.warnings if m.code == "estimate.series.gaps") == 3


def test_a_period_that_lacks_a_unit_is_left_out_and_counted():
    world = ComparedSeries(n_before=48, n_after=12)
    table = world.draw(1)
    lacking = table.query("not (unit == 1 and period == 20)")
    found = ITS().estimate(world.study(lacking))
    whole = ITS().estimate(world.study(table.query("period != 20")))
    assert found.interval == whole.interval
    assert "estimate.series.not_whole" in [message.code for message in found.warnings]


def test_comparison_units_are_used_unless_it_is_said_that_they_are_not():
    world = ComparedSeries(n_before=48, n_after=12, event=8.0)
    study = world.study(world.draw(1))
    compared, alone = ITS().estimate(study), ITS(control="none").estimate(study)
    assert compared.sample.n_comparison_clusters == 1 and alone.sample.n_comparison_clusters == 0
    assert abs(compared.interval.point - 1) < 3 < alone.interval.point
    assert "estimate.series.comparison_unused" in [message.code for message in alone.warnings]


def test_a_difference_and_one_model_have_the_same_effect_by_least_squares():
    world = ComparedSeries(n_before=48, n_after=12)
    study = world.study(world.draw(2))
    part = ik.inference.PraisWinsten(rho=0.0)
    one, other = (
        ITS(control=how, inference=part).estimate(study).interval for how in ("difference", "model")
    )
    assert one.point == pytest.approx(other.point)


def test_units_weigh_as_the_study_says():
    world = ComparedSeries(n_before=48, n_after=12, n_controls=2)
    table = world.draw(3).assign(w=lambda f: 1.0 + 3 * (f["unit"] == 2))
    control = table.query("unit == 1")["y"].to_numpy() + 4 * table.query("unit == 2")["y"].to_numpy()
    by_hand = table.query("unit == 0").assign(y=lambda f: f["y"] - control / 5)
    weighted = ik.Study(
        table, outcome="y", unit="unit", time="period", first_treated="first_treated", weight="w"
    )
    found = ITS().estimate(weighted).interval
    assert found.point == pytest.approx(ITS().estimate(single(by_hand)).interval.point)


def test_counts_and_exposures_of_units_are_added_up():
    world = ComparedSeries(n_before=48, n_after=12, n_controls=2)
    rng = np.random.default_rng(1)
    table = world.draw(3)
    table = table.assign(people=rng.uniform(50, 99, len(table)), y=rng.poisson(9, len(table)).astype(float))
    table["first_treated"] = 49
    study = ik.Study(
        table, outcome="y", unit="unit", time="period", first_treated="first_treated", exposure="people"
    )
    summed = table.groupby("period", as_index=False)[["y", "people"]].sum()
    own = ITS(family="poisson").estimate(study)
    alone = ITS(family="poisson").estimate(single(summed, exposure="people"))
    assert own.interval.point == pytest.approx(alone.interval.point)
    assert own.terms[-1].measure == "ratio" and own.terms[-2].measure == "log_ratio"
    assert math.exp(own.terms[-2].interval.high) == pytest.approx(own.terms[-1].interval.high)


def test_one_treated_period_has_no_change_of_slope_and_says_so():
    found = ITS().estimate(single(frame().iloc[:49]))
    assert "slope change" not in [term.name for term in found.terms]
    assert "estimate.series.no_slope" in [message.code for message in found.warnings]


def test_the_effect_is_averaged_up_to_the_next_interruption():
    found = ITS(interruptions=(55.0,)).estimate(single())
    assert [term.time for term in found.terms if term.event_time is not None] == [49, 50, 51, 52, 53, 54]
    assert "level change 55" in [term.name for term in found.terms]


def test_months_without_a_season_are_pointed_out():
    found = ITS(start=date(2022, 1, 1)).estimate(single(monthly(), time="month", start=None))
    assert "estimate.series.no_season" in [message.code for message in found.warnings]


@pytest.mark.parametrize("estimator", [ITS(), ITS(phase_in=2), STS(), STS(trend="local_linear")])
def test_what_was_expected_is_what_was_seen_less_the_effects(estimator):
    found = estimator.estimate(single())
    course = found.counterfactual
    after = [t for t, period in enumerate(course.periods) if period >= course.start]
    effects = {term.time: term.interval for term in found.terms if term.event_time is not None}
    for t in after:
        if course.periods[t] not in effects:
            assert math.isnan(course.low[t])
            continue
        own = effects[course.periods[t]]
        assert course.high[t] - course.low[t] == pytest.approx(own.high - own.low)
        if isinstance(estimator, STS):
            assert course.gaps[t] == pytest.approx(own.point)
    average = found.interval.point
    assert np.mean([own.point for own in effects.values()]) == pytest.approx(average)
    assert found.terms[-1].interval.point == pytest.approx(
        average / (np.mean([course.observed[t] for t in after]) - average), rel=0.1
    )


def test_a_short_series_leaves_no_verdict_and_a_long_one_without_comparison_none_either():
    claim = ik.Claim(id="C", indicator="i", role="primary", change="increase", minimum_effect="0.5", by=2026)
    for world, ceiling in (
        (InterruptedSeries(n_before=35, effect=9.0), 2),
        (InterruptedSeries(n_before=96, effect=9.0), 2),
        (ComparedSeries(n_before=35, effect=9.0), 2),
        (ComparedSeries(n_before=96, effect=9.0), 3),
    ):
        study = world.study(world.draw(1))
        found = ITS().estimate(study)
        graded = ik.grade(found, ik.check(study, found))
        assert graded.ceiling == ceiling
        status = ik.judge(claim, found, graded).status
        assert status == ("supported" if ceiling == 3 else "not_assessable")


def test_limits_at_another_level_are_those_of_the_mixture():
    study = single()
    found = ITS().estimate(study)
    wider = ITS(inference=ik.inference.AutoregressiveErrors(level=0.99)).estimate(study).interval
    assert found.bootstrap.limits(0.99) == pytest.approx((wider.low, wider.high))
    assert found.interval.df == pytest.approx(wider.df) and found.interval.std_error == wider.std_error
    p = found.bootstrap.one_sided(found.interval.low, alternative="greater")
    assert p == pytest.approx(0.025)
