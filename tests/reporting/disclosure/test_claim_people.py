"""Who is behind the means of a claim, and whether they can be told of."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from impactkit.data.columns import LeftOut
from impactkit.effects.estimate import GroupMean
from impactkit.reporting.disclosure.claim_people import Place, period_key, placed
from impactkit.reporting.disclosure.told_claim import ToldClaim
from reporting.disclosure.told_claims import columns_of, told_claim

BEFORE, AFTER = Place(group="treated", period="1.0"), Place(group="treated", period="2.0")
OTHERS = Place(group="comparison", period="2.0")
UNLIKE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]


def test_people_are_counted_by_group_and_period():
    found = placed(told_claim({("treated", 1.0): UNLIKE, ("comparison", 2.0): UNLIKE[:7]}))
    assert (found.n, found.having, found.alike) == ({BEFORE: 10, OTHERS: 7}, {}, frozenset())


def test_of_a_share_those_who_have_it_are_counted():
    found = placed(told_claim({("treated", 1.0): [0, 1, 1], ("treated", 2.0): [0, 0, 100 / 100]}))
    assert (found.n, found.having) == ({BEFORE: 3, AFTER: 3}, {BEFORE: 2, AFTER: 1})
    found = placed(told_claim({("treated", 1.0): [0, 0], ("treated", 2.0): [0, 100]}))
    assert (found.having, found.alike) == ({BEFORE: 0, AFTER: 1}, {BEFORE})


def test_a_share_is_never_carried_by_those_who_have_it():
    """Two of three have it, and these are the whole sum: that is what a share is, and no more unsafe."""
    assert placed(told_claim({("treated", 1.0): [0, 1, 1]})).alike == frozenset()
    assert placed(told_claim({("treated", 1.0): [0, 2, 2]})).alike == {BEFORE}


@pytest.mark.parametrize(
    ("weight", "alike"),
    [
        (None, frozenset()),
        ([1.0] * 10, frozenset()),
        # What each adds to the sum is its outcome times its weight.
        ([100.0, 80.0, *[0.5] * 8], {BEFORE}),
        ([0.01, 0.01, *[1.0] * 8], frozenset()),
    ],
)
def test_a_weight_can_let_two_carry_a_mean(weight, alike):
    claim = told_claim({("treated", 1.0): UNLIKE})
    found = placed(replace(claim, columns=columns_of({("treated", 1.0): UNLIKE}, weight)))
    assert found.alike == alike


def test_where_the_estimate_rests_on_other_rows_only_their_number_is_known():
    claim = told_claim({("treated", 1.0): [7, 7, 7], ("comparison", 2.0): UNLIKE})
    assert placed(claim).alike == {BEFORE}
    found = placed(replace(claim, means=claim.means[:1]))
    assert (found.n, found.having, found.alike) == ({BEFORE: 3}, {}, frozenset())


def test_without_groups_and_periods_all_are_treated_at_once():
    claim = told_claim({("treated", None): [7, 7]})
    found = placed(replace(claim, columns=replace(claim.columns, treated=None)))
    assert found.alike == {Place(group="treated", period="once")}


def test_people_are_the_same_when_their_numbers_are():
    one, same = (placed(told_claim({("treated", 1.0): [0, 1, 1]})) for _ in range(2))
    other = placed(told_claim({("treated", 1.0): [0, 0, 1]}))
    more = placed(told_claim({("treated", 1.0): [0, 1, 1, 0]}))
    assert one.same_as(same) is True
    assert one.same_as(other) is False
    assert one.same_as(more) is False


def test_a_period_is_a_number_in_text():
    assert [period_key(2024), period_key(0.5), period_key(None)] == ["2024.0", "0.5", "once"]


def result(*, groups=("treated", "comparison"), subgroup=None, counterfactual=None, kind="panel", n_rows=4):
    means = tuple(GroupMean(group=group, period=1.0, mean=0.0, n=2) for group in groups)
    columns = replace(
        columns_of({("treated", 1.0): [1, 2], ("treated", 2.0): [3], ("comparison", 1.0): [4, 5]}),
        unit=np.array([0, 1, 1, 2, 3]),
    )
    left = (LeftOut(reason="outcome_missing", n_treated=1, n_comparison=0),)
    sample = SimpleNamespace(n_treated=2, n_rows=n_rows)
    return SimpleNamespace(
        claim=SimpleNamespace(subgroup=subgroup),
        study=SimpleNamespace(outcome="y", columns=columns, kind=kind, n_rows=5, left_out=left),
        estimate=SimpleNamespace(means=means, sample=sample, counterfactual=counterfactual),
        groups=(),
    )


def test_what_is_told_of_a_claim_is_taken_from_its_study_and_its_estimate():
    made = result()
    told = ToldClaim.of(made)
    assert (told.outcome, told.subgroup_column, told.subgroup) == ("y", None, None)
    assert told.columns is made.study.columns
    assert (told.means, told.left_out) == (made.estimate.means, made.study.left_out)
    # Of five rows of the study four are used; person 1 is seen twice.
    assert (told.n_treated, told.n_used, told.n_aside, told.units) == (
        2,
        4,
        1,
        {"treated": 2, "comparison": 2},
    )
    assert (told.is_panel, told.is_of_one_course) == (True, False)


def test_a_course_is_one_where_there_is_one_group_or_what_would_have_been_is_drawn():
    assert ToldClaim.of(result(groups=("treated",))).is_of_one_course is True
    assert ToldClaim.of(result(groups=("treated", "treated"))).is_of_one_course is True
    assert ToldClaim.of(result(counterfactual=object())).is_of_one_course is True


def test_a_subgroup_is_told_as_text():
    told = ToldClaim.of(result(subgroup=SimpleNamespace(column="age", value=7), kind="cross_section"))
    assert (told.subgroup_column, told.subgroup, told.is_panel) == ("age", "7", False)


def test_rows_that_an_estimate_makes_of_others_are_not_aside():
    assert ToldClaim.of(result(n_rows=9)).n_aside == 0
    assert ToldClaim.of(result(n_rows=5)).n_aside == 0


def test_where_nobody_is_followed_there_are_no_units():
    made = result()
    made.study.columns = replace(made.study.columns, unit=None)
    assert ToldClaim.of(made).units == {}
    alone = result()
    alone.study.columns = replace(alone.study.columns, treated=None)
    assert ToldClaim.of(alone).units == {"treated": 4}
