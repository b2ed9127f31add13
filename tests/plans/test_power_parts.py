"""The parts of power: noise told from a baseline, periods to come, and what would be needed."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nct
from scipy.stats import t as student

from impactkit.plans.following_periods import following_periods
from impactkit.plans.panel_noise import fitted_noise, intracluster_correlation, variogram
from impactkit.plans.power_needed import Design, needed, two_group_df


def of_noise(rng, n, T, memory):
    noise = rng.standard_normal((n, T))
    for t in range(1, T):
        noise[:, t] = memory * noise[:, t - 1] + math.sqrt(1 - memory**2) * noise[:, t]
    return noise


@pytest.mark.parametrize("memory", [0.0, 0.4, 0.8])
def test_noise_is_found_whatever_the_levels_and_the_years(memory):
    rng = np.random.default_rng(1)
    table = 3 * of_noise(rng, 2000, 8, memory) + 50 * rng.standard_normal((2000, 1)) + rng.standard_normal(8)
    spread, found = fitted_noise(variogram(table, np.zeros(2000, dtype=np.int64)))
    assert found == pytest.approx(memory, abs=0.05)
    assert spread == pytest.approx(3, rel=0.06)


def test_a_gap_between_groups_is_no_noise():
    rng = np.random.default_rng(2)
    table = of_noise(rng, 400, 5, 0.0)
    group = np.repeat([0, 1], 200)
    moved = table + group[:, None] * np.arange(5)
    assert variogram(moved, group) == pytest.approx(variogram(table, group))


def test_missing_values_are_left_out_and_one_unit_tells_nothing():
    table = np.array([[0.0, 1.0], [0.0, -1.0], [np.nan, 3.0], [5.0, 9.0]])
    assert variogram(table, np.array([0, 0, 0, 1])).tolist() == [1.0]
    assert np.isnan(variogram(table[:1], np.zeros(1, dtype=np.int64))).all()
    assert math.isnan(fitted_noise(np.array([np.nan]))[0])


@pytest.mark.parametrize("icc", [0.0, 0.1, 0.5])
def test_the_share_between_clusters_is_found(icc):
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(800), 10)
    values = math.sqrt(icc) * rng.standard_normal(800)[cluster] + math.sqrt(1 - icc) * rng.standard_normal(
        8000
    )
    assert intracluster_correlation(values, cluster) == pytest.approx(icc, abs=0.03)


@pytest.mark.parametrize(
    ("times", "start", "by", "n", "found"),
    [
        ([2019, 2020, 2021], 2022, 2023, None, [2022, 2023]),
        ([2019, 2021], 2023, 2027, None, [2023, 2025, 2027]),
        ([2018], 2021, 2022, None, [2021, 2022]),
        ([2020, 2021, 2022, 2023], 2022, 2023, None, []),
        ([2020, 2021], 2022, 2022, 3, [2022, 2023, 2024]),
        ([0, 1], 2, 2025, None, [2]),
        ([202211, 202212], 202301, 2023, None, [202300 + month for month in range(1, 13)]),
    ],
)
def test_periods_to_come(times, start, by, n, found):
    assert following_periods(pd.Series(times), start=start, by=by, n=n) == found


def test_dates_to_come_keep_their_step():
    times = pd.Series(pd.to_datetime(["2022-01-01", "2022-04-01", "2022-07-01"]))
    found = following_periods(times, start="2022-10-01", by=2023)
    assert [str(time.date()) for time in found] == [
        "2022-10-01",
        "2023-01-01",
        "2023-04-01",
        "2023-07-01",
        "2023-10-01",
    ]


def of(n_treated, n_comparison, **told):
    return Design(
        n_treated=n_treated, n_comparison=n_comparison, unit_spread=1.0, df_share=1.0, level=0.95, **told
    )


@pytest.mark.parametrize(("n_treated", "n_comparison"), [(10, 10), (5, 20), (3, 40), (100, 50)])
def test_degrees_of_freedom_are_satterthwaites(n_treated, n_comparison):
    a, b = 1 / n_treated, 1 / n_comparison
    wanted = (a + b) ** 2 / (a**2 / (n_treated - 1) + b**2 / (n_comparison - 1))
    assert two_group_df(n_treated, n_comparison) == pytest.approx(wanted)


@pytest.mark.parametrize("multiple", [1.5, 2.0])
def test_what_is_needed_is_enough_and_one_less_is_not(multiple):
    found = {each.addition: each for each in needed(of(8, 16), m=0.5, rule="improvement", multiple=multiple)}

    def chance(n_treated, n_comparison):
        df = two_group_df(n_treated, n_comparison)
        se = math.sqrt(1 / n_treated + 1 / n_comparison)
        return nct.sf(student.ppf(0.975, df), df, (multiple - 1) * 0.5 / se)

    units = found["units"]
    assert chance(units.n_treated, units.n_comparison) >= 0.8
    assert chance(units.n_treated - 1, units.n_comparison - 2) < 0.8
    assert units.n_comparison == pytest.approx(2 * units.n_treated, abs=2)
    assert not found["comparison"].is_reachable  # eight treated areas vary too much by themselves


def test_more_to_compare_with_is_enough_where_the_treated_are_not_the_few():
    found = needed(of(40, 4), m=1.0, rule="improvement", multiple=2.0)
    comparison = next(each for each in found if each.addition == "comparison")
    assert comparison.is_reachable
    assert of(40, comparison.n_comparison).chance(2.0, 1.0, "improvement") >= 0.8
    assert of(40, comparison.n_comparison - 1).chance(2.0, 1.0, "improvement") < 0.8


def test_one_treated_unit_needs_thirty_nine_donors_and_a_grade_needs_five_and_ten():
    small = {"m": 0.1, "rule": "improvement", "multiple": 2000.0}
    (units, comparison) = needed(of(1, 5, are_donors=True), **small)
    assert comparison.n_comparison == 39
    (units, comparison) = needed(of(2, 5, fewest_treated=5, fewest_comparison=10), **small)
    assert (units.n_treated, units.n_comparison) == (5, 10)
    assert not comparison.is_reachable


def test_longer_follow_up_and_more_answers_help_as_far_as_they_can():
    shrinks = (2, lambda n: math.sqrt((0.2 + 0.8 / n) / (0.2 + 0.8 / 2)))
    easy = needed(of(30, 30), m=0.62, rule="improvement", multiple=2.0, after=shrinks)
    periods = next(each for each in easy if each.addition == "periods")
    assert (periods.is_reachable, periods.n) == (True, 4)
    hard = needed(of(5, 10), m=0.5, rule="improvement", multiple=2.0, answers=shrinks)
    assert not next(each for each in hard if each.addition == "answers").is_reachable


def test_enough_is_enough():
    (only,) = needed(of(100, 100), m=1.0, rule="improvement", multiple=2.0)
    assert (only.addition, only.n_treated) == ("enough", 100)
