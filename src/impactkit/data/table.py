"""A table as it stands in a file: text in cells that know where they are."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from impactkit.data.fault import Fault
from impactkit.data.numbers import DecimalMark
from impactkit.errors import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it stands in a file, nothing interpreted.

    Parameters
    ----------
    file : str
        Name of the file, without its folder.
    header : tuple of str
        The columns' headings, all different.
    cells : DataFrame of str, shape (n_rows, n_columns)
        The texts, stripped of space at both ends; an empty text where nothing stands. The index holds each
        row's number in the file, counted from 1.
    letters : tuple of int
        Position of each column in the file, counted from 0 (A).
    sheet : str
        Name of the sheet, empty for a file without sheets.
    encoding, separator : str
        How the text was read, empty for a workbook.
    decimal : {",", "."} or None
        The decimal mark, if the file itself settles it.
    """

    file: str
    header: tuple[str, ...]
    cells: pd.DataFrame
    letters: tuple[int, ...]
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    decimal: DecimalMark | None = None

    def address(self, position: int, column: str) -> str:
        """Return the spreadsheet address of a cell: the row counted from 0 among the table's own."""
        row = self.cells.index[position]
        place = f"{column_letters(self.letters[self.header.index(column)])}{row}"
        return f"{self.sheet}!{place}" if self.sheet else place

    def fault(self, position: int, column: str, *, problem: str, mend: str, **details: Value) -> Fault:
        """Return a fault in one cell: the row counted from 0 among the table's own."""
        return Fault(
            file=self.file,
            cell=self.address(position, column),
            row=int(self.cells.index[position]),
            column=column,
            value=str(self.cells[column].iat[position]),
            problem=problem,
            mend=mend,
            details=details,
        )


def column_letters(position: int) -> str:
    """Return the letters a spreadsheet gives a column.

    Parameters
    ----------
    position : int
        Counted from 0.

    Returns
    -------
    str
        ``A`` for 0, ``Z`` for 25, ``AA`` for 26.

    Examples
    --------
    >>> column_letters(0), column_letters(27), column_letters(702)
    ('A', 'AB', 'AAA')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
