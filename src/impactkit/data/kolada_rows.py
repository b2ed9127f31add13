"""Answers of Kolada, versions 2 and 3: values, and lists of indicators, municipalities and groups."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from impactkit.data.cleaning import cleaned
from impactkit.data.fault import Fault
from impactkit.data.frame_table import as_text
from impactkit.data.layout import Layout
from impactkit.data.limits import check_shape
from impactkit.data.table import Aside, HeldCells, Known, Table
from impactkit.errors import DataError

GENDERS = {"T": "Totalt", "K": "Kvinnor", "M": "Män"}
_COLUMNS = ("kpi", "municipality", "period", "gender", "value", "status", "count")
_NEXT = ("next_url", "next_page", "next")


def kolada_table(pages: Sequence[Mapping[str, Any]], file: str) -> Table:
    """Return the pages of an answer as one table.

    Parameters
    ----------
    pages : sequence of mapping
        Each with its ``values``; the last has no next page.
    file : str
        Name of the file.

    Returns
    -------
    Table
        Of values, a row for each indicator, area, year and gender; of a list, a row for each entry.

    Raises
    ------
    DataError
        If there are more pages than are given, or fewer values than the answer says.
    KeyError, TypeError, ValueError, AttributeError
        If it is no answer of Kolada; to be told as a damaged file.
    """
    rows = [row for page in pages for row in page["values"]]
    _check_whole(pages, len(rows), file)
    if not rows:
        raise DataError(
            "The answer holds no values.",
            where="{file}",
            mend="Ask for an indicator, an area and a year that Kolada has values for.",
            values={"file": file},
        )
    if isinstance(rows[0].get("values"), list) and "kpi" in rows[0]:
        return _values(rows, file)
    return _list(rows, file)


def next_page(page: Mapping[str, Any]) -> str:
    """Return the address of the next page, in either spelling; empty on the last.

    Parameters
    ----------
    page : mapping
        An answer.

    Returns
    -------
    str
        An address.

    Examples
    --------
    >>> next_page({"next_url": None}), next_page({"next_page": "https://a.se/?page=2"})
    ('', 'https://a.se/?page=2')
    """
    return next((str(page[key]) for key in _NEXT if page.get(key)), "")


def _check_whole(pages: Sequence[Mapping[str, Any]], found: int, file: str) -> None:
    rest = next_page(pages[-1]) if pages else ""
    said = pages[0].get("count") if len(pages) == 1 and pages else None
    if rest:
        raise DataError(
            "The answer goes on, on a page that is not in the file.",
            where="{file}",
            mend="Fetch all pages: ik.sources.Kolada().values(...) does.",
            values={"file": file},
        )
    if isinstance(said, int) and said > found:
        raise DataError(
            "The file says it holds {expected} values, but {found} are there.",
            where="{file}",
            mend="Fetch it again; the download may have been cut short.",
            values={"file": file, "expected": said, "found": found},
        )


def _values(rows: Sequence[Mapping[str, Any]], file: str) -> Table:
    found: list[tuple[Any, ...]] = []
    for row in rows:
        area = row["municipality"] if "municipality" in row else row["ou"]
        for each in row["values"]:
            value, status = as_text(each["value"]), as_text(each.get("status"))
            # A value that is not there is told by its status; one that is there keeps it beside.
            gender = as_text(each.get("gender")) or "T"
            shown = value or status
            about = (as_text(row["kpi"]), as_text(area), as_text(row["period"]))
            # The oldest description of the service writes F where the service itself writes K.
            found.append((*about, {"F": "K"}.get(gender, gender), shown, status, as_text(each.get("count"))))
    check_shape(file, len(found), len(_COLUMNS))
    columns = [cleaned(column) for column in zip(*found, strict=True)]
    layout = Layout(unit="municipality", period="period", indicator="kpi", by=("gender",), n=None)
    return _table(_COLUMNS, columns, file, Known(layout=layout, labels={"gender": GENDERS}))


def _list(rows: Sequence[Mapping[str, Any]], file: str) -> Table:
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    check_shape(file, len(rows), len(names))
    columns = [cleaned([_flat(row.get(name)) for row in rows]) for name in names]
    return _table(tuple(cleaned(names)), columns, file, Known())


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else as_text(value)


def _table(names: Sequence[str], columns: Sequence[list[str]], file: str, known: Known) -> Table:
    return Table(
        file=file,
        header=tuple(names),
        held=HeldCells(columns),
        rows=range(len(columns[0])),
        letters=tuple(range(len(names))),
        decimal=".",
        aside=Aside(),
        known=known,
        by_name=True,
    )


def group_faults(table: Table, units: Sequence[str]) -> list[Fault]:
    """Return a warning where values are those of a group: unweighted means of its members.

    Parameters
    ----------
    table : Table
        The values.
    units : sequence of str
        The areas in it.

    Returns
    -------
    list of Fault
        One at most.
    """
    groups = [unit for unit in units if unit.startswith("G") and unit[1:].isdigit()]
    if not groups:
        return []
    return [
        Fault(
            file=table.file,
            value=groups[0],
            problem="{value} is a group of municipalities: its values are unweighted means of its members.",
            mend="Compare with the members one by one, or say in the report that the mean is unweighted.",
            severity="warning",
        )
    ]
