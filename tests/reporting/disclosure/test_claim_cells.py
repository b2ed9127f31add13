"""What is told of claims, as sums of people: worked out by hand for claims of a few rows."""

from impactkit.reporting.disclosure.claim_cells import claim_cells
from impactkit.reporting.disclosure.protected import hidden_names
from reporting.disclosure.told_claims import told_claim

T, C = "treated", "comparison"
PANEL = {(T, 1.0): [1, 2, 3, 4], (T, 2.0): [1, 2, 3], (C, 1.0): [1, 2, 3, 4, 5], (C, 2.0): [2, 3, 4, 5, 6]}
ASKED = {(T, None): [0, 1, 1], (C, None): [0, 0, 1, 1, 1]}
WOMEN = {(T, None): [0, 1], (C, None): [0, 0, 1]}


def cells_of(*claims):
    sizes, cells = claim_cells(claims)
    return sizes, {cell.name: cell for cell in cells}


def sums(cells):
    """The sums of each cell, those that count people before those that may be 0."""
    return {name: (*cell.counts, *cell.parts) for name, cell in cells.items()}


def one(name):
    return ({name: 1},)


def test_of_a_panel_those_away_and_those_left_out_are_people_too():
    claim = told_claim(
        PANEL, units={T: 4, C: 6}, n_treated=3, n_used=16, n_aside=1, left_out=[(2, 1), (0, 7)]
    )
    sizes, cells = cells_of(claim)
    assert sizes == {
        "y|0|treated|1.0": 4,
        "y|0|treated|2.0": 3,
        "y|0|comparison|1.0": 5,
        "y|0|comparison|2.0": 5,
        "0|units|treated": 4,
        "0|units|comparison": 6,
        "0|away|treated|1.0": 0,
        "0|away|treated|2.0": 1,
        "0|away|comparison|1.0": 1,
        "0|away|comparison|2.0": 1,
        # The estimate tells of fewer treated units and rows than there are.
        "0|treated": 3,
        "0|used": 16,
        "0|aside": 1,
        "0|left|0|t": 2,
        "0|left|0|c": 1,
        "0|left|1|t": 0,
        "0|left|1|c": 7,
    }
    left = [{"0|left|0|t": 1, "0|left|0|c": 1}, {"0|left|1|t": 1, "0|left|1|c": 1}]
    away = {}
    for group in (T, C):
        for time in ("1.0", "2.0"):
            name = f"0|away|{group}|{time}"
            away[f"{name}|same"] = ({f"0|units|{group}": 1, f"y|0|{group}|{time}": -1, name: -1},)
            away[f"{name}|untold"] = one(name)
    assert sums(cells) == {
        "0.means.1.0": (*one("y|0|treated|1.0"), *one("y|0|comparison|1.0")),
        "0.means.2.0": (*one("y|0|treated|2.0"), *one("y|0|comparison|2.0")),
        **away,
        "0.rows": one("0|used"),
        "0.units": ({"0|units|treated": 1, "0|units|comparison": 1},),
        "0.arms": (*one("0|units|treated"), *one("0|units|comparison"), *one("0|treated")),
        "0.left.aside": one("0|aside"),
        "0.left.0": (left[0],),
        "0.left_arms.0": (*one("0|left|0|t"), *one("0|left|0|c")),
        "0.left.1": (left[1],),
        "0.left_arms.1": (*one("0|left|1|t"), *one("0|left|1|c")),
        "0.read": ({"0|used": 1, "0|aside": 1, **left[0], **left[1]},),
    }


