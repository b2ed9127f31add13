"""One thing wrong with one cell of a table, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from impactkit.errors import ImpactkitError, Trouble, Value
from impactkit.wording import Facts, Message, Shown, current_language, how_to_mend, one_line, what_is_wrong
from impactkit.wording.card import Row
from impactkit.wording.message import where_it_is

MOST_ALIKE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Shown):
    """One thing wrong with a table: which cell, what it holds, and how to mend it.

    Parameters
    ----------
    file : str
        Name of the file.
    cell : str
        Spreadsheet address (``A3``, ``Blad1!C14``), empty when the fault is not in one cell.
    row : int or None
        Row of the sheet or line of the file, counted from 1.
    column : str
        Heading of the column, empty when the fault is not in one column.
    value : str
        What the cell holds.
    problem, mend : str
        English templates. They may name ``{cell}``, ``{row}``, ``{column}``, ``{value}`` and `details`.
    details : mapping of str to str, int or float
        What else the templates name.
    severity : {"error", "warning"}
        Whether the table cannot be used as it stands, or can but should be looked at.
    count : int
        How many cells it is about: more than one when alike faults are told as a number.

    Examples
    --------
    >>> fault = Fault(
    ...     file="a.csv", cell="B3", value="tolv", problem="{value} is no number.", mend="Mend it."
    ... )
    >>> fault.trouble().lines()
    ['tolv is no number.', '  Where: a.csv, cell B3', '  Mend:  Mend it.']
    """

    file: str
    cell: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    problem: str
    mend: str
    details: Mapping[str, Value] = field(default_factory=dict)
    severity: Literal["error", "warning"] = "error"
    count: int = 1

    def __repr__(self) -> str:
        place = self.cell or (f"row {self.row}" if self.row else "")
        return one_line(
            "Fault", repr(self.file), place, repr(self.value) if self.value else "", self.severity
        )

    def _facts(self) -> Facts:
        trouble, language = self.trouble(), current_language()
        rows: list[Row] = [
            (Message("shown.fault.problem"), what_is_wrong(trouble, language)),
            (Message("shown.fault.place"), where_it_is(trouble, language)),
            (Message("shown.fault.mend"), how_to_mend(trouble, language)),
        ]
        if self.value:
            rows.append((Message("shown.fault.value"), self.value))
        if self.count > 1:
            rows.append((Message("shown.fault.count"), str(self.count)))
        return Facts(title=Message(f"shown.fault.title.{self.severity}", {"file": self.file}), rows=rows)

    def trouble(self) -> Trouble:
        """Return the fault as a trouble an error can report."""
        values: dict[str, Value] = {
            "count": self.count,
            **self.details,
            "file": self.file,
            "cell": self.cell,
            "row": self.row or 0,
            "column": self.column,
            "value": self.value,
        }
        return Trouble(self.problem, self._where(), self.mend, values)

    def _where(self) -> str:
        if self.cell:
            return "{file}, cell {cell}"
        if self.count > 1 and "first" in self.details:
            return "{file}, {first} to {last}"
        return "{file}" if self.row is None else "{file}, row {row}"


def troubles_of(faults: Iterable[Fault]) -> Sequence[Trouble]:
    """Return the faults as troubles, with those beyond the first 20 alike told as a count.

    Parameters
    ----------
    faults : iterable of Fault
        Faults in the order they should be told.

    Returns
    -------
    sequence of Trouble
        At most 20, and one that counts the rest, for each problem in each column.

    Examples
    --------
    >>> fault = Fault(file="a.csv", column="y", problem="Empty.", mend="Fill it.")
    >>> [trouble.lines()[0] for trouble in troubles_of([fault] * 25)][-2:]
    ['Empty.', '5 more cells of column y have the same fault.']
    """
    alike: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        alike.setdefault((fault.problem, fault.column), []).append(fault)
    told: list[Trouble] = []
    for group in alike.values():
        told += [fault.trouble() for fault in group[:MOST_ALIKE]]
        if rest := group[MOST_ALIKE:]:
            told.append(_count_of(rest))
    return told


def _count_of(rest: Sequence[Fault]) -> Trouble:
    first, last = rest[0], rest[-1]
    values: dict[str, Value] = {
        "count": len(rest),
        "column": first.column,
        "file": first.file,
        "first": first.cell or str(first.row),
        "last": last.cell or str(last.row),
    }
    what = "{count} more cells of column {column} have the same fault."
    if not first.column:
        what = "{count} more have the same fault."
    where = "{file}" if first.row is None else "{file}, {first} to {last}"
    return Trouble(what, where, "Mend them in the same way.", values)


def refuse(faults: Sequence[Fault], error: type[ImpactkitError]) -> None:
    """Raise one error that tells every fault; do nothing when there is none.

    Parameters
    ----------
    faults : sequence of Fault
        The faults found.
    error : type of ImpactkitError
        The error to raise.

    Raises
    ------
    ImpactkitError
        Of the given type, if there is at least one fault.
    """
    if faults:
        raise error.of(troubles_of(faults))
