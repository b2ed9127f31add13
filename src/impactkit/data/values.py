"""A column of values read as numbers: signs told, ranges held, decimals as the indicator declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.data.arrange import Series
from impactkit.data.conversion import factor_of
from impactkit.data.fault import Fault
from impactkit.data.layout import Mark
from impactkit.data.numbers import DecimalMark, Unreadable, find_decimal, parse_number
from impactkit.data.table import Table
from impactkit.data.texts import Texts
from impactkit.data.typing_columns import number_problem
from impactkit.indicators import Catalogue, Indicator

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STATUSES = ("value", "missing", "withheld")
LARGEST = 1e15
_SAMPLE = 2_000
_DIGITS = 15  # significant ones, that every reader and every format keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the cells of a table are to be read.

    Parameters
    ----------
    marks : mapping of str to {"missing", "withheld", "zero"}
        What signs mean; the empty cell is among them.
    decimal : {",", "."}, optional
        The decimal mark; each column's own cells show it when left out.
    known : Catalogue
        The indicators.
    units : mapping of str to str
        Units that values are written in, by indicator.
    """

    marks: Mapping[str, Mark]
    decimal: DecimalMark | None
    known: Catalogue
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Values read.

    Parameters
    ----------
    value : ndarray, shape (n,)
        In the indicator's unit; nan where there is none.
    status : ndarray of int, shape (n,)
        Position among value, missing and withheld.
    faults : list of Fault
        Errors and warnings.
    """

    value: Floats
    status: npt.NDArray[np.int64]
    faults: list[Fault]


def read_values(table: Table, series: Series, rules: Rules, *, wanted: Flags) -> Values:
    """Return the values of a column, in the unit and with the decimals that its indicators declare.

    Parameters
    ----------
    table : Table
        The table.
    series : Series
        Which column, and what its rows are about.
    rules : Rules
        How to read it.
    wanted : ndarray of bool, shape (n,)
        Rows that are data; a total row's cells are not looked at.

    Returns
    -------
    Values
        With every fault of the column.
    """
    value, status, faults = read_numbers(table, series.column, rules, wanted=wanted)
    for code, name in enumerate(series.indicator.labels):
        rows = (series.indicator.codes == code) & wanted if len(series.indicator.labels) > 1 else wanted
        if name not in rules.known:
            value[rows] = _significant(value[rows])
            continue
        indicator = rules.known[name]
        if name in rules.units:
            factor, found = factor_of(rules.units[name], indicator, file=table.file)
            value[rows] *= factor
            faults += found
        faults += _decimals(table, series.column, indicator, value=value, rows=rows)
        faults += _range_faults(table, series.column, indicator, value=value, rows=rows)
    return Values(value=value, status=status, faults=faults)


def read_numbers(
    table: Table, column: str, rules: Rules, *, wanted: Flags
) -> tuple[Floats, npt.NDArray[np.int64], list[Fault]]:
    """Return a column's numbers and their status, and the cells that are neither number nor known sign.

    Parameters
    ----------
    table : Table
        The table.
    column : str
        The heading.
    rules : Rules
        How to read it.
    wanted : ndarray of bool, shape (n,)
        Rows that are data.

    Returns
    -------
    value : ndarray, shape (n,)
        nan where there is no number.
    status : ndarray of int, shape (n,)
        Position among value, missing and withheld.
    faults : list of Fault
        By cell, those alike told as a number beyond the first twenty.
    """
    place = table.header.index(column)
    mark = rules.decimal or table.decimal or find_decimal(table.held.first(place, _SAMPLE))
    plain = table.held.plain_numbers(place, mark) if mark else None
    if plain is not None:
        status = np.zeros(len(plain), dtype=np.int64)
        return plain, status, _too_large(table, column, plain, wanted)
    texts = table.coded(column)
    mark = rules.decimal or table.decimal or find_decimal(texts.labels)
    marks = {"": "missing", **rules.marks}
    number = np.full(len(texts.labels), np.nan)
    state = np.zeros(len(texts.labels), dtype=np.int64)
    unread: dict[Unreadable, list[int]] = {}
    for code, text in enumerate(texts.labels):
        meaning = marks.get(text)
        if meaning is not None:
            number[code] = 0.0 if meaning == "zero" else np.nan
            state[code] = 0 if meaning == "zero" else STATUSES.index(meaning)
            continue
        read = parse_number(text, decimal=mark)
        if isinstance(read, Unreadable):
            unread.setdefault(read, []).append(code)
        else:
            number[code] = read
    faults = []
    for why, codes in unread.items():
        guilty = np.flatnonzero(np.isin(texts.codes, codes) & wanted)
        problem, mend = number_problem(why)
        faults += table.alike(guilty, column, problem=problem, mend=mend, mark=mark or ".")
    faults += _marks_told(table, column, texts, rules.marks, wanted)
    value = number[texts.codes]
    faults += _too_large(table, column, value, wanted)
    value[np.abs(value) >= LARGEST] = np.nan
    return value, state[texts.codes], faults


def _marks_told(
    table: Table, column: str, texts: Texts, marks: Mapping[str, Mark], wanted: Flags
) -> list[Fault]:
    """Return a warning for each sign that was read, with how often it stands."""
    problems = {
        "missing": "{value} in column {column} is read as missing (cells: {count}).",
        "withheld": "{value} in column {column} is read as withheld (cells: {count}).",
        "zero": "{value} in column {column} is read as 0 (cells: {count}).",
    }
    faults = []
    for code, text in enumerate(texts.labels):
        if text not in marks or not text:
            continue
        rows = np.flatnonzero((texts.codes == code) & wanted)
        if not len(rows):
            continue
        first, last = (table.address(int(row), column) for row in (rows[0], rows[-1]))
        faults.append(
            Fault(
                file=table.file,
                cell=first,
                row=int(table.rows[rows[0]]),
                column=column,
                value=text,
                problem=problems[marks[text]],
                mend="Nothing, if that is what the source means by it.",
                details={"first": first, "last": last},
                severity="warning",
                count=len(rows),
            )
        )
    return faults


def _too_large(table: Table, column: str, value: Floats, wanted: Flags) -> list[Fault]:
    if not len(value) or (value.max() < LARGEST and value.min() > -LARGEST):  # not so where one is missing
        return []
    guilty = np.flatnonzero((np.abs(value) >= LARGEST) & wanted)
    problem = "{value} in column {column} is larger than any indicator can be."
    return table.alike(guilty, column, problem=problem, mend="Correct the number.") if len(guilty) else []


def _significant(value: Floats) -> Floats:
    """Return values with at most 15 significant digits."""
    if not len(value):
        return value
    scaled = np.abs(np.where(np.isfinite(value) & (value != 0), value, 1.0))
    places = _DIGITS - 1 - np.floor(np.log10(scaled)).astype(np.int64)
    kept: Floats = value.copy()
    for step in np.unique(places):
        rows = places == step
        if -22 <= step <= 22:
            power = 10.0 ** abs(int(step))
            kept[rows] = (
                np.rint(value[rows] * power) / power if step >= 0 else np.rint(value[rows] / power) * power
            )
    return kept


def _decimals(table: Table, column: str, indicator: Indicator, *, value: Floats, rows: Flags) -> list[Fault]:
    """Round values in place to the decimals that the indicator declares; tell if that changed any."""
    power = 10.0**indicator.decimals
    given = value if rows.all() else value[rows]
    rounded = np.rint(given * power)
    rounded /= power
    if np.array_equal(given, rounded):
        return []
    # What a double or a spreadsheet adds beyond 12 digits is no decimal that anybody wrote.
    changed = np.abs(given - rounded) > 1e-12 * np.maximum(np.abs(given), 1.0)
    value[rows] = rounded
    guilty = np.flatnonzero(rows)[changed]
    if not len(guilty):
        return []
    first, last = (table.address(int(row), column) for row in (guilty[0], guilty[-1]))
    problem = (
        "Values in column {column} have more decimals than {indicator} declares ({decimals}), "
        "and are rounded (cells: {count})."
    )
    return [
        Fault(
            file=table.file,
            cell=first,
            row=int(table.rows[guilty[0]]),
            column=column,
            value=table.coded(column)[guilty[0]],
            problem=problem,
            mend="Nothing, if the indicator's decimals are enough; else describe it with more.",
            details={
                "indicator": indicator.id,
                "decimals": indicator.decimals,
                "first": first,
                "last": last,
            },
            severity="warning",
            count=len(guilty),
        )
    ]


def _range_faults(
    table: Table, column: str, indicator: Indicator, *, value: Floats, rows: Flags
) -> list[Fault]:
    bounds = indicator.bounds
    low, high = bounds.minimum, bounds.maximum
    given = value if rows.all() else value[rows]
    outside = np.zeros(len(given), dtype=bool)
    if low is not None:
        outside |= given < float(low)
    if high is not None:
        outside |= given > float(high)
    faults = _fraction(table, column, indicator, given=given)
    if not outside.any():
        return faults
    told = {
        "indicator": indicator.id,
        "low": "" if low is None else f"{low:f}",
        "high": "" if high is None else f"{high:f}",
    }
    problem = "{value} in column {column} cannot be: {indicator} lies between {low} and {high}."
    if high is None:
        problem = "{value} in column {column} cannot be: {indicator} is at least {low}."
    elif low is None:
        problem = "{value} in column {column} cannot be: {indicator} is at most {high}."
    mend = "Correct the value; a percentage is written 37.5, not 0.375."
    return faults + table.alike(np.flatnonzero(rows)[outside], column, problem=problem, mend=mend, **told)


def _fraction(table: Table, column: str, indicator: Indicator, *, given: Floats) -> list[Fault]:
    """Return a warning where every value of a share is at most 1: parts of 1 look so."""
    finite = given[np.isfinite(given)]
    if indicator.measure != "share" or not len(finite) or finite.max() > 1 or not finite.any():
        return []
    return [
        Fault(
            file=table.file,
            column=column,
            problem="Every value in column {column} is at most 1: they may be parts of 1 and not per cent.",
            mend='If so, say it: layout = Layout(units={{"{indicator}": "fraction"}}).',
            details={"indicator": indicator.id},
            severity="warning",
        )
    ]
