"""A study's arrays: coded once, contiguous, sorted by cluster, unit and period."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]

Reason = Literal[
    "outcome_missing",
    "covariate_missing",
    "pre_outcome_missing",
    "std_error_missing",
    "exposure_missing",
    "takeup_missing",
    "running_missing",
    "instrument_missing",
    "zero_weight",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Rows left out for one reason, by group and wave.

    Parameters
    ----------
    reason : str
        Why.
    n_treated, n_comparison : int
        Rows left out in each group; all of them comparison rows where nothing says who is treated.
    follow_up : bool
        Whether the rows lie in the follow-up (in a cross section always).
    """

    reason: Reason
    n_treated: int
    n_comparison: int
    follow_up: bool = True

    @property
    def n(self) -> int:
        """Rows left out."""
        return self.n_treated + self.n_comparison


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The arrays of a study; None where the role is not played.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        In the outcome's unit.
    treated : ndarray of bool, shape (n,), optional
        Whether the row belongs to the treated group (ever, not only now).
    cohort : ndarray, shape (n,), optional
        First treated period of the row's unit, as a period value; inf if never.
    path : ndarray of bool, shape (n,), optional
        Whether the row is treated now, where treatment may be switched off; ``cohort`` is then None.
    eligible : ndarray of bool, shape (n,), optional
        Whom the project is for, where it comes.
    dose : ndarray, shape (n,), optional
        How much of the project the row's unit gets once it has started; 0 for none.
    unit, period, cluster, stratum : ndarray of int, shape (n,), optional
        Codes 0 .. m-1.
    unit_labels, cluster_labels, stratum_labels, arm_labels : ndarray, shape (m,)
        What the codes stand for.
    periods : ndarray, shape (T,)
        Period values in order: years as they are, dates as days since 1970-01-01.
    period_names : tuple of str
        How the periods are written.
    weight, pre_outcome : ndarray, shape (n,), optional
        Positive weights; the outcome before the start.
    exposure : ndarray, shape (n,), optional
        What the outcome is counted over; None where it is no count, or was divided by it already.
    std_error : ndarray, shape (n,), optional
        Standard errors that the outcomes came with.
    takeup : ndarray, shape (n,), optional
        Treatment that was received, where it may differ from what was assigned.
    running : ndarray, shape (n,), optional
        The score by which a rule decides.
    probability : ndarray, shape (n,), optional
        The chance with which the row was assigned to treatment.
    arm : ndarray of int, shape (n,), optional
        Arm of a lottery with several, coded 0 .. m-1; ``arm_labels`` are their names.
    covariates : ndarray, shape (n, p)
        In their own units.
    instruments : ndarray, shape (n, q), optional
        In their own units.
    subgroups : ndarray of int, shape (n, s), optional
        Codes of each column of groups, 0 .. m-1; ``subgroup_labels`` are the names, one array a column.
    """

    outcome: Floats
    treated: Flags | None = None
    cohort: Floats | None = None
    path: Flags | None = None
    eligible: Flags | None = None
    dose: Floats | None = None
    unit: Codes | None = None
    period: Codes | None = None
    cluster: Codes | None = None
    stratum: Codes | None = None
    weight: Floats | None = None
    exposure: Floats | None = None
    pre_outcome: Floats | None = None
    std_error: Floats | None = None
    takeup: Floats | None = None
    running: Floats | None = None
    probability: Floats | None = None
    arm: Codes | None = None
    covariates: Floats
    instruments: Floats | None = None
    subgroups: Codes | None = None
    unit_labels: Array | None = None
    cluster_labels: Array | None = None
    stratum_labels: Array | None = None
    arm_labels: Array | None = None
    subgroup_labels: tuple[Array, ...] = ()
    periods: Floats
    period_names: tuple[str, ...] = ()

    def take(self, rows: Array | slice) -> Columns:
        """Return the same columns for some rows (an index array, a mask or a slice)."""
        kept = {name: getattr(self, name) for name in _NOT_BY_ROW}
        held = ((name, getattr(self, name)) for name in _BY_ROW)
        return Columns(**kept, **{name: values[rows] for name, values in held if values is not None})

    @property
    def time(self) -> Floats:
        """Period value of each row."""
        assert self.period is not None
        found: Floats = self.periods[self.period]
        return found

    @property
    def given_variance(self) -> Floats | None:
        """Sampling variance that each outcome came with, times the row's weight."""
        if self.std_error is None:
            return None
        weight = np.ones(len(self.outcome)) if self.weight is None else self.weight
        found: Floats = weight * self.std_error**2
        return found

    @property
    def n_units(self) -> int:
        """Distinct units, or rows where there are no units."""
        if self.is_regular:
            return len(self.outcome) // len(self.periods)
        return len(self.outcome) if self.unit is None else _distinct(self.unit)

    @property
    def n_treated(self) -> int:
        """Distinct treated units, or treated rows where there are no units; 0 where nobody is known to be."""
        rows = self.by_unit
        if rows.treated is None:
            return 0
        if rows.unit is None or self.is_regular:
            return int(rows.treated.sum())
        return _distinct(rows.unit[rows.treated])

    @cached_property
    def is_regular(self) -> bool:
        """Whether every unit has a row in every period (rows as in a study: sorted, none repeated)."""
        if self.unit is None or self.period is None:
            return False
        n, T = len(self.outcome), len(self.periods)
        # T rows of one unit in T different periods: looking at the ends of each stretch is enough.
        return T > 0 and n % T == 0 and bool((self.unit[::T] == self.unit[T - 1 :: T]).all())

    @property
    def by_unit(self) -> Columns:
        """The first row of each unit of a regular panel, else all rows: all there is to know of units."""
        return self._first_of_each_unit if self.is_regular else self

    @cached_property
    def _first_of_each_unit(self) -> Columns:
        return self.take(slice(0, None, len(self.periods)))


_NOT_BY_ROW = (
    *("unit_labels", "cluster_labels", "stratum_labels", "arm_labels", "subgroup_labels"),
    *("periods", "period_names"),
)
_BY_ROW = tuple(f.name for f in fields(Columns) if f.name not in _NOT_BY_ROW)


def _distinct(codes: Codes | None) -> int:
    return 0 if codes is None or not len(codes) else int(np.count_nonzero(np.bincount(codes)))


def canonical_order(keys: list[Codes]) -> Array | None:
    """Return the order of rows by some codes.

    Parameters
    ----------
    keys : list of ndarray of int, shape (n,)
        Codes from 0, the first the most important.

    Returns
    -------
    ndarray of int, shape (n,), or None
        Equal rows in the order they have; None when all stand so already.

    Examples
    --------
    >>> canonical_order([np.array([1, 0, 1]), np.array([1, 0, 0])]).tolist()
    [1, 2, 0]
    """
    if not keys or _is_sorted(keys):
        return None
    # Codes of one or two bytes are sorted in one pass over them, without comparing.
    narrow = [key.astype(np.min_scalar_type(int(key.max()))) for key in keys]
    order = np.argsort(narrow[-1], kind="stable")
    for key in reversed(narrow[:-1]):
        order = order.take(np.argsort(key.take(order), kind="stable"))
    return order


def _is_sorted(keys: list[Codes]) -> bool:
    tied = np.ones(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in keys:
        before, after = key[:-1], key[1:]
        if bool((tied & (after < before)).any()):
            return False
        tied &= after == before
        if not tied.any():
            return True
    return True
