"""Markdown (CommonMark, with pipe tables): every text escaped, figures as their words and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import singledispatch

from impactkit.reporting.blocks import Block, Bullets, Facts, Figure, Finding, Paragraph, Scale
from impactkit.reporting.document import Document, Section
from impactkit.reporting.table import SYMBOLS, Table
from impactkit.reporting.visible import visible
from impactkit.wording import say

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$&!^@:])")
# What makes a list or a heading of a line: a mark or a numeral, alone before a space. In front of a digit a
# backslash would be read as one.
_START = re.compile(r"^(\s*(?:\d+(?=[.)](?:\s|$)))?)([.)]|[-+=](?=[-+=\s]|$))")
_DEEPEST = 6


def md(document: Document) -> bytes:
    """Return a document as Markdown, the same bytes every time.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    bytes
        UTF-8. A figure is told in words, with its numbers as a table; nothing that a name holds is markup.
    """
    lines = [f"<!-- {document.language} -->", "", *_lines(document)]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8")


def _lines(document: Document) -> Iterator[str]:
    if document.watermark:
        yield from (f"**{_text(document.watermark)}**", "")
    if document.eyebrow:
        yield from (f"*{_text(document.eyebrow)}*", "")
    yield from (f"# {_text(document.title)}", "")
    if document.lead:
        yield from (_text(document.lead), "")
    for section in document.sections:
        if document.watermark:
            yield from (f"**{_text(document.watermark)}**", "")
        yield from _section(section, 2, document)


def _section(section: Section, depth: int, document: Document) -> Iterator[str]:
    if section.eyebrow:
        yield from (f"*{_text(section.eyebrow)}*", "")
    yield from (f"{'#' * min(depth, _DEEPEST)} {_text(section.heading)}", "")
    for part in section.parts:
        if isinstance(part, Section):
            yield from _section(part, depth + 1, document)
        elif isinstance(part, Figure):
            yield from _figure(part, document)
        else:
            yield from _of(part)
            yield ""


@singledispatch
def _of(block: Block) -> Iterator[str]:
    raise NotImplementedError(type(block).__name__)


@_of.register
def _(block: Paragraph) -> Iterator[str]:
    body = _text(block.text)
    label = f"**{_text(block.label)}** " if block.label else ""
    yield label + (f"**{body}**" if block.kind == "strong" and body else body)


@_of.register
def _(block: Bullets) -> Iterator[str]:
    yield from (f"- {_text(item)}" for item in block.items)


@_of.register
def _(block: Facts) -> Iterator[str]:
    yield from (f"- **{_text(fact.led)}** {_text(fact.text)}" for fact in block.items)


@_of.register
def _(block: Finding) -> Iterator[str]:
    label = f"**{_text(block.label)}** " if block.label else ""
    yield f"> {label}**{SYMBOLS[block.mark]} {_text(block.badge)}**"
    for sentence in block.sentences:
        yield from (">", f"> {_text(sentence)}")


@_of.register
def _(block: Scale) -> Iterator[str]:
    yield f"**{_text(block.text)}**"


@_of.register
def _(block: Table) -> Iterator[str]:
    yield from (f"**{_text(block.caption)}**", "")
    yield _row(block.header)
    rule = "---:" if block.numeric else "---"
    yield "| --- |" + f" {rule} |" * (len(block.header) - 1)
    yield from map(_row, block.text_rows)
    for note in block.notes:
        yield from ("", _text(note))


def _figure(figure: Figure, document: Document) -> Iterator[str]:
    notes = " ".join(_text(note) for note in figure.notes)
    yield from (f"**{_text(figure.picture.heading)}.** {notes}".rstrip(), "")
    alt = _text(figure.picture.alt_text)
    yield from (f"*{say('report.label.figure_in_words', document.language)}* {alt}", "")
    yield from _of(figure.table)
    yield ""


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_text(cell) or " " for cell in cells) + " |"


def _text(text: str) -> str:
    """Return a text on one line in which nothing is markup."""
    line = " ".join(visible(text).split("\n"))
    return _START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", line))
