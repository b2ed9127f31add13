"""Observations are read from a form or a long table; every fault is told by cell, all at once."""

import math

import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.read import read
from impactkit.errors import DataError
from impactkit.indicators import Catalogue
from impactkit.plans.collection_form import collection_form, columns_of

HEAD = "indicator;unit;period;value;note\n"
GOOD = HEAD + "safety/visits-per-day;01;2024;120,5;a\nsafety/visits-per-day;02;2024;;b\n"


def written(folder, text, name="rows.csv"):
    (folder / name).write_text(text, "utf-8")
    return folder / name


def told(path, **settings):
    with pytest.raises(DataError) as caught:
        read(path, **settings)
    return str(caught.value)


def test_a_long_table_is_read_with_units_as_text_and_its_other_columns(tmp_path):
    found = read(written(tmp_path, GOOD))
    assert found.units == ("01", "02")
    assert found.periods == (2024,)
    assert found.frame["status"].tolist() == ["value", "missing"]
    assert found.frame["value"].iloc[0] == 120.5
    assert math.isnan(found.frame["value"].iloc[1])
    assert found.frame["note"].tolist() == ["a", "b"]
    assert found.frame["cell"].tolist() == ["D2", "D3"]


@pytest.mark.parametrize(("sign", "status"), [("missing", "missing"), ("withheld", "withheld")])
def test_a_sign_means_what_the_caller_says(tmp_path, sign, status):
    path = written(tmp_path, GOOD.replace("120,5", ".."))
    assert "may stand for a missing value" in told(path)
    assert read(path, **{sign: [".."]}).frame["status"].iloc[0] == status


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("safety/visits-per-day;01;2024;many;a", "many in column value is not a number"),
        ("safety/visits-per-day;01;24;1;a", "24 of this value is not a year"),
        ("safety/visits-per-day;01;2024;-5;a", "safety/visits-per-day is at least 0"),
        ("safety/feels-safe-after-dark;01;2024;120;a", "lies between 0 and 100"),
        ("safety/visit-per-day;01;2024;5;a", 'Did you mean "safety/visits-per-day"'),
        ("safety/visits-per-day;02;2024;5;a", "02 has two values of safety/visits-per-day for 2024"),
    ],
)
def test_each_fault_names_its_cell_and_the_way_out(tmp_path, wrong, said):
    text = told(written(tmp_path, HEAD + "safety/visits-per-day;02;2024;1;a\n" + wrong))
    assert said in text
    assert "rows.csv, cell D3" in text


def test_all_faults_are_told_at_once(tmp_path):
    rows = HEAD + "safety/visits-per-day;01;2024;many;a\nsafety/visits-per-day;02;24;-5;a\n"
    text = told(written(tmp_path, rows))
    assert [word in text for word in ("many", "not a year", "at least 0")] == [True] * 3


def test_a_lost_column_is_named(tmp_path):
    assert "no column period" in told(written(tmp_path, "indicator;unit;value\na;b;1\n"))


def test_a_form_with_a_wrong_cell_is_refused_by_its_cell(tmp_path):
    columns = columns_of(
        [("trygga", "safety/feels-safe-after-dark")], language="sv", catalogue=Catalogue.default()
    )
    rows = [["0180", 2024, 1, 55.5], ["0114", 2024, 0, 155.5]]
    (tmp_path / "data.xlsx").write_bytes(collection_form(columns, language="sv", rows=rows))
    assert "cell Data!D3" in told(tmp_path / "data.xlsx")


@pytest.mark.parametrize("change", [{"role": "outcomes"}, {"column": None}])
def test_a_form_with_a_changed_machine_sheet_says_so(tmp_path, change):
    machine = pd.DataFrame({"sheet": ["Data"], "column": ["y"], "role": ["outcome"], "indicator": ["a/b"]})
    machine = machine.assign(**change).dropna(axis="columns")
    with pd.ExcelWriter(tmp_path / "data.xlsx") as book:
        pd.DataFrame({"y": [1]}).to_excel(book, sheet_name="Data", index=False)
        machine.to_excel(book, sheet_name="impactkit", index=False)
    assert "has been changed" in told(tmp_path / "data.xlsx")


def test_what_is_read_makes_a_study(tmp_path):
    columns = columns_of(
        [("trygga", "safety/feels-safe-after-dark")], language="sv", catalogue=Catalogue.default()
    )
    rows = [
        [f"{area:02d}", year, int(area < 4), 50.0 + area + (area < 4) * (year - 2023)]
        for area in range(1, 9)
        for year in (2023, 2024)
    ]
    (tmp_path / "data.xlsx").write_bytes(collection_form(columns, language="sv", rows=rows))
    frame = ik.read(tmp_path / "data.xlsx").wide().astype({"insats": int})
    study = ik.Study(
        frame,
        outcome="safety/feels-safe-after-dark",
        unit="unit",
        time="period",
        treated="insats",
        start=2024,
    )
    assert ik.DifferenceInDifferences().estimate(study).interval.point == pytest.approx(1.0)


def test_observations_show_themselves(tmp_path):
    found = read(written(tmp_path, GOOD))
    assert "visits-per-day" in found._repr_html_()
    assert "2 rows" in repr(found)
    assert found.to_frame() is not found.frame


def test_a_code_that_lost_its_zero_is_told_beside_codes_that_kept_theirs(tmp_path):
    rows = HEAD + "".join(f"safety/visits-per-day;{unit};2024;1;a\n" for unit in ("1480", "180"))
    assert "looks like the municipality Stockholm, 0180" in told(written(tmp_path, rows))
    alone = HEAD + "safety/visits-per-day;180;2024;1;a\n"
    assert read(written(tmp_path, alone)).units == ("180",)


def test_a_sheet_is_named_when_several_hold_data(tmp_path):
    long = pd.DataFrame(
        {"indicator": ["safety/visits-per-day"], "unit": ["a"], "period": [2024], "value": [1]}
    )
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        long.to_excel(book, sheet_name="one", index=False)
        long.to_excel(book, sheet_name="two", index=False)
    assert len(read(tmp_path / "two.xlsx", sheet="two")) == 1
