"""A new project is a sound plan and a workbook whose columns it names, in either language."""

import re
from zipfile import ZipFile

import pandas as pd
import pytest

from impactkit.cli import main
from impactkit.data.read import read
from impactkit.errors import DataError, IndicatorError, UsageError
from impactkit.indicators import CATEGORIES, Catalogue
from impactkit.plans import new_project
from impactkit.plans.collection_form import collection_form, columns_of


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("category", CATEGORIES)
class TestEveryTemplate:
    def test_is_a_sound_plan_marked_as_invented(self, tmp_path, category, language):
        plan = new_project(tmp_path, category=category, language=language)
        assert (plan.project.category, plan.language) == (category, language)
        assert {"sv": "påhitta", "en": "invented"}[language] in plan.project.name
        assert plan.project.municipality == "0000"

    def test_names_the_columns_of_its_workbook(self, tmp_path, category, language):
        plan = new_project(tmp_path, category=category, language=language)
        columns = pd.read_excel(tmp_path / "data.xlsx", sheet_name=plan.data.sheet, engine="calamine").columns
        needed = {
            plan.data.unit,
            plan.data.time,
            plan.data.treated,
            plan.data.outcome,
            plan.claims[1].outcome,
        }
        assert set(columns) == needed

    def test_explains_every_column(self, tmp_path, category, language):
        new_project(tmp_path, category=category, language=language)
        sheets = pd.read_excel(tmp_path / "data.xlsx", sheet_name=None, engine="calamine", header=None)
        data, told, *_ = sheets.values()
        assert set(data.iloc[0]) <= set(told[0])


def test_a_filled_template_is_read(tmp_path):
    plan = new_project(tmp_path, category="safety", language="sv")
    rows = [
        ("0180", 2025, 1, 50.5, 9),
        ("0180", 2028, 1, 57, 8),
        ("0114", 2025, 0, 52, 9),
        ("0114", 2028, 0, 52, 9),
    ]
    columns = ["område", "år", "insats", "trygga", "störningar"]
    pd.DataFrame(rows, columns=columns).to_excel(tmp_path / "data.xlsx", sheet_name="Data", index=False)
    assert plan.frame()["område"].tolist() == ["0180", "0180", "0114", "0114"]


@pytest.mark.parametrize("name", ["plan.toml", "data.xlsx"])
def test_nothing_is_overwritten_or_half_written(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match=name):
        new_project(tmp_path, category="housing")
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_an_unknown_category_writes_nothing(tmp_path):
    with pytest.raises(UsageError, match='Did you mean "housing"'):
        new_project(tmp_path / "new", category="house")
    assert not (tmp_path / "new").exists()


def filled(plan, language):
    """Return the project's form filled with invented numbers: twelve areas, three of them treated."""
    named = [(claim.outcome or plan.data.outcome, claim.indicator) for claim in plan.claims]
    columns = columns_of(named, language=language, catalogue=plan.catalogue)
    rows = [
        [f"{area:02d}", year, int(area <= 3)]
        + [40.0 + area + (year - 2023) * (1 + (area <= 3)) / 2 + place for place in range(len(named))]
        for area in range(1, 13)
        for year in (2024, 2025, 2026, 2027, 2028)
    ]
    return columns, rows, collection_form(columns, language=language, rows=rows)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("category", CATEGORIES)
