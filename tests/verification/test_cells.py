"""Cells, one by one and a column at a time: the quick ways give what the definition gives."""

import datetime
from decimal import Decimal

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

from impactkit.errors import DataError
from impactkit.verification import cells as cells_module
from impactkit.verification import row_digests
from impactkit.verification.cells import cell, cells, framed, is_missing, joined
from impactkit.verification.fingerprint import fingerprint
from impactkit.verification.number_text import (
    TooManyDigitsError,
    number_text,
    number_texts,
    whole_texts,
)
from impactkit.verification.table_form import table_form


def form_of(kind, **said):
    return table_form(["a"], {"a": kind}, **said)[0]


def column(values, kind, **said):
    """Return the cells of a column, and of the same values one by one."""
    frame = values if isinstance(values, pl.DataFrame) else pd.DataFrame({"a": values})
    series = nw.from_native(frame).get_column("a")
    form = form_of(kind, **said)
    found = cells(series, form)(0, len(series))
    return found, [framed(cell(value, form)) for value in series.to_list()]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.5, np.nan, -0.0, 1e300, 2 / 3], "number"),
        ([1.25, 1.25, np.nan, 1.25, np.nan], "number"),
        (np.tile([0.1, 0.2, np.nan], 400), "number"),
        (np.arange(1000) / 8, "number"),
        ([1, -2, 0], "number"),
        ([10**15 - 1, 1 - 10**15], "number"),
        ([10**15, 2**53 - 1, 2**53, 2**62], "number"),
        ([-(10**15), 3], "number"),
        (np.array([2**64 - 1, 0], dtype="u8"), "number"),
        ([Decimal("1.50"), None, Decimal("NaN")], "number"),
        ([True, None, False], "bool"),
        (pd.to_datetime(["2020-02-29", None, "1999-12-31"]), "date"),
        ([datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None], "date"),
        (["a", None, "", "å", "a\u030a"], "text"),
        (pl.DataFrame({"a": [datetime.date(1, 1, 1), None, datetime.date(9999, 12, 31)]}), "date"),
    ],
)
def test_a_column_holds_the_cells_of_its_values(values, kind):
    found, expected = column(values, kind)
    assert found == expected


@pytest.mark.parametrize("decimals", [0, 2, 7])
def test_a_column_with_decimals_holds_the_cells_of_its_values(decimals):
    rng = np.random.default_rng(5)
    values = np.concatenate(
        [rng.normal(0, 100, 300), rng.integers(-9, 9, 50) / 8, [0.5, 1.5, 2.5, -0.0, 9e6]]
    )
    found, expected = column(values, "number", decimals={"a": decimals})
    assert found == expected
    found, expected = column([1, 20, -300], "number", decimals={"a": decimals})
    assert found == expected == [framed(b"n1"), framed(b"n20"), framed(b"n-300")]


def test_a_part_of_a_column_is_that_part():
    for values, kind in (([0.5, 1.5, 2.5], "number"), ([1, 2, 3], "number"), (["x", "y", "z"], "text")):
        series = nw.from_native(pd.DataFrame({"a": values})).get_column("a")
        between = cells(series, form_of(kind))
        assert between(1, 2) == [framed(cell(values[1], form_of(kind)))]
        assert between(0, 0) == []


@pytest.mark.parametrize("rows", [1, 7])
def test_writing_some_rows_at_a_time_changes_nothing(monkeypatch, rows):
    frame = pd.DataFrame({"a": [0.5, 1.0, None] * 7, "b": [1, 2, 3] * 7, "c": ["x", "y", None] * 7})
    kinds = {"a": "number", "b": "number", "c": "text"}
    plain = fingerprint(frame, kinds)
    monkeypatch.setattr(row_digests, "_ROWS", rows)
    assert fingerprint(frame, kinds) == plain


def test_forgetting_known_cells_changes_nothing(monkeypatch):
    frame = pd.DataFrame({"c": [f"{k}" for k in range(50)] * 2})
    plain = fingerprint(frame, {"c": "text"})
    monkeypatch.setattr(row_digests, "_ROWS", 10)
    monkeypatch.setattr(cells_module, "_MOST_KNOWN", 15)
    assert fingerprint(frame, {"c": "text"}) == plain


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (None, "text", b"\x00"), (float("nan"), "number", b"\x00"), (pd.NA, "bool", b"\x00"),
        (pd.NaT, "date", b"\x00"), ("", "text", b""), ("a\u030a", "text", "å".encode()),
        (True, "bool", b"t"),
        (np.False_, "bool", b"f"), (datetime.date(5, 1, 2), "date", b"0005-01-02"),
        (datetime.datetime(2020, 1, 2), "date", b"2020-01-02"),
        (pd.Timestamp("2020-01-02"), "date", b"2020-01-02"),
        (0, "number", b"n0"), (-0.0, "number", b"n0"), (np.int8(-5), "number", b"n-5"),
        (1e-5, "number", b"n1e-05"), (0.0001, "number", b"n0.0001"),
        (1e15, "number", b"n1000000000000000"), (2**53, "number", b"n9.00719925474099e+15"),
        (123456.789, "number", b"n123456.789"), (-1e100, "number", b"n-1e+100"),
        (Decimal("1.10"), "number", b"n1.1"),
    ],
)  # fmt: skip
def test_a_cell_is_written_as_specified(value, kind, written):
    assert cell(value, form_of(kind)) == written


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, True), (np.nan, True), (pd.NA, True), (pd.NaT, True), (Decimal("NaN"), True), ("", False),
     (0, False), ("nan", False), (False, False), (np.float64("nan"), True), (Decimal(1), False),
     (1.0, False)],
)  # fmt: skip
def test_missing_is_what_libraries_have_for_it(value, expected):
    assert is_missing(value) is expected


