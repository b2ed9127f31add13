"""A document as plain data: what its JSON holds, and what a template of another program reads."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from impactkit.reporting.blocks import Block, Bullets, Facts, Figure, Finding, Paragraph, Scale
from impactkit.reporting.document import Document, Section
from impactkit.reporting.table import SYMBOLS, Cell, Table
from impactkit.reporting.visible import visible

SPEC = "ikreport1"


def record_of(document: Document) -> dict[str, Any]:
    """Return a document as plain data.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    dict
        Every part with its kind, in the order they are read; figures as heading, words and numbers. Of each
        text everything can be seen.
    """
    found: dict[str, Any] = _seen(
        {
            "spec": SPEC,
            "language": document.language,
            "title": document.title,
            "page_title": document.page_title,
            "eyebrow": document.eyebrow,
            "lead": document.lead,
            "watermark": document.watermark,
            "sections": [_section(section) for section in document.sections],
            "numbers": [_of(table) for table in document.numbers],
        }
    )
    return found


def _section(section: Section) -> dict[str, Any]:
    return {
        "kind": "section",
        "id": section.id,
        "heading": section.heading,
        "eyebrow": section.eyebrow,
        "layout": section.kind,
        "parts": [_section(part) if isinstance(part, Section) else _of(part) for part in section.parts],
    }


@singledispatch
def _of(block: Block) -> dict[str, Any]:
    raise NotImplementedError(type(block).__name__)


@_of.register
def _(block: Paragraph) -> dict[str, Any]:
    return {"kind": "paragraph", "label": block.label, "text": block.text, "style": block.kind}


@_of.register
def _(block: Bullets) -> dict[str, Any]:
    return {"kind": "bullets", "items": list(block.items)}


@_of.register
def _(block: Facts) -> dict[str, Any]:
    items = [{"label": fact.label, "text": fact.text, "is_code": fact.is_code} for fact in block.items]
    return {"kind": "facts", "items": items}


@_of.register
def _(block: Finding) -> dict[str, Any]:
    return {
        "kind": "finding",
        "mark": block.mark,
        "symbol": SYMBOLS[block.mark],
        "badge": block.badge,
        "label": block.label,
        "sentences": list(block.sentences),
    }


@_of.register
def _(block: Scale) -> dict[str, Any]:
    return {"kind": "scale", "value": block.value, "of": block.of, "text": block.text}


@_of.register
def _(block: Figure) -> dict[str, Any]:
    return {
        "kind": "figure",
        "heading": block.picture.heading,
        "alt": block.picture.alt_text,
        "notes": list(block.notes),
        "table": _of(block.table),
    }


@_of.register
def _(block: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": block.caption,
        "header": list(block.header),
        "rows": [[_cell(cell) for cell in row] for row in block.rows],
        "numeric": block.numeric,
        "notes": list(block.notes),
    }


def _cell(cell: str | Cell) -> dict[str, Any]:
    if isinstance(cell, str):
        return {"text": cell}
    told: dict[str, Any] = {"text": cell.text}
    if cell.value is not None:
        told["value"] = cell.value
    if cell.mark is not None:
        told |= {"mark": cell.mark, "symbol": SYMBOLS[cell.mark]}
    optional = {"detail": cell.detail, "to": cell.to}
    return told | {name: text for name, text in optional.items() if text}


def _seen(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: _seen(item) for key, item in value.items()}
    return [_seen(item) for item in value] if isinstance(value, list) else value
