"""Numbers as they may be shown: at the bound, below it, hidden and of nobody."""

import pytest

from impactkit.errors import Trouble
from impactkit.reporting.disclosure.shown import (
    HIDDEN_NAME,
    HIDDEN_NUMBER,
    Disclosure,
    ShownLeftOut,
    ShownMean,
)
from impactkit.wording import Message
from verification.small_records import plan_of

RULE = Disclosure(smallest=10)


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, {"en": "0", "sv": "0"}),
        (1, {"en": "fewer than 10", "sv": "färre än 10"}),
        (9, {"en": "fewer than 10", "sv": "färre än 10"}),
        (10, {"en": "10", "sv": "10"}),
        (12_345, {"en": "12,345", "sv": "12\u00a0345"}),
        (None, {"en": "not shown", "sv": "visas inte"}),
    ],
)
def test_a_count_is_told_in_words_where_it_is_small(n, words):
    assert {language: RULE.count(n, language) for language in words} == words


def test_a_count_that_may_be_shown_is_told_however_small():
    assert [RULE.number(n, "en") for n in (0, 3, 40, None)] == ["0", "3", "40", "not shown"]
    assert RULE.fewer("en") == "fewer than 10"


def test_without_a_rule_every_count_is_told():
    assert [Disclosure().count(n, "en") for n in (0, 1, 40)] == ["0", "1", "40"]


@pytest.mark.parametrize(
    ("data", "decision", "smallest"),
    [
        ({}, {}, 15),
        ({"public": True}, {}, 0),
        ({}, {"disclosure_off": "The rows are invented people, who cannot be hurt"}, 0),
    ],
)
def test_a_plan_says_what_may_be_shown(data, decision, smallest):
    decided = {"decided": "2023-01-01", "small_cell": 15}
    assert Disclosure.of(plan_of(decision=decided | decision, **data)).smallest == smallest


def test_a_mean_is_hidden_when_there_is_none():
    place = {"group": "treated", "period": 2024.0, "n": 0}
    assert ShownMean(**place, mean=None).is_hidden is True
    assert ShownMean(**place, mean=0.0).is_hidden is False


def test_rows_left_out_are_told_with_the_hidden_ones_as_words():
    item = ShownLeftOut(reason="outcome_missing", n=13, n_treated=None, n_comparison=0)
    said = Message("study.left_out.outcome_missing", {"n": 13, "treated": HIDDEN_NUMBER, "comparison": 0})
    assert item.sentence == said
    assert "13" in item.sentence.text("en")
    assert "(number not shown)" in item.sentence.text("en")
    nothing = ShownLeftOut(reason="outcome_missing", n=None, n_treated=5, n_comparison=None).sentence
    assert nothing.values == {"n": HIDDEN_NUMBER, "treated": 5, "comparison": HIDDEN_NUMBER}


def test_what_is_hidden_has_words_in_both_languages():
    counts = ShownLeftOut(reason="outcome_missing", n=None, n_treated=None, n_comparison=None).sentence
    assert list(counts.values.values()) == [HIDDEN_NUMBER] * 3
    assert [HIDDEN_NUMBER.text("en"), HIDDEN_NAME.text("en")] == ["(number not shown)", "(name not shown)"]
    assert HIDDEN_NUMBER.text("sv") == "(antalet visas inte)"
    assert HIDDEN_NAME.text("sv") == "(namnet visas inte)"


def test_a_trouble_keeps_the_numbers_that_are_not_small():
    values = {"first": "7.5", "none": 0, "one": 1, "nine": 9, "ten": 10, "share": 0.5, "file": "a"}
    number = "(antalet visas inte)"
    hidden = {"first": "(värdet visas inte)", "one": number, "nine": number}
    said = Trouble("x", "y", "z", values)
    told = RULE.trouble(said, "sv")
    assert told.values == {**values, **hidden}
    assert (told.what, told.where, told.mend) == ("x", "y", "z")
    assert Disclosure().trouble(said, "sv") is said
