"""Periods are read in every way of writing that leaves no doubt, and in no other."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impactkit.data.periods import period_of


@pytest.mark.parametrize(
    ("text", "frequency", "written", "start"),
    [
        ("2024", "year", "2024", "2024-01-01"),
        ("år 2024", "year", "2024", "2024-01-01"),
        ("2021M03", "month", "2021M03", "2021-03-01"),
        ("2021-03", "month", "2021M03", "2021-03-01"),
        ("Mars 2021", "month", "2021M03", "2021-03-01"),
        ("okt 2021", "month", "2021M10", "2021-10-01"),
        ("2021K1", "quarter", "2021Q1", "2021-01-01"),
        ("2021q4", "quarter", "2021Q4", "2021-10-01"),
        ("kv 3 2021", "quarter", "2021Q3", "2021-07-01"),
        ("2021H2", "half_year", "2021H2", "2021-07-01"),
        ("2021/22", "school_year", "2021/22", "2021-08-01"),
        ("2021/2022", "school_year", "2021/22", "2021-08-01"),
        ("2021-22", "school_year", "2021/22", "2021-08-01"),
        ("2009/10", "school_year", "2009/10", "2009-08-01"),
        ("1999/00", "school_year", "1999/00", "1999-08-01"),
        ("2021W05", "week", "2021W05", "2021-02-01"),
        ("2020-W53", "week", "2020W53", "2020-12-28"),
        ("2021v05", "week", "2021W05", "2021-02-01"),
        ("2021-03-31", "day", "2021-03-31", "2021-03-31"),
        ("2021-03-31 00:00:00", "day", "2021-03-31", "2021-03-31"),
        ("20210331", "day", "2021-03-31", "2021-03-31"),
    ],
)
def test_a_period_is_read(text, frequency, written, start):
    found = period_of(text)
    assert (found.frequency, found.text, found.start.isoformat()) == (frequency, written, start)
    assert period_of(written) == found


@pytest.mark.parametrize(
    "text",
    [
        "24",
        "1899",
        "2201",
        "2021M13",
        "2021M3",
        "2021K5",
        "2021W00",
        "2021W53",
        "2021-02-29",
        "2021/23",
        "2009-10",
        "12/5",
        "31/12/2021",
        "٢٠٢٤",
    ]
    + ["", "våren 2021", "2021 2022", "2021-03-31 12:00", "-2021", "2021.0", "2021,5"],
)
def test_what_leaves_doubt_is_no_period(text):
    assert period_of(text) is None


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)))
def test_every_day_is_its_own_start(day):
    assert period_of(day.isoformat()).start == day
    year, week, _ = day.isocalendar()
    if 1900 <= year <= 2200:
        assert period_of(f"{year}W{week:02}").start <= day


@given(st.text(max_size=14))
def test_any_text_is_a_period_or_none(text):
    found = period_of(text)
    assert found is None or period_of(found.text) == found
