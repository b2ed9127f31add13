"""A linear problem: nuisance columns, effect columns and who was treated, row block by row block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.assignment import AssignmentReduction, Piece, reduce_assignment
from impactkit.effects.kernels.least_squares import Block, LeastSquares, least_squares
from impactkit.effects.kernels.lottery_means import Drawn

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Some rows of a linear problem, multiplied by root weights and cleared of absorbed effects.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        The outcome.
    others : ndarray, shape (n, o)
        Columns adjusted for.
    bases : ndarray, shape (n, K)
        What each effect column would be if every row were treated.
    treated : ndarray of bool, shape (n,)
        Who was; ``others`` followed by ``bases * treated`` are the regressors.
    clusters : ndarray of int, shape (n,)
        Cluster of each row, coded 0 .. G-1 over all blocks.
    """

    outcome: Floats
    others: Floats
    bases: Floats
    treated: Flags
    clusters: Codes

    def block(self) -> Block:
        """Return the rows as the kernels take them."""
        effects = self.bases * self.treated[:, None]
        return Block(X=np.hstack([self.others, effects]), y=self.outcome, clusters=self.clusters)

    def __getitem__(self, piece: slice) -> Rows:
        return Rows(**{f.name: getattr(self, f.name)[piece] for f in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearProblem:
    """A regression whose last columns are the effects.

    Parameters
    ----------
    pieces : tuple of slice
        Rows that are built together; a cluster lies whole in one piece.
    build : callable
        From a slice to its `Rows`.
    names : tuple of str
        Names of the columns adjusted for.
    n_effects : int
        How many effect columns there are.
    n_rows, n_parameters : int
        Rows and parameters that small-sample factors count (absorbed effects nested in clusters are not
        counted).
    by_row : bool
        Whether every row is a cluster of its own.
    n_clusters : int
        How many clusters there are.
    norms : ndarray, shape (o + K,), optional
        Norms of the columns before absorption, by which dependent columns are told.
    cluster_treated, cluster_comparison : int
        Clusters with treated rows and with comparison rows; None where there is no comparison group.
    outcome_scale : float
        Largest outcome in absolute value, by which rounding noise is told from variation.
    given_variance : ndarray, shape (n,), optional
        Sampling variance that each row's outcome came with, times its weight.
    sizes : ndarray, shape (n,), optional
        Population of each unit, where the rows are units' follow-up less baseline means and nothing is
        adjusted for.
    contrasts : ndarray, shape (M, K), optional
        The combinations of the effects that are asked about; None for each effect.
    drawn : callable, optional
        Returns what was drawn by lot, where the last effect is a difference of means that nothing is adjusted
        for.
    """

    pieces: tuple[slice, ...]
    build: Callable[[slice], Rows]
    names: tuple[str, ...]
    n_effects: int
    n_rows: int
    n_parameters: int
    by_row: bool
    n_clusters: int
    norms: Floats | None = None
    cluster_treated: int
    cluster_comparison: int | None
    outcome_scale: float
    given_variance: Floats | None = None
    sizes: Floats | None = None
    contrasts: Floats | None = None
    drawn: Callable[[], Drawn] | None = None

    def __iter__(self) -> Iterator[Block]:
        for piece in self.pieces:
            yield self.build(piece).block()

    def fit(self) -> LeastSquares:
        """Return the least-squares solution."""
        return least_squares(self, norms=self.norms)

    @property
    def effects(self) -> range:
        """Positions of the effect columns."""
        return range(len(self.names), len(self.names) + self.n_effects)

    @property
    def targets(self) -> Floats:
        """What each coefficient weighs in what is asked about, shape (M, o + K)."""
        o, K = len(self.names), self.n_effects
        own = np.eye(K) if self.contrasts is None else self.contrasts
        return np.hstack([np.zeros((len(own), o)), own])

    def points(self, fit: LeastSquares) -> Floats:
        """Return the estimates of what is asked about, shape (M,); nan where the rows do not determine it."""
        targets = self.targets
        found = targets @ np.nan_to_num(fit.coefficients)
        found[~fit.are_estimable(targets)] = np.nan
        return np.asarray(found)

    def dropped(self, fit: LeastSquares) -> tuple[str, ...]:
        """Return the names of adjusted-for columns that depend on others and were dropped."""
        return tuple(name for name, kept in zip(self.names, fit.kept, strict=False) if not kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What small-sample factors count of a problem, and how large its outcome is.

    Parameters
    ----------
    n_rows, n_parameters : int
        Rows and parameters.
    by_row : bool
        Whether every row is a cluster of its own.
    outcome_scale : float
        Largest outcome in absolute value.
    """

    n_rows: int
    n_parameters: int
    by_row: bool
    outcome_scale: float


def problem_of(
    rows: Rows, *, names: tuple[str, ...], counted: Counted, norms: Floats | None = None
) -> LinearProblem:
    """Return the linear problem of rows that are all built.

    Parameters
    ----------
    rows : Rows
        Every row.
    names : tuple of str
        Names of the columns adjusted for.
    counted : Counted
        What small-sample factors count.
    norms : ndarray, shape (o + K,), optional
        Norms of the columns before absorption.

    Returns
    -------
    LinearProblem
        In one piece.
    """
    G = int(rows.clusters.max()) + 1
    with_treated, with_comparison = (
        int(np.count_nonzero(np.bincount(rows.clusters[group], minlength=G)))
        for group in (rows.treated, ~rows.treated)
    )
    return LinearProblem(
        pieces=(slice(0, len(rows.outcome)),),
        build=rows.__getitem__,
        names=names,
        n_effects=rows.bases.shape[1],
        n_rows=counted.n_rows,
        n_parameters=counted.n_parameters,
        by_row=counted.by_row,
        n_clusters=G,
        norms=norms,
        cluster_treated=with_treated,
        cluster_comparison=None if rows.treated.all() else with_comparison,
        outcome_scale=counted.outcome_scale,
    )


def moderated(problem: LinearProblem, factors: Floats) -> LinearProblem:
    """Return a problem whose effect columns are multiplied by something that never changes within a unit.

    Parameters
    ----------
    problem : LinearProblem
        The regression; unit effects may have been absorbed.
    factors : ndarray, shape (n, K) or (n, 1)
        What each row's effect columns are multiplied by. A problem of one effect column gets K.

    Returns
    -------
    LinearProblem
        The same rows, outcome and other columns.
    """
    o, sizes = len(problem.names), np.abs(factors).max(axis=0)

    def build(piece: slice) -> Rows:
        rows = problem.build(piece)
        return replace(rows, bases=rows.bases * factors[piece])

    norms = None if problem.norms is None else np.append(problem.norms[:o], problem.norms[o:] * sizes)
    n_effects = max(problem.n_effects, factors.shape[1])
    return replace(problem, build=build, norms=norms, n_effects=n_effects)


def whole_clusters(clusters: Codes, *, rows_at_once: int) -> tuple[slice, ...]:
    """Cut sorted rows into pieces that keep clusters whole.

    Parameters
    ----------
    clusters : ndarray of int, shape (n,)
        Sorted cluster codes.
    rows_at_once : int
        About how many rows a piece holds.

    Returns
    -------
    tuple of slice
        The pieces, in order.

    Examples
    --------
    >>> whole_clusters(np.array([0, 0, 1, 1, 2]), rows_at_once=2)
    (slice(0, 2, None), slice(2, 4, None), slice(4, 5, None))
    """
    n = len(clusters)
    if n <= rows_at_once:
        return (slice(0, n),)
    wanted = np.arange(rows_at_once, n, rows_at_once)
    ends = np.unique(np.append(np.searchsorted(clusters, clusters[wanted - 1], side="right"), n))
    starts = np.append(0, ends[:-1])
    return tuple(slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True))


def assignment_reduction(
    problem: LinearProblem, units: Codes, *, observed: Flags, strata: Codes, base: int = -1
) -> AssignmentReduction:
    """Reduce a linear problem to what a permutation test of one effect needs: sums by assignment unit.

    Parameters
    ----------
    problem : LinearProblem
        The regression.
    units : ndarray of int, shape (n,)
        Assignment unit of each row, coded 0 .. A-1.
    observed : ndarray of bool, shape (A,)
        Which units were treated.
    strata : ndarray of int, shape (A,)
        Stratum in which each unit was drawn.
    base : int
        Which effect.

    Returns
    -------
    AssignmentReduction
        Sums by assignment unit.
    """
    return reduce_assignment(_Pieces(problem, units, base), observed=observed, strata=strata)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The problem's rows as the permutation kernel takes them."""

    problem: LinearProblem
    units: Codes
    base: int

    def __iter__(self) -> Iterator[Piece]:
        for piece in self.problem.pieces:
            rows = self.problem.build(piece)
            yield Piece(
                outcome=rows.outcome,
                exposure=rows.bases[:, self.base],
                controls=rows.others,
                units=self.units[piece],
            )
