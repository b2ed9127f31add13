"""Reading observations from whatever holds them: a file, a frame, a query, the answer of a service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impactkit.data.account import Account
from impactkit.data.arrange import Arranged, Series, arrange, arrange_form
from impactkit.data.collection import form_columns
from impactkit.data.evidence import Evidence
from impactkit.data.fault import Fault, refuse
from impactkit.data.frame_table import table_of_frame
from impactkit.data.keys import Read, check_periods, check_repeated, check_units, total_rows
from impactkit.data.kolada_rows import group_faults
from impactkit.data.layout import Layout
from impactkit.data.observations import Objects, Observations
from impactkit.data.personal_scan import SHORTEST, refuse_personal_numbers
from impactkit.data.query import Query
from impactkit.data.read_table import read_table
from impactkit.data.table import Table
from impactkit.data.texts import Texts, joined
from impactkit.data.uncertainty import beside_values
from impactkit.data.values import STATUSES, Rules, read_values
from impactkit.data.vocabulary import KEYS, plain
from impactkit.errors import DataError
from impactkit.indicators import Catalogue

Flags = npt.NDArray[np.bool_]


def read(
    source: Any,
    *,
    sheet: str | None = None,
    missing: Sequence[str] = (),
    withheld: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    layout: Layout | None = None,
) -> Observations:
    r"""Read observations from a file, a frame, a query or the answer of a service.

    A file is told by what it holds: text with separators, a workbook, Parquet, Feather, Stata, SAS, SPSS,
    JSON-stat, PX, Kolada, saved evidence. A collection form and a statistics office's file say themselves
    what is what; elsewhere the headings may (Kommun, År, Kön, an indicator's name), and what they leave
    unsaid is told by a layout. Nothing is guessed.

    Parameters
    ----------
    source : path, frame, Query or Evidence
        A path; a pandas, polars, pyarrow or duckdb table; a query with the connection to put it to; what a
        `Kolada` or `PxWeb` client has fetched.
    sheet : str, optional
        The sheet of a workbook; needed when several hold data. A form says its own.
    missing, withheld : sequence of str
        Texts that mean that no value was recorded, or that there is one which may not be shown. More can be
        said in the layout's ``marks``. An empty cell is missing; no other sign is guessed.
    catalogue : Catalogue, optional
        Where the indicators are described; the packaged one when left out.
    layout : Layout, optional
        Which column is what, as far as the headings do not say.

    Returns
    -------
    Observations
        Every value with its status and the cell it stood in, what became of every row, and warnings.

    Raises
    ------
    DataError
        With every fault by cell: not a number, outside the indicator's range, no period, an unknown
        indicator, two values of one thing, a code that has lost its zero or contradicts its name, personal
        identity numbers, a file that is damaged or larger than is read.

    See Also
    --------
    impactkit.faults : The faults as a table.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> rows = "Trygghet 2024\n\nOmråde;År;Besök per dag\nNorr;2024;1 120,5\nSumma;2024;1 120,5\n"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "visits.csv"
    ...     _ = file.write_text(rows, encoding="utf-8")
    ...     observations = read(file, layout=Layout(values={"Besök per dag": "safety/visits-per-day"}))
    >>> observations.to_frame()[["unit", "period", "value", "status"]].values.tolist()
    [['Norr', 2024, 1120.5, 'value']]
    >>> observations.account
    Account(read 5 = used 1 + title 1 + heading 1 + blank 1 + total 1)
    """
    told = layout or Layout()
    known = catalogue or Catalogue.default()
    table, form = _table(source, sheet=sheet, layout=told)
    _prepare(table, told)
    refuse_personal_numbers(table)
    told = told.over(table.known.layout)
    arranged, faults = arrange_form(table, form) if form else arrange(table, told, known)
    refuse(faults, DataError)
    arranged = _catalogued(table, arranged, known)
    marks = {**table.known.marks, **told.signs}
    marks |= {**dict.fromkeys(missing, "missing"), **dict.fromkeys(withheld, "withheld")}
    rules = Rules(marks=marks, decimal=told.decimal, known=known, units=told.units)
    return _observations(table, arranged, rules)


def _prepare(table: Table, layout: Layout) -> None:
    """Make ready, together, the columns that will be asked for: that is quicker than one after the other."""
    named = {layout.unit, layout.period, layout.indicator, *layout.by}
    places = [
        place
        for place, name in enumerate(table.header)
        if name in named or plain(name) in KEYS or table.held.longest(place) >= SHORTEST
    ]
    table.held.prepare(places)


def _table(source: Any, *, sheet: str | None, layout: Layout) -> tuple[Table, Any]:
    """Return the table that a source holds, and what its columns are if it is a collection form."""
    if isinstance(source, str | PathLike):
        file = Path(source)
        form = form_columns(file) if file.is_file() else None
        if form:
            return read_table(file, sheet=form[0].sheet), form
        return read_table(file, sheet=sheet, header=layout.header), None
    if isinstance(source, Evidence):
        return source.table(), None
    if isinstance(source, Query):
        return source.table(), None
    return table_of_frame(source, file="frame"), None


def _catalogued(table: Table, arranged: Arranged, known: Catalogue) -> Arranged:
    """Return the values with a source's own codes replaced by the ids of indicators that have them."""
    if not table.by_name or table.known.layout is None or table.known.layout.indicator != "kpi":
        return arranged
    ids = {each.source_code: each.id for each in known if each.source == "kolada" and each.source_code}
    series = tuple(
        replace(each, indicator=each.indicator.each(lambda code: ids.get(code, code)))
        for each in arranged.series
    )
    return replace(arranged, series=series)


def _observations(table: Table, arranged: Arranged, rules: Rules) -> Observations:
    totals = total_rows(table, arranged)
    wanted = ~totals
    arranged, faults = check_units(table, arranged, wanted)
    faults += _unknown(table, arranged, rules.known) + _totals_told(table, arranged, totals)
    faults += _beside_told(table)
    if table.by_name:
        faults += group_faults(table, arranged.series[0].unit.labels)
    found: list[Read] = []
    beside: list[dict[str, npt.NDArray[np.float64]]] = []
    for each in arranged.series:
        period, wrong = check_periods(table, each, wanted)
        values = read_values(table, each, rules, wanted=wanted)
        about = Series(
            column=each.column, indicator=each.indicator, unit=each.unit, period=period, by=each.by
        )
        numbers, more = beside_values(table, each, values.value, rules=rules, wanted=wanted)
        faults += [*wrong, *values.faults, *more]
        found.append(Read(series=about, value=values.value, status=values.status))
        beside.append(numbers)
    again, repeated = check_repeated(table, found, wanted)
    faults += repeated
    refuse([fault for fault in faults if fault.severity == "error"], DataError)
    return _together(table, arranged, found, beside=beside, rows=(totals, again), warnings=tuple(faults))


def _together(
    table: Table,
    arranged: Arranged,
    found: Sequence[Read],
    *,
    beside: Sequence[dict[str, npt.NDArray[np.float64]]],
    rows: tuple[Flags, Flags],
    warnings: tuple[Fault, ...],
) -> Observations:
    totals, again = rows
    kept = ~(totals | again)
    rows_kept = slice(None) if kept.all() else np.flatnonzero(kept)
    used = int(kept.sum())
    aside = {**table.aside.rows, "total": int(totals.sum()), "repeated": int(again.sum())}
    names = list(dict.fromkeys(name for each in found for name in each.series.by))
    status = [Texts(each.status, STATUSES).take(rows_kept) for each in found]
    return Observations(
        indicator=joined([each.series.indicator.take(rows_kept) for each in found]),
        unit=joined([each.series.unit.take(rows_kept) for each in found]),
        period=joined([each.series.period.take(rows_kept) for each in found]),
        value=_below([each.value[rows_kept] for each in found]),
        status=joined(status),
        by={name: joined([_split(each, name, rows_kept) for each in found]) for name in names},
        beside={name: np.concatenate([numbers[name][rows_kept] for numbers in beside]) for name in beside[0]},
        places=_places(table, [each.series.column for each in found], kept),
        others={name: _others(table, name, kept, times=len(found)) for name in arranged.others},
        file=table.file,
        account=Account(used=used, set_aside={reason: n for reason, n in aside.items() if n}),
        warnings=tuple(fault for fault in warnings if fault.severity == "warning"),
        labels=table.known.labels,
        titles=table.known.titles,
    )


def _below(parts: Sequence[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Return columns one below the other, without a copy where there is one."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _split(each: Read, name: str, rows: Any) -> Texts:
    texts = each.series.by.get(name)
    return Texts.same("", len(each.value)).take(rows) if texts is None else texts.take(rows)


def _places(table: Table, columns: Sequence[str], kept: Flags) -> Callable[[], Objects]:
    def places() -> Objects:
        rows = np.flatnonzero(kept).tolist()
        found = np.empty(len(rows) * len(columns), dtype=object)
        found[:] = [table.address(row, column) for column in columns for row in rows]
        return found

    return places


def _others(table: Table, name: str, kept: Flags, *, times: int) -> Callable[[], Objects]:
    return lambda: np.tile(table.coded(name).to_array()[kept], times)


def _unknown(table: Table, arranged: Arranged, known: Catalogue) -> list[Fault]:
    """Return a fault for each indicator that is not in the catalogue, unless the source has its own."""
    if table.by_name and table.known.layout is not None:
        return []
    faults = []
    for each in arranged.series:
        for indicator in each.indicator.used():
            if indicator in known:
                continue
            row = int(np.flatnonzero(each.indicator.is_among({indicator}))[0])
            trouble = known.unknown(indicator)
            details = dict(trouble.values)
            fault = table.fault(row, each.column, problem=trouble.what, mend=trouble.mend, **details)
            faults.append(fault)
    return faults


def _totals_told(table: Table, arranged: Arranged, totals: Flags) -> list[Fault]:
    rows = np.flatnonzero(totals)
    column = arranged.unit or arranged.name
    problem = "This row is a total, {value}, and is set aside."
    mend = "Nothing, if it is a sum of the other rows; else give the unit a name of its own."
    return [
        Fault(
            file=table.file,
            cell=table.address(int(row), column),
            row=int(table.rows[row]),
            column=column,
            value=table.coded(column)[int(row)],
            problem=problem,
            mend=mend,
            severity="warning",
        )
        for row in rows[:20]
    ]


def _beside_told(table: Table) -> list[Fault]:
    """Return warnings for what was done to the table before it was read."""
    faults = []
    for column in table.aside.unread:
        problem = "Column {column} holds neither texts nor numbers, and is left out."
        mend = "Nothing, if the evaluation does not need it."
        faults.append(Fault(file=table.file, column=column, problem=problem, mend=mend, severity="warning"))
    if table.aside.filled_down:
        problem = "Cells took their text from a merged cell above them (cells: {count})."
        mend = "Nothing, if the merged cell is about all of its rows."
        faults.append(
            Fault(
                file=table.file,
                problem=problem,
                mend=mend,
                details={"count": table.aside.filled_down},
                severity="warning",
            )
        )
    return faults
