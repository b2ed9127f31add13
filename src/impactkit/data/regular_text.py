"""Separated text in which every row has as many cells: kept as bytes, taken apart column by column."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from impactkit.data.cleaning import clean
from impactkit.data.numbers import DecimalMark
from impactkit.data.texts import Codes, Texts

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_AT_ONCE = 1 << 20
_WIDEST = 64  # bytes of a cell that are compared as words
_MOST_DIGITS = 15  # of a number that a double holds exactly


class RegularText:
    """The rows of a text file, each with the same number of cells, none of them on several lines.

    Parameters
    ----------
    content : bytes
        The rows in UTF-8, each with a line break after it.
    cells : ndarray of int, shape (n, k)
        Where each cell ends.
    has_returns : bool
        Whether a carriage return stands before every line break.
    """

    def __init__(self, content: bytes, cells: Codes, *, has_returns: bool) -> None:
        self._content = content
        self._bytes: Bytes = np.frombuffer(content, dtype=np.uint8)
        self._ends, self._has_returns = cells, has_returns

    def __len__(self) -> int:
        return len(self._ends)

    @cached_property
    def _coded(self) -> dict[int, Texts]:
        return {}

    def bounds(self, column: int) -> tuple[Codes, Codes]:
        """Return where each cell of a column begins, and where it ends."""
        last = column == self._ends.shape[1] - 1
        ends = self._ends[:, column] - 1 if last and self._has_returns else self._ends[:, column]
        if column:
            return self._ends[:, column - 1] + 1, ends
        starts = np.empty(len(self._ends), dtype=np.int64)
        starts[0] = 0
        np.add(self._ends[:-1, -1], 1, out=starts[1:])
        return starts, ends

    def texts(self, column: int) -> list[str]:
        """Return a column's texts."""
        return self.coded(column).to_list()

    def coded(self, column: int) -> Texts:
        """Return a column with each distinct text once."""
        if column not in self._coded:
            self._coded[column] = self._code(*self.bounds(column))
        return self._coded[column]

    def _code(self, starts: Codes, ends: Codes) -> Texts:
        width = int((ends - starts).max())
        if width > _WIDEST:
            slices = zip(starts.tolist(), ends.tolist(), strict=True)
            return Texts.of([_text(self._content[start:end]) for start, end in slices])
        codes, first = _distinct(self._words(starts, ends, width), len(starts))
        pieces = zip(starts[first].tolist(), ends[first].tolist(), strict=True)
        # Cells that differ only in space at their ends, or in quotation marks, become one text here.
        return Texts(codes, tuple(_text(self._content[start:end]) for start, end in pieces)).each(str)

    def _words(self, starts: Codes, ends: Codes, width: int) -> list[npt.NDArray[np.uint64]]:
        """Return the cells as 64-bit words, filled out with zeros."""
        n, lengths = len(starts), ends - starts
        words = [np.zeros((n, 8), dtype=np.uint8) for _ in range(max(-(-width // 8), 1))]
        last = len(self._bytes) - 1
        for place in range(width):
            taken = self._bytes[np.minimum(starts + place, last)]
            taken[lengths <= place] = 0
            words[place // 8][:, place % 8] = taken
        return [word.view(np.uint64).ravel() for word in words]

    def first(self, column: int, n: int) -> list[str]:
        """Return the first texts of a column."""
        starts, ends = self.bounds(column)
        slices = zip(starts[:n].tolist(), ends[:n].tolist(), strict=True)
        return [_text(self._content[start:end]) for start, end in slices]

    def longest(self, column: int) -> int:
        """Return how many bytes the longest cell of a column has: no fewer than its characters."""
        starts, ends = self.bounds(column)
        return int((ends - starts).max())

    def plain_numbers(self, column: int, mark: DecimalMark) -> Floats | None:
        """Return a column of plain numbers, or None if any of its cells is something else.

        A plain number is a sign or none, digits, and perhaps the mark and more digits; at most 15 digits, so
        that a whole number divided by a power of ten gives the double nearest to what is written.
        """
        starts, ends = self.bounds(column)
        lengths = ends - starts
        width = int(lengths.max())
        if not 0 < int(lengths.min()) <= width <= _MOST_DIGITS + 2:
            return None
        return _parsed(self._bytes, starts, lengths, width=width, mark=ord(mark))


def regular_text(content: bytes, *, separator: str, columns: int) -> RegularText | None:
    r"""Return the rows of a text if each has as many cells as said, none on several lines; else None.

    Parameters
    ----------
    content : bytes
        The rows in UTF-8, each with a line break after it.
    separator : str
        What stands between cells.
    columns : int
        How many cells a row should have.

    Returns
    -------
    RegularText or None
        None also where a quotation mark stands anywhere but around a cell, or a row holds nothing.

    Examples
    --------
    >>> rows = regular_text(b"0114;1,5\n0180;2,5\n", separator=";", columns=2)
    >>> rows.texts(0), rows.plain_numbers(1, ",").tolist()
    (['0114', '0180'], [1.5, 2.5])
    >>> regular_text(b"0114;1,5\n0180\n", separator=";", columns=2) is None
    True
    """
    raw: Bytes = np.frombuffer(content, dtype=np.uint8)
    quotes = np.flatnonzero(raw == _QUOTE) if b'"' in content else None
    if quotes is not None and not _are_around_cells(raw, quotes, ord(separator)):
        return None
    ends = _ends(raw, ord(separator))
    if quotes is not None:
        # Outside quotation marks as many have been passed as make pairs.
        outside = np.searchsorted(quotes, ends) % 2 == 0
        if not outside[raw[ends] == _NEWLINE].all():
            return None
        ends = ends[outside]
    if not len(ends) or len(ends) % columns:
        return None
    cells = ends.reshape(-1, columns)
    if not ((raw[cells[:, -1]] == _NEWLINE).all() and (raw[cells[:, :-1]] == ord(separator)).all()):
        return None
    has_returns = b"\r" in content
    if has_returns and not (content.count(b"\r") == len(cells) and (raw[cells[:, -1] - 1] == _RETURN).all()):
        return None
    found = RegularText(content, cells, has_returns=has_returns)
    lengths = np.diff(cells[:, -1], prepend=-1)
    return None if int(lengths.min()) <= columns + has_returns else found


def _ends(raw: Bytes, separator: int) -> Codes:
    """Return where a separator or a line break stands."""
    found = []
    for start in range(0, len(raw), _AT_ONCE):
        piece = raw[start : start + _AT_ONCE]
        found.append(np.flatnonzero((piece == separator) | (piece == _NEWLINE)) + start)
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _are_around_cells(raw: Bytes, quotes: Codes, separator: int) -> bool:
    """Return whether every quotation mark opens a cell, closes one, or is doubled inside one."""
    if len(quotes) % 2 or raw[-1] != _NEWLINE:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, raw[opening - 1], _NEWLINE)
    after = raw[closing + 1]
    opens = (before == separator) | (before == _NEWLINE)
    closes = (after == separator) | (after == _NEWLINE) | (after == _RETURN)
    # A doubled mark closes and opens again at once.
    doubled = np.flatnonzero(before == _QUOTE)
    opens[doubled] = True
    closes[doubled - 1] = True
    return bool(opens.all() and closes.all() and (after[after == _QUOTE].size == doubled.size))


def _text(cell: bytes) -> str:
    text = cell.decode("utf-8")
    if text.startswith('"'):
        text = text[1:-1].replace('""', '"')
    return clean(text)


def _distinct(words: list[npt.NDArray[np.uint64]], n: int) -> tuple[Codes, Codes]:
    """Return a code for each row, and the first row with each code."""
    codes, found = pd.factorize(words[0])
    for word in words[1:]:
        more, others = pd.factorize(word)
        codes, found = pd.factorize((codes * len(others) + more).astype(np.uint64))
    first = np.empty(len(found), dtype=np.int64)
    first[codes[::-1]] = np.arange(n - 1, -1, -1)
    return codes.astype(np.int64, copy=False), first


def _parsed(raw: Bytes, starts: Codes, lengths: Codes, *, width: int, mark: int) -> Floats | None:
    n = len(starts)
    value = np.zeros(n, dtype=np.int64)
    decimals = np.zeros(n, dtype=np.int64)
    digits = np.zeros(n, dtype=np.int64)
    marked = np.zeros(n, dtype=bool)
    first = raw[starts]
    negative = first == ord("-")
    signed = negative | (first == ord("+"))
    for place in range(width):
        inside = lengths > place
        taken = raw[np.minimum(starts + place, len(raw) - 1)]
        digit = taken - np.uint8(48)
        is_digit = (digit < 10) & inside
        is_mark = (taken == mark) & inside
        sound = is_digit | (is_mark & ~marked) | ~inside
        if place == 0:
            sound |= signed
        if not sound.all():
            return None
        np.copyto(value, value * 10 + digit, where=is_digit)
        digits += is_digit
        decimals += is_digit & marked
        marked |= is_mark
    if int(digits.min()) < 1 or int(digits.max()) > _MOST_DIGITS:
        return None
    np.negative(value, out=value, where=negative)
    powers = 10.0 ** np.arange(_MOST_DIGITS + 1)
    return value / powers[decimals]
