"""The fingerprint ``ikfp1``: what a typed table says, whatever file, order or library it came through."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from impactkit.errors import UsageError
from impactkit.verification import merkle
from impactkit.verification.cells import joined
from impactkit.verification.keyed_hash import HashFunction, digest_with
from impactkit.verification.row_digests import eager, leaves_of, row_digests, slices
from impactkit.verification.table_form import ColumnForm, Kind, header, table_form

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["SPEC", "Kind", "changed_columns", "column_digests", "fingerprint"]

SPEC = "ikfp1"
LongNumbers = Literal["round", "refuse"]
_TABLE = b"\x02"


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
        32 secret bytes; see `impactkit.plans.project_key.read_key`. Data about people need one: without it,
        whoever guesses a row can see that the guess is right.

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
            leaves[name] += leaves_of(joined([columns[place] for place in part]), digest)
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
