"""A Word document: real headings and lists, header rows that repeat, words for figures, and the language."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from functools import singledispatchmethod
from typing import Any

from impactkit.errors import UsageError
from impactkit.reporting.blocks import Block, Bullets, Facts, Figure, Finding, Paragraph, Scale
from impactkit.reporting.column_room import ColumnRoom, column_room
from impactkit.reporting.document import Document, Section
from impactkit.reporting.figure_file import to_png
from impactkit.reporting.plot import draw
from impactkit.reporting.table import SYMBOLS, Cell, Mark, Table
from impactkit.reporting.visible import visible
from impactkit.reporting.word_xml import (
    alt_text,
    column_widths,
    fill,
    header_row,
    keep_rows_whole,
    left_edge,
    own_fonts,
    page_field,
    set_language,
    soft_borders,
)
from impactkit.wording import say

_FIXED = datetime(2000, 1, 1)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_INK, _QUIET, _SOFT = "1D2B36", "50606C", "F3F5F6"
_COLOURS: dict[Mark, str] = {
    "supported": "00573F",
    "partly_supported": "6A4D00",
    "inconclusive": "41505C",
    "contradicted": "97201A",
    "not_assessable": "4A4A4A",
    "passed": "00573F",
    "failed": "97201A",
    "informative": "41505C",
}
_DEEPEST = 9
_WIDE, _PAGE = 210, 104  # millimetres across a page, and small letters across a table
_LONG, _GAP = 24, 4
_MARGIN = {False: 20, True: 15}  # millimetres; less where the document is one page
_TEXT, _CELL = {False: 10.0, True: 8.5}, {False: 9.0, True: 8.0}


def docx(document: Document) -> bytes:
    """Return a document as a Word file, the same bytes every time.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    bytes
        A4, with page numbers.

    Raises
    ------
    UsageError
        If the package python-docx is not installed.
    """
    try:
        from docx import Document as WordFile
    except ImportError:
        raise UsageError(
            "A Word document needs the package python-docx, which is not installed.",
            where="render",
            mend="Install it with: python -m pip install 'impactkit[word]'.",
        ) from None
    page = _Page(WordFile(), document)
    page.write()
    stream = io.BytesIO()
    page.file.save(stream)
    return _dateless(stream.getvalue())


def _dateless(content: bytes) -> bytes:
    """Return a zip archive whose members all have the same date."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return stream.getvalue()


