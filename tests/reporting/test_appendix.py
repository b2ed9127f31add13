"""The methods appendix: every estimator has its model, its literature and every term that may be shown."""

import inspect
import re

import pytest

from impactkit.effects import estimators
from impactkit.reporting.appendix import methods
from impactkit.reporting.table import Cell

SLUGS = [part.model_fields["method"].default for part in estimators.ALL]


def test_every_estimator_has_its_model_and_its_literature() -> None:
    assert set(methods()) == set(SLUGS)


@pytest.mark.parametrize("part", estimators.ALL, ids=SLUGS)
def test_what_is_cited_is_what_the_estimator_cites(part) -> None:
    documented = re.sub(r"\s+", " ", (inspect.getdoc(part) or "").replace("*", ""))
    for reference in methods()[part.model_fields["method"].default]["references"]:
        authors, year = re.match(r"(.*?) \((\d{4})\)", reference).groups()
        assert f"{authors} ({year})" in documented
        title = reference.split("). ")[1].split(".")[0]
        assert title[:30] in documented


@pytest.mark.parametrize("slug", SLUGS)
def test_a_model_is_in_letters_of_no_language(slug) -> None:
    words = re.findall(r"[A-Za-zÅÄÖåäö]{4,}", methods()[slug]["equation"])
    assert set(words) <= {"argmin"}


def test_the_headline_of_an_estimate_stands_among_its_terms(norrgarden) -> None:
    table = norrgarden.report(language="sv").claims[0].appendix.estimates
    found = norrgarden.results[0].estimate.interval
    term, point, error, df, p_value, low, high = table.rows[0]
    assert (term, p_value) == ("att", "0,19")
    assert [c.value for c in (point, error, low, high)] == [
        round(x, 3) for x in (found.point, found.std_error, found.low, found.high)
    ]
    assert df.text == "1,9"
    assert all(isinstance(c, Cell) for c in (point, error, df, low, high))


def test_the_settings_are_those_that_anyone_can_run_again(norrgarden) -> None:
    table = norrgarden.report(language="en").claims[0].appendix.settings
    assert dict(table.rows)["method"] == "difference_in_differences"
    assert {row[0] for row in table.rows} == set(norrgarden.results[0].estimate.settings)


def test_a_hidden_term_is_not_in_the_appendix(norrgarden, withheld) -> None:
    from impactkit.reporting.disclosure import protected_claims

    private = withheld(norrgarden)
    shown = protected_claims(private.plan, private.results)
    for claim, told in zip(shown, private.report(language="en").claims, strict=True):
        assert len(told.appendix.estimates.rows) == len(claim.kept)
