"""The library and a second implementation, written from the specification alone, held to each other."""

import importlib.util
import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impactkit.errors import DataError
from impactkit.verification.cells import cell, cells, framed
from impactkit.verification.fingerprint import column_digests, fingerprint
from impactkit.verification.merkle import root, sorted_leaves
from impactkit.verification.table_form import header, table_form

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "fingerprint-specification.md"
_found = importlib.util.spec_from_file_location("reference_ikfp1", HERE / "reference_ikfp1.py")
reference = importlib.util.module_from_spec(_found)
_found.loader.exec_module(reference)
VECTORS = json.loads((HERE / "vectors" / "ikfp1.json").read_text("utf-8"))["vectors"]


def value_of(text, kind):
    if text is None or kind in ("bool", "text"):
        return text
    return date.fromisoformat(text) if kind == "date" else float(text)


def asked(table):
    """Return a table as the library takes it: frame, kinds, units and decimals."""
    columns = table["columns"]
    frame = pd.DataFrame(
        {
            column["name"]: pd.Series(
                [value_of(row[place], column["kind"]) for row in table["rows"]], dtype=object
            )
            for place, column in enumerate(columns)
        }
    )
    said = {
        which: {column["name"]: column[key] for column in columns if column.get(key) is not None}
        for which, key in (("units", "unit"), ("decimals", "decimals"))
    }
    return frame, {column["name"]: column["kind"] for column in columns}, said


def key_of(vector):
    return bytes.fromhex(vector["key"]) if "key" in vector else None


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_library_gives_every_step_of_a_vector(vector):
    frame, kinds, said = asked(vector["table"])
    form = table_form(list(kinds), kinds, **said)
    assert header("ikfp1", form, len(frame)).decode() == vector["header"]
    written = [[framed(cell(row[c.stored], c)).hex() for c in form] for row in frame.to_dict("records")]
    assert written == vector["cells"]
    if "key" not in vector:
        leaves = b"".join(map(bytes.fromhex, vector["row_digests"]))
        assert root(sorted_leaves(leaves)).hex() == vector["root"]
    assert fingerprint(frame, kinds, **said, key=key_of(vector)) == vector["fingerprint"]
    if "key_columns" in vector:
        digests = column_digests(frame, kinds, key_columns=vector["key_columns"], **said, key=key_of(vector))
        assert digests == vector["column_digests"]


def test_the_stored_vectors_are_those_the_second_implementation_makes():
    assert reference.vectors()["vectors"] == VECTORS
    assert len(VECTORS) >= 25


def test_the_page_shows_the_first_vector():
    page = PAGE.read_text("utf-8")
    assert all(VECTORS[0][key] in page for key in ("header", "root", "fingerprint"))


def test_the_second_implementation_shares_nothing_with_the_library():
    assert "impactkit" not in (HERE / "reference_ikfp1.py").read_text("utf-8")


numbers = st.one_of(
    st.integers(-(2**60), 2**60).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e16, 1e16).map(repr),
    st.decimals(-10_000, 10_000, places=3, allow_nan=False).map(str),
)
seen = st.characters(
    exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"), max_codepoint=0x2FFFF
)
texts = st.text(st.one_of(seen, st.sampled_from("aåö0")), max_size=6)
values = {
    "number": numbers,
    "text": texts,
    "bool": st.booleans(),
    "date": st.dates().map(date.isoformat),
}


@st.composite
def tables(draw):
    names = draw(st.lists(st.text(seen, min_size=1, max_size=3), min_size=1, max_size=3, unique=True))
    if len({reference.unicodedata.normalize("NFC", name) for name in names}) < len(names):
        names = names[:1]
    kinds = [draw(st.sampled_from(sorted(values))) for _ in names]
    columns = [{"name": name, "kind": kind} for name, kind in zip(names, kinds, strict=True)]
    for column in columns:
        if draw(st.booleans()):
            column["unit"] = draw(st.text(seen, min_size=1, max_size=3))
    row = st.tuples(*[st.none() | values[kind] for kind in kinds]).map(list)
    return {"columns": columns, "rows": draw(st.lists(row, max_size=6))}


@settings(max_examples=300, deadline=None)
@given(table=tables(), key=st.none() | st.binary(min_size=32, max_size=32))
def test_both_agree_on_random_tables(table, key):
    frame, kinds, said = asked(table)
    expected = reference.work(table, key)["fingerprint"]
    assert fingerprint(frame, kinds, **said, key=key) == expected
    typed = {name: TYPES[kind] for name, kind in kinds.items()}
    stored = pl.DataFrame({name: frame[name].to_list() for name in frame.columns}, schema=typed)
    assert fingerprint(stored, kinds, **said, key=key) == expected


TYPES = {"number": pl.Float64, "text": pl.String, "bool": pl.Boolean, "date": pl.Date}


@settings(max_examples=300, deadline=None)
@example(number=6.26614776875857e16, decimals=None, refuse=True)
@example(number=2.0**53, decimals=None, refuse=True)
@example(number=1e15 + 0.125, decimals=None, refuse=True)
@given(
    number=st.one_of(
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(-1e13, 1e13),
        st.integers(-(10**6), 10**6).map(lambda k: k / 1000),
        st.integers(-(10**6), 10**6).map(lambda k: k / 64),
    ),
    decimals=st.none() | st.integers(0, 15),
    refuse=st.booleans(),
)
def test_both_agree_on_every_number(number, decimals, refuse):
    column = {"name": "a", "kind": "number", "decimals": decimals}
    kinds, said = {"a": "number"}, {} if decimals is None else {"decimals": {"a": decimals}}
    try:
        expected = reference.written(repr(number), column, refuse)
    except reference.RefusedError:
        expected = None
    form = table_form(["a"], kinds, **said)[0]
    frame = pl.DataFrame({"a": [number, 0.0]})
    try:
        found = cells(as_series(frame), form, refuse_long=refuse)(0, 1)
    except DataError:
        found = [None]
    assert found == [None if expected is None else framed(expected)]


def as_series(frame):
    import narwhals as nw

    return nw.from_native(frame).get_column("a")


@settings(max_examples=200, deadline=None)
@given(number=st.integers(-(2**63), 2**63 - 1), decimals=st.none() | st.integers(0, 15), refuse=st.booleans())
def test_both_agree_on_every_whole_number(number, decimals, refuse):
    column = {"name": "a", "kind": "number", "decimals": decimals}
    said = {} if decimals is None else {"decimals": {"a": decimals}}
    form = table_form(["a"], {"a": "number"}, **said)[0]
    try:
        expected = framed(reference.written(str(number), column, refuse, is_exact=True))
    except reference.RefusedError:
        expected = None
    for stored in (np.array([number], dtype=np.int64), pd.array([number, None], dtype="Int64")):
        frame = pd.DataFrame({"a": stored})
        try:
            found = cells(as_series(frame), form, refuse_long=refuse)(0, 1)[0]
        except DataError:
            found = None
        assert found == expected
