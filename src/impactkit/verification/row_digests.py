"""The digest of every row of a table, written some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from impactkit.errors import DataError
from impactkit.verification.cells import cells, joined
from impactkit.verification.keyed_hash import HashFunction
from impactkit.verification.table_form import ColumnForm

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoFrame

_ROW = b"\x00"
#: Rows written at a time, so that memory does not grow with the table.
_ROWS = 2**15


def eager(frame: IntoFrame) -> nw.DataFrame[Any]:
    """Return any table as narwhals sees it, fetched if it was only asked for.

    Parameters
    ----------
    frame : DataFrame
        A table, or a query that gives one.

    Returns
    -------
    narwhals DataFrame
        The table.

    Raises
    ------
    DataError
        If two columns have the same name.
    """
    import narwhals as nw

    try:
        table = nw.from_native(frame)
    except nw.exceptions.DuplicateError as error:
        raise DataError(
            "Two columns have the same name.",
            where="fingerprint",
            mend="Give every column one kind, and no two columns the same name.",
        ) from error
    return table.collect() if isinstance(table, nw.LazyFrame) else table


def row_digests(
    table: nw.DataFrame[Any], form: Sequence[ColumnForm], *, digest: HashFunction, refuse_long: bool
) -> bytes:
    """Return the digest of every row, one after another, in the table's order.

    Parameters
    ----------
    table : narwhals DataFrame
        The table.
    form : sequence of ColumnForm
        Its columns in order.
    digest : callable
        As `digest_with` gives it.
    refuse_long : bool
        Whether numbers of more than 15 significant digits are refused.

    Returns
    -------
    bytes
        32 bytes for each row.
    """
    leaves = bytearray()
    for columns in slices(table, form, refuse_long=refuse_long):
        leaves += leaves_of(joined(columns), digest)
    return bytes(leaves)


def leaves_of(rows: list[bytes], digest: HashFunction) -> bytes:
    """Return the digests of rows, one after another.

    Parameters
    ----------
    rows : list of bytes
        Each row's cells.
    digest : callable
        SHA-256, with a key or without.

    Returns
    -------
    bytes
        32 bytes for each row.
    """
    return b"".join([digest(_ROW + row) for row in rows])


def slices(
    table: nw.DataFrame[Any], form: Sequence[ColumnForm], *, refuse_long: bool = False
) -> Iterator[list[list[bytes]]]:
    """Give the cells of some rows at a time, column by column.

    Parameters
    ----------
    table : narwhals DataFrame
        The table.
    form : sequence of ColumnForm
        Its columns in order.
    refuse_long : bool
        Whether numbers of more than 15 significant digits are refused.

    Yields
    ------
    list of list of bytes
        For each column, the cells of these rows.
    """
    between = [cells(table.get_column(column.stored), column, refuse_long=refuse_long) for column in form]
    for first in range(0, len(table), _ROWS):
        stop = min(first + _ROWS, len(table))
        yield [column(first, stop) for column in between]
