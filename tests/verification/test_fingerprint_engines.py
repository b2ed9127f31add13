"""One table through every library and file format has one fingerprint; a changed one never has it."""

import datetime
import unicodedata
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import feather, parquet

from impactkit.errors import DataError
from impactkit.verification.fingerprint import column_digests, fingerprint

KINDS = {
    "kommun": "text",
    "namn": "text",
    "år": "number",
    "antal": "number",
    "andel": "number",
    "kronor": "number",
    "med": "bool",
    "dag": "date",
}
UNITS = {"andel": "per cent", "kronor": "kr"}


def table(n=240):
    """Return rows as a municipality may have them: codes, shares, amounts, gaps, digits within reason."""
    rng = np.random.default_rng(8)
    amounts = np.round(rng.lognormal(12, 2, n), 2)
    frame = pd.DataFrame(
        {
            "kommun": [f"{code:04d}" for code in rng.integers(114, 2584, n)],
            "namn": rng.choice(["Håbo", "Upplands-Bro", "Malmö", "Nynäshamn, norra", 'Solna "C"'], n),
            "år": rng.integers(2015, 2026, n),
            "antal": pd.array(rng.integers(-5, 10**6, n), dtype="Int64"),
            "andel": np.round(rng.random(n) * 100, rng.integers(0, 9)),
            "kronor": amounts * np.where(np.arange(n) % 50 == 0, 1e-6, 1.0).round(6),
            "med": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            "dag": [datetime.date(2020, 1, 1) + datetime.timedelta(int(d)) for d in rng.integers(0, 2000, n)],
        }
    )
    frame["kronor"] = [float(format(value, ".12g")) for value in frame["kronor"]]
    for place, name in enumerate(("namn", "antal", "andel", "kronor", "med", "dag")):
        frame.loc[frame.index % 17 == place, name] = None
    return frame


FRAME = table()
PLAIN = fingerprint(FRAME, KINDS, units=UNITS, long_numbers="refuse")
ARROW = pa.Table.from_pandas(FRAME, preserve_index=False)
POLARS = pl.from_arrow(ARROW)


def duck(query="select * from t"):
    connection = duckdb.connect()
    connection.register("t", ARROW)
    return connection.sql(query)


IN_MEMORY = {
    "pandas": lambda: FRAME,
    "shuffled": lambda: FRAME.sample(frac=1, random_state=3),
    "columns turned": lambda: FRAME[FRAME.columns[::-1]],
    "another index": lambda: FRAME.set_axis(["x"] * len(FRAME)),
    "objects": lambda: FRAME.astype(object),
    "categories": lambda: FRAME.astype({"kommun": "category", "namn": "category", "år": "category"}),
    "whole as floats": lambda: FRAME.astype({"år": float, "antal": float}),
    "narrow integers": lambda: FRAME.astype({"år": "int16", "antal": "Int32"}),
    "unsigned": lambda: FRAME.astype({"år": "uint32"}),
    "nullable floats": lambda: FRAME.astype({"andel": "Float64", "kronor": "Float64"}),
    "strings": lambda: FRAME.astype({"kommun": "string", "namn": "string"}),
    "python strings": lambda: FRAME.astype({"kommun": "string[python]", "namn": object}),
    "arrow dtypes": lambda: FRAME.convert_dtypes(dtype_backend="pyarrow"),
    "numpy nullable": lambda: FRAME.convert_dtypes(dtype_backend="numpy_nullable"),
    "timestamps, ns": lambda: FRAME.assign(dag=pd.to_datetime(FRAME["dag"]).astype("M8[ns]")),
    "timestamps, s": lambda: FRAME.assign(dag=pd.to_datetime(FRAME["dag"]).astype("M8[s]")),
    "decimals": lambda: FRAME.assign(
        andel=[None if pd.isna(v) else Decimal(repr(v)) for v in FRAME["andel"]]
    ),
    "one unit in the last place off": lambda: FRAME.assign(andel=np.nextafter(FRAME["andel"], np.inf)),
    "decomposed": lambda: FRAME.assign(
        namn=[v if pd.isna(v) else unicodedata.normalize("NFD", v) for v in FRAME["namn"]]
    ),
    "decomposed heading": lambda: FRAME.rename(columns={"år": unicodedata.normalize("NFD", "år")}),
    "minus zero": lambda: FRAME.assign(antal=FRAME["antal"].astype(float) * 1.0 + -0.0),
    "in pieces": lambda: pd.concat([FRAME.iloc[100:], FRAME.iloc[:100]]),
    "pyarrow": lambda: ARROW,
    "pyarrow, chunked": lambda: pa.concat_tables([ARROW.slice(90), ARROW.slice(0, 90)]),
    "pyarrow, dictionaries": lambda: ARROW.set_column(
        0, "kommun", ARROW["kommun"].dictionary_encode()
    ),
    "pyarrow, large strings": lambda: ARROW.set_column(0, "kommun", ARROW["kommun"].cast(pa.large_string())),
    "polars": lambda: POLARS,
    "polars, lazy": lambda: POLARS.lazy(),
    "polars, categories": lambda: POLARS.with_columns(pl.col("kommun", "namn").cast(pl.Categorical)),
    "polars, timestamps": lambda: POLARS.with_columns(pl.col("dag").cast(pl.Datetime("us"))),
    "polars, nan for null": lambda: POLARS.with_columns(pl.col("andel").fill_null(float("nan"))),
    "polars, sorted": lambda: POLARS.sort("kronor", "namn"),
    "duckdb": lambda: duck(),
    "duckdb, ordered": lambda: duck("select * from t order by kronor desc"),
    "duckdb, wide integers": lambda: duck("select * replace (antal::hugeint as antal) from t"),
    "duckdb, timestamps": lambda: duck("select * replace (dag::timestamp as dag) from t"),
    "duckdb, decimal": lambda: duck("select * replace (andel::decimal(18, 9) as andel) from t"),
}  # fmt: skip


