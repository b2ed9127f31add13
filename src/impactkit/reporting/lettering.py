"""Names as they are drawn: nothing hidden in them, and no longer than there is room for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from impactkit.reporting.visible import visible

_SPACES = dict.fromkeys((9, 10, 13), " ")
_ELLIPSIS = "…"
_LEAST = 4  # letters of a broken word that stand together on the next line
_PIECES = re.compile(r"[^ _/-]*[_/-]+|[^ _/-]+|[ ]+")

Width = Callable[[str], float]


def one_line(text: str) -> str:
    r"""Return a name in one line with its letters put together, and what cannot be seen made visible.

    Parameters
    ----------
    text : str
        As somebody wrote it.

    Returns
    -------
    str
        Marks of direction and control are shown as U+FFFD.

    Examples
    --------
    >>> one_line("A\u030angermanland")
    'Ångermanland'
    >>> one_line("a\u202eb\nc")
    'a�b c'
    """
    return visible(unicodedata.normalize("NFC", text).translate(_SPACES))


def fitted(text: str, room: float, *, width: Width, lines: int = 1) -> str:
    r"""Return a name in so many lines, with an ellipsis where it does not fit.

    Parameters
    ----------
    text : str
        The name.
    room : float
        How wide a line may be.
    width : callable
        How wide a text is, in the same unit.
    lines : int
        How many there may be.

    Returns
    -------
    str
        Lines with line breaks between them; words are broken, with a hyphen, only where one is wider than a
        line.

    Examples
    --------
    >>> fitted("North of the river", 9, width=len, lines=2)
    'North of\nthe river'
    >>> fitted("North of the great river", 9, width=len, lines=2)
    'North of\nthe grea…'
    """
    rows = list(_rows(one_line(text).strip(), room, width))
    if len(rows) > lines:
        rest = " ".join(rows[lines - 1 :])
        rows = [*rows[: lines - 1], _cut(rest, room, width)]
    return "\n".join(rows)


def _rows(text: str, room: float, width: Width) -> Iterator[str]:
    line = ""
    for piece in _PIECES.findall(text):
        if width((line + piece).rstrip()) <= room:
            line += piece
            continue
        if line.strip():
            yield line.strip()
        line = piece.lstrip()
        while width(line) > room and len(line) > 1:
            n = min(_longest(line, room - width("-"), width), max(len(line) - _LEAST, 1))
            yield line[:n] + ("-" if line[n - 1].isalpha() and line[n].isalpha() else "")
            line = line[n:]
    if line.strip() or not text:
        yield line.strip()


def _cut(text: str, room: float, width: Width) -> str:
    """Return the text with an ellipsis in place of its end."""
    n = _longest(text, room - width(_ELLIPSIS), width)
    return text[:n].rstrip(" _/-") + _ELLIPSIS


def _longest(text: str, room: float, width: Width) -> int:
    """Return how many letters fit, at least one; found by halving."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    return low
