"""The commitment ``ikcommitment1``: it ties somebody to rows that stay at home, and to their number."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, StrictInt

from impactkit.errors import UsageError
from impactkit.plans.roster import Digest
from impactkit.provenance import canonical_json
from impactkit.schema import Written
from impactkit.verification import merkle
from impactkit.verification.cells import joined
from impactkit.verification.fingerprint import LongNumbers, fingerprint_of_leaves, refuses
from impactkit.verification.keyed_hash import digest_with
from impactkit.verification.row_digests import eager, row_digests, slices
from impactkit.verification.table_form import ColumnForm, Kind, header, table_form

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoFrame

SPEC: Literal["ikcommitment1"] = "ikcommitment1"
_LEAF, _TABLE = b"\x00", b"\x02"
_SALTS = b"ikcommitment1 salt"


class CommittedColumn(Written):
    """What a commitment says of a column.

    Parameters
    ----------
    name : str
        Its name in Unicode NFC.
    kind : {"text", "number", "bool", "date"}
        What its cells are.
    unit : str, optional
        The unit its cells are read with.
    decimals : int, optional
        Decimals to which its numbers were rounded.
    """

    name: str
    kind: Kind
    unit: str | None = None
    decimals: StrictInt | None = None


class Commitment(Written):
    """What somebody is tied to who keeps the rows at home.

    Parameters
    ----------
    spec : "ikcommitment1"
        The form.
    columns : tuple of CommittedColumn
        In the order of their names as UTF-8.
    rows : int
        How many rows.
    fingerprint : str
        ``ikfp1`` of the rows with the key that stays at home: whoever has key and rows can show that these
        are the rows.
    root : str
        The digest of columns, number of rows and the tree over the salted rows, so that single rows can be
        shown.

    Notes
    -----
    It tells the columns and the number of rows, and nothing of what stands in them: every digest in it hangs
    on a key of 256 random bits.
    """

    spec: Literal["ikcommitment1"] = SPEC
    columns: Annotated[tuple[CommittedColumn, ...], Field(min_length=1)]
    rows: Annotated[StrictInt, Field(ge=0)]
    fingerprint: Digest
    root: Digest

    @property
    def form(self) -> tuple[ColumnForm, ...]:
        """The columns as cells are written with."""
        return tuple(ColumnForm(stored=column.name, **column.model_dump()) for column in self.columns)

    def root_over(self, tree_root: bytes) -> str:
        """Return the root that the top of a tree of rows gives together with the columns and their number."""
        return _root(self.form, self.rows, tree_root)

    def to_bytes(self) -> bytes:
        """Return the commitment as it is written: canonical JSON."""
        return canonical_json(self.model_dump(mode="json", exclude_none=True))


def commit(
    frame: IntoFrame,
    kinds: Mapping[str, Kind],
    *,
    key: bytes,
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
    long_numbers: LongNumbers = "round",
) -> Commitment:
    """Return the commitment to a table's rows.

    Parameters
    ----------
    frame : DataFrame
        The rows; see `fingerprint`.
    kinds : mapping of str to {"text", "number", "bool", "date"}
        The kind of every column.
    key : bytes
        32 secret bytes that stay at home; see `impactkit.plans.project_key.read_key`. Once it is lost, no row
        can be shown any more.
    units, decimals, long_numbers : optional
        As for `fingerprint`.

    Returns
    -------
    Commitment
        The same for the same rows and key, whatever their order.

    Raises
    ------
    DataError, UsageError
        As for `fingerprint`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"who": ["a", "b"], "y": [1, 2]})
    >>> commit(frame, {"who": "text", "y": "number"}, key=bytes(range(32))).rows
    2
    """
    table = eager(frame)
    form = table_form(table.columns, kinds, units=units, decimals=decimals)
    return committed_rows(table, form, key=key, refuse_long=refuses(long_numbers)).commitment


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedRows:
    """The rows behind a commitment, with what is needed to show some of them.

    Parameters
    ----------
    commitment : Commitment
        What was handed over.
    tree : list of bytes
        Every level over the salted rows.
    order : ndarray of int, shape (n,)
        Which row of the table is at each place.
    salts : bytes
        The key that every place's salt is made with.
    """

    commitment: Commitment
    tree: list[bytes]
    order: npt.NDArray[np.intp]
    salts: bytes

    def salt(self, place: int) -> bytes:
        """Return the salt of a place."""
        return _salt(self.salts, place)


def committed_rows(
    table: nw.DataFrame[Any], form: Sequence[ColumnForm], *, key: bytes, refuse_long: bool = False
) -> CommittedRows:
    """Return the rows behind a commitment.

    Parameters
    ----------
    table : narwhals DataFrame
        The rows.
    form : sequence of ColumnForm
        Its columns.
    key : bytes
        32 secret bytes.
    refuse_long : bool
        Whether numbers of more than 15 significant digits are refused.

    Returns
    -------
    CommittedRows
        Rows stand in the order of their keyed digests, which tells nobody without the key anything.

    Raises
    ------
    DataError
        If a cell is not of its column's kind.
    UsageError
        If the key has another length than 32 bytes.
    """
    if key is None:
        raise UsageError(
            "A commitment needs a key: without one, whoever guesses a row can see that the guess is right.",
            where="key",
            mend="Make one with new_key, once for the project, and read it from its file with read_key.",
        )
    digest = digest_with(key)
    digests = row_digests(table, form, digest=digest, refuse_long=refuse_long)
    order = np.argsort(np.frombuffer(digests, dtype=f"S{merkle.SIZE}"), kind="stable")
    whole = fingerprint_of_leaves(form, digests, digest=digest)
    # Another table has other salts, so that a row shown of one tells nothing of the other.
    salts = digest(_SALTS + bytes.fromhex(whole))
    tree = merkle.levels(_leaves(table, form, order=order, salts=salts))
    columns = tuple(
        CommittedColumn(name=one.name, kind=one.kind, unit=one.unit, decimals=one.decimals) for one in form
    )
    made = Commitment(
        columns=columns, rows=len(order), fingerprint=whole, root=_root(form, len(order), tree[-1])
    )
    return CommittedRows(commitment=made, tree=tree, order=order, salts=salts)


def leaf(salt: bytes, cells: bytes) -> bytes:
    """Return the leaf of a row.

    Parameters
    ----------
    salt : bytes
        32 bytes.
    cells : bytes
        The row's cells in the order of the columns.

    Returns
    -------
    bytes
        32 bytes: the SHA-256 of 00, salt and cells.

    Examples
    --------
    >>> len(leaf(bytes(32), b""))
    32
    """
    return hashlib.sha256(_LEAF + salt + cells).digest()


def _root(form: Sequence[ColumnForm], rows: int, tree_root: bytes) -> str:
    head = header(SPEC, form, rows)
    return hashlib.sha256(_TABLE + len(head).to_bytes(8, "big") + head + tree_root).hexdigest()


def _leaves(
    table: nw.DataFrame[Any], form: Sequence[ColumnForm], *, order: npt.NDArray[np.intp], salts: bytes
) -> bytes:
    places = np.empty(len(order), dtype=np.intp)
    places[order] = np.arange(len(order))
    found = np.empty(len(order), dtype=f"V{merkle.SIZE}")
    for row, cells in enumerate(_rows(table, form)):
        place = int(places[row])
        found[place] = leaf(_salt(salts, place), cells)
    return found.tobytes()


def _rows(table: nw.DataFrame[Any], form: Sequence[ColumnForm]) -> Iterator[bytes]:
    for columns in slices(table, form):
        yield from joined(columns)


def _salt(salts: bytes, place: int) -> bytes:
    return hmac.digest(salts, place.to_bytes(8, "big"), "sha256")
