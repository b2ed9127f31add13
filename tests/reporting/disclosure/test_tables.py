"""Whoever knows every shown figure still cannot place a hidden one: judged by a programme of its own."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from reporting.disclosure.linked_tables import People, protected_tables

SETS = 1_000
SIZES = (0, 0, 1, 3, 6, 9, 10, 14, 25, 60)
TABLES = (
    (("a", "t"), ("b", "t")),
    (("a", "b"), ("a", "t")),
    (("a", "b"), ("b", "t"), ("a", "t")),
    (("a", "b", "t"), ("b", "t")),
    (("a", "b"), ("a",), ("b", "t"), ("t",)),
)


def drawn(rng, *, shares):
    """People by two traits and two periods; shares are asked of half of the sets."""
    traits = itertools.product("xyz"[: rng.choice((2, 3))], "12", ("before", "after"))
    sizes = [(dict(zip("abt", which, strict=True)), rng.choice(SIZES)) for which in traits]
    return [People(traits=t, n=n, having=rng.randint(0, n) if shares else None) for t, n in sizes]


def hidden_and_shown(people, tables):
    """Every cell as the group numbers in it, apart by whether it is shown."""
    cells = {}
    for table in tables:
        for key, cell in table.cells.items():
            members = [k for k, p in enumerate(people) if all(p.traits[name] == v for name, v in key)]
            cells[frozenset(members), frozenset(key)] = cell
    hidden = [members for (members, _), cell in cells.items() if cell.is_hidden]
    shown = [(members, cell) for (members, _), cell in cells.items() if not cell.is_hidden]
    return hidden, shown


def equations(people, shown):
    """The groups' sizes, then how many in each have it: shown figures as rows of a system."""
    G, rows, values = len(people), [], []
    for members, cell in shown:
        row = np.zeros(2 * G)
        row[list(members)] = 1
        rows.append(row)
        values.append(cell.n)
        if cell.having is not None:
            rows.append(np.roll(row, G))
            values.append(cell.having)
    return np.array(rows).reshape(-1, 2 * G), np.array(values, dtype=float)


def widths(people, judged, hidden, shown):
    """The judge: how far apart the least and the most of hidden counts lie, by one programme for all."""
    G, shifts = len(people), (0, len(people)) if people[0].having is not None else (0,)
    A, b = equations(people, shown)
    wanted = [[k + shift for k in members] for members in judged for shift in shifts]
    if not wanted:
        return []
    copies = 2 * len(wanted)
    c = np.zeros((copies, 2 * G))
    for k, members in enumerate(wanted):
        c[2 * k, members], c[2 * k + 1, members] = 1, -1
    # Nobody has it without being there, and a count that is hidden is of somebody: nobody would be shown.
    somebody = np.array([[-float(k in members) for k in range(2 * G)] for members in hidden])
    under = np.vstack([np.hstack([-np.eye(G), np.eye(G)]), somebody])
    below = np.concatenate([np.zeros(G), -np.ones(len(hidden))])
    each = sparse.eye_array(copies)
    solved = linprog(
        c.ravel(),
        A_ub=sparse.kron(each, under, format="csc"),
        b_ub=np.tile(below, copies),
        A_eq=sparse.kron(each, A, format="csc"),
        b_eq=np.tile(b, copies),
        bounds=(0, 10_000),
    )
    assert solved.success
    ends = (c * solved.x.reshape(copies, 2 * G)).sum(axis=1)
    return (-ends[1::2] - ends[::2]).tolist()


