"""Figures that may be shown, as sums of the groups of people behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.reporting.disclosure.audit import Known
from impactkit.reporting.disclosure.moves import independent
from impactkit.reporting.disclosure.rules import is_small

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One or more figures that are shown together or not at all.

    Parameters
    ----------
    name : str
        By which it is asked for.
    counts : tuple of mapping of str to int
        How many people there are, each a sum: how often each group of people counts in it. A 0 would be
        shown, so a reader knows of a hidden one that it is none.
    parts : tuple of mapping of str to int
        Other sums, such as how many of them have what is asked about; these may be 0 when hidden.
    is_unsafe : bool
        Whether it would tell of single people whatever its size: all alike, or carried by one or two.
    is_published : bool
        False for a group that no table names, but that would be told by the difference of two figures.
    cost : float
        What is lost when it is hidden: of several that would do, the cheapest is.
    """

    name: str
    counts: tuple[Mapping[str, int], ...]
    parts: tuple[Mapping[str, int], ...] = ()
    is_unsafe: bool = False
    is_published: bool = True
    cost: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """Cells and the groups of people behind them, as arrays.

    Parameters
    ----------
    names : tuple of str, length C
        The cells.
    parts : ndarray, shape (F, V)
        How often each group of people counts in each figure.
    cell : ndarray of int, shape (F,)
        The cell of each figure.
    sizes : ndarray, shape (V,)
        People in each group.
    values : ndarray, shape (F,)
        The figures.
    unsafe, published : ndarray of bool, shape (C,)
        See `Cell`.
    floor : ndarray of bool, shape (F,)
        Whether it is known not to be 0 when it is hidden.
    cost : ndarray, shape (C,)
        See `Cell`.
    """

    names: tuple[str, ...]
    parts: Floats
    cell: Codes
    sizes: Floats
    values: Floats
    unsafe: Flags
    published: Flags
    floor: Flags
    cost: Floats

    @classmethod
    def of(cls, sizes: Mapping[str, int], cells: tuple[Cell, ...]) -> Figures:
        """Return the figures of cells, given the size of each group of people.

        Parameters
        ----------
        sizes : mapping of str to int
            People in each group; no group shares anybody with another.
        cells : tuple of Cell
            What may be shown of them.

        Returns
        -------
        Figures
            Arrays.

        Examples
        --------
        >>> cells = (Cell(name="all", counts=({"a": 1, "b": 1},)), Cell(name="a", counts=({"a": 1},)))
        >>> Figures.of({"a": 3, "b": 20}, cells).values.tolist()
        [23.0, 3.0]
        """
        at = {name: k for k, name in enumerate(sizes)}
        sums = [(c, figure) for c, cell in enumerate(cells) for figure in (*cell.counts, *cell.parts)]
        parts = np.zeros((len(sums), len(at)))
        for row, (_, figure) in enumerate(sums):
            for name, times in figure.items():
                parts[row, at[name]] = times
        owner = np.array([c for c, _ in sums], dtype=np.int64)
        people = np.array(list(sizes.values()), dtype=np.float64)
        return cls(
            names=tuple(cell.name for cell in cells),
            parts=parts,
            cell=owner,
            sizes=people,
            values=parts @ people,
            unsafe=np.array([cell.is_unsafe for cell in cells], dtype=bool),
            published=np.array([cell.is_published for cell in cells], dtype=bool),
            floor=np.array(
                [k < len(cell.counts) for cell in cells for k in range(_n_figures(cell))], dtype=bool
            ),
            cost=np.array([cell.cost for cell in cells], dtype=np.float64),
        )

    def too_small(self, threshold: int) -> Flags:
        """Return which cells would tell of single people by themselves, shape (C,)."""
        return self.unsafe | self.any_in_cell(is_small(self.values, threshold))

    def any_in_cell(self, flags: Flags) -> Flags:
        """Return which cells have a flagged figure, shape (C,)."""
        found = np.zeros(len(self.names), dtype=bool)
        found[self.cell[flags]] = True
        return found

    def shown(self, hidden: Flags) -> Flags:
        """Return which figures are shown when some cells are hidden, shape (F,)."""
        seen: Flags = (self.published & ~hidden)[self.cell]
        return seen

    def telling(self, hidden: Flags) -> Codes:
        """Return the figures that tell a reader all there is to know, the dearest first, shape (S,).

        A total of dearer figures is left out while these are shown: to hide it alone would hide nothing.
        """
        shown = np.flatnonzero(self.shown(hidden))
        order = shown[np.argsort(-self.cost[self.cell[shown]], kind="stable")]
        return np.asarray(order[independent(self.parts[order])], dtype=np.int64)

    def known(self, hidden: Flags) -> Known:
        """Return what a reader knows when some cells are hidden, in the order of `telling`."""
        shown = self.telling(hidden)
        floor = (hidden & self.published)[self.cell] & self.floor & (self.values > 0)
        return Known(parts=self.parts[shown], values=self.values[shown], at_least_one=self.parts[floor])


def _n_figures(cell: Cell) -> int:
    return len(cell.counts) + len(cell.parts)
