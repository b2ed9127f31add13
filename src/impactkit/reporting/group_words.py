"""The effect by declared group, in words and tables: groups are compared by their difference."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from impactkit.evidence.group_effects import ColumnEffects, GroupEffect
from impactkit.reporting.evaluated import Telling
from impactkit.reporting.number_cells import decimals_beside, number_cell, p_cell
from impactkit.reporting.numbers import GAP
from impactkit.reporting.table import Cell, Table
from impactkit.wording import Language, format_number, format_p, say

_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsTold:
    """What is told of the effect in declared groups.

    Parameters
    ----------
    tables : tuple of Table
        One a column of groups, with what may be said of the difference below it.
    notes : tuple of str
        How to read them.
    differ : tuple of str
        For each column whose groups are shown to differ that they do, and whether it was planned to ask.
    details : tuple of Table
        The same with more digits, and the tests, for the appendix.
    numbers : tuple of tuple of str or Cell
        One row a group, for a spreadsheet.
    """

    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    differ: tuple[str, ...]
    details: tuple[Table, ...]
    numbers: tuple[tuple[str | Cell, ...], ...]


def groups_told(telling: Telling) -> GroupsTold | None:
    """Return what is told of the effect in declared groups.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    GroupsTold or None
        None where the plan declares no groups, or the claim is not primary.
    """
    columns = telling.result.groups
    if not columns:
        return None
    level = telling.measure.percent(columns[0].level)
    notes = [telling.say("by_group.read"), telling.say("by_group.drawn")]
    notes.append(telling.say("by_group.limits", level=level))
    if any(group.state == "hidden" for column in columns for group in column.groups):
        notes.append(telling.say("by_group.hidden"))
    return GroupsTold(
        tables=tuple(_table(column, telling) for column in columns),
        notes=tuple(notes),
        differ=tuple(
            f"{difference(column, telling)} {telling.say(f'by_group.{column.timing}')}"
            for column in columns
            if column.outcome == "differ"
        ),
        details=(_estimates(columns, telling), _tests(columns, telling)),
        numbers=tuple(_numbers(column, group, telling) for column in columns for group in column.groups),
    )


def difference(column: ColumnEffects, telling: Telling) -> str:
    """Return what may be said of the difference between the groups of a column.

    Parameters
    ----------
    column : ColumnEffects
        The column.
    telling : Telling
        The claim.

    Returns
    -------
    str
        That it is shown, that it is not, or that it cannot be told.
    """
    outcome, language = column.outcome, telling.language
    if outcome == "unknown":
        return telling.say("by_group.unknown", column=column.column)
    points = [group.point for group in column.groups if group.state == "known"]
    counted = "alone" if column.n_tests == 1 else "of_several"
    return telling.say(
        f"by_group.{outcome}",
        column=column.column,
        test=telling.say(
            f"by_group.test_{counted}",
            p=_p(column.p_value_adjusted, language),
            n=format_number(column.n_tests, language, decimals=0),
        ),
        low=telling.measure.change(min(points)),
        high=telling.measure.change(max(points)),
    )


def numbers_table(claims: tuple[GroupsTold, ...], language: Language) -> Table:
    """Return the numbers of every group once more, for a spreadsheet.

    Parameters
    ----------
    claims : tuple of GroupsTold
        Those of each claim that has some.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        One row a group.
    """
    alone, together = ("alone", "low", "high"), ("together", "together_low", "together_high")
    names = ("claim", "column", "group", *alone, *together, "n")
    return Table(
        caption=say("report.by_group.numbers", language),
        header=tuple(say(f"report.by_group.{name}", language) for name in names),
        rows=tuple(row for claim in claims for row in claim.numbers),
    )


def _p(p: float, language: Language) -> str:
    told = format_p(p, language)
    sign = "" if told.startswith("<") else f"={GAP}"
    return f"p{GAP}{sign}{told}"


def _table(column: ColumnEffects, telling: Telling) -> Table:
    names = ("group", "alone", "together", "n")
    rows = tuple(
        (group.name, _effect(group, telling), _drawn(group, telling), _count(group, telling))
        for group in column.groups
    )
    return Table(
        caption=telling.say("by_group.caption", column=column.column),
        header=tuple(telling.say(f"by_group.{name}") for name in names),
        rows=rows,
        notes=(difference(column, telling), telling.say(f"by_group.{column.timing}")),
    )


def _effect(group: GroupEffect, telling: Telling) -> Cell:
    if group.state != "known":
        return Cell(text=telling.say(f"by_group.state.{group.state}"))
    return _with_limits(group.point, (group.low, group.high), telling)


def _drawn(group: GroupEffect, telling: Telling) -> Cell:
    if group.state == "hidden" or math.isnan(group.drawn_point):
        return Cell(text=telling.say("by_group.state.hidden") if group.state == "hidden" else "–")
    return _with_limits(group.drawn_point, (group.drawn_low, group.drawn_high), telling)


def _with_limits(point: float, limits: tuple[float, float], telling: Telling) -> Cell:
    measure = telling.measure
    span = replace(measure, unit_of_change="").span(*limits)
    return Cell(text=measure.change(point), detail=span)


def _count(group: GroupEffect, telling: Telling) -> Cell:
    if group.n_rows is None:
        return Cell(text="–" if group.state == "unknown" else telling.say("by_group.state.hidden"))
    return number_cell(group.n_rows, telling.language, decimals=0)


def _numbers(column: ColumnEffects, group: GroupEffect, telling: Telling) -> tuple[str | Cell, ...]:
    decimals = telling.measure.decimals

    def number(value: float) -> Cell:
        return number_cell(value, telling.language, decimals=decimals, signed=True)

    values = (group.point, group.low, group.high, group.drawn_point, group.drawn_low, group.drawn_high)
    claim = telling.result.claim.id
    if group.state == "hidden":
        hidden = telling.say("by_group.state.hidden")
        return (claim, column.column, group.name, *([hidden] * (len(values) + 1)))
    return (claim, column.column, group.name, *map(number, values), _count(group, telling))


def _estimates(columns: tuple[ColumnEffects, ...], telling: Telling) -> Table:
    names = ("group", "estimate", "std_error", "df", "low", "high")
    level = telling.measure.percent(columns[0].level)
    return Table(
        caption=say("appendix.by_group.estimates", telling.language, claim=telling.result.claim.id),
        header=tuple(say(f"appendix.{name}", telling.language) for name in ("by_group.group", *names[1:])),
        rows=tuple(_row(column, group, telling.language) for column in columns for group in column.groups),
        numeric=True,
        notes=(say("appendix.by_group.note", telling.language, level=level),),
    )


def _row(column: ColumnEffects, group: GroupEffect, language: Language) -> tuple[str | Cell, ...]:
    name = f"{column.column}: {group.name}"
    if group.state != "known":
        return (name, say(f"report.by_group.state.{group.state}", language), *(["–"] * 4))
    places = decimals_beside(group.std_error, group.high - group.low, digits=_DIGITS)
    point, error, low, high = (
        number_cell(value, language, decimals=places)
        for value in (group.point, group.std_error, group.low, group.high)
    )
    return (name, point, error, number_cell(group.df, language, decimals=1), low, high)


def _tests(columns: tuple[ColumnEffects, ...], telling: Telling) -> Table:
    language = telling.language
    names = ("statistic", "df", "df_error", "p_value", "adjusted", "spread")
    return Table(
        caption=say("appendix.by_group.tests", language, claim=telling.result.claim.id),
        header=tuple(say(f"appendix.by_group.{name}", language) for name in ("column", *names)),
        rows=tuple(
            (
                column.column,
                number_cell(column.statistic, language),
                number_cell(column.df, language, decimals=0),
                number_cell(column.df_error, language, decimals=1),
                p_cell(column.p_value, language),
                p_cell(column.p_value_adjusted, language),
                number_cell(column.spread, language),
            )
            for column in columns
        ),
        numeric=True,
        notes=(say("appendix.by_group.tests_note", language),),
    )
