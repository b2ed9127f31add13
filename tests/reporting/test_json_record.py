"""The JSON record has the form that is published, and holds every number as a number."""

import json as standard
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from impactkit.reporting.renderers import json
from reporting.documents import HOSTILE, every_part, numbers_told

SCHEMA = standard.loads((files("impactkit.reporting") / "report.schema.json").read_text("utf-8"))


def record(document) -> dict:
    return standard.loads(json(document))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("text", ["", HOSTILE], ids=["plain", "hostile"])
def test_every_kind_of_part_has_its_form(language, text) -> None:
    found = record(every_part(language, text, watermark="W"))
    assert list(Draft202012Validator(SCHEMA).iter_errors(found)) == []


@pytest.mark.parametrize("level", ["full", "council", "letter"])
@pytest.mark.parametrize("name", ["star", "kielmc", "norrgarden"])
def test_every_report_has_its_form(evaluate, name, level) -> None:
    document = evaluate(name).report(language="sv", level=level).document()
    assert list(Draft202012Validator(SCHEMA).iter_errors(record(document))) == []


def test_another_form_is_told_from_it() -> None:
    found = record(every_part("sv"))
    found["sections"][0]["parts"][0]["kind"] = "poem"
    assert list(Draft202012Validator(SCHEMA).iter_errors(found))
    assert list(Draft202012Validator(SCHEMA).iter_errors({**found, "spec": "ikreport2"}))


def test_numbers_are_numbers() -> None:
    def values(part):
        if isinstance(part, dict):
            yield from [part["value"]] if "value" in part and "text" in part and "of" not in part else []
            for item in part.values():
                yield from values(item)
        elif isinstance(part, list):
            for item in part:
                yield from values(item)

    document = every_part("sv")
    assert sorted(values(record(document))) == sorted(cell.value for cell in numbers_told(document))


def test_a_figure_is_told_in_words_and_numbers(norrgarden) -> None:
    document = norrgarden.report(language="sv").document()
    claim = next(s for s in record(document)["sections"] if s["id"] == "claim-C1")
    (figure,) = [part for part in claim["parts"] if part["kind"] == "figure"]
    assert figure["alt"] == document.figures[0].picture.alt_text
    assert figure["table"]["rows"][0][1]["text"] == norrgarden.report(language="sv").claims[0].effect