def kinds_of(frame):
    import narwhals as nw

    names = nw.from_native(frame).collect_schema().names()
    return {name: KINDS[unicodedata.normalize("NFC", name)] for name in names}


@pytest.mark.parametrize("made", IN_MEMORY.values(), ids=IN_MEMORY.keys())
def test_every_library_gives_the_same(made):
    frame = made()
    assert fingerprint(frame, kinds_of(frame), units=UNITS, long_numbers="refuse") == PLAIN


def text_read(frame):
    return frame.assign(dag=pd.to_datetime(frame["dag"]))


def csv(path, **how):
    FRAME.to_csv(path, index=False, **how)


def workbook(path):
    FRAME.to_excel(path, index=False, engine="xlsxwriter")


CODES = {"kommun": str}
TYPES = {"kommun": pl.String}
IN_FILES = {
    "csv, pandas default": (csv, lambda p: text_read(pd.read_csv(p, dtype=CODES))),
    "csv, pandas python": (csv, lambda p: text_read(pd.read_csv(p, dtype=CODES, engine="python"))),
    "csv, pandas arrow": (
        csv,
        lambda p: text_read(pd.read_csv(p, dtype=CODES, engine="pyarrow", dtype_backend="pyarrow")),
    ),
    "csv, semicolon and comma": (
        lambda p: csv(p, sep=";", decimal=",", encoding="cp1252"),
        lambda p: text_read(pd.read_csv(p, sep=";", decimal=",", encoding="cp1252", dtype=CODES)),
    ),
    "csv, polars": (csv, lambda p: pl.read_csv(p, schema_overrides=TYPES, try_parse_dates=True)),
    "csv, polars lazy": (csv, lambda p: pl.scan_csv(p, schema_overrides=TYPES, try_parse_dates=True)),
    "csv, pyarrow": (
        csv,
        lambda p: arrow_csv.read_csv(
            p,
            convert_options=arrow_csv.ConvertOptions(
                column_types={"kommun": pa.string()}, strings_can_be_null=True
            ),
        ),
    ),
    "csv, duckdb": (csv, lambda p: duckdb.read_csv(str(p), dtype={"kommun": "VARCHAR"})),
    "csv written by polars": (
        lambda p: POLARS.write_csv(p),
        lambda p: text_read(pd.read_csv(p, dtype=CODES)),
    ),
    "csv written by duckdb": (
        lambda p: duck().write_csv(str(p)),
        lambda p: pl.read_csv(p, schema_overrides=TYPES, try_parse_dates=True),
    ),
    "xlsx, calamine": (
        workbook,
        # pandas makes 1.0 of true in a column with gaps, unless it is told what the column is.
        lambda p: text_read(pd.read_excel(p, dtype={**CODES, "med": "boolean"}, engine="calamine")),
    ),
    "parquet, pandas": (lambda p: FRAME.to_parquet(p), pd.read_parquet),
    "parquet, polars": (lambda p: FRAME.to_parquet(p), pl.read_parquet),
    "parquet, duckdb": (lambda p: FRAME.to_parquet(p), lambda p: duckdb.read_parquet(str(p))),
    "parquet written by polars": (lambda p: POLARS.write_parquet(p), parquet.read_table),
    "parquet written by duckdb": (lambda p: duck().write_parquet(str(p)), pd.read_parquet),
    "feather": (lambda p: FRAME.to_feather(p), feather.read_table),
    "feather, polars": (lambda p: FRAME.to_feather(p, compression="uncompressed"), lambda p: pl.read_ipc(p)),
    "json lines": (
        lambda p: POLARS.write_ndjson(p),
        lambda p: pl.read_ndjson(p).with_columns(pl.col("dag").cast(pl.String).str.to_date()),
    ),
    "pickle": (FRAME.to_pickle, pd.read_pickle),
}


