"""Frames of any library as tables of text, so that they are read like any file."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np

from impactkit.data.cleaning import cleaned
from impactkit.data.limits import check_shape
from impactkit.data.table import Aside, HeldCells, Known, Table
from impactkit.errors import DataError

# Whole numbers up to here are exact in a double.
_EXACT = 2**53


def table_of_frame(frame: Any, *, file: str, known: Known | None = None) -> Table:
    """Return a frame as a table: numbers written out exactly, dates in ISO form, nothing where nothing is.

    Parameters
    ----------
    frame : DataFrame
        pandas, polars, pyarrow, duckdb or anything else narwhals reads.
    file : str
        What it is called in messages.
    known : Known, optional
        What its source says of the columns.

    Returns
    -------
    Table
        With decimal points. Columns of bytes, lists or structures are left out and named.

    Raises
    ------
    DataError
        If it has no rows or no column that can be read, or two columns of the same name.

    Examples
    --------
    >>> import pandas as pd
    >>> table_of_frame(pd.DataFrame({"kod": ["0114"], "y": [1.50]}), file="frame").cells.values.tolist()
    [['0114', '1.5']]
    """
    table = _collected(frame)
    names = [str(name) for name in table.columns]
    headings = cleaned(names)
    _check_frame(headings, len(table), file)
    columns, kept, unread = [], [], []
    for place, name in enumerate(names):
        column = table.get_column(name)
        if _is_nested(column.dtype):
            unread.append(headings[place])
            continue
        kept.append(place)
        columns.append(cleaned(_texts(column)))
    if not columns:
        raise _unfilled("The table has no columns of text or numbers.", file)
    return Table(
        file=file,
        header=tuple(headings[place] for place in kept),
        held=HeldCells(columns),
        rows=range(len(table)),
        letters=tuple(kept),
        decimal=".",
        aside=Aside(unread=tuple(unread)),
        known=known or Known(),
        by_name=True,
    )


def _collected(frame: Any) -> nw.DataFrame[Any]:
    try:
        narrow = nw.from_native(frame)
    except TypeError as error:
        raise DataError(
            "Observations are read from a file, a table or a query; got {kind}.",
            where="read",
            mend="Give a path, or a pandas, polars, pyarrow or duckdb table.",
            values={"kind": type(frame).__name__},
        ) from error
    if isinstance(narrow, nw.LazyFrame):
        # To pandas: the backend that a lazy frame would choose may not be installed.
        found: nw.DataFrame[Any] = narrow.collect("pandas")
        return found
    eager: nw.DataFrame[Any] = narrow
    return eager


def _check_frame(names: Sequence[str], rows: int, file: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(
            "The heading {value} stands more than once.",
            where="{file}",
            mend="Give each column a heading of its own.",
            values={"file": file, "value": twice[0]},
        )
    if not rows:
        raise _unfilled("There are column headings but no rows of data.", file)
    check_shape(file, rows, len(names))


def _unfilled(what: str, file: str) -> DataError:
    mend = "Fill in a row of column headings and at least one row of data."
    return DataError(what, where="{file}", mend=mend, values={"file": file})


def _is_nested(dtype: Any) -> bool:
    return isinstance(dtype, nw.List | nw.Struct | nw.Array) or dtype in (nw.Binary,)


def _texts(column: nw.Series[Any]) -> list[str]:
    dtype = column.dtype
    if dtype == nw.Float32:
        # The shortest text that gives the single-precision number is what was written, as in a Stata file.
        return [_float32(value) for value in column.to_numpy().tolist()]
    if dtype == nw.Float64:
        values = column.to_numpy().astype(float, copy=False)
        return list(map(_float, values.tolist()))
    return list(map(as_text, column.to_list()))


def _float(value: float) -> str:
    if value != value:
        return ""
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return repr(value)


def _float32(value: float) -> str:
    if value != value or math.isinf(value):
        return _float(value)
    return _float(float(str(np.float32(value))))


def as_text(value: Any) -> str:
    """Return a single value as the text of a cell.

    Parameters
    ----------
    value : object
        A number, truth value, date, text or nothing.

    Returns
    -------
    str
        Numbers with a decimal point and no needless zeros, decimals exactly, dates in ISO form.

    Examples
    --------
    >>> as_text(Decimal("1.10")), as_text(datetime.datetime(2024, 1, 2)), as_text(None), as_text(3.0)
    ('1.10', '2024-01-02', '', '3')
    """
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, np.generic):
        return as_text(value.item())
    if isinstance(value, datetime.datetime):
        return _datetime(value)
    return str(value)


def _datetime(value: datetime.datetime) -> str:
    whole_day = value.tzinfo is None and value.time() == datetime.time()
    return value.date().isoformat() if whole_day else value.isoformat(sep=" ")


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    int: str,
    float: _float,
    Decimal: lambda value: "" if value.is_nan() else format(value, "f"),
    datetime.datetime: _datetime,
    datetime.date: datetime.date.isoformat,
}
