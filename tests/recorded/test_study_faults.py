"""What is wrong with a study's table is told at once, with the value, the place and the mend."""

import warnings

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.errors import StudyError

ROLES = {"outcome": "y", "unit": "unit", "time": "year", "first_treated": "start"}


def panel(**columns):
    frame = pd.DataFrame({"unit": list("aabbcc"), "year": [2021, 2022] * 3, "y": [1.0, 2, 3, 4, 5, 7]})
    return frame.assign(**{"start": [2022, 2022, 0, 0, 0, 0]} | columns)


def changed(row, column, value):
    frame = panel().astype({column: object})
    frame.loc[row, column] = value
    return frame.astype({column: float}) if isinstance(value, float) else frame


def roles(**more):
    return ROLES | more


ARMS = {"outcome": "y", "treated": "arm"}
PATH = {"outcome": "y", "unit": "unit", "time": "year", "treated": "on"}

FAULTS = {
    "a unit stands twice in a period": (
        panel().iloc[[0, 0, 1, 2, 3, 4, 5]],
        ROLES,
        r"repeat a unit and period: 1; the first is unit 'a' in 2021.*Keep one row for each",
    ),
    "a column is missing": (panel(), roles(time="yaer"), r"'yaer' is not in the data.*Did you mean 'year'\?"),
    "the start changes within a unit": (
        changed(1, "start", 2021.0),
        ROLES,
        r"start changes within a unit; units: 1, the first is 'a'.*Give each unit one value",
    ),
    "the cluster changes within a unit": (
        panel(area=[1, 2, 1, 1, 1, 1]),
        roles(cluster="area"),
        r"cluster changes within a unit; units: 1, the first is 'a'",
    ),
    "the stratum changes within a unit": (
        panel(block=[1, 2, 1, 1, 1, 1]),
        roles(stratum="block"),
        r"stratum changes within a unit; units: 1, the first is 'a'",
    ),
    "treatment is switched off": (
        panel(on=[1, 0, 0, 0, 0, 1]),
        PATH,
        r"switched off again: 1; the first is unit 'a' in 2022.*stay 1",
    ),
    "a cluster is missing": (
        panel(area=[1, 1, np.nan, 2, 3, 3]),
        roles(cluster="area"),
        r"Empty cells in column 'area': 1.*rows 2.*Fill in",
    ),
    "a unit is missing": (changed(3, "unit", None), ROLES, r"Empty cells in column 'unit': 1"),
    "a period is missing": (changed(3, "year", np.nan), ROLES, r"Empty cells in column 'year': 1"),
    "codes were read as numbers": (
        panel(kommun=[114, 114, 180, 180, 2580, 2580]),
        roles(unit="kommun"),
        r"municipality codes read as numbers: 114 has lost its zero.*stays '0114'",
    ),
    "text stands in a number column": (
        changed(4, "y", "tolv"),
        ROLES,
        r"must hold numbers; cells with text: 1, such as 'tolv'.*outcome='y', rows 4",
    ),
    "years are text": (
        panel(year=list("121212")),
        ROLES,
        r"'year' must hold years or dates; it holds '1'",
    ),
    "the outcome is infinite": (changed(2, "y", np.inf), ROLES, r"'y' holds infinite numbers.*rows 2"),
    "a covariate is infinite": (
        panel(x=[1.0, 2, 3, 4, -np.inf, 6]),
        roles(covariates=["x"]),
        r"'x' holds infinite numbers.*rows 4",
    ),
    "a weight is negative": (
        panel(w=[1, 1, -2.0, 1, 1, 1]),
        roles(weight="w"),
        r"weights that are negative or missing.*rows 2",
    ),
    "a weight is missing": (
        panel(w=[1, 1, np.nan, 1, 1, 1]),
        roles(weight="w"),
        r"weights that are negative or missing.*rows 2",
    ),
    "the arm is neither 0 nor 1": (panel(arm=[0, 1, 2, 0, 1, 1]), ARMS, r"'arm' must be 0 or 1; it holds 2"),
    "the arm is missing": (panel(arm=[0, 1, np.nan, 0, 1, 1]), ARMS, r"Empty cells in column 'arm': 1"),
    "a person stands twice and there is no time": (
        panel(),
        {"outcome": "y", "unit": "unit"},
        r"several rows although there is no time: 3; the first is 'a'",
    ),
    "the table is empty": (panel().iloc[:0], ROLES, r"The table has no rows.*Add the data"),
    "no outcome is known": (panel(y=np.nan), ROLES, r"No row has all the numbers needed"),
    "it is no table": ([1, 2], ROLES, r"A study needs a table; got list"),
    "surveys do not say when treatment started": (
        panel(arm=[0, 0, 0, 1, 0, 1]),
        {"outcome": "y", "time": "year", "treated": "arm"},
        r"do not say when treatment started.*Give start=",
    ),
}


