"""Permutation of starts: every other way the same starts could have been given out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics

_CHUNK_NUMBERS = 1 << 18
_FEW_LABELS = 32
Keys: TypeAlias = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CohortTables:
    """Sums by unit of assignment and period.

    Parameters
    ----------
    sums, exposures : ndarray, shape (G, T)
        Weighted sums of the outcome, and of being treated (likewise cleared of units' means and covariates).
    masses : ndarray, shape (G, T)
        Sums of weights.
    contrasts : ndarray, shape (A, T)
        What each cohort's mean weighs in the effect, by period.
    """

    sums: Floats
    exposures: Floats
    masses: Floats
    contrasts: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CohortReduction:
    """An average effect as a function of who started when.

    Parameters
    ----------
    tables : callable
        Returns the `CohortTables`; not called before a test is asked for.
    observed : ndarray of int, shape (G,)
        The cohort of each unit of assignment, coded 0 .. A-1.
    strata : ndarray of int, shape (G,)
        Within each stratum the number of each cohort is fixed.

    Notes
    -----
    Under another assignment the effect is the same combination of the means of those who then make up each
    cohort. Where cohorts' masses differ between assignments the combination stays as observed.
    """

    tables: Callable[[], CohortTables]
    observed: Labels
    strata: Labels

    @property
    def n_assignments(self) -> int:
        """How many assignments could have been drawn."""
        return count_orders(self.observed, self.strata)

    def statistics(self, *, draws: int, seed: int) -> AssignmentStatistics:
        """Return the effect under other assignments, ready for tests of any constant effect.

        Parameters
        ----------
        draws : int
            Random assignments when there are more than `EXACT_BELOW`.
        seed : int
            Where they start.

        Returns
        -------
        AssignmentStatistics
            With denominators of 1, or 0 where a cohort has no rows in a period that counts.
        """
        tables = self.tables()
        n = self.n_assignments
        labels = orders(self.observed, self.strata, draws=draws, seed=seed)
        found = [_effects(tables, chunk) for chunk in labels]
        numerators, shifts, defined = np.concatenate(found, axis=1)
        own = _effects(tables, self.observed[None, :])[:, 0]
        # Covariates may take a little of the exposure with them; the effect keeps its unit all the same.
        numerators, shifts, effect = numerators / own[1], shifts / own[1], own[0] / own[1]
        return AssignmentStatistics(
            numerators=numerators,
            shifts=shifts,
            denominators=defined,
            observed_numerator=float(effect),
            observed_denominator=float(own[2]),
            is_exact=n <= EXACT_BELOW,
            n_assignments=n,
        )


def count_orders(labels: Labels, strata: Labels) -> int:
    """Count the ways to give the same labels to other units.

    Parameters
    ----------
    labels : ndarray of int, shape (G,)
        The label of each unit, coded from 0.
    strata : ndarray of int, shape (G,)
        Within each stratum the number of each label is fixed.

    Returns
    -------
    int
        A product of multinomial coefficients, exact however large.

    Examples
    --------
    >>> count_orders(np.array([0, 0, 1, 2]), np.zeros(4, dtype=np.int64))
    12
    """
    total = 1
    for stratum in np.unique(strata):
        counts = np.bincount(labels[strata == stratum])
        left = int(counts.sum())
        for count in counts.tolist():
            total *= math.comb(left, count)
            left -= count
    return total


def orders(labels: Labels, strata: Labels, *, draws: int, seed: int) -> Iterator[Labels]:
    """Go through the ways to give the same labels to other units.

    Parameters
    ----------
    labels, strata : ndarray of int, shape (G,)
        See `count_orders`.
    draws : int
        Random orders when there are more than `EXACT_BELOW`; else all of them, each once.
    seed : int
        Where random orders start.

    Yields
    ------
    ndarray of int, shape (c, G)
        Labels, a row an order.
    """
    if count_orders(labels, strata) <= EXACT_BELOW:
        return _all(labels, strata)
    return _random(labels, strata, draws, seed)


def _all(labels: Labels, strata: Labels) -> Iterator[Labels]:
    """Go through all orders, a stratum's choices within another's."""
    members = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    choices = [_arrangements(labels[units]) for units in members]
    rows = []
    for picked in itertools.product(*(range(len(table)) for table in choices)):
        row = np.empty(len(labels), dtype=np.int64)
        for units, table, at in zip(members, choices, picked, strict=True):
            row[units] = table[at]
        rows.append(row)
    yield np.array(rows)


def _random(labels: Labels, strata: Labels, draws: int, seed: int) -> Iterator[Labels]:
    """Go through random orders: in each stratum the labels in the order of the units' keys."""
    G = len(labels)
    stream = np.random.PCG64(seed)
    members = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    for start in range(0, draws, max(1, _CHUNK_NUMBERS // G)):
        c = min(max(1, _CHUNK_NUMBERS // G), draws - start)
        keys = stream.random_raw(c * G).reshape(c, G)
        drawn = np.empty((c, G), dtype=np.int64)
        if len(members) == 1:
            yield _labelled(keys, np.sort(labels))
            continue
        drawn = np.empty((c, G), dtype=np.int64)
        for units in members:
            drawn[:, units] = _labelled(keys.take(units, axis=1), np.sort(labels[units]))
        yield drawn


def _labelled(keys: Keys, labels: Labels) -> Labels:
    """Give sorted labels (G,) to units in the order of their keys (c, G).

    Where there are few different labels only the keys at which they change are found, by their upper halves,
    without sorting; where two halves tie there the whole keys decide.
    """
    values, counts = np.unique(labels, return_counts=True)
    if len(values) > _FEW_LABELS:
        return _sorted_labels(keys, labels)
    ends = np.cumsum(counts)[:-1]
    halves = (keys >> np.uint64(32)).astype(np.uint32)
    thresholds = np.partition(halves, ends - 1, axis=1).take(ends - 1, axis=1)
    places = np.zeros(keys.shape, dtype=np.uint8)
    tied = np.zeros(len(keys), dtype=np.bool_)
    for threshold, end in zip(thresholds.T, ends, strict=True):
        is_above = halves > threshold[:, None]
        tied |= np.count_nonzero(is_above, axis=1) != keys.shape[1] - end
        places += is_above
    found = values.take(places)
    if tied.any():
        found[tied] = _sorted_labels(keys[tied], labels)
    return found


def _sorted_labels(keys: Keys, labels: Labels) -> Labels:
    order = np.argsort(keys, axis=1, kind="stable")
    found = np.empty(keys.shape, dtype=np.int64)
    np.put_along_axis(found, order, np.broadcast_to(labels, keys.shape), 1)
    return found


def _arrangements(labels: Labels) -> Labels:
    """Return every distinct order of labels, shape (choices, units)."""
    n = len(labels)
    rows = [np.full(n, -1, dtype=np.int64)]
    for label, count in zip(*np.unique(labels, return_counts=True), strict=True):
        grown = []
        for row in rows:
            free = np.flatnonzero(row < 0)
            for chosen in itertools.combinations(free.tolist(), int(count)):
                new = row.copy()
                new[list(chosen)] = label
                grown.append(new)
        rows = grown
    return np.array(rows)


def _effects(tables: CohortTables, labels: Labels) -> Floats:
    """Return effects, shifts and whether they are defined, shape (3, c), under assignments (c, G)."""
    c = len(labels)
    effects, shifts, defined = np.zeros(c), np.zeros(c), np.ones(c)
    for arm, contrast in enumerate(tables.contrasts):
        used = np.flatnonzero(contrast)
        if not len(used):
            continue
        belongs = (labels == arm).astype(np.float64)
        masses = tables.masses[:, used]
        if bool((masses == masses[:, :1]).all()):
            own = np.column_stack(
                [tables.sums[:, used] @ contrast[used], tables.exposures[:, used] @ contrast[used]]
            )
            mass = belongs @ masses[:, 0]
            top = belongs @ own
            safe = np.where(mass > 0, mass, 1.0)
            effects += top[:, 0] / safe
            shifts += top[:, 1] / safe
            defined *= mass > 0
        else:
            mass = belongs @ masses
            safe = np.where(mass > 0, mass, 1.0)
            effects += (belongs @ tables.sums[:, used] / safe) @ contrast[used]
            shifts += (belongs @ tables.exposures[:, used] / safe) @ contrast[used]
            defined *= (mass > 0).all(axis=1)
    return np.stack([effects, shifts, defined])
