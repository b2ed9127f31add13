"""Separated text in which every row has as many cells: kept as bytes, taken apart column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from impactkit.data.cleaning import cleaned
from impactkit.data.numbers import DecimalMark
from impactkit.data.texts import Codes, Texts

Places = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Part = TypeVar("Part")

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_WIDEST = 64  # bytes of a cell that are compared as words
_WORD = 8  # bytes
_MOST_DIGITS = 15  # of a number that a double holds exactly
_BYTES_AT_ONCE, _ROWS_AT_ONCE = 1 << 20, 1 << 16  # so that a piece stays in the processor's cache
_POWERS = 10.0 ** np.arange(_MOST_DIGITS + 1)
# What is kept of a word that ends after so many bytes.
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(_WORD)] + [2**64 - 1], dtype=np.uint64)


class RegularText:
    """The rows of a text file, each with the same number of cells, none of them on several lines.

    Parameters
    ----------
    content : bytes
        The file in UTF-8, with a line break after each row.
    parts : sequence of ndarray of int, each of shape (n_i, k)
        Where each cell ends, the rows in their order.
    widths : ndarray of int, shape (k,)
        The length in bytes of the longest cell of each column.
    start : int
        Where the first row begins.
    """

    def __init__(self, content: bytes, parts: Sequence[Places], *, widths: Codes, start: int) -> None:
        self._content, self._parts, self._widths, self._start = content, parts, widths, start
        self._bytes: Bytes = np.frombuffer(content, dtype=np.uint8)
        self._n = sum(map(len, parts))
        self._has_returns = self._bytes[parts[0][0, -1] - 1] == _RETURN
        self._workers = 2
        self._coded: dict[int, Texts] = {}
        self._bounds: dict[int, tuple[Codes, Codes]] = {}

    def __len__(self) -> int:
        return self._n

    def bounds(self, column: int) -> tuple[Codes, Codes]:
        """Return where each cell of a column begins, and where it ends."""
        if column not in self._bounds:
            last = column == self._parts[0].shape[1] - 1
            ends = self._column(column)
            if last and self._has_returns:
                ends -= 1
            starts = self._column(column - 1) if column else np.roll(self._column(-1), 1)
            starts += 1
            if not column:
                starts[0] = self._start
            self._bounds[column] = starts, ends
        return self._bounds[column]

    def _column(self, column: int) -> Codes:
        return np.concatenate([part[:, column] for part in self._parts]).astype(np.int64)

    def texts(self, column: int) -> list[str]:
        """Return a column's texts."""
        return self.coded(column).to_list()

    def coded(self, column: int) -> Texts:
        """Return a column with each distinct text once."""
        if column not in self._coded:
            self._coded[column] = self._code(*self.bounds(column))
        return self._coded[column]

    def prepare(self, columns: Sequence[int]) -> None:
        """Code some columns two at a time, so that they are there when they are asked for."""
        self._workers = 1  # a column each, instead of both on one
        with ThreadPoolExecutor(2) as workers:
            list(workers.map(self.coded, columns))
        self._workers = 2

    def first(self, column: int, n: int) -> list[str]:
        """Return the first texts of a column."""
        starts, ends = self.bounds(column)
        return self._slices(starts[:n], ends[:n])

    def longest(self, column: int) -> int:
        """Return how many bytes the longest cell of a column has: no fewer than its characters."""
        return int(self._widths[column])

    def _slices(self, starts: Codes, ends: Codes) -> list[str]:
        pieces = zip(starts.tolist(), ends.tolist(), strict=True)
        texts = b"\n".join([self._content[start:end] for start, end in pieces]).decode("utf-8").split("\n")
        return cleaned([_unquoted(text) for text in texts] if '"' in "".join(texts) else texts)

    def _code(self, starts: Codes, ends: Codes) -> Texts:
        width = int((ends - starts).max())
        if width > _WIDEST:
            return Texts.of(self._slices(starts, ends))
        codes, first = _distinct(self._words(starts, ends, width), len(starts))
        found = Texts(codes, tuple(self._slices(starts[first], ends[first])))
        # Cells that differ only in space at their ends, or in quotation marks, become one text here.
        return found if len(set(found.labels)) == len(found.labels) else found.each(str)

    def _words(self, starts: Codes, ends: Codes, width: int) -> list[Words]:
        """Return the cells eight bytes at a time as numbers, zeros after their end."""
        n = len(self._content)
        # The eight bytes that begin at each place, as a number.
        view: Words = np.ndarray((n - _WORD + 1,), dtype="<u8", buffer=self._content, strides=(1,))
        offsets = range(0, max(width, 1), _WORD)

        def taken(rows: slice) -> list[Words]:
            begin = starts[rows]
            lengths = ends[rows] - begin
            is_last = begin[-1] + width > n - _WORD
            return [_word(view, begin + offset, lengths - offset, is_last=is_last) for offset in offsets]

        parts = _by_rows(taken, len(starts), workers=self._workers)
        return [np.concatenate([part[k] for part in parts]) for k in range(len(offsets))]

    def plain_numbers(self, column: int, mark: DecimalMark) -> Floats | None:
        """Return a column of plain numbers, or None if any of its cells is something else.

        A plain number is a sign or none, digits, and perhaps the mark and more digits; at most 15 digits, so
        that a whole number divided by a power of ten gives the double nearest to what is written.
        """
        starts, ends = self.bounds(column)
        if self.longest(column) > _MOST_DIGITS + 3:
            return None
        parts = _by_rows(lambda rows: _parsed(self._bytes, starts[rows], ends[rows], ord(mark)), len(starts))
        found = [part for part in parts if part is not None]
        return np.concatenate(found) if len(found) == len(parts) else None


