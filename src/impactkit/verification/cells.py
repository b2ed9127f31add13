"""The cells of a column as a fingerprint takes them: bytes of what is said, whoever stored it."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from impactkit.errors import DataError
from impactkit.verification.number_text import TooManyDigitsError, number_text, number_texts, whole_texts
from impactkit.verification.table_form import ColumnForm, hides

if TYPE_CHECKING:
    import narwhals as nw

Cells = Callable[[int, int], list[bytes]]
MISSING = b"\x00"
_MOST_KNOWN = 200_000
_FAST_WHOLE = 10**15
#: A number's length in eight bytes and the letter before its text, by the text's length.
_BEFORE_NUMBER = [(length + 1).to_bytes(8, "big") + b"n" for length in range(40)]


def framed(written: bytes) -> bytes:
    """Return a cell: its length in eight bytes, and what is written.

    Parameters
    ----------
    written : bytes
        What is written.

    Returns
    -------
    bytes
        The cell.

    Examples
    --------
    >>> framed(b"n1").hex()
    '00000000000000026e31'
    """
    return len(written).to_bytes(8, "big") + written


def cell(value: Any, form: ColumnForm, *, refuse_long: bool = False) -> bytes:
    """Return what is written of one value, without its length: the definition of a cell.

    Parameters
    ----------
    value : object
        The value; None, nan and what libraries have for missing are all missing.
    form : ColumnForm
        Its column.
    refuse_long : bool
        Whether a number of more than 15 significant digits is refused; it is rounded otherwise.

    Returns
    -------
    bytes
        00 for missing; ``n`` and a number's text; ``t`` or ``f``; a date in ISO form; a text in NFC as UTF-8.

    Raises
    ------
    DataError
        If the value is not of the column's kind.

    Examples
    --------
    >>> cell(2.50, ColumnForm(name="a", stored="a", kind="number"))
    b'n2.5'
    """
    if form.kind == "text" and isinstance(value, str):
        return _text(value, form.name)
    if is_missing(value):
        return MISSING
    if form.kind == "number":
        return _number(value, form, refuse_long)
    return _WRITERS[form.kind](value, form.name)


def is_missing(value: Any) -> bool:
    """Return whether a value stands for an empty cell in some library.

    Parameters
    ----------
    value : object
        The value.

    Returns
    -------
    bool
        True for None, nan, NaT and NA; False for an empty text.

    Examples
    --------
    >>> is_missing(float("nan")), is_missing("")
    (True, False)
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | Decimal) and bool(value != value)


def cells(series: nw.Series[Any], form: ColumnForm, *, refuse_long: bool = False) -> Cells:
    """Return a function that gives a column's cells, each after its length, from one row up to another.

    Parameters
    ----------
    series : narwhals Series
        The column.
    form : ColumnForm
        What is said of it.
    refuse_long : bool
        Whether numbers of more than 15 significant digits are refused.

    Returns
    -------
    callable
        Takes the first row and the one after the last.

    Raises
    ------
    DataError
        If the column is stored in less than double precision; the function, if a cell is not of its kind.
    """
    import narwhals as nw

    if form.kind == "number":
        if str(series.dtype) in ("Float16", "Float32"):
            raise _few_digits(form.name)
        if series.dtype == nw.Float64:
            return _float_cells(np.asarray(series.to_numpy(), dtype=np.float64), form, refuse_long)
        if series.dtype.is_integer() and not series.is_null().any():
            return _whole_cells(np.asarray(series.to_numpy()), form, refuse_long)
    elif form.kind == "date" and series.dtype in (nw.Date, nw.Datetime):
        days = np.asarray(series.to_numpy())
        if days.dtype.kind == "M" and getattr(series.dtype, "time_zone", None) is None:
            return _date_cells(days, form)
    return _any_cells(series, form, refuse_long)


def _float_cells(values: npt.NDArray[np.float64], form: ColumnForm, refuse_long: bool) -> Cells:
    def between(first: int, stop: int) -> list[bytes]:
        part = values[first:stop]
        sample = part[:500]
        # Writing a number takes longer than finding it among others, if there are few.
        if len(np.unique(sample)) * 2 > len(sample):
            return _floats(part, form, refuse_long)
        distinct, places = np.unique(part, return_inverse=True)
        return list(map(_floats(distinct, form, refuse_long).__getitem__, places.tolist()))

    return between


def _floats(values: npt.NDArray[np.float64], form: ColumnForm, refuse_long: bool) -> list[bytes]:
    if np.isinf(values).any():
        raise _infinite(form.name, repr(float(values[np.isinf(values)][0])))
    empty = np.isnan(values)
    filled = np.where(empty, 0.0, values)
    try:
        texts = number_texts(filled, decimals=form.decimals, refuse=refuse_long)
    except TooManyDigitsError as error:
        raise _long(form, str(error)) from None
    found = [_BEFORE_NUMBER[len(text)] + text for text in texts]
    for place in np.flatnonzero(empty).tolist():
        found[place] = _EMPTY
    return found


_EMPTY = framed(MISSING)


