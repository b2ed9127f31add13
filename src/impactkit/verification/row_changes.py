"""What differs between the data files of two bundles: rows that came or went, values that changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from impactkit.errors import ImpactkitError
from impactkit.plans import Plan
from impactkit.verification.bundle import Bundle
from impactkit.verification.change import Change

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    header: tuple[str, ...]
    rows: list[Row]


def row_changes(old: Bundle, new: Bundle, plan: Plan) -> list[Change]:
    """Return what differs between the data files of two bundles.

    Parameters
    ----------
    old, new : Bundle
        The bundles.
    plan : Plan
        The newer plan: its unit and time tell which row is which.

    Returns
    -------
    list of Change
        By file: added or dropped, or how many rows came, went, and changed in which column.
    """
    found = [_data("file_dropped", name=name) for name in old.data if name not in new.data]
    found += [_data("file_added", name=name) for name in new.data if name not in old.data]
    keys = tuple(name for name in (plan.data.unit, plan.data.time) if name)
    for name in old.data:
        if name in new.data and old.data[name] != new.data[name]:
            was, now = _read(name, old.data[name]), _read(name, new.data[name])
            found += _compared(name, was, now, keys) if was and now else [_data("file_changed", name=name)]
    return found


def _read(name: str, content: bytes) -> _Rows | None:
    """Return the rows of a file as text, or nothing where it is no table."""
    from impactkit.data.read_table import read_table

    with TemporaryDirectory(prefix="impactkit-diff-") as folder:
        file = Path(folder) / Path(name).name
        file.write_bytes(content)
        try:
            table = read_table(file)
        except ImpactkitError:
            return None
    columns = [table.cells[column].tolist() for column in table.header]
    return _Rows(header=table.header, rows=[tuple(map(str, row)) for row in zip(*columns, strict=True)])


def _compared(name: str, was: _Rows, now: _Rows, keys: tuple[str, ...]) -> list[Change]:
    found = [_data("column_dropped", name=name, column=one) for one in was.header if one not in now.header]
    found += [_data("column_added", name=name, column=one) for one in now.header if one not in was.header]
    before, after = _by_key(was, keys), _by_key(now, keys)
    if before is None or after is None:
        gone, come = Counter(was.rows) - Counter(now.rows), Counter(now.rows) - Counter(was.rows)
        found += _counted(name, gone=gone.total(), come=come.total())
    else:
        found += _counted(name, gone=len(before.keys() - after), come=len(after.keys() - before))
        found += _changed(name, before, after)
    return found or [_data("file_rewritten", name=name)]


def _by_key(table: _Rows, keys: tuple[str, ...]) -> dict[Row, dict[str, str]] | None:
    """Return the rows by unit and time, or nothing where these do not tell one row from another."""
    if not keys or not set(keys) <= set(table.header):
        return None
    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    found = {tuple(row[key] for key in keys): row for row in rows}
    return found if len(found) == len(rows) else None


def _counted(name: str, *, gone: int, come: int) -> list[Change]:
    found = [_data("rows_dropped", name=name, n=gone)] if gone else []
    return found + ([_data("rows_added", name=name, n=come)] if come else [])


def _changed(name: str, before: dict[Row, dict[str, str]], after: dict[Row, dict[str, str]]) -> list[Change]:
    found: dict[str, list[Row]] = {}
    for key in before:
        for column, value in before[key].items():
            if key in after and column in after[key] and after[key][column] != value:
                found.setdefault(column, []).append(key)
    return [
        _data(
            "values_changed",
            name=name,
            column=column,
            n=len(keys),
            row=", ".join(keys[0]),
            old=before[keys[0]][column],
            new=after[keys[0]][column],
        )
        for column, keys in found.items()
    ]


def _data(code: str, **values: str | int) -> Change:
    return Change(kind="data", code=code, values=values)
