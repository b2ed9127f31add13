"""Which figures are asked about, which pin them down, and which goes next: on a few numbers, by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.optimize

from impactkit.reporting.disclosure import audit, protection
from impactkit.reporting.disclosure.audit import limits_of
from impactkit.reporting.disclosure.figures import Cell, Figures
from impactkit.reporting.disclosure.moves import moves
from impactkit.reporting.disclosure.protection import hidden_cells
from reporting.disclosure.known_figures import known


def figures(sizes, *sums, **more):
    """Figures of one cell each; a sum is written as the groups in it."""
    return Figures.of(
        sizes,
        tuple(Cell(name=name, counts=(dict.fromkeys(name.split("+"), 1),), **more) for name in sums),
    )


def flags(*places, n):
    return np.isin(np.arange(n), places)


@pytest.mark.parametrize(
    ("n", "threshold", "hidden"),
    [(1, 2, True), (2, 2, False), (2, 3, True), (9, 10, True), (10, 10, False), (0, 10, False)],
)
def test_a_count_below_the_threshold_is_hidden(n, threshold, hidden):
    assert hidden_cells(figures({"a": n}, "a"), threshold).tolist() == [hidden]


def test_what_was_hidden_before_stays_hidden():
    before = np.array([False, True])
    told = figures({"a": 20, "b": 30}, "a", "b")
    assert hidden_cells(told, 10, already=before).tolist() == [False, True]
    assert before.tolist() == [False, True]


def test_the_same_numbers_are_searched_once_and_any_other_again():
    """What is kept belongs to nobody who asks: changing an answer changes no later one."""
    told = figures({"a": 3, "b": 21, "c": 37}, "a", "b", "c", "a+b+c")
    first = hidden_cells(told, 10)
    searched = protection._searched.cache_info().misses
    first[:] = True
    assert hidden_cells(told, 10).tolist() == [True, True, False, False]
    again = figures({"x": 3, "y": 21, "z": 37}, "x", "y", "z", "x+y+z")
    assert hidden_cells(again, 10).tolist() == [True, True, False, False]
    assert protection._searched.cache_info().misses == searched
    assert hidden_cells(told, 3).tolist() == [False] * 4
    assert hidden_cells(told, 10, already=flags(2, n=4)).tolist() == [True, False, True, False]
    more = figures({"a": 13, "b": 21, "c": 37}, "a", "b", "c", "a+b+c")
    assert hidden_cells(more, 10).tolist() == [False] * 4
    assert protection._searched.cache_info().misses == searched + 3


def first_pinned(told, hidden, threshold):
    audited = protection._Audited(figures=told)
    found = audited.first_pinned(flags(*hidden, n=len(told.names)), threshold)
    return (None if found is None else (found.figure, found.binding.tolist())), audited.widths


def test_a_figure_that_others_tell_is_pinned_by_them():
    told = figures({"a": 30, "b": 20, "c": 10}, "a", "b", "c", "a+b")
    assert first_pinned(told, [0], 10)[0] == (0, [False, True, False, True])


def test_where_nothing_is_shown_nothing_is_pinned():
    assert first_pinned(figures({"a": 3}, "a"), [0], 10)[0] is None


def test_a_figure_is_pinned_where_its_limits_lie_too_near():
    """Of eleven people some are a and some are b: each is one to ten people, nine apart."""
    told = figures({"a": 3, "b": 8}, "a", "b", "a+b")
    assert first_pinned(told, [0, 1], 10)[0] == (0, [False, False, True])
    assert first_pinned(told, [0, 1], 9)[0] is None


def test_limits_that_no_single_move_reaches_are_found_by_the_programme():
    """One move at a time, a goes from 1 to 6; with two of them, to 10."""
    told = figures({"a": 1, "b": 5, "c": 6}, "a", "b", "c", "a+b+c")
    found, widths = first_pinned(told, [0, 1, 2], 9)
    assert found is None
    assert widths[0] == 9
    found, widths = first_pinned(told, [0, 1, 2], 10)
    assert found == (0, [False, False, False, True])
    assert widths[0] == 9


def test_what_the_limits_of_one_figure_show_of_another_is_not_asked_again(monkeypatch):
    """Where a is least, one of the other two is 10: that one is seen to lie nine apart as well."""
    asked = []

    def noted(targets, *system, **room):
        asked.append(targets.tolist())
        return limits_of(targets, *system, **room)

    monkeypatch.setattr(protection, "limits_of", noted)
    told = figures({"a": 1, "b": 5, "c": 6}, "a", "b", "c", "a+b+c")
    assert first_pinned(told, [0, 1, 2], 9)[0] is None
    assert len(asked) == 2
    assert asked[0] == [[1, 0, 0]]


def test_nobody_is_moved_out_of_a_group_of_nobody():
    """Of five people in two groups some are of the second: of the first there are none to four."""
    told = figures({"none": 0, "b": 3, "c": 5}, "none", "none+b", "c", "none+c")
    assert first_pinned(told, [0, 1, 2], 5)[0] == (0, [False, False, False, True])
    assert first_pinned(told, [0, 1, 2], 4)[0] is None


def test_the_figure_asked_about_is_the_first_that_is_near():
    told = figures({"a": 40, "b": 40, "c": 3, "d": 5}, "a", "b", "c", "d", "a+b", "c+d")
    assert first_pinned(told, [0, 1, 2, 3], 10)[0] == (2, [False] * 5 + [True])


def next_to_hide(told, hidden, binding):
    held = flags(*hidden, n=len(told.names)), flags(*binding, n=len(told.values))
    return protection._next_to_hide(told, held[0], protection._Pinned(figure=0, binding=held[1]))


def test_of_the_figures_that_pin_one_down_the_cheapest_goes():
    cells = tuple(
        Cell(name=name, counts=({name: 1},), cost=cost)
        for name, cost in (("a", 1), ("none", 0.1), ("c", 0.5), ("d", 0.5), ("e", 0.2))
    )
    told = Figures.of({"a": 3, "none": 0, "c": 30, "d": 20, "e": 50}, cells)
    # Of equals the smaller; not one that does not help, and a count of nobody only when it is alone.
    assert next_to_hide(told, [0], [1, 2, 3]) == 3
    assert next_to_hide(told, [0], [2]) == 2
    assert next_to_hide(told, [0], [1]) == 4
    assert next_to_hide(told, [0], []) == 4
    assert next_to_hide(told, [0, 2, 3, 4], [1]) == 1


def test_figures_know_their_cell_and_which_of_them_are_counts():
    cells = (
        Cell(name="x", counts=({"a": 1}, {"b": 2}), parts=({"a": 1, "b": -1},)),
        Cell(name="y", counts=({"b": 1},), is_unsafe=True, is_published=False, cost=0.3),
    )
    told = Figures.of({"a": 3, "b": 20}, cells)
    assert told.parts.tolist() == [[1, 0], [0, 2], [1, -1], [0, 1]]
    assert (told.values.tolist(), told.cell.tolist()) == ([3, 40, -17, 20], [0, 0, 0, 1])
    assert told.floor.tolist() == [True, True, False, True]
    assert (told.cost.tolist(), told.names) == ([1.0, 0.3], ("x", "y"))
    assert (told.unsafe.tolist(), told.published.tolist()) == ([False, True], [True, False])
    assert told.too_small(3).tolist() == [False, True]
    assert told.too_small(4).tolist() == [True, True]


def test_a_reader_knows_of_hidden_counts_that_they_are_of_somebody():
    cells = (
        Cell(name="hidden", counts=({"a": 1},), parts=({"b": 1},)),
        Cell(name="one", counts=({"d": 1},)),
        Cell(name="nobody", counts=({"none": 1},)),
        Cell(name="not told", counts=({"c": 1},), is_published=False),
        Cell(name="shown", counts=({"c": 1, "b": 1},)),
    )
    told = Figures.of({"a": 3, "b": 20, "c": 30, "d": 1, "none": 0}, cells)
    known = told.known(np.array([True, True, True, True, False]))
    assert known.at_least_one.tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 1, 0]]
    assert (known.parts.tolist(), known.values.tolist()) == ([[0, 1, 1, 0, 0]], [50])
    assert told.known(np.zeros(5, dtype=bool)).at_least_one.tolist() == []


def test_what_tells_all_there_is_to_know_is_the_dearest():
    cells = (
        Cell(name="all", counts=({"a": 1, "b": 1},), cost=0.1),
        *(Cell(name=name, counts=({name: 1},), cost=cost) for name, cost in (("a", 1.0), ("b", 2.0))),
    )
    told = Figures.of({"a": 30, "b": 20}, cells)
    assert told.telling(np.array([False, False, False])).tolist() == [2, 1]
    assert told.telling(np.array([False, True, False])).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("parts", "ways"),
    [
        ([[1, 1]], [[-1, 1]]),
        ([[1, 1, 0]], [[-1, 1, 0], [0, 0, 1]]),
        # Twice one group is another: half a person cannot be moved.
        ([[2, 1]], []),
        ([[1, 2]], [[-2, 1]]),
        # The first figure says nothing of the first group.
        ([[0, 1, 0], [1, 0, 1]], [[-1, 0, 1]]),
    ],
)
def test_moves_are_of_whole_people(parts, ways):
    found = moves(np.array(parts, dtype=float))
    assert found.tolist() == ways
    assert not np.signbit(found[found == 0]).any()


def test_what_nothing_is_told_of_is_taken_to_be_at_most_ten_times_the_rest():
    found = limits_of(np.array([[1.0, 0]]), known([[0, 1]], [5]), room=10.0)
    assert (found.low.tolist(), found.high.tolist()) == ([0], [10 * (1 + 5 + 10)])
    nothing = limits_of(np.array([[1.0, 0]]), known(np.zeros((0, 2)), []), room=10.0)
    assert (nothing.low.tolist(), nothing.high.tolist()) == ([0], [10 * (1 + 10)])


def test_a_figure_that_holds_either_limit_is_binding():
    # Nothing but the sum keeps a below 12; nothing at all keeps it above 0.
    assert limits_of(np.array([[1.0, 0]]), known([[1, 1]], [12]), room=10.0).binding.tolist() == [[True]]
    other = limits_of(np.array([[1.0, 0, 0]]), known([[1, 1, 0], [0, 0, 1]], [12, 5]), room=10.0)
    assert other.binding.tolist() == [[True, False]]


def test_a_rounded_figure_is_taken_to_be_binding():
    system = known([[1, 1, 0], [0, 0, 1]], [12, 5], slack=[0, 0.5])
    assert limits_of(np.array([[1.0, 0, 0]]), system, room=10.0).binding.tolist() == [[True, True]]


def test_limits_reached_by_whole_people_are_not_sought_again(monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr(audit, "_whole", never)
    found = limits_of(np.eye(2), known([[1, 1]], [12]), room=10.0)
    assert (found.low.tolist(), found.high.tolist()) == ([0, 0], [12, 12])


def test_whole_people_keep_to_what_is_known_to_be_of_somebody():
    """Twice a, twice b and c are 7: a is at most 3, and 2 where b is somebody."""
    most_of_a = np.array([-1.0, 0, 0])
    assert audit._whole(most_of_a, known([[2, 2, 1]], [7]), 100.0)[0] == 3
    assert audit._whole(most_of_a, known([[2, 2, 1]], [7], floor=[[0, 1, 0]]), 100.0)[0] == 2


def test_a_programme_is_cut_off_after_so_many_steps_and_never_by_the_clock(monkeypatch):
    asked = []

    def unsolved(cost, **how):
        asked.append(how["options"])
        return SimpleNamespace(x=None)

    monkeypatch.setattr(scipy.optimize, "milp", unsolved)
    found = audit._whole(np.array([-1.0, 0]), known([[2, 2]], [7]), 100.0)
    assert np.isnan(found).tolist() == [True, True]
    assert asked == [{"node_limit": 1000}]
