"""The fingerprint ``ikfp1``: what a typed table says, whatever file, order or library it came through."""

from __future__ import annotations

import datetime
import hashlib
import math
import unicodedata
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from impactkit.errors import DataError, UsageError
from impactkit.provenance import canonical_json

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

SPEC = "ikfp1"
Kind = Literal["text", "number", "bool", "date"]
_MISSING = b"\x00"
_EXACT = 2**53
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def fingerprint(frame: IntoDataFrame, kinds: Mapping[str, Kind]) -> str:
    """Return the fingerprint of a table.

    Parameters
    ----------
    frame : DataFrame
        pandas, polars or anything else narwhals knows.
    kinds : mapping of str to {"text", "number", "bool", "date"}
        The kind of every column. It comes from the roles, never from how a library stored the column.

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

    Notes
    -----
    A missing cell is the byte 00. A number is ``n`` and its text: whole numbers below 2**53 as integers,
    others with 15 significant digits. A date is ISO text, a truth value ``t`` or ``f``, a text is itself in
    Unicode NFC. A row is the SHA-256 of 00 and its cells in the order of the columns' UTF-8 names, each
    after its length in eight bytes. The sorted rows are the leaves of a Merkle tree as in RFC 6962, with 01
    before each pair; the fingerprint is the SHA-256 of 02, the header's length and the header, and the root.

    Examples
    --------
    >>> import pandas as pd
    >>> one = fingerprint(pd.DataFrame({"k": ["01", "02"], "y": [1, 2]}), {"k": "text", "y": "number"})
    >>> two = fingerprint(pd.DataFrame({"y": [2.0, 1.0], "k": ["02", "01"]}), {"k": "text", "y": "number"})
    >>> one == two
    True
    """
    import narwhals as nw

    table = nw.from_native(frame, eager_only=True)
    named = _named(table.columns, kinds)
    order = sorted(named, key=lambda name: name.encode("utf-8"))
    cells = []
    for name in order:
        column = table.get_column(named[name])
        if column.dtype == nw.Float32:
            raise _wrong(name, "single precision", "Use double precision; digits have been lost already.")
        cells.append(_column(name, column.to_list(), kinds[named[name]]))
    header = canonical_json(
        {"spec": SPEC, "columns": [[name, kinds[named[name]]] for name in order], "rows": len(table)}
    )
    root = _root(sorted(hashlib.sha256(b"\x00" + b"".join(row)).digest() for row in zip(*cells, strict=True)))
    return hashlib.sha256(b"\x02" + len(header).to_bytes(8, "big") + header + root).hexdigest()


def _named(columns: Sequence[str], kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Return each column's own name by its name in NFC."""
    named = {unicodedata.normalize("NFC", name): name for name in columns}
    if not columns or len(named) != len(columns) or set(columns) != set(kinds):
        raise DataError(
            "The columns {found} are not those with a kind: {expected}.",
            where="fingerprint",
            mend="Give every column one kind, and no two columns the same name.",
            values={"found": ", ".join(columns), "expected": ", ".join(kinds)},
        )
    return named


def _column(name: str, values: list[Any], kind: Kind) -> list[bytes]:
    """Return every cell with its length, each distinct value written once."""
    if kind not in _WRITERS:
        raise UsageError(
            "Kind {kind} of column {name} is unknown.",
            where="fingerprint",
            mend="Choose among {choices}.",
            values={"kind": str(kind), "name": name, "choices": ", ".join(_WRITERS)},
        )
    write = _WRITERS[kind]
    known: dict[tuple[type, Any], bytes] = {}
    cells = []
    for value in values:
        key = (value.__class__, value)
        cell = known.get(key)
        if cell is None:
            written = _MISSING if _is_missing(value) else write(name, value)
            cell = known[key] = len(written).to_bytes(8, "big") + written
        cells.append(cell)
    return cells


def _is_missing(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)


def _number(name: str, value: Any) -> bytes:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _wrong(name, repr(value), "Make it a column of numbers.")
    number = float(value)
    if math.isinf(number):
        raise _wrong(name, repr(value), "Leave the cell empty if no number was recorded.")
    if number.is_integer() and abs(number) < _EXACT:
        return b"n%d" % int(number)
    return b"n" + format(number, ".15g").encode("ascii")


def _text(name: str, value: Any) -> bytes:
    if not isinstance(value, str):
        raise _wrong(name, repr(value), "Codes and names are text: read the column as text.")
    text = unicodedata.normalize("NFC", value)
    if text != text.strip() or any(unicodedata.category(sign) in _FORBIDDEN for sign in text):
        raise _wrong(name, repr(value), "Remove space at the edges and characters nobody can see.")
    return text.encode("utf-8")


def _bool(name: str, value: Any) -> bytes:
    if not isinstance(value, bool):
        raise _wrong(name, repr(value), "Make it a column of true and false.")
    return b"t" if value else b"f"


def _date(name: str, value: Any) -> bytes:
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None or value.time() != datetime.time():
            raise _wrong(name, str(value), "A date has no time of day and no time zone.")
        value = value.date()
    if not isinstance(value, datetime.date):
        raise _wrong(name, repr(value), "Make it a column of dates.")
    return value.isoformat().encode("ascii")


_WRITERS = {"text": _text, "number": _number, "bool": _bool, "date": _date}


def _wrong(name: str, value: str, mend: str) -> DataError:
    return DataError(
        "Column {column} holds {value}, which a fingerprint cannot hold.",
        where="{column}",
        mend=mend,
        values={"column": name, "value": value},
    )


def _root(level: list[bytes]) -> bytes:
    """Return the root over leaves; an odd one out is carried up, which gives the tree of RFC 6962."""
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = above + ([level[-1]] if len(level) % 2 else [])
    return level[0]
