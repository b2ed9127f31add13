"""A group too small to be shown is hidden everywhere it would stand, and never taken for 0."""

import pytest

import impactkit as ik
from impactkit.reporting.disclosure import Disclosure
from impactkit.reporting.plot import draw


@pytest.fixture
def hidden(norrgarden, withheld):
    return withheld(norrgarden)


def test_public_rows_are_shown(norrgarden):
    assert Disclosure.of(norrgarden.plan).smallest == 0


@pytest.mark.parametrize(("language", "words"), [("sv", "färre än 10"), ("en", "fewer than 10")])
def test_small_groups_are_hidden_in_the_table(hidden, language, words):
    (figure,) = hidden.report(language=language).claims[0].figures
    cells = [cell for row in figure.table.rows for cell in row[1:]]
    assert set(cells) == {"visas inte" if language == "sv" else "not shown"}
    assert any(words in note for note in figure.notes)


def test_small_groups_are_left_out_of_the_drawing(hidden, evaluate, withheld):
    (figure,) = hidden.report(language="sv").claims[0].figures
    assert len(draw(figure.picture).lines) == 0
    (shown,) = withheld(evaluate("kielmc")).report(language="sv").claims[0].figures
    assert shown.picture.drawn_groups == ("treated", "comparison")


def test_hidden_means_are_not_told_in_the_page(hidden, norrgarden, tmp_path):
    told, kept = (
        ik.render(e.report(language="sv"), tmp_path / f"{n}.html").read_text("utf-8")
        for n, e in enumerate((norrgarden, hidden))
    )
    for mean in ("47,8", "50,1", "57,2"):
        assert mean in told
        assert mean not in kept


@pytest.mark.parametrize(("n", "words"), [(0, "0"), (1, "fewer than 10"), (9, "fewer than 10"), (10, "10")])
def test_a_small_count_is_hidden_but_nobody_is_nobody(n, words):
    assert Disclosure(smallest=10).count(n, "en") == words


def test_small_counts_of_rows_left_out_are_hidden(evaluate, withheld):
    facts = withheld(evaluate("star")).report(language="en").claims[0].data
    (covariates,) = [fact.text for fact in facts if "covariate" in fact.text]
    assert covariates == "Rows that lack a covariate: 13 (treated not shown, comparison not shown)"
