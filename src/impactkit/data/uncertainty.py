"""How uncertain given values are: a standard error, a margin of error, or how many answered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.data.arrange import Series
from impactkit.data.fault import Fault
from impactkit.data.table import Table
from impactkit.data.values import Rules, read_numbers

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# A margin of error is this many standard errors: the 97.5 % quantile of the normal distribution.
MARGIN = 1.959963984540054


def beside_values(
    table: Table, series: Series, value: Floats, *, rules: Rules, wanted: Flags
) -> tuple[dict[str, Floats], list[Fault]]:
    """Return how many answered and the standard error of each value, where the table tells either.

    Parameters
    ----------
    table : Table
        The table.
    series : Series
        The values' columns.
    value : ndarray, shape (n,)
        The values.
    rules : Rules
        How to read numbers.
    wanted : ndarray of bool, shape (n,)
        Rows that are data.

    Returns
    -------
    dict of str to ndarray
        ``n`` and ``std_error``. A 95 % margin is 1.96 standard errors. Where only the number of answers is
        told, the standard error of a share of simple random answers is taken: sqrt(p (1 - p) / n).
    list of Fault
        Cells that are no numbers, and numbers that cannot be.
    """
    found: dict[str, Floats] = {}
    faults: list[Fault] = []
    for name in ("n", "std_error", "margin"):
        column = getattr(series, name)
        if not column:
            continue
        numbers, _, wrong = read_numbers(table, column, rules, wanted=wanted)
        faults += wrong + _negative(table, column, numbers, wanted, least=1.0 if name == "n" else 0.0)
        found[name] = numbers
    if "margin" in found:
        margin = found.pop("margin") / MARGIN
        found.setdefault("std_error", margin)
    if "n" in found and "std_error" not in found and _is_share(series, rules):
        share = value / 100
        with np.errstate(invalid="ignore", divide="ignore"):
            found["std_error"] = 100 * np.sqrt(share * (1 - share) / found["n"])
    return found, faults


def _is_share(series: Series, rules: Rules) -> bool:
    names = series.indicator.used()
    return all(name in rules.known and rules.known[name].measure == "share" for name in names)


def _negative(table: Table, column: str, numbers: Floats, wanted: Flags, *, least: float) -> list[Fault]:
    guilty = np.flatnonzero((numbers < least) & wanted)
    problem = "{value} in column {column} cannot be: it is at least {least}."
    return table.alike(guilty, column, problem=problem, mend="Correct the number.", least=least)
