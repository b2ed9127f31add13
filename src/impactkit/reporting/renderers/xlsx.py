"""An Excel workbook: a sheet to read, a sheet for each table and figure, and the numbers as numbers."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from impactkit.reporting.blocks import Bullets, Facts, Figure, Finding, Paragraph, Scale
from impactkit.reporting.document import Document, Section, walk
from impactkit.reporting.figure_file import to_png
from impactkit.reporting.plot import draw
from impactkit.reporting.table import SYMBOLS, Cell, Table, told
from impactkit.reporting.visible import visible
from impactkit.wording import Language, say
from impactkit.wording.cells import write_cell

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_NARROW, _WIDE, _READ = 9, 60, 92
_LINE_OF_TEXT = 105  # letters in a line of the first sheet
_LONGEST = 32_000  # Excel holds 32,767 letters in a cell
_NAME = 31
_FIXED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a date of its own would change the bytes
_SCALE = 0.62
_LINE, _TALL, _TALLEST = 15, 24, 400  # points; Excel allows 409


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forms:
    """How cells look."""

    title: Format
    heading: Format
    label: Format
    text: Format
    head: Format
    name: Format
    note: Format


def xlsx(document: Document) -> bytes:
    """Return a document as a workbook, the same bytes every time.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    bytes
        The first sheet holds all that is told in words; then each table and figure has a sheet of its own,
        and the numbers stand last. Numbers are numbers, all else is text: nothing is a formula or a link.
    """
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_urls": False,
        "strings_to_formulas": False,
        "default_format_properties": {"font_name": "Arial", "font_size": 10},
    }
    with Workbook(stream, options) as book:
        book.set_properties({"title": visible(document.page_title)[:255], "created": _FIXED})
        forms, names = _forms(book), _Names()
        first = names.free(_say("read_me", document.language))
        parts = [
            (names.free(f"{k} {_of(part).caption}"), part) for k, part in enumerate(_sheets(document), 1)
        ]
        places = {id(part): name for name, part in parts}
        _read_me(book.add_worksheet(first), document, forms, places=places)
        for name, part in parts:
            sheet, table = book.add_worksheet(name), _of(part)
            _table(book, sheet, table, forms=forms, language=document.language)
            if isinstance(part, Figure):
                _picture(sheet, part, row=len(table.rows) + len(table.notes) + 7, forms=forms)
        for table in document.numbers:
            sheet = book.add_worksheet(names.free(_say("numbers", document.language)))
            _table(book, sheet, table, forms=forms, language=document.language)
    return stream.getvalue()


def _sheets(document: Document) -> Iterator[Table | Figure]:
    yield from (part for part in walk(document.sections) if isinstance(part, Table | Figure))


def _of(part: Table | Figure) -> Table:
    return part.table if isinstance(part, Figure) else part


def _forms(book: Workbook) -> _Forms:
    wrapped = {"text_wrap": True, "valign": "top"}
    return _Forms(
        title=book.add_format({"bold": True, "font_size": 16, **wrapped}),
        heading=book.add_format({"bold": True, "font_size": 12, "top": 1, **wrapped}),
        label=book.add_format({"bold": True, **wrapped}),
        text=book.add_format(wrapped),
        head=book.add_format({"bold": True, "bottom": 2, **wrapped}),
        name=book.add_format({"bold": True, **wrapped}),
        note=book.add_format({"italic": True, **wrapped}),
    )


class _Names:
    """Names of sheets: at most 31 letters, none twice, without the signs that Excel refuses."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, wanted: str) -> str:
        plain = " ".join(re.sub(r"[\[\]:*?/\\]", " ", visible(wanted)).split()).strip("'") or "–"
        name, place = plain[:_NAME].rstrip(), 2
        while name.casefold() in self._taken or name.casefold() == "history":
            ending = f" ({place})"
            name, place = plain[: _NAME - len(ending)].rstrip() + ending, place + 1
        self._taken.add(name.casefold())
        return name


def _read_me(sheet: Worksheet, document: Document, forms: _Forms, *, places: dict[int, str]) -> None:
    _page(sheet, document.page_title, is_wide=False)
    sheet.set_column(0, 0, _READ)
    rows = [(text, forms.label) for text in (document.watermark, document.eyebrow) if text]
    rows += [(document.title, forms.title), *([(document.lead, forms.text)] if document.lead else [])]
    for section in document.sections:
        rows += [(document.watermark, forms.label)] if document.watermark else []
        rows += _words_of(section, forms, places)
    for row, (text, form) in enumerate(rows):
        write_cell(sheet, (row, 0), value=visible(text)[:_LONGEST], form=form)
        sheet.set_row(row, _height([(text, _LINE_OF_TEXT)], least=_TALL if form is forms.title else _LINE))


def _words_of(part: Section, forms: _Forms, places: dict[int, str]) -> list[tuple[str, Format]]:
    rows = [(part.eyebrow, forms.text)] if part.eyebrow else []
    rows.append((part.heading, forms.heading))
    for inside in part.parts:
        if isinstance(inside, Section):
            rows += _words_of(inside, forms, places)
        else:
            told = _words(inside)
            if id(inside) in places:  # where its numbers are
                told[0] += f" → {places[id(inside)]}"
            rows += [(text, forms.text) for text in told]
    return rows