@pytest.mark.parametrize(("write", "read"), IN_FILES.values(), ids=IN_FILES.keys())
def test_every_file_gives_the_same(tmp_path, write, read):
    write(tmp_path / "rows")
    assert fingerprint(read(tmp_path / "rows"), KINDS, units=UNITS, long_numbers="refuse") == PLAIN


def test_there_are_at_least_forty_cases():
    assert len(IN_MEMORY) + len(IN_FILES) >= 40


def with_cell(name, change, row=None):
    """Return the table with one cell changed."""
    frame = FRAME.astype({name: object})
    row = int(frame[name].first_valid_index()) if row is None else row
    frame.loc[row, name] = change(frame.loc[row, name])
    return frame


def swapped(frame, one, other):
    return frame.rename(columns={one: other, other: one})


CHANGED = {
    "row dropped": lambda: FRAME.iloc[1:],
    "row twice": lambda: pd.concat([FRAME, FRAME.iloc[:1]]),
    "one row for another": lambda: pd.concat([FRAME.iloc[1:], FRAME.iloc[1:2]]),
    "fifteenth digit": lambda: with_cell("andel", lambda v: float(format(v * (1 + 1e-14), ".15g"))),
    "whole number by one": lambda: with_cell("antal", lambda v: v + 1),
    "sign": lambda: with_cell("kronor", lambda v: -v),
    "missing filled with zero": lambda: with_cell("andel", lambda v: 0.0, row=2),
    "zero emptied": lambda: with_cell("andel", lambda v: None),
    "two cells of a column swapped": lambda: FRAME.assign(
        antal=FRAME["antal"].iloc[[1, 0, *range(2, len(FRAME))]].to_numpy()
    ),
    "names of columns swapped": lambda: swapped(FRAME, "andel", "kronor"),
    "codes and names swapped": lambda: swapped(FRAME, "kommun", "namn"),
    "leading zero": lambda: with_cell("kommun", lambda v: v.removeprefix("0"), row=FRAME.index[
        FRAME["kommun"].str.startswith("0")][0]),
    "another code": lambda: with_cell("kommun", lambda v: "9999"),
    "Cyrillic o": lambda: with_cell("namn", lambda v: "Håb\u043e", row=FRAME.index[
        FRAME["namn"] == "Håbo"][0]),
    "no-break space": lambda: with_cell("namn", lambda v: "Nynäshamn,\u00a0norra", row=FRAME.index[
        FRAME["namn"] == "Nynäshamn, norra"][0]),
    "empty text for missing": lambda: with_cell("namn", lambda v: "", row=0),
    "capital letter": lambda: with_cell("namn", str.upper),
    "treated for control": lambda: FRAME.assign(med=~FRAME["med"]),
    "one treated for control": lambda: with_cell("med", lambda v: not v),
    "a day later": lambda: with_cell("dag", lambda v: v + datetime.timedelta(1)),
    "another year": lambda: with_cell("år", lambda v: int(v) + 1),
}  # fmt: skip


