"""A table as it stands in a file: text in cells that know where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from impactkit.data.fault import MOST_ALIKE, Fault
from impactkit.data.layout import Layout, Mark
from impactkit.data.numbers import DecimalMark
from impactkit.data.texts import Texts
from impactkit.errors import Value

Floats = npt.NDArray[np.float64]


class Cells(Protocol):
    """Where a table's texts are kept: in memory, or in the file's bytes until they are asked for."""

    def texts(self, column: int) -> list[str]:
        """Return a column's texts."""

    def coded(self, column: int) -> Texts:
        """Return a column with each distinct text once."""

    def plain_numbers(self, column: int, mark: DecimalMark) -> Floats | None:
        """Return a column of plain numbers, or None if any of its cells is something else."""

    def first(self, column: int, n: int) -> list[str]:
        """Return the first texts of a column."""

    def longest(self, column: int) -> int:
        """Return how long the longest text of a column is, or more."""

    def prepare(self, columns: Sequence[int]) -> None:
        """Make ready to give some columns with each distinct text once."""


class HeldCells:
    """Texts held in memory, column by column.

    Parameters
    ----------
    columns : sequence of sequences of str
        The texts.
    """

    def __init__(self, columns: Sequence[Sequence[str]]) -> None:
        self._columns = columns
        self._coded: dict[int, Texts] = {}

    def texts(self, column: int) -> list[str]:
        """Return a column's texts."""
        return list(self._columns[column])

    def coded(self, column: int) -> Texts:
        """Return a column with each distinct text once."""
        if column not in self._coded:
            self._coded[column] = Texts.of(self._columns[column])
        return self._coded[column]

    def plain_numbers(self, column: int, mark: DecimalMark) -> Floats | None:
        """Return None: nothing is known of the texts beforehand."""
        return None

    def first(self, column: int, n: int) -> list[str]:
        """Return the first texts of a column."""
        return list(self._columns[column][:n])

    def longest(self, column: int) -> int:
        """Return how long the longest text of a column is."""
        return max(map(len, self._columns[column]), default=0)

    def prepare(self, columns: Sequence[int]) -> None:
        """Do nothing: the columns are made ready when they are asked for."""


class CodedCells:
    """Texts held in memory, each distinct one once.

    Parameters
    ----------
    columns : sequence of Texts
        The texts.
    """

    def __init__(self, columns: Sequence[Texts]) -> None:
        self._columns = columns

    def texts(self, column: int) -> list[str]:
        """Return a column's texts."""
        return self._columns[column].to_list()

    def coded(self, column: int) -> Texts:
        """Return a column with each distinct text once."""
        return self._columns[column]

    def plain_numbers(self, column: int, mark: DecimalMark) -> Floats | None:
        """Return None: nothing is known of the texts beforehand."""
        return None

    def first(self, column: int, n: int) -> list[str]:
        """Return the first texts of a column."""
        return self._columns[column].take(slice(0, n)).to_list()

    def longest(self, column: int) -> int:
        """Return how long the longest text of a column is."""
        return max(map(len, self._columns[column].labels), default=0)

    def prepare(self, columns: Sequence[int]) -> None:
        """Do nothing: the columns are ready."""


