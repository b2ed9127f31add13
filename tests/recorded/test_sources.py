"""What every kind of file owes its reader."""

import datetime

import pytest
import xlsxwriter

from impactkit.data.read_table import read_table
from impactkit.data.sources import csv_file
from impactkit.errors import DataError

ROWS = [["kommun", "år", "andel"], ["0114", "2022", "1,5"], ["1488", "2023", "−2"]]
TEXT = "\n".join(";".join(row) for row in ROWS) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom"])
def test_text_is_read_in_the_encodings_excel_writes(write_text, encoding):
    text = "\ufeff" + TEXT if encoding.endswith("bom") else TEXT
    table = read_table(write_text(text, encoding=encoding.removesuffix("-bom")))
    assert table.header == ("kommun", "år", "andel")
    assert table.cells.to_numpy().tolist() == ROWS[1:]


def test_windows_text_with_swedish_letters_is_read(write_text):
    table = read_table(write_text("ort;andel\nÅre;1,5\nMörbylånga;2\n", encoding="cp1252"))
    assert table.cells["ort"].tolist() == ["Åre", "Mörbylånga"]
    assert (table.encoding, table.separator) == ("cp1252", ";")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found(write_text, separator):
    table = read_table(write_text(f"kommun{separator}y\n0114{separator}1\n0180{separator}2\n"))
    assert table.separator == separator
    assert table.cells["kommun"].tolist() == ["0114", "0180"]


def test_a_decimal_comma_is_not_taken_for_a_separator(write_text):
    assert read_table(write_text("andel\n1,5\n2,5\n")).cells["andel"].tolist() == ["1,5", "2,5"]
    assert read_table(write_text("a;b\n1,5;2,5\n")).header == ("a", "b")


def test_a_quoted_text_may_hold_the_separator_and_a_line_break(write_text):
    table = read_table(write_text('namn;y\n"Gård; norra\nsidan";1\nB;2\n'))
    assert table.cells["namn"].tolist() == ["Gård; norra\nsidan", "B"]
    assert table.address(1, "y") == "B4"


def test_empty_rows_and_columns_are_no_part_of_the_table_and_keep_addresses_right(write_text):
    table = read_table(write_text(";kod;y;;\n\n;0114;1;;\n;;;;\n;0180;2;;\n"))
    assert table.header == ("kod", "y")
    assert [table.address(row, "y") for row in (0, 1)] == ["C3", "C5"]


def test_codes_stay_text_and_whole_numbers_lose_the_point_in_a_workbook(write_workbook):
    day = datetime.date(2024, 1, 2)
    file = write_workbook(
        {"Blad1": [["kod", "år", "y", "dag"], ["0114", 2022, 1.5, day], ["0180", 2023, -2.0, ""]]}
    )
    table = read_table(file)
    assert table.cells.to_numpy().tolist() == [
        ["0114", "2022", "1.5", "2024-01-02"],
        ["0180", "2023", "-2", ""],
    ]


def test_a_table_that_starts_further_in_keeps_its_addresses(write_workbook):
    table = read_table(write_workbook({"Blad1": [["kod", "y"], ["0114", 1]]}, corner=2))
    assert table.address(0, "y") == "Blad1!D4"


def test_a_formula_that_failed_is_not_taken_for_an_empty_cell(tmp_path):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as workbook:
        workbook.add_worksheet("Läs mig & annat").hide()
        sheet = workbook.add_worksheet("Data & mer")
        sheet.write_row(1, 1, ["y", "z"])
        sheet.write_row(2, 1, [1, 2])
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 2, "=B3+1", None, 2)
    assert read_table(file).cells.to_numpy().tolist() == [["1", "2"], ["#DIV/0!", "2"]]


def test_hidden_and_empty_sheets_are_passed_over(write_workbook):
    file = write_workbook({"Listor": [["x"]], "Data": [["y"], [1]], "Tom": []}, hidden=("Listor",))
    assert read_table(file).sheet == "Data"


def test_several_sheets_with_data_must_be_chosen_between(write_workbook):
    file = write_workbook({"2022": [["y"], [1]], "2026": [["y"], [2]]})
    with pytest.raises(DataError, match="Several sheets hold data: 2022, 2026") as refused:
        read_table(file)
    assert "sheet = '2022'" in str(refused.value)
    assert read_table(file, sheet="2026").cells["y"].tolist() == ["2"]
    with pytest.raises(DataError, match="There is no sheet 2025"):
        read_table(file, sheet="2025")


def test_what_the_file_holds_counts_more_than_its_name(write_text, write_workbook):
    workbook = write_workbook({"Blad1": [["y"], [1]]})
    assert read_table(workbook.rename(workbook.with_suffix(".csv"))).sheet == "Blad1"
    assert read_table(write_text(TEXT, name="export.data")).header == ("kommun", "år", "andel")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"\n ; \n", "The file is empty."),
        (b"kommun;y\n", "column headings but no rows of data"),
        (b"kommun;y\n0114;\x81\n", r"byte 0x81 is no letter[\s\S]*a.csv, row 2[\s\S]*CSV UTF-8"),
        (b"\xef\xbb\xbfa;b\n\xe5;1\n", "byte 0xE5"),
        (b"kommun;y\n0114;1\n01\x0080;2\n", r"null character[\s\S]*row 3"),
        (b'kommun;y\n0114;1\n"0180;2\n', "The row after row 2 cannot be taken apart"),
        (b"a;b\n1;2\n1;2;3\n1\n", r"Row 3 has 3 cells, but there are 2[\s\S]*Row 4 has 1 cells"),
        (b"a;b;a\n1;2;3\n", r"The heading a stands more than once[\s\S]*cell C1"),
        (b"a;;b\n1;2;3\n", r"A column with data has no heading[\s\S]*heading in cell B1"),
    ],
)
def test_text_that_makes_no_table_is_refused_with_the_place(tmp_path, content, says):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataError) as refused:
        read_table(tmp_path / "a.csv")
    refused.match(says)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xlsx", b"PK\x03\x04 broken", "cannot be opened"),
        ("a.xls", b"<html><table></table></html>", "cannot be opened"),
        ("a.pdf", b"%PDF-1.7", "neither separated text nor a workbook"),
    ],
)
def test_other_files_are_refused(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=says):
        read_table(tmp_path / name)


def test_an_empty_workbook_is_refused_with_its_sheet(write_workbook):
    with pytest.raises(DataError) as refused:
        read_table(write_workbook({"Blad1": []}))
    refused.match(r"The file is empty[\s\S]*sheet Blad1")


def test_a_missing_file_is_told_with_the_nearest_name(write_text, tmp_path):
    write_text(TEXT, name="enkat_2022.csv")
    with pytest.raises(DataError, match=r"There is no file enkät_2022.csv"):
        read_table(tmp_path / "enkät_2022.csv")
    with pytest.raises(DataError) as refused:
        read_table(tmp_path / "enkat_2026.csv")
    refused.match(r"Did you mean enkat_2022.csv\?")


def test_a_folder_and_a_locked_file_are_told_as_such(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="is a folder"):
        read_table(tmp_path)

    def locked(*_arguments, **_settings):
        raise PermissionError

    monkeypatch.setattr("pathlib.Path.open", locked)
    with pytest.raises(DataError) as refused:
        read_table(tmp_path / "a.xlsx")
    refused.match(r"locked[\s\S]*Close it in Excel")


def test_a_sheet_of_a_text_file_is_refused(write_text):
    with pytest.raises(DataError, match="a text file has no sheets"):
        csv_file.read(write_text(TEXT), sheet="Blad1")
