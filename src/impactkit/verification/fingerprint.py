"""The fingerprint ``ikfp1``: what a typed table says, whatever file, order or library it came through."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from impactkit.errors import DataError, UsageError
from impactkit.verification import merkle
from impactkit.verification.cells import cells, joined
from impactkit.verification.table_form import ColumnForm, Kind, header, table_form

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoFrame

__all__ = ["SPEC", "Kind", "changed_columns", "column_digests", "fingerprint", "read_key"]

SPEC = "ikfp1"
LongNumbers = Literal["round", "refuse"]
HashFunction = Callable[[bytes], bytes]
_ROW, _TABLE = b"\x00", b"\x02"
_KEY_SIZE = 32
#: Rows written at a time, so that memory does not grow with the table.
_ROWS = 2**15


def fingerprint(
    frame: IntoFrame,
    kinds: Mapping[str, Kind],
    *,
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
    long_numbers: LongNumbers = "round",
    key: bytes | None = None,
) -> str:
    """Return the fingerprint of a table.

    Parameters
    ----------
    frame : DataFrame
        pandas, polars, pyarrow, a duckdb relation, or anything else narwhals knows.
    kinds : mapping of str to {"text", "number", "bool", "date"}
        The kind of every column. It comes from the roles, never from how a library stored the column.
    units : mapping of str to str, optional
        The unit or label that a column's cells are read with. Another unit gives another fingerprint.
    decimals : mapping of str to int, optional
        Decimals to which a column of numbers is rounded.
    long_numbers : {"round", "refuse"}
        What is done with numbers of more than 15 significant digits. Rounded, they agree wherever they are
        stored exactly, but readers of CSV files and workbooks may change the 17th digit, which may change
        the 15th. Refuse them where the fingerprint is to hold for another copy of the data.
    key : bytes, optional
        32 secret bytes; see `read_key`. Data about people need one: without it, whoever guesses a row can
        see that the guess is right.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    DataError
        If the columns are others than the kinds name, or a cell is not of its column's kind: a code column
        read as numbers, an infinite number, a single-precision number, text with space at an edge or with
        characters nobody sees, a date with a time of day.
    UsageError
        If a kind, unit, number of decimals or key is none.

    Notes
    -----
    A missing cell is the byte 00. A number is ``n`` and its text: whole numbers below 2**53 as integers,
    others with 15 significant digits. A date is ISO text, a truth value ``t`` or ``f``, a text is itself in
    Unicode NFC. A row is the SHA-256 of 00 and its cells in the order of the columns' UTF-8 names, each
    after its length in eight bytes. The sorted rows are the leaves of a Merkle tree as in RFC 6962, with 01
    before each pair; the fingerprint is the SHA-256 of 02, the header's length and the header, and the root.
    With a key, HMAC-SHA-256 takes the place of SHA-256 for rows and for the fingerprint itself. The whole
    specification, with test vectors, is in the reference.

    Examples
    --------
    >>> import pandas as pd
    >>> one = fingerprint(pd.DataFrame({"k": ["01", "02"], "y": [1, 2]}), {"k": "text", "y": "number"})
    >>> two = fingerprint(pd.DataFrame({"y": [2.0, 1.0], "k": ["02", "01"]}), {"k": "text", "y": "number"})
    >>> one == two
    True
    """
    table = eager(frame)
    form = table_form(table.columns, kinds, units=units, decimals=decimals)
    digest = digest_with(key)
    leaves = row_digests(table, form, digest=digest, refuse_long=refuses(long_numbers))
    return fingerprint_of_leaves(form, leaves, digest=digest)


def column_digests(
    frame: IntoFrame,
    kinds: Mapping[str, Kind],
    *,
    key_columns: Sequence[str] = (),
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
    key: bytes | None = None,
) -> dict[str, str]:
    """Return a digest of every column beside the columns that say which row is which.

    Parameters
    ----------
    frame : DataFrame
        As for `fingerprint`.
    kinds : mapping of str to {"text", "number", "bool", "date"}
        The kind of every column.
    key_columns : sequence of str
        The columns that tell rows apart, such as unit and year.
    units, decimals : mapping, optional
        As for `fingerprint`.
    key : bytes, optional
        32 secret bytes.

    Returns
    -------
    dict of str to str
        By column, in the order of their names as UTF-8: the fingerprint of the key columns and that column
        alone; for a key column that of itself alone.

    Raises
    ------
    DataError, UsageError
        As for `fingerprint`.

    Examples
    --------
    >>> import pandas as pd
    >>> kinds = {"k": "text", "x": "number", "y": "number"}
    >>> before = pd.DataFrame({"k": ["01", "02"], "x": [1, 2], "y": [3, 4]})
    >>> after = before.assign(y=[4, 3])
    >>> digests = [column_digests(frame, kinds, key_columns=["k"]) for frame in (before, after)]
    >>> changed_columns(*digests, key_columns=["k"])
    ('y',)
    """
    table = eager(frame)
    form = table_form(table.columns, kinds, units=units, decimals=decimals)
    keys = _keys(key_columns, form)
    digest = digest_with(key)
    parts = {column.name: _part(column, keys, form) for column in form}
    leaves = {name: bytearray() for name in parts}
    for columns in slices(table, form):
        for name, part in parts.items():
            leaves[name] += _leaves(joined([columns[place] for place in part]), digest)
    return {
        name: fingerprint_of_leaves([form[place] for place in part], bytes(leaves[name]), digest=digest)
        for name, part in parts.items()
    }


def changed_columns(
    before: Mapping[str, str], after: Mapping[str, str], *, key_columns: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the columns that differ between two tables, by their digests.

    Parameters
    ----------
    before, after : mapping of str to str
        What `column_digests` gave.
    key_columns : sequence of str
        The columns that tell rows apart.

    Returns
    -------
    tuple of str
        Columns that were changed, added or left out. Where a key column differs, the key columns that do
        and no others: rows have come, gone or changed names, so that nothing can be told of the rest.

    Examples
    --------
    >>> changed_columns({"k": "1", "y": "2"}, {"k": "3", "y": "4"}, key_columns=["k"])
    ('k',)
    """
    names = sorted(before.keys() | after.keys(), key=lambda name: name.encode("utf-8"))
    changed = tuple(name for name in names if before.get(name) != after.get(name))
    return tuple(name for name in changed if name in key_columns) or changed


