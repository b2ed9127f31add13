"""Word and Excel files: headings, header rows, words for pictures, language, numbers, prints and names."""

import io
import re
import sys
import zipfile
from itertools import pairwise

import docx as word
import pytest
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from impactkit.errors import UsageError
from impactkit.reporting.blocks import Fact, Facts
from impactkit.reporting.document import Document, Section
from impactkit.reporting.renderers import docx, xlsx
from impactkit.reporting.table import Cell, Table
from impactkit.wording import told
from reporting.documents import every_part, numbers_table

LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}


@pytest.fixture(params=list(LANGUAGES))
def language(request) -> str:
    return request.param


def members(content: bytes, pattern: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = sorted((n for n in file.namelist() if re.fullmatch(pattern, n)), key=lambda n: (len(n), n))
        return [file.read(name).decode("utf-8") for name in names]


def book_of(*tables: Table) -> bytes:
    section = Section(id="a", heading="A", parts=tables)
    document = Document(
        language="sv", title="T", page_title="T", eyebrow="", lead="", sections=(section,), numbers=()
    )
    return xlsx(document)


class TestWord:
    @pytest.fixture
    def file(self, language):
        return word.Document(io.BytesIO(docx(every_part(language))))

    def test_headings_begin_at_one_and_skip_no_level(self, file) -> None:
        names = [p.style.name for p in file.paragraphs]
        levels = [int(name.split()[1]) for name in names if name.startswith("Heading")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert max(levels) >= 4
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_the_language_is_that_of_the_text(self, file, language) -> None:
        (found,) = file.styles.element.iter(qn("w:lang"))
        assert found.get(qn("w:val")) == LANGUAGES[language]
        assert file.core_properties.language == LANGUAGES[language]
        assert file.core_properties.title == every_part(language).page_title

    def test_every_table_has_a_header_row_that_repeats(self, file) -> None:
        assert file.tables
        for table in file.tables:
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
            assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)

    def test_a_question_is_not_followed_by_a_colon(self, language) -> None:
        facts = Facts(items=(Fact(label="Why?", text="Because."), Fact(label="Who", text="All.")))
        section = Section(id="a", heading="A", parts=(facts,))
        document = Document(
            language=language, title="T", page_title="T", eyebrow="", lead="", sections=(section,)
        )
        words = [p.text for p in word.Document(io.BytesIO(docx(document))).paragraphs]
        assert words[-2:] == ["Why? Because.", "Who: All."]

    def test_no_amount_of_money_is_wider_than_its_column(self, language) -> None:
        space = "\N{NO-BREAK SPACE}"
        row = ("C1 Feels safe outdoors after dark", *[f"100{space}000{space}kronor"] * 6)
        header = ("Claim", *(f"Under rule {k}" for k in range(6)))
        section = Section(id="a", heading="A", parts=(Table(caption="M", header=header, rows=(row,)),))
        document = Document(
            language=language, title="T", page_title="T", eyebrow="", lead="", sections=(section,)
        )
        (table,) = word.Document(io.BytesIO(docx(document))).tables
        letters = 6 * 0.556 + 2 * 0.278 + 2.834  # Arial: six digits, two spaces, and k r o n o r, in em
        for cell in table.rows[1].cells[1:]:
            (run,) = cell.paragraphs[0].runs
            room = cell.width.pt - 2 * 5.4  # the margins of a cell in Word
            assert letters * run.font.size.pt <= room

    def test_every_picture_has_its_words(self, file, language) -> None:
        shown = [shape._inline.docPr.get("descr") for shape in file.inline_shapes]
        assert shown == [figure.picture.alt_text for figure in every_part(language).figures]

    def test_pages_are_a4_and_numbered(self, file) -> None:
        page = file.sections[0]
        assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
        fields = [node.text for node in page.footer._element.iter(qn("w:instrText"))]
        assert fields == ["PAGE", "NUMPAGES"]

    def test_columns_fill_the_line_between_the_margins(self, file) -> None:
        for table in file.tables:
            width = sum(cell.width.mm for cell in table.rows[0].cells)
            assert width == pytest.approx(170, abs=0.5)

    def test_without_python_docx_it_says_what_to_install(self, monkeypatch) -> None:
        monkeypatch.setitem(sys.modules, "docx", None)
        with pytest.raises(UsageError, match=r"impactkit\[word\]") as raised:
            docx(every_part("sv"))
        assert "kräver paketet python-docx" in told(raised.value, "sv")


class TestExcel:
    def test_the_first_sheet_is_to_be_read_and_the_last_holds_the_numbers(self, language) -> None:
        names = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(every_part(language)))).sheet_names
        assert names[0] == {"sv": "Läs mig", "en": "Read me"}[language]
        assert names[-1] == "Data"
        document = every_part(language)
        assert len(names) == 2 + len(document.tables) + len(document.figures)

    def test_numbers_look_as_they_are_told(self) -> None:
        cells = (
            Cell(text="+1,25", value=1.25, decimals=2, signed=True),
            Cell(text="1 200", value=1200.0, decimals=0),
        )
        table = Table(caption="c", header=("a", "b", "c"), rows=(("r", *cells),), numeric=True)
        (styles,) = members(book_of(table), r"xl/styles\.xml")
        assert "+#,##0.00;−#,##0.00;#,##0.00" in styles
        assert "#,##0;−#,##0;#,##0" in styles

    def test_every_sheet_prints_as_wide_as_the_paper_with_its_headings(self, language) -> None:
        content = xlsx(every_part(language))
        sheets = members(content, r"xl/worksheets/sheet\d+\.xml")
        assert all('fitToHeight="0"' in sheet and 'paperSize="9"' in sheet for sheet in sheets)
        assert all('orientation="landscape"' in sheet for sheet in sheets[1:])
        assert all("<autoFilter" in sheet and 'state="frozen"' in sheet for sheet in sheets[1:])
        (book,) = members(content, r"xl/workbook\.xml")
        assert book.count("_xlnm.Print_Titles") == len(sheets) - 1

    def test_every_picture_has_its_words(self, language) -> None:
        drawings = members(xlsx(every_part(language)), r"xl/drawings/drawing\d+\.xml")
        words = [re.search(r'descr="([^"]*)"', drawing)[1] for drawing in drawings]
        assert words == [figure.picture.alt_text for figure in every_part(language).figures]

    def test_sheets_have_names_that_excel_takes(self) -> None:
        captions = ["[a]:*?/\\b", "x" * 60, "X" * 60, "History", "'quoted'", ""]
        content = book_of(*(numbers_table(caption) for caption in captions))
        names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
        assert len(names) == len({name.casefold() for name in names}) == 1 + len(captions)
        assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)

    @pytest.mark.parametrize("rows", [0, 1, 200])
    def test_tables_of_any_length_are_written(self, rows) -> None:
        book = CalamineWorkbook.from_filelike(io.BytesIO(book_of(numbers_table(rows=rows))))
        sheet = book.get_sheet_by_index(1).to_python()
        assert sum(str(row[0]).startswith("row ") for row in sheet) == rows

    def test_notes_and_words_are_wrapped_over_the_columns(self) -> None:
        table = Table(caption="c", header=("a", "b"), rows=(("x", "y"),), notes=("n " * 300, "m " * 300))
        sheet = members(book_of(table), r"xl/worksheets/sheet2\.xml")[0]
        assert sheet.count("<mergeCell ") == 3
        heights = [float(h) for h in re.findall(r'ht="([\d.]+)"', sheet)]
        assert max(heights) >= 5 * 15
