"""What the numbers of a role may be: a row a role, and one way to tell the cells that are something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from impactkit.data.columns import Flags, Floats
from impactkit.data.study_faults import rows_in_words
from impactkit.errors import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What the numbers of a role may be.

    Parameters
    ----------
    is_outside : callable
        From the numbers to which of them may not be.
    what, mend : str
        The fault and the way out, as a `Trouble` has them.
    """

    is_outside: Callable[[Floats], Flags]
    what: str
    mend: str


def _neither_0_nor_1(values: Floats) -> Flags:
    return np.asarray(~((values == 0) | (values == 1) | np.isnan(values)))


def _negative_or_missing(values: Floats) -> Flags:
    return np.asarray(~(values >= 0))


def _negative(values: Floats) -> Flags:
    return values < 0


def _not_positive(values: Floats) -> Flags:
    return values <= 0


def _no_chance(values: Floats) -> Flags:
    return np.asarray(~((values > 0) & (values < 1)))


_ONE_OR_ZERO = "Column {name!r} must be 0 or 1; it holds {example}."
RANGES = {
    "treated": Range(
        is_outside=_neither_0_nor_1,
        what=_ONE_OR_ZERO,
        mend="Write 1 for treated and 0 for comparison in every row.",
    ),
    "eligible": Range(
        is_outside=_neither_0_nor_1,
        what=_ONE_OR_ZERO,
        mend="Write 1 for those the project is for and 0 for others, in every row.",
    ),
    "weight": Range(
        is_outside=_negative_or_missing,
        what="Column {name!r} holds weights that are negative or missing.",
        mend="Give every row a weight above 0, or 0 to leave it out.",
    ),
    "dose": Range(
        is_outside=_negative,
        what="Column {name!r} holds doses below 0.",
        mend="Write 0 for none and positive numbers for more.",
    ),
    "exposure": Range(
        is_outside=_not_positive,
        what="Column {name!r} holds exposures that are 0 or negative: {n}.",
        mend="Give what the outcome is counted over, such as inhabitants; leave the cell empty if unknown.",
    ),
    "probability": Range(
        is_outside=_no_chance,
        what="Column {name!r} holds chances that are missing, or not above 0 and below 1.",
        mend="Leave out rows that could only come out one way, and say so; no lot was drawn for them.",
    ),
    "std_error": Range(
        is_outside=_not_positive,
        what="Column {name!r} holds standard errors that are 0 or negative.",
        mend="Leave the cell empty where none is known; a number of answers is no standard error.",
    ),
}


def range_troubles(role: str, name: str, values: Floats | None) -> list[Trouble]:
    """Return a trouble if numbers of a role are something that they may not be.

    Parameters
    ----------
    role, name : str
        The part the column plays, and its name.
    values : ndarray, shape (n,), optional
        Its numbers; nan where the cell is empty.

    Returns
    -------
    list of Trouble
        Empty when all is well, or the role may have any number.

    Examples
    --------
    >>> range_troubles("dose", "share", np.array([0.0, 0.5]))
    []
    """
    rule = RANGES.get(role)
    if rule is None or values is None:
        return []
    outside = rule.is_outside(values)
    if not outside.any():
        return []
    shown: dict[str, str | int | float] = {
        "role": role,
        "name": name,
        "n": int(outside.sum()),
        "example": f"{values[outside][0]:g}",
        "rows": rows_in_words(outside),
    }
    return [Trouble(rule.what, "{role}={name!r}, rows {rows}", rule.mend, shown)]
