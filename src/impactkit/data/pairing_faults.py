"""What keeps two measurements from being put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from impactkit.data.cleaning import clean
from impactkit.data.fault import Fault, refuse
from impactkit.data.frame_table import as_text
from impactkit.data.wave import Wave
from impactkit.errors import DataError

Objects = npt.NDArray[np.object_]


def refuse_unpaired(
    waves: Sequence[Wave], *, key: str | None, group: str | None, compare: Sequence[str]
) -> None:
    """Refuse measurements that cannot be put together, with every reason.

    Parameters
    ----------
    waves : sequence of Wave
        The two.
    key, group : str, optional
        Columns that both must have.
    compare : sequence of str
        Columns of numbers that the baseline must have.

    Raises
    ------
    DataError
        With every fault of both.
    """
    faults: list[Fault] = []
    for wave in waves:
        wanted = [*([key] if key else []), *([group] if group else [])]
        wanted += list(compare) if wave.name == "baseline" else []
        for name in wanted:
            if name not in wave.frame.columns:
                faults.append(_absent(wave, name))
        if key in wave.frame.columns:
            faults += _keys(wave, str(key))
        if group in wave.frame.columns:
            faults += _empty(wave, str(group))
    if key and all(key in wave.frame.columns for wave in waves):
        faults += _kinds(waves, key)
    for name in compare:
        faults += _not_numbers(waves[0], name)
    refuse(faults, DataError)


def paired_keys(waves: Sequence[Wave], key: str) -> tuple[Objects, Objects]:
    """Return the keys of both as text in one way of writing.

    Parameters
    ----------
    waves : sequence of Wave
        The two.
    key : str
        The column.

    Returns
    -------
    tuple of ndarray
        Of the baseline and of the follow-up.
    """
    found = []
    for wave in waves:
        texts = np.empty(len(wave.frame), dtype=object)
        texts[:] = [clean(as_text(value)) for value in wave.frame[key].tolist()]
        found.append(texts)
    return found[0], found[1]


def _absent(wave: Wave, name: str) -> Fault:
    return Fault(
        file=wave.name,
        value=name,
        problem="There is no column {value}.",
        mend="The columns are {columns}.",
        details={"columns": ", ".join(map(str, wave.frame.columns))},
    )


def _keys(wave: Wave, key: str) -> list[Fault]:
    texts = pd.Series([clean(as_text(value)) for value in wave.frame[key].tolist()], dtype=object)
    faults = _empty(wave, key)
    twice = np.flatnonzero(texts.duplicated(keep="first") & (texts != ""))
    problem = "The key on row {row} of the {file} stands on an earlier row as well."
    mend = "Keep one row for each key in each measurement."
    faults += [
        Fault(file=wave.name, row=int(row) + 1, column=key, problem=problem, mend=mend)
        for row in twice[:1000]
    ]
    return faults


def _empty(wave: Wave, column: str) -> list[Fault]:
    empty = np.flatnonzero(wave.frame[column].isna() | (wave.frame[column].astype(str).str.strip() == ""))
    problem = "Column {column} is empty on row {row} of the {file}."
    mend = "Fill it in, or leave the row out and say so."
    return [
        Fault(file=wave.name, row=int(row) + 1, column=column, problem=problem, mend=mend)
        for row in empty[:1000]
    ]


def _kinds(waves: Sequence[Wave], key: str) -> list[Fault]:
    are_numbers = [wave.frame[key].dtype.kind in "iuf" for wave in waves]
    if are_numbers[0] == are_numbers[1]:
        return []
    problem = "Column {column} holds numbers in the {file} and text in the other measurement."
    mend = "Read it as text in both: a code that was read as a number has lost its first zeros."
    numeric = waves[0 if are_numbers[0] else 1]
    return [Fault(file=numeric.name, column=key, problem=problem, mend=mend)]


def _not_numbers(wave: Wave, name: str) -> list[Fault]:
    if name not in wave.frame.columns or wave.frame[name].dtype.kind in "iufb":
        return []
    problem = "Column {column} of the {file} does not hold numbers, so it has no mean to compare."
    return [Fault(file=wave.name, column=name, problem=problem, mend="Name columns of numbers only.")]
