"""The ingestion data sets, read to the counts and sums that were worked out apart from the library."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.read_table import read_table

HERE = Path(__file__).parents[1] / "data" / "ingestion"


def expected(name):
    return json.loads((HERE / name / "golden.json").read_text("utf-8"))["cases"][0]["expected"]


def numbers(table):
    texts = table.texts("value")
    return [float(text) for text in texts if text not in ("", ".", "..")], texts


@pytest.mark.parametrize("file", ["N00945", "N03702_N03703"])
def test_kolada_values(file):
    wanted = expected("kolada_values")[file]
    found = ik.read(HERE / "kolada_values" / f"{file}.json")
    assert len(found) == wanted["rows"] == found.account.read
    assert math.isclose(found.value.sum(), wanted["sum"], rel_tol=1e-9)
    assert len(found.units) == wanted["municipalities"]
    assert (found.periods[0], found.periods[-1]) == (wanted["first_year"], wanted["last_year"])
    assert "0180" in found.units
    assert set(found.to_frame()["gender"]) == {"T"}


@pytest.mark.parametrize(
    ("name", "file", "layout"),
    [
        ("jsonstat2_galicia", "galicia-2.0.json", ik.Layout(unit="residence")),
        ("scb_jsonstat2_monthly_pop", "TAB6471_data.json", None),
    ],
)
def test_json_stat(name, file, layout):
    wanted = expected(name)
    found = ik.read(HERE / name / file, layout=layout)
    assert len(found) == wanted["cells"]
    assert int((found.to_frame()["status"] == "value").sum()) == wanted["non_null"]
    values = found.to_frame()["value"]
    assert math.isclose(values.sum(), wanted["sum"], rel_tol=1e-9)
    assert (values.iloc[0], values.iloc[-1]) == (wanted["first"], wanted["last"])


def test_the_monthly_population_has_months_codes_and_labels():
    found = ik.read(HERE / "scb_jsonstat2_monthly_pop" / "TAB6471_data.json")
    assert found.frequency == "month"
    assert all("M" in period for period in found.periods)
    assert "01" in found.units
    assert found.labels["Region"]["01"] == "Stockholms län"
    assert found.titles["Region"] == "region"
    assert found.wide()["period"].dtype.kind == "M"


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("px_14001", ik.Layout(period=2018)),
        ("px_27067", None),
    ],
)
def test_px(name, layout):
    wanted = expected(name)
    file = next((HERE / name).glob("*.px"))
    values, texts = numbers(read_table(file))
    assert (len(texts), len(values)) == (wanted["cells"], wanted["numeric_cells"])
    assert math.isclose(math.fsum(values), wanted["sum"], rel_tol=1e-9)
    found = ik.read(file, layout=layout)
    assert len(found) == wanted["cells"]
    assert int((found.to_frame()["status"] == "missing").sum()) == wanted["missing_cells"]
    assert math.isclose(found.to_frame()["value"].sum(), wanted["sum"], rel_tol=1e-9)
    assert sum(fault.count for fault in found.warnings) == wanted["missing_cells"]


def test_px_reads_what_another_reader_reads():
    pyaxis = pytest.importorskip("pyaxis.pyaxis")
    file = HERE / "px_27067" / "27067.px"
    theirs = pyaxis.parse(str(file), encoding="iso-8859-15")["DATA"]
    mine = read_table(file)
    mine_read = [math.nan if text.strip(".") == "" else float(text) for text in mine.texts("value")]
    theirs_read = pd.to_numeric(theirs["DATA"].str.strip('"'), errors="coerce").to_numpy()
    np.testing.assert_array_equal(mine_read, theirs_read)
    labels = mine.known.labels.get("Divisiones", {})
    assert [labels.get(code, code) for code in mine.texts("Divisiones")] == theirs["Divisiones"].tolist()


def test_kolada_indicators_are_a_table():
    wanted = expected("kolada_kpi_metadata")
    table = read_table(HERE / "kolada_kpi_metadata" / "kpi.json")
    assert len(table) == wanted["n"]
    assert table.texts("municipality_type").count("K") == wanted["K"]
    assert table.texts("municipality_type").count("L") == wanted["L"]
    assert table.texts("is_divided_by_gender").count("TRUE") == wanted["gender_split"]
    assert table.texts("has_ou_data").count("TRUE") == wanted["ou"]


def test_metadata_without_values_is_refused_as_data():
    with pytest.raises(ik.ImpactkitError):
        ik.read(HERE / "kolada_kpi_metadata" / "kpi.json")
    with pytest.raises(ik.ImpactkitError, match=r"0 are there|damaged"):
        ik.read(HERE / "scb_pxweb_tab6471_metadata" / "TAB6471_metadata.json")
    told = json.loads((HERE / "scb_pxweb_tab6471_metadata" / "TAB6471_metadata.json").read_text("utf-8"))
    assert len(told) == expected("scb_pxweb_tab6471_metadata")["top_level_keys"]


def test_codes_and_boundaries():
    wanted = expected("sweden_codes")
    table = read_table(HERE / "sweden_codes" / "municipalities.csv")
    codes = table.texts(table.header[0])
    assert len(codes) == wanted["municipalities"]
    assert sum(code.startswith("0") for code in codes) == wanted["leading_zero_codes"]
    assert len(read_table(HERE / "sweden_codes" / "counties.csv")) == wanted["counties"]
    for name, key in (("kommun", "kommun_rows"), ("lan", "lan_rows")):
        outlines = read_table(HERE / "sweden_boundaries" / f"{name}.parquet")
        assert len(outlines) == expected("sweden_boundaries")[key]
        assert outlines.aside.unread == ("geometry",)