@pytest.mark.parametrize("made", CHANGED.values(), ids=CHANGED.keys())
def test_every_change_of_what_is_said_differs(made):
    assert fingerprint(made(), KINDS, units=UNITS) != PLAIN


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ({}, {"units": {**UNITS, "andel": "share"}}),
        ({}, {"units": {"andel": "per cent"}}),
        ({}, {"units": {**UNITS, "antal": "persons"}}),
        ({}, {"units": {"andel": "kr", "kronor": "per cent"}}),
        ({}, {}),
        ({}, {"units": UNITS, "decimals": {"andel": 9}}),
        ({}, {"units": UNITS, "key": bytes(32)}),
    ],
    ids=[
        "unit changed",
        "unit left out",
        "unit added",
        "units swapped",
        "no units",
        "decimals said",
        "with a key",
    ],
)
def test_every_change_of_what_is_said_of_columns_differs(kinds, said):
    assert fingerprint(FRAME, KINDS | kinds, **said) != PLAIN


def test_a_label_swapped_between_groups_differs():
    kinds = {"group": "text", "y": "number"}
    frame = pd.DataFrame({"group": ["treated", "treated", "control"], "y": [1, 2, 3]})
    other = frame.assign(group=["control", "control", "treated"])
    assert fingerprint(frame, kinds) != fingerprint(other, kinds)


def test_rounding_to_said_decimals_hides_only_what_is_beyond_them():
    kinds, said = {"a": "number"}, {"decimals": {"a": 2}}
    plain = fingerprint(pd.DataFrame({"a": [0.12, 3.0]}), kinds, **said)
    assert fingerprint(pd.DataFrame({"a": [0.1249, 2.9999]}), kinds, **said) == plain
    assert fingerprint(pd.DataFrame({"a": [0.13, 3.0]}), kinds, **said) != plain
    assert fingerprint(pd.DataFrame({"a": [0.12, 3.0]}), kinds) != plain


