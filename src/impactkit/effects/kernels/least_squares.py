"""Least squares over blocks of rows, by orthogonal factors, accurate to the last digits the data allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dgeqrf, dgeqrf_lwork

from impactkit.effects.kernels import double_double
from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.errors import EstimationError, UsageError

DEPENDENT = 1e-11
"""A column whose part outside the columns before it is at most this share of its norm is dropped."""

_SHARES = 1e-7  # a kept column that is less than this of a dropped one does not enter it

_ILL_CONDITIONED = 1e3  # above this the square of the condition number costs more digits than QR alone keeps
_MAX_REFINEMENTS = 6
_CHUNK_BYTES = 1 << 19  # a factor's rows stay in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Some rows of a regression, already multiplied by root weights and cleared of absorbed fixed effects.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors.
    y : ndarray, shape (n,)
        Outcome.
    clusters : ndarray of int, shape (n,)
        Cluster of each row, coded 0 .. G-1 over all blocks. A cluster lies whole in one block.
    """

    X: Floats
    y: Floats
    clusters: Labels


Blocks: TypeAlias = Iterable[Block]
"""Blocks that can be gone through again: a sequence, or an object that reads them anew each time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeastSquares:
    """The solution of a least-squares problem.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
        Coefficients; nan for columns that depend on those before them.
    kept : ndarray of bool, shape (k,)
        Which columns entered.
    root : ndarray, shape (r, r)
        Upper triangular ``R`` with ``X'X = R'R`` over the kept columns.
    residual_sum_of_squares : float
        In the outcome's unit squared.
    n_rows : int
        Rows in all blocks.
    shares : ndarray, shape (r, k - r)
        How much of each dropped column, of norm one, is each kept column, of norm one.
    """

    coefficients: Floats
    kept: Flags
    root: Floats
    residual_sum_of_squares: float
    n_rows: int
    shares: Floats

    def are_estimable(self, targets: Floats) -> Flags:
        """Return which combinations of the coefficients the rows determine, shape (M,).

        A dropped column may as well have been kept in place of one it is made of, so that not only its own
        coefficient is undetermined but theirs too.

        Parameters
        ----------
        targets : ndarray, shape (M, k)
            What each coefficient weighs in each combination.
        """
        weighs_dropped = (targets[:, ~self.kept] != 0).any(axis=1)
        sizes = np.linalg.norm(self.root, axis=0)
        moved = (targets[:, self.kept] / np.where(sizes > 0, sizes, 1.0)) @ self.shares
        size = np.abs(targets[:, self.kept] / np.where(sizes > 0, sizes, 1.0)).max(axis=1, initial=0.0)
        depends = (np.abs(moved) > _SHARES * size[:, None]).any(axis=1)
        return np.asarray(~(weighs_dropped | depends))

    @property
    def rank(self) -> int:
        """Number of kept columns."""
        return len(self.root)

    def regressors(self, block: Block) -> Floats:
        """Return the kept columns of a block, without a copy when all are kept."""
        return block.X if self.kept.all() else block.X[:, self.kept]

    def stands_out(self, scale: float) -> bool:
        """Return whether the residuals are more than the rounding noise of a perfect fit.

        Parameters
        ----------
        scale : float
            Largest outcome in absolute value.
        """
        return self.residual_sum_of_squares > self.n_rows * (1e-12 * scale) ** 2

    def residuals(self, block: Block) -> Floats:
        """Return outcome minus fit, shape (n,), for the rows of a block."""
        residuals: Floats = block.y - self.regressors(block) @ self.coefficients[self.kept]
        return residuals


def least_squares(blocks: Blocks, *, norms: Floats | None = None) -> LeastSquares:
    """Solve least squares over blocks of rows in bounded memory.

    Parameters
    ----------
    blocks : re-iterable of Block
        The rows. One block for an ordinary problem, many for millions of rows.
    norms : ndarray, shape (k,), optional
        Norm of each column before fixed effects were absorbed. A column that the fixed effects explain is
        only rounding noise afterwards, and only this tells it from a real one. Default: the norms as they
        stand.

    Returns
    -------
    LeastSquares
        Coefficients, the triangular factor and the residual sum of squares.

    Raises
    ------
    EstimationError
        If there are no rows, or a value is nan or infinite.
    UsageError
        If ``blocks`` is an iterator, which can be gone through only once.

    Notes
    -----
    Each chunk of ``[X y]`` is reduced to its triangular factor; factors are stacked and reduced again [1]_.
    Householder factors merely scale with a column that is multiplied by a power of two, so columns in
    different units need no scaling first. When the condition number (columns of norm one) exceeds 1000,
    coefficients are refined: residuals in twice the working precision, corrections from the seminormal
    equations [2]_.

    References
    ----------
    .. [1] Demmel, J., Grigori, L., Hoemmen, M., & Langou, J. (2012). Communication-optimal parallel and
       sequential QR and LU factorizations. *SIAM Journal on Scientific Computing*, 34(1).
    .. [2] Björck, Å. (1987). Stability analysis of the method of seminormal equations for linear least
       squares problems. *Linear Algebra and its Applications*, 88.

    Examples
    --------
    >>> X = np.array([[1.0, 0], [1, 1], [1, 2]])
    >>> fit = least_squares([Block(X=X, y=np.array([1.0, 3, 5]), clusters=np.arange(3))])
    >>> fit.coefficients.round(12)
    array([1., 2.])
    """
    factor, n_rows = _stacked_factor(blocks)
    k = factor.shape[1] - 1
    column_norms = np.linalg.norm(factor[:, :k], axis=0) if norms is None else norms
    kept, triangle = _independent_columns(factor, column_norms)
    r = int(kept.sum())
    root = triangle[:r, :r]
    solution = solve_triangular(root, triangle[:r, r]) if r else np.zeros(0)
    residual_sum = float(triangle[r, r] ** 2) if len(triangle) > r else 0.0
    coefficients = np.full(k, np.nan)
    coefficients[kept] = solution
    fit = LeastSquares(
        coefficients=coefficients,
        kept=kept,
        root=root,
        residual_sum_of_squares=residual_sum,
        n_rows=n_rows,
        shares=_shares(factor[:, :k], kept, column_norms),
    )
    return _refined(fit, blocks) if _condition_number(root) > _ILL_CONDITIONED else fit


def _stacked_factor(blocks: Blocks) -> tuple[Floats, int]:
    """Return the triangular factor of ``[X y]`` over all blocks, and the number of rows."""
    if isinstance(blocks, Iterator):
        raise UsageError(
            "The blocks of a regression were given as an iterator.",
            where="blocks",
            mend="Give a list, or an object that starts anew each time it is gone through.",
        )
    factor: Floats | None = None
    n_rows = 0
    for block in blocks:
        n_rows += len(block.y)
        for piece in pieces(block):
            factor = _triangle(_beneath(factor, piece))
    if factor is None or not np.isfinite(factor).all():
        raise EstimationError(
            "The regression has no rows."
            if factor is None
            else "The regression has values that are missing or infinite.",
            where="the outcome and the regressors",
            mend="Fit it to rows whose outcome, regressors and weight are all finite numbers.",
        )
    return factor, n_rows


def _beneath(factor: Floats | None, piece: Block) -> Floats:
    """Return ``[X y]`` beneath a factor, column by column in memory, as its own factor is found."""
    r, k = 0 if factor is None else len(factor), piece.X.shape[1]
    stacked = np.empty((r + len(piece.y), k + 1), order="F")
    stacked[:r] = factor if factor is not None else 0.0
    stacked[r:, :k], stacked[r:, k] = piece.X, piece.y
    return stacked


def _triangle(matrix: Floats) -> Floats:
    """Return the triangular factor of a matrix, whose memory it may take."""
    work = int(dgeqrf_lwork(*matrix.shape)[0])
    found = dgeqrf(matrix, lwork=work, overwrite_a=True)[0]
    return np.triu(found[: min(matrix.shape)])


def pieces(block: Block) -> Iterator[Block]:
    """Cut a block into pieces that stay in the processor's cache.

    Parameters
    ----------
    block : Block
        Rows.

    Yields
    ------
    Block
        Views of consecutive rows; a cluster may be cut.
    """
    step = max(256, 4 * block.X.shape[1], _CHUNK_BYTES // (8 * (block.X.shape[1] + 1)))
    for start in range(0, len(block.y), step):
        rows = slice(start, start + step)
        yield Block(X=block.X[rows], y=block.y[rows], clusters=block.clusters[rows])


def _independent_columns(factor: Floats, norms: Floats) -> tuple[Flags, Floats]:
    """Return which columns to keep, from left to right, and the factor of those and the outcome."""
    k = factor.shape[1] - 1
    kept = np.ones(k, dtype=np.bool_)
    while True:
        triangle = _triangle(factor[:, np.append(kept, True)])
        columns = np.flatnonzero(kept)
        diagonal = np.zeros(len(columns))
        present = np.abs(np.diag(triangle))[: len(columns)]
        diagonal[: len(present)] = present
        dependent = columns[diagonal <= DEPENDENT * norms[columns]]
        if not len(dependent):
            return kept, triangle
        # Only the first can be judged: the columns after it were measured against a direction made of noise.
        kept[dependent[0]] = False


def _shares(factor: Floats, kept: Flags, norms: Floats) -> Floats:
    """Return what kept columns are of dropped ones, all of norm one; a column of zeros is nothing of any."""
    r, gone = int(kept.sum()), ~kept
    if not gone.any() or not r:
        return np.zeros((r, int(gone.sum())))
    triangle = _triangle(np.hstack([factor[:, kept], factor[:, gone]]))
    root, right = triangle[:r, :r], triangle[:r, r:]
    sizes = np.linalg.norm(root, axis=0)[:, None]
    scale = np.where(norms[gone] > 0, norms[gone], 1.0)
    return np.asarray(sizes * solve_triangular(root, right) / scale)


def _condition_number(root: Floats) -> float:
    return float(np.linalg.cond(root / np.linalg.norm(root, axis=0))) if len(root) else 1.0


def _refined(fit: LeastSquares, blocks: Blocks) -> LeastSquares:
    """Correct the coefficients until each one's correction is rounding, or has stopped shrinking."""
    solution = fit.coefficients[fit.kept]
    residual_sum, last = fit.residual_sum_of_squares, np.full(len(solution), np.inf)
    for _ in range(_MAX_REFINEMENTS):
        gradient, residual_sum = _gradient(fit, blocks, solution)
        step = solve_triangular(fit.root, solve_triangular(fit.root, gradient, trans="T"))
        # Column by column: a small coefficient of a small column converges after the large ones have.
        is_left = np.abs(step) > np.finfo(np.float64).eps * np.abs(solution)
        if not (is_left & (np.abs(step) <= 0.5 * last)).any():
            break
        solution, last = solution + step, np.abs(step)
    coefficients = fit.coefficients.copy()
    coefficients[fit.kept] = solution
    return LeastSquares(
        coefficients=coefficients,
        kept=fit.kept,
        root=fit.root,
        residual_sum_of_squares=residual_sum,
        n_rows=fit.n_rows,
        shares=fit.shares,
    )


def _gradient(fit: LeastSquares, blocks: Blocks, solution: Floats) -> tuple[Floats, float]:
    """Return ``X'(y - X b)`` and the residual sum of squares, from doubly precise residuals."""
    gradient, residual_sum = np.zeros(fit.rank), 0.0
    for block in blocks:
        for piece in pieces(block):
            X = fit.regressors(piece)
            residuals = double_double.residuals(piece.y, X, solution)
            gradient += double_double.transposed_product(X, residuals)
            residual_sum += float(residuals.high @ residuals.high)
    return gradient, residual_sum
