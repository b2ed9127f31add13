"""No text becomes a formula in a spreadsheet, and no number is touched."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impactkit.wording.cells import bare_cell, csv_bytes, safe_cell, write_cell

HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "'=1",
    "-",
    "=",
    "+46701234567",
    "-2.5-1",
    "-2.5.1",
    "- 2",
]
HARMLESS = ["", "Umeå", "0114", "-2.5", "-2,5", "-2", "2.5e-7", "-1E5", "a=b", " =1", "−2,5", "1-2", "5%"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_be_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_is_left_alone(text):
    assert safe_cell(text) == text


@given(st.text())
def test_the_text_comes_back(text):
    assert bare_cell(safe_cell(text)) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_untouched(number):
    assert safe_cell(repr(number)) == repr(number)


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4), max_size=4)
)
def test_a_whole_table_comes_back_and_no_cell_is_a_formula(rows):
    content = csv_bytes(rows)
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [[bare_cell(cell) for cell in row] for row in lines] == rows
    assert not [cell for row in lines for cell in row if cell[:1] in tuple("=+@\t\r\n")]


@pytest.mark.parametrize("text", [*HOSTILE, "http://x", "mailto:a@b", "{=1}", "internal:Sheet1!A1"])
def test_a_workbook_holds_texts_only(text):
    import xlsxwriter

    stream = io.BytesIO()
    # Even a workbook that would make formulas and links of texts makes none.
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        write_cell(sheet, (0, 0), value=text)
        write_cell(sheet, (0, 1), value=-2.5)
        write_cell(sheet, (0, 2), value=None)
    with zipfile.ZipFile(stream) as archive:
        inside = archive.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in archive.namelist() if "rels/sheet" in name]
    assert "<f>" not in inside
    assert 't="s"' in inside
    assert "<v>-2.5</v>" in inside
    assert inside.count("<c ") == 2