class _Page:
    """The Word file while it is written, one part after the other."""

    def __init__(self, file: Any, document: Document) -> None:
        self.file = file
        self.document = document

    def write(self) -> None:
        """Write everything."""
        self._set_up()
        document = self.document
        self._watermark()
        if document.eyebrow:
            self._quiet(document.eyebrow)
        self.file.add_heading(visible(document.title), level=1)
        if document.lead:
            self._quiet(document.lead)
        for section in document.sections:
            self._watermark()
            self._section(section, 2)

    def _set_up(self) -> None:
        from docx.shared import Mm, Pt, RGBColor

        properties, page = self.file.core_properties, self.file.sections[0]
        properties.title = visible(self.document.page_title)[:255]
        properties.author = properties.last_modified_by = "impactkit"
        properties.created = properties.modified = _FIXED
        properties.language = {"sv": "sv-SE", "en": "en-GB"}[self.document.language]
        page.page_width, page.page_height = Mm(210), Mm(297)
        short = self.document.is_short
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(_MARGIN[short])
        styles = self.file.styles
        set_language(self.file, properties.language)
        own_fonts(self.file)
        styles["Normal"].font.name, styles["Normal"].font.size = "Arial", Pt(_TEXT[short])
        styles["Normal"].font.color.rgb = RGBColor.from_string(_INK)
        caption = styles["Caption"].font
        caption.size, caption.bold, caption.color.rgb = Pt(9.5), False, RGBColor.from_string(_QUIET)
        styles["Normal"].paragraph_format.space_after = Pt(3 if short else 6)
        for level in range(1, _DEEPEST + 1):
            font = styles[f"Heading {level}"].font
            font.name, font.color.rgb = "Arial", RGBColor.from_string(_INK)
            if short:
                styles[f"Heading {level}"].paragraph_format.space_before = Pt(6)
                font.size = Pt(max(16 - 3 * (level - 1), _TEXT[True]))
        number = say("report.page.number", self.document.language, n="\0", of="\0").split("\0")
        page_field(page.footer.paragraphs[0], before=number[0], between=number[1])

    def _watermark(self) -> None:
        if self.document.watermark:
            run = self.file.add_paragraph().add_run(visible(self.document.watermark))
            run.bold = True
            self._colour(run, _COLOURS["contradicted"])

    def _section(self, section: Section, depth: int) -> None:
        if section.eyebrow:
            self._quiet(section.eyebrow).paragraph_format.keep_with_next = True
        self.file.add_heading(visible(section.heading), level=min(depth, _DEEPEST))
        for place, part in enumerate(section.parts):
            if isinstance(part, Section):
                self._section(part, depth + 1)
                continue
            self._block(part)
            if isinstance(part, Paragraph) and place + 1 < len(section.parts):
                leads = isinstance(section.parts[place + 1], Finding)
                self.file.paragraphs[-1].paragraph_format.keep_with_next = leads or None

    @singledispatchmethod
    def _block(self, block: Block) -> None:
        raise NotImplementedError(type(block).__name__)

    @_block.register
    def _(self, block: Paragraph) -> None:
        paragraph = self.file.add_paragraph()
        if block.label:
            paragraph.add_run(visible(block.label) + " ").bold = True
        run = paragraph.add_run(visible(block.text))
        run.bold = block.kind == "strong" or None

    @_block.register
    def _(self, block: Bullets) -> None:
        for item in block.items:
            self.file.add_paragraph(visible(item), style="List Bullet")

    @_block.register
    def _(self, block: Facts) -> None:
        for fact in block.items:
            paragraph = self.file.add_paragraph()
            paragraph.paragraph_format.space_after = 0
            self._colour(paragraph.add_run(visible(fact.led) + " "), _QUIET)
            run = paragraph.add_run(visible(fact.text))
            if fact.is_code:
                run.font.name = "Courier New"

    @_block.register
    def _(self, block: Finding) -> None:
        first = self.file.add_paragraph()
        if block.label:
            first.add_run(visible(block.label) + " ").bold = True
        self._marked(first, block.mark, block.badge)
        others = [self.file.add_paragraph(visible(sentence)) for sentence in block.sentences]
        for paragraph in (first, *others[:-1]):
            paragraph.paragraph_format.keep_with_next = True
        for paragraph in (first, *others):
            left_edge(paragraph, colour=_COLOURS[block.mark], shade=_SOFT)

    @_block.register
    def _(self, block: Scale) -> None:
        self.file.add_paragraph().add_run(visible(block.text)).bold = True

    @_block.register
    def _(self, block: Figure) -> None:
        from docx.shared import Mm

        picture = self.file.add_picture(io.BytesIO(to_png(draw(block.picture))), width=Mm(150))
        alt_text(picture, visible(block.picture.alt_text), title=visible(block.picture.heading))
        caption = self.file.add_paragraph(style="Caption")
        caption.add_run(visible(block.picture.heading) + ".").bold = True
        caption.add_run(visible("".join(f" {note}" for note in block.notes)))
        self._block(block.table)

    @_block.register
    def _(self, block: Table) -> None:
        from docx.shared import Pt

        caption = self.file.add_paragraph(visible(block.caption), style="Caption")
        caption.paragraph_format.keep_with_next = True
        table = self.file.add_table(rows=1, cols=len(block.header), style="Table Grid")
        table.autofit = False
        soft_borders(table)
        for cell, name in zip(table.rows[0].cells, block.header, strict=True):
            cell.paragraphs[0].add_run(visible(name)).bold = True
            fill(cell, _SOFT)
        header_row(table.rows[0])
        room = _room(block)
        for row in block.rows:
            for place, (cell, told) in enumerate(zip(table.add_row().cells, row, strict=True)):
                self._cell(cell, told, place=place, is_numeric=block.numeric)
        for run in (
            run for row in table.rows for cell in row.cells for p in cell.paragraphs for run in p.runs
        ):
            run.font.size = Pt(_CELL[self.document.is_short] * room.size)
        keep_rows_whole(table)
        line = _WIDE - 2 * _MARGIN[self.document.is_short]
        column_widths(table, [line * width / sum(room.widths) for width in room.widths])
        for note in block.notes:
            self._quiet(note)
        if not block.notes:
            self.file.add_paragraph()

    def _cell(self, cell: Any, told: str | Cell, *, place: int, is_numeric: bool) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = cell.paragraphs[0]
        if is_numeric and place:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if isinstance(told, Cell) and told.mark:
            self._marked(paragraph, told.mark, told.text)
        else:
            run = paragraph.add_run(visible(told if isinstance(told, str) else told.text))
            run.bold = True if place == 0 else None
        if isinstance(told, Cell) and told.detail:
            self._colour(cell.add_paragraph().add_run(visible(told.detail)), _QUIET)

    def _marked(self, paragraph: Any, mark: Mark, told: str) -> None:
        run = paragraph.add_run(f"{SYMBOLS[mark]}\N{NO-BREAK SPACE}{visible(told).replace(' ', chr(0xA0))}")
        run.bold = True
        self._colour(run, _COLOURS[mark])

    def _quiet(self, text: str) -> Any:
        paragraph = self.file.add_paragraph()
        self._colour(paragraph.add_run(visible(text)), _QUIET)
        return paragraph

    @staticmethod
    def _colour(run: Any, colour: str) -> None:
        from docx.shared import RGBColor

        run.font.color.rgb = RGBColor.from_string(colour)


def _room(table: Table) -> ColumnRoom:
    """Return the room of each column: never less than a long word needs."""
    rows = [[_plain(cell) for cell in row] for row in table.rows]
    columns = list(zip(table.header, *rows, strict=True))
    return column_room(columns, line=_PAGE, gap=_GAP, longest=_LONG)


def _plain(cell: str | Cell) -> str:
    """Return the longest line of a cell; what carries a sign is bold and not broken."""
    if isinstance(cell, str):
        return cell
    told = cell.text
    if cell.mark:
        told = f"{SYMBOLS[cell.mark]} {told}____".replace(" ", "\N{NO-BREAK SPACE}")
    return max(told, cell.detail, key=len)
