"""Effects by declared group: those of each group's own rows, and tests adjusted for all that is asked."""

import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

import impactkit as ik
from impactkit.evidence.declared_groups import AskedOf, declared_groups
from impactkit.evidence.group_effects import ColumnEffects, GroupEffect

TRIAL = ik.RandomisedTrial()


def table(n: int = 160, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sex, age = rng.integers(0, 2, n), rng.integers(0, 3, n)
    arm = rng.permutation(np.arange(n) % 2)
    y = arm * (1 + 2.0 * sex) + rng.standard_normal(n)
    return pd.DataFrame({"arm": arm, "sex": sex, "age": age, "y": y, "z": rng.standard_normal(n)})


def study(frame: pd.DataFrame, outcome: str = "y", *, by: tuple[str, ...] = ("sex", "age")) -> ik.Study:
    return ik.Study(frame, outcome=outcome, treated="arm", subgroups=by)


def found(*outcomes: str, planned: frozenset[str] = frozenset()) -> tuple[tuple[ColumnEffects, ...], ...]:
    asked = [AskedOf(study(table(), outcome), TRIAL) for outcome in outcomes]
    return declared_groups(asked, level=0.95, planned=planned)


def test_the_effect_in_a_group_is_that_of_its_own_rows() -> None:
    ((sex, age),) = found("y")
    frame = table()
    for column in (sex, age):
        for group in column.groups:
            own = frame[frame[column.column] == int(group.name)]
            treated, others = own[own["arm"] == 1]["y"], own[own["arm"] == 0]["y"]
            assert group.point == pytest.approx(treated.mean() - others.mean())
            # Unequal variances: Neyman's error, which HC2 is in two arms.
            error = math.sqrt(treated.var() / len(treated) + others.var() / len(others))
            assert group.std_error == pytest.approx(error)
            assert (group.n_rows, group.n_treated) == (len(own), len(treated))
            assert group.low < group.point < group.high


def test_p_values_are_adjusted_for_all_columns_of_all_claims() -> None:
    columns = [column for claim in found("y", "z") for column in claim]
    assert len(columns) == 4
    peer = multipletests([column.p_value for column in columns], method="holm")[1]
    assert [column.p_value_adjusted for column in columns] == pytest.approx(list(peer))
    assert {column.n_tests for column in columns} == {4}
    ((alone, _),) = found("y")
    assert alone.p_value == columns[0].p_value
    assert alone.p_value_adjusted == pytest.approx(2 * alone.p_value)


def test_the_test_of_two_groups_is_that_of_their_difference() -> None:
    ((sex, _),) = found("y")
    men, women = sex.groups
    wald = (women.point - men.point) ** 2 / (women.std_error**2 + men.std_error**2)
    assert (sex.statistic, sex.df) == (pytest.approx(wald), 1)


def test_effects_are_drawn_towards_each_other() -> None:
    ((sex, _),) = found("y")
    men, women = sex.groups
    assert men.point < men.drawn_point < women.drawn_point < women.point
    assert sex.spread > 0


def test_groups_differ_only_where_the_adjusted_test_shows_it() -> None:
    ((sex, age),) = found("y")
    assert (sex.outcome, age.outcome) == ("differ", "not_shown")
    assert sex.p_value_adjusted < 0.05 <= age.p_value_adjusted


def test_a_column_is_planned_where_it_was_declared_before() -> None:
    ((sex, age),) = found("y", planned=frozenset({"age"}))
    assert (sex.timing, age.timing) == ("exploratory", "planned")


def test_a_group_without_an_effect_is_told_as_unknown_and_the_others_are_compared() -> None:
    frame = table()
    frame.loc[:2, "age"] = 9
    frame.loc[:2, "arm"] = 1
    ((age,),) = declared_groups([AskedOf(study(frame, by=("age",)), TRIAL)], level=0.95, planned=frozenset())
    states = {group.name: group.state for group in age.groups}
    assert states == {"0": "known", "1": "known", "2": "known", "9": "unknown"}
    assert age.df == 2
    assert math.isnan(age.groups[-1].point)


def test_without_columns_or_an_effect_there_is_nothing() -> None:
    plain = ik.Study(table(), outcome="y", treated="arm")
    over_time = ik.DifferenceInDifferences()
    asked = [AskedOf(plain, TRIAL), AskedOf(study(table()), over_time)]
    assert declared_groups(asked, level=0.95, planned=frozenset()) == ((), ())


def effects(*groups: GroupEffect) -> ColumnEffects:
    return ColumnEffects(
        column="sex",
        groups=groups,
        level=0.95,
        timing="planned",
        statistic=4.0,
        df=1.0,
        df_error=60.0,
        p_value=0.04,
        p_value_adjusted=0.04,
        n_tests=1,
        spread=0.7,
    )


def group(name: str) -> GroupEffect:
    sizes = {"n_rows": 20, "n_treated": 10, "std_error": 0.5, "df": 18.0}
    return GroupEffect(name=name, state="known", point=1.0, low=0.0, high=2.0, drawn_point=1.0, **sizes)


def test_what_is_protected_keeps_effects_and_tells_no_size() -> None:
    told = effects(group("a"), group("b")).protected(frozenset())
    assert [one.point for one in told.groups] == [1.0, 1.0]
    for one in told.groups:
        assert (one.n_rows, one.n_treated) == (None, None)
        assert math.isnan(one.std_error) and math.isnan(one.df)
    assert all(map(math.isnan, (told.statistic, told.df_error, told.spread)))
    assert (told.p_value, told.outcome) == (0.04, "differ")


def test_of_a_hidden_group_nothing_but_the_name_is_told() -> None:
    told = effects(group("a"), group("b"), group("c")).protected(frozenset({"c"}))
    assert told.groups[2] == GroupEffect(name="c", state="hidden")
    assert told.outcome == "differ"
    alone = effects(group("a"), group("b")).protected(frozenset({"b"}))
    assert (alone.outcome, math.isnan(alone.p_value)) == ("unknown", True)
