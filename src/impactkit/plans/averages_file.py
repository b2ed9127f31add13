"""Averages as the file that a bundle holds, and read from it: one way to write them, every digit."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.errors import DataError
from impactkit.plans.averages import Averages, alike_columns
from impactkit.plans.data_files import ANSWERS, MISSING, SPREAD, DataFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?")
_COUNT = re.compile(r"[0-9]{1,9}")


def to_bytes(found: Averages) -> bytes:
    """Return averages as the CSV file that a bundle holds.

    Parameters
    ----------
    found : Averages
        The averages.

    Returns
    -------
    bytes
        UTF-8, commas, a point for decimals, empty where there is no number.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(found.frame.columns)
    columns = [found.frame[name].tolist() for name in found.frame.columns]
    writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
    return stream.getvalue().encode("utf-8")


def from_bytes(content: bytes, data: DataFiles, *, outcome: str, name: str) -> Averages:
    """Read averages, strictly: what could not have been written by :func:`to_bytes` is refused.

    Parameters
    ----------
    content : bytes
        The file.
    data : DataFiles
        The plan's roles, which say what the columns are.
    outcome : str
        The column measured.
    name : str
        The file's name in errors.

    Returns
    -------
    Averages
        The same that were written.

    Raises
    ------
    DataError
        If it is anything else.
    """
    import pandas as pd

    try:
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError):
        raise _malformed(name, "no table") from None
    expected = columns_of(data, outcome)
    if header != expected or not rows or any(len(row) != len(header) for row in rows):
        raise _malformed(name, ", ".join(expected))
    texts = {data.aggregate_by, *data.grouped}
    columns = zip(*rows, strict=True)
    try:
        typed = {each: _typed(each, list(cells), texts) for each, cells in zip(header, columns, strict=True)}
        found = Averages(frame=pd.DataFrame(typed))
        same = to_bytes(found) == content
    except (ValueError, OverflowError):
        raise _malformed(name, "numbers") from None
    if not same:
        raise _malformed(name, "one way to write it")
    return found


def columns_of(data: DataFiles, outcome: str) -> list[str]:
    """Return the columns of a file of averages, in order.

    Parameters
    ----------
    data : DataFiles
        The plan's roles.
    outcome : str
        The column measured.

    Returns
    -------
    list of str
        Who and when, how treated, the averages, and how many they rest on.
    """
    keys = [name for name in (data.aggregate_by, data.time) if name is not None]
    averaged = dict.fromkeys((outcome, *data.averaged))
    return [*keys, *alike_columns(data), *averaged, ANSWERS, MISSING, SPREAD]


def unsafe_names(found: Averages, data: DataFiles) -> list[str]:
    """Return the areas whose names a spreadsheet would take for a formula.

    Parameters
    ----------
    found : Averages
        The averages.
    data : DataFiles
        Says which columns hold names.

    Returns
    -------
    list of str
        Each once, in order.
    """
    held = [name for name in (data.aggregate_by, *data.grouped) if name in found.frame.columns]
    told = [str(value) for name in held for value in found.frame[name].unique()]
    return list(dict.fromkeys(name for name in told if name.startswith(_FORMULA)))


def _typed(name: str, cells: Sequence[str], texts: set[str | None]) -> Any:
    if name in texts:
        return list(cells)
    if name in (ANSWERS, MISSING):
        if not all(_COUNT.fullmatch(cell) for cell in cells):
            raise ValueError(name)
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    known = [cell for cell in cells if cell]
    if known and all(_DATE.fullmatch(cell) for cell in known):
        return _dates(cells)
    if not all(_NUMBER.fullmatch(cell) for cell in known):
        raise ValueError(name)
    numbers = np.array([float(cell) if cell else math.nan for cell in cells])
    if np.isinf(numbers).any():
        raise ValueError(name)
    return numbers


def _dates(cells: Sequence[str]) -> pd.Series:
    import pandas as pd

    return pd.to_datetime(pd.Series([cell or None for cell in cells]), format="%Y-%m-%d")


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    if hasattr(value, "date"):
        return str(value.date().isoformat())
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _malformed(name: str, expected: str) -> DataError:
    return DataError(
        "{file} is no file of averages that fits the plan: it should hold {expected}.",
        where="{file}",
        mend="Ask for the bundle again, as impactkit seal wrote it; never unpack this one.",
        values={"file": name, "expected": expected},
    )
