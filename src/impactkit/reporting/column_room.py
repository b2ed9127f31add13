"""How wide the columns of a table are: room for every word, and the rest of the line where the text is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WIDE, _BOLD = 1.2, 1.1  # how much wider a digit or a capital is than a small letter, and bold than plain
_MOST = 160  # letters of a cell beyond which more text asks for no more room


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRoom:
    """Widths of columns, in small letters, and the size of the letters that they need.

    Parameters
    ----------
    widths : tuple of float
        One a column; together a line of letters of that size.
    size : float
        1.0, or the share of the usual size at which every word has room.
    """

    widths: tuple[float, ...]
    size: float


def column_room(columns: Sequence[Sequence[str]], *, line: float, gap: float, longest: int) -> ColumnRoom:
    """Share a line between columns: each gets its longest word, and what is left goes by how much there is.

    Parameters
    ----------
    columns : sequence of sequence of str
        The texts of each column, its header among them; the first is bold. Non-breaking spaces hold words
        together.
    line : float
        How many small letters the line has room for.
    gap : float
        Room between columns, in small letters.
    longest : int
        Letters of a word beyond which it may be broken.

    Returns
    -------
    ColumnRoom
        Widths whose sum is the line at the size returned.

    Examples
    --------
    >>> column_room([["ab"], ["cd ef"]], line=12.0, gap=2.0, longest=20).widths
    (4.2, 7.8)
    >>> column_room([["a"], ["b" * 20]], line=12.55, gap=2.0, longest=20).size
    0.5
    """
    bold = [_BOLD, *[1.0] * (len(columns) - 1)]
    words = [
        much * max(min(_width(word), longest * _WIDE) for text in column for word in re.split("[ \n]", text))
        for column, much in zip(columns, bold, strict=True)
    ]
    least = [word + gap for word in words]
    size = min(1.0, line / sum(least))
    most = [min(max(map(len, column)), _MOST) for column in columns]
    wished = [max(all_of_it - word, 0.0) for all_of_it, word in zip(most, words, strict=True)]
    left = line / size - sum(least)
    each = left / sum(wished) if sum(wished) else 0.0
    widths = [room + each * more for room, more in zip(least, wished, strict=True)]
    if not sum(wished):
        widths = [room + left / len(widths) for room in widths]
    return ColumnRoom(widths=tuple(round(width, 2) for width in widths), size=round(size, 4))


def _width(text: str) -> float:
    return sum(_WIDE if letter.isdigit() or letter.isupper() else 1.0 for letter in text)
