"""The published JSON Schemas are the models', take every file we publish, and refuse broken ones."""

import datetime
import json
import tomllib
from importlib.resources import files

import jsonschema
import pytest
from tests.plans.conftest import SOUND

from impactkit.examples import ALL
from impactkit.exchange import indicator_schema, plan_schema
from impactkit.indicators import CATEGORIES
from impactkit.plans import new_project

FOLDER = files("impactkit.exchange") / "schemas"
PLANS = [
    page
    for example in ALL
    for page in (files("impactkit.examples") / example.name).iterdir()
    if page.name.startswith("plan") and page.name.endswith(".toml")
]
INDICATORS = [
    page for folder in (files("impactkit.indicators") / "catalogue").iterdir() for page in folder.iterdir()
]


def as_json(value):
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def published(name):
    return json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))


def faults(schema, content):
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(as_json(content))]


@pytest.mark.parametrize(("name", "schema"), [("plan", plan_schema), ("indicator", indicator_schema)])
class TestThePublishedSchema:
    def test_is_what_the_model_says_now(self, name, schema):
        now, then = schema(), published(name)
        assert list(now["properties"]) == list(then["properties"]), "run: make schemas"
        assert now["required"] == then["required"]
        # Another version of pydantic may write the same schema in other words.
        assert now == then or now["$comment"] != then["$comment"], "run: make schemas"

    def test_is_a_schema_and_describes_its_keys(self, name, schema):
        jsonschema.Draft202012Validator.check_schema(schema())
        described = [key for key, field in schema()["properties"].items() if "description" in field]
        assert len(described) == len(schema()["properties"])


def test_every_packaged_plan_fits():
    assert PLANS
    for page in PLANS:
        assert faults(published("plan"), tomllib.loads(page.read_text("utf-8"))) == []


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_template_fits(tmp_path, category, language):
    new_project(tmp_path, category=category, language=language)
    assert faults(published("plan"), tomllib.loads((tmp_path / "plan.toml").read_text("utf-8"))) == []


def test_every_indicator_file_fits():
    schema = published("indicator")
    for page in INDICATORS:
        assert faults(schema, tomllib.loads(page.read_text("utf-8"))) == [], page.name


@pytest.mark.parametrize(
    "change",
    [
        {"impactkit": 2},
        {"langauge": "sv"},
        {"project": {**SOUND["project"], "municipality": "180"}},
        {"project": {**SOUND["project"], "category": "roads"}},
        {"project": {**SOUND["project"], "investment_start": "in spring"}},
        {"claims": [{**SOUND["claims"][0], "minimum_effect": 2.5}]},
        {"claims": [{key: value for key, value in SOUND["claims"][0].items() if key != "by"}]},
        {"estimator": {"method": "guess"}},
    ],
)
def test_a_broken_plan_does_not_fit(change):
    assert faults(published("plan"), SOUND) == []
    assert faults(published("plan"), {**SOUND, **change}) != []