@pytest.mark.parametrize("part", range(10))
def test_no_hidden_count_can_be_placed_closer_than_the_threshold(part):
    rng = random.Random(part)
    for k in range(SETS // 10):
        people = drawn(rng, shares=k % 2 == 0)
        threshold = rng.choice((5, 10, 10, 15))
        tables = protected_tables(people, rng.choice(TABLES), threshold=threshold)
        hidden, shown = hidden_and_shown(people, tables)
        # Of many hidden counts a few are judged: all are equally well or badly hidden.
        judged = rng.sample(hidden, min(len(hidden), 2))
        assert all(width >= threshold - 1e-6 for width in widths(people, judged, hidden, shown))


def enumerated(people, hidden, shown, most):
    """Every table of whole numbers that gives what is shown: gone through one by one."""
    for sizes in itertools.product(range(most + 1), repeat=len(people)):
        told = all(sum(sizes[k] for k in members) == cell.n for members, cell in shown)
        if told and all(any(sizes[k] for k in members) for members in hidden):
            yield sizes


@pytest.mark.parametrize("seed", range(25))
def test_whole_numbers_leave_as_much_room(seed):
    rng = random.Random(seed)
    keys = list(itertools.product("xy", ("before", "after")))
    people = [People(traits=dict(zip("at", key, strict=True)), n=rng.choice((0, 1, 2, 5, 7))) for key in keys]
    (table,) = protected_tables(people, [("a", "t")], threshold=3)
    hidden, shown = hidden_and_shown(people, (table,))
    possible = list(enumerated(people, hidden, shown, 12))
    for members in hidden:
        seen = [sum(sizes[k] for k in members) for sizes in possible]
        assert max(seen) - min(seen) >= 3


@st.composite
def some_people(draw):
    keys = list(itertools.product("xy", "12", ("before", "after")))
    shares = draw(st.booleans())
    people = []
    for key in keys:
        n = draw(st.integers(0, 40))
        having = draw(st.integers(0, n)) if shares else None
        people.append(People(traits=dict(zip("abt", key, strict=True)), n=n, having=having))
    return people


@settings(max_examples=40, deadline=None)
@given(people=some_people(), tables=st.sampled_from(TABLES))
def test_protecting_what_is_protected_changes_nothing(people, tables):
    once = protected_tables(people, tables, threshold=10)
    assert protected_tables(people, tables, threshold=10, already=once) == once


@settings(max_examples=40, deadline=None)
@given(people=some_people(), tables=st.sampled_from(TABLES), low=st.integers(2, 12), more=st.integers(0, 8))
def test_a_higher_threshold_never_shows_more(people, tables, low, more):
    less = protected_tables(people, tables, threshold=low)
    much = protected_tables(people, tables, threshold=low + more)
    assert all(a.hidden <= b.hidden for a, b in zip(less, much, strict=True))


@settings(max_examples=40, deadline=None)
@given(people=some_people(), tables=st.sampled_from(TABLES))
def test_what_is_shown_is_true_and_never_small(people, tables):
    for table in protected_tables(people, tables, threshold=10):
        for key, cell in table.cells.items():
            members = [p for p in people if all(p.traits[name] == value for name, value in key)]
            if cell.is_hidden:
                assert (cell.n, cell.having, cell.mean, cell.share) == (None, None, None, None)
                continue
            n = sum(p.n for p in members)
            assert cell.n == n
            assert n == 0 or n >= 10
            if members[0].having is not None and n:
                assert cell.having == sum(p.having for p in members)
                assert 10 <= cell.having <= n - 10
                assert cell.share == cell.having / n


def by_period(*sizes, **more):
    return [People(traits={"t": str(t)}, n=n, **more) for t, n in enumerate(sizes)]


def shown(table):
    return {"".join(value for _, value in key): cell.n for key, cell in table.cells.items()}


def test_a_single_hidden_count_takes_another_with_it():
    (table,) = protected_tables(by_period(3, 20, 30), [("t",)], threshold=10)
    assert shown(table) == {"": 53, "0": None, "1": None, "2": 30}


def test_a_sum_of_two_small_counts_goes_too():
    (table,) = protected_tables(by_period(2, 3, 40), [("t",)], threshold=10)
    assert shown(table) == {"": 45, "0": None, "1": None, "2": None}


def test_nobody_is_shown_to_be_nobody():
    (table,) = protected_tables(by_period(0, 20, 30), [("t",)], threshold=10)
    assert shown(table) == {"": 50, "0": 0, "1": 20, "2": 30}
    assert table.cell(t="0").share is None


def test_a_share_is_two_counts():
    people = [People(traits={"t": "0"}, n=70, having=3), People(traits={"t": "1"}, n=70, having=40)]
    (table,) = protected_tables(people, [("t",)], threshold=10)
    assert shown(table) == {"": 140, "0": None, "1": None}
    assert table.cell().share == 43 / 140


def test_a_mean_that_one_contributor_carries_is_hidden():
    even, uneven = (10.0,) * 15 + (12.0,) * 15, (1000.0, 1, *(0.1,) * 28)
    people = [
        People(traits={"t": str(t)}, n=30, contributions=given)
        for t, given in enumerate((even, uneven, even))
    ]
    (table,) = protected_tables(people, [("t",)], threshold=10)
    assert shown(table) == {"": 90, "0": None, "1": None, "2": 30}
    assert table.cell(t="2").mean == 11.0


def test_a_mean_that_tells_all_is_hidden():
    people = [People(traits={"t": "0"}, n=30, contributions=(7.0,) * 30)]
    (table,) = protected_tables(people, [()], threshold=10)
    assert table.cell().is_hidden


def test_without_a_threshold_everything_is_shown():
    (table,) = protected_tables(by_period(1, 2), [("t",)], threshold=0)
    assert shown(table) == {"": 3, "0": 1, "1": 2}
