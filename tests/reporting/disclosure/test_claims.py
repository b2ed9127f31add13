"""The figures of claims: who is behind them, and what is hidden of people in panels and subgroups."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
import impactkit.wording
from impactkit.effects.estimate import Term
from impactkit.effects.interval import Interval
from impactkit.evidence.claim import Claim
from impactkit.reporting.disclosure import protected
from impactkit.reporting.disclosure.claim_people import Place, placed
from impactkit.reporting.disclosure.protected import hidden_names
from impactkit.reporting.disclosure.told_claim import ToldClaim


@dataclass
class Result:
    claim: Claim
    study: ik.Study
    estimate: object
    groups: tuple = ()


def claim(**more):
    return Claim(
        id="C1", indicator="a/b", role="primary", change="increase", minimum_effect=1, by=2026, **more
    )


def panel(treated=40, comparison=60, *, gone=0, years=2, outcome=None):
    rng = np.random.default_rng(3)
    rows = [
        (f"p{k}", 2020 + year, int(k < treated), (outcome or rng.normal)(), "w" if k % 2 else "m")
        for k in range(treated + comparison)
        for year in range(years)
        if not (year == years - 1 and k < gone)
    ]
    return pd.DataFrame(rows, columns=["unit", "year", "course", "y", "sex"])


def told(frame, **more):
    last = float(frame["year"].max())
    study = ik.Study(frame, outcome="y", unit="unit", time="year", treated="course", start=last)
    return ToldClaim.of(Result(claim(**more), study, ik.DifferenceInDifferences().estimate(study)))


def hidden(*claims, threshold=10):
    return sorted(hidden_names(claims, threshold))


def test_of_many_nothing_is_hidden():
    assert hidden(told(panel())) == []
    assert hidden(told(panel(3, 3)), threshold=0) == []


def test_few_treated_take_their_periods_with_them():
    # Units in all may be shown: how they are divided may not.
    names = ["0.arms", "0.means.2020.0", "0.means.2021.0", "0.read", "0.rows"]
    assert [name for name in hidden(told(panel(6, 60))) if name != "0.units"][:3] == names[:3]


def test_few_who_left_take_the_number_of_units_with_them():
    assert hidden(told(panel(gone=3))) == ["0.arms", "0.away", "0.units"]
    assert hidden(told(panel(gone=20))) == []


def subgroup(frame, rows):
    return told(frame[rows], subgroup={"column": "sex", "value": "w"})


def test_the_few_outside_a_subgroup_hide_a_period_of_one_of_them():
    frame = panel()
    most = ~frame["unit"].isin(["p0", "p1", "p2"])
    names = hidden(told(frame), subgroup(frame, most))
    for period in ("2020.0", "2021.0"):
        assert {f"0.means.{period}", f"1.means.{period}"} & set(names)
    assert hidden(told(frame), subgroup(frame, frame["sex"] == "w")) == []


def test_two_claims_on_the_same_people_are_hidden_alike():
    frame = panel(gone=3)
    names = hidden(told(frame), told(frame))
    assert {name[2:] for name in names if name.startswith("0.")} == {
        name[2:] for name in names if name[0] == "1"
    }


def test_claims_on_the_same_outcome_of_other_people_stand_alone():
    one, other = told(panel()), told(panel(50, 50))
    assert hidden(one, other) == []


def test_a_subgroup_that_is_no_part_of_the_whole_is_not_joined_to_it():
    assert hidden(told(panel(40, 60)), told(panel(43, 60), subgroup={"column": "sex", "value": "w"})) == []


def share(values):
    return iter(values).__next__


def test_a_share_of_few_is_hidden():
    # Of 40 treated 3 have it in the first year, and half of all others in both years.
    rows = panel(40, 60)
    treated, first = rows["course"] == 1, rows["year"] == 2020
    rows["y"] = (np.arange(len(rows)) // 2 % 2).astype(float)
    assert hidden(told(rows)) == []
    rows.loc[treated & first, "y"] = 0.0
    rows.loc[rows.index[treated & first][:3], "y"] = 1.0
    assert "0.means.2020.0" in hidden(told(rows))


@pytest.mark.parametrize("value", [0.0, 1.0, 7.0])
def test_what_all_of_a_group_have_is_hidden(value):
    rows = panel(40, 60)
    rows.loc[(rows["course"] == 1) & (rows["year"] == 2020), "y"] = value
    assert "0.means.2020.0" in hidden(told(rows))


def test_a_mean_that_two_carry_is_hidden():
    rows = panel(40, 60)
    rows["y"] = rows["y"].abs() + 1
    rows.loc[rows.index[(rows["course"] == 1) & (rows["year"] == 2021)][:2], "y"] = 9000.0
    assert "0.means.2021.0" in hidden(told(rows))


def test_one_group_has_all_its_periods_hidden_or_none():
    frame = panel(40, 0)
    frame.loc[frame.index[frame["year"] == 2020], "y"] = 5.0
    study = ik.Study(
        frame.assign(y=frame["y"]), outcome="y", unit="unit", time="year", treated="course", start=2021
    )
    one = ToldClaim.of(Result(claim(), study, ik.BeforeAfter().estimate(study)))
    assert one.is_of_one_course
    assert "0.means.all" in hidden(one)


def test_rows_left_out_are_hidden_with_what_would_tell_how_many():
    frame = pd.DataFrame({"y": np.arange(100.0) % 7, "arm": np.arange(100) % 2, "z": 1.0})
    frame.loc[:2, "y"] = np.nan
    study = ik.Study(frame, outcome="y", treated="arm")
    one = ToldClaim.of(Result(claim(), study, ik.RandomisedTrial().estimate(study)))
    assert hidden(one) == ["0.left.0", "0.left_arms.0", "0.read"]


def test_rows_beside_the_comparison_are_told_with_the_rows_read():
    one = replace(told(panel()), n_used=190, n_aside=10, n_treated=38)
    assert hidden(one) == []
    few = replace(told(panel()), n_used=196, n_aside=4)
    assert {"0.left.aside", "0.read"} <= set(hidden(few))


def test_other_rows_than_the_study_holds_are_only_counted():
    one = told(panel())
    other = replace(one, means=tuple(replace(mean, n=mean.n - 5) for mean in one.means))
    found = placed(other)
    assert found.n[Place(group="treated", period="2020.0")] == 35
    assert (found.having, found.alike) == ({}, frozenset())


def test_rows_without_a_group_are_all_treated():
    frame = pd.DataFrame({"y": np.arange(24.0), "t": np.arange(24)})
    study = ik.Study(frame, outcome="y", time="t")
    one = ToldClaim.of(Result(claim(), study, ik.InterruptedTimeSeries(start=12).estimate(study)))
    assert {place.group for place in placed(one).n} == {"treated"}
    assert one.units == {}


def term(**more):
    found = Interval(point=1.0, std_error=1.0, df=9.0, level=0.95, low=0.0, high=2.0, p_value=0.5)
    return Term(name="x", interval=found, **more)


def test_effects_of_a_start_that_few_share_are_left_out_of_a_record():
    frame = panel(40, 60).assign(start=lambda rows: np.where(rows["unit"].isin(["p1", "p2"]), 2020.0, 2021.0))
    frame.loc[frame["course"] == 0, "start"] = 0
    study = ik.Study(frame, outcome="y", unit="unit", time="year", first_treated="start")
    is_of_few = protected._is_of_few
    assert is_of_few(term(group=2020.0), study, 10)
    assert is_of_few(term(group=2020.0, time=2021.0), study, 10)
    assert not is_of_few(term(group=2021.0, time=2021.0), study, 10)
    assert not is_of_few(term(event_time=1.0), study, 10)
    assert not is_of_few(term(group=2020.0), ik.Study(frame, outcome="y", treated="course"), 10)


@pytest.mark.parametrize(
    ("p", "level", "told_as"),
    [
        (0.0357, 0.95, 0.05),
        (0.021, 0.95, 0.025),
        (0.012, 0.975, 0.0125),
        (0.0004, 0.95, 0.001),
        (1.0, 0.9, 1.0),
    ],
)
def test_a_p_value_is_told_as_at_most_a_round_number(p, level, told_as):
    assert protected._at_most(p, level) == pytest.approx(told_as)
    assert np.isnan(protected._at_most(float("nan"), level))


def test_clusters_of_enough_people_may_be_counted():
    frame = panel(40, 60)
    frame["area"] = frame["unit"].str[1:].astype(int) // 20
    frame["home"] = frame["unit"].str[1:].astype(int) // 2
    roles = {"outcome": "y", "unit": "unit", "time": "year", "treated": "course", "start": 2021}
    enough = protected._clusters_hold_enough
    assert enough(ik.Study(frame.astype({"area": str}), cluster="area", **roles), 10)
    assert not enough(ik.Study(frame.astype({"home": str}), cluster="home", **roles), 10)
    assert not enough(ik.Study(frame, **roles), 10)


def carried(evaluation, study, estimate, **more):
    """A result of another study and estimate, with the verdict and the grade of the example's first claim."""
    first = evaluation.results[0]
    return replace(first, study=study, estimate=estimate, checks=(), claim=replace_claim(first.claim, **more))


