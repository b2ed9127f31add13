"""Roles of lotteries and thresholds: who took part, chances, arms, instruments, groups and when measured."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.errors import StudyError


def _frame(**changed: Any) -> pd.DataFrame:
    columns = {
        "y": [1.0, 2.0, 3.0, 4.0],
        "treated": [0, 1, 0, 1],
        "took": [0, 1, 1, 1],
        "score": [0.1, 0.9, 0.4, 0.6],
        "chance": [0.5, 0.5, 0.25, 0.25],
        "arm": ["usual", "visits", "usual", "calls"],
        "z": [1.0, 0.0, 0.0, 2.0],
        "sex": ["w", "m", "m", "w"],
        "age": [20.0, 30.0, 40.0, 50.0],
    }
    return pd.DataFrame(columns | changed)


def test_each_role_reaches_the_columns_in_the_order_of_the_rows() -> None:
    frame = _frame(school=["b", "a", "b", "a"])
    study = Study(
        frame,
        outcome="y",
        treated="treated",
        cluster="school",
        takeup="took",
        running="score",
        probability="chance",
        arm="arm",
        instruments=["z"],
        subgroups=["sex"],
    )
    c = study.columns  # sorted by school: rows 1, 3, 0, 2
    assert c.outcome.tolist() == [2, 4, 1, 3]
    assert c.takeup is not None and c.takeup.tolist() == [1, 1, 0, 1]
    assert c.running is not None and c.running.tolist() == [0.9, 0.6, 0.1, 0.4]
    assert c.probability is not None and c.probability.tolist() == [0.5, 0.25, 0.5, 0.25]
    assert c.instruments is not None and c.instruments.tolist() == [[0], [2], [1], [0]]
    assert c.arm is not None and c.arm_labels is not None
    assert [c.arm_labels[code] for code in c.arm] == ["visits", "calls", "usual", "usual"]
    assert c.subgroups is not None and c.subgroups[:, 0].tolist() == [0, 1, 1, 0]
    assert [labels.tolist() for labels in c.subgroup_labels] == [["m", "w"]]


def test_the_arm_compared_with_says_who_is_treated() -> None:
    study = Study(_frame(), outcome="y", arm="arm", control="usual")
    assert study.columns.treated is not None
    assert study.columns.treated.tolist() == [False, True, False, True]
    assert study.n_treated == 2


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"arm": "arm"}, "Several arms need to know which one is compared with"),
        ({"arm": "arm", "control": "usual", "treated": "treated"}, "Several arms need to know"),
        ({"arm": "arm", "control": "usul"}, "No row is in the arm 'usul'"),
        ({"control": "usual", "treated": "treated"}, "no column says who is in which"),
    ],
)
def test_arms_without_one_to_compare_with_are_refused(settings: dict[str, str], says: str) -> None:
    with pytest.raises(StudyError, match=says):
        Study(_frame(), outcome="y", **settings)


def test_an_arm_in_which_only_some_are_treated_is_refused() -> None:
    frame = _frame(arm=["usual", "visits", "usual", "usual"])
    with pytest.raises(StudyError, match="The arm and the treatment disagree"):
        Study(frame, outcome="y", treated="treated", arm="arm")


@pytest.mark.parametrize("chance", [0.0, 1.0, 1.2, np.nan])
def test_a_chance_that_leaves_no_choice_is_refused_with_its_row(chance: float) -> None:
    with pytest.raises(StudyError) as caught:
        Study(_frame(chance=[0.5, 0.5, chance, 0.5]), outcome="y", treated="treated", probability="chance")
    assert "'chance'" in str(caught.value) and "2" in str(caught.value)


def test_a_covariate_measured_after_the_start_is_refused() -> None:
    def study(when: int | str) -> Study:
        return Study(
            _frame(),
            outcome="y",
            treated="treated",
            covariates=["age"],
            start="2020-03",
            measured={"age": when},
        )

    assert study("2020-02-29").covariates == ("age",)
    for late in ("2020-03", "2021-01-01"):
        with pytest.raises(StudyError, match="'age' was measured after the start"):
            study(late)


def test_when_something_was_measured_needs_a_start_and_a_covariate() -> None:
    with pytest.raises(StudyError) as caught:
        Study(_frame(), outcome="y", treated="treated", covariates=["age"], measured={"agee": 2019})
    assert "which is no covariate" in str(caught.value) and "Did you mean 'age'" in str(caught.value)
    assert "says nothing without the start" in str(caught.value)


def test_rows_that_lack_what_a_role_needs_are_counted_by_reason() -> None:
    frame = _frame(took=[0, np.nan, 1, 1], score=[0.1, 0.9, np.nan, 0.6], z=[1.0, 0, 0, np.nan])
    study = Study(frame, outcome="y", treated="treated", takeup="took", running="score", instruments=["z"])
    assert study.columns.outcome.tolist() == [1.0]
    counted = {item.reason: (item.n_treated, item.n_comparison) for item in study.left_out}
    assert counted == {"takeup_missing": (1, 0), "running_missing": (0, 1), "instrument_missing": (1, 0)}


def test_an_empty_group_is_named_and_not_made_a_group_of_its_own() -> None:
    with pytest.raises(StudyError, match="Empty cells in column 'sex'"):
        Study(_frame(sex=["w", None, "m", "w"]), outcome="y", treated="treated", subgroups=["sex"])
