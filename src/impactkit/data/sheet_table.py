"""A sheet as a table: quickly where it is headings and full rows, else with all that stands around them."""

from __future__ import annotations

from impactkit.data.framing import Origin, table_of
from impactkit.data.headings import find_headings
from impactkit.data.raw_cells import Cell, RawCells, texts_of
from impactkit.data.source import Header
from impactkit.data.table import Aside, Table
from impactkit.data.workbook import Sheet

_HEAD = 100
# Below this the quick way gains nothing that anybody notices.
_SMALL = 1_000


def sheet_table(sheet: Sheet, *, file: str, header: Header) -> Table:
    """Return the table of a sheet.

    Parameters
    ----------
    sheet : Sheet
        Its columns.
    file : str
        Name of the workbook.
    header : int or (int, int), optional
        The row with the headings, or the first and last of several.

    Returns
    -------
    Table
        With decimal points wherever a cell held a number.

    Raises
    ------
    DataError
        If its rows make no table.
    """
    origin = Origin(file=file, sheet=sheet.name, decimal=".")
    n = len(sheet.columns[0]) if sheet.columns else 0
    if n > _SMALL and header is None and not sheet.spans and (table := _regular(sheet, origin, n)):
        return table
    texts = [texts_of(column) for column in sheet.columns]
    rows = list(map(list, zip(*texts, strict=True)))
    return table_of(rows, range(1, n + 1), origin=origin, header=header, spans=sheet.spans)


def _regular(sheet: Sheet, origin: Origin, n: int) -> Table | None:
    """Return the table of a sheet with one row of headings and full rows to its very end; else None."""
    head = list(map(list, zip(*(texts_of(column[:_HEAD]) for column in sheet.columns), strict=True)))
    headings = find_headings(head, ())
    if len(headings.rows) != 1:
        return None
    place = headings.rows[0]
    names = head[place]
    if not all(names) or len(set(names)) < len(names):
        return None
    columns = [column[place + 1 :] for column in sheet.columns]
    # A first column without a gap: no row is blank. Another text on the last row: it is no note.
    last = [column[-1] for column in columns[1:]]
    if not all(map(_holds, columns[0])) or (last and not any(map(_holds, last))):
        return None
    counts = {"title": len(headings.titles), "heading": 1, "blank": place - len(headings.titles)}
    titles = tuple(" ".join(filter(None, head[title])) for title in headings.titles)
    return Table(
        file=origin.file,
        header=tuple(names),
        held=RawCells(columns),
        rows=range(place + 2, n + 1),
        letters=tuple(range(len(names))),
        sheet=origin.sheet,
        decimal=".",
        aside=Aside(titles=titles, rows={kind: count for kind, count in counts.items() if count}),
    )


def _holds(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())