def test_what_nobody_is_told_of_is_not_published_and_what_all_know_is_dearest():
    _, cells = cells_of(told_claim(PANEL, units={T: 4, C: 6}, n_aside=1, left_out=[(2, 1)]))
    assert {name for name, cell in cells.items() if not cell.is_published} == {
        f"0|away|{group}|{time}|untold" for group in (T, C) for time in ("1.0", "2.0")
    }
    assert not any(cell.is_unsafe for cell in cells.values())
    known = {name: cell for name, cell in cells.items() if cell.cost > 50}
    assert set(known) == {f"0|away|{group}|{time}|same" for group in (T, C) for time in ("1.0", "2.0")}
    assert {(cell.cost, cell.counts) for cell in known.values()} == {(99.0, ())}
    # A mean is dearer than counts, and of these the number of rows read is the first to go.
    told = {name: cell.cost for name, cell in cells.items() if cell.is_published and name not in known}
    assert told == {
        "0.means.1.0": 1.0,
        "0.means.2.0": 1.0,
        "0.arms": 0.6,
        "0.rows": 0.5,
        "0.units": 0.4,
        "0.left.aside": 0.3,
        "0.left.0": 0.3,
        "0.left_arms.0": 0.2,
        "0.read": 0.1,
    }


def test_rows_all_of_which_are_used_are_the_people_of_the_means():
    sizes, cells = cells_of(told_claim(PANEL))
    everybody = {f"y|0|{group}|{time}": 1 for group in (T, C) for time in ("1.0", "2.0")}
    assert sizes == dict(zip(everybody, (4, 3, 5, 5), strict=True))
    assert sums(cells)["0.rows"] == sums(cells)["0.units"] == sums(cells)["0.read"] == (everybody,)
    arms = tuple({f"y|0|{group}|{time}": 1 for time in ("1.0", "2.0")} for group in (T, C))
    assert sums(cells)["0.arms"] == arms
    assert "0.left.aside" not in cells


def test_more_rows_than_units_leave_nobody_away():
    sizes, _ = cells_of(told_claim(PANEL, units={T: 2, C: 6}))
    assert sizes["0|away|treated|1.0"] == 0
    assert sizes["0|away|comparison|1.0"] == 1


def test_one_course_is_told_of_in_all_periods_or_in_none():
    course = {(T, 1.0): [1, 2, 3], (T, 2.0): [4, 4, 4]}
    _, cells = cells_of(told_claim(course, is_of_one_course=True))
    assert sums(cells)["0.means.all"] == (*one("y|0|treated|1.0"), *one("y|0|treated|2.0"))
    assert cells["0.means.all"].is_unsafe is True
    _, apart = cells_of(told_claim(course))
    assert (apart["0.means.1.0"].is_unsafe, apart["0.means.2.0"].is_unsafe) == (False, True)


def test_a_share_is_told_of_those_who_have_it_and_those_who_have_not():
    sizes, cells = cells_of(told_claim(ASKED))
    having, others = ({f"y|0|{group}|once|{kind}": 1 for group in (T, C)} for kind in ("having", "others"))
    assert sizes == {
        "y|0|treated|once|having": 2,
        "y|0|treated|once|others": 1,
        "y|0|comparison|once|having": 3,
        "y|0|comparison|once|others": 2,
    }
    mean = cells["0.means.once"]
    assert mean.counts == (
        {"y|0|treated|once|having": 1, "y|0|treated|once|others": 1},
        {"y|0|comparison|once|having": 1, "y|0|comparison|once|others": 1},
    )
    assert mean.parts == (
        *one("y|0|treated|once|having"),
        *one("y|0|treated|once|others"),
        *one("y|0|comparison|once|having"),
        *one("y|0|comparison|once|others"),
    )
    assert sums(cells)["0.rows"] == ({**having, **others},)
    assert mean.is_unsafe is False


def rests(cells):
    return {name.removeprefix("0|sex|"): cell for name, cell in cells.items() if name.startswith("0|sex|")}


