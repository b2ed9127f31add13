"""Tables with the same columns, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from impactkit.data.table import CodedCells, Known, Table
from impactkit.data.texts import joined
from impactkit.errors import DataError


def stacked(tables: Sequence[Table]) -> Table:
    """Return tables of one source as one.

    Parameters
    ----------
    tables : sequence of Table
        With the same columns.

    Returns
    -------
    Table
        Rows counted through; labels of all.

    Raises
    ------
    DataError
        If the columns differ.
    """
    first = tables[0]
    if len(tables) == 1:
        return first
    if any(table.header != first.header for table in tables):
        raise DataError(
            "The answers have different columns.",
            where="{file}",
            mend="Read them one by one.",
            values={"file": first.file},
        )
    labels: dict[str, dict[str, str]] = {}
    for table in tables:
        for column, told in table.known.labels.items():
            labels.setdefault(column, {}).update(told)
    known = first.known
    return replace(
        first,
        held=CodedCells([joined([table.coded(name) for table in tables]) for name in first.header]),
        rows=range(sum(map(len, tables))),
        known=Known(layout=known.layout, marks=known.marks, labels=labels, titles=known.titles),
    )
