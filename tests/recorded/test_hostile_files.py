"""Files made to harm are refused with the limit that they passed: no traceback, no flood."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

import impactkit as ik
from impactkit.data import limits
from impactkit.data.read_table import read_table
from impactkit.data.sheet_xml import sheet_shape


def refused(path, words):
    with pytest.raises(ik.ImpactkitError, match=words):
        read_table(path)


@pytest.fixture
def workbook(tmp_path):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Blad1").write_row(0, 0, ["kod", "y"])
    return file


def changed(file, *, member=None, content=b"", extra=None):
    """Write a workbook again with one part exchanged."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    if member:
        parts[member] = content
    parts.update(extra or {})
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name, part)
    return file


SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = b"</sheetData></worksheet>"


def test_a_lone_cell_far_away_is_refused_before_room_is_made_for_it(workbook):
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    refused(changed(workbook, member=SHEET, content=OPEN + rows + CLOSE), "16384 columns wide; at most 4096")


def test_a_million_rows_by_many_columns_are_refused(workbook):
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="999999"><c r="CV999999"><v>1</v></c></row>'
    refused(changed(workbook, member=SHEET, content=OPEN + rows + CLOSE), "99999900 cells; at most 20000000")


def test_the_shape_of_a_sheet_is_that_of_its_addresses():
    assert sheet_shape(b'<c r="A1"/><c r="ZZ10"/><c r="B700"/>') == (700, 702)
    assert sheet_shape(b"<sheetData/>") == (0, 0)
    assert sheet_shape(b'<c r="') == (0, 0)


def test_a_part_that_grows_too_much_is_refused(workbook):
    refused(changed(workbook, extra={"xl/bomb.xml": b" " * (64 << 20)}), "would grow")


def test_a_workbook_that_unpacks_to_too_much_is_refused(workbook, monkeypatch):
    monkeypatch.setattr(limits, "MOST_UNPACKED", 1000)
    refused(workbook, "would unpack to")


def test_too_many_parts_are_refused(workbook, monkeypatch):
    monkeypatch.setattr(limits, "MOST_MEMBERS", 3)
    refused(workbook, "parts; at most 3")


@pytest.mark.parametrize("member", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
@pytest.mark.parametrize(
    "attack",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY lol "lol">]><lolz>&lol;</lolz>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16"),
    ],
)
def test_document_types_are_refused_in_every_part(workbook, member, attack):
    refused(changed(workbook, member=member, content=attack), "document type declaration")


def test_names_that_lead_out_of_the_archive_are_never_followed(workbook, tmp_path):
    changed(workbook, extra={"../../outside.txt": b"x", "/absolute.txt": b"x"})
    refused(workbook, "no rows of data")
    assert not (tmp_path.parent / "outside.txt").exists()


def test_truncated_archives_are_refused(workbook):
    whole = workbook.read_bytes()
    for size in range(4, len(whole), max(len(whole) // 40, 1)):
        workbook.write_bytes(whole[:size])
        refused(workbook, "cannot be opened|no rows of data")


def test_ten_thousand_columns_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text(
        ";".join(f"c{n}" for n in range(10_000)) + "\n" + ";".join("1" * 10_000) + "\n"
    )
    refused(tmp_path / "a.csv", "10000 columns wide; at most 4096")


def test_more_cells_than_are_read_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_CELLS", 1000)
    (tmp_path / "a.csv").write_text("a;b\n" + "1;2\n" * 600)
    refused(tmp_path / "a.csv", "cells; at most 1000")


def test_a_file_of_too_many_bytes_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 10)
    (tmp_path / "a.csv").write_text("a;b\n1;2\n1;2\n")
    refused(tmp_path / "a.csv", "holds 12 bytes; at most 10")


def test_a_cube_that_says_it_is_larger_than_it_is_makes_no_room(tmp_path):
    (tmp_path / "a.json").write_text(
        '{"class":"dataset","id":["a"],"size":[900000000],"value":{"5":1},'
        '"dimension":{"a":{"category":{"index":["x"]}}}}'
    )
    refused(tmp_path / "a.json", "cannot be opened")


def test_a_nested_json_is_refused(tmp_path):
    (tmp_path / "a.json").write_text('{"values":' + "[" * 200_000)
    refused(tmp_path / "a.json", "cannot be opened")


@pytest.mark.parametrize(
    "formula", ['=HYPERLINK("http://a.se")', "+1+1", "@SUM(A1)", "-2+3+cmd|' /C calc'!A0"]
)
def test_formulas_in_text_are_text_and_no_number(tmp_path, formula):
    (tmp_path / "a.csv").write_text(f"Område;År;Besök\nA;2024;'{formula}\n", "utf-8")
    with pytest.raises(ik.ImpactkitError, match="is not a number"):
        ik.read(tmp_path / "a.csv", layout=ik.Layout(values={"Besök": "safety/visits-per-day"}))


def test_a_file_that_brings_its_reader_down_is_refused_by_those_who_remain(tmp_path):
    committed = Path(__file__).parents[1] / "data" / "formats"
    spoilt = (committed / "rows.sav").read_bytes()
    for place in range(176, len(spoilt), 23):
        (tmp_path / "a.sav").write_bytes(spoilt[:place] + b"\xff\xff\xff\x7f" + spoilt[place + 4 :])
        try:
            read_table(tmp_path / "a.sav")
        except ik.ImpactkitError:
            continue
