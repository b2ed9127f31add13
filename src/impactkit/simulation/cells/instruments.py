"""Invited by lot: many are moved or hardly anybody, and an invitation that helps by itself."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import InstrumentalVariable
from impactkit.effects.worlds import InvitedByLot
from impactkit.simulation.cell import LOTTERY, TINY, Cell, Draws, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import LIMITS, PERMUTATION, TAKERS, TWO_STAGES, TWO_STAGES_T
from impactkit.simulation.worlds import InvitedAndHelped

_WORLD = InvitedByLot(n_people=240, n_areas=30, moved=0.5, keen=1.0, effect=0.0)
_THREE = replace(_WORLD, n_instruments=3)
_WORDS = "240 people in 30 areas invited by lot; the keen take part more often and fare better"
_CELL = Cell(
    name="instrument",
    sentence=f"instrument, {_WORDS}; half are moved",
    world=_WORLD,
    estimator=InstrumentalVariable(),
    claims=(promise(TINY),),
    assumption="holds",
    circumstances=LOTTERY,
    naive=(TAKERS, TWO_STAGES),
    rivals=(LIMITS, PERMUTATION, TWO_STAGES_T),
    draws=Draws(20, 2_000),
)


def _null(name: str, words: str, world: InvitedByLot) -> Cell:
    return replace(
        _CELL,
        name=f"instrument-{name}",
        sentence=f"instrument, {_WORDS}; {words}; no effect",
        world=world,
        draws=Draws(16, 2_000),
    )


_HELPED = replace(
    _CELL,
    name="instrument-helps-alone",
    sentence=f"{_CELL.sentence}; being invited helps by itself; no effect of taking part",
    world=InvitedAndHelped(people=_WORLD),
    assumption="unseen",
    rivals=(),
    draws=Draws(8, 1_000),
)

_FIRST_HELPS = "three lots, the first of which moves half and helps by itself; no effect of taking part"
_HELPED_OF_THREE = replace(
    _HELPED,
    name="instrument-helps-three-5000",
    sentence=f"instrument, 5,000 people in 100 areas{_WORDS.removeprefix('240 people in 30 areas')}; "
    f"{_FIRST_HELPS}",
    world=InvitedAndHelped(people=replace(_THREE, n_people=5000, n_areas=100)),
    assumption="breaks",
)

CELLS = (
    *multiples(_CELL, size="1"),
    _null("weak", "1 in 20 is moved", replace(_WORLD, moved=0.05)),
    _null("none", "nobody is moved", replace(_WORLD, moved=0.0)),
    _null("three", "three lots, the first of which moves half", _THREE),
    _null("three-weak", "three lots, the first of which moves 1 in 20", replace(_THREE, moved=0.05)),
    _HELPED,
    replace(
        _HELPED_OF_THREE,
        name="instrument-helps-three",
        sentence=f"instrument, {_WORDS}; {_FIRST_HELPS}",
        world=InvitedAndHelped(people=_THREE),
        falls_short="with 240 people the test of whether the lots agree sees little, so that the check "
        "passes; with 5,000 it sees it",
    ),
    _HELPED_OF_THREE,
)
