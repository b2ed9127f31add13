"""A column of text with each distinct text kept once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A column of text: a code for each row, and what the codes stand for.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Position of each row's text among the labels.
    labels : tuple of str
        The distinct texts; one that no row has may stand among them.

    Examples
    --------
    >>> column = Texts.of(["0114", "0180", "0114"])
    >>> column.labels, column.codes.tolist(), column.is_among({"0180"}).tolist()
    (('0114', '0180'), [0, 1, 0], [False, True, False])
    """

    codes: Codes
    labels: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Return the column of a sequence of texts."""
        codes, labels = pd.factorize(np.array(texts, dtype=object))
        return cls(codes.astype(np.int64, copy=False), tuple(labels))

    @classmethod
    def same(cls, text: str, n: int) -> Texts:
        """Return a column in which one text stands on all of n rows."""
        return cls(np.zeros(n, dtype=np.int64), (text,))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, position: int) -> str:
        return self.labels[int(self.codes[position])]

    def to_list(self) -> list[str]:
        """Return the text of every row."""
        return list(map(self.labels.__getitem__, self.codes.tolist()))

    def to_array(self) -> npt.NDArray[np.object_]:
        """Return the text of every row, as an array of objects."""
        labels = np.empty(len(self.labels), dtype=object)
        labels[:] = self.labels
        return labels[self.codes]

    def take(self, rows: Codes | Flags | slice) -> Texts:
        """Return the column for some rows (positions, a mask or a slice)."""
        return Texts(self.codes[rows], self.labels)

    def each(self, change: Callable[[str], str]) -> Texts:
        """Return the column with every distinct text changed by a function, alike texts made one."""
        known: dict[str, int] = {}
        place = [known.setdefault(change(text), len(known)) for text in self.labels]
        return Texts(np.array(place, dtype=np.int64)[self.codes], tuple(known))

    def where(self, test: Callable[[str], bool]) -> Flags:
        """Return which rows hold a text for which the test is true."""
        return np.array([test(text) for text in self.labels], dtype=bool)[self.codes]

    def is_among(self, texts: frozenset[str] | set[str] | dict[str, object]) -> Flags:
        """Return which rows hold one of the texts."""
        places = [self.labels.index(text) for text in texts if text in self.labels]
        if len(places) == 1:
            found: Flags = self.codes == places[0]
            return found
        return np.isin(self.codes, places) if places else np.zeros(len(self.codes), dtype=bool)

    def used(self) -> tuple[str, ...]:
        """Return the texts that stand on some row, in the order of the first."""
        return tuple(self.labels[code] for code in pd.unique(self.codes))


def joined(columns: Sequence[Texts]) -> Texts:
    """Return columns one below the other.

    Parameters
    ----------
    columns : sequence of Texts
        At least one.

    Returns
    -------
    Texts
        As many rows as the columns have together.

    Examples
    --------
    >>> joined([Texts.of(["a", "b"]), Texts.of(["b"])]).to_list()
    ['a', 'b', 'b']
    """
    if len(columns) == 1:
        return columns[0]
    known: dict[str, int] = {}
    codes = []
    for column in columns:
        place = [known.setdefault(text, len(known)) for text in column.labels]
        codes.append(np.array(place, dtype=np.int64)[column.codes])
    return Texts(np.concatenate(codes), tuple(known))


def together(columns: Sequence[Texts]) -> Codes:
    """Return one code for each combination of texts: rows with the same code agree in every column.

    Parameters
    ----------
    columns : sequence of Texts
        Of equal length.

    Returns
    -------
    ndarray of int, shape (n,)
        Codes in no particular order.

    Examples
    --------
    >>> together([Texts.of(["a", "a", "b"]), Texts.of(["1", "1", "1"])]).tolist()
    [0, 0, 1]
    """
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    size = 1
    for column in columns:
        m = len(column.labels)
        if m <= 1:
            continue
        if size > 2**62 // m:
            combined, found = pd.factorize(combined)
            size = len(found)
        combined = combined * m + column.codes
        size *= m
    return combined
