"""What can be worked out: exact limits, rounded figures, whole people, and figures that cannot be."""

import numpy as np
import pytest

from impactkit.reporting.disclosure import audit
from impactkit.reporting.disclosure.audit import limits_of
from impactkit.reporting.disclosure.figures import Cell, Figures
from impactkit.reporting.disclosure.moves import independent, moves, reach, told_by
from impactkit.reporting.disclosure.protection import hidden_cells
from reporting.disclosure.known_figures import known


def limits(targets, system, room=10):
    found = limits_of(np.array(targets, dtype=float), system, room=room)
    return list(zip(found.low.tolist(), found.high.tolist(), strict=True))


def test_a_figure_that_is_told_has_no_room():
    found = limits_of(np.array([[1.0, 0]]), known([[1, 1], [0, 1]], [12, 5]), room=10)
    assert (found.low[0], found.high[0], found.width[0]) == (7, 7, 0)
    assert found.binding.tolist() == [[True, True]]


def test_a_count_that_would_be_shown_if_it_were_0_is_at_least_1():
    system = known([[1, 1]], [12], floor=[[1, 0], [0, 1]])
    assert limits([[1, 0]], system) == [(1, 11)]
    assert limits([[1, 0]], known([[1, 1]], [12])) == [(0, 12)]


def test_a_rounded_figure_leaves_room():
    # 43 % of 7, rounded to the whole per cent: between 2.975 and 3.045 people, and so 3.
    assert limits([[1, 0]], known([[1, 1], [1, 0]], [7, 3.01], slack=[0, 0.035])) == [(3, 3)]
    # 43 % of 200: 85 to 87 people.
    assert limits([[1, 0]], known([[1, 1], [1, 0]], [200, 86], slack=[0, 1])) == [(85, 87)]


def test_people_are_whole():
    # Twice one group and twice another are 7: no whole people do that.
    assert limits_of(np.array([[1.0, 0]]), known([[1, 1]], [3]), room=10) is not None
    found = limits_of(np.array([[1.0, 0, 0]]), known([[2, 2, 1]], [7]), room=10)
    assert (found.low[0], found.high[0]) == (0, 3)
    nobody = limits_of(np.array([[1.0, 0]]), known([[2, 2]], [7]), room=10)
    assert np.isnan(nobody.width[0])


def test_figures_that_contradict_each_other_have_no_limits():
    assert limits_of(np.array([[1.0, 0]]), known([[1, 1], [1, 0]], [3, 8]), room=10) is None


def test_many_figures_are_asked_of_a_few_at_a_time():
    n = 2 * audit._AT_ONCE + 1
    found = limits_of(np.eye(n), known([np.ones(n)], [20]), room=10)
    assert found.low.tolist() == [0] * n
    assert found.high.tolist() == [20] * n
    assert found.points.shape == (2 * n, n)


def test_moves_leave_every_figure_as_it_is():
    rng = np.random.default_rng(1)
    for _ in range(50):
        parts = rng.integers(0, 2, size=(4, 7)).astype(float)
        ways = moves(parts)
        assert np.abs(parts @ ways.T).max(initial=0.0) < 1e-9
        assert (ways == np.rint(ways)).all()
        assert len(ways) <= 7 - np.linalg.matrix_rank(parts)


def test_a_move_goes_no_further_than_there_are_people():
    ways = np.array([[1.0, -1, 0], [0, 0, 2]])
    assert reach(np.eye(3), np.array([3.0, 5, 4]), ways).tolist() == [8, 8, np.inf]
    assert reach(np.eye(3), np.array([3.0, 5, 4]), np.zeros((0, 3))).tolist() == [0, 0, 0]
    assert reach(np.eye(2), np.array([3.0, 5]), np.array([[1.0, -2]])).tolist() == [5, 10]


