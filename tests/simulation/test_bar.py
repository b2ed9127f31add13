"""The bar: exact limits, which draws count against a cell, and which rivals are valid."""

from collections import Counter
from dataclasses import replace

import pytest

from impactkit.simulation.bar import Result, keeps, power_rows, within
from impactkit.simulation.cell import Cell
from impactkit.simulation.grid import cells_named
from impactkit.simulation.tally import Tally


def counted(cell: Cell, *, supported: int, unnamed: int, rules: Counter[str] | None = None) -> Result:
    verdicts = Counter({"supported": supported, "inconclusive": 1000 - supported})
    return Result(cell, Tally(draws=1000, verdicts=verdicts, unnamed=unnamed, rules=rules or Counter()))


@pytest.mark.parametrize(
    ("assumption", "supported", "unnamed", "kept"),
    [
        ("holds", 30, 0, True),
        ("holds", 31, 0, False),
        ("breaks", 900, 30, True),
        ("breaks", 900, 31, False),
        ("unseen", 900, 900, True),
    ],
)
def test_what_counts_against_a_cell(assumption: str, supported: int, unnamed: int, kept: bool) -> None:
    cell = replace(cells_named(["did-8-null"])[0], assumption=assumption)
    assert keeps(counted(cell, supported=supported, unnamed=unnamed), full=True) is kept


def test_power_has_no_bar_of_false_support() -> None:
    assert keeps(counted(cells_named(["did-8-twice"])[0], supported=1000, unnamed=1000), full=True)


def test_draws_that_could_not_be_carried_out_break_the_bar() -> None:
    result = counted(cells_named(["did-8-null"])[0], supported=0, unnamed=0)
    result.tally.refused["no"] += 1
    assert not keeps(result, full=True)


def test_the_quick_bar_is_the_lower_limit_and_the_full_one_the_share() -> None:
    assert (within(6, 100, full=False), within(6, 100, full=True)) == (True, False)
    assert (within(9, 100, full=False), within(3, 100, full=True)) == (False, True)


def test_a_rival_that_fails_in_a_twin_is_not_the_one_to_beat() -> None:
    null, twice = cells_named(["did-8-null", "did-8-twice"])
    twin = cells_named(["did-8-sd-2"])[0]
    results = [
        counted(null, supported=20, unnamed=20, rules=Counter(limits=20, pooled_t=20)),
        counted(twin, supported=20, unnamed=20, rules=Counter(limits=20, pooled_t=90)),
        counted(twice, supported=600, unnamed=600, rules=Counter(limits=640, pooled_t=900)),
    ]
    (row,) = power_rows(results, full=True)
    assert row.broken == {"pooled_t": "did-8-sd-2"}
    assert row.best == ("limits", 0.64)
    assert row.keeps
    trend = cells_named(["trend-0.1-five-before"])[0]
    led = counted(trend, supported=0, unnamed=0, rules=Counter(limits=250, permutation=10))
    (ill,) = power_rows([*results, led], full=True)
    assert ill.misled == {"limits": "trend-0.1-five-before"}
    assert ill.best_if_it_holds == ("limits", 0.64)
    assert ill.best == ("permutation", 0.0)
    (without,) = power_rows([results[0], results[2]], full=True)
    assert without.best == ("pooled_t", 0.9)
    assert not without.keeps