def read_key(path: str | PathLike[str]) -> bytes:
    """Return the key in a file that `impactkit.new_key` wrote.

    Parameters
    ----------
    path : str or path-like
        The file. It stays at home.

    Returns
    -------
    bytes
        32 bytes.

    Raises
    ------
    UsageError
        If it cannot be read, or does not hold 64 hexadecimal digits.
    """
    try:
        text = Path(path).read_bytes().decode("ascii").strip()
        found = bytes.fromhex(text)
    except (OSError, ValueError):
        found = b""
    if len(found) != _KEY_SIZE:
        raise UsageError(
            "There is no key of 64 hexadecimal digits in {file}.",
            where="{file}",
            mend="Make one with new_key, once for the project.",
            values={"file": Path(path).name},
        )
    return found


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


def digest_with(key: bytes | None) -> HashFunction:
    """Return SHA-256, or HMAC-SHA-256 with a key.

    Parameters
    ----------
    key : bytes or None
        32 bytes.

    Returns
    -------
    callable
        Takes bytes and returns 32.

    Raises
    ------
    UsageError
        If the key has another length.

    Examples
    --------
    >>> digest_with(None)(b"").hex()[:8]
    'e3b0c442'
    """
    if key is None:
        return _sha256
    if not isinstance(key, bytes) or len(key) != _KEY_SIZE:
        raise UsageError(
            "A key has 32 secret bytes; this one has {n}.",
            where="key",
            mend="Make one with new_key, once for the project, and read it with read_key.",
            values={"n": len(key)},
        )
    return partial(_hmac, key)


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


def refuses(long_numbers: LongNumbers) -> bool:
    """Return whether numbers of more than 15 significant digits are refused.

    Parameters
    ----------
    long_numbers : {"round", "refuse"}
        What was asked for.

    Returns
    -------
    bool
        True for "refuse".

    Raises
    ------
    UsageError
        If it is neither.

    Examples
    --------
    >>> refuses("round")
    False
    """
    if long_numbers not in ("round", "refuse"):
        raise UsageError(
            "long_numbers = {value} is not one of the choices.",
            where="long_numbers",
            mend="Choose among {choices}.",
            values={"value": repr(long_numbers), "choices": "round, refuse"},
        )
    return long_numbers == "refuse"


def row_digests(
    table: nw.DataFrame[Any], form: Sequence[ColumnForm], *, digest: HashFunction, refuse_long: bool = False
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
        leaves += _leaves(joined(columns), digest)
    return bytes(leaves)


def fingerprint_of_leaves(form: Sequence[ColumnForm], leaves: bytes, *, digest: HashFunction) -> str:
    """Return the fingerprint of a table, by the digests of its rows.

    Parameters
    ----------
    form : sequence of ColumnForm
        Its columns in order.
    leaves : bytes
        The digest of every row, in any order.
    digest : callable
        As `digest_with` gives it.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    head = header(SPEC, form, len(leaves) // merkle.SIZE)
    root = merkle.root(merkle.sorted_leaves(leaves))
    return digest(_TABLE + len(head).to_bytes(8, "big") + head + root).hex()


def _leaves(rows: list[bytes], digest: HashFunction) -> bytes:
    return b"".join([digest(_ROW + row) for row in rows])


def _keys(key_columns: Sequence[str], form: Sequence[ColumnForm]) -> set[str]:
    known = [column.name for column in form]
    keys = {unicodedata.normalize("NFC", name) for name in key_columns}
    if not keys <= set(known):
        raise UsageError(
            "There is no column {name} to tell rows apart.",
            where="key_columns",
            mend="The columns are {columns}.",
            values={"name": min(keys - set(known)), "columns": ", ".join(known)},
        )
    return keys


def _part(column: ColumnForm, keys: set[str], form: Sequence[ColumnForm]) -> list[int]:
    """Return the places of the columns that a column's digest is made of."""
    wanted = {column.name} if column.name in keys else keys | {column.name}
    return [place for place, one in enumerate(form) if one.name in wanted]


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")
