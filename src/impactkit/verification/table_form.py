"""The form of a table that is fingerprinted: its columns' names, kinds, units and decimals."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from impactkit.errors import DataError, UsageError
from impactkit.provenance import canonical_json

Kind = Literal["text", "number", "bool", "date"]
MOST_DIGITS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnForm:
    """What is said of a column beside its cells.

    Parameters
    ----------
    name : str
        Its name in Unicode NFC.
    stored : str
        Its name as the table has it.
    kind : {"text", "number", "bool", "date"}
        What its cells are.
    unit : str, optional
        The unit or label its cells are to be read with, such as ``per cent``.
    decimals : int, optional
        Its numbers are rounded to so many decimals.
    """

    name: str
    stored: str
    kind: Kind
    unit: str | None = None
    decimals: int | None = None


def table_form(
    columns: Sequence[str],
    kinds: Mapping[str, Kind],
    *,
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
) -> tuple[ColumnForm, ...]:
    """Return the form of a table, its columns in the order of their names as UTF-8.

    Parameters
    ----------
    columns : sequence of str
        The table's columns.
    kinds : mapping of str to {"text", "number", "bool", "date"}
        The kind of every one.
    units : mapping of str to str, optional
        The unit of those that have one.
    decimals : mapping of str to int, optional
        Decimals, 0 to 15, of columns of numbers.

    Returns
    -------
    tuple of ColumnForm
        One for each column.

    Raises
    ------
    DataError
        If the columns are others than the kinds name, or two have the same name in NFC.
    UsageError
        If a kind, unit or number of decimals is none, or is given for a column that is not there.

    Examples
    --------
    >>> [column.name for column in table_form(["å", "b"], {"b": "number", "å": "text"})]
    ['b', 'å']
    """
    stored = _stored(columns, kinds)
    of_kind = {_nfc(name): _kind(name, kind) for name, kind in kinds.items()}
    in_unit = {_nfc(name): unit for name, unit in (units or {}).items()}
    to_decimals = {_nfc(name): places for name, places in (decimals or {}).items()}
    _refuse_strangers([*in_unit, *to_decimals], of_kind)
    return tuple(
        ColumnForm(
            name=name,
            stored=stored[name],
            kind=of_kind[name],
            unit=_unit(name, in_unit[name]) if name in in_unit else None,
            decimals=_decimals(name, to_decimals[name], of_kind[name]) if name in to_decimals else None,
        )
        for name in sorted(stored, key=lambda name: name.encode("utf-8"))
    )


def header(spec: str, form: Sequence[ColumnForm], rows: int) -> bytes:
    """Return the header of a table: its form and its number of rows as canonical JSON.

    Parameters
    ----------
    spec : str
        The specification it is written for.
    form : sequence of ColumnForm
        The columns in order.
    rows : int
        How many rows.

    Returns
    -------
    bytes
        Units and decimals stand in it only if a column has them.

    Examples
    --------
    >>> header("ikfp1", table_form(["a"], {"a": "number"}, units={"a": "kr"}), 2)
    b'{"columns":[["a","number"]],"rows":2,"spec":"ikfp1","units":{"a":"kr"}}'
    """
    said: dict[str, object] = {
        "spec": spec,
        "columns": [[column.name, column.kind] for column in form],
        "rows": rows,
    }
    units = {column.name: column.unit for column in form if column.unit is not None}
    decimals = {column.name: column.decimals for column in form if column.decimals is not None}
    if units:
        said["units"] = units
    if decimals:
        said["decimals"] = decimals
    return canonical_json(said)


def _stored(columns: Sequence[str], kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Return each column's name in the table by its name in NFC."""
    if not all(isinstance(name, str) for name in [*columns, *kinds]):
        raise _other_columns(columns, kinds)
    stored = {_nfc(name): name for name in columns}
    asked = {_nfc(name) for name in kinds}
    if not columns or len(stored) != len(columns) or len(asked) != len(kinds) or set(stored) != asked:
        raise _other_columns(columns, kinds)
    for name in stored:
        _refuse_unseen(name)
    return stored


def _other_columns(columns: Sequence[object], kinds: Mapping[str, Kind]) -> DataError:
    return DataError(
        "The columns {found} are not those with a kind: {expected}.",
        where="fingerprint",
        mend="Give every column one kind, and no two columns the same name.",
        values={"found": ", ".join(map(str, columns)), "expected": ", ".join(map(str, kinds))},
    )


def _refuse_unseen(name: str) -> None:
    if hides(name):
        raise DataError(
            "The name or unit {value} has space at an edge or characters that nobody can see.",
            where="fingerprint",
            mend="Remove space at the edges and characters nobody can see.",
            values={"value": ascii(name)},
        )


def hides(text: str) -> bool:
    """Return whether a text in NFC has space at an edge, or anything in it that nobody can see.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    bool
        True for control, format, private, unassigned and half characters, and separators of lines.

    Examples
    --------
    >>> hides("Norra Ängby"), hides(" Norra"), hides("Nor\u00adra")
    (False, True, True)
    """
    # What can be printed is in none of these categories; looking at every character is slow.
    if text.isprintable():
        return text != text.strip()
    return text != text.strip() or any(unicodedata.category(sign) in _UNSEEN for sign in text)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _kind(name: str, kind: Kind) -> Kind:
    if kind not in get_args(Kind):
        raise UsageError(
            "Kind {kind} of column {name} is unknown.",
            where="fingerprint",
            mend="Choose among {choices}.",
            values={"kind": str(kind), "name": name, "choices": ", ".join(get_args(Kind))},
        )
    return kind


def _unit(name: str, unit: str) -> str:
    if not isinstance(unit, str) or not unit:
        raise UsageError(
            "The unit of column {name} is {unit}, which is no text.",
            where="fingerprint",
            mend="Write the unit out, or leave the column out of the units.",
            values={"name": name, "unit": repr(unit)},
        )
    _refuse_unseen(_nfc(unit))
    return _nfc(unit)


def _decimals(name: str, places: int, kind: Kind) -> int:
    is_whole = isinstance(places, int) and not isinstance(places, bool)
    if kind != "number" or not is_whole or not 0 <= places <= MOST_DIGITS:
        raise UsageError(
            "Column {name} of kind {kind} cannot have {places} decimals.",
            where="fingerprint",
            mend="Give columns of numbers 0 to {most} decimals, and others none.",
            values={"name": name, "kind": kind, "places": repr(places), "most": MOST_DIGITS},
        )
    return places


def _refuse_strangers(named: Sequence[str], known: Mapping[str, Kind]) -> None:
    strangers = [name for name in named if name not in known]
    if strangers:
        raise UsageError(
            "There is no column {name} to have a unit or decimals.",
            where="fingerprint",
            mend="The columns are {columns}.",
            values={"name": strangers[0], "columns": ", ".join(known)},
        )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
