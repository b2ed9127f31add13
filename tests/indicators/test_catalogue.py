"""Every catalogue file keeps the contract; the catalogue finds, guesses and refuses."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from impactkit.errors import IndicatorError
from impactkit.indicators import CATEGORIES, Catalogue, sub_areas
from impactkit.indicators.shown import described
from impactkit.wording import use_language

ROOT = files("impactkit.indicators") / "catalogue"
PAGES = sorted(f"{folder.name}/{page.name}" for folder in ROOT.iterdir() for page in folder.iterdir())
INDICATORS = list(Catalogue.default())


def write(folder, path, text):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, "utf-8")


def test_every_file_is_an_indicator_under_its_own_path():
    assert sorted(f"{item.id}.toml" for item in INDICATORS) == PAGES


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
    assert len(Catalogue.default().search("rymdraket")) == 0


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


@pytest.mark.parametrize("item", INDICATORS, ids=lambda item: item.id)
class TestEveryIndicatorIsUsableAsEvidence:
    def test_warns_of_a_trap(self, item):
        assert item.traps
        assert all(trap.sv.endswith(".") and trap.en.endswith(".") for trap in item.traps)

    def test_asks_no_pro_rata_of_what_cannot_be_shared(self, item):
        assert item.pro_rata == "refused" or item.measure in ("count", "currency")

    def test_maps_to_a_social_bond_category_and_a_target(self, item):
        assert item.mappings.icma
        assert item.mappings.sdg

    def test_is_written_in_whole_sentences(self, item):
        told = [item.definition, *item.traps, *(version.change for version in item.versions)]
        for text in [each for words in told for each in (words.sv, words.en)]:
            assert text[0].isupper() or not text[0].isalpha()

    def test_can_show_itself_in_both_languages(self, item):
        for language in ("sv", "en"):
            told = dict(described(item, language))
            assert item.definition.text(language) in told.values()
            assert "{" not in "".join(told.values())


def test_the_catalogue_is_as_wide_as_the_loan():
    for category in CATEGORIES:
        items = Catalogue.default().filter(category=category)
        assert len(items) >= 36
        assert {item.sub_area for item in items} == set(sub_areas(category))
    assert len(Catalogue.default()) >= 120


def test_no_source_code_stands_for_two_indicators():
    codes = [item.source_code for item in INDICATORS if item.source_code]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"category": "housing"}, lambda item: item.category == "housing"),
        ({"sub_area": "reported-crime"}, lambda item: item.sub_area == "reported-crime"),
        ({"level": "outcome", "source": "kolada"}, lambda i: i.level == "outcome" and i.source == "kolada"),
        ({"data_level": "area"}, lambda item: item.data_level == "area"),
        ({}, lambda item: True),
    ],
)
def test_filters_keep_what_meets_every_condition(asked, kept):
    found = Catalogue.default().filter(**asked)
    assert [item.id for item in found] == [item.id for item in INDICATORS if kept(item)]
    assert len(found) > 0


def test_a_filter_that_does_not_exist_is_met_with_a_guess():
    with pytest.raises(IndicatorError, match='Did you mean "housing"'):
        Catalogue.default().filter(category="housin")


def test_the_best_match_comes_first():
    found = Catalogue.default().search("trygg")
    named = ["trygg" in f"{item.id} {item.name.sv}".casefold() for item in found]
    assert named == sorted(named, reverse=True)
    assert Catalogue.default().search("n00610")[0].source_code == "N00610"


def test_an_own_catalogue_lies_on_top(tmp_path):
    page = (ROOT / "safety" / "feels-safe-after-dark.toml").read_text("utf-8")
    write(tmp_path, "safety/our-own-question.toml", page)
    write(tmp_path, "safety/feels-safe-after-dark.toml", page.replace("decimals = 1", "decimals = 0"))
    both = Catalogue.default().layered(Catalogue.read(str(tmp_path)))
    assert len(both) == len(Catalogue.default()) + 1
    assert both["safety/our-own-question"].decimals == 1
    assert both["safety/feels-safe-after-dark"].decimals == 0
    assert [item.id for item in both] == sorted(item.id for item in both)


def test_a_folder_that_is_not_there_is_told():
    with pytest.raises(IndicatorError, match="no folder"):
        Catalogue.read("there/is/none")


def test_a_table_in_a_notebook_speaks_the_chosen_language():
    found = Catalogue.default().filter(sub_area="reported-crime")
    with_language = {"sv": "Delområde", "en": "Sub-area"}
    for language, word in with_language.items():
        use_language(language)
        assert word in found._repr_html_()
        assert found[0].name.text(language) in found._repr_html_()
        assert found[0].definition.text(language) in found[0]._repr_html_()


def test_a_frame_has_one_row_an_indicator():
    frame = Catalogue.default().to_frame("en")
    assert len(frame) == len(INDICATORS)
    assert frame.set_index("id").loc["housing/tenant-turnover", "unit"] == "per cent a year"


def test_only_identifiers_that_were_looked_up_are_claimed():
    looked_up = {"PI2640", "PD5833", "PI3786", "PI9910", "PI2389", "PI4060", "PI1945"}
    assert {item.mappings.iris for item in INDICATORS} - {None} <= looked_up


def test_the_readme_counts_right():
    readme = Path(__file__).parents[2] / "README.md"
    assert f"{len(INDICATORS)} indicators" in readme.read_text("utf-8")
