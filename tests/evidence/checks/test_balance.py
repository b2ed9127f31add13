"""Were the groups alike before the start, and what is that known from."""

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.worlds import RandomisedArms
from impactkit.evidence.checks import Balance

TRIAL = ik.RandomisedTrial(permutation=None)


def trial():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"arm": np.arange(40) % 2, "y": rng.standard_normal(40)})
    frame["x"], frame["z"] = rng.standard_normal(40), rng.standard_normal(40) + 0.1 * frame["arm"]
    frame.loc[[0, 1, 2], "x"] = np.nan
    frame.loc[[2, 3], "z"] = np.nan
    return frame


def asked(frame):
    study = Study(frame, outcome="y", treated="arm", covariates=["x", "z"])
    return Balance().check(study, TRIAL.estimate(study))


def test_the_table_holds_each_difference_and_what_is_missing():
    frame = trial()
    found, whole = asked(frame), frame.dropna()
    for row, name in zip(found.table, ["x", "z"], strict=True):
        own, others = whole.loc[whole["arm"] == 1, name], whole.loc[whole["arm"] == 0, name]
        spread = np.sqrt((own.var(ddof=0) + others.var(ddof=0)) / 2)
        assert row.name == name and row.difference == pytest.approx((own.mean() - others.mean()) / spread)
        assert row.n_missing == frame[name].isna().sum()
    assert found.statistic == pytest.approx(max(abs(row.difference) for row in found.table))
    assert found.passed is (found.statistic <= 0.25)


def test_the_sentence_says_how_many_and_how_much_is_missing():
    told = asked(trial()).sentence
    assert (told.values["treated"], told.values["comparison"], told.values["missing"]) == (18, 18, 5)
    assert "18 treated and 18 comparison, 5 values are missing" in told.text("en")
    assert "18 med insats och 18 utan, 5 värden saknas" in told.text("sv")


def test_other_tables_than_pandas_are_counted_too():
    polars = pytest.importorskip("polars")
    rows = asked(polars.from_pandas(trial())).table
    assert [row.n_missing for row in rows] == [3, 2]


def test_neither_rows_names_nor_units_of_measurement_matter():
    frame = trial()
    first = asked(frame)
    for other in (frame.sample(frac=1, random_state=1), frame.assign(x=-1000 * frame["x"], y=7 * frame["y"])):
        found = asked(other)
        assert found.passed is first.passed and found.statistic == pytest.approx(first.statistic)


def test_units_of_a_panel_are_counted_once():
    from impactkit.effects.worlds import TwoGroupPanel

    world = TwoGroupPanel(slope=1.0)
    study = world.study(world.draw(1))
    told = Balance().check(study, ik.DifferenceInDifferences(permutation=None).estimate(study)).sentence
    assert (told.values["treated"], told.values["comparison"], told.values["missing"]) == (8, 22, 0)


def test_the_outcome_before_is_among_what_is_compared():
    world = RandomisedArms()
    study = world.study(world.draw(1))
    assert [row.name for row in Balance().check(study, TRIAL.estimate(study)).table] == ["baseline"]