def test_those_outside_a_subgroup_are_whoever_is_left():
    sizes, cells = cells_of(told_claim(ASKED), told_claim(WOMEN, part=("sex", "w")))
    assert {name: n for name, n in sizes.items() if name.startswith("0|")} == {
        "0|sex|treated|once|having|rest": 1,
        "0|sex|treated|once|others|rest": 0,
        "0|sex|comparison|once|having|rest": 2,
        "0|sex|comparison|once|others|rest": 0,
    }
    held = rests(cells)
    assert set(held) == {f"{g}|once|{kind}" for g in (T, C) for kind in ("having", "others", "untold")}
    for group in (T, C):
        for kind in ("having", "others"):
            (said,) = held[f"{group}|once|{kind}"].parts
            assert said == {
                f"y|0|{group}|once|{kind}": 1,
                f"y|1|{group}|once|{kind}": -1,
                f"0|sex|{group}|once|{kind}|rest": -1,
            }
        both = [{f"0|sex|{group}|once|{kind}|rest": 1} for kind in ("having", "others")]
        untold = held[f"{group}|once|untold"]
        assert (untold.counts, untold.parts) == (({**both[0], **both[1]},), tuple(both))
        # All of them have it: their share would be 100 per cent.
        assert (untold.is_unsafe, untold.is_published) == (True, False)


def test_the_rest_of_a_mean_is_told_by_its_number_alone():
    part = {key: values[:-1] for key, values in PANEL.items()}
    _, cells = cells_of(told_claim(PANEL), told_claim(part, part=("sex", "w")))
    untold = rests(cells)["treated|2.0|untold"]
    assert (untold.counts, untold.parts, untold.is_unsafe) == (one("0|sex|treated|2.0|n|rest"), (), False)
    (said,) = rests(cells)["treated|2.0|n"].parts
    assert said == {"y|0|treated|2.0": 1, "y|1|treated|2.0": -1, "0|sex|treated|2.0|n|rest": -1}


def test_a_rest_of_whom_some_have_it_is_not_unsafe_and_nobody_is_no_rest():
    few = {(T, None): [1], (C, None): [0, 0, 1]}
    _, cells = cells_of(told_claim(ASKED), told_claim(few, part=("sex", "w")))
    assert rests(cells)["treated|once|untold"].is_unsafe is False
    sizes, cells = cells_of(told_claim(ASKED), told_claim(ASKED, part=("sex", "w")))
    assert {n for name, n in sizes.items() if name.startswith("0|")} == {0}
    assert rests(cells)["treated|once|untold"].is_unsafe is False


def test_all_subgroups_of_a_column_and_the_rest_make_up_the_whole():
    women, men = ({(T, None): [0.5, 1, k], (C, None): [2, 3]} for k in (5, 6))
    whole = {(T, None): [0.5, 1, 5, 0.5, 1, 6, 9], (C, None): [2, 3, 2, 3]}
    sizes, cells = cells_of(
        told_claim(women, part=("sex", "w")),
        told_claim(whole),
        told_claim(men, part=("sex", "m")),
        told_claim(men, part=("age", "old")),
    )
    assert (sizes["1|sex|treated|once|n|rest"], sizes["1|sex|comparison|once|n|rest"]) == (1, 0)
    assert (sizes["1|age|treated|once|n|rest"], sizes["1|age|comparison|once|n|rest"]) == (4, 2)
    (said,) = cells["1|sex|treated|once|n"].parts
    assert said == {
        "y|1|treated|once": 1,
        "y|0|treated|once": -1,
        "y|2|treated|once": -1,
        "1|sex|treated|once|n|rest": -1,
    }


def test_a_subgroup_that_is_larger_than_the_whole_is_no_part_of_it():
    whole, part = {(T, None): [1, 2, 3], (C, None): [4, 5]}, {(T, None): [1, 2, 3, 5], (C, None): [4]}
    sizes, cells = cells_of(told_claim(whole), told_claim(part, part=("sex", "w")))
    assert set(rests(cells)) == {"comparison|once|n", "comparison|once|untold"}
    assert sizes["0|sex|comparison|once|n|rest"] == 1


