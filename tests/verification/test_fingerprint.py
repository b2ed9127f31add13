import datetime
import hashlib
import time
import unicodedata

import numpy as np
import pandas as pd
import polars as pl
import pytest

from impactkit.errors import DataError, UsageError
from impactkit.verification.fingerprint import fingerprint

KINDS = {"område": "text", "år": "number", "andel": "number", "med": "bool", "dag": "date"}
FRAME = pd.DataFrame(
    {
        "område": ["01", "02", "Håbo", None],
        "år": [2020, 2021, 2022, 2023],
        "andel": [0.5, -1.0, np.nan, 1e20],
        "med": pd.array([True, False, None, True], dtype="boolean"),
        "dag": [datetime.date(2020, 1, day) for day in (1, 2, 3, 4)],
    }
)
PLAIN = fingerprint(FRAME, KINDS)


def test_the_form_is_pinned():
    """A change here changes every fingerprint ever handed over: it needs a new name, not a new value."""
    assert PLAIN == "e2bd4d1f5965d4f27ad3bd4e35a3821bbeb16dcf0610a879655d68475e2fc904"


def test_a_single_cell_is_what_the_specification_says():
    header = b'{"columns":[["a","number"]],"rows":1,"spec":"ikfp1"}'
    row = hashlib.sha256(b"\x00" + (2).to_bytes(8, "big") + b"n1").digest()
    expected = hashlib.sha256(b"\x02" + len(header).to_bytes(8, "big") + header + row).hexdigest()
    assert fingerprint(pd.DataFrame({"a": [1.0]}), {"a": "number"}) == expected


@pytest.mark.parametrize(
    "same",
    [
        FRAME.sample(frac=1, random_state=1),
        FRAME[FRAME.columns[::-1]],
        FRAME.set_axis([5, 5, 5, 5]),
        FRAME.astype({"år": "float64"}),
        FRAME.astype({"år": "Int64"}),
        FRAME.astype({"år": "int16"}),
        FRAME.astype({"område": "category"}),
        FRAME.astype({"område": "object", "med": "object"}),
        FRAME.assign(dag=pd.to_datetime(FRAME["dag"])),
        FRAME.assign(område=["01", "02", unicodedata.normalize("NFD", "Håbo"), None]),
        FRAME.rename(columns={"område": unicodedata.normalize("NFD", "område")}),
        FRAME.convert_dtypes(dtype_backend="pyarrow"),
        pl.from_pandas(FRAME),
        pl.from_pandas(FRAME).with_columns(pl.col("andel").fill_nan(None)),
    ],
    ids=[
        "shuffled", "column order", "index", "float", "Int64", "int16", "category", "object", "datetime",
        "NFD cells", "NFD name", "pyarrow", "polars", "polars null",
    ],
)  # fmt: skip
def test_what_a_library_makes_of_the_table_does_not_matter(same):
    kinds = {name: KINDS[unicodedata.normalize("NFC", name)] for name in same.columns}
    assert fingerprint(same, kinds) == PLAIN


@pytest.mark.parametrize(
    "other",
    [
        FRAME.iloc[:3],
        pd.concat([FRAME, FRAME.iloc[:1]], ignore_index=True),
        FRAME.assign(andel=[0.5 * (1 + 1e-12), -1.0, np.nan, 1e20]),
        FRAME.assign(andel=[0.5, -1.0, 0.0, 1e20]),
        FRAME.assign(andel=[-1.0, 0.5, np.nan, 1e20]),
        FRAME.assign(område=["1", "02", "Håbo", None]),
        FRAME.assign(område=["01", "02", "Håbo", ""]),
        FRAME.assign(område=["01", "02", "Håbо", None]),
    ],
    ids=[
        "row less",
        "row twice",
        "1e-12",
        "missing filled",
        "swapped",
        "leading zero",
        "empty text",
        "Cyrillic o",
    ],
)
def test_every_change_of_what_it_says_is_seen(other):
    assert fingerprint(other, KINDS) != PLAIN


def test_the_names_of_columns_count():
    one, two = pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"a": [2], "b": [1]})
    kinds = {"a": "number", "b": "number"}
    assert fingerprint(one, kinds) != fingerprint(two, kinds)
    assert fingerprint(one.iloc[:0], kinds) != fingerprint(one.iloc[:0], {"a": "number", "b": "text"})


def test_minus_zero_is_zero():
    kinds = {"a": "number"}
    assert fingerprint(pd.DataFrame({"a": [-0.0]}), kinds) == fingerprint(pd.DataFrame({"a": [0]}), kinds)


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 8])
def test_the_tree_splits_as_in_rfc_6962(rows):
    frame = pd.DataFrame({"a": range(rows)})
    header = b'{"columns":[["a","number"]],"rows":%d,"spec":"ikfp1"}' % rows
    leaves = sorted(
        hashlib.sha256(b"\x00" + len(t).to_bytes(8, "big") + t).digest()
        for t in (b"n%d" % i for i in range(rows))
    )

    def root(level):
        if len(level) == 1:
            return level[0]
        split = 1 << (len(level) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + root(level[:split]) + root(level[split:])).digest()

    expected = hashlib.sha256(b"\x02" + len(header).to_bytes(8, "big") + header + root(leaves)).hexdigest()
    assert fingerprint(frame, {"a": "number"}) == expected


@pytest.mark.parametrize(
    ("values", "kind", "mend"),
    [
        ([180], "text", "Codes and names are text"),
        ([" a"], "text", "space at the edges"),
        (["a\u200b"], "text", "nobody can see"),
        (["a\nb"], "text", "nobody can see"),
        ([np.inf], "number", "Leave the cell empty"),
        (["1"], "number", "column of numbers"),
        ([True], "number", "column of numbers"),
        (np.array([1.5], dtype="float32"), "number", "double precision"),
        ([1], "bool", "true and false"),
        (["2020-01-01"], "date", "column of dates"),
        ([datetime.datetime(2020, 1, 1, 12)], "date", "no time of day"),
        ([datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)], "date", "no time zone"),
    ],
)
def test_what_is_not_of_its_kind_is_refused_with_the_way_out(values, kind, mend):
    with pytest.raises(DataError, match=mend):
        fingerprint(pd.DataFrame({"a": values}), {"a": kind})


@pytest.mark.parametrize("kinds", [{}, {"a": "number", "b": "number"}, {"b": "number"}])
def test_every_column_has_a_kind_and_every_kind_a_column(kinds):
    with pytest.raises(DataError, match="one kind"):
        fingerprint(pd.DataFrame({"a": [1]}), kinds)


def test_two_names_that_compose_to_one_are_refused():
    frame = pd.DataFrame({"å": [1], unicodedata.normalize("NFD", "å"): [1]})
    with pytest.raises(DataError, match="no two columns"):
        fingerprint(frame, dict.fromkeys(frame.columns, "number"))


def test_an_unknown_kind_is_refused():
    with pytest.raises(UsageError, match="Choose among text"):
        fingerprint(pd.DataFrame({"a": [1]}), {"a": "colour"})


def test_an_empty_table_has_a_fingerprint():
    assert len(fingerprint(pd.DataFrame({"a": pd.Series(dtype=float)}), {"a": "number"})) == 64


def test_a_large_table_takes_seconds():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({f"x{i}": rng.normal(size=100_000) for i in range(7)})
    start = time.perf_counter()
    fingerprint(frame, dict.fromkeys(frame.columns, "number"))
    assert time.perf_counter() - start < 20
