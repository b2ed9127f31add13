"""What each value is about: units with whole codes, periods that exist, no value told twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from impactkit.data.arrange import Arranged, Series
from impactkit.data.fault import Fault
from impactkit.data.periods import period_of
from impactkit.data.table import Table
from impactkit.data.texts import Texts, together
from impactkit.data.vocabulary import FIRST_OF_TOTALS, is_total, plain
from impactkit.errors import IndicatorError
from impactkit.indicators import Regions

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_CODE_LENGTH = 4
_HEADED_AS_CODES = frozenset({"kommunkod", "municipality code", "municipality_code", "kommunnr"})


def total_rows(table: Table, arranged: Arranged) -> Flags:
    """Return which rows are sums of others, by what stands where the unit or its name should.

    Parameters
    ----------
    table : Table
        The table.
    arranged : Arranged
        Where its units stand.

    Returns
    -------
    ndarray of bool, shape (n,)
        None in a source that is no table made by hand.
    """
    found = np.zeros(len(table), dtype=bool)
    if table.by_name:
        return found
    for column in filter(None, (arranged.unit, arranged.name)):
        texts = table.coded(column)
        # Told from the first letter, most texts need not be looked at.
        maybe = [text for text in texts.labels if text[:1] in FIRST_OF_TOTALS]
        found |= texts.is_among(set(filter(is_total, maybe)))
    return found


def check_units(table: Table, arranged: Arranged, wanted: Flags) -> tuple[Arranged, list[Fault]]:
    """Return the values with whole codes, and what is wrong with their units.

    A municipality code that a spreadsheet has shortened, 180 for 0180, is mended where the name on the row
    says the same, and that is told; without a name it is refused, and so is a code that is another
    municipality's than the name.

    Parameters
    ----------
    table : Table
        The table.
    arranged : Arranged
        Its values.
    wanted : ndarray of bool, shape (n,)
        Rows that are data.

    Returns
    -------
    Arranged
        With the codes mended.
    list of Fault
        Errors and warnings.
    """
    if not arranged.unit or not arranged.series:
        return arranged, []
    unit = table.coded(arranged.unit)
    problem = "No unit stands on this row, so nobody can tell whose the values are."
    empty = np.flatnonzero(unit.is_among({""}) & wanted)
    faults = table.alike(empty, arranged.unit, problem=problem, mend="Write the unit, or clear the row.")
    codes = {region.code for region in Regions.default()}
    is_coded = plain(arranged.unit) in _HEADED_AS_CODES or not codes.isdisjoint(unit.labels)
    if not is_coded:
        return arranged, faults
    names = table.coded(arranged.name) if arranged.name else None
    mended, found = _whole_codes(table, arranged, names=names, wanted=wanted)
    faults += found
    if names is not None:
        faults += _conflicts(table, arranged, mended, names=names, wanted=wanted)
    series = tuple(replace(each, unit=mended) for each in arranged.series)
    return replace(arranged, series=series), faults


def _whole_codes(
    table: Table, arranged: Arranged, *, names: Texts | None, wanted: Flags
) -> tuple[Texts, list[Fault]]:
    unit, codes, faults = table.coded(arranged.unit), Regions.default(), []
    whole = {}
    for text in unit.labels:
        if len(text) != _CODE_LENGTH - 1 or f"0{text}" not in codes:
            continue
        rows = np.flatnonzero(unit.is_among({text}) & wanted)
        if not len(rows):
            continue
        told = {"unit": text, "code": f"0{text}", "name": codes[f"0{text}"].name}
        if names is not None and all(
            _agree(f"0{text}", names.labels[c]) for c in set(names.codes[rows].tolist())
        ):
            whole[text] = f"0{text}"
            problem = (
                "The unit {unit} has lost its first zero; the name {name} agrees, so it is read as {code}."
            )
            fault = table.fault(int(rows[0]), arranged.unit, problem=problem, mend=_AS_TEXT, **told)
            faults.append(replace(fault, severity="warning", count=len(rows)))
        else:
            problem = "The unit {unit} looks like the municipality {name}, {code}, without its first zero."
            mend = "Format the column as text and write {code}."
            column = arranged.series[0].column
            faults.append(table.fault(int(rows[0]), column, problem=problem, mend=mend, **told))
    return unit.each(lambda text: whole.get(text, text)), faults


_AS_TEXT = "Format the column as text and write {code}."


def _agree(code: str, name: str) -> bool:
    try:
        Regions.default().check(code=code, name=name)
    except IndicatorError:
        return False
    return True


def _conflicts(table: Table, arranged: Arranged, unit: Texts, *, names: Texts, wanted: Flags) -> list[Fault]:
    """Return a fault for each code that stands beside another region's name."""
    codes, faults = Regions.default(), []
    pairs = together([unit, names])
    _, first = np.unique(np.where(wanted, pairs, -1), return_index=True)
    for row in sorted(int(place) for place in first if wanted[place]):
        code, name = unit[row], names[row]
        if code not in codes or not name or _agree(code, name):
            continue
        problem = "The code {code} is {known}, but the name on the row is {name}."
        mend = "Correct the code or the name; nothing tells which of them is right."
        told = {"code": code, "known": codes[code].name, "name": name}
        faults.append(table.fault(row, arranged.unit, problem=problem, mend=mend, **told))
    return faults