def test_moves_never_reach_further_than_the_programme():
    rng = np.random.default_rng(2)
    for _ in range(60):
        parts, sizes = rng.integers(0, 2, size=(3, 5)).astype(float), rng.integers(0, 9, size=5)
        target = rng.integers(0, 2, size=(1, 5)).astype(float)
        far = reach(target, sizes.astype(float), moves(parts))[0]
        found = limits_of(target, known(parts, parts @ sizes), room=1000)
        assert far <= found.width[0] + 1e-6 or np.isinf(far)


def test_what_sums_of_others_tell_is_found():
    parts = np.array([[1.0, 1, 1], [0, 1, 0], [0, 0, 1]])
    asked = np.array([[1.0, 0, 0], [0, 1, 0]])
    assert told_by(asked, parts).tolist() == [[True, True, True], [False, True, False]]
    assert told_by(asked, parts[1:]).tolist() == [[False, False], [True, False]]


def test_figures_that_tell_nothing_more_are_left_out():
    assert independent(np.array([[1.0, 1], [2, 2], [0, 1], [1, 0]])) == [0, 2]
    assert independent(np.zeros((2, 3))) == []


def cells(*counts, **more):
    return tuple(Cell(name=str(k), counts=(count,), **more) for k, count in enumerate(counts))


def test_a_total_that_the_parts_tell_is_not_hidden_in_vain():
    """To hide the total of shown figures would hide nothing: what is hidden is the dearer part."""
    sizes = {"a": 20, "b": 30, "gone": 3}
    told = (
        *cells({"a": 1}, {"b": 1}),
        Cell(name="rows", counts=({"a": 1, "b": 1},), cost=0.1),
        Cell(name="read", counts=({"a": 1, "b": 1, "gone": 1},), cost=0.1),
        Cell(name="left", counts=({"gone": 1},), cost=0.1),
    )
    assert hidden_cells(Figures.of(sizes, told), 10).tolist() == [False, False, False, True, True]


def test_what_is_not_published_is_protected_all_the_same():
    sizes = {"part": 40, "rest": 4}
    whole, part = (
        Cell(name="whole", counts=({"part": 1, "rest": 1},)),
        Cell(name="part", counts=({"part": 1},)),
    )
    rest = Cell(name="rest", counts=({"rest": 1},), is_published=False)
    assert hidden_cells(Figures.of(sizes, (whole, part)), 10).tolist() == [False, False]
    assert hidden_cells(Figures.of(sizes, (whole, part, rest)), 10).tolist() == [False, True, False]


def test_the_cheapest_goes_and_of_equals_the_smallest():
    sizes = {"a": 3, "b": 50, "c": 20, "d": 30}
    parts = cells(*({name: 1} for name in sizes))
    total = Cell(name="all", counts=(dict.fromkeys(sizes, 1),), cost=5)
    assert hidden_cells(Figures.of(sizes, (*parts, total)), 10).tolist() == [True, False, True, False, False]
    cheap = Cell(name="all", counts=(dict.fromkeys(sizes, 1),), cost=0.1)
    assert hidden_cells(Figures.of(sizes, (*parts, cheap)), 10).tolist() == [True, False, False, False, True]


def test_nobody_is_hidden_last():
    sizes = {"a": 3, "b": 0}
    told = (*cells({"a": 1}, {"b": 1}), Cell(name="all", counts=({"a": 1, "b": 1},)))
    assert hidden_cells(Figures.of(sizes, told), 10).tolist() == [True, False, True]


def test_a_doubt_hides_more(monkeypatch):
    """Where whole people are not found, nothing is taken to lie apart."""
    monkeypatch.setattr(audit, "_NODES", 0)
    found = limits_of(np.array([[1.0, 0, 0]]), known([[2, 2, 2]], [7]), room=10)
    assert not found.width[0] >= 0


@pytest.mark.parametrize("threshold", [0, 1])
def test_a_threshold_of_one_hides_nothing(threshold):
    told = cells({"a": 1}, {"b": 1})
    assert not hidden_cells(Figures.of({"a": 1, "b": 2}, told), threshold).any()


def test_no_cells_are_no_figures():
    figures = Figures.of({}, ())
    assert hidden_cells(figures, 10).tolist() == []
