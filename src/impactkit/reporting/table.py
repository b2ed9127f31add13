"""A table of text, ready to be written in any form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from impactkit.evidence.verdict import Status

Mark = Status | Literal["passed", "failed", "informative"]

SYMBOLS: dict[Mark, str] = {
    "supported": "✓",
    "partly_supported": "◐",
    "inconclusive": "?",
    "contradicted": "✕",
    "not_assessable": "–",
    "passed": "✓",
    "failed": "✕",
    "informative": "i",
}
"""The sign that stands beside a mark's words, so that colour never says anything alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: what is told there, and what is behind it.

    Parameters
    ----------
    text : str
        What is told, in the table's language.
    value : float, optional
        The number behind the text, rounded as it is told, where the text is one number: a spreadsheet gets it
        as a number.
    decimals : int
        Decimals of the number as told.
    signed : bool
        Whether a positive number carries its sign.
    detail : str
        What is told below the text, more quietly.
    mark : str, optional
        A verdict's status or a check's state.
    to : str
        The id of the section that the cell is about; empty when it is about none.

    Examples
    --------
    >>> Cell(text="Supported", mark="supported").told
    '✓ Supported'
    """

    text: str
    value: float | None = None
    decimals: int = 0
    signed: bool = False
    detail: str = ""
    mark: Mark | None = None
    to: str = ""

    @property
    def told(self) -> str:
        """The text with its sign before and its detail after, in one line."""
        sign = f"{SYMBOLS[self.mark]} " if self.mark else ""
        return sign + self.text + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of text; the first cell of a row names the row.

    Parameters
    ----------
    caption : str
        What it shows.
    header : tuple of str
        One text a column.
    rows : tuple of tuple of str or Cell
        As many cells a row as there are columns.
    numeric : bool
        Whether every column after the first holds numbers.
    notes : tuple of str
        What a reader must know to read it; stands below.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    numeric: bool = False
    notes: tuple[str, ...] = ()

    @property
    def text_rows(self) -> tuple[tuple[str, ...], ...]:
        """The rows as text in one line a cell."""
        return tuple(tuple(told(cell) for cell in row) for row in self.rows)


def told(cell: str | Cell) -> str:
    """Return a cell as text in one line.

    Parameters
    ----------
    cell : str or Cell
        The cell.

    Returns
    -------
    str
        With its sign and its detail.
    """
    return cell if isinstance(cell, str) else cell.told
