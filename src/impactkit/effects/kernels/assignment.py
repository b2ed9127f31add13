"""Permutation by the real assignment law: every other way the project could have been given out."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics
from impactkit.effects.kernels.least_squares import Block, least_squares
from impactkit.errors import EstimationError

EXACT_BELOW = 20_000
"""Up to this many possible assignments, all are gone through instead of a random sample."""

EXPLAINED = 1e-13
"""An outcome whose residual is at most this share of it is explained by the controls, to the last digit."""

_CHUNK_BYTES = 2 << 20  # keys, their copy by stratum and its partition are as large again


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentReduction:
    """A regression coefficient as a function of who was assigned.

    For an assignment ``v`` in {0, 1}^G the coefficient is ``v'a / (v's - |v'C|^2)``.

    Parameters
    ----------
    numerator : ndarray, shape (G,)
        ``a``: inner product of each unit's piece of the regressor with the residualised outcome.
    self_product : ndarray, shape (G,)
        ``s``: squared length of each unit's piece.
    cross : ndarray, shape (G, k)
        ``C``: inner products of the pieces with an orthonormal basis of the other regressors.
    observed : ndarray of bool, shape (G,)
        The assignment that happened.
    strata : ndarray of int, shape (G,)
        Within each stratum the number assigned is fixed.
    """

    numerator: Floats
    self_product: Floats
    cross: Floats
    observed: Flags
    strata: Labels

    @property
    def n_assignments(self) -> int:
        """How many assignments could have been drawn."""
        return count_assignments(self.strata, self.observed)

    def statistics(self, *, draws: int, seed: int) -> AssignmentStatistics:
        """Return the coefficient under other assignments; see `assignment_statistics`."""
        return assignment_statistics(self, draws=draws, seed=seed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Some rows of a regression, multiplied by root weights and cleared of absorbed effects.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        The outcome.
    exposure : ndarray, shape (n,)
        The regressor each row would have if its unit were assigned (one, or "after the start"), treated
        likewise. Effects absorbed from it must be nested in units.
    controls : ndarray, shape (n, k)
        All other regressors, the constant and period effects among them, treated likewise.
    units : ndarray of int, shape (n,)
        Assignment unit of each row, coded 0 .. G-1 over all pieces.
    """

    outcome: Floats
    exposure: Floats
    controls: Floats
    units: Labels

    def block(self) -> Block:
        """Return outcome and controls as least squares takes them."""
        return Block(X=self.controls, y=self.outcome, clusters=self.units)


def reduce_assignment(pieces: Iterable[Piece], *, observed: Flags, strata: Labels) -> AssignmentReduction:
    """Reduce the rows of a regression to sums by assignment unit.

    Parameters
    ----------
    pieces : re-iterable of Piece
        The rows. One piece for ordinary problems, many for millions of rows.
    observed : ndarray of bool, shape (G,)
        Which units were assigned.
    strata : ndarray of int, shape (G,)
        Stratum of each unit.

    Returns
    -------
    AssignmentReduction
        The sums. Rows are not needed any more.

    Notes
    -----
    By the Frisch-Waugh-Lovell theorem the coefficient of ``x = sum_g v_g z_g`` is ``x'y~ / (x'x - |Q'x|^2)``,
    with ``Q`` an orthonormal basis of the controls and ``y~`` the outcome less its projection on them.

    Examples
    --------
    >>> piece = Piece(outcome=np.array([3.0, 5, 1, 1]), exposure=np.ones(4), units=np.arange(4),
    ...               controls=np.ones((4, 1)))
    >>> reduction = reduce_assignment(
    ...     [piece], observed=np.array([True, True, False, False]), strata=np.zeros(4, dtype=np.int64))
    >>> assignment_statistics(reduction, draws=999, seed=1).observed
    3.0
    """
    G = len(observed)
    fit = least_squares(_ControlBlocks(pieces))
    a, s, cross, size = np.zeros(G), np.zeros(G), np.zeros((G, fit.rank)), 0.0
    for piece in pieces:
        block, p = piece.block(), piece.exposure
        size += float(piece.outcome @ piece.outcome)
        a += np.bincount(piece.units, p * fit.residuals(block), G)
        s += np.bincount(piece.units, p * p, G)
        if fit.rank:
            columns = fit.regressors(block).T
            sums = np.column_stack([np.bincount(piece.units, p * column, G) for column in columns])
            cross += solve_triangular(fit.root, sums.T, trans="T").T
    if fit.residual_sum_of_squares <= EXPLAINED**2 * size:
        a = np.zeros(G)  # only rounding noise is left of the outcome
    return AssignmentReduction(numerator=a, self_product=s, cross=cross, observed=observed, strata=strata)


