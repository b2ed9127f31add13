"""Rows of text from any source, made into a table or refused with every fault of their form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from impactkit.data.fault import Fault, refuse
from impactkit.data.numbers import DecimalMark
from impactkit.data.table import Table, column_letters
from impactkit.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where rows came from and how they were read.

    Parameters
    ----------
    file : str
        Name of the file, without its folder.
    sheet : str
        Name of the sheet, empty for a file without sheets.
    encoding, separator : str
        How the text was read, empty for a workbook.
    decimal : {",", "."} or None
        The decimal mark, if the file itself settles it.
    """

    file: str
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    decimal: DecimalMark | None = None


def table_of(rows: Sequence[Sequence[str]], numbers: Sequence[int], *, origin: Origin) -> Table:
    """Make a table of rows, of which the first that holds anything is the heading.

    Rows and columns in which nothing stands are not part of the table.

    Parameters
    ----------
    rows : sequence of sequences of str
        The cells' texts, row by row.
    numbers : sequence of int
        Each row's number in the file, counted from 1.
    origin : Origin
        Where the rows came from.

    Returns
    -------
    Table
        The table.

    Raises
    ------
    DataError
        If there is no heading or no row below it, or a heading is missing or stands twice, or a row is longer
        or shorter than the heading. Every such fault is told.
    """
    filled = [(number, row) for number, row in zip(numbers, rows, strict=True) if any(map(str.strip, row))]
    if not filled:
        raise _unfilled("The file is empty.", origin)
    (heading_row, heading), body = filled[0], filled[1:]
    if not body:
        raise _unfilled("There are column headings but no rows of data.", origin)
    names, columns = _columns(heading, [row for _, row in body])
    faults = _ragged(body, len(heading), origin)
    kept = [place for place, name in enumerate(names) if name or any(columns[place])]
    headings = {place: names[place] for place in kept if place < len(heading)}
    faults += _headings(headings, heading_row, origin)
    refuse(faults, DataError)
    index = pd.Index([number for number, _ in body], name="row")
    return Table(
        file=origin.file,
        header=tuple(names[place] for place in kept),
        cells=pd.DataFrame({names[place]: columns[place] for place in kept}, index=index, dtype=object),
        letters=tuple(kept),
        sheet=origin.sheet,
        encoding=origin.encoding,
        separator=origin.separator,
        decimal=origin.decimal,
    )


def _columns(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """Return names and columns of equal length, rows that differ filled out with nothing."""
    width = max(len(heading), max(map(len, rows)))
    names = [name.strip() for name in heading] + [""] * (width - len(heading))
    if any(len(row) != width for row in rows):
        rows = [[*row, *[""] * (width - len(row))] for row in rows]
    return names, [list(map(str.strip, column)) for column in zip(*rows, strict=True)]


def _unfilled(what: str, origin: Origin) -> DataError:
    return DataError(
        what,
        where="{file}, sheet {sheet}" if origin.sheet else "{file}",
        mend="Fill in a row of column headings and at least one row of data.",
        values={"file": origin.file, "sheet": origin.sheet},
    )


def _ragged(rows: Sequence[tuple[int, Sequence[str]]], width: int, origin: Origin) -> list[Fault]:
    uneven = [
        (number, row)
        for number, row in rows
        if len(row) != width and (len(row) < width or any(map(str.strip, row[width:])))
    ]
    return [
        Fault(
            file=origin.file,
            row=number,
            problem="Row {row} has {found} cells, but there are {expected} column headings.",
            mend="Give the row one cell for each heading; quote a text that holds the separator.",
            details={"found": len(row), "expected": width},
        )
        for number, row in uneven
    ]


def _headings(names: dict[int, str], row: int, origin: Origin) -> list[Fault]:
    sheet = f"{origin.sheet}!" if origin.sheet else ""
    times = Counter(names.values())
    seen: set[str] = set()
    faults = []
    for place, name in names.items():
        cell = f"{sheet}{column_letters(place)}{row}"
        if not name:
            problem, mend = (
                "A column with data has no heading.",
                "Write a heading in cell {cell}, or clear the column.",
            )
        elif times[name] > 1 and name in seen:
            problem, mend = (
                "The heading {value} stands more than once.",
                "Give each column a heading of its own.",
            )
        else:
            seen.add(name)
            continue
        faults.append(Fault(file=origin.file, cell=cell, row=row, value=name, problem=problem, mend=mend))
    return faults
