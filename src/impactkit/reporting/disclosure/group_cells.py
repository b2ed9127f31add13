"""The people in the groups that a plan declares, as parts of those whom a claim is about.

The effect in a group is told or not, for each group by itself. What it tells of is how many of the group
there are in each arm and period, and of a share how many have what is asked about: whoever has the effects
and their limits to the last digit can work that out. So a group's cell holds those counts, though no table
shows them, and a group that is hidden is not to be had by taking the others from the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.reporting.disclosure.claim_people import Place, period_key
from impactkit.reporting.disclosure.rules import is_binary, is_dominated, tells_all

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Sum = Mapping[str, int]
_MOST = 200
"""So many combinations of groups and places are audited; where there are more, no group is told of."""


class Atom(NamedTuple):
    """People who are in the same place, the same group of every column, and alike in what is asked about.

    Parameters
    ----------
    place : Place
        Their arm and period.
    groups : tuple of int
        Their group in each column, as a code.
    kind : {"n", "having", "others"}
        All of them; or those with what is asked about, and the others.
    n : int
        How many.
    """

    place: Place
    groups: tuple[int, ...]
    kind: str
    n: int


def atoms_of(columns: Columns) -> tuple[Atom, ...]:
    """Return the people of a claim by place, group and what they have.

    Parameters
    ----------
    columns : Columns
        The study's rows, with columns of groups.

    Returns
    -------
    tuple of Atom
        Empty where there are too many to audit.
    """
    codes = columns.subgroups
    assert codes is not None
    binary = is_binary(columns.outcome)
    found = []
    for place, rows in places_of(columns).items():
        for groups in np.unique(codes[rows], axis=0):
            own = rows & (codes == groups).all(axis=1)
            having = int((columns.outcome[own] > 0).sum())
            n = int(own.sum())
            parts = {"having": having, "others": n - having} if binary else {"n": n}
            found += [Atom(place, tuple(groups.tolist()), kind, size) for kind, size in parts.items()]
    return tuple(found) if len(found) <= _MOST else ()


def places_of(columns: Columns) -> dict[Place, Flags]:
    """Return which rows are in each arm and period.

    Parameters
    ----------
    columns : Columns
        The study's rows.

    Returns
    -------
    dict of Place to ndarray of bool, shape (n,)
        Places with nobody are left out.
    """
    n = len(columns.outcome)
    treated = np.ones(n, dtype=bool) if columns.treated is None else columns.treated
    period = np.zeros(n, dtype=np.int64) if columns.period is None else columns.period
    names = [period_key(value) for value in columns.periods.tolist()] or [period_key(None)]
    found = {}
    for arm, flags in (("treated", treated), ("comparison", ~treated)):
        for code, name in enumerate(names):
            rows = flags & (period == code)
            if rows.any():
                found[Place(group=arm, period=name)] = rows
    return found


def is_telling_anywhere(columns: Columns, at: int, code: int) -> bool:
    """Return whether in some place all of a group have the same value, or one or two carry the sum.

    Parameters
    ----------
    columns : Columns
        The study's rows.
    at, code : int
        The column of groups, and the group in it.

    Returns
    -------
    bool
        Then its mean there may not be told, nor an effect from which it follows.
    """
    assert columns.subgroups is not None
    own, binary = columns.subgroups[:, at] == code, is_binary(columns.outcome)
    weight = np.ones(len(columns.outcome)) if columns.weight is None else columns.weight
    for rows in places_of(columns).values():
        held = columns.outcome[rows & own]
        if tells_all(held) or (not binary and is_dominated(held * weight[rows & own])):
            return True
    return False


def unit_atoms(columns: Columns, arm: str) -> dict[tuple[int, ...], int] | None:
    """Return how many units of an arm are in each combination of groups.

    Parameters
    ----------
    columns : Columns
        The study's rows; a panel.
    arm : {"treated", "comparison"}
        Which arm.

    Returns
    -------
    dict of tuple of int to int, or None
        None where a unit is in several groups over time.
    """
    assert columns.subgroups is not None and columns.unit is not None
    n = len(columns.outcome)
    treated = np.ones(n, dtype=bool) if columns.treated is None else columns.treated
    rows = treated if arm == "treated" else ~treated
    pairs = np.unique(np.column_stack([columns.unit[rows], columns.subgroups[rows]]), axis=0)
    if len(np.unique(pairs[:, 0])) < len(pairs):
        return None
    groups, counts = np.unique(pairs[:, 1:], axis=0, return_counts=True)
    return {tuple(g): int(k) for g, k in zip(groups.tolist(), counts.tolist(), strict=True)}


def each_group(columns: Columns) -> list[tuple[int, int, Callable[[tuple[int, ...]], bool]]]:
    """Return every group of every column, with whether a combination of groups is within it.

    Parameters
    ----------
    columns : Columns
        The study's rows.

    Returns
    -------
    list of (int, int, callable)
        The column's place, the group's code, and the test.
    """

    def within(at: int, code: int) -> Callable[[tuple[int, ...]], bool]:
        return lambda groups: groups[at] == code

    return [
        (at, code, within(at, code))
        for at, labels in enumerate(columns.subgroup_labels)
        for code in range(len(labels))
    ]
