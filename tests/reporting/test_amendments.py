"""Amendments are told first, in both languages; an exploratory run says so everywhere."""

import re
from datetime import date
from pathlib import Path

import pytest

from impactkit.evaluation import evaluate
from impactkit.provenance import canonical_json
from impactkit.reporting.renderers.html import html
from impactkit.wording import say
from plans.trial import WHY, amended_in, claim, content, locked_in, plan_in

LANGUAGES = ("sv", "en")


@pytest.fixture
def amended(tmp_path):
    locked_in(tmp_path, content(claims=[claim("C1", "y", size="20"), claim("C2", "w", role="secondary")]))
    early = content(claims=[claim("C1", "y", size="20")], data={"missing": ["<b>"]})
    amended_in(tmp_path, early, seen=False)
    amended_in(tmp_path, content(), seen=False, on=date(2024, 1, 1))
    return evaluate(amended_in(tmp_path, content(claims=[claim("C1", "y"), claim("C3", "z")])))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changed_why_who_when_and_what_had_been_seen(amended, language):
    told = amended.report(language=language).amendments
    first, second, third = told.amendments
    dropped = plan_in(Path(), content(claims=[claim("C1", "y"), claim("C2", "w", role="secondary")]))
    assert first.reason == WHY
    assert first.changed.rows == (
        ("claims.C2", canonical_json(dropped.content()["claims"][1]).decode(), "–"),
        ("data.missing", "[]", '["<b>"]'),
    )
    assert "Anna Ek" in first.title and "2022" in first.title
    assert [one.seen for one in told.amendments] == [
        say(f"report.amendments.{state}", language) for state in ("not_seen", "counts_as_seen", "seen")
    ]
    assert second.changed.rows[0] == ("claims.C1.minimum_effect", "20", "5")
    assert [row[0] for row in third.changed.rows] == ["claims.C3"]
    assert told.troubles == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_told_stands_beside_those_before(amended, language):
    table = amended.report(language=language).amendments.verdicts
    names = {code: say(f"verdict.name.{code}", language) for code in ("partly_supported", "contradicted")}
    none = say("report.amendments.not_there", language)
    partly = names["partly_supported"]
    assert len(table.header) == 5  # the claim, what is told, the locked plan, and the two that count
    assert table.rows == (
        ("C1", partly, partly, partly, partly),
        ("C3", names["contradicted"], none, none, none),
        ("C2", none, names["contradicted"], none, none),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_stand_before_the_summary_and_nothing_of_theirs_is_markup(amended, language):
    page = html(amended.report(language=language).document()).decode()
    assert page.index('id="amendments"') < page.index('id="summary"')
    assert say("report.heading.amendments", language) in page
    assert "&lt;b&gt;" in page and "<b>" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lowered_verdict_is_told_as_one(amended, language):
    first = amended.report(language=language).claims[0]
    name = say("verdict.name.partly_supported", language)
    assert first.verdict == say("report.verdict.amended", language, verdict=name)
    assert first.reasons[0] == amended.verdicts[0].reasons[0].text(language)
    assert first.not_shown[0] == say("report.not_shown.amended", language)
    assert first.needed == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_the_first_plan_can_no_longer_be_carried_out_is_told(tmp_path, language):
    locked_in(tmp_path, content(claims=[claim("C1", "gone"), claim("C2", "y")]))
    told = evaluate(amended_in(tmp_path, content())).report(language=language).amendments
    cannot = say("report.amendments.cannot", language)
    assert told.verdicts.rows == (("C1", say("verdict.name.not_assessable", language), cannot),)
    assert told.troubles and all("gone" in text for text in told.troubles)


def test_without_amendments_there_is_no_such_part(tmp_path):
    report = evaluate(locked_in(tmp_path, content())).report(language="en")
    assert (report.amendments, report.watermark) == (None, None)
    page = html(report.document()).decode()
    assert 'id="amendments"' not in page and 'class="watermark"' not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exploratory_run_says_so_at_the_top_of_every_part(tmp_path, language):
    found = evaluate(locked_in(tmp_path, content()), exploratory=True)
    report = found.report(language=language)
    page = html(report.document()).decode()
    mark = say("report.exploratory.watermark", language)
    parts = re.split(r"(?=<section|<header)", page)[1:]
    assert len(parts) == 1 + len(report.document().sections) == 7
    assert all(part.count(f'<p class="watermark">{mark}</p>') == 1 for part in parts)
    assert all(part.index(mark) < part.index("<h") for part in (p.replace("<header", "") for p in parts))
    name = found.plan.project.name
    assert report.title == say("report.exploratory.title", language, name=name)
    assert report.title in re.search(r"<title>(.*)</title>", page)[1]
    assert report.claims[0].verdict == say("report.verdict.exploratory", language)
    assert report.claims[0].reasons == (say("verdict.reason.exploratory", language),)
    assert mark in report._repr_html_()
