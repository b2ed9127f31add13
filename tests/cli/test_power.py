"""impactkit power: a table and plain sentences, in both languages and as JSON."""

import json

import pytest


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", ["Sann effekt", "går detta inte att visa", "2 enheter med insats och 5 jämförelseenheter"]),
        ("en", ["True effect", "this cannot be shown", "2 treated units and 5 comparison units"]),
    ],
)
def test_what_the_plan_can_show_is_told(run, project, language, said):
    told = run("power", project(), "--lang", language)
    assert (told.code, told.err) == (0, "")
    assert max(map(len, told.out.splitlines())) <= 100
    whole = " ".join(told.out.split())
    assert [words for words in said if words not in whole] == []


def test_json_holds_every_chance(run, project):
    record = json.loads(run("power", project(), "--json").out)
    first, second = record["claims"]
    assert (first["claim"], second["claim"]) == ("C1", "C2")
    assert [each["multiple"] for each in first["chances"]] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert all(sum(each["chances"].values()) == pytest.approx(1) for each in first["chances"])
    assert first["detectable"] == "inf"


def test_more_units_can_be_supposed(run, project):
    told = run("power", project(), "--n-treated", 24, "--n-comparison", 30, "--lang", "en")
    assert "cannot be shown" not in told.out
    assert "what is planned is enough" in " ".join(told.out.split())


def test_before_there_are_data_it_says_what_to_give(run, project):
    file = project()
    (file.parent / "data.csv").unlink()
    told = run("power", file, "--lang", "en")
    assert told.code == 2
    assert "spread, n_treated, n_comparison" in told.err
    given = ("--spread", 3, "--correlation", 0.7, "--n-treated", 24, "--n-comparison", 30)
    assert run("power", file, *given).code == 0


def test_a_form_that_nobody_has_filled_in_is_no_data_yet(run, tmp_path):
    """What `impactkit new` gives, asked of at once."""
    run("new", "--category", "safety", "--folder", tmp_path / "square")
    told = run("power", tmp_path / "square", "--lang", "en")
    assert told.code == 2
    assert "spread, n_treated, n_comparison" in told.err
    given = ("--spread", 8, "--correlation", 0.7, "--n-treated", 6, "--n-comparison", 18)
    assert run("power", tmp_path / "square", *given).code == 0


def test_what_cannot_be_is_refused_in_swedish(run, project):
    told = run("power", project(), "--correlation", 1)
    assert (told.code, "kan inte användas" in told.err) == (2, True)
