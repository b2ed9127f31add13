"""A table of text, ready to be written in any form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of text; the first cell of a row names the row.

    Parameters
    ----------
    caption : str
        What it shows.
    header : tuple of str
        One text a column.
    rows : tuple of tuple of str
        As many texts a row as there are columns.
    numeric : bool
        Whether every column after the first holds numbers.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: bool = False
