"""Tables of the same people, protected together: counts, shares and means by some of their traits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from impactkit.reporting.disclosure.figures import Cell, Figures
from impactkit.reporting.disclosure.protection import hidden_cells
from impactkit.reporting.disclosure.rules import is_dominated, is_one_sided, tells_all

Key = tuple[tuple[str, str], ...]
"""Traits and their values, in the order of the traits; a trait that is left out is summed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A group of people who are alike in every trait.

    Parameters
    ----------
    traits : mapping of str to str
        Such as ``{"group": "treated", "year": "2024"}``.
    n : int
        How many.
    having : int, optional
        How many of them have what is asked about, where a share is told.
    contributions : tuple of float, optional
        What each adds to a sum, where a mean is told.
    """

    traits: Mapping[str, str]
    n: int
    having: int | None = None
    contributions: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """A cell as it may be shown.

    Parameters
    ----------
    n : int, optional
        People; None when hidden.
    having : int, optional
        Those who have what is asked about; None when hidden or not asked.
    mean : float, optional
        Of the contributions; None when hidden or not asked.
    is_hidden : bool
        Whether it is hidden: a state of its own, and never 0.
    """

    n: int | None
    having: int | None = None
    mean: float | None = None
    is_hidden: bool

    @property
    def share(self) -> float | None:
        """Those who have it, of all; None when hidden, not asked, or of nobody."""
        return self.having / self.n if self.having is not None and self.n else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedTable:
    """A table of which everything may be shown that is not hidden.

    Parameters
    ----------
    traits : tuple of str
        What it is divided by.
    cells : mapping of key to ShownCell
        Every cell, subtotal and total.
    """

    traits: tuple[str, ...]
    cells: Mapping[Key, ShownCell]

    def cell(self, **traits: str) -> ShownCell:
        """Return a cell by its traits; a trait left out is summed over."""
        return self.cells[tuple((name, traits[name]) for name in self.traits if name in traits)]

    @property
    def hidden(self) -> frozenset[Key]:
        """The cells that are hidden."""
        return frozenset(key for key, cell in self.cells.items() if cell.is_hidden)


def protected_tables(
    people: Sequence[People],
    tables: Sequence[tuple[str, ...]],
    *,
    threshold: int,
    already: Sequence[ProtectedTable] = (),
) -> tuple[ProtectedTable, ...]:
    """Return tables of the same people, with all totals, of which everything may be shown.

    Parameters
    ----------
    people : sequence of People
        Groups that share nobody; all with the same traits.
    tables : sequence of tuple of str
        The traits that each table is divided by. The same cell in two tables is hidden in both or in neither.
    threshold : int
        The smallest count shown.
    already : sequence of ProtectedTable
        Tables of the same people that were protected before: what they hide stays hidden.

    Returns
    -------
    tuple of ProtectedTable
        In the order of ``tables``.

    Examples
    --------
    >>> sizes = {("a", "2022"): 4, ("a", "2025"): 40, ("b", "2022"): 50, ("b", "2025"): 60}
    >>> people = [People(traits={"group": group, "year": year}, n=n) for (group, year), n in sizes.items()]
    >>> (table,) = protected_tables(people, [("group", "year")], threshold=10)
    >>> table.cell(group="a", year="2022").n, table.cell(group="b", year="2025").n, table.cell().n
    (None, None, 154)
    """
    keys = [_keys(people, traits) for traits in tables]
    every = sorted({_canonical(key) for table in keys for key in table}, key=lambda key: (len(key), key))
    before = {_canonical(key) for table in already for key in table.hidden}
    figures = Figures.of(_sizes(people), tuple(_cell(people, key) for key in every))
    hidden = hidden_cells(figures, threshold, already=np.array([key in before for key in every], dtype=bool))
    shown = {
        key: _shown(people, key, is_hidden=gone) for key, gone in zip(every, hidden.tolist(), strict=True)
    }
    return tuple(
        ProtectedTable(traits=traits, cells={key: shown[_canonical(key)] for key in table})
        for traits, table in zip(tables, keys, strict=True)
    )


def _keys(people: Sequence[People], traits: tuple[str, ...]) -> list[Key]:
    """Return the cells of a table, its total first, then what is summed over fewer and fewer traits."""
    found: dict[Key, None] = {}
    for n in range(len(traits) + 1):
        for kept in combinations(traits, n):
            found.update(dict.fromkeys(_key(group, kept) for group in people))
    return list(found)


def _key(group: People, traits: tuple[str, ...]) -> Key:
    return tuple((name, group.traits[name]) for name in traits)


def _canonical(key: Key) -> Key:
    return tuple(sorted(key))


def _sizes(people: Sequence[People]) -> dict[str, int]:
    """Return the unknown groups of people: those who have what is asked about apart from the others."""
    sizes: dict[str, int] = {}
    for k, group in enumerate(people):
        having = group.having or 0
        sizes |= {f"{k}": group.n - having, f"{k}+": having}
    return sizes


def _members(people: Sequence[People], key: Key) -> list[int]:
    return [k for k, group in enumerate(people) if all(group.traits[name] == value for name, value in key)]


def _cell(people: Sequence[People], key: Key) -> Cell:
    members = _members(people, key)
    having, others = {f"{k}+": 1 for k in members}, {f"{k}": 1 for k in members}
    groups = [people[k] for k in members]
    told = [group.having for group in groups if group.having is not None]
    values = [x for group in groups for x in group.contributions or ()]
    unsafe = is_dominated(values) or (len(values) > 0 and tells_all(values))
    if told:
        unsafe = unsafe or is_one_sided(sum(told), sum(group.n for group in groups))
    return Cell(
        name=str(key),
        counts=({**having, **others},),
        parts=(having, others) if told else (),
        is_unsafe=unsafe,
        cost=1 / (1 + len(key)),
    )


def _shown(people: Sequence[People], key: Key, *, is_hidden: bool) -> ShownCell:
    if is_hidden:
        return ShownCell(n=None, is_hidden=True)
    groups = [people[k] for k in _members(people, key)]
    having = [group.having for group in groups if group.having is not None]
    values = [x for group in groups for x in group.contributions or ()]
    return ShownCell(
        n=sum(group.n for group in groups),
        having=sum(having) if having else None,
        mean=float(np.mean(values)) if values else None,
        is_hidden=False,
    )
