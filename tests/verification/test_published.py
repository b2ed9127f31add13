"""What published figures say of people: the equations of small results, and what these tell."""

import pytest

from impactkit.verification.published import Found, Published, audited, published
from verification.small_records import plan_of, result_of

HIDDEN = {"code": "report.disclosure.number", "values": {}}
WOMEN = {"subgroup": {"column": "sex", "value": "w"}}
PANEL = {"unit": "person", "time": "year", "start": 2020}


def told_of(plan, *results):
    return published(plan, {"results": list(results)})


def shown(told):
    return {name: (count, value) for name, count, value in told.shown if name}


def known(told):
    """Sums that are known to be none."""
    return [count for name, count, value in told.shown if not name and value == 0]


def test_figures_are_sums_of_people_by_group_and_period():
    told = told_of(plan_of(), result_of(left=[(13, 11, 2), (HIDDEN, HIDDEN, 0)]))
    treated, comparison = {"y|treated|once": 1}, {"y|comparison|once": 1}
    left = [{f"C1, left_out {k}|{arm}": 1 for arm in ("treated", "comparison")} for k in (1, 2)]
    assert shown(told) == {
        "C1, treated, once": (treated, 40),
        "C1, comparison, once": (comparison, 60),
        "C1, n_rows": ({**treated, **comparison}, 100),
        "C1, n_units": ({**treated, **comparison}, 100),
        "C1, n_treated": (treated, 40),
        "C1, n_treated_clusters": (treated, 40),
        "C1, left_out 1": (left[0], 13),
        "C1, left_out 1, treated": ({"C1, left_out 1|treated": 1}, 11),
        "C1, left_out 1, comparison": ({"C1, left_out 1|comparison": 1}, 2),
        "C1, left_out 2, comparison": ({"C1, left_out 2|comparison": 1}, 0),
    }
    # Of those left out it is known that there are some; in which arm is not.
    assert told.hidden == [
        ("C1, left_out 2", left[1]),
        ("C1, left_out 2, treated", {"C1, left_out 2|treated": 1}),
    ]
    assert told.somebody == [left[1]]
    assert known(told) == []
    assert list(told.people.values()) == list(range(len(told.people)))


def test_in_a_panel_units_are_those_seen_and_those_away():
    told = told_of(plan_of(**PANEL, cluster="area"), result_of(n=(None, 60), units=None, treated=None))
    assert shown(told) == {"C1, comparison, once": ({"y|comparison|once": 1}, 60)}
    groups = ("treated", "comparison")
    assert known(told) == [
        {f"y|{group}|units": 1, f"y|{group}|once": -1, f"y|{group}|once|away": -1} for group in groups
    ]
    rows, units = ({f"y|{group}|{what}": 1 for group in groups} for what in ("once", "units"))
    assert told.hidden == [
        ("C1, treated, once", {"y|treated|once": 1}),
        ("C1, n_rows", rows),
        ("C1, n_units", units),
        ("C1, n_treated", {"y|treated|units": 1}),
    ]
    assert told.somebody == [count for _, count in told.hidden]


def test_units_or_times_alone_make_no_panel():
    for roles in ({"unit": "person"}, {"time": "year", "start": 2020}):
        assert known(told_of(plan_of(**roles), result_of())) == []


def test_periods_are_told_apart_and_named_as_they_are_written():
    result = result_of()
    for mean, name in zip(result["estimate"]["means"], ("2019", None), strict=True):
        mean |= {"period": 2019.0, "period_name": name}
    told = shown(told_of(plan_of(), result))
    assert told["C1, treated, 2019"] == ({"y|treated|2019.0": 1}, 40)
    assert told["C1, comparison, 2019.0"] == ({"y|comparison|2019.0": 1}, 60)


@pytest.mark.parametrize(
    ("method", "left_out"),
    [
        ("difference_in_differences", set()),
        ("stacked_difference_in_differences", {"n_rows"}),
        ("triple_difference", {"n_treated", "n_treated_clusters"}),
        ("switching_difference_in_differences", set()),
    ],
)
def test_some_methods_count_other_people_than_their_means(method, left_out):
    told = shown(told_of(plan_of(), result_of(method=method)))
    every = {"n_rows", "n_units", "n_treated", "n_treated_clusters"}
    assert {name.split(", ")[1] for name in told} & every == every - left_out
    switched = method.startswith("switching")
    if "n_treated_clusters" not in left_out:
        who = "y|switched" if switched else "y|treated|once"
        assert told["C1, n_treated_clusters"][0] == {who: 1}


@pytest.mark.parametrize(
    ("cluster", "is_unit"), [(None, True), ("person", True), ("area", False)], ids=["none", "unit", "area"]
)
def test_clusters_are_people_only_where_they_are_units(cluster, is_unit):
    more = {} if cluster is None else {"cluster": cluster}
    told = shown(told_of(plan_of(**PANEL, **more), result_of()))
    assert ("C1, n_treated_clusters" in told) is is_unit


def test_without_treated_there_are_none_to_be_counted():
    result = result_of()
    del result["estimate"]["means"][0]
    assert set(shown(told_of(plan_of(), result))) == {"C1, comparison, once", "C1, n_rows", "C1, n_units"}


