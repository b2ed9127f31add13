"""The same table in every format gives the same observations, and the same fingerprint."""

import json

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import impactkit as ik
from impactkit.data import sources
from impactkit.data.query import Query
from impactkit.verification.fingerprint import fingerprint
from recorded import formats

TEXTS, NUMBERS = ("indicator", "unit", "gender", "status"), ("period", "value")
KINDS = {**dict.fromkeys(TEXTS, "text"), **dict.fromkeys(NUMBERS, "number")}
ORDER = [*formats.HEADINGS, "status"]


def said(observations):
    rows = observations.to_frame()[ORDER].sort_values(["unit", "period", "gender"])
    return rows.astype(object).where(rows.notna(), None).to_numpy().tolist()


EXPECTED = [
    [*row[:4], row[4], "missing" if row[4] is None else "value"]
    for row in sorted(formats.ROWS, key=lambda row: row[1:4])
]


@pytest.mark.parametrize("name", formats.WRITERS)
def test_every_format_says_the_same(tmp_path, name):
    formats.WRITERS[name](tmp_path / name)
    found = ik.read(tmp_path / name, **formats.SIGNS.get(name, {}))
    assert said(found) == EXPECTED
    assert fingerprint(found.to_frame()[list(KINDS)], KINDS) == fingerprint(
        ik.read(formats.frame()).to_frame()[list(KINDS)], KINDS
    )


@pytest.mark.parametrize(
    "frame",
    [
        formats.frame,
        lambda: formats.frame().convert_dtypes(),
        lambda: formats.frame().astype({"unit": "category", "value": object}),
        lambda: pl.DataFrame(formats.ROWS, schema=formats.HEADINGS, orient="row"),
        lambda: pl.DataFrame(formats.ROWS, schema=formats.HEADINGS, orient="row").lazy(),
        lambda: pa.Table.from_pandas(formats.frame(), preserve_index=False),
        formats.query,
    ],
    ids=["pandas", "nullable", "category", "polars", "lazy", "pyarrow", "sqlite"],
)
def test_every_frame_says_the_same(frame):
    assert said(ik.read(frame())) == EXPECTED


def test_duckdb_says_the_same_and_its_decimals_are_exact():
    connection = duckdb.connect()
    connection.register("rows", formats.frame())
    asked = "select indicator, unit, period, gender, cast(value as decimal(18, 2)) as value from rows"
    assert said(ik.read(Query(asked, connection))) == EXPECTED
    assert said(ik.read(connection.sql(asked))) == EXPECTED
    exact = Query("select 0.1::decimal(38, 20) + 0.2::decimal(38, 20) as y", connection).table()
    assert exact.texts("y") == ["0.30000000000000000000"]


def test_a_query_that_fails_says_what_the_database_says():
    with pytest.raises(ik.ImpactkitError, match="no such table: nowhere"):
        ik.read(Query("select * from nowhere", formats.query().connection))


@pytest.mark.parametrize("source", sources.ALL)
def test_a_source_reads_a_file_without_changing_it(tmp_path, source):
    found = []
    for name, write in {**formats.WRITERS, "evidence.json": _evidence}.items():
        write(tmp_path / name)
        before = (tmp_path / name).read_bytes()
        first = next(each for each in sources.ALL if each.matches(tmp_path / name, before[:4096]))
        if first is source:
            found.append(name)
            table = source.read(tmp_path / name)
            assert "value" in table.header
            assert len(table) == len(formats.ROWS)
            assert (tmp_path / name).read_bytes() == before
    assert found, "no file of the formats is of this source"


def _evidence(path):
    from impactkit.data.evidence import Evidence, Page

    formats.WRITERS["kolada.json"](path)
    page = Page(url="https://a.se", fetched="2026-01-01T00:00:00Z", body=path.read_text("utf-8"))
    Evidence(service="kolada", pages=(page,)).save(path)


def test_labels_are_kept_beside_the_codes(tmp_path):
    frame = formats.frame().assign(gender=[1, 2] * 4)
    labels = {"gender": {1: "Kvinnor", 2: "Män"}}
    frame.to_stata(
        tmp_path / "a.dta",
        write_index=False,
        version=118,
        value_labels=labels,
        variable_labels={"gender": "Kön"},
    )
    found = ik.read(tmp_path / "a.dta")
    assert found.labels == {"gender": {"1": "Kvinnor", "2": "Män"}}
    assert found.titles["gender"] == "Kön"
    assert found.to_frame()["gender"].tolist()[:2] == ["1", "2"]
    assert found.labelled()["gender"].tolist()[:2] == ["Kvinnor", "Män"]


def test_spss_labels_are_kept(tmp_path):
    formats.WRITERS["rows.sav"](tmp_path / "rows.sav")
    assert ik.read(tmp_path / "rows.sav").labelled()["gender"].tolist()[:2] == ["Kvinnor", "Män"]


def test_columns_of_bytes_are_left_out_and_told(tmp_path):
    formats.frame().assign(outline=[b"\x00"] * 8).to_parquet(tmp_path / "a.parquet")
    found = ik.read(tmp_path / "a.parquet")
    assert [fault.column for fault in found.warnings] == ["outline"]


def test_the_callers_frame_is_not_changed():
    frame = formats.frame()
    before = frame.copy(deep=True)
    ik.read(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_a_group_of_municipalities_is_told_as_an_unweighted_mean(tmp_path):
    rows = [
        {
            "kpi": "N00945",
            "municipality": unit,
            "period": 2024,
            "values": [{"gender": "T", "value": 1.5, "count": n}],
        }
        for unit, n in (("G114418", 4), ("0180", 1))
    ]
    (tmp_path / "a.json").write_text(json.dumps({"values": rows}), "utf-8")
    found = ik.read(tmp_path / "a.json")
    assert [fault.value for fault in found.warnings] == ["G114418"]
    assert found.to_frame()["count"].tolist() == ["4", "1"]


@pytest.mark.parametrize("period", ["2023", 2023])
def test_units_such_as_schools_are_read_in_both_versions(tmp_path, period):
    values = [{"gender": "F", "value": 2.5, "status": ""}, {"gender": "M", "value": 3.5, "status": ""}]
    rows = [{"kpi": "N15428", "ou": "V15E144001301", "period": period, "values": values}]
    pages = [{"values": rows, "next_page": "https://a.se/2"}, {"values": rows[:0], "next_page": None}]
    (tmp_path / "a.json").write_text(json.dumps(pages), "utf-8")
    found = ik.read(tmp_path / "a.json")
    assert found.units == ("V15E144001301",)
    assert found.to_frame()["gender"].tolist() == ["K", "M"]
    assert found.periods == (2023,)


def test_a_total_in_a_plan_is_refused(tmp_path):
    from impactkit import examples

    file = examples.copy_example("norrgarden", tmp_path / "norrgarden")
    plan = ik.Plan.read(file)
    data = file.parent / plan.data.names[0]
    lines = data.read_text("utf-8").splitlines()
    mark = ";" if ";" in lines[0] else ","
    place = lines[0].split(mark).index(plan.data.unit)
    cells = lines[-1].split(mark)
    cells[place] = "Totalt"
    data.write_text("\n".join([*lines, mark.join(cells)]) + "\n", "utf-8")
    with pytest.raises(ik.ImpactkitError, match="is a total, Totalt"):
        plan.frame()