def _words(block: object) -> list[str]:
    if isinstance(block, Paragraph):
        return [f"{block.label} {block.text}".strip()]
    if isinstance(block, Bullets):
        return [f"• {item}" for item in block.items]
    if isinstance(block, Facts):
        return [f"{fact.led} {fact.text}" for fact in block.items]
    if isinstance(block, Finding):
        return [f"{block.label} {SYMBOLS[block.mark]} {block.badge}".strip(), *block.sentences]
    if isinstance(block, Scale):
        return [block.text]
    if isinstance(block, Figure):
        return [f"{block.picture.heading}. {' '.join(block.notes)}".strip(), block.picture.alt_text]
    return [block.caption] if isinstance(block, Table) else []


def _table(book: Workbook, sheet: Worksheet, table: Table, *, forms: _Forms, language: Language) -> None:
    _page(sheet, table.caption, is_wide=True)
    widths = _widths(table)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    _across(sheet, 0, table.caption, form=forms.note, widths=widths)
    for place, name in enumerate(table.header):
        write_cell(sheet, (2, place), value=visible(name), form=forms.head)
    sheet.set_row(2, _height(zip(table.header, widths, strict=True)))
    for row, cells in enumerate(table.rows, start=3):
        for place, cell in enumerate(cells):
            _write(book, sheet, (row, place), cell=cell, forms=forms)
        sheet.set_row(row, _height(zip(map(told, cells), widths, strict=True)))
    last = 2 + len(table.rows)
    for row, note in enumerate(table.notes, start=last + 2):
        _across(sheet, row, note, form=forms.note, widths=widths)
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2)
    if table.rows:
        sheet.autofilter(2, 0, last, len(table.header) - 1)


def _across(sheet: Worksheet, row: int, text: str, *, form: Format, widths: list[int]) -> None:
    """Write a text over as many columns as it takes to read it, wrapped: no printed page is widened."""
    reach, last = 0, -1
    while reach < _READ:
        last += 1
        reach += widths[last] if last < len(widths) else _NARROW
    shown = visible(text)[:_LONGEST]
    if last > 0:
        sheet.merge_range(row, 0, row, last, "", form)
    write_cell(sheet, (row, 0), value=shown, form=form)
    sheet.set_row(row, _height([(shown, reach)]))


def _height(texts: Iterable[tuple[str, int]], *, least: int = _LINE) -> int:
    """Return the height that a row of wrapped texts needs, in points: not all spreadsheets find it."""
    lines = (
        sum(max(1, math.ceil(1.05 * len(line) / width)) for line in text.split("\n")) for text, width in texts
    )
    return min(max(least, _LINE * max(lines, default=1)), _TALLEST)


def _write(
    book: Workbook, sheet: Worksheet, place: tuple[int, int], *, cell: str | Cell, forms: _Forms
) -> None:
    plain = forms.name if place[1] == 0 else forms.text
    if isinstance(cell, Cell) and cell.value is not None and not cell.detail:
        write_cell(sheet, place, value=cell.value, form=_number(book, cell))
    else:
        write_cell(sheet, place, value=visible(told(cell))[:_LONGEST], form=plain)


def _number(book: Workbook, cell: Cell) -> Format:
    """Return how a number looks: decimals and sign as told, a true minus; the marks are the reader's own."""
    digits = "#,##0" + ("." + "0" * cell.decimals if cell.decimals else "")
    above = f"+{digits}" if cell.signed else digits
    return book.add_format({"num_format": f"{above};\N{MINUS SIGN}{digits};{digits}", "valign": "top"})


def _widths(table: Table) -> list[int]:
    columns = zip(table.header, *table.text_rows, strict=True)
    longest = [max(len(text) for text in column) for column in columns]
    return [min(max(length + 3, _NARROW), _WIDE) for length in longest]


def _page(sheet: Worksheet, title: str, *, is_wide: bool) -> None:
    """Set a sheet so that it can be printed: A4, as wide as the paper, with its title and page number."""
    sheet.set_paper(9)
    if is_wide:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.set_header("&L" + visible(title).replace("&", "&&")[:200])
    sheet.set_footer("&R&P / &N")


def _picture(sheet: Worksheet, figure: Figure, *, row: int, forms: _Forms) -> None:
    words, widths = visible(figure.picture.alt_text), _widths(figure.table)
    notes = " ".join((f"{figure.picture.heading}.", *figure.notes))
    _across(sheet, row - 2, notes, form=forms.note, widths=widths)
    _across(sheet, row - 1, words, form=forms.note, widths=widths)
    sheet.insert_image(
        row,
        0,
        "figure.png",
        {
            "image_data": io.BytesIO(to_png(draw(figure.picture))),
            "description": words,
            "x_scale": _SCALE,
            "y_scale": _SCALE,
            "object_position": 1,
        },
    )


def _say(code: str, language: Language) -> str:
    return say(f"report.sheet.{code}", language)
