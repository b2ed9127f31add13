"""A large sheet is read quickly, and says what the same sheet says when every cell is taken apart."""

import pytest
import xlsxwriter

import impactkit as ik
from impactkit.data import sheet_table
from impactkit.data.read_table import read_table

HEAD = ["Område", "År", "Besök", "Anm"]
LAYOUT = ik.Layout(values={"Besök": "safety/visits-per-day"})


def written(tmp_path, *, titles=(), spoil=None, n=1_500):
    rows = [[f"u{k}", 2024, k % 700 + 0.5 * (k % 2), "" if k % 3 else f"a{k}"] for k in range(n)]
    if spoil:
        spoil(rows)
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Blad1")
        for number, row in enumerate([*titles, HEAD, *rows]):
            sheet.write_row(number, 0, row)
    return tmp_path / "a.xlsx"


def both(path, monkeypatch):
    quick = read_table(path)
    monkeypatch.setattr(sheet_table, "_SMALL", 1 << 40)
    return quick, read_table(path)


@pytest.mark.parametrize("titles", [(), (["Besök i parker"], [])])
def test_both_ways_say_the_same(tmp_path, monkeypatch, titles):
    quick, slow = both(written(tmp_path, titles=titles), monkeypatch)
    assert type(quick.held) is not type(slow.held)
    assert quick.header == slow.header
    assert quick.cells.to_numpy().tolist() == slow.cells.to_numpy().tolist()
    assert list(quick.rows) == list(slow.rows)
    assert dict(quick.aside.rows) == dict(slow.aside.rows)
    assert quick.aside.titles == slow.aside.titles


def blank_row(rows):
    rows[700] = ["", "", "", ""]


def note(rows):
    rows += [["", "", "", ""], ["Källa: parkenheten", "", "", ""]]


def total(rows):
    rows.append(["Summa", 2024, 5, ""])


def text_number(rows):
    rows[900][2] = "12,5"


@pytest.mark.parametrize("spoil", [blank_row, note, total, text_number])
def test_what_stands_around_the_rows_is_seen_in_both(tmp_path, monkeypatch, spoil):
    path = written(tmp_path, spoil=spoil)
    said = []
    for small in (0, 1 << 40):
        monkeypatch.setattr(sheet_table, "_SMALL", small)
        try:
            found = ik.read(path, layout=LAYOUT)
        except ik.ImpactkitError as error:
            said.append(str(error))
        else:
            said.append((found.account, found.value.tolist(), [fault.problem for fault in found.warnings]))
    assert said[0] == said[1]


def test_numbers_of_ten_digits_are_looked_at(tmp_path):
    def people(rows):
        for row in rows:
            row[2] = 1212121212.0

    with pytest.raises(ik.ImpactkitError, match="personal identity numbers"):
        ik.read(written(tmp_path, spoil=people), layout=LAYOUT)
