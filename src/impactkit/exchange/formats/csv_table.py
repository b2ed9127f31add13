"""CSV that a Swedish Excel opens rightly: semicolons, UTF-8 with a mark, no cell that could be a formula."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from impactkit.errors import DataError
from impactkit.exchange.records import columns, flat, indicator_of, kind_of, nested
from impactkit.indicators import Catalogue
from impactkit.plans import Plan
from impactkit.wording.cells import bare_cell, csv_bytes

_KEYS = ("key", "kind", "value")


def write(what: Catalogue | Plan) -> bytes:
    """Return a catalogue as a table with one row an indicator, or a plan as one with one row a key.

    Parameters
    ----------
    what : Catalogue or Plan
        What to write.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark, semicolons between cells. Nested keys have points in their headings
        (``name.sv``); lists stand as JSON in one cell. A text that a spreadsheet could take for a formula
        begins with an apostrophe, which `read` removes.
    """
    return _plan(what) if isinstance(what, Plan) else _catalogue(what)


def read(content: bytes) -> Catalogue | Plan:
    """Return the catalogue or the plan that a table holds.

    Parameters
    ----------
    content : bytes
        What `write` wrote.

    Returns
    -------
    Catalogue or Plan
        Equal to what was written.

    Raises
    ------
    DataError
        If it is neither of the two tables.
    IndicatorError, PlanError
        With every fault of what it describes.
    """
    rows = _rows(content)
    header = tuple(rows[0])
    if header == _KEYS:
        return Plan.of(nested({key: _value(kind, bare_cell(text)) for key, kind, text in rows[1:]}))
    if "id" in header and set(header) <= set(columns()):
        return Catalogue(indicator_of(_record(dict(zip(header, row, strict=True)))) for row in rows[1:])
    raise _neither()


def _rows(content: bytes) -> list[list[str]]:
    """Return the rows of a table, all as long as its header."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    except (UnicodeDecodeError, csv.Error):
        raise _neither() from None
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise _neither()
    return rows


def _neither() -> DataError:
    what = "The table is neither a catalogue nor a plan of impactkit."
    return DataError(what, where="csv", mend="Export it again.")


def _catalogue(catalogue: Catalogue) -> bytes:
    rows = []
    for item in catalogue:
        told = flat(item.model_dump(mode="json", exclude_none=True))
        rows.append([_cell(told[name]) if name in told else "" for name in columns()])
    return csv_bytes([columns(), *rows])


def _plan(plan: Plan) -> bytes:
    told = flat(plan.content())
    return csv_bytes([_KEYS, *((key, _kind(value), _cell(value)) for key, value in told.items())])


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _kind(value: Any) -> str:
    return "text" if isinstance(value, str) else "json"


def _value(kind: str, text: str) -> Any:
    return text if kind == "text" else json.loads(text)


def _record(row: dict[str, str]) -> dict[str, Any]:
    told = {name: bare_cell(text) for name, text in row.items() if text != ""}
    return nested({name: _value(_kind_of(name), text) for name, text in told.items()})


def _kind_of(column: str) -> str:
    return "text" if column in columns() and kind_of(column) == "string" else "json"