def replace_claim(original, **more):
    return original.model_copy(update=more)


@pytest.fixture
def withheld_plan(norrgarden, withheld):
    return withheld(norrgarden)


def donors(treated, n=40):
    rng = np.random.default_rng(5)
    rows = [
        (f"d{k}", 2010 + t, int(k < treated and t >= 8), 10 + k % 5 + t + rng.normal())
        for k in range(n)
        for t in range(12)
    ]
    frame = pd.DataFrame(rows, columns=["unit", "year", "on", "y"])
    return ik.Study(frame, outcome="y", unit="unit", time="year", treated="on")


@pytest.mark.parametrize("treated", [1, 15])
def test_donors_and_placebos_are_nobodys_to_see(withheld_plan, treated):
    study = donors(treated)
    estimator = ik.SyntheticDifferenceInDifferences() if treated > 1 else ik.SyntheticControl()
    estimate = estimator.estimate(study)
    assert estimate.counterfactual is not None
    result = carried(withheld_plan, study, estimate, outcome="y", subgroup=None)
    (found,) = protected.protected_claims(withheld_plan.plan, [result])
    if treated == 1:
        assert found.estimate.counterfactual is None
        assert all(mean.is_hidden for mean in found.means)
        assert "counterfactual" not in found.to_record()["estimate"]
        return
    built = found.estimate.counterfactual
    assert (built.weights, built.placebos, built.predictors) == ((), (), ())
    assert built.observed == estimate.counterfactual.observed
    assert not any(f"d{k}" in str(found.to_record()) for k in range(10, 40))