@pytest.mark.parametrize(("frame", "played", "match"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_place_and_mend(frame, played, match):
    with pytest.raises(StudyError, match=f"(?s){match}") as caught:
        Study(frame, **played)
    assert all(trouble.where and trouble.mend for trouble in caught.value.troubles)


def test_every_missing_column_is_told_at_once():
    with pytest.raises(StudyError) as caught:
        Study(panel(), outcome="yy", unit="Unit", time="yeer", first_treated="start", covariates=["z"])
    assert len(caught.value.troubles) == 4


def test_every_fault_in_the_cells_is_told_at_once():
    frame = panel(area=[1, 1, np.nan, 2, 3, 3], w=[1, 1, -2.0, 1, 1, 1], x=[np.inf, 1, 2, 3, 4, 5])
    frame["y"] = ["tolv", *frame["y"].iloc[1:]]
    with pytest.raises(StudyError) as caught:
        Study(frame, **roles(cluster="area", weight="w", covariates=["x"]))
    told = str(caught.value)
    for word in ("'tolv'", "column 'area'", "infinite", "negative"):
        assert word in told


def test_faults_in_cells_do_not_hide_faults_of_the_panel():
    frame = panel(area=[1, 1, np.nan, 2, 3, 4]).iloc[[0, 0, 1, 2, 3, 4, 5]]
    frame["y"] = ["tolv", *frame["y"].iloc[1:]]
    with pytest.raises(StudyError) as caught:
        Study(frame, **roles(cluster="area"))
    told = str(caught.value)
    for word in ("'tolv'", "Empty cells in column 'area': 1", "unit 'a' in 2021", "cluster changes"):
        assert word in told


def test_a_column_that_cannot_be_read_is_not_blamed_twice():
    frame = changed(1, "start", "nästa år")
    with pytest.raises(StudyError) as caught:
        Study(frame, **ROLES)
    assert len(caught.value.troubles) == 1


def test_every_fault_of_the_panel_is_told_at_once():
    frame = panel(area=[1, 2, 1, 1, 1, 1]).iloc[[0, 0, 1, 2, 3, 4, 5]]
    frame["start"] = [2022, 2022, 2021, 0, 0, 0, 0]
    with pytest.raises(StudyError) as caught:
        Study(frame, **roles(cluster="area"))
    told = str(caught.value)
    for word in ("repeat a unit", "start changes", "cluster changes"):
        assert word in told


@pytest.mark.parametrize("never", [0, np.inf, np.nan])
def test_never_treated_is_written_in_three_ways(never):
    study = Study(panel(start=[2022.0, 2022, never, never, never, never]), **ROLES)
    assert study.n_treated == 1
    assert study.columns.cohort.tolist() == [2022, 2022] + [np.inf] * 4


def test_an_absorbing_path_is_the_same_as_a_start():
    path = Study(panel(on=[0, 1, 0, 0, 0, 0]), **PATH)
    np.testing.assert_array_equal(path.columns.cohort, Study(panel(), **ROLES).columns.cohort)


def test_a_boolean_path_is_read():
    assert Study(panel(on=[False, True] + [False] * 4), **PATH).n_treated == 1


def test_codes_kept_as_text_are_not_suspected():
    codes = ["0114", "0114", "0180", "0180", "2580", "2580"]
    study = Study(panel(kommun=codes), **roles(unit="kommun"))
    assert study.columns.unit_labels.tolist() == ["0114", "0180", "2580"]


def test_rows_left_out_are_counted_with_their_reason():
    frame = panel(w=[1.0, 1, 0, 1, 1, 1], x=[1.0, 2, 3, np.nan, 5, 6])
    frame.loc[0, "y"] = np.nan
    study = Study(frame, **roles(weight="w", covariates=["x"]))
    assert [(item.reason, item.n_treated, item.n_comparison, item.follow_up) for item in study.left_out] == [
        ("outcome_missing", 1, 0, False),
        ("covariate_missing", 0, 1, True),
        ("zero_weight", 0, 1, False),
    ]
    assert study.n_rows == 3


def test_dates_and_years_give_the_same_study():
    dates = panel(year=pd.to_datetime([f"{year}-01-01" for year in panel()["year"]]))
    dates["start"] = pd.to_datetime(["2022-01-01"] * 2 + [None] * 4)
    study = Study(dates, **ROLES)
    assert study.columns.period_names == ("2021-01-01", "2022-01-01")
    assert study.n_treated == 1


def test_nothing_warns_on_sound_data():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Study(panel(), **ROLES)
