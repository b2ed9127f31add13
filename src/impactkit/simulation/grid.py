"""All cells of the battery, by name."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache

from impactkit.errors import ImpactkitError
from impactkit.simulation.cell import Cell
from impactkit.simulation.cells import ALL


def every_cell() -> tuple[Cell, ...]:
    """Return all cells, in the order of the shelf.

    Returns
    -------
    tuple of Cell
        Each name once.

    Examples
    --------
    >>> len(every_cell()) > 50
    True
    """
    return tuple(_by_name().values())


def cells_named(names: Sequence[str]) -> tuple[Cell, ...]:
    """Return cells by name or by a pattern of names.

    Parameters
    ----------
    names : sequence of str
        A name, or a pattern in which ``*`` stands for anything, such as ``did-8*``.

    Returns
    -------
    tuple of Cell
        In the order of the shelf.

    Raises
    ------
    ImpactkitError
        If a name fits no cell.

    Examples
    --------
    >>> [cell.times for cell in cells_named(["did-8-null", "did-8-t*"])]
    [0.0, 2.0]
    """
    for name in names:
        if not any(_fits(cell, name) for cell in _by_name()):
            raise ImpactkitError(
                "The battery has no cell {name!r}.",
                where="--cells",
                mend="Choose among those that --list prints.",
                values={"name": name},
            )
    return tuple(cell for key, cell in _by_name().items() if any(_fits(key, name) for name in names))


def family_of(cell: Cell) -> str:
    """Return the file of the shelf that a cell stands in.

    Parameters
    ----------
    cell : Cell
        A cell.

    Returns
    -------
    str
        The file's name, without its ending.
    """
    return next(
        family.__name__.rpartition(".")[2]
        for family in ALL
        if any(other.name == cell.name for other in family.CELLS)
    )


def _fits(cell: str, name: str) -> bool:
    return fnmatchcase(cell, name)


@cache
def _by_name() -> dict[str, Cell]:
    found = {cell.name: cell for family in ALL for cell in family.CELLS}
    assert len(found) == sum(len(family.CELLS) for family in ALL), "two cells have the same name"
    return found
