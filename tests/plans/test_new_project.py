"""A new project is a sound plan and a workbook whose columns it names, in either language."""

import pandas as pd
import pytest

from impactkit.errors import UsageError
from impactkit.indicators import CATEGORIES
from impactkit.plans import new_project


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
        data, told = sheets.values()
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
