"""What a reader can work out: the least and the most that a hidden figure can be, given all that is shown.

A reader knows every figure that is shown, that counts are whole and never negative, and that a count of 0
would have been shown. The figures are sums of the same unknown groups of people, so what can be worked out
is a linear programme: the least and the most of each hidden figure. Linear programmes are solved by HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csc_array

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_EXACT = 1e-6
"""Solutions are exact to less than this; people are whole."""
_NODES = 1000
"""For each integer programme: a limit in time would hide more on a slow computer than on a quick one."""
_AT_ONCE = 4
"""So many figures in one programme: more of them would take room and not less time."""
_ROOM = 10.0
"""An unknown group may be so many times as large as what is shown and asked for: more tells nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """All that a reader knows, as linear equations in the sizes of unknown groups of people.

    Parameters
    ----------
    parts : ndarray, shape (S, V)
        How often each of the V groups counts in each of the S figures that are shown.
    values : ndarray, shape (S,)
        The figures.
    at_least_one : ndarray, shape (H, V)
        Hidden counts that are known not to be 0, since a 0 would have been shown.
    slack : ndarray, shape (S,), optional
        How far each true figure may lie from the one shown, because it was rounded; 0 when left out.
    """

    parts: Floats
    values: Floats
    at_least_one: Floats
    slack: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """Between what a reader can place hidden figures.

    Parameters
    ----------
    low, high : ndarray, shape (K,)
        The least and the most that each can be.
    binding : ndarray of bool, shape (K, S)
        Which of the figures shown it takes to place them there.
    points : ndarray, shape (2K, V)
        Groups of people that give the figures shown, and these limits.
    """

    low: Floats
    high: Floats
    binding: Flags
    points: Floats

    @property
    def width(self) -> Floats:
        """How far apart they are: 0 where the figure can be worked out."""
        found: Floats = self.high - self.low
        return found


def limits_of(targets: Floats, known: Known, *, room: float) -> Limits | None:
    """Return between what a reader can place each of some hidden figures.

    Parameters
    ----------
    targets : ndarray, shape (K, V)
        How often each group of people counts in each hidden figure.
    known : Known
        What is shown.
    room : float
        A width that is certainly enough: where the limits lie further apart they need not be exact.

    Returns
    -------
    Limits or None
        None where no groups of people give the figures shown: they contradict each other.

    Notes
    -----
    A limit that is not reached by whole numbers of people is found again as an integer programme. One that
    HiGHS cannot settle in a second is nan, which is never far enough: a doubt hides more and never less.

    Examples
    --------
    >>> shown = np.array([[1.0, 1, 0], [0, 1, 1]])
    >>> known = Known(parts=shown, values=np.array([12.0, 30]), at_least_one=np.eye(3))
    >>> found = limits_of(np.eye(3), known, room=10)
    >>> found.low.tolist(), found.high.tolist()
    ([1.0, 1.0, 19.0], [11.0, 11.0, 29.0])
    """
    most = _ROOM * (1 + float(np.abs(known.values).max(initial=0.0)) + room)
    found = [_limits(targets[k : k + _AT_ONCE], known, most) for k in range(0, len(targets), _AT_ONCE)]
    parts = [part for part in found if part is not None]
    if len(parts) < len(found):
        return None
    names = ("low", "high", "binding", "points")
    return Limits(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _limits(targets: Floats, known: Known, most: float) -> Limits | None:
    """Return the limits of some hidden figures by one programme made of a copy of the equations for each."""
    from scipy.optimize import linprog

    K, V = targets.shape
    copies = np.concatenate([targets, -targets])
    exact, rounded = _equations(known)
    equal, unequal = _programme(known, exact, rounded, copies=2 * K)
    solved = linprog(
        copies.ravel(),
        A_ub=cast(Any, unequal.parts),
        b_ub=unequal.values,
        A_eq=cast(Any, equal.parts),
        b_eq=equal.values,
        bounds=(0, most),
        method="highs",
    )
    if solved.x is None:
        return None
    points = solved.x.reshape(2 * K, V)
    for k in np.flatnonzero(np.abs(points - np.rint(points)).max(axis=1, initial=0.0) > _EXACT):
        points[k] = _whole(copies[k], known, most)
    reached = np.einsum("kv,kv->k", copies, points)
    binding = np.zeros((2 * K, len(known.values)), dtype=bool)
    binding[:, exact] = np.abs(solved.eqlin.marginals.reshape(2 * K, -1)) > _EXACT
    binding[:, rounded] = True
    return Limits(low=reached[:K], high=-reached[K:], binding=binding[:K] | binding[K:], points=points)


def _equations(known: Known) -> tuple[Flags, Flags]:
    """Return which figures are exact, and which were rounded."""
    if known.slack is None:
        return np.ones(len(known.values), dtype=bool), np.zeros(len(known.values), dtype=bool)
    exact: Flags = known.slack == 0
    return exact, ~exact


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    """Rows of a linear programme; sparse, since copies of equations hold little but zeros."""

    parts: csc_array
    values: Floats


def _programme(known: Known, exact: Flags, rounded: Flags, *, copies: int) -> tuple[_Rows, _Rows]:
    """Return the equations and the inequalities of all copies."""
    near, at = known.parts[rounded], known.values[rounded]
    slack = np.zeros(0) if known.slack is None else known.slack[rounded]
    unequal = np.concatenate([near, -near, -known.at_least_one])
    ends = np.concatenate([at + slack, slack - at, -np.ones(len(known.at_least_one))])
    return _copied(known.parts[exact], known.values[exact], copies), _copied(unequal, ends, copies)


def _copied(parts: Floats, values: Floats, copies: int) -> _Rows:
    """Return rows as many times, each time about unknowns of its own."""
    from scipy.sparse import csc_array

    m, n = parts.shape
    rows, columns = np.nonzero(parts)
    held = np.tile(parts[rows, columns].astype(np.float64), copies)
    shift = np.arange(copies)[:, None]
    places = ((rows + m * shift).ravel(), (columns + n * shift).ravel())
    return _Rows(
        parts=csc_array((held, places), shape=(copies * m, copies * n)), values=np.tile(values, copies)
    )


def _whole(cost: Floats, known: Known, most: float) -> Floats:
    """Return whole numbers of people that reach the least of a cost; nan where there is no telling."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    slack = np.zeros(len(known.values)) if known.slack is None else known.slack
    shown = LinearConstraint(known.parts, known.values - slack, known.values + slack)
    others = LinearConstraint(known.at_least_one, 1, np.inf) if len(known.at_least_one) else None
    found = milp(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(0, most),
        constraints=[shown] if others is None else [shown, others],
        options={"node_limit": _NODES},
    )
    # Where none were found, nothing is known to lie apart from the rest.
    return np.full(len(cost), np.nan) if found.x is None else np.asarray(found.x)
