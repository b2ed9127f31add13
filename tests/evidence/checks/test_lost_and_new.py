"""Who was lost and who is new, also where there is nobody to compare with."""

import math

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.evidence.checks import Attrition, Composition


def before_after(lost, n=20):
    frame = pd.DataFrame({"then": np.arange(n) % 5.0, "now": np.arange(n) % 7.0})
    frame.loc[: lost - 1, "now"] = np.nan
    study = ik.Study(frame, outcome="now", pre_outcome="then")
    return Attrition().check(study, ik.BeforeAfter().estimate(study))


@pytest.mark.parametrize(("lost", "passed"), [(2, True), (5, False)])
def test_a_single_group_is_told_by_itself(lost, passed):
    found = before_after(lost)
    assert found.passed is passed
    assert found.statistic == pytest.approx(lost / 20)
    assert found.sentence.code.endswith("_alone")
    assert "–" not in found.sentence.text("en")


def rollout(newcomers, n=20):
    """Every unit starts in the end; some are seen only after the first start."""
    rows = [
        {"unit": i, "year": year, "first": 3 + i % 2, "y": float((i * 7 + year * 3) % 5)}
        for i in range(n)
        for year in range(1, 6)
        if year >= 3 or i >= newcomers
    ]
    study = ik.Study(pd.DataFrame(rows), outcome="y", unit="unit", time="year", first_treated="first")
    return study


@pytest.mark.parametrize(("newcomers", "passed"), [(2, True), (6, False)])
def test_newcomers_are_told_by_themselves_where_all_are_treated_in_the_end(newcomers, passed):
    study = rollout(newcomers)
    estimate = ik.StaggeredDifferenceInDifferences(control="not_yet").estimate(study)
    found = Composition().check(study, estimate)
    assert found.passed is passed
    assert found.statistic == pytest.approx(newcomers / 20)
    assert found.sentence.code.endswith("_alone")


def test_people_without_a_comparison_have_nothing_to_be_held_against():
    frame = pd.DataFrame({"y": np.arange(12) % 5.0, "year": [1, 2] * 6, "x": np.arange(12.0)})
    study = ik.Study(frame, outcome="y", time="year", start=2, covariates=["x"])
    found = Composition().check(study, ik.BeforeAfter().estimate(study))
    assert found.passed is None and math.isnan(found.statistic)
