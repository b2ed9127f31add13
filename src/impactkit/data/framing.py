"""Rows of text from any source, made into a table or refused with every fault of their form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from impactkit.data.cleaning import cleaned
from impactkit.data.fault import Fault, refuse
from impactkit.data.headings import Headings, Span, find_headings, heading_names, is_note
from impactkit.data.numbers import DecimalMark
from impactkit.data.table import Aside, HeldCells, Table, column_letters
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


def table_of(
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int],
    *,
    origin: Origin,
    header: int | tuple[int, int] | None = None,
    spans: Sequence[Span] = (),
) -> Table:
    """Make a table of rows: titles above, one row of headings or two, the data, notes below.

    Rows and columns in which nothing stands are not part of the table. Titles and notes are kept beside it.

    Parameters
    ----------
    rows : sequence of sequences of str
        The cells' texts, row by row.
    numbers : sequence of int
        Each row's number in the file, counted from 1.
    origin : Origin
        Where the rows came from.
    header : int or (int, int), optional
        Number of the row with the headings, or of the first and last of several; found when left out.
    spans : sequence of Span
        Cells that are merged.

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
    # A workbook's texts are clean already.
    grid = list(map(list, rows)) if origin.sheet else [cleaned(row) for row in rows]
    headings = _headings_at(header, numbers, origin) if header else find_headings(grid, spans)
    if not headings.rows:
        raise _unfilled("The file is empty.", origin)
    names, levels = heading_names(grid, headings, spans)
    below = range(headings.rows[-1] + 1, len(grid))
    filled = [place for place in below if any(grid[place])]
    notes = _notes(grid, filled, width=sum(map(bool, names)))
    body = [place for place in filled if place not in notes]
    if not body:
        raise _unfilled("There are column headings but no rows of data.", origin)
    filled_down = _fill_down(grid, body, spans)
    counts = Counter(title=len(headings.titles), heading=len(headings.rows), note=len(notes))
    counts["blank"] = len(grid) - counts.total() - len(body)
    aside = Aside(
        titles=_lines(grid, headings.titles),
        notes=_lines(grid, notes),
        rows={kind: n for kind, n in counts.items() if n},
        filled_down=filled_down,
    )
    faults = _ragged([(numbers[place], grid[place]) for place in body], len(names), origin)
    return _assembled(
        [grid[place] for place in body],
        [numbers[place] for place in body],
        names=names,
        heading=_Heading(numbers[headings.rows[-1]], levels, aside, faults),
        origin=origin,
    )


@dataclass(frozen=True, slots=True)
class _Heading:
    """What is known of a table before its columns are made."""

    row: int
    levels: list[list[str]]
    aside: Aside
    faults: list[Fault]


def _assembled(
    body: Sequence[Sequence[str]],
    numbers: Sequence[int],
    *,
    names: list[str],
    heading: _Heading,
    origin: Origin,
) -> Table:
    width = max(len(names), max(map(len, body)))
    padded = [[*row, *[""] * (width - len(row))] if len(row) < width else row for row in body]
    columns = list(map(list, zip(*padded, strict=True)))
    headed = len(names)
    names = [*names, *[""] * (width - headed)]
    kept = [place for place, name in enumerate(names) if name or any(columns[place])]
    told = {place: names[place] for place in kept if place < headed}
    refuse([*heading.faults, *_headings(told, heading.row, origin)], DataError)
    return Table(
        file=origin.file,
        header=tuple(names[place] for place in kept),
        held=HeldCells([columns[place] for place in kept]),
        rows=tuple(numbers),
        letters=tuple(kept),
        sheet=origin.sheet,
        encoding=origin.encoding,
        separator=origin.separator,
        decimal=origin.decimal,
        levels={names[place]: heading.levels[place] for place in kept if len(heading.levels[0]) > 1},
        aside=heading.aside,
    )


def _headings_at(header: int | tuple[int, int], numbers: Sequence[int], origin: Origin) -> Headings:
    first, last = (header, header) if isinstance(header, int) else header
    rows = tuple(place for place, number in enumerate(numbers) if first <= number <= last)
    if not rows or first > last:
        raise DataError(
            "There is no row {row} to take the headings from.",
            where="{file}, sheet {sheet}" if origin.sheet else "{file}",
            mend="Say the number that the row has in the file, counted from 1.",
            values={"file": origin.file, "sheet": origin.sheet, "row": first},
        )
    return Headings(rows=rows, titles=tuple(range(rows[0])))


def _lines(grid: Sequence[Sequence[str]], places: Iterable[int]) -> tuple[str, ...]:
    return tuple(" ".join(filter(None, grid[place])) for place in places if any(grid[place]))


def _notes(grid: Sequence[Sequence[str]], filled: Sequence[int], *, width: int) -> set[int]:
    """Return the rows at the end that hold a text alone: after a blank row, or in the words of notes."""
    found: set[int] = set()
    if width < 2:
        return found
    for k in range(len(filled) - 1, 0, -1):
        place = filled[k]
        texts = [text for text in grid[place] if text]
        if len(texts) > 1:
            break
        found.add(place)
        if filled[k - 1] < place - 1:  # a blank row above: everything from here on is beside the table
            return found
    return {place for place in found if is_note(next(filter(None, grid[place])))}


def _fill_down(grid: list[list[str]], body: Sequence[int], spans: Sequence[Span]) -> int:
    """Give every cell of a merged range in the data its text, and return how many cells that was."""
    rows, filled = set(body), 0
    for span in spans:
        if not (span.top in rows and span.left < len(grid[span.top])):
            continue
        text = grid[span.top][span.left]
        for row in range(span.top, span.bottom + 1):
            if row not in rows or row == span.top:
                continue
            for column in range(span.left, min(span.right + 1, len(grid[row]))):
                grid[row][column] = text
                filled += 1
    return filled


def _unfilled(what: str, origin: Origin) -> DataError:
    return DataError(
        what,
        where="{file}, sheet {sheet}" if origin.sheet else "{file}",
        mend="Fill in a row of column headings and at least one row of data.",
        values={"file": origin.file, "sheet": origin.sheet},
    )


def _ragged(rows: Sequence[tuple[int, Sequence[str]]], width: int, origin: Origin) -> list[Fault]:
    uneven = [
        (number, row) for number, row in rows if len(row) != width and (len(row) < width or any(row[width:]))
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