@dataclass(frozen=True, slots=True)
class _ControlBlocks:
    """Outcome and controls of the pieces, gone through anew each time."""

    pieces: Iterable[Piece]

    def __iter__(self) -> Iterator[Block]:
        return (piece.block() for piece in self.pieces)


def count_assignments(strata: Labels, observed: Flags) -> int:
    """Count the assignments that keep the number assigned in each stratum.

    Parameters
    ----------
    strata : ndarray of int, shape (G,)
        Stratum of each unit.
    observed : ndarray of bool, shape (G,)
        Which units were assigned.

    Returns
    -------
    int
        A product of binomial coefficients, exact however large.

    Examples
    --------
    >>> count_assignments(np.array([0, 0, 0, 0, 1, 1]), np.array([True, True, False, False, True, False]))
    12
    """
    _, codes = np.unique(strata, return_inverse=True)
    sizes, assigned = np.bincount(codes), np.bincount(codes, weights=observed).astype(np.int64)
    return math.prod(math.comb(int(n), int(n1)) for n, n1 in zip(sizes, assigned, strict=True))


def assignments(
    reduction: AssignmentReduction, *, draws: int, seed: int, exact_below: int = EXACT_BELOW
) -> Iterator[Floats]:
    """Go through assignments, in chunks of bounded memory.

    Parameters
    ----------
    reduction : AssignmentReduction
        Gives the observed assignment and the strata.
    draws : int
        Number of random assignments when there are too many for all.
    seed : int
        Seed of the random numbers.
    exact_below : int
        All assignments are gone through, the observed one once, when there are at most this many.

    Yields
    ------
    ndarray, shape (c, G)
        Assignments as rows of 0.0 and 1.0.

    Notes
    -----
    Randomness is the raw 64-bit stream of PCG64 and nothing else: numpy keeps that stream from version to
    version, but not those of its distributions. Draw ``b`` uses keys ``b G .. b G + G - 1``; in each stratum
    the units with the smallest keys are assigned. Draws therefore do not depend on the size of chunks.
    """
    if count_assignments(reduction.strata, reduction.observed) <= exact_below:
        return _all_assignments(reduction)
    return _random_assignments(reduction, draws, seed)


