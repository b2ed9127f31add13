"""Which column of a table is what: told by a layout, by the source, or plainly by the headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from impactkit.data import vocabulary
from impactkit.data.collection import FormColumn
from impactkit.data.fault import Fault
from impactkit.data.layout import Layout
from impactkit.data.periods import period_of
from impactkit.data.roles import did_you_mean
from impactkit.data.table import Table
from impactkit.data.texts import Texts
from impactkit.errors import Value
from impactkit.indicators import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A column of values, with what each of its rows is about.

    Parameters
    ----------
    column : str
        The heading.
    indicator, unit, period : Texts
        Of each row.
    by : mapping of str to Texts
        What splits a unit's values further.
    n, std_error, margin : str
        Columns beside the values, empty where there are none.
    """

    column: str
    indicator: Texts
    unit: Texts
    period: Texts
    by: Mapping[str, Texts] = field(default_factory=dict)
    n: str = ""
    std_error: str = ""
    margin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """A table with every column's part found.

    Parameters
    ----------
    series : tuple of Series
        The values.
    unit, name : str
        Columns of the unit and of its name, empty where there are none.
    others : tuple of str
        Columns that come along as text.
    """

    series: tuple[Series, ...]
    unit: str = ""
    name: str = ""
    others: tuple[str, ...] = ()


def arrange_form(table: Table, columns: Sequence[FormColumn]) -> tuple[Arranged, list[Fault]]:
    """Return the values of a collection form, which tells what its columns are.

    Parameters
    ----------
    table : Table
        The form's sheet.
    columns : sequence of FormColumn
        What the form says.

    Returns
    -------
    Arranged
        A series for each outcome.
    list of Fault
        Columns that are gone.
    """
    lost = absent(table, [column.name for column in columns])
    if lost:
        return Arranged(series=()), lost
    named = {column.role: column.name for column in columns if column.role in ("unit", "period")}
    unit, period = table.coded(named["unit"]), table.coded(named["period"])
    series = tuple(
        Series(
            column=column.name, indicator=Texts.same(column.indicator, len(table)), unit=unit, period=period
        )
        for column in columns
        if column.role == "outcome"
    )
    others = tuple(column.name for column in columns if column.role in ("treated", "other"))
    return Arranged(series=series, unit=named["unit"], others=others), []


def arrange(table: Table, layout: Layout, known: Catalogue) -> tuple[Arranged, list[Fault]]:
    """Return the values of a table, and what keeps them from being found.

    Parameters
    ----------
    table : Table
        The table.
    layout : Layout
        What is told of it.
    known : Catalogue
        The indicators, whose ids and names may be headings.

    Returns
    -------
    Arranged
        Without series where something lacks.
    list of Fault
        Columns that are named but not there, and parts that no column plays.
    """
    faults = absent(table, _named(table, layout))
    if faults:
        return Arranged(series=()), faults
    layout, name = _completed(table, layout)
    found = _value_columns(table, layout, known)
    faults = _lacking(table, layout, found)
    if faults:
        return Arranged(series=()), faults
    n = len(table)
    unit = Texts.same(layout.unit[1:], n) if layout.unit[:1] == "=" else table.coded(layout.unit)  # type: ignore[index,arg-type]
    by = {column: _by(table, column) for column in layout.by}
    series = []
    for column, about in found.items():
        period = Texts.same(about.period, n) if about.period else _constant_or_column(table, layout.period)
        split = {**by, **{key: Texts.same(text, n) for key, text in about.by.items()}}
        beside = {key: getattr(layout, key) or "" for key in ("n", "std_error", "margin")}
        indicator = Texts.same(about.indicator, n) if about.indicator else table.coded(str(layout.indicator))
        series.append(
            Series(column=column, indicator=indicator, unit=unit, period=period, by=split, **beside)
        )
    used = {*found, *layout.by, layout.unit, layout.period, layout.indicator, layout.n}
    used |= {layout.std_error, layout.margin}
    others = tuple(column for column in table.header if column not in used)
    is_column = layout.unit in table.header
    unit_column = str(layout.unit) if is_column else ""
    return Arranged(series=tuple(series), unit=unit_column, name=name, others=others), []


def absent(table: Table, names: Iterable[str]) -> list[Fault]:
    """Return a fault for each named column that the table does not have.

    Parameters
    ----------
    table : Table
        The table.
    names : iterable of str
        The columns.

    Returns
    -------
    list of Fault
        With the nearest of the columns that are there, or all of them.
    """
    lost = [name for name in dict.fromkeys(names) if name not in table.header]
    return [
        Fault(
            file=table.file,
            value=name,
            problem="There is no column {value}.",
            mend="The columns are {columns}.",
            details={"columns": did_you_mean(name, table.header).replace("'", "") or ", ".join(table.header)},
        )
        for name in lost
    ]


@dataclass(frozen=True, slots=True)
class _About:
    """What the heading of a column of values says."""

    indicator: str = ""
    period: str = ""
    by: Mapping[str, str] = field(default_factory=dict)


def _named(table: Table, layout: Layout) -> list[str]:
    """Return the columns that the layout names."""
    named = [layout.name, layout.n, layout.std_error, layout.margin, *layout.by, *layout.values]
    if layout.unit and not layout.unit.startswith("="):
        named.append(layout.unit)
    if isinstance(layout.period, str) and period_of(layout.period) is None:
        named.append(layout.period)
    return [name for name in named if name]


