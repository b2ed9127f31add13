"""A start may be written as a date, a month or a number; it is kept as the number that stands for it."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import BeforeAfter, InterruptedTimeSeries
from impactkit.errors import StudyError


def monthly():
    months = pd.date_range("2018-01-01", periods=60, freq="MS")
    noise = np.random.default_rng(1).standard_normal(60)
    return pd.DataFrame({"month": months, "y": 10 + noise + 4 * (months >= "2022-03-01")})


@pytest.mark.parametrize(
    "start", ["2022-03", "2022-03-01", date(2022, 3, 1), datetime(2022, 3, 1, 12), pd.Timestamp("2022-03-01")]
)
def test_every_way_of_writing_a_start_is_the_same(start):
    study = Study(monthly(), outcome="y", time="month", start=start)
    assert study.start == study.start_value == 19052
    assert BeforeAfter().estimate(study).start == 19052
    assert InterruptedTimeSeries().estimate(study).counterfactual.start == 19052


@pytest.mark.parametrize(("start", "kept"), [(2021, 2021.0), ("2021", 2021.0)])
def test_years_stay_years(start, kept):
    frame = monthly().assign(month=np.arange(1990, 2050))
    assert Study(frame, outcome="y", time="month", start=start).start == kept


def test_what_is_no_period_is_refused():
    with pytest.raises(StudyError, match="'spring 2022' is no period") as refusal:
        Study(monthly(), outcome="y", time="month", start="spring 2022")
    assert "2022-03" in str(refusal.value)


def test_one_series_is_called_a_series():
    study = Study(monthly(), outcome="y", time="month", start="2022-03")
    assert repr(study) == "Study(series, outcome='y', 60 rows, 60 periods)"
    assert "en serie över tid" in study._repr_html_() or "one series over time" in study._repr_html_()


def test_dates_and_years_are_not_compared():
    frame = pd.concat([monthly().assign(area=area, first=first) for area, first in (("a", 2022), ("b", 0))])
    with pytest.raises(StudyError, match="one has dates, the other numbers"):
        Study(frame, outcome="y", unit="area", time="month", first_treated="first")