def _whole_cells(values: npt.NDArray[Any], form: ColumnForm, refuse_long: bool) -> Cells:
    most = _FAST_WHOLE // 10 ** (form.decimals or 0)

    def between(first: int, stop: int) -> list[bytes]:
        part: list[int] = values[first:stop].tolist()
        if part and -most < min(part) <= max(part) < most:
            return [_BEFORE_NUMBER[len(text)] + text for text in whole_texts(part)]
        return [framed(_number(value, form, refuse_long)) for value in part]

    return between


def _date_cells(values: npt.NDArray[Any], form: ColumnForm) -> Cells:
    def between(first: int, stop: int) -> list[bytes]:
        distinct, places = np.unique(values[first:stop], return_inverse=True)
        written = [framed(_day(value, form.name)) for value in distinct]
        return list(map(written.__getitem__, places.tolist()))

    return between


def _day(value: np.datetime64, name: str) -> bytes:
    if np.isnat(value):
        return MISSING
    day = value.astype("datetime64[D]")
    as_date = day.item()
    if day != value or not isinstance(as_date, datetime.date):
        raise _wrong(name, str(value), "A date has no time of day and no time zone.")
    return as_date.isoformat().encode("ascii")


def _any_cells(series: nw.Series[Any], form: ColumnForm, refuse_long: bool) -> Cells:
    known: dict[Any, bytes] = {}
    # Equal texts are the same cell; 1 equals True and is not, unless the column holds truth values only.
    is_plain = form.kind == "text" or str(series.dtype) == "Boolean"

    def written(value: Any) -> bytes:
        return framed(cell(value, form, refuse_long=refuse_long))

    def between(first: int, stop: int) -> list[bytes]:
        if len(known) > _MOST_KNOWN:
            known.clear()
        values: list[Any] = series[first:stop].to_list()
        keys = values if is_plain else list(zip(map(type, values), values, strict=True))
        try:
            fresh = [key for key in dict.fromkeys(keys) if key not in known]
        except TypeError:
            # A list or a table in a cell cannot be looked up; writing it tells what is wrong with it.
            return [written(value) for value in values]
        known.update((key, written(key if is_plain else key[1])) for key in fresh)
        return list(map(known.__getitem__, keys))

    return between


def _number(value: Any, form: ColumnForm, refuse_long: bool) -> bytes:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
        raise _wrong(form.name, repr(value), "Make it a column of numbers.")
    if isinstance(value, np.float32 | np.float16):
        raise _few_digits(form.name)
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if np.isinf(number):
        raise _infinite(form.name, repr(value))
    exact = value if isinstance(value, int | Decimal) else number
    try:
        return b"n" + number_text(exact, decimals=form.decimals, refuse=refuse_long).encode("ascii")
    except TooManyDigitsError:
        raise _long(form, repr(value)) from None


def _text(value: Any, name: str) -> bytes:
    if not isinstance(value, str):
        raise _wrong(name, repr(value), "Codes and names are text: read the column as text.")
    text = value if value.isascii() else unicodedata.normalize("NFC", value)
    if hides(text):
        raise _wrong(name, repr(value), "Remove space at the edges and characters nobody can see.")
    return text.encode("utf-8")


def _bool(value: Any, name: str) -> bytes:
    if not isinstance(value, bool | np.bool_):
        raise _wrong(name, repr(value), "Make it a column of true and false.")
    return b"t" if value else b"f"


def _date(value: Any, name: str) -> bytes:
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None or value.time() != datetime.time() or getattr(value, "nanosecond", False):
            raise _wrong(name, str(value), "A date has no time of day and no time zone.")
        value = value.date()
    if not isinstance(value, datetime.date):
        raise _wrong(name, repr(value), "Make it a column of dates.")
    return value.isoformat().encode("ascii")


_WRITERS: dict[str, Callable[[Any, str], bytes]] = {"text": _text, "bool": _bool, "date": _date}


def _wrong(name: str, value: str, mend: str) -> DataError:
    return DataError(
        "Column {column} holds {value}, which a fingerprint cannot hold.",
        where="{column}",
        mend=mend,
        values={"column": name, "value": value},
    )


def _infinite(name: str, value: str) -> DataError:
    return _wrong(name, value, "Leave the cell empty if no number was recorded.")


def _few_digits(name: str) -> DataError:
    return _wrong(name, "single precision", "Use double precision; digits have been lost already.")


def _long(form: ColumnForm, value: str) -> DataError:
    return DataError(
        "Column {column} holds {value}, which has more than 15 significant digits.",
        where="{column}",
        mend="Round it to the digits that were measured, or say how many decimals the column has.",
        values={"column": form.name, "value": value},
    )


def joined(columns: Sequence[list[bytes]]) -> list[bytes]:
    """Return every row's cells, one after another.

    Parameters
    ----------
    columns : sequence of list of bytes
        Each column's cells.

    Returns
    -------
    list of bytes
        One for each row.

    Examples
    --------
    >>> joined([[b"a", b"b"], [b"1", b"2"]])
    [b'a1', b'b2']
    """
    return list(map(b"".join, zip(*columns, strict=True)))