class TestFilledIn:
    def test_passes_check_strictly(self, tmp_path, category, language, capsys):
        plan = new_project(tmp_path, category=category, language=language)
        (tmp_path / "data.xlsx").write_bytes(filled(plan, language)[2])
        assert main(["check", str(tmp_path), "--strict"]) == 0
        assert "5" in capsys.readouterr().out

    def test_the_form_is_read_back(self, tmp_path, category, language):
        plan = new_project(tmp_path, category=category, language=language)
        columns, rows, form = filled(plan, language)
        (tmp_path / "data.xlsx").write_bytes(form)
        found = read(tmp_path / "data.xlsx")
        assert found.indicators == tuple(claim.indicator for claim in plan.claims)
        assert found.units[0] == "01"
        assert found.wide()[found.indicators[0]].tolist() == [row[3] for row in rows]
        assert found.wide()[columns[2].name].tolist() == [str(row[2]) for row in rows]

    def test_an_empty_form_is_told_as_empty(self, tmp_path, category, language):
        new_project(tmp_path, category=category, language=language)
        with pytest.raises(DataError, match="no rows of data"):
            read(tmp_path / "data.xlsx")


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_indicator_of_a_category_can_be_picked(tmp_path, category):
    for place, item in enumerate(Catalogue.default().filter(category=category)):
        plan = new_project(tmp_path / str(place), category=category, indicators=[item.id])
        assert plan.claims[0].indicator == item.id
        assert plan.claims[0].direction == (-1 if item.direction == "down" else 1)


def test_picked_indicators_get_columns_of_their_own(tmp_path):
    ids = ["safety/visits-per-day", "safety/women-among-evening-visitors"]
    plan = new_project(tmp_path, category="safety", indicators=ids, guardrail="safety/cost-of-vandalism")
    assert [claim.role for claim in plan.claims] == ["primary", "secondary", "guardrail"]
    assert plan.data.outcome == "visits_per_day"
    assert plan.claims[2].harm == "increase"


def test_a_plan_writes_the_form_of_its_own_columns(tmp_path):
    plan = new_project(tmp_path, category="housing", language="en")
    rows = [["01", 2025, 1, 40.0, 5.0], ["02", 2025, 0, None, 6.0]]
    found = read(plan.write_form(tmp_path / "filled.xlsx", rows=rows))
    assert found.wide()["treated"].tolist() == ["1", "0"]
    assert found.frame["status"].tolist() == ["value", "missing", "value", "value"]


def test_an_unknown_indicator_writes_nothing(tmp_path):
    with pytest.raises(IndicatorError, match='Did you mean "safety/visits-per-day"'):
        new_project(tmp_path / "new", category="safety", indicators=["safety/visit-per-day"])
    assert not (tmp_path / "new").exists()


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("form")
    new_project(folder, category="safety", language="sv")
    with ZipFile(folder / "data.xlsx") as book:
        return {name: book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml")}


class TestTheForm:
    def test_has_four_sheets(self, sheets):
        found = re.findall(r'sheet name="([^"]+)"', sheets["xl/workbook.xml"])
        assert found == ["Data", "Läs mig", "Kodlista", "impactkit"]

    def test_allows_only_what_can_be(self, sheets):
        rules = re.findall(r"<dataValidation .*?</dataValidation>", sheets["xl/worksheets/sheet1.xml"])
        kinds = [re.search(r'type="(\w+)"', rule)[1] for rule in rules]
        assert kinds == ["textLength", "whole", "list", "decimal", "decimal"]
        assert "<formula1>0.0</formula1><formula2>100.0</formula2>" in rules[3]
        assert all("promptTitle" in rule and 'error="' in rule for rule in rules)

    def test_keeps_codes_as_text(self, sheets):
        assert 'numFmtId="49"' in sheets["xl/styles.xml"]
        assert re.search(r'<col min="1" max="1" [^>]*style="\d+"', sheets["xl/worksheets/sheet1.xml"])

    def test_lists_every_municipality_by_its_code(self, tmp_path):
        new_project(tmp_path, category="safety", language="sv")
        codes = pd.read_excel(tmp_path / "data.xlsx", sheet_name="Kodlista", dtype=str, engine="calamine")
        assert codes.set_index("Kod").loc["0127", "Betydelse"] == "Botkyrka"
        assert len(codes) == 4 + 290

    def test_holds_no_formula(self, sheets):
        assert not any("<f>" in text for text in sheets.values())