def test_a_level_of_one_course_is_hidden_with_it(withheld_plan):
    study = donors(1)
    told = ToldClaim.of(Result(claim(), study, ik.SyntheticControl().estimate(study)))
    result = carried(withheld_plan, study, told_estimate(study), outcome="y", subgroup=None, relative=True)
    assert protected._hides_level(result, told, frozenset({"means.all"}))
    assert not protected._hides_level(result, told, frozenset({"rows"}))


def told_estimate(study):
    return ik.SyntheticControl().estimate(study)


def test_a_level_of_a_cross_section_is_that_of_the_one_period(withheld_plan):
    frame = pd.DataFrame({"y": np.arange(40.0), "arm": np.arange(40) % 2})
    study = ik.Study(frame, outcome="y", treated="arm")
    estimate = ik.RandomisedTrial().estimate(study)
    result = carried(withheld_plan, study, estimate, outcome="y", subgroup=None, relative=True)
    told = ToldClaim.of(result)
    assert protected._hides_level(result, told, frozenset({"means.once"}))
    assert not protected._hides_level(result, told, frozenset())
    assert not protected._hides_level(
        carried(withheld_plan, study, estimate), told, frozenset({"means.once"})
    )


def test_a_reason_for_no_interval_is_a_sentence_like_others(withheld_plan):
    reason = ik.wording.Message("estimate.one_cluster", {"treated": 1, "comparison": 40})
    unknown = replace(term().interval, reason=reason)
    hiding = protected.Hiding(threshold=10)
    assert hiding.sentence(reason) == protected._interval(unknown, hiding).reason
    assert protected._interval(term().interval, hiding) == term().interval


def test_subgroups_without_a_whole_stand_alone():
    frame = panel(40, 60)
    assert hidden(subgroup(frame, frame["sex"] == "w")) == []


def test_a_record_without_a_test_holds_none(withheld_plan):
    study = donors(1)
    estimate = replace(ik.SyntheticControl().estimate(study), permutation=None, covariance=np.empty((0, 0)))
    (found,) = protected.protected_claims(
        withheld_plan.plan, [carried(withheld_plan, study, estimate, outcome="y", subgroup=None)]
    )
    record = found.to_record()["estimate"]
    assert (record["permutation"], record["covariance"], found.law, found.n_assignments) == (
        None,
        [],
        None,
        None,
    )
    assert np.isnan(found.p_value)
