"""impactkit indicators: found by words, by kind and by id, in both languages and for a machine."""

import json
from importlib.resources import files

import pytest

from impactkit.indicators import Catalogue


def test_all_are_listed_under_their_sub_areas(run):
    told = run("indicators")
    assert told.code == 0
    assert all(item.id in told.out for item in Catalogue.default())
    assert "Boende och boendemiljö · Trångboddhet" in told.out


@pytest.mark.parametrize(("words", "language"), [("trygg mörkt", "sv"), ("safe dark", "en")])
def test_a_search_reads_both_languages(run, words, language):
    told = run("indicators", "--search", words, "--lang", language)
    assert "safety/feels-safe-after-dark" in told.out
    assert "housing/tenant-turnover" not in told.out


def test_one_indicator_is_told_whole(run):
    told = run("indicators", "safety/feels-safe-after-dark", "--lang", "en")
    for text in ("Definition: Share of", "Kolada N00610", "percentage points", "Break in 2021"):
        assert text in told.out


def test_conditions_narrow_the_list_and_json_carries_whole_indicators(run):
    told = run("indicators", "--category", "housing", "--level", "outcome", "--json")
    found = json.loads(told.out)["indicators"]
    assert {item["category"] for item in found} == {"housing"}
    assert {item["level"] for item in found} == {"outcome"}
    assert all(item["definition"]["sv"] for item in found)


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (["safety/feels-safe-after-drk"], "safety/feels-safe-after-dark"),
        (["--category", "hosing"], '"housing"'),
        (["--sub-area", "percieved-safety"], '"perceived-safety"'),
        (["--catalogue", "nowhere"], "housing, safety"),
    ],
)
def test_a_slip_is_met_with_the_way_out(run, words, mend):
    told = run("indicators", *words, "--lang", "en")
    assert told.code == 2
    assert mend in told.err
    assert told.out == ""


def test_nothing_found_is_said(run):
    told = run("indicators", "--search", "rymdraket")
    assert told.code == 0
    assert "Ingen indikator" in told.out


def test_an_own_catalogue_is_laid_on_top(run, tmp_path):
    page = files("impactkit.indicators") / "catalogue" / "safety" / "feels-safe-after-dark.toml"
    (tmp_path / "own" / "safety").mkdir(parents=True)
    (tmp_path / "own" / "safety" / "our-question.toml").write_text(page.read_text("utf-8"), "utf-8")
    assert "safety/our-question" in run("indicators", "--catalogue", str(tmp_path / "own")).out
