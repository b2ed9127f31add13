"""The same cell with no effect, half of what is claimed, and one, one and a half and two times as much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from impactkit.simulation.cell import TINY, Cell, Draws, promise

_TIMES = {
    0.0: ("null", "no effect, and a claim of next to nothing"),
    0.5: ("half", "half of what is claimed"),
    1.0: ("once", "just what is claimed"),
    1.5: ("half-more", "half as much again as is claimed"),
    2.0: ("twice", "twice what is claimed"),
}


def multiples(cell: Cell, *, size: str) -> tuple[Cell, ...]:
    """Return a cell for each multiple of the claim that may be true.

    Parameters
    ----------
    cell : Cell
        What they share; its name becomes their group's. Its world is drawn anew with other effects.
    size : str
        What is claimed, but where there is no effect: there the claim is next to nothing, so that false
        support is as common as it can be.

    Returns
    -------
    tuple of Cell
        At 0, .5, 1, 1.5 and 2 times the claim.
    """
    world: Any = cell.world
    return tuple(
        replace(
            cell,
            name=f"{cell.name}-{short}",
            group=cell.name,
            sentence=f"{cell.sentence}; {words}",
            world=replace(world, effect=times * float(size)),
            claims=(promise(size if times else TINY),),
            times=times,
            draws=cell.draws if times == 0 else _fewer(cell.draws),
        )
        for times, (short, words) in _TIMES.items()
    )


def _fewer(draws: Draws) -> Draws:
    """Return the draws where a chance is told and nothing hangs on one in a hundred."""
    return Draws(max(draws.quick // 4, 2), max(draws.full // 4, 150))