REFUSED = {
    "code column as numbers": ("text", [114, 180], "read the column as text"),
    "code column with a gap": ("text", [114.0, None], "read the column as text"),
    "space after": ("text", ["Håbo "], "space at the edges"),
    "no-break space before": ("text", ["\u00a0Håbo"], "space at the edges"),
    "zero width": ("text", ["Hå\u200bbo"], "nobody can see"),
    "soft hyphen": ("text", ["Hå\u00adbo"], "nobody can see"),
    "right to left": ("text", ["\u202eobåH"], "nobody can see"),
    "byte order mark": ("text", ["\ufeffHåbo"], "nobody can see"),
    "line break": ("text", ["Hå\nbo"], "nobody can see"),
    "line separator": ("text", ["Hå\u2028bo"], "nobody can see"),
    "null byte": ("text", ["\x00"], "nobody can see"),
    "half a letter": ("text", np.array(["\ud800", 1], dtype=object), "nobody can see"),
    "private use": ("text", ["\ue000"], "nobody can see"),
    "unassigned": ("text", ["\u0378"], "nobody can see"),
    "truth values as text": ("text", [True], "read the column as text"),
    "bytes": ("text", [b"a"], "read the column as text"),
    "dates as text": ("text", [datetime.date(2020, 1, 1)], "read the column as text"),
    "text for number": ("number", ["1"], "column of numbers"),
    "decimal comma": ("number", ["1,5"], "column of numbers"),
    "truth for number": ("number", [True, False], "column of numbers"),
    "truth among numbers": ("number", np.array([1, True], dtype=object), "column of numbers"),
    "numpy truth among numbers": ("number", np.array([1, np.True_], dtype=object), "column of numbers"),
    "complex": ("number", [1j], "column of numbers"),
    "list": ("number", [[1]], "column of numbers"),
    "infinite": ("number", [1.0, -np.inf], "Leave the cell empty"),
    "beyond all doubles": ("number", np.array([10**400, 1], dtype=object), "Leave the cell empty"),
    "infinite decimal": ("number", [Decimal("Infinity")], "Leave the cell empty"),
    "half precision": ("number", np.array([1], dtype="f2"), "double precision"),
    "single precision": ("number", np.array([1], dtype="f4"), "double precision"),
    "single precision, nullable": ("number", pd.array([1, None], dtype="Float32"), "double precision"),
    "single precision among others": (
        "number", np.array([1, np.float32(0.1)], dtype=object), "double precision",
    ),
    "number for truth": ("bool", [1, 0], "true and false"),
    "text for truth": ("bool", ["True"], "true and false"),
    "text for date": ("date", ["2020-01-01"], "column of dates"),
    "number for date": ("date", [20200101], "column of dates"),
    "time of day": ("date", pd.to_datetime(["2020-01-01 12:00"]), "no time of day"),
    "a nanosecond": ("date", pd.to_datetime(["2020-01-01 00:00:00.000000001"]), "no time of day"),
    "a nanosecond, as object": (
        "date", np.array([pd.Timestamp("2020-01-01 00:00:00.000000001")], dtype=object), "no time of day",
    ),
    "time zone": ("date", pd.to_datetime(["2020-01-01"]).tz_localize("Europe/Stockholm"), "no time zone"),
    "time zone, as object": (
        "date", np.array([datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)], dtype=object), "no time zone",
    ),
    "period": ("date", pd.period_range("2020-01-01", periods=1, freq="D"), "column of dates"),
    "year 10000": ("date", np.array(["10000-01-01"], dtype="M8[s]"), "no time of day"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "mend"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_of_its_kind_is_refused(kind, values, mend):
    frame = pd.DataFrame({"a": values})
    with pytest.raises(DataError, match=mend) as caught:
        fingerprint(frame, {"a": kind})
    assert caught.value.troubles[0].values["column"] == "a"
    with pytest.raises(DataError, match=mend):
        column_digests(frame, {"a": kind})


LONG = {
    "two thirds": [2 / 3],
    "among others": [0.5, 1 / 3],
    "large and not whole": [1e15 + 0.5],
    "whole, 17 digits": np.array([12345678901234567]),
    "whole from 2**53": [2.0**53],
    "whole object": np.array([2**64 + 1], dtype=object),
    "decimal": [Decimal("12345678901234567890")],
    "three steps away": [np.nextafter(np.nextafter(np.nextafter(0.3, 1), 1), 1)],
}


@pytest.mark.parametrize("values", LONG.values(), ids=LONG.keys())
def test_more_than_fifteen_digits_are_refused_where_asked(values):
    frame = pd.DataFrame({"a": values})
    with pytest.raises(DataError, match="more than 15 significant digits"):
        fingerprint(frame, {"a": "number"}, long_numbers="refuse")
    assert fingerprint(frame, {"a": "number"}) == fingerprint(frame, {"a": "number"}, long_numbers="round")


def test_what_is_not_refused_has_the_same_fingerprint_rounded():
    values = [0.1 + 0.2, 1e20, 5e-324, 123456789012345.0, 2**53 - 1, 1e15 + 0.125]
    frame = pd.DataFrame({"a": values})
    assert fingerprint(frame, {"a": "number"}, long_numbers="refuse") == fingerprint(frame, {"a": "number"})


@pytest.mark.parametrize("values", [[1e13], [10**13], [123456789012345.5], np.array([10**16], dtype=object)])
def test_numbers_too_large_for_the_said_decimals_are_refused(values):
    with pytest.raises(DataError, match="more than 15 significant digits"):
        fingerprint(pd.DataFrame({"a": values}), {"a": "number"}, decimals={"a": 2})


def test_numbers_of_seventeen_digits_do_not_survive_a_step_to_the_next_double():
    """Why ``long_numbers="refuse"`` is there: some readers of CSV files and workbooks take such steps."""
    values = np.random.default_rng(1).normal(size=5000)
    other = np.nextafter(values, np.inf)
    plain, moved = (fingerprint(pd.DataFrame({"a": one}), {"a": "number"}) for one in (values, other))
    assert plain != moved
    for digits in (9, 15):
        short = np.array([float(format(value, f".{digits}g")) for value in values])
        other = np.nextafter(short, np.inf)
        plain, moved = (
            fingerprint(pd.DataFrame({"a": one}), {"a": "number"}, long_numbers="refuse")
            for one in (short, other)
        )
        assert plain == moved
