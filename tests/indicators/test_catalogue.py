"""Every catalogue file keeps the contract; the catalogue finds, guesses and refuses."""

import re
from importlib.resources import files

import pytest

from impactkit.errors import IndicatorError
from impactkit.indicators import CATEGORIES, Catalogue

ROOT = files("impactkit.indicators") / "catalogue"
PAGES = sorted(f"{folder.name}/{page.name}" for folder in ROOT.iterdir() for page in folder.iterdir())
INDICATORS = list(Catalogue.default())


def write(folder, path, text):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, "utf-8")


def test_every_file_is_an_indicator_under_its_own_path():
    assert [f"{item.id}.toml" for item in INDICATORS] == PAGES


def test_every_category_has_indicators():
    assert {item.category for item in INDICATORS} == set(CATEGORIES)


@pytest.mark.parametrize("item", INDICATORS, ids=lambda item: item.id)
class TestEveryIndicator:
    def test_lives_in_the_folder_of_its_category(self, item):
        assert item.id.split("/")[0] == item.category

    def test_speaks_both_languages(self, item):
        for words in (item.name, item.definition):
            assert words.sv != words.en

    def test_defines_itself_in_a_sentence(self, item):
        for text in (item.definition.sv, item.definition.en):
            assert len(text) > 30
            assert text.endswith(".")

    def test_a_percentage_changes_by_percentage_points(self, item):
        if item.measure == "share" or item.unit.sv.startswith("procent"):
            assert item.unit_of_change("sv") == "procentenheter"
            assert item.unit_of_change("en") == "percentage points"

    def test_a_kolada_id_looks_like_one(self, item):
        if "Kolada" in item.reference.text.en:
            assert re.fullmatch(r"[NU]\d{5}", item.source_code)

    def test_claims_no_requirement_of_a_framework(self, item):
        assert "require" not in item.model_dump_json()


def test_names_are_not_used_twice():
    for language in ("sv", "en"):
        names = [item.name.text(language) for item in INDICATORS]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("words", ["trygg mörkt", "SAFE dark", "N00610"])
def test_search_reads_both_languages_and_the_source_code(words):
    assert Catalogue.default().search(words)[0].id == "safety/feels-safe-after-dark"


def test_search_that_finds_nothing_is_empty():
    assert Catalogue.default().search("rymdraket") == ()


@pytest.mark.parametrize(
    "asked", ["safety/feels-safe-afterdark", "housing/feels-safe-after-dark", "feels-safe-after-dark"]
)
def test_a_near_miss_is_met_with_a_guess(asked):
    with pytest.raises(IndicatorError, match='Did you mean "safety/feels-safe-after-dark"'):
        Catalogue.default()[asked]


def test_every_fault_of_every_file_is_told_at_once(tmp_path):
    write(tmp_path, "safety/one.toml", 'name = { sv = "x" }')
    write(tmp_path, "housing/two.toml", "name = = 1")
    with pytest.raises(IndicatorError) as caught:
        Catalogue.read(tmp_path)
    text = str(caught.value)
    assert "name.en is missing" in text
    assert "safety/one.toml, definition" in text
    assert "housing/two.toml" in text


def test_length_membership_and_order():
    catalogue = Catalogue.default()
    assert len(catalogue) == len(PAGES)
    assert "housing/tenant-turnover" in catalogue
    assert [item.id for item in catalogue] == sorted(item.id for item in catalogue)
