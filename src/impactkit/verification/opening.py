"""Showing single rows of a commitment: which they are is proved, and nothing is told of the others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr

from impactkit.errors import DataError, Trouble, UsageError, VerificationError
from impactkit.plans.roster import Digest
from impactkit.provenance import canonical_json
from impactkit.schema import Written
from impactkit.verification import merkle
from impactkit.verification.cells import MISSING, cell, cells, framed
from impactkit.verification.commitment import Commitment, committed_rows, leaf
from impactkit.verification.row_digests import eager
from impactkit.verification.table_form import ColumnForm, Kind, table_form

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

Value = StrictStr | StrictBool | None
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?(e[+-][0-9]{2,3})?", re.ASCII)


class OpenedRow(Written):
    """One row that is shown.

    Parameters
    ----------
    index : int
        Its place in the commitment, counted from 0.
    values : tuple of str, bool or None
        Its cells in the order of the commitment's columns: numbers as the fingerprint writes them, dates in
        ISO form, None for missing.
    salt : str
        The 32 random bytes that kept it from being guessed.
    path : tuple of str
        The digests that lead from it to the root.
    """

    index: Annotated[StrictInt, Field(ge=0)]
    values: tuple[Value, ...]
    salt: Digest
    path: tuple[Digest, ...]


class Opening(Written):
    """Rows that are shown, with what proves that they are those committed to.

    Parameters
    ----------
    spec : "ikopening1"
        The form.
    root : str
        The root of the commitment.
    rows : tuple of OpenedRow
        The rows.

    Notes
    -----
    It holds rows about people: it is looked at where they are kept, and does not go into a bundle.
    """

    spec: Literal["ikopening1"] = "ikopening1"
    root: Digest
    rows: tuple[OpenedRow, ...]

    def to_bytes(self) -> bytes:
        """Return the opening as it is written: canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))


def open_rows(
    frame: IntoFrame,
    kinds: Mapping[str, Kind],
    *,
    key: bytes,
    indices: Sequence[int],
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
) -> Opening:
    """Show some of the rows that a commitment was made to.

    Parameters
    ----------
    frame : DataFrame
        The rows that were committed to, in any order.
    kinds : mapping of str to {"text", "number", "bool", "date"}
        As they were then.
    key : bytes
        The key that was used then.
    indices : sequence of int
        The places that were picked; see `sample_rows`.
    units, decimals : mapping, optional
        As they were then.

    Returns
    -------
    Opening
        Rows in the order they were asked for.

    Raises
    ------
    UsageError
        If there is no such place.
    DataError
        If a cell is not of its column's kind.

    Examples
    --------
    >>> import pandas as pd
    >>> from impactkit.verification.commitment import commit
    >>> frame = pd.DataFrame({"who": ["a", "b"], "y": [1, 2]})
    >>> kinds, key = {"who": "text", "y": "number"}, bytes(range(32))
    >>> commitment = commit(frame, kinds, key=key)
    >>> shown = open_rows(frame, kinds, key=key, indices=[0])
    >>> check_opening(commitment, shown) == ({"who": "b", "y": "2"},)
    True
    """
    table = eager(frame)
    form = table_form(table.columns, kinds, units=units, decimals=decimals)
    held = committed_rows(table, form, key=key)
    rows = held.commitment.rows
    strangers = [index for index in indices if not 0 <= index < rows]
    if strangers:
        raise UsageError(
            "There is no row {index}; the rows are counted from 0 to {last}.",
            where="indices",
            mend="Pick rows with sample_rows, from the commitment that was handed over.",
            values={"index": strangers[0], "last": rows - 1},
        )
    columns = [cells(table.get_column(one.stored), one) for one in form]
    return Opening(
        root=held.commitment.root,
        rows=tuple(
            OpenedRow(
                index=index,
                values=tuple(
                    _shown(column(row, row + 1)[0][8:], one)
                    for column, one in zip(columns, form, strict=True)
                ),
                salt=held.salt(index).hex(),
                path=tuple(beside.hex() for beside in merkle.path(held.tree, index)),
            )
            for index, row in ((index, int(held.order[index])) for index in indices)
        ),
    )


def check_opening(
    commitment: Commitment, opening: Opening, *, asked: Sequence[int] | None = None
) -> tuple[dict[str, Value], ...]:
    """Check, without the key, that rows shown are those committed to.

    Parameters
    ----------
    commitment : Commitment
        What was handed over before the rows were picked.
    opening : Opening
        What is shown.
    asked : sequence of int, optional
        The places that were picked: each must be shown once, and no other.

    Returns
    -------
    tuple of dict
        Each row's values by column, to be held against the files it was made from.

    Raises
    ------
    VerificationError
        With every row that is another than the one committed to, left out, or not asked for.
    """
    troubles = [*_other_rows(commitment, opening, asked)]
    troubles += [_trouble(_OTHER_ROW, row.index) for row in opening.rows if not _leads(commitment, row)]
    if troubles:
        raise VerificationError.of(troubles)
    names = [column.name for column in commitment.columns]
    return tuple(dict(zip(names, row.values, strict=True)) for row in opening.rows)


def _other_rows(commitment: Commitment, opening: Opening, asked: Sequence[int] | None) -> list[Trouble]:
    shown = [row.index for row in opening.rows]
    found = []
    if opening.root != commitment.root:
        found.append(_trouble("The rows shown belong to another commitment.", 0))
    found += [
        _trouble("Row {index} is shown twice.", index)
        for index in sorted(set(shown))
        if shown.count(index) > 1
    ]
    if asked is not None:
        found += [
            _trouble("Row {index} was picked and is not shown.", one) for one in sorted({*asked} - {*shown})
        ]
        found += [
            _trouble("Row {index} is shown and was not picked.", one) for one in sorted({*shown} - {*asked})
        ]
    return found


_OTHER_ROW = "Row {index} is not the one that was committed to."


def _trouble(what: str, index: int) -> Trouble:
    return Trouble(
        what, "opening", "Ask for the rows again, from the data that were committed to.", {"index": index}
    )


def _leads(commitment: Commitment, row: OpenedRow) -> bool:
    form = commitment.form
    if len(row.values) != len(form):
        return False
    written = [_written(value, one) for value, one in zip(row.values, form, strict=True)]
    if any(one is None for one in written):
        return False
    content = b"".join(framed(one) for one in written if one is not None)
    found = merkle.root_of_path(
        leaf(bytes.fromhex(row.salt), content),
        row.index,
        n_leaves=commitment.rows,
        path=[bytes.fromhex(beside) for beside in row.path],
    )
    return found is not None and commitment.root_over(found) == commitment.root


def _shown(written: bytes, form: ColumnForm) -> str | bool | None:
    """Return what is shown of a cell."""
    if written == MISSING:
        return None
    if form.kind == "bool":
        return written == b"t"
    text = written.decode("utf-8")
    return text[1:] if form.kind == "number" else text


def _written(value: str | bool | None, form: ColumnForm) -> bytes | None:
    """Return the cell that a value is shown of, or None if no cell is shown so."""
    if value is None:
        return MISSING
    if form.kind == "number":
        is_number = isinstance(value, str) and _NUMBER.fullmatch(value)
        return b"n" + str(value).encode("ascii") if is_number else None
    try:
        told = date.fromisoformat(value) if form.kind == "date" and isinstance(value, str) else value
        written = cell(told, form)
    except (DataError, ValueError):
        return None
    return written if _shown(written, form) == value else None
