"""From cells of text to columns with a type: codes stay text, numbers become numbers, every fault is told."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from impactkit.data.dated_column import dated_column
from impactkit.data.fault import Fault, refuse
from impactkit.data.numbers import (
    EMPTY,
    MINUS,
    DecimalMark,
    Unreadable,
    find_decimal,
    parse_number,
)
from impactkit.data.table import Table
from impactkit.errors import DataError, UsageError

_PROBLEMS = {
    Unreadable.NOT_A_NUMBER: (
        "{value} in column {column} is not a number.",
        "Write digits only, with one decimal mark; leave the cell empty if no value was recorded.",
    ),
    Unreadable.MISSING_SIGN: (
        "{value} in column {column} is not a number; it may stand for a missing value.",
        "State what it means: leave the cell empty, or name {value} as a sign for missing.",
    ),
    Unreadable.AMBIGUOUS: (
        "{value} in column {column} can be read in two ways, as thousands or with decimals.",
        'State the file\'s decimal mark, for example decimal = ",".',
    ),
    Unreadable.GROUPED: (
        "{value} in column {column} has points or commas between thousands.",
        "Write thousands with a space or nothing between them, such as 1 234 567.",
    ),
    Unreadable.OTHER_MARK: (
        "{value} in column {column} does not follow the file's decimal mark ({mark}).",
        "Write every number with the same decimal mark, and thousands with a space or nothing between them.",
    ),
}
_EXACT = 2.0**53

Floats = npt.NDArray[np.float64]


def typed_frame(
    table: Table,
    *,
    numbers: Sequence[str],
    codes: Sequence[str] = (),
    dates: Sequence[str] = (),
    decimal: DecimalMark | None = None,
    missing: frozenset[str] = EMPTY,
) -> pd.DataFrame:
    """Return the columns asked for, with their types, or tell every fault at once.

    Parameters
    ----------
    table : Table
        Cells of text.
    numbers : sequence of str
        Columns of numbers. A column of whole numbers with none missing becomes integers.
    codes : sequence of str
        Columns of texts, such as municipality codes: 0114 stays 0114.
    dates : sequence of str
        Columns of days, months, quarters or weeks, read to the first day of each.
    decimal : {",", "."}, optional
        The file's decimal mark; found from the unambiguous cells when left out.
    missing : frozenset of str
        Texts that mean that no value was recorded.

    Returns
    -------
    DataFrame, shape (n_rows, len(numbers) + len(codes) + len(dates))
        The columns in the order of the file. Missing values are nan.

    Raises
    ------
    DataError
        If a column is not there, or a cell cannot be read as a number or a date; all of it is told, by cell.
    UsageError
        If a column is asked for both as numbers and as codes.

    Examples
    --------
    >>> from impactkit.data.table import HeldCells
    >>> held = HeldCells([["0114", "0180"], ["1,5", "2"]])
    >>> table = Table(file="a.csv", header=("kommun", "andel"), held=held, rows=(2, 3), letters=(0, 1))
    >>> typed_frame(table, numbers=["andel"], codes=["kommun"]).to_dict("list")
    {'kommun': ['0114', '0180'], 'andel': [1.5, 2.0]}
    """
    if both := sorted(set(numbers) & set(codes)):
        raise UsageError(
            "Column {column} is asked for both as numbers and as codes.",
            where="{file}",
            mend="Name it once.",
            values={"column": both[0], "file": table.file},
        )
    faults = _absent(table, (*numbers, *codes, *dates))
    mark = decimal or table.decimal or find_decimal(chain.from_iterable(_texts(table, numbers)))
    read: dict[str, Callable[[Table, str], tuple[pd.Series, list[Fault]]]] = {
        **dict.fromkeys(codes, partial(_code_column, missing=missing)),
        **dict.fromkeys(numbers, partial(_number_column, mark=mark, missing=missing)),
        **dict.fromkeys(dates, partial(dated_column, missing=missing)),
    }
    columns: dict[str, pd.Series] = {}
    for name in (name for name in table.header if name in read):
        columns[name], found = read[name](table, name)
        faults += found
    refuse(faults, DataError)
    return pd.DataFrame(columns)


def number_problem(why: Unreadable) -> tuple[str, str]:
    """Return what is wrong with a cell that is not read as a number, and how to mend it.

    Parameters
    ----------
    why : Unreadable
        Why it is not read.

    Returns
    -------
    tuple of str
        Two templates, as `Fault` takes them.
    """
    return _PROBLEMS[why]


def _texts(table: Table, names: Sequence[str]) -> list[list[str]]:
    return [table.texts(name) for name in dict.fromkeys(names) if name in table.header]


def _absent(table: Table, names: Sequence[str]) -> list[Fault]:
    faults = []
    folded = {name.casefold(): name for name in table.header}
    for name in dict.fromkeys(names):
        if name in table.header:
            continue
        near = difflib.get_close_matches(name.casefold(), folded, n=1)
        faults.append(
            Fault(
                file=table.file,
                value=name,
                problem="There is no column {value}.",
                mend="Did you mean {near}?" if near else "The columns are {columns}.",
                details={"near": folded[near[0]] if near else "", "columns": ", ".join(table.header)},
            )
        )
    return faults


def _code_column(table: Table, name: str, *, missing: frozenset[str]) -> tuple[pd.Series, list[Fault]]:
    signs = missing | EMPTY
    texts = table.texts(name)
    return pd.Series([None if text in signs else text for text in texts]), []


def _number_column(
    table: Table, name: str, *, mark: DecimalMark | None, missing: frozenset[str]
) -> tuple[pd.Series, list[Fault]]:
    texts = table.texts(name)
    values = _all_plain(texts, mark)
    if values is None:
        places, uniques = pd.factorize(np.array(texts, dtype=object))
        parsed = [parse_number(text, decimal=mark, missing=missing) for text in uniques]
        unread = {place: why for place, why in enumerate(parsed) if isinstance(why, Unreadable)}
        if unread:
            found = ((position, unread.get(place)) for position, place in enumerate(places.tolist()))
            return pd.Series(dtype=float), [
                _number_fault(table, name, position=position, why=why, mark=mark)
                for position, why in found
                if why
            ]
        values = np.array(parsed, dtype=float)[places]
    whole = np.isfinite(values) & (values == np.floor(values)) & (np.abs(values) < _EXACT)
    return pd.Series(values.astype(np.int64) if whole.all() else values), []


def _all_plain(texts: Sequence[str], mark: DecimalMark | None) -> Floats | None:
    """Read a column in which every cell is a plain number, the common case; None if any is not."""
    joined = "\n".join(texts)
    if not set(joined) <= set(f"0123456789+-{MINUS}{mark or ''}eE\n"):
        return None
    if mark == "," or MINUS in joined:
        cells, texts = len(texts), joined.replace(MINUS, "-").replace(",", ".").split("\n")
        if len(texts) != cells:  # a line break inside a cell
            return None
    try:
        values = np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _number_fault(
    table: Table, name: str, *, position: int, why: Unreadable, mark: DecimalMark | None
) -> Fault:
    problem, mend = _PROBLEMS[why]
    return table.fault(position, name, problem=problem, mend=mend, mark=mark or ".")
