"""The effect by declared group in the report: every number in every form, and no more said than is shown."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

import impactkit as ik
from impactkit.evaluation import evaluate
from impactkit.evidence.group_effects import ColumnEffects, GroupEffect
from impactkit.reporting.document import walk
from impactkit.reporting.renderers import ALL
from impactkit.reporting.table import Table
from impactkit.wording import format_number, say
from plans.grouped import declared, people, written
from plans.trial import claim, plan_in
from reporting.reading import READERS, cells, plain
from reporting.test_renderers import missing

LANGUAGES = ("sv", "en")
LEVELS = ("full", "council", "letter")


@cache
def evaluated(few: int = 0, *, public: bool = True, late: bool = False) -> ik.Evaluation:
    folder = Path(mkdtemp(prefix="impactkit-groups-"))
    written(folder, people(few=few))
    claims = [claim("C1", "y"), claim("C2", "z", role="secondary")]
    decided = {"decided": "2024-01-01"} if late else {}
    return evaluate(plan_in(folder, declared(claims=claims, public=public, decision=decided)))


def with_groups(evaluation: ik.Evaluation, *columns: ColumnEffects) -> ik.Evaluation:
    first, *others = evaluation.results
    return replace(evaluation, results=(replace(first, groups=columns), *others))


def of_column(evaluation: ik.Evaluation, name: str) -> ColumnEffects:
    return next(column for column in evaluation.results[0].groups if column.column == name)


def words(evaluation: ik.Evaluation, language: str, level: str = "full") -> str:
    content = next(part for part in ALL if part.__name__ == "md")(
        evaluation.report(language=language, level=level).document()
    )
    return READERS["md"](content)


def tables(evaluation: ik.Evaluation, language: str) -> list[Table]:
    document = evaluation.report(language=language).document()
    return [part for part in walk(document.sections) if isinstance(part, Table)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ALL, ids=lambda part: part.__name__)
def test_every_number_of_every_group_is_in_every_form(part, language) -> None:
    evaluation = evaluated()
    document = evaluation.report(language=language).document()
    assert missing(part.__name__, document) == []
    found = plain(READERS[part.__name__](part(document)))
    if part.__name__ == "xlsx":
        held = [cell for cell in cells(part(document)) if isinstance(cell, float)]
        found += " ".join(format_number(value, language, decimals=1, signed=True) for value in held)
        found += " ".join(format_number(value, language, decimals=1) for value in held)
    for column in evaluation.results[0].groups:
        for group in column.groups:
            for value in (group.low, group.high, group.drawn_low, group.drawn_high):
                assert plain(format_number(value, language, decimals=1)) in found
            for value in (group.point, group.drawn_point):
                assert plain(format_number(value, language, decimals=1, signed=True)) in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_spreadsheet_gets_every_effect_and_limit_as_a_number(language) -> None:
    evaluation = evaluated()
    document = evaluation.report(language=language).document()
    held = {cell for cell in cells(next(p for p in ALL if p.__name__ == "xlsx")(document))}
    for column in evaluation.results[0].groups:
        for group in column.groups:
            told = (group.point, group.low, group.high, group.drawn_point, group.drawn_low, group.drawn_high)
            assert {round(value, 1) for value in told} <= held
            assert group.n_rows in held


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
def test_only_a_difference_that_is_shown_reaches_those_who_decide(language, level) -> None:
    evaluation = evaluated()
    sex, age = of_column(evaluation, "sex"), of_column(evaluation, "age group")
    assert sex.outcome == "differ"
    quiet = replace(sex, p_value_adjusted=0.2)
    start = say("report.by_group.differ", language, column="sex", test="", low="", high="").split("(")[0]
    assert (start in words(with_groups(evaluation, sex), language, level)) == (level != "letter")
    told = words(with_groups(evaluation, quiet), language, level)
    assert start not in told
    assert ("women" in told) == (level == "full")
    unknown = replace(age, p_value_adjusted=float("nan"))
    assert start not in words(with_groups(evaluation, unknown), language, level)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_said_before_is_called_exploratory_wherever_it_is_told(language) -> None:
    planned, exploratory = (say(f"report.by_group.{when}", language) for when in ("planned", "exploratory"))
    for level in ("full", "council"):
        before, after = words(evaluated(), language, level), words(evaluated(late=True), language, level)
        assert planned in before and exploratory not in before
        assert exploratory in after and planned not in after


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_are_compared_by_their_difference_and_never_one_by_one(language) -> None:
    told = words(evaluated(), language)
    assert say("report.by_group.read", language) in told
    header = [say(f"report.by_group.{name}", language) for name in ("group", "alone", "together", "n")]
    own = [table for table in tables(evaluated(), language) if list(table.header) == header]
    assert len(own) == 2
    for table in own:
        # No p-value of a group, and no verdict on one.
        assert not any(re.search(r"\bp\b|[✓✕]", cell) for row in table.text_rows for cell in row)
        assert len(table.notes) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_difference_that_is_not_shown_is_not_called_the_same(language) -> None:
    evaluation = evaluated()
    quiet = replace(of_column(evaluation, "sex"), p_value_adjusted=0.2)
    told = words(with_groups(evaluation, quiet), language)
    not_the_same = {"sv": "Det betyder inte att den är lika", "en": "That is not to say that it is the same"}
    assert not_the_same[language] in told


@pytest.mark.parametrize(("n_tests", "counted"), [(1, False), (2, True)])
def test_how_many_differences_are_asked_about_is_said(n_tests: int, counted: bool) -> None:
    evaluation = evaluated()
    sex = replace(of_column(evaluation, "sex"), n_tests=n_tests, p_value_adjusted=0.0123)
    told = words(with_groups(evaluation, sex), "en")
    gap = "\N{NO-BREAK SPACE}"
    assert f"(p{gap}={gap}0.012" in told
    assert (f"counting that {n_tests} differences are asked about" in told) == counted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_no_longer_says_that_it_says_nothing_of_groups(language) -> None:
    evaluation = evaluated()
    none = say("overview.groups.none", language)
    assert none not in words(evaluation, language)
    assert none in words(with_groups(evaluation), language)
    assert say("report.heading.by_group", language) not in words(with_groups(evaluation), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_people_are_not_shown_and_no_size_is_told(language) -> None:
    evaluation = evaluated(8, public=False)
    other = next(group for group in of_column(evaluation, "sex").groups if group.name == "other")
    assert other.state == "known"
    hidden = say("report.by_group.state.hidden", language)
    header = [say(f"report.by_group.{name}", language) for name in ("group", "alone", "together", "n")]
    sex, age = [table for table in tables(evaluation, language) if list(table.header) == header]
    rows = {row[0]: row[1:] for row in sex.text_rows}
    assert rows["other"] == (hidden,) * 3
    # The whole less the one that is told would give it away: another goes with it.
    assert sum(row == (hidden,) * 3 for row in rows.values()) == 2
    assert all(row[-1] == hidden for row in (*sex.text_rows, *age.text_rows))
    assert all(row[1] != hidden for row in age.text_rows)
    told = words(evaluation, language)
    assert say("report.by_group.hidden", language) in told
    assert (
        format_number(other.point, language, decimals=1, signed=True) not in told.split(sex.caption)[1][:400]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_rows_are_public_everything_is_shown(language) -> None:
    evaluation = evaluated(8)
    told = words(evaluation, language)
    assert say("report.by_group.hidden", language) not in told
    assert say("report.by_group.state.hidden", language) not in told


def test_a_group_without_an_effect_and_limits_without_an_end_are_told() -> None:
    evaluation = evaluated()
    base = of_column(evaluation, "sex")
    men = replace(base.groups[0], low=float("-inf"))
    none = GroupEffect(name="nobody", state="unknown")
    told = words(with_groups(evaluation, replace(base, groups=(men, none))), "en")
    assert "cannot be estimated" in told
    assert "nan" not in told
    assert say("report.span.to", "en", high=format_number(men.high, "en", decimals=1)) in told


def test_a_name_of_a_group_is_never_markup() -> None:
    evaluation = evaluated()
    base = of_column(evaluation, "sex")
    bad = replace(base, column="<b>x</b>", groups=(replace(base.groups[0], name="<script>"), base.groups[1]))
    html = next(part for part in ALL if part.__name__ == "html")
    content = html(with_groups(evaluation, bad).report(language="en").document()).decode("utf-8")
    assert "<script>" not in content.split("<body", 1)[1]
    assert "&lt;script&gt;" in content


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_nobody_knows_how_differently_is_said_only_where_no_difference_is_shown(language) -> None:
    differs = evaluated()
    alike = with_groups(differs, replace(of_column(differs, "sex"), p_value_adjusted=0.4))
    who, who_else = (say(f"report.not_shown.{name}", language) for name in ("who", "who_else"))
    told = differs.report(language=language).claims[0].not_shown
    assert who_else in told and who not in told
    told = alike.report(language=language).claims[0].not_shown
    assert who in told and who_else not in told
