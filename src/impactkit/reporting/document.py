"""A document: sections of blocks in one language, in the order they are read. A renderer lays it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from impactkit.reporting.blocks import Block, Figure
from impactkit.reporting.table import Table
from impactkit.wording import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it.

    Parameters
    ----------
    id : str
        Letters, digits and hyphens; the only one of its kind in the document.
    heading : str
        The words; how deep it stands follows from the sections around it, so that no level is skipped.
    parts : tuple of block or Section
        In order.
    eyebrow : str
        A line above the heading.
    kind : {"plain", "half", "note", "summary", "changes", "claim"}
        Running text; one of two that may stand side by side; a box; the short answer; what has changed since
        the plan was locked; or one claim.
    """

    id: str
    heading: str
    parts: tuple[Block | Section, ...]
    eyebrow: str = ""
    kind: Literal["plain", "half", "note", "summary", "changes", "claim"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is written, before it is laid out.

    Parameters
    ----------
    language : {"sv", "en"}
        The language of every text.
    title : str
        The first heading.
    page_title : str
        What a browser or a reader calls it.
    eyebrow, lead : str
        What kind of document it is, above the title; and what must be known first, below it.
    sections : tuple of Section
        In the order they are read.
    watermark : str, optional
        What stands above every section of an exploratory run; None else.
    numbers : tuple of Table
        The numbers once more for a spreadsheet, one row a claim or an effect; empty when there are none.
    is_short : bool
        Whether it is to fit on one page.
    """

    language: Language
    title: str
    page_title: str
    eyebrow: str
    lead: str
    sections: tuple[Section, ...]
    watermark: str | None = None
    numbers: tuple[Table, ...] = ()
    is_short: bool = False

    def document(self) -> Document:
        """Return itself, so that a document can be written as it is."""
        return self

    @property
    def start(self) -> str:
        """The id of the section that a reader skips to: the short answer, else the first."""
        short = [section.id for section in self.sections if section.kind == "summary"]
        return (short or [section.id for section in self.sections])[0]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure in the order they are read."""
        return tuple(part for part in walk(self.sections) if isinstance(part, Figure))

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table that stands by itself, in the order they are read."""
        return tuple(part for part in walk(self.sections) if isinstance(part, Table))


class Written(Protocol):
    """What can be written as a document."""

    def document(self) -> Document:
        """Return it as sections and blocks."""


def walk(parts: tuple[Block | Section, ...]) -> Iterator[Block | Section]:
    """Go through sections and blocks in the order they are read.

    Parameters
    ----------
    parts : tuple of block or Section
        Where to begin.

    Yields
    ------
    block or Section
        A section before what stands under it.
    """
    for part in parts:
        yield part
        if isinstance(part, Section):
            yield from walk(part.parts)
