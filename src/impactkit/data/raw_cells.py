"""Cells as a workbook's reader gives them, made into text when somebody asks."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from impactkit.data.cleaning import cleaned
from impactkit.data.numbers import DecimalMark
from impactkit.data.texts import Texts

Floats = npt.NDArray[np.float64]
Cell = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta

# Whole numbers up to here are exact in a cell, which holds a double.
_EXACT = 2**53
_TEN_DIGITS = 1e9


class RawCells:
    """Cells column by column, numbers as they are stored.

    Parameters
    ----------
    columns : sequence of sequences of cells
        The rows of data only.
    """

    def __init__(self, columns: Sequence[Sequence[Cell]]) -> None:
        self._columns = columns
        self._are_numbers = [set(map(type, column)) == {float} for column in columns]
        self._coded: dict[int, Texts] = {}

    def texts(self, column: int) -> list[str]:
        """Return a column's texts."""
        return self.coded(column).to_list()

    def coded(self, column: int) -> Texts:
        """Return a column with each distinct text once."""
        if column not in self._coded:
            self._coded[column] = Texts.of(texts_of(self._columns[column]))
        return self._coded[column]

    def plain_numbers(self, column: int, mark: DecimalMark) -> Floats | None:
        """Return a column in which every cell holds a number, or None."""
        if not self._are_numbers[column]:
            return None
        values = np.array(self._columns[column], dtype=np.float64)
        return values if bool(np.isfinite(values).all()) else None

    def first(self, column: int, n: int) -> list[str]:
        """Return the first texts of a column."""
        return texts_of(self._columns[column][:n])

    def longest(self, column: int) -> int:
        """Return how long the longest text of a column is, or for numbers whether any has ten digits."""
        if self._are_numbers[column]:
            values = np.abs(np.array(self._columns[column], dtype=np.float64))
            return 10 if bool((values >= _TEN_DIGITS).any()) else 0
        return max(map(len, self.coded(column).labels), default=0)

    def prepare(self, columns: Sequence[int]) -> None:
        """Do nothing: the columns are made ready when they are asked for."""


def texts_of(column: Sequence[Cell]) -> list[str]:
    """Return the texts of a column, one way for all where all are of a kind.

    Parameters
    ----------
    column : sequence of cells
        As the reader gives them.

    Returns
    -------
    list of str
        Numbers without a needless ``.0``, dates in ISO form.

    Examples
    --------
    >>> texts_of([1.0, 2.5, " a ", datetime.datetime(2024, 1, 2)])
    ['1', '2.5', 'a', '2024-01-02']
    """
    kinds = set(map(type, column))
    if kinds == {str}:
        return cleaned([str(cell) for cell in column])
    if not kinds <= {str, float}:
        return cleaned([cell if isinstance(cell, str) else _text(cell) for cell in column])
    numbers = [cell if isinstance(cell, float) else 0.0 for cell in column]
    texts = list(map(repr, numbers))
    values = np.array(numbers)
    whole = np.flatnonzero((values == np.floor(values)) & (np.abs(values) < _EXACT))
    for place, number in zip(whole.tolist(), values[whole].astype(np.int64).tolist(), strict=True):
        texts[place] = str(number)
    if str in kinds:
        texts = [cell if isinstance(cell, str) else text for cell, text in zip(column, texts, strict=True)]
    return cleaned(texts)


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, datetime.datetime):
        whole_day = cell.time() == datetime.time()
        return cell.date().isoformat() if whole_day else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)
