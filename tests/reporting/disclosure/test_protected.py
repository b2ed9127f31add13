"""What is shown of a claim when some of its figures are hidden: each number by itself."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from impactkit.data.columns import LeftOut
from impactkit.effects.estimate import Sample, Term
from impactkit.reporting.disclosure import protected
from impactkit.reporting.disclosure.protected import Hiding
from impactkit.reporting.disclosure.shown import HIDDEN_NUMBER, Disclosure
from impactkit.reporting.disclosure.told_claim import ToldClaim
from reporting.disclosure.carried_claims import (
    FEW_HIDDEN,
    MANY,
    REACHED,
    carried,
    shown,
    study,
)
from reporting.disclosure.told_claims import told_claim


def test_of_many_all_is_shown_and_sentences_hide_the_few():
    result = carried(study(20, 30))
    found = shown(result)
    assert found.hidden == frozenset()
    assert [(mean.n, mean.is_hidden) for mean in found.means] == [(20, False)] * 2 + [(30, False)] * 2
    assert [mean.mean for mean in found.means] == [mean.mean for mean in result.estimate.means]
    assert [mean.period_name for mean in found.means] == ["2020", "2021"] * 2
    assert found.sample == protected.ShownSample(
        n_rows=100,
        n_units=50,
        n_treated=20,
        n_clusters=50,
        n_treated_clusters=20,
        n_comparison_clusters=30,
    )
    assert (found.account.read, found.account.used, found.account.aside) == (100, 100, 0)
    assert (found.verdict.reasons, found.checks[0].sentence) == ((FEW_HIDDEN, MANY), FEW_HIDDEN)
    assert (found.grade.reasons, found.grade.open_questions) == ((FEW_HIDDEN,), (MANY, FEW_HIDDEN))
    assert (found.grade.value, found.verdict.status, found.verdict.threshold) == (3, "supported", 1.0)
    assert found.verdict.permutation_p == 1 / 56
    assert found.n_assignments == math.comb(50, 20)
    assert found.p_value == result.estimate.permutation.p_value()
    assert found.law == result.estimate.permutation.law
    assert found.has_clusters is False


def test_everything_is_shown_of_rows_that_anybody_may_see():
    result = carried(study(3, 5), relative=True, reached=REACHED)
    found = shown(result, public=True)
    assert (found.verdict, found.grade, found.checks) == (result.verdict, result.grade, result.checks)
    assert found.estimate is result.estimate
    assert (found.n_assignments, found.p_value, found.sample.n_treated) == (56, 1 / 56, 3)
    assert found.kept == (0,)


def test_few_treated_take_the_test_and_the_level_with_them():
    # Of 56 assignments only the one that was drawn has so large an effect: p is 1 of 56.
    result = carried(study(3, 5), relative=True, relative_point=0.5)
    found = shown(result)
    assert {"means.2020.0", "means.2021.0", "arms"} <= found.hidden
    assert all((mean.n, mean.mean) == (None, None) for mean in found.means)
    assert (found.n_assignments, found.p_value, found.verdict.permutation_p) == (None, 0.025, 0.025)
    assert found.law.values["treated"] == HIDDEN_NUMBER
    assert found.estimate.estimand.values["treated"] == HIDDEN_NUMBER
    assert math.isnan(found.verdict.relative_point)
    assert math.isnan(found.verdict.threshold)
    sample = found.sample
    assert (sample.n_treated, sample.n_treated_clusters, sample.n_comparison_clusters) == (None,) * 3


def test_a_test_that_is_drawn_tells_no_number_of_assignments():
    result = carried(study(6, 60))
    found = shown(result)
    assert result.estimate.permutation.is_exact is False
    assert (found.n_assignments, found.verdict.permutation_p) == (None, 1 / 56)
    assert found.p_value == result.estimate.permutation.p_value()


def test_a_record_holds_what_is_shown():
    record = shown(carried(study(3, 5))).to_record()
    assert (record["claim"], record["verdict"]["status"], record["grade"]["value"]) == ("C1", "supported", 3)
    assert record["checks"][0]["sentence"] == FEW_HIDDEN.to_record()
    told = record["estimate"]
    assert [(mean["n"], mean["mean"]) for mean in told["means"]] == [(None, None)] * 4
    assert (told["influence"], told["sample"]["n_treated"]) == ([], None)
    test = told["permutation"]
    assert (test["p_value"], test["n_assignments"], test["extreme"]) == (0.025, None, None)
    assert test["law"]["values"]["treated"] == HIDDEN_NUMBER.to_record()
    plain = shown(carried(study(3, 5)), public=True).to_record()["estimate"]["permutation"]
    assert (plain["p_value"], plain["n_assignments"], plain["extreme"]) == (1 / 56, "56", 1)
    assert plain["law"]["values"]["treated"] == 3


def with_terms(result, *terms):
    """A result with more effects of a start beside its own, and a covariance that tells them apart."""
    first = result.estimate.terms[0]
    all_of_them = (first, *(Term(name="x", interval=first.interval, **term) for term in terms))
    n = len(all_of_them)
    covariance = np.arange(n * n, dtype=float).reshape(n, n)
    result.estimate = replace(result.estimate, terms=all_of_them, covariance=covariance)
    return result


def test_effects_of_a_start_that_few_share_are_in_no_record():
    starts = [*[2020.0] * 3, *[2021.0] * 17, *[np.inf] * 30]
    result = with_terms(carried(study(20, 30)), {"group": 2020.0}, {"group": 2021.0}, {"group": 2020.0})
    result.study = study(20, 30, starts=starts)
    found = shown(result)
    assert found.kept == (0, 2)
    record = found.to_record()["estimate"]
    assert len(record["terms"]) == 2
    # Of the rows and columns 0 to 3 those of the first effect and the third are left.
    assert record["covariance"] == [[0.0, 2.0], [8.0, 10.0]]


def rows_of(*, cohort=(5.0,) * 20, period=(0, 1) * 10, periods=(2020.0, 2021.0)):
    codes = None if period is None else np.array(period)
    time = None if codes is None else np.array(periods)[codes]
    held = None if cohort is None else np.array(cohort)
    return SimpleNamespace(columns=SimpleNamespace(cohort=held, period=codes, time=time))


@pytest.mark.parametrize(
    ("term", "rows", "threshold", "of_few"),
    [
        ({}, {}, 100, False),
        ({"group": 5.0}, {"cohort": None}, 100, False),
        ({"group": 5.0}, {}, 20, False),
        ({"group": 5.0}, {}, 21, True),
        ({"group": 6.0}, {}, 21, False),
        # Half of the rows are of the one period, and where there are none a term's period says nothing.
        ({"group": 5.0, "time": 2021.0}, {}, 11, True),
        ({"group": 5.0, "time": 2021.0}, {}, 10, False),
        ({"group": 5.0, "time": 2021.0}, {"period": (0,) * 19 + (1,)}, 10, True),
        ({"group": 5.0, "time": 2021.0}, {"period": None}, 20, False),
    ],
)
def test_an_effect_is_of_few_when_its_start_is(term, rows, threshold, of_few):
    one = SimpleNamespace(**{"group": None, "time": None, **term})
    assert protected._is_of_few(one, rows_of(**rows), threshold) is of_few


def clusters(cluster, period=None):
    period = None if period is None else np.array(period)
    return SimpleNamespace(columns=SimpleNamespace(cluster=cluster, period=period))


@pytest.mark.parametrize(
    ("cluster", "period", "enough"),
    [
        (None, None, False),
        ([0] * 4 + [1] * 3, None, True),
        ([0] * 4 + [1] * 2, None, False),
        ([0] * 6, [0, 0, 0, 1, 1, 1], True),
        ([0] * 6, [0, 0, 0, 0, 1, 1], False),
        # Cluster 1 in the first period is not cluster 0 in the second: two and two are not four.
        ([0, 0, 1, 1], [1, 1, 0, 0], False),
        ([0] * 3 + [2] * 3, [0, 0, 0, 2, 2, 2], True),
    ],
)
def test_clusters_hold_enough_when_each_does_whenever_it_is_seen(cluster, period, enough):
    codes = None if cluster is None else np.array(cluster)
    assert protected._clusters_hold_enough(clusters(codes, period), 3) is enough


SAMPLE = Sample(
    n_rows=200,
    n_units=100,
    n_treated=40,
    n_clusters=30,
    n_treated_clusters=12,
    n_comparison_clusters=18,
)
COUNTED = {"n_rows": 200, "n_units": 100, "n_treated": 40}
CLUSTERS = {"n_clusters": 30, "n_treated_clusters": 12, "n_comparison_clusters": 18}


@pytest.mark.parametrize(
    ("sample", "hiding", "hidden", "gone"),
    [
        ({}, {}, set(), set()),
        ({}, {}, {"rows"}, {"n_rows"}),
        ({}, {}, {"units"}, {"n_units", "n_clusters"}),
        ({}, {"arms": True}, set(), {"n_treated", "n_treated_clusters", "n_comparison_clusters"}),
        ({"n_treated_clusters": 9}, {}, set(), set(CLUSTERS)),
        ({"n_comparison_clusters": 9}, {}, set(), set(CLUSTERS)),
        # Clusters that each hold enough people are told whatever is hidden of these, and however few.
        (
            {"n_treated_clusters": 9},
            {"arms": True, "clusters": frozenset({30})},
            {"units"},
            {"n_units", "n_treated"},
        ),
    ],
)
def test_clusters_tell_as_much_as_units_unless_they_hold_enough(sample, hiding, hidden, gone):
    account = protected.ShownAccount(read=1, used=1, has_aside=False, aside=0, left_out=())
    estimate = SimpleNamespace(sample=replace(SAMPLE, **sample))
    found = protected._sample(estimate, Hiding(threshold=10, **hiding), frozenset(hidden), account)
    expected = {**COUNTED, **CLUSTERS, **sample, **dict.fromkeys(gone)}
    assert {name: getattr(found, name) for name in expected} == expected


def test_clusters_of_their_own_are_neither_rows_nor_units():
    found = shown(carried(study(20, 30)))
    for n, own in ((30, True), (50, False), (100, False)):
        sample = replace(found.estimate.sample, n_clusters=n)
        one = replace(found, estimate=replace(found.estimate, sample=sample))
        assert one.has_clusters is own


LEFT = (
    LeftOut(reason="outcome_missing", n_treated=30, n_comparison=20),
    LeftOut(reason="covariate_missing", n_treated=12, n_comparison=11),
)


@pytest.mark.parametrize(
    ("hidden", "gone"),
    [
        (set(), set()),
        ({"read"}, {"read"}),
        ({"rows"}, {"used"}),
        ({"left.aside"}, {"aside"}),
        ({"left.0"}, {"n 0"}),
        ({"left_arms.1"}, {"treated 1", "comparison 1"}),
    ],
)
def test_rows_are_accounted_for_but_for_those_hidden(hidden, gone):
    result = SimpleNamespace(study=SimpleNamespace(n_rows=200, left_out=LEFT))
    told = SimpleNamespace(n_used=190, n_aside=10)
    account = protected._account(result, told, frozenset(hidden))
    found = {"read": account.read, "used": account.used, "aside": account.aside}
    for k, item in enumerate(account.left_out):
        found |= {f"n {k}": item.n, f"treated {k}": item.n_treated, f"comparison {k}": item.n_comparison}
    expected = {"read": 273, "used": 190, "aside": 10}
    expected |= {
        "n 0": 50,
        "treated 0": 30,
        "comparison 0": 20,
        "n 1": 23,
        "treated 1": 12,
        "comparison 1": 11,
    }
    assert found == {**expected, **dict.fromkeys(gone)}
    assert [item.reason for item in account.left_out] == ["outcome_missing", "covariate_missing"]


@pytest.mark.parametrize(("n_aside", "has_aside"), [(0, False), (1, True)])
def test_rows_aside_are_known_to_be_there_though_they_are_hidden(n_aside, has_aside):
    result = SimpleNamespace(study=SimpleNamespace(n_rows=200, left_out=()))
    told = SimpleNamespace(n_used=190, n_aside=n_aside)
    assert protected._account(result, told, frozenset({"left.aside"})).has_aside is has_aside


@pytest.mark.parametrize(
    ("hidden", "arms", "changes"),
    [
        (set(), False, False),
        ({"arms"}, True, False),
        ({"away"}, False, True),
        ({"left.0"}, False, True),
        ({"left_arms.0"}, False, True),
        ({"rows", "units", "means.2020.0"}, False, False),
    ],
)
def test_what_is_hidden_in_sentences_follows_the_figures(hidden, arms, changes):
    result, rule = carried(study(20, 30)), Disclosure(smallest=10)
    found = protected._hiding(result, rule, frozenset(hidden), ToldClaim.of(result))
    assert found == Hiding(threshold=10, arms=arms, changes=changes, n_treated=20)
    assert protected._hiding(result, Disclosure(), frozenset(hidden), ToldClaim.of(result)) == Hiding()


def test_clusters_of_enough_people_are_told_in_sentences():
    made = study(20, 30)
    made = replace_columns(made, cluster=np.repeat([0, 1, 2, 3, 4], 20))
    result = carried(study(20, 30))
    result.study = made
    result.estimate = replace(
        result.estimate,
        sample=replace(result.estimate.sample, n_clusters=5, n_treated_clusters=2, n_comparison_clusters=3),
    )
    found = protected._hiding(result, Disclosure(smallest=10), frozenset(), ToldClaim.of(result))
    assert found.clusters == {2, 3, 5}


def replace_columns(made, **columns):
    return SimpleNamespace(
        columns=replace(made.columns, **columns),
        outcome=made.outcome,
        kind=made.kind,
        n_rows=made.n_rows,
        left_out=made.left_out,
    )


def test_few_who_came_or_went_are_told_of_by_no_figure_of_their_claim():
    seen = {("treated", 1.0): [k % 7 + 0.5 for k in range(40)]}
    seen |= {("treated", 2.0): seen["treated", 1.0][3:], ("comparison", 1.0): [k % 5 for k in range(60)]}
    seen |= {("comparison", 2.0): seen["comparison", 1.0]}
    few, other = (
        told_claim(seen, outcome=outcome, units={"treated": n, "comparison": 60})
        for outcome, n in (("y", 40), ("z", 60))
    )
    assert {name for name in protected.hidden_names([other, few], 10) if "away" in name} == {"1.away"}
    assert {name for name in protected.hidden_names([other, few], 3) if "away" in name} == set()
    assert protected.hidden_names([few], 0) == frozenset()


@pytest.mark.parametrize(("hidden", "hides"), [({"means.once"}, True), ({"rows"}, False), (set(), False)])
def test_a_level_of_a_cross_section_is_that_of_its_means(hidden, hides):
    result = carried(study(20, 30), reached=REACHED)
    told = told_claim({("treated", None): [1, 2], ("comparison", None): [1, 2]})
    result.study = SimpleNamespace(columns=told.columns)
    assert protected._hides_level(result, told, frozenset(hidden)) is hides