def test_a_period_that_a_subgroup_is_not_seen_in_is_of_the_rest():
    part = {(T, 1.0): [1, 2], (C, 1.0): [1, 2]}
    sizes, _ = cells_of(told_claim(PANEL), told_claim(part, part=("sex", "w")))
    assert (sizes["0|sex|treated|1.0|n|rest"], sizes["0|sex|treated|2.0|n|rest"]) == (2, 3)


def test_claims_on_the_same_people_are_told_of_the_same_people():
    other = {key: [*values, 8] for key, values in ASKED.items()}
    claims = [told_claim(ASKED), told_claim(other), told_claim(ASKED), told_claim(other)]
    _, cells = cells_of(*claims)
    means = [sums(cells)[f"{k}.means.once"] for k in range(4)]
    assert means[0] == means[2]
    assert means[1] == means[3] == (*one("y|1|treated|once"), *one("y|1|comparison|once"))
    _, cells = cells_of(told_claim(ASKED), told_claim(ASKED, outcome="z"))
    assert sums(cells)["1.means.once"][0] == {"z|1|treated|once|having": 1, "z|1|treated|once|others": 1}


def test_a_subgroup_is_not_the_whole_though_they_are_as_many():
    _, cells = cells_of(
        told_claim(ASKED),
        told_claim(ASKED, part=("sex", "w")),
        told_claim(ASKED, part=("sex", "m")),
        told_claim(ASKED, part=("age", "w")),
    )
    first = [sums(cells)[f"{k}.means.once"][0] for k in range(4)]
    assert first == [{f"y|{k}|treated|once|{kind}": 1 for kind in ("having", "others")} for k in range(4)]


def many(treated, comparison):
    """Outcomes that are no share, unlike each other and carried by nobody."""
    return {(group, None): [k % 7 + 0.5 for k in range(n)] for group, n in ((T, treated), (C, comparison))}


def test_two_claims_on_the_same_subgroup_are_hidden_alike():
    """Four treated are outside the subgroup: who sees it in one claim could tell of them by the other."""
    whole, part = told_claim(many(40, 60)), told_claim(many(36, 36), part=("sex", "w"))
    assert {"1.means.once", "2.means.once"} <= hidden_names([whole, part, part], 10)
    assert {"0.means.once", "2.means.once"} <= hidden_names([part, whole, part], 10)


def test_a_subgroup_told_with_two_numbers_is_held_against_the_whole_with_each():
    """In the first claim on it four treated are outside the subgroup, in the second 20."""
    whole, few, many_ = (
        told_claim(many(40, 60)),
        told_claim(many(36, 36), part=("sex", "w")),
        told_claim(many(20, 20), part=("sex", "w")),
    )
    for claims, name in (([whole, few, many_], "1.means.once"), ([whole, many_, few], "2.means.once")):
        assert name in hidden_names(claims, 10)
    assert hidden_names([whole, many_], 10) == frozenset()


def test_a_whole_told_with_two_numbers_is_held_against_its_subgroup_with_each():
    """Of the first whole four treated are outside the subgroup, of the second 24."""
    near, far = told_claim(many(40, 60)), told_claim(many(60, 60))
    part = told_claim(many(36, 36), part=("sex", "w"))
    assert "2.means.once" in hidden_names([near, far, part], 10)
    assert "2.means.once" in hidden_names([far, near, part], 10)
    assert hidden_names([far, part], 10) == frozenset()


def test_every_subgroup_is_held_with_the_others_whatever_number_each_is_told_with():
    """Women are told of with two numbers, men with one: four women and men are in neither, or twelve."""
    whole, men = told_claim(many(64, 80)), told_claim(many(30, 30), part=("sex", "m"))
    few, more = (told_claim(many(n, 30), part=("sex", "w")) for n in (22, 30))
    names = hidden_names([whole, few, more, men], 10)
    assert names & {"2.means.once", "3.means.once"}
    assert hidden_names([whole, few, men], 10) == frozenset()