def regular_text(content: bytes, *, separator: str, columns: int, start: int = 0) -> RegularText | None:
    r"""Return the rows of a text if each has as many cells as said, none on several lines; else None.

    Parameters
    ----------
    content : bytes
        The text in UTF-8, with a line break after each row.
    separator : str
        What stands between cells.
    columns : int
        How many cells a row should have.
    start : int
        Where the first row begins.

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
    if start >= len(raw) or raw[-1] != _NEWLINE or len(raw) < _WORD:
        return None
    quotes = np.flatnonzero(raw[start:] == _QUOTE) + start if b'"' in content else None
    if quotes is not None and not _are_around_cells(raw, quotes, ord(separator), start):
        return None
    whole = _whole_rows(content, start)
    parts = _by_rows(
        lambda rows: _cells(raw, separator=ord(separator), columns=columns, rows=rows, quotes=quotes), whole
    )
    cells = [part for part in parts if part is not None]
    if len(cells) < len(parts) or not cells:
        return None
    widths = np.max([lengths for lengths, _ in cells], axis=0)
    places = [part for _, part in cells]
    last = np.concatenate([part[:, -1] for part in places])
    returns = content.count(b"\r", start) if b"\r" in content else 0
    if returns and not (returns == len(last) and (raw[last - 1] == _RETURN).all()):
        return None
    shortest = int(np.diff(last, prepend=start - 1).min())
    if shortest <= columns + bool(returns):
        return None
    return RegularText(content, places, widths=widths, start=start)


def _whole_rows(content: bytes, start: int) -> list[slice]:
    """Cut the content into pieces of about a megabyte that end where a row does."""
    pieces = []
    while start < len(content):
        stop = content.find(b"\n", min(start + _BYTES_AT_ONCE, len(content) - 1)) + 1
        pieces.append(slice(start, stop))
        start = stop
    return pieces


def _cells(
    raw: Bytes, *, separator: int, columns: int, rows: slice, quotes: Codes | None
) -> tuple[Codes, Places] | None:
    """Return the longest cells' lengths, then where the cells of some rows end; None where they differ."""
    piece = raw[rows]
    ends = np.flatnonzero((piece == separator) | (piece == _NEWLINE))
    if quotes is not None:
        # Outside quotation marks as many have been passed as make pairs.
        outside = np.searchsorted(quotes, ends + rows.start) % 2 == 0
        if not outside[piece[ends] == _NEWLINE].all():
            return None
        ends = ends[outside]
    if len(ends) % columns:
        return None
    cells = ends.reshape(-1, columns)
    breaks = piece[cells] == _NEWLINE
    if not breaks[:, -1].all() or np.count_nonzero(breaks) != len(cells):
        return None
    lengths = np.diff(ends, prepend=-1).reshape(cells.shape).max(axis=0) - 1
    places = cells.astype(np.int32)
    places += np.int32(rows.start)
    return lengths, places