def check_periods(table: Table, series: Series, wanted: Flags) -> tuple[Texts, list[Fault]]:
    """Return the periods of a column of values in one way of writing, and those that are none.

    Parameters
    ----------
    table : Table
        The table.
    series : Series
        The values.
    wanted : ndarray of bool, shape (n,)
        Rows that are data.

    Returns
    -------
    Texts
        2024, 2024/25, 2024Q1 and so on.
    list of Fault
        Periods that are none, and periods of different length for one indicator.
    """
    found = [period_of(text) for text in series.period.labels]
    unread = [code for code, period in enumerate(found) if period is None]
    faults: list[Fault] = []
    if unread:
        guilty = np.flatnonzero(np.isin(series.period.codes, unread) & wanted)
        problem = "The period {period} of this value is not a year in four digits, nor any other period."
        for code in unread:
            rows = guilty[series.period.codes[guilty] == code]
            text = series.period.labels[code] or "?"
            mend = "Write it as 2024, 2024/25, 2024Q1, 2024M01, 2024W01 or 2024-01-31."
            faults += table.alike(rows, series.column, problem=problem, mend=mend, period=text)
    else:
        faults += _mixed(table, series, wanted)
    return series.period.each(lambda text: _written(text)), faults


def _written(text: str) -> str:
    period = period_of(text)
    return text if period is None else period.text


def _mixed(table: Table, series: Series, wanted: Flags) -> list[Fault]:
    """Return a fault where one indicator has periods of different lengths."""
    kinds = series.period.each(lambda text: period.frequency if (period := period_of(text)) else "")
    if len(kinds.labels) == 1:
        return []
    faults = []
    for code, indicator in enumerate(series.indicator.labels):
        rows = np.flatnonzero((series.indicator.codes == code) & wanted)
        if not len(rows) or len(present := pd.unique(kinds.codes[rows])) == 1:
            continue
        odd = rows[kinds.codes[rows] != present[0]]
        problem = "{indicator} has periods of different lengths: {first} and {period}."
        mend = "Keep one kind of period for an indicator, or read them one by one."
        told = {"indicator": indicator, "first": series.period[rows[0]], "period": series.period[odd[0]]}
        faults += table.alike(odd[:1], series.column, problem=problem, mend=mend, **told)
    return faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The values of one column, ready to be put with others.

    Parameters
    ----------
    series : Series
        What they are about.
    value : ndarray, shape (n,)
        The values.
    status : ndarray of int, shape (n,)
        Their status.
    """

    series: Series
    value: Floats
    status: npt.NDArray[np.int64]


def check_repeated(table: Table, read: Sequence[Read], wanted: Flags) -> tuple[Flags, list[Fault]]:
    """Return rows that say again what an earlier row has said, and values that contradict each other.

    Parameters
    ----------
    table : Table
        The table.
    read : sequence of Read
        The columns of values.
    wanted : ndarray of bool, shape (n,)
        Rows that are data.

    Returns
    -------
    ndarray of bool, shape (n,)
        Rows to be set aside; only where there is one column of values.
    list of Fault
        A warning for those, an error for two values of one thing.
    """
    again, faults = np.zeros(len(table), dtype=bool), []
    rows = np.arange(len(table)) if wanted.all() else np.flatnonzero(wanted)
    for each in read:
        about = each.series
        keys = together([about.indicator, about.unit, *about.by.values(), about.period])
        keys = keys if len(rows) == len(keys) else keys[rows]
        if bool((keys[1:] > keys[:-1]).all()):  # as in a table that is in order
            continue
        codes, found = pd.factorize(keys)
        if len(found) == len(rows):
            continue
        first = np.full(len(found), -1, dtype=np.int64)
        first[codes[::-1]] = rows[::-1]
        repeated = rows[first[codes] != rows]
        original = first[codes][first[codes] != rows]
        same = _same(each.value[repeated], each.value[original])
        same &= each.status[repeated] == each.status[original]
        if len(read) > 1:
            same[:] = False  # a row may repeat one column's value and not another's
        again[repeated[same]] = True
        faults += _twice(table, about, repeated[~same], original[~same])
        faults += _repeats(table, about, repeated[same])
    return again, faults


def _same(values: Floats, others: Floats) -> Flags:
    same: Flags = (values == others) | (np.isnan(values) & np.isnan(others))
    return same


def _twice(table: Table, about: Series, repeated: Sequence[int], original: Sequence[int]) -> list[Fault]:
    faults = []
    for row, other in list(zip(repeated, original, strict=True))[:20]:
        problem = "{unit} has two values of {indicator} for {period}; the first stands in {other}."
        told = {"unit": about.unit[row], "indicator": about.indicator[row], "period": about.period[row]}
        there = table.address(int(other), about.column)
        mend = "Keep one row for each unit and period."
        faults.append(table.fault(int(row), about.column, problem=problem, mend=mend, other=there, **told))
    if len(repeated) > 20:
        problem = "{count} more cells of column {column} have the same fault."
        rest = len(repeated) - 20
        faults += table.alike(repeated[20:21], about.column, problem=problem, mend=_MEND, count=rest)
    return faults


_MEND = "Mend them in the same way."


def _repeats(table: Table, about: Series, rows: Sequence[int]) -> list[Fault]:
    if not len(rows):
        return []
    problem = "Rows that say again what an earlier row has said are set aside (rows: {count})."
    fault = table.fault(int(rows[0]), about.column, problem=problem, mend="Remove them from the file.")
    return [replace(fault, severity="warning", count=len(rows))]
