"""One HTML file that needs nothing else: no script, no address, every figure inside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup

from impactkit.reporting.blocks import Block
from impactkit.reporting.document import Document, Section
from impactkit.reporting.drawing import to_svg
from impactkit.reporting.page import page_of
from impactkit.reporting.pictures import Picture
from impactkit.reporting.plot import draw
from impactkit.reporting.table import SYMBOLS, Cell, told

Part = Block | Section
_LONG = 30


def html(document: Document) -> bytes:
    """Return a document as one HTML file, the same bytes every time.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    bytes
        UTF-8.
    """
    places = {id(figure): place for place, figure in enumerate(document.figures, start=1)}
    return page_of(
        "document.html.j2",
        document.language,
        document=document,
        figure_id=lambda figure: f"figure-{places[id(figure)]}",
        draw=_drawn,
        grouped=_grouped,
        kind=_kind,
        cell=_cell,
        is_long=_is_long,
        symbols=SYMBOLS,
    )


def _kind(part: Part) -> str:
    return type(part).__name__.lower()


def _cell(cell: str | Cell) -> Cell:
    return Cell(text=cell) if isinstance(cell, str) else cell


def _is_long(cell: str | Cell) -> bool:
    """Return whether a cell has a word that may have to be broken anywhere."""
    return any(len(word) > _LONG for word in told(cell).split())


def _grouped(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    """Yield each part by itself, and those that may stand side by side together."""
    for is_half, group in groupby(parts, key=lambda part: isinstance(part, Section) and part.kind == "half"):
        members = tuple(group)
        yield from ([members] if is_half else ((one,) for one in members))


def _drawn(picture: Picture, name: str) -> Markup:
    """Return a figure as markup: `to_svg` escapes every text that goes into it."""
    return Markup(to_svg(draw(picture), name=name))  # noqa: S704
