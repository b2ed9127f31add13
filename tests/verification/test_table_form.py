"""What may be said of columns, and how it is written down."""

import unicodedata

import pandas as pd
import pytest

from impactkit.errors import DataError, UsageError
from impactkit.verification.fingerprint import fingerprint
from impactkit.verification.table_form import ColumnForm, header, hides, table_form

KINDS = {"b": "text", "å": "number", "a": "number"}


def test_columns_stand_in_the_order_of_utf_8_with_all_that_is_said():
    decomposed = unicodedata.normalize("NFD", "å")
    form = table_form(
        ["b", decomposed, "a"],
        KINDS,
        units={decomposed: unicodedata.normalize("NFD", "år")},
        decimals={"a": 0},
    )
    assert form == (
        ColumnForm(name="a", stored="a", kind="number", decimals=0),
        ColumnForm(name="b", stored="b", kind="text"),
        ColumnForm(name="å", stored=decomposed, kind="number", unit="år"),
    )
    assert header("ikfp1", form, 3).decode() == (
        '{"columns":[["a","number"],["b","text"],["å","number"]],"decimals":{"a":0},"rows":3,'
        '"spec":"ikfp1","units":{"å":"år"}}'
    )


def test_nothing_said_is_nothing_written():
    form = table_form(["a"], {"a": "number"}, units={}, decimals={})
    assert header("ikfp1", form, 0) == b'{"columns":[["a","number"]],"rows":0,"spec":"ikfp1"}'


@pytest.mark.parametrize("places", [-1, 16, 2.0, True, "2", None])
def test_decimals_that_are_none_are_refused(places):
    with pytest.raises(UsageError, match=r"cannot have .* decimals") as caught:
        table_form(["a"], {"a": "number"}, decimals={"a": places})
    assert caught.value.troubles[0].values == {
        "name": "a",
        "kind": "number",
        "places": repr(places),
        "most": 15,
    }


@pytest.mark.parametrize("places", [0, 15])
def test_decimals_from_0_to_15_are_taken(places):
    assert table_form(["a"], {"a": "number"}, decimals={"a": places})[0].decimals == places


@pytest.mark.parametrize("kind", ["text", "bool", "date"])
def test_only_numbers_have_decimals(kind):
    with pytest.raises(UsageError, match=f"Column a of kind {kind} cannot have 2 decimals"):
        table_form(["a"], {"a": kind}, decimals={"a": 2})


@pytest.mark.parametrize("unit", ["", 5, None])
def test_a_unit_is_a_text(unit):
    with pytest.raises(UsageError, match=r"The unit of column a is .*, which is no text"):
        table_form(["a"], {"a": "number"}, units={"a": unit})


@pytest.mark.parametrize("hidden", [" kr", "kr ", "k\u200br", "kr\n", "\u00a0kr", "k\x00r"])
def test_names_and_units_hide_nothing(hidden):
    with pytest.raises(DataError, match="nobody can see") as caught:
        table_form(["a"], {"a": "number"}, units={"a": hidden})
    assert caught.value.troubles[0].values["value"] == ascii(hidden)
    with pytest.raises(DataError, match="nobody can see"):
        table_form([hidden], {hidden: "number"})


@pytest.mark.parametrize("said", ["units", "decimals"])
def test_what_is_said_of_a_column_that_is_not_there_is_refused(said):
    with pytest.raises(UsageError, match="There is no column c to have a unit or decimals") as caught:
        table_form(["b", "a"], {"b": "text", "a": "number"}, **{said: {"c": 1}})
    assert caught.value.troubles[0].values["columns"] == "b, a"


@pytest.mark.parametrize(
    ("columns", "kinds"),
    [
        ([], {}),
        (["a"], {}),
        (["a"], {"b": "text"}),
        (["a", "b"], {"a": "text"}),
        (["a"], {"a": "text", "b": "text"}),
        (["å", "a\u030a"], {"å": "text", "a\u030a": "text"}),
        (["å"], {"å": "text", "a\u030a": "text"}),
        (["å", "a\u030a"], {"å": "text"}),
        ([0], {0: "text"}),
        (["a", 0], {"a": "text"}),
    ],
)
def test_every_column_has_one_kind_and_a_name_of_its_own(columns, kinds):
    with pytest.raises(DataError, match="are not those with a kind") as caught:
        table_form(columns, kinds)
    told = caught.value.troubles[0].values
    assert told == {"found": ", ".join(map(str, columns)), "expected": ", ".join(map(str, kinds))}


def test_two_columns_of_the_same_name_are_refused():
    with pytest.raises(DataError, match="Two columns have the same name"):
        fingerprint(pd.DataFrame([[1, 2]], columns=["a", "a"]), {"a": "number"})


def test_an_unknown_kind_is_refused_with_the_choices():
    with pytest.raises(UsageError, match="Choose among text, number, bool, date"):
        table_form(["a"], {"a": "colour"})


def test_an_unknown_way_with_long_numbers_is_refused():
    with pytest.raises(UsageError, match="long_numbers = 'keep' is not one of the choices") as caught:
        fingerprint(pd.DataFrame({"a": [1]}), {"a": "number"}, long_numbers="keep")
    assert caught.value.troubles[0].values["choices"] == "round, refuse"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False), ("a b", False), ("a\u00a0b", False), ("\u3000a", True), ("a\u2003", True),
        ("a\tb", True),
        ("\u2028", True), ("a\u2029b", True), ("\U0001f333", False), ("\U000f0000", True), ("e\u0301", False),
        ("\x7f", True), ("\u00ad", True), ("\ufdd0", True),
    ],
)  # fmt: skip
def test_what_nobody_can_see_is_seen(text, expected):
    assert hides(text) is expected
