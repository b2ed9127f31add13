"""Baseline and follow-up are put together: nobody is lost without a word."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import impactkit as ik

BEFORE = pd.DataFrame(
    {
        "who": ["a", "b", "c", "d", "e", "f"],
        "treated": [1, 1, 1, 0, 0, 0],
        "y": [1.0, 2.0, 9.0, 3.0, 4.0, 8.0],
    }
)
AFTER = pd.DataFrame(
    {"who": ["b", "a", "d", "e", "g"], "treated": [1, 1, 0, 1, 0], "y": [4.0, 3.0, 3.0, 5.0, 1.0]}
)


def test_everybody_has_a_fate_and_the_account_adds_up():
    found = ik.pair(BEFORE, AFTER, key="who", group="treated", compare=["y"])
    assert found.counts == {"matched": 3, "only_baseline": 2, "only_follow_up": 1, "changed_group": 1}
    assert (
        found.account.read
        == len(BEFORE) + len(AFTER)
        == found.account.used + sum(found.account.set_aside.values())
    )
    assert found.to_frame()["who"].tolist() == ["a", "b", "d", "b", "a", "d"]


def test_attrition_is_told_by_arm():
    table = ik.pair(BEFORE, AFTER, key="who", group="treated").attrition().set_index("group")
    assert table.loc["1", ["baseline", "matched", "lost"]].tolist() == [3, 2, 1]
    assert table.loc["0", ["baseline", "matched", "lost", "new"]].tolist() == [3, 1, 1, 1]
    assert table.loc["all", "lost_share"] == pytest.approx(2 / 6)


def test_those_who_left_are_held_against_those_who_stayed():
    table = ik.pair(BEFORE, AFTER, key="who", compare=["y"]).differences()
    row = table.iloc[0]
    stayed, left = np.array([1.0, 2, 3, 4]), np.array([9.0, 8])
    assert (row["n_stayed"], row["n_left"]) == (4, 2)
    assert row["difference"] == left.mean() - stayed.mean()
    spread = np.sqrt((stayed.var(ddof=1) + left.var(ddof=1)) / 2)
    assert row["std_difference"] == pytest.approx(row["difference"] / spread)


def test_wide_to_long_and_back():
    found = ik.pair(BEFORE, AFTER, key="who")
    wide = found.wide().set_index("who")
    assert wide.loc["a", ["y_baseline", "y_follow_up"]].tolist() == [1.0, 3.0]
    assert len(wide) == 4


def test_what_is_paired_makes_a_study():
    found = ik.pair(BEFORE, AFTER, key="who", group="treated")
    study = ik.Study(found.to_frame(), outcome="y", unit="who", time="wave", treated="treated", start=1)
    assert ik.DifferenceInDifferences(permutation=None).estimate(study).interval.point == pytest.approx(2.0)


def test_without_a_key_nobody_is_paired():
    found = ik.pair(BEFORE, AFTER)
    assert found.kind == "repeated"
    assert found.counts == {"baseline": 6, "follow_up": 5}
    for ask in (found.attrition, found.differences, found.wide):
        with pytest.raises(ik.ImpactkitError, match="Repeated cross sections"):
            ask()


def test_response_is_told_with_non_response():
    table = ik.pair(BEFORE, AFTER).response({"baseline": 10, "follow_up": 10})
    assert table["response_rate"].tolist() == [0.6, 0.5]
    assert table["non_response"].tolist() == [0.4, 0.5]
    with pytest.raises(ik.ImpactkitError, match="5 answered in the follow_up, but 4 were asked"):
        ik.pair(BEFORE, AFTER).response({"baseline": 10, "follow_up": 4})


def test_places_are_kept_apart_from_people():
    assert ik.pair(BEFORE, AFTER, key="who", kind="place").kind == "place"
    for wrong in ({"kind": "cohort"}, {"kind": "repeated", "key": "who"}):
        with pytest.raises(ik.ImpactkitError, match="does not go with"):
            ik.pair(BEFORE, AFTER, **wrong)


def test_every_fault_is_told_at_once():
    before = pd.DataFrame({"who": ["a", "a", None], "y": ["x", "y", "z"]})
    after = pd.DataFrame({"who": [1, 2, 3]})
    with pytest.raises(ik.ImpactkitError) as refused:
        ik.pair(before, after, key="who", group="arm", compare=["y"])
    said = str(refused.value)
    for words in (
        "no column arm",
        "row 2",
        "is empty on row 3",
        "holds numbers in the follow_up",
        "mean to compare",
    ):
        assert words in said


def test_the_callers_frames_are_not_changed():
    before = BEFORE.copy(deep=True)
    ik.pair(BEFORE, AFTER, key="who")
    pd.testing.assert_frame_equal(BEFORE, before)


def test_it_shows_itself_in_both_languages():
    found = ik.pair(BEFORE, AFTER, key="who")
    try:
        ik.use_language("sv")
        assert "Bara i baslinjen" in found._repr_html_()
    finally:
        ik.use_language("en")
    assert "Only in the baseline" in found._repr_html_()


@given(
    st.lists(st.integers(0, 30), unique=True, max_size=20),
    st.lists(st.integers(0, 30), unique=True, max_size=20),
)
def test_the_sum_is_always_right(first, last):
    before, after = (pd.DataFrame({"who": [f"p{k}" for k in keys]}, dtype=object) for keys in (first, last))
    found = ik.pair(before, after, key="who")
    assert found.account.read == len(first) + len(last)
    assert found.counts["matched"] == len(set(first) & set(last))
