"""Reading observations: a collection form, or a long table with one value a row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import pandas as pd

from impactkit.data.collection import FormColumn, form_columns
from impactkit.data.fault import Fault, refuse
from impactkit.data.numbers import DecimalMark, Unreadable, find_decimal, parse_number
from impactkit.data.observations import LONG, Observations
from impactkit.data.read_table import read_table
from impactkit.data.table import Table
from impactkit.data.typing_columns import number_problem
from impactkit.errors import DataError
from impactkit.indicators import Catalogue, Indicator, Regions

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_DIGITS = 4  # of a municipality code
_KEYS = ("indicator", "unit", "period", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One value about to be read: where it stands and what it is about."""

    position: int
    column: str
    indicator: str
    unit: str
    period: str
    others: dict[str, str]


def read(
    path: str | PathLike[str],
    *,
    sheet: str | None = None,
    missing: Sequence[str] = (),
    withheld: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    decimal: DecimalMark | None = None,
) -> Observations:
    r"""Read observations from a collection form or from a long table.

    A collection form is the workbook that `new_project` writes. A long table, in CSV or a workbook, has the
    columns indicator, unit, period and value, one value a row; its other columns come along as text.

    Parameters
    ----------
    path : str or path-like
        The file.
    sheet : str, optional
        The sheet of a long table in a workbook; needed when several hold data. A form says its own.
    missing, withheld : sequence of str
        Texts that mean that no value was recorded, or that there is one which may not be shown. An empty
        cell is missing; no other sign is guessed.
    catalogue : Catalogue, optional
        Where the indicators are described; the packaged one when left out.
    decimal : {",", "."}, optional
        The decimal mark, when the file does not make it plain.

    Returns
    -------
    Observations
        Every value with its status and the cell it stood in.

    Raises
    ------
    DataError
        With every fault by cell: not a number, outside the indicator's range, a year that is none, an
        unknown indicator, the same unit and period twice, a municipality code that has lost its zero.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> rows = "indicator;unit;period;value\nsafety/visits-per-day;01;2024;120,5\n"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "visits.csv"
    ...     _ = file.write_text(rows, encoding="utf-8")
    ...     observations = read(file)
    >>> observations.to_frame()[["unit", "period", "value", "status"]].values.tolist()
    [['01', 2024, 120.5, 'value']]
    """
    file = Path(path)
    columns = form_columns(file) if file.is_file() else None
    if columns is None:
        table = read_table(file, sheet=sheet)
        readings = _long(table)
    else:
        table = read_table(file, sheet=columns[0].sheet)
        readings = _form(table, columns)
    signs = {**dict.fromkeys(missing, "missing"), **dict.fromkeys(withheld, "withheld"), "": "missing"}
    known = catalogue or Catalogue.default()
    mark = decimal or table.decimal or find_decimal(_text(table, each) for each in readings)
    faults = _unknown(table, readings, known) + _twice(table, readings) + _lost_zeros(table, readings)
    rows = []
    for each in readings:
        row, found = _read_one(table, each, signs=signs, mark=mark, known=known)
        rows.append(row)
        faults += found
    refuse(faults, DataError)
    others = list(readings[0].others) if readings else []
    return Observations(frame=pd.DataFrame(rows, columns=[*LONG, *others]), file=file.name)


def _long(table: Table) -> list[_Reading]:
    _refuse_absent(table, _KEYS)
    others = [name for name in table.header if name not in (*_KEYS, "status")]
    cells = {name: table.cells[name].tolist() for name in table.header}
    return [
        _Reading(
            position=position,
            column="value",
            indicator=cells["indicator"][position],
            unit=cells["unit"][position],
            period=cells["period"][position],
            others={name: cells[name][position] for name in others},
        )
        for position in range(len(table.cells))
    ]


def _form(table: Table, columns: tuple[FormColumn, ...]) -> list[_Reading]:
    _refuse_absent(table, [column.name for column in columns])
    named = {column.role: column.name for column in columns if column.role in ("unit", "period")}
    others = [column.name for column in columns if column.role in ("treated", "other")]
    cells = {column.name: table.cells[column.name].tolist() for column in columns}
    return [
        _Reading(
            position=position,
            column=column.name,
            indicator=column.indicator,
            unit=cells[named["unit"]][position],
            period=cells[named["period"]][position],
            others={name: cells[name][position] for name in others},
        )
        for column in columns
        if column.role == "outcome"
        for position in range(len(table.cells))
    ]


