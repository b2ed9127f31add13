"""A tagged PDF on A4, after PDF/UA-1: headings, lists, tables and words for figures, read in their order."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from impactkit.errors import UsageError
from impactkit.reporting.column_room import column_room
from impactkit.reporting.document import Document, Section, walk
from impactkit.reporting.document_record import record_of
from impactkit.reporting.drawing import to_svg
from impactkit.reporting.fonts import covered_letters, font_folder
from impactkit.reporting.plot import draw
from impactkit.wording import say

_LONG, _SOFT = 28, 12
_LINE, _PAGE, _GAP = 80, 104, 2  # small letters: unwrapped, across the page, between columns
_TEXT, _SHORT = 9.0, 8.6  # points; a short document takes smaller ones where it must
_REPLACED = "\N{REPLACEMENT CHARACTER}"


def pdf(document: Document) -> bytes:
    """Return a document as a PDF, the same bytes every time.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    bytes
        Marked as PDF/UA-1, with the language, a title, tags and every figure's words. Letters that the font
        does not have are shown as the replacement character.

    Raises
    ------
    UsageError
        If the package typst is not installed.
    """
    try:
        import typst
    except ImportError:
        raise UsageError(
            "A PDF needs the package typst, which is not installed.",
            where="render",
            mend="Install it with: python -m pip install 'impactkit[pdf]'.",
        ) from None
    main = (files("impactkit.reporting.renderers") / "templates" / "document.typ").read_bytes()
    # Files by name, which the type of typst's functions does not tell of.
    parts: Any = {"main": main, "document.json": json.dumps(_told(document)).encode("utf-8")}
    for place, figure in enumerate(document.figures, start=1):
        parts[f"figure-{place}.svg"] = to_svg(draw(figure.picture), name="figure").encode("utf-8")
    made: bytes = typst.compile(
        parts,
        format="pdf",
        font_paths=[font_folder()],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return made


def _told(document: Document) -> dict[str, Any]:
    """Return the document as data for the template: letters that can be set, and files for the figures."""
    page, page_of = say("report.page.number", document.language, n="\0", of="\0").split("\0")[:2]
    told = record_of(document)
    places = iter(range(1, len(document.figures) + 1))
    found: dict[str, Any] = _settable(
        {**told, "sections": [_laid(section, places) for section in told["sections"]]}
    )
    found["ids"] = [part.id for part in walk(document.sections) if isinstance(part, Section)]
    found["words"] = {"page": page, "page_of": page_of}
    found["is_short"] = document.is_short
    found["size"] = _SHORT if document.is_short else _TEXT
    return found


def _laid(part: dict[str, Any], places: Iterator[int]) -> dict[str, Any]:
    """Return a part with figures named, tables measured and neighbours that may stand abreast joined."""
    if part["kind"] == "figure":
        return {**part, "file": f"figure-{next(places)}.svg", "table": _measured(part["table"])}
    if part["kind"] == "table":
        return _measured(part)
    if part["kind"] != "section":
        return part
    inside: list[dict[str, Any]] = []
    for is_half, group in groupby(part["parts"], key=lambda one: one.get("layout") == "half"):
        members = [_laid(one, places) for one in group]
        inside += [{"kind": "group", "parts": members}] if is_half else members
    return {**part, "parts": inside}


def _measured(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table with the width of its columns: 0 for as wide as its text, else a share of the line.

    Every column has room for its longest word, in smaller letters where it must; what is left of the line
    goes to those with the most text.
    """
    rows = [[_text(cell) for cell in row] for row in table["rows"]]
    columns = list(zip(table["header"], *rows, strict=True))
    if sum(max(map(len, column)) for column in columns) <= _LINE:
        return {**table, "widths": [0] * len(columns), "size": 1.0}
    room = column_room(columns, line=_PAGE, gap=_GAP, longest=_LONG)
    return {**table, "widths": list(room.widths), "size": room.size}


def _text(cell: dict[str, Any]) -> str:
    """Return the longest line of a cell; what carries a sign is not broken, and is bold."""
    told: str = cell["text"]
    if "mark" in cell:
        told = f"{cell['symbol']} {told}____".replace(" ", "\N{NO-BREAK SPACE}")
    return max(told, str(cell.get("detail", "")), key=len)


def _settable(value: Any) -> Any:
    if isinstance(value, str):
        return _broken(_with_letters(value))
    if isinstance(value, dict):
        kept = ("kind", "id", "to", "mark", "layout", "style", "file")
        return {key: item if key in kept else _settable(item) for key, item in value.items()}
    return [_settable(item) for item in value] if isinstance(value, list) else value


def _with_letters(text: str) -> str:
    """Return a text in letters that the font has: a mark that no letter says would end the page's tags."""
    known = _letters()
    whole = unicodedata.normalize("NFC", text).replace("\t", " ")
    return "".join(letter if letter in known or letter == "\n" else _REPLACED for letter in whole)


@cache
def _letters() -> frozenset[str]:
    return covered_letters(Path(font_folder()) / "DejaVuSans.ttf")


def _broken(text: str) -> str:
    """Return a text whose long words may be broken across lines."""
    soft, piece = "\N{ZERO WIDTH SPACE}", re.compile(rf".{{1,{_SOFT}}}")
    return str(re.sub(rf"\S{{{_LONG},}}", lambda found: soft.join(piece.findall(found[0])), text))