def test_subgroups_and_the_rest_make_up_the_whole():
    plan = plan_of(
        WOMEN,
        {"subgroup": {"column": "sex", "value": "m"}},
        {"subgroup": {"column": "age", "value": "old"}},
        {"outcome": "z", **WOMEN},
    )
    told = told_of(plan, *(result_of(f"C{k}") for k in range(1, 6)))
    assert known(told) == [
        {f"y|{group}|once": 1, **{f"y where {who}|{group}|once": -1 for who in members}, rest: -1}
        for column, members in (("sex", ["sex is w", "sex is m"]), ("age", ["age is old"]))
        for group in ("treated", "comparison")
        for rest in [f"y|{group}|once|rest of {column}"]
    ]
    # The women asked about z are part of no whole that is told of.
    assert {"z where sex is w|treated|once", "z where sex is w|comparison|once"} <= set(told.people)


def test_an_outcome_of_a_claim_is_another_than_the_plans():
    plan = plan_of({"outcome": "z"}, {"outcome": "z", **WOMEN})
    told = told_of(plan, *(result_of(f"C{k}") for k in (1, 2, 3)))
    rests = {name for name in told.people if "rest of" in name}
    assert rests == {"z|treated|once|rest of sex", "z|comparison|once|rest of sex"}


def test_the_parts_of_a_panel_are_joined_where_people_are_seen():
    told = told_of(plan_of(WOMEN, **PANEL), result_of("C1"), result_of("C2"))
    rests = [name for name in told.people if "rest of" in name]
    assert rests == ["y|treated|once|rest of sex", "y|comparison|once|rest of sex"]


@pytest.mark.parametrize("outcome", ["units", "units_let", "a|b"])
def test_the_name_of_an_outcome_does_not_keep_its_parts_apart(outcome):
    part = result_of("C2", n=(36, 60), units=96, treated=36)
    told = told_of(plan_of(WOMEN, outcome=outcome), result_of("C1"), part)
    rests = [name for name in told.people if "rest of" in name]
    assert rests == [f"{outcome}|{group}|once|rest of sex" for group in ("treated", "comparison")]
    assert rests[0] in audited(told, 10).pinned


def test_a_period_that_no_subgroup_is_seen_in_is_of_the_rest():
    part = result_of("C2")
    for mean in part["estimate"]["means"]:
        mean["period"] = 2030.0
    told = told_of(plan_of(WOMEN), result_of("C1"), part)
    assert known(told)[0] == {"y|treated|once": 1, "y|treated|once|rest of sex": -1}


def test_several_records_are_asked_of_the_same_people():
    record = {"results": [result_of()]}
    once, twice = published(plan_of(), record), published(plan_of(), record, record)
    assert list(twice.people) == list(once.people)
    assert twice.shown == once.shown * 2


def figures(*told, **hidden):
    found = Published()
    for name, value in told:
        found.told(name, {k: v for part in name.split("+") for k, v in found.group(part).items()}, value)
    for name, zero in hidden.items():
        found.told(name, found.group(name), None, zero=zero)
    return found


@pytest.mark.parametrize(("total", "pinned"), [(12, ()), (11, ("a", "b"))])
def test_a_hidden_figure_needs_as_much_room_as_the_threshold(total, pinned):
    """Both are of somebody: of 12 each is one of eleven numbers that lie ten apart, of 11 nine apart."""
    assert audited(figures(("a+b", total), a=False, b=False), 10).pinned == pinned


def test_a_hidden_figure_that_may_be_of_nobody_has_more_room():
    assert audited(figures(("a+b", 10), a=True, b=True), 10) == Found()
    assert audited(figures(("a+b", 9), a=True, b=True), 10) == Found(small=("a+b",), pinned=("a", "b"))


def test_a_figure_about_which_nothing_is_told_has_room():
    assert audited(figures(a=False, b=True), 10) == Found()


REST = "y|rest of sex"


@pytest.mark.parametrize(
    ("whole", "part", "threshold", "pinned"),
    [
        (40, 36, 5, (REST,)),
        (40, 36, 4, ()),
        (37, 36, 10, (REST,)),
        # Nobody is left: there is nobody to tell of.
        (36, 36, 10, ()),
    ],
)
@pytest.mark.parametrize("name", [REST, "y|away"])
def test_those_no_figure_names_are_told_where_they_are_known_to_be_few(name, whole, part, threshold, pinned):
    told = figures((f"y+{name}", whole), ("y", part))
    assert audited(told, threshold) == Found(pinned=tuple(name for _ in pinned))
    # Nor does a hidden figure beside them change what they are held to.
    told = figures((f"y+{name}", whole), ("y", part), z=False)
    assert audited(told, threshold) == Found(pinned=tuple(name for _ in pinned))


def test_those_of_whom_there_may_be_none_are_not_told():
    assert audited(figures((f"{REST}+other", 4)), 10) == Found(small=(f"{REST}+other",))


def test_small_figures_are_named_and_sums_that_are_known_are_not():
    told = figures(("a", 9), ("b", 10), ("c", 0), ("d", 1))
    told.same(told.group("a"), told.group("e"))
    told.shown.append(("", told.group("a"), 9))
    assert audited(told, 10) == Found(small=("a", "d"))


def test_figures_that_nobody_could_give_contradict_each_other():
    told = figures(("a+b", 9), ("a", 10), b=False)
    assert audited(told, 10) == Found(small=("a+b",), contradict=True)
    assert audited(figures(("a+b", 12), ("a", 1), b=False), 1).contradict is False


def test_a_sum_is_a_row_of_the_equations():
    told = Published()
    assert [told.group(name) for name in ("a", "b", "a", "c")] == [{"a": 1}, {"b": 1}, {"a": 1}, {"c": 1}]
    assert told.row({"c": 2, "a": -1}) == [-1.0, 0.0, 2.0]
    told.same({"a": 1, "b": 1}, {"b": 1, "c": 1})
    assert told.shown == [("", {"a": 1, "b": 0, "c": -1}, 0)]