def test_single_precision_among_objects_is_refused():
    frame = pl.DataFrame({"a": pl.Series([np.float32(0.5)], dtype=pl.Object)})
    with pytest.raises(DataError, match="single precision"):
        fingerprint(frame, {"a": "number"})


@pytest.mark.parametrize(
    "number", [-3.0, 0.1, 1e15, 2.0**53, 2 / 3, 1e-310, 999999999999999.9, 1e15 + 0.5, -1e22]
)
@pytest.mark.parametrize("decimals", [None, 0, 3])
@pytest.mark.parametrize("refuse", [False, True])
def test_many_numbers_are_written_as_each_is(number, decimals, refuse):
    try:
        expected = [
            number_text(number, decimals=decimals, refuse=refuse).encode(),
            b"0.5" if decimals != 0 else b"0",
        ]
    except TooManyDigitsError:
        with pytest.raises(TooManyDigitsError) as caught:
            number_texts(np.array([number, 0.5]), decimals=decimals, refuse=refuse)
        assert str(caught.value) == repr(number)
        return
    assert number_texts(np.array([number, 0.5]), decimals=decimals, refuse=refuse) == expected


def test_long_numbers_are_rounded_unless_they_are_to_be_refused():
    assert number_text(2 / 3) == "0.666666666666667"
    assert number_texts(np.array([2 / 3])) == [b"0.666666666666667"]
    assert cell(2 / 3, form_of("number")) == b"n0.666666666666667"
    assert cell(12345678901234567, form_of("number")) == b"n1.23456789012346e+16"
    for value in (2 / 3, 12345678901234567, Decimal("12345678901234567")):
        with pytest.raises(DataError, match="more than 15 significant digits"):
            cell(value, form_of("number"), refuse_long=True)


def test_a_whole_number_given_exactly_has_to_be_what_is_written():
    """As a double, 15 digits are near enough; as a whole number, they are it or they are not."""
    assert int(6.26614776875857e16) == 62661477687585696
    assert number_text(6.26614776875857e16, refuse=True) == "6.26614776875857e+16"
    assert number_text(62661477687585700, refuse=True) == "6.26614776875857e+16"
    assert number_text(Decimal(62661477687585700), refuse=True) == "6.26614776875857e+16"
    for value in (62661477687585696, Decimal(62661477687585696), 2.0**53):
        with pytest.raises(TooManyDigitsError):
            number_text(value, refuse=True)


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2020-01-02 00:00:00.000000001"),
        datetime.datetime(2020, 1, 2, 0, 0, 0, 1),
        datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC),
        pd.Timestamp("2020-01-02", tz="Europe/Stockholm"),
    ],
)
def test_a_point_in_time_is_no_date(value):
    with pytest.raises(DataError, match="no time of day and no time zone") as caught:
        cell(value, form_of("date"))
    assert caught.value.troubles[0].values == {"column": "a", "value": str(value)}


def test_no_numbers_give_no_texts():
    assert (
        number_texts(np.array([]))
        == number_texts(np.array([]), decimals=2, refuse=True)
        == whole_texts([])
        == []
    )


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [(0.125, 2, "0.12"), (0.375, 2, "0.38"), (2.675, 2, "2.67"), (-0.001, 2, "0"), (0.5, 0, "0"),
     (1.5, 0, "2"), (1e12 + 0.25, 1, "1000000000000.2"),
     (99999999999999.94, 1, "99999999999999.9"), (0.1 + 0.2, 15, "0.3")],
)  # fmt: skip
def test_numbers_are_rounded_by_their_exact_value(number, decimals, text):
    assert number_text(number, decimals=decimals) == text
    assert number_texts(np.array([number]), decimals=decimals) == [text.encode()]


@pytest.mark.parametrize(
    ("number", "decimals"), [(1e15, 0), (1e13, 2), (-1e13, 2), (9999999999999.999, 2), (1.0, 15)]
)
def test_numbers_that_need_more_digits_than_fifteen_are_refused_with_decimals(number, decimals):
    with pytest.raises(TooManyDigitsError):
        number_text(number, decimals=decimals)
    with pytest.raises(TooManyDigitsError):
        number_texts(np.array([number]), decimals=decimals)


def stepped(number, steps, towards):
    for _ in range(steps):
        number = np.nextafter(number, towards)
    return float(number)


@pytest.mark.parametrize("number", [0.3, 123.456, -7e-9, 999999999999.999, 1.1, 100.0])
@pytest.mark.parametrize("towards", [-np.inf, np.inf])
def test_two_steps_away_is_near_and_three_are_not(number, towards):
    plain = number_text(number, refuse=True)
    for steps in (1, 2):
        assert number_text(stepped(number, steps, towards), refuse=True) == plain
        assert number_texts(np.array([stepped(number, steps, towards)]), refuse=True) == [plain.encode()]
    with pytest.raises(TooManyDigitsError):
        number_text(stepped(number, 3, towards), refuse=True)
    with pytest.raises(TooManyDigitsError):
        number_texts(np.array([stepped(number, 3, towards)]), refuse=True)


def test_rows_are_joined_in_order():
    assert joined([[b"a", b"b"], [b"1", b"2"]]) == [b"a1", b"b2"]
    with pytest.raises(ValueError, match="shorter"):
        joined([[b"a", b"b"], [b"1"]])
