"""Where a table's headings stand: below its title, in one row or in several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from impactkit.data.periods import period_of

Grid = Sequence[Sequence[str]]
_NOTE = re.compile(
    r"(?i)(källa|source|not|note|anm|anmärkning|kommentar|comment|förklaring|teckenförklaring|uppdaterad"
    r"|senast|data|uttag|copyright|kontakt)\w*\s?:|[*†‡¹²³©]|\d\)|\(\d\)"
)
_NUMBER = re.compile(r"[+\-−]?[\d \u00a0\u202f\u2009]*[.,]?\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Span:
    """Cells that are merged into one.

    Parameters
    ----------
    top, left, bottom, right : int
        Rows and columns counted from 0, the last ones included.
    """

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """Where the headings stand.

    Parameters
    ----------
    rows : tuple of int
        Positions of the heading rows in the grid.
    titles : tuple of int
        Positions of the title rows above them.
    """

    rows: tuple[int, ...]
    titles: tuple[int, ...] = ()


def find_headings(rows: Grid, spans: Sequence[Span]) -> Headings:
    """Find the row of headings, or the two rows, below any titles.

    A title is one text alone on its row. The headings are the first row that is not one; two rows when
    merged cells, or headings that would stand twice, say so. Nothing is guessed: where the row below a
    title holds numbers, the title is taken for a heading, and what is missing in it is refused.

    Parameters
    ----------
    rows : sequence of sequences of str
        The grid.
    spans : sequence of Span
        Its merged cells.

    Returns
    -------
    Headings
        Empty when nothing is filled.
    """
    filled = [place for place, row in enumerate(rows) if any(row)]
    if not filled:
        return Headings(rows=())
    first = _after_titles(rows, filled)
    top = filled[first]
    if first + 1 < len(filled) and _is_two_level(rows, top, filled[first + 1], spans):
        return Headings(rows=(top, filled[first + 1]), titles=tuple(filled[:first]))
    return Headings(rows=(top,), titles=tuple(filled[:first]))


def heading_names(rows: Grid, headings: Headings, spans: Sequence[Span]) -> tuple[list[str], list[list[str]]]:
    """Return a name for each column, and the texts it was joined from.

    Parameters
    ----------
    rows : sequence of sequences of str
        The grid.
    headings : Headings
        Where its headings stand.
    spans : sequence of Span
        Its merged cells.

    Returns
    -------
    names : list of str
        The levels joined by " / ", a level that repeats or lacks left out.
    levels : list of list of str
        The text of each level, by column.
    """
    width = max(len(rows[place]) for place in headings.rows)
    levels = [
        _spread(rows[place], place, width, spans, last=place == headings.rows[-1]) for place in headings.rows
    ]
    if len(levels) == 1:
        return levels[0], [[name] for name in levels[0]]
    texts = [list(column) for column in zip(*levels, strict=True)]
    return [" / ".join(dict.fromkeys(filter(None, column))) for column in texts], texts


def is_note(text: str) -> bool:
    """Return whether a text alone on its row is a note rather than a unit's name.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    bool
        True for one that begins as notes do (Källa:, Not:, *), or is long.

    Examples
    --------
    >>> is_note("Källa: SCB"), is_note("* preliminära uppgifter"), is_note("Norrgården")
    (True, True, False)
    """
    return _NOTE.match(text) is not None or len(text) > 60


def could_head(row: Sequence[str]) -> bool:
    """Return whether a row may hold headings: no numbers in it but years and other periods.

    Parameters
    ----------
    row : sequence of str
        Its texts.

    Returns
    -------
    bool
        True also for a row of nothing.

    Examples
    --------
    >>> could_head(["Kommun", "2023", "2024"]), could_head(["Norr", "12,5"])
    (True, False)
    """
    return not any(_NUMBER.fullmatch(text) and period_of(text) is None for text in row if text)


def _count(row: Sequence[str]) -> int:
    return sum(map(bool, row))


def _after_titles(rows: Grid, filled: Sequence[int]) -> int:
    """Return which of the filled rows comes first below the titles."""
    if max(map(_count, (rows[place] for place in filled))) < 2:
        return 0
    first = next(k for k, place in enumerate(filled) if _count(rows[place]) > 1)
    return first if first == 0 or could_head(rows[filled[first]]) else 0


def _is_two_level(rows: Grid, top: int, below: int, spans: Sequence[Span]) -> bool:
    """Return whether a row spans several headings of the row below it."""
    if below != top + 1 or not could_head(rows[below]) or not any(rows[below][1:]):
        return False
    if any(span.top == top and span.bottom == top and span.right > span.left for span in spans):
        return True
    heading, lower = rows[top], [text for text in rows[below] if text]
    has_gap = any(heading) and any(not text for text in heading[1 : _width(rows[below])])
    return has_gap and len(set(lower)) < len(lower)


def _width(row: Sequence[str]) -> int:
    return max((place + 1 for place, text in enumerate(row) if text), default=0)


def _spread(row: Sequence[str], place: int, width: int, spans: Sequence[Span], *, last: bool) -> list[str]:
    """Return a level's texts, a merged one on every column it covers; without merges, up to the next text."""
    texts = [*row, *[""] * (width - len(row))]
    merged = [span for span in spans if span.top <= place <= span.bottom and span.left < width]
    for span in merged:
        if span.top == place:
            for column in range(span.left, min(span.right + 1, width)):
                texts[column] = texts[span.left]
    if last or any(span.right > span.left for span in merged):
        return texts
    filled = [column for column, text in enumerate(texts) if text]
    for column in range(width):
        before = [text for text in filled if text <= column]
        texts[column] = texts[before[-1]] if before else ""
    return texts