@dataclass(frozen=True, kw_only=True)
class Aside:
    """What stood in a file beside the table: read, told, and no part of the data.

    Parameters
    ----------
    titles, notes : tuple of str
        Texts above the headings, and below or beside the rows.
    rows : mapping of str to int
        Rows that are not data, counted by kind: title, heading, blank, note.
    filled_down : int
        Cells that took their text from a merged cell above or beside them.
    unread : tuple of str
        Columns of a kind that is no text or number, such as the outlines of areas.
    """

    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    filled_down: int = 0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a source itself says of its columns; empty for a file that only has headings.

    Parameters
    ----------
    layout : Layout, optional
        Which column is what.
    marks : mapping of str to {"missing", "withheld", "zero"}
        What the source's own signs mean.
    labels : mapping of str to mapping of str to str
        What codes stand for, by column.
    titles : mapping of str to str
        What columns hold, in words.
    """

    layout: Layout | None = None
    marks: Mapping[str, Mark] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as it stands in a file, nothing interpreted.

    Parameters
    ----------
    file : str
        Name of the file, without its folder.
    header : tuple of str
        The columns' headings, all different.
    held : Cells
        The texts, stripped of space at both ends; an empty text where nothing stands.
    rows : sequence of int
        Each row's number in the file, counted from 1.
    letters : tuple of int
        Position of each column in the file, counted from 0 (A).
    sheet : str
        Name of the sheet, empty for a file without sheets.
    encoding, separator : str
        How the text was read, empty for a workbook.
    decimal : {",", "."} or None
        The decimal mark, if the file itself settles it.
    levels : mapping of str to sequence of str
        The texts of a heading in several rows, by the heading they were joined to.
    aside : Aside
        What stood beside the table.
    known : Known
        What the source says of its columns.
    by_name : bool
        Whether a cell is told by its column's name and its row counted from 0, as in a frame, rather than by
        letter and number.
    """

    file: str
    header: tuple[str, ...]
    held: Cells
    rows: Sequence[int]
    letters: tuple[int, ...]
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    decimal: DecimalMark | None = None
    levels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    aside: Aside = Aside()
    known: Known = Known()
    by_name: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """The texts as a frame; the index holds each row's number in the file."""
        columns = {name: self.held.texts(place) for place, name in enumerate(self.header)}
        return pd.DataFrame(columns, index=pd.Index(self.rows, name="row"), dtype=object)

    def texts(self, column: str) -> list[str]:
        """Return the texts of a column."""
        return self.held.texts(self.header.index(column))

    def coded(self, column: str) -> Texts:
        """Return a column with each distinct text kept once."""
        return self.held.coded(self.header.index(column))

    def address(self, position: int, column: str) -> str:
        """Return the address of a cell: the row counted from 0 among the table's own."""
        if self.by_name:
            return f"{column}[{self.rows[position]}]"
        place = f"{column_letters(self.letters[self.header.index(column)])}{self.rows[position]}"
        return f"{self.sheet}!{place}" if self.sheet else place

    def fault(self, position: int, column: str, *, problem: str, mend: str, **details: Value) -> Fault:
        """Return a fault in one cell: the row counted from 0 among the table's own."""
        return Fault(
            file=self.file,
            cell=self.address(position, column),
            row=int(self.rows[position]),
            column=column,
            value=self.coded(column)[position],
            problem=problem,
            mend=mend,
            details=details,
        )

    def alike(
        self, positions: Iterable[int], column: str, *, problem: str, mend: str, **details: Value
    ) -> list[Fault]:
        """Return the same fault in many cells: the first of them told one by one, the rest as a number."""
        places = [int(position) for position in positions]
        texts = self.coded(column)
        faults = [
            Fault(
                file=self.file,
                cell=self.address(place, column),
                row=int(self.rows[place]),
                column=column,
                value=texts[place],
                problem=problem,
                mend=mend,
                details=details,
            )
            for place in places[:MOST_ALIKE]
        ]
        return faults + self._rest(places[MOST_ALIKE:], column)

    def _rest(self, places: Sequence[int], column: str) -> list[Fault]:
        if not places:
            return []
        first, last = self.address(places[0], column), self.address(places[-1], column)
        return [
            Fault(
                file=self.file,
                row=int(self.rows[places[0]]),
                column=column,
                problem="{count} more cells of column {column} have the same fault.",
                mend="Mend them in the same way.",
                details={"count": len(places), "first": first, "last": last},
                count=len(places),
            )
        ]


def column_letters(position: int) -> str:
    """Return the letters a spreadsheet gives a column.

    Parameters
    ----------
    position : int
        Counted from 0.

    Returns
    -------
    str
        ``A`` for 0, ``Z`` for 25, ``AA`` for 26.

    Examples
    --------
    >>> column_letters(0), column_letters(27), column_letters(702)
    ('A', 'AB', 'AAA')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
