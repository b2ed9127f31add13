"""Every public noun shows itself: a card in a notebook, text when printed, one line in a session."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.shown import HOSTILE, METHODS, PLAIN, PUBLIC, Seen, everything, plainly, seen_in
from impactkit.wording import Language, Shown, say, use_language

LANGUAGES: tuple[Language, ...] = ("sv", "en")
SAFE = {"table", "caption", "thead", "tbody", "tr", "th", "td", "p", "div", "strong", "br"}
ATTRIBUTES = {"lang", "style", "scope", "role"}
#: Told in a line of their own when printed: what a verdict is, not how it was found.
SHORT_WHEN_PRINTED = {"Verdict"}
LATER = ("Gäller från", "Gäller till")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    use_language(request.param)
    chosen: Language = request.param
    return chosen


def noun(name: str, text: str = PLAIN) -> Any:
    return everything(text)[name]


def shown(name: str, text: str = PLAIN) -> Seen:
    return seen_in(noun(name, text)._repr_html_())


def test_one_of_each_public_class_is_built() -> None:
    assert everything(PLAIN).keys() == PUBLIC.keys()
    assert all(type(noun(name)) is PUBLIC[name] for name in PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_card_is_a_table_that_can_be_read_aloud(name: str, language: Language) -> None:
    seen = shown(name)
    assert seen.unclosed == []
    assert [table["lang"] for table in seen.of("table")] == [language] * len(seen.of("table")) != []
    assert [caption for caption in seen.told("caption") if not caption.strip()] == []
    assert len(seen.of("caption")) == len(seen.of("table"))
    order = [tag for tag, _ in seen.tags]
    assert [order[at + 1] for at, tag in enumerate(order) if tag == "table"] == ["caption"] * order.count(
        "table"
    )
    assert {heading.get("scope") for heading in seen.of("th")} <= {"row", "col"}
    assert len(seen.of("th")) >= len(seen.of("table"))


@pytest.mark.parametrize("name", PUBLIC)
def test_a_card_sets_no_colour_but_that_of_the_edge_of_a_warning(name: str, language: Language) -> None:
    coloured = [
        (tag, what, value)
        for tag, what, value in shown(name).declarations
        if ("color" in what and value != "inherit") or what.startswith(("background", "fill", "border"))
    ]
    assert [one for one in coloured if one[0] != "div" or not one[1].startswith("border")] == []


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("text", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_what_somebody_wrote_is_text_and_never_markup(name: str, text: str, language: Language) -> None:
    seen = shown(name, text)
    assert {tag for tag, _ in seen.tags} <= SAFE
    assert {attribute for _, held in seen.tags for attribute in held} <= ATTRIBUTES
    assert seen.unclosed == []


@pytest.mark.parametrize("name", sorted(PUBLIC.keys() - METHODS - {"Pairing"}))
def test_hostile_texts_are_shown_as_they_were_written(name: str) -> None:
    use_language("en")
    assert HOSTILE in " ".join(text for _, text in shown(name, HOSTILE).texts)


@pytest.mark.parametrize(
    "name", sorted(n for n in PUBLIC if issubclass(PUBLIC[n], Shown) and n not in SHORT_WHEN_PRINTED)
)
def test_what_is_printed_holds_all_that_the_card_does(name: str, language: Language) -> None:
    printed = plainly(str(noun(name)))
    cells = [plainly(cell) for cell in shown(name).told("caption", "th", "td", "p")]
    assert [cell for cell in cells if cell not in printed] == []


def test_a_verdict_is_printed_as_its_claim_and_what_may_be_said(language: Language) -> None:
    found = noun("Verdict")
    assert str(found) == f"{PLAIN}: {say(f'verdict.name.{found.status}', language)}"


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_in_a_session_a_noun_is_one_line_that_begins_with_its_class(name: str) -> None:
    told = repr(noun(name))
    assert told.startswith(f"{name}(")
    assert told.endswith(")")
    assert "\n" not in told
    assert len(told) <= 450


@pytest.mark.parametrize("name", ["Estimate", "Evaluation", "Receipt", "Lock", "Observations", "Report"])
def test_a_warning_is_a_box_that_says_in_a_word_what_it_is(name: str, language: Language) -> None:
    seen = shown(name)
    (box,) = [held for held in seen.of("div") if held.get("role") == "note"]
    assert "border" in box["style"]
    assert seen.told("strong") == [f"⚠ {say('card.warning', language)}"]
    assert seen.told("p") != []


def test_the_same_noun_is_told_in_the_language_that_is_chosen_when_it_is_shown() -> None:
    told = {}
    for language in LANGUAGES:
        use_language(language)
        told[language] = (noun("Estimate")._repr_html_(), str(noun("Estimate")), repr(noun("Estimate")))
    assert told["sv"][0] != told["en"][0]
    assert told["sv"][1] != told["en"][1]
    assert told["sv"][2] == told["en"][2]  # code is the same in every language


def test_regions_are_told_in_the_chosen_language() -> None:
    use_language("sv")
    assert shown("Regions").told("caption", "th") == [
        "1 regionkod",
        "Kod",
        "Slag",
        "Namn",
        "Län",
        *LATER,
        "0180",
    ]
    assert shown("Regions").told("td")[0] == "kommun"


def test_the_reader_sees_what_it_is_there_to_find() -> None:
    bad = seen_in('<table><caption style="color:#777"></caption><td onclick="x">a<b></td></table>')
    assert bad.told("caption") == [""]
    assert bad.declarations == [("caption", "color", "#777")]
    assert "onclick" in bad.of("td")[0]
    assert bad.unclosed != []
