import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impactkit.data.numbers import Unreadable, find_decimal, parse_number
from impactkit.data.read_table import read_table
from impactkit.data.table import HeldCells, Table
from impactkit.data.typing_columns import typed_frame
from impactkit.errors import DataError, UsageError
from impactkit.wording import told


def table_of(**columns: list[str]) -> Table:
    rows = len(next(iter(columns.values())))
    return Table(
        file="a.csv",
        header=tuple(columns),
        held=HeldCells(list(columns.values())),
        rows=range(2, rows + 2),
        letters=tuple(range(len(columns))),
    )


def refusal(table: Table, **settings: object) -> str:
    with pytest.raises(DataError) as refused:
        typed_frame(table, **settings)
    return str(refused.value)


def test_a_swedish_excel_export_becomes_codes_years_and_numbers(write_text):
    text = "kommun;ort;år;belopp\n0114;Väsby;2022;1\u00a0234,5\n0180;Åre;2023;-2\n"
    table = read_table(write_text(text, encoding="cp1252"))
    frame = typed_frame(table, numbers=["år", "belopp"], codes=["kommun", "ort"])
    assert frame["kommun"].tolist() == ["0114", "0180"]
    assert frame["år"].dtype == np.int64
    assert frame["belopp"].tolist() == [1234.5, -2.0]
    assert frame.columns.tolist() == ["kommun", "ort", "år", "belopp"]


def test_empty_cells_are_missing_in_numbers_and_codes():
    frame = typed_frame(table_of(y=["1", "", "3"], kod=["", "b", "c"]), numbers=["y"], codes=["kod"])
    assert frame["y"].isna().tolist() == [False, True, False]
    assert frame["kod"].isna().tolist() == [True, False, False]


def test_every_fault_is_told_at_once_by_cell():
    table = table_of(
        kommun=["0114", ""], trygg_kväll=["tolv", "0,5"], andel=["0,5", ".."], mån=["2022-01", "februari"]
    )
    said = refusal(table, numbers=["trygg_kväll", "andel", "Andell"], codes=["kommun", "xyz"], dates=["mån"])
    assert "There is no column Andell.\n  Where: a.csv\n  Mend:  Did you mean andel?" in said
    assert (
        "There is no column xyz.\n  Where: a.csv\n  Mend:  The columns are kommun, trygg_kväll, andel, mån."
        in said
    )
    assert "tolv in column trygg_kväll is not a number.\n  Where: a.csv, cell B2" in said
    assert (
        ".. in column andel is not a number; it may stand for a missing value.\n  Where: a.csv, cell C3"
        in said
    )
    assert "februari in column mån is not written like the dates above it.\n  Where: a.csv, cell D3" in said


def test_text_in_a_number_column_is_told_by_sheet_and_cell(write_workbook):
    file = write_workbook({"Blad1": [["kod", "y"], ["0114", 1.5], ["0180", "saknas"]]})
    assert "saknas in column y is not a number.\n  Where: uppföljning.xlsx, cell Blad1!B3" in refusal(
        read_table(file), numbers=["y"]
    )


def test_a_thousand_equal_faults_are_told_as_twenty_and_a_count():
    said = refusal(table_of(y=["?"] * 1000), numbers=["y"])
    assert said.count("? in column y is not a number.") == 20
    assert "980 more cells of column y have the same fault.\n  Where: a.csv, A22 to A1001" in said


def test_numbers_that_can_be_read_in_two_ways_are_asked_about():
    table = table_of(y=["1.234", "2.345"])
    assert 'decimal = ","' in refusal(table, numbers=["y"])
    assert typed_frame(table, numbers=["y"], decimal=".")["y"].tolist() == [1.234, 2.345]


def test_one_clear_cell_settles_the_mark_for_the_file():
    frame = typed_frame(table_of(y=["1.234", "2.345"], z=["0.5", "1"]), numbers=["y", "z"])
    assert frame["y"].tolist() == [1.234, 2.345]


def test_the_mark_of_a_text_column_settles_nothing():
    assert "two ways" in refusal(table_of(y=["1,234"], kod=["0.5"]), numbers=["y"], codes=["kod"])


def test_cells_with_the_other_mark_are_refused():
    said = refusal(table_of(y=["0,5", "1,5", "2.5"]), numbers=["y"])
    assert "2.5 in column y does not follow the file's decimal mark (,)." in said
    assert "cell A4" in said


def test_a_line_break_inside_a_cell_does_not_move_the_cells_below():
    assert "cell A2" in refusal(table_of(y=["1,5\n2,5", "3,5"]), numbers=["y"])


def test_a_stated_sign_for_missing_is_missing():
    frame = typed_frame(table_of(y=["1", ".."]), numbers=["y"], missing=frozenset({"", ".."}))
    assert np.isnan(frame["y"].iloc[1])


def test_a_column_cannot_be_both_numbers_and_codes():
    with pytest.raises(UsageError, match="both as numbers and as codes"):
        typed_frame(table_of(y=["1"]), numbers=["y"], codes=["y"])


plain = st.one_of(
    st.integers(-(10**9), 10**9).map(str), st.floats(allow_nan=False, allow_infinity=False).map(repr)
)
odd = st.text(alphabet="0123456789,.- −\u00a0eE+_\n", max_size=8)


@given(st.lists(st.one_of(plain, plain, odd), min_size=1, max_size=6), st.sampled_from([",", "."]))
def test_a_column_is_read_as_its_cells_are(texts, mark):
    texts = [text.strip() for text in texts]
    one_by_one = [parse_number(text, decimal=mark) for text in texts]
    if any(isinstance(read, Unreadable) for read in one_by_one):
        refusal(table_of(y=texts), numbers=["y"], decimal=mark)
    else:
        frame = typed_frame(table_of(y=texts), numbers=["y"], decimal=mark)
        np.testing.assert_array_equal(frame["y"].to_numpy(float), one_by_one)


@given(st.lists(odd, min_size=1, max_size=6))
def test_what_is_read_without_a_stated_mark_is_read_with_one_mark(texts):
    table = table_of(y=[text.strip() for text in texts])
    try:
        found = typed_frame(table, numbers=["y"])
    except DataError:
        return
    stated = typed_frame(table, numbers=["y"], decimal=find_decimal(texts) or ",")
    pd.testing.assert_frame_equal(found, stated)


def test_faults_are_told_in_swedish():
    table = table_of(kommun=["0114"], andel=[".."])
    with pytest.raises(DataError) as refused:
        typed_frame(table, numbers=["andel", "Andell"])
    said = told(refused.value, "sv")
    assert "Det finns ingen kolumn som heter Andell." in said
    assert "Menade du andel?" in said
    assert ".. i kolumnen andel är inget tal; det kan betyda att värdet saknas." in said
