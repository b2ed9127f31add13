"""What outcomes are counted over, and paths that switch: what is read, and every fault told at once."""

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.errors import StudyError

ROLES = {"outcome": "y", "unit": "unit", "time": "year", "first_treated": "start", "exposure": "people"}
PATH = {"outcome": "y", "unit": "unit", "time": "year", "treated": "on"}


def panel(**changes):
    frame = pd.DataFrame(
        {
            "unit": list("aabbcc"),
            "year": [2021, 2022] * 3,
            "y": [4.0, 8, 3, 3, 1, 0],
            "people": [2.0, 2, 3, 3, 1, 2],
            "start": [2022, 2022, 0, 0, 0, 0],
            "on": [0, 1, 1, 0, 0, 0],
        }
    )
    return frame.assign(**changes)


def test_counts_stay_counts():
    columns = Study(panel(), **ROLES).columns
    assert columns.outcome.tolist() == [4, 8, 3, 3, 1, 0]
    assert columns.exposure.tolist() == [2, 2, 3, 3, 1, 2]
    assert columns.weight is None


@pytest.mark.parametrize(("rates", "weight"), [("equal", None), ("weighted", [2, 2, 3, 3, 1, 2])])
def test_rates_divide_and_weigh_only_as_asked(rates, weight):
    columns = Study(panel(), rates=rates, **ROLES).columns
    assert columns.outcome.tolist() == [2, 4, 1, 1, 1, 0]
    assert columns.exposure is None
    assert (None if columns.weight is None else columns.weight.tolist()) == weight


def test_rates_multiply_a_weight_that_is_given():
    columns = Study(panel(w=2.0), rates="weighted", weight="w", **ROLES).columns
    assert columns.weight.tolist() == [4, 4, 6, 6, 2, 4]


def test_a_missing_exposure_leaves_its_row_out_and_is_counted():
    study = Study(panel(people=[2.0, 2, np.nan, 3, 1, 2]), **ROLES)
    assert study.n_rows == 5
    assert [message.code for message in study.left_out_in_words()] == ["study.left_out.exposure_missing"]


def test_a_path_that_switches_is_read_when_asked_for():
    study = Study(panel(), switching=True, **PATH)
    assert study.columns.path.tolist() == [False, True, True, False, False, False]
    assert study.columns.cohort is None
    assert study.n_treated == 2


FAULTS = {
    "an exposure of 0": (panel(people=[2, 2, 0, 3, -1, 2]), ROLES, r"0 or negative: 2.*rows 2, 4"),
    "an unknown way to weigh": (panel(), ROLES | {"rates": "yes"}, r"'yes' is no way to weigh rates"),
    "rates without exposure": (
        panel(),
        {k: v for k, v in ROLES.items() if k != "exposure"} | {"rates": "equal"},
        r"what the outcome is counted over.*Give exposure=",
    ),
    "rates of an outcome before": (
        panel(),
        ROLES | {"rates": "equal", "pre_outcome": "y"},
        r"exposure of the outcome before is not known",
    ),
    "switching without a path": (panel(), ROLES | {"switching": True}, r"each unit's path.*Give treated="),
    "switching with a start": (panel(), PATH | {"switching": True, "start": 2022}, r"no single start"),
}


@pytest.mark.parametrize(("frame", "played", "match"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_place_and_mend(frame, played, match):
    with pytest.raises(StudyError, match=f"(?s){match}") as caught:
        Study(frame, **played)
    assert all(trouble.where and trouble.mend for trouble in caught.value.troubles)


def test_faults_of_settings_and_cells_are_told_at_once():
    with pytest.raises(StudyError) as caught:
        Study(panel(people=0.0, y=["x"] * 6), rates="yes", **ROLES)
    told = str(caught.value)
    for word in ("'yes'", "cells with text", "0 or negative"):
        assert word in told