def _read_one(
    table: Table, each: _Reading, *, signs: dict[str, str], mark: DecimalMark | None, known: Catalogue
) -> tuple[list[object], list[Fault]]:
    text = _text(table, each)
    faults = _period_faults(table, each)
    status = signs.get(text, "value")
    value = math.nan
    if status == "value":
        read_as = parse_number(text, decimal=mark)
        if isinstance(read_as, Unreadable):
            problem, mend = number_problem(read_as)
            faults.append(
                table.fault(each.position, each.column, problem=problem, mend=mend, mark=mark or ".")
            )
        else:
            value = read_as
            if each.indicator in known:
                faults += _range_faults(table, each, known[each.indicator], value)
    period = int(each.period) if not faults else 0
    place = table.address(each.position, each.column)
    return [each.indicator, each.unit, period, value, status, place, *each.others.values()], faults


def _text(table: Table, each: _Reading) -> str:
    return str(table.cells[each.column].iat[each.position])


def _period_faults(table: Table, each: _Reading) -> list[Fault]:
    text = each.period
    if text.isascii() and text.isdigit() and len(text) == 4 and _FIRST_YEAR <= int(text) <= _LAST_YEAR:
        return []
    problem = "The period {period} of this value is not a year in four digits."
    return [
        table.fault(each.position, each.column, problem=problem, mend="Write it as 2024.", period=text or "?")
    ]


def _range_faults(table: Table, each: _Reading, indicator: Indicator, value: float) -> list[Fault]:
    bounds = indicator.bounds
    if bounds.holds(value):
        return []
    low = "" if bounds.minimum is None else f"{bounds.minimum:f}"
    high = "" if bounds.maximum is None else f"{bounds.maximum:f}"
    problem = "{value} in column {column} cannot be: {indicator} lies between {low} and {high}."
    if not high:
        problem = "{value} in column {column} cannot be: {indicator} is at least {low}."
    elif not low:
        problem = "{value} in column {column} cannot be: {indicator} is at most {high}."
    mend = "Correct the value; a percentage is written 37.5, not 0.375."
    told = {"indicator": indicator.id, "low": low, "high": high}
    return [table.fault(each.position, each.column, problem=problem, mend=mend, **told)]


def _unknown(table: Table, readings: Iterable[_Reading], known: Catalogue) -> list[Fault]:
    lost = {each.indicator: each for each in readings if each.indicator not in known}
    faults = []
    for indicator, each in lost.items():
        trouble = known.unknown(indicator)
        details = dict(trouble.values)
        faults.append(
            table.fault(each.position, each.column, problem=trouble.what, mend=trouble.mend, **details)
        )
    return faults


def _twice(table: Table, readings: Iterable[_Reading]) -> list[Fault]:
    first: dict[tuple[str, str, str], _Reading] = {}
    faults = []
    for each in readings:
        key = (each.indicator, each.unit, each.period)
        other = first.setdefault(key, each)
        if other is not each:
            problem = "{unit} has two values of {indicator} for {period}; the first stands in {other}."
            mend = "Keep one row for each unit and period."
            told = {"unit": each.unit, "indicator": each.indicator, "period": each.period}
            there = table.address(other.position, other.column)
            faults.append(
                table.fault(each.position, each.column, problem=problem, mend=mend, other=there, **told)
            )
    return faults


def _lost_zeros(table: Table, readings: Sequence[_Reading]) -> list[Fault]:
    """Return a fault for each municipality code that a spreadsheet has turned into a number."""
    codes = Regions.default()
    first = {each.unit: each for each in reversed(readings)}
    if not any(unit in codes for unit in first):
        return []
    problem = "The unit {unit} looks like the municipality {name}, {code}, without its first zero."
    mend = "Format the column as text and write {code}."
    return [
        table.fault(
            each.position,
            each.column,
            problem=problem,
            mend=mend,
            unit=unit,
            code=f"0{unit}",
            name=codes[f"0{unit}"].name,
        )
        for unit, each in first.items()
        if len(unit) == _DIGITS - 1 and f"0{unit}" in codes
    ]


def _refuse_absent(table: Table, names: Sequence[str]) -> None:
    lost = [name for name in names if name not in table.header]
    if not lost:
        return
    columns = ", ".join(table.header)
    problem = "There is no column {value}."
    mend = "The columns are {columns}."
    faults = [
        Fault(file=table.file, value=name, problem=problem, mend=mend, details={"columns": columns})
        for name in lost
    ]
    refuse(faults, DataError)