def _rows_at_once(G: int) -> int:
    return max(1, _CHUNK_BYTES // (8 * max(G, 1)))


def _all_assignments(reduction: AssignmentReduction) -> Iterator[Floats]:
    G = len(reduction.observed)
    members = [np.flatnonzero(reduction.strata == stratum) for stratum in np.unique(reduction.strata)]
    tables = [_choices(units, int(reduction.observed[units].sum())) for units in members]
    count = math.prod(len(table) for _, table in tables)
    for start in range(0, count, _rows_at_once(G)):
        index = np.arange(start, min(count, start + _rows_at_once(G)))
        rows = np.arange(len(index))[:, None]
        chunk = np.zeros((len(index), G))
        for units, (chosen_value, table) in zip(members, tables, strict=True):
            index, digit = np.divmod(index, len(table))
            chunk[:, units] = 1.0 - chosen_value
            chunk[rows, table[digit]] = chosen_value
        yield chunk


def _choices(units: Labels, n_assigned: int) -> tuple[float, Labels]:
    """Return every choice of the smaller side of a stratum (choices x units), and the value it takes."""
    smaller = min(n_assigned, len(units) - n_assigned)
    return (1.0 if smaller == n_assigned else 0.0), units[_combinations(len(units), smaller)]


@functools.lru_cache(maxsize=32)
def _combinations(n: int, k: int) -> Labels:
    """Return every choice of k among n, shape (n over k, k), kept because drawn studies ask for it again."""
    table = np.array(list(itertools.combinations(range(n), k)), dtype=np.int64).reshape(math.comb(n, k), k)
    table.flags.writeable = False
    return table


def _random_assignments(reduction: AssignmentReduction, draws: int, seed: int) -> Iterator[Floats]:
    G = len(reduction.observed)
    fixed, alike = _strata_alike(reduction)
    # Strata side by side are slices, which are many times faster than picking columns stratum by stratum.
    order = np.concatenate([fixed, *(units.ravel() for units, _ in alike)])
    back, is_ordered = np.argsort(order), bool((order[1:] > order[:-1]).all())
    stream = np.random.PCG64(seed)
    for start in range(0, draws, _rows_at_once(G)):
        c = min(_rows_at_once(G), draws - start)
        keys = stream.random_raw(c * G).reshape(c, G)
        keys = keys if is_ordered else keys.take(order, axis=1)
        drawn = np.empty((c, G), dtype=np.bool_)
        drawn[:, : len(fixed)] = reduction.observed[fixed]
        at = len(fixed)
        for units, n_assigned in alike:
            here = slice(at, at + units.size)
            own = keys[:, here].reshape(c, *units.shape)
            drawn[:, here] = _smallest(own, n_assigned).reshape(c, -1)
            at = here.stop
        yield (drawn if is_ordered else drawn.take(back, axis=1)).astype(np.float64)


def _smallest(keys: npt.NDArray[np.uint64], n: int) -> Flags:
    """Return which keys are among the n smallest of the last axis.

    The upper halves are parted first, at less than half the cost; where two of them tie at the threshold the
    whole keys decide.
    """
    halves = (keys >> np.uint64(32)).astype(np.uint32)
    found: Flags = halves <= np.partition(halves, n - 1, axis=-1)[..., n - 1, None]
    tied = np.count_nonzero(found, axis=-1) != n
    if tied.any():
        whole = keys[tied]
        found[tied] = whole <= np.partition(whole, n - 1, axis=-1)[..., n - 1, None]
    return found


def _strata_alike(reduction: AssignmentReduction) -> tuple[Labels, list[tuple[Labels, int]]]:
    """Return the units that never change, and strata alike in size and number assigned (strata x units)."""
    fixed: list[Labels] = [np.empty(0, dtype=np.int64)]
    stacks: dict[tuple[int, int], list[Labels]] = {}
    order = np.argsort(reduction.strata, kind="stable")
    cuts = np.flatnonzero(np.diff(reduction.strata[order])) + 1
    for units in np.split(order, cuts):
        n_assigned = int(reduction.observed[units].sum())
        if n_assigned in (0, len(units)):
            fixed.append(units)
        else:
            stacks.setdefault((len(units), n_assigned), []).append(units)
    alike = [(np.stack(members), n_assigned) for (_, n_assigned), members in stacks.items()]
    return np.concatenate(fixed), alike


def assignment_statistics(
    reduction: AssignmentReduction, *, draws: int, seed: int, exact_below: int = EXACT_BELOW
) -> AssignmentStatistics:
    """Return the coefficient under other assignments, ready for tests of any constant effect.

    Parameters
    ----------
    reduction : AssignmentReduction
        The coefficient as a function of the assignment.
    draws, seed, exact_below : int
        As in ``assignments``.

    Returns
    -------
    AssignmentStatistics
        The reference distribution; ``.p_value()`` and ``.interval()`` read it.

    Raises
    ------
    EstimationError
        If there is only one possible assignment.

    Notes
    -----
    If every effect is the constant ``m``, the outcome without the project is ``y - m x(o)``, so assignment
    ``v`` would give ``(v'a - m shift(v)) / den(v)`` with ``shift(v) = sum_g v_g o_g s_g - (v'C)(o'C)``; the
    observed assignment gives ``theta(o) - m``.

    References
    ----------
    .. [1] Rosenbaum, P. R. (2002). Covariance adjustment in randomized experiments and observational studies.
       *Statistical Science*, 17(3).
    """
    n_assignments = count_assignments(reduction.strata, reduction.observed)
    if n_assignments < 2:
        raise EstimationError(
            "Only one assignment is possible: every stratum has all or none of its units assigned.",
            where="strata",
            mend="Use wider strata, or another inference.",
        )
    o = reduction.observed.astype(np.float64)
    observed_sums = _sums(reduction, o[None, :])
    chunks = [
        _sums(reduction, chunk)
        for chunk in assignments(reduction, draws=draws, seed=seed, exact_below=exact_below)
    ]
    numerators, shifts, denominators = np.concatenate(chunks, axis=1)
    return AssignmentStatistics(
        numerators=numerators,
        shifts=shifts,
        denominators=denominators,
        observed_numerator=float(observed_sums[0, 0]),
        observed_denominator=float(observed_sums[2, 0]),
        is_exact=n_assignments <= exact_below,
        n_assignments=n_assignments,
    )


def _sums(reduction: AssignmentReduction, chunk: Floats) -> Floats:
    """Return numerators, shifts and denominators, shape (3, c), of the assignments in a chunk."""
    o = reduction.observed.astype(np.float64)
    s = reduction.self_product
    sums = chunk @ np.column_stack([reduction.numerator, s, o * s, reduction.cross])
    (numerators, lengths, overlaps), projections = sums[:, :3].T, sums[:, 3:]
    # A regressor that the controls explain leaves rounding noise; its statistic is undefined, not huge.
    denominators = lengths - np.sum(projections**2, axis=1)
    denominators = np.where(denominators > 1e-10 * lengths, denominators, 0.0)
    return np.stack([numerators, overlaps - projections @ (o @ reduction.cross), denominators])