def _by_rows(work: Callable[[slice], Part], pieces: int | Sequence[slice], *, workers: int = 2) -> list[Part]:
    """Do work piece by piece, two pieces at a time: numpy lets go of the interpreter meanwhile."""
    if isinstance(pieces, int):
        n = pieces
        pieces = [slice(start, min(start + _ROWS_AT_ONCE, n)) for start in range(0, n, _ROWS_AT_ONCE)]
    if len(pieces) < 4 or workers == 1:
        return list(map(work, pieces))
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, pieces))


def _are_around_cells(raw: Bytes, quotes: Codes, separator: int, start: int) -> bool:
    """Return whether every quotation mark opens a cell, closes one, or is doubled inside one."""
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > start, raw[opening - 1], _NEWLINE)
    after = raw[closing + 1]
    opens = (before == separator) | (before == _NEWLINE)
    closes = (after == separator) | (after == _NEWLINE) | (after == _RETURN)
    # A doubled mark closes and opens again at once.
    doubled = np.flatnonzero(before == _QUOTE)
    opens[doubled] = True
    closes[doubled - 1] = True
    return bool(opens.all() and closes.all() and int((after == _QUOTE).sum()) == len(doubled))


def _unquoted(text: str) -> str:
    text = text.removesuffix("\r")
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _word(view: Words, at: Codes, left: Codes, *, is_last: bool) -> Words:
    """Return the eight bytes at each place, those beyond what is left of the cell as zeros."""
    if is_last:  # near the content's end, where no eight bytes are left
        inside = np.minimum(at, len(view) - 1)
        beyond = np.clip(at - inside, 0, _WORD - 1).astype(np.uint64)
        found = view[inside] >> (beyond * np.uint64(8))
    else:
        found = view[at]
    kept: Words = found & _MASKS[np.clip(left, 0, _WORD)]
    return kept


def _distinct(words: Sequence[Words], n: int) -> tuple[Codes, Codes]:
    """Return a code for each row, and the first row with each code."""
    codes, found = np.zeros(n, dtype=np.int64), words[0][:1]
    for word in words:
        if bool((word == word[0]).all()):
            continue
        if len(found) == 1:
            codes, found = pd.factorize(word)
            continue
        more, others = pd.factorize(word)
        codes, found = pd.factorize((codes * len(others) + more).astype(np.uint64))
    first = np.empty(len(found), dtype=np.int64)
    first[codes[::-1]] = np.arange(n - 1, -1, -1)
    return codes.astype(np.int64, copy=False), first


def _parsed(raw: Bytes, starts: Codes, ends: Codes, mark: int) -> Floats | None:
    """Return plain numbers digit by digit, all rows at a time."""
    lengths = ends - starts
    width = int(lengths.max())
    if not 0 < int(lengths.min()) <= width <= _MOST_DIGITS + 2:
        return None
    n, last = len(starts), len(raw) - 1
    value, decimals = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    digits, marked = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    first = raw[starts]
    negative = first == ord("-")
    signed = negative | (first == ord("+"))
    for place in range(width):
        inside = lengths > place
        taken = raw[np.minimum(starts + place, last)]
        digit = taken - np.uint8(48)
        is_digit, is_mark = (digit < 10) & inside, (taken == mark) & inside
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
    return value / _POWERS[decimals]