def _completed(table: Table, layout: Layout) -> tuple[Layout, str]:
    """Return the layout with what the headings say plainly, and the column of the unit's name."""
    if table.known.layout is not None and table.by_name:  # the source itself has told all it knows
        return layout, layout.name or ""
    spoken = {*layout.values, layout.unit, layout.name, layout.period, layout.indicator, *layout.by}
    free = [name for name in table.header if name not in spoken and period_of(name) is None]
    codes, units, names = (
        vocabulary.among(free, words) for words in (vocabulary.CODES, vocabulary.UNITS, vocabulary.NAMES)
    )
    unit, name = layout.unit, layout.name
    if unit is None:
        unit = _only(codes) or (_only(units) if not codes else None)
    if name is None and codes and unit == _only(codes):
        name = _only(names) or (_only(units) if not names else None)
    by = [*vocabulary.among(free, vocabulary.GENDERS), *vocabulary.among(free, vocabulary.AGES)]
    said = {role: _only(vocabulary.among(free, words)) for role, words in _SAID.items()}
    found = replace(
        layout,
        unit=unit,
        name=name,
        by=tuple(dict.fromkeys((*layout.by, *by))),
        period=said["period"] if layout.period is None else layout.period,
        indicator=layout.indicator or said["indicator"],
        n=layout.n or said["n"],
        std_error=layout.std_error or said["std_error"],
        margin=layout.margin or said["margin"],
    )
    return found, name or ""


_SAID = {
    "period": vocabulary.PERIODS,
    "indicator": vocabulary.INDICATORS,
    "n": vocabulary.NUMBERS,
    "std_error": vocabulary.ERRORS,
    "margin": vocabulary.MARGINS,
}


def _only(names: Sequence[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _value_columns(table: Table, layout: Layout, known: Catalogue) -> dict[str, _About]:
    """Return the columns that hold values, with what their headings say."""
    if layout.values:
        return {column: _About(indicator=indicator) for column, indicator in layout.values.items()}
    spoken = {layout.unit, layout.name, layout.period, layout.indicator, layout.n, layout.std_error}
    free = [name for name in table.header if name not in spoken | {layout.margin, *layout.by}]
    single = _only(vocabulary.among(free, vocabulary.VALUES))
    by_column = layout.indicator in table.header
    fixed = "" if by_column else layout.indicator or ""
    if single and (by_column or fixed):
        return {single: _About(indicator=fixed)}
    titles = _titles(known)
    found = {name: _about(table.levels.get(name, (name,)), titles, fixed=fixed) for name in free}
    if layout.period is None and any(about.period for about in found.values()):
        return {
            name: about for name, about in found.items() if about.period and (about.indicator or by_column)
        }
    if by_column:
        return {}
    return {name: about for name, about in found.items() if about.indicator and (not fixed or name in titles)}


def _about(levels: Sequence[str], titles: Mapping[str, str], *, fixed: str) -> _About:
    """Return what a heading says, level by level: a period, an indicator, a gender, or something else."""
    indicator, period, by = "", "", {}
    for level in levels:
        if period_of(level) is not None and not period:
            period = level
        elif level in titles:
            indicator = titles[level]
        elif vocabulary.plain(level) in vocabulary.KINDS_OF_GENDER and len(levels) > 1:
            by["gender"] = vocabulary.KINDS_OF_GENDER[vocabulary.plain(level)]
        elif len(levels) > 1 and level:
            by["column"] = level
    return _About(indicator=indicator or fixed, period=period, by=by)


def _titles(known: Catalogue) -> dict[str, str]:
    """Return the indicators by id and by their names, those that one indicator has alone."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for indicator in known:
        for title in dict.fromkeys((indicator.id, indicator.name.sv, indicator.name.en)):
            shared |= {title} & found.keys()
            found[title] = indicator.id
    return {title: indicator for title, indicator in found.items() if title not in shared}


def _lacking(table: Table, layout: Layout, found: Mapping[str, _About]) -> list[Fault]:
    faults = []
    columns = ", ".join(table.header)
    details: dict[str, Value] = {"columns": columns}
    if layout.unit is None:
        problem = "There is no column unit, nor another known to hold the unit; the columns are {columns}."
        mend = 'Say which: layout = Layout(unit="Kommun").'
        faults.append(Fault(file=table.file, problem=problem, mend=mend, details=details))
    years = [name for name in table.header if any(map(period_of, table.levels.get(name, (name,))))]
    if layout.period is None and not years:
        problem = "There is no column period, nor another known to hold it; the columns are {columns}."
        mend = (
            'Say which, or which year the file is about: layout = Layout(period="År") or Layout(period=2024).'
        )
        faults.append(Fault(file=table.file, problem=problem, mend=mend, details=details))
    if not found and years and layout.indicator is None:
        problem = "The columns {years} are periods, but nothing says which indicator they hold."
        mend = 'Say which: layout = Layout(indicator="safety/feels-safe-after-dark").'
        details["years"] = ", ".join(years)
        faults.append(Fault(file=table.file, problem=problem, mend=mend, details=details))
    elif not found:
        problem = "There is no column known to hold an indicator's values; the columns are {columns}."
        mend = 'Say which: layout = Layout(values={{"Andel trygga": "safety/feels-safe-after-dark"}}).'
        faults.append(Fault(file=table.file, problem=problem, mend=mend, details=details))
    return faults


def _constant_or_column(table: Table, period: str | int | None) -> Texts:
    if isinstance(period, str) and period in table.header:
        return table.coded(period)
    return Texts.same(str(period), len(table))


def _by(table: Table, column: str) -> Texts:
    """Return a column that splits; genders in one spelling."""
    texts = table.coded(column)
    if vocabulary.plain(column) in vocabulary.GENDERS:
        kinds = vocabulary.KINDS_OF_GENDER
        if all(vocabulary.plain(text) in kinds for text in texts.labels):
            return texts.each(lambda text: kinds[vocabulary.plain(text)])
    return texts
