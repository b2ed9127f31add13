"""Rows gathered by cluster: score sums, and the leverage spectrum of each cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.least_squares import Block, Blocks, LeastSquares, pieces
from impactkit.errors import UsageError

FULL_LEVERAGE = 1e-10
"""A direction with ``1 - leverage`` at most this is one that a single cluster determines."""

_BATCH_BYTES = 32 << 20
_KEPT_BYTES = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """Leverage of some clusters of one size: eigenvalues, factors and rotated residuals.

    With ``Q = X R^-1`` and ``Q_g Q_g' = U diag(l) U'`` (only the ``m`` directions that can differ from zero),
    ``K_g = Q_g' U``. Then ``Q_g' f(I - H_gg) e_g = K_g diag(f(1 - l)) U'e_g`` for any function ``f``.

    Parameters
    ----------
    clusters : ndarray of int, shape (c,)
        The clusters' codes.
    leverages : ndarray, shape (c, m)
        Eigenvalues ``l`` of the clusters' blocks of the hat matrix, between 0 and 1.
    factors : ndarray, shape (c, r, m)
        The matrices ``K_g``; ``K_g'K_g = diag(l)``.
    rotated : ndarray, shape (c, m)
        ``U'e_g``, the residuals along the same directions.
    """

    clusters: Labels
    leverages: Floats
    factors: Floats
    rotated: Floats

    def is_determined(self) -> Flags:
        """Return which directions, shape (c, m), one cluster determines alone."""
        determined: Flags = 1 - self.leverages <= FULL_LEVERAGE
        return determined

    def weights(self, power: float) -> Floats:
        """Return ``(1 - l) ** power``, shape (c, m), and 0 (Moore-Penrose) where it is undefined."""
        determined = self.is_determined()
        weights: Floats = np.where(determined, 0.0, np.where(determined, 1.0, 1 - self.leverages) ** power)
        return weights

    def scores(self, power: float) -> Floats:
        """Return ``Q_g' (I - H_gg) ** power e_g``, shape (c, r)."""
        weighted = self.weights(power) * self.rotated
        return np.asarray((self.factors @ weighted[:, :, None])[:, :, 0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectra:
    """The spectra of all clusters, worked out anew each time they are gone through.

    Parameters
    ----------
    blocks : re-iterable of Block
        The rows.
    fit : LeastSquares
        Their least-squares solution.
    by_row : bool
        Whether every row is a cluster of its own.
    """

    blocks: Blocks
    fit: LeastSquares
    by_row: bool

    def __iter__(self) -> Iterator[Spectrum]:
        """Go through the clusters, some at a time, in bounded memory."""
        start, seen = 0, np.zeros(0, dtype=np.bool_)
        for block in self.blocks:
            n = len(block.y)
            clusters = np.arange(start, start + n) if self.by_row else block.clusters
            start += n
            if not self.by_row:
                seen = _with_new(seen, clusters)
            for codes, rows in _clusters_of_one_size(clusters, self.fit.rank):
                yield _spectrum(block, self.fit, codes, rows)


def kept_if_small(spectra: Iterable[Spectrum]) -> Iterable[Spectrum]:
    """Keep spectra as a tuple when they take little memory.

    Parameters
    ----------
    spectra : re-iterable of Spectrum
        The spectra.

    Returns
    -------
    re-iterable of Spectrum
        A tuple, or ``spectra`` as they are.
    """
    kept: list[Spectrum] = []
    size = 0
    for spectrum in spectra:
        size += spectrum.factors.nbytes
        if size > _KEPT_BYTES:
            return spectra
        kept.append(spectrum)
    return tuple(kept)


def score_sums(blocks: Blocks, fit: LeastSquares) -> tuple[Floats, int]:
    """Sum ``x e`` over the rows of each cluster.

    Parameters
    ----------
    blocks : re-iterable of Block
        The rows.
    fit : LeastSquares
        Their least-squares solution.

    Returns
    -------
    tuple of ndarray, shape (G, r), and int
        The sums, and how many clusters have rows.
    """
    sums, counts = np.zeros((0, fit.rank)), np.zeros(0, dtype=np.int64)
    for block in blocks:
        _refuse_missing(block.clusters)
        top = int(block.clusters.max(initial=-1)) + 1
        if top > len(sums):
            sums = np.vstack([sums, np.zeros((top - len(sums), fit.rank))])
            counts = np.append(counts, np.zeros(top - len(counts), dtype=np.int64))
        for piece in pieces(block):
            low, high = int(piece.clusters.min()), int(piece.clusters.max()) + 1
            codes, residuals, X = piece.clusters - low, fit.residuals(piece), fit.regressors(piece)
            counts[low:high] += np.bincount(codes, minlength=high - low)
            for j in range(fit.rank):
                sums[low:high, j] += np.bincount(codes, weights=X[:, j] * residuals, minlength=high - low)
    return sums, int((counts > 0).sum())


def _refuse_missing(clusters: Labels) -> None:
    if clusters.min(initial=0) < 0:
        raise UsageError(
            "A cluster has the code {code}, as rows without a cluster often do.",
            where="clusters",
            mend="Leave out rows without a cluster, and code the others from 0 upwards.",
            values={"code": int(clusters.min())},
        )


def _with_new(seen: Flags, clusters: Labels) -> Flags:
    """Return the clusters seen so far; refuse one that has rows in two blocks."""
    _refuse_missing(clusters)
    present = np.bincount(clusters, minlength=len(seen)) > 0
    before = np.append(seen, np.zeros(len(present) - len(seen), dtype=np.bool_))
    split = np.flatnonzero(before & present)
    if len(split):
        raise UsageError(
            "Cluster {code} has rows in more than one block.",
            where="blocks",
            mend="Cut the rows between clusters, not within them.",
            values={"code": int(split[0])},
        )
    return before | present


def _clusters_of_one_size(clusters: Labels, rank: int) -> Iterator[tuple[Labels, Labels]]:
    """Yield codes (c,) and row numbers (c, t) of clusters with t rows each, in batches of bounded memory."""
    if not len(clusters):
        return
    low = int(clusters.min())
    counts = np.bincount(clusters - low)
    order = np.argsort(clusters, kind="stable")
    starts = np.cumsum(counts) - counts
    for size in np.unique(counts[counts > 0]):
        members = np.flatnonzero(counts == size)
        batch = max(1, _BATCH_BYTES // (8 * (2 * int(size) * (rank + 1) + 3 * rank * rank)))
        for first in range(0, len(members), batch):
            codes = members[first : first + batch]
            yield codes + low, order[starts[codes][:, None] + np.arange(size)]


def _spectrum(block: Block, fit: LeastSquares, codes: Labels, rows: Labels) -> Spectrum:
    (c, t), r = rows.shape, fit.rank
    flat = Block(X=block.X[rows.ravel()], y=block.y[rows.ravel()], clusters=codes)
    residuals = fit.residuals(flat).reshape(c, t)
    Q = solve_triangular(fit.root, fit.regressors(flat).T, trans="T").T.reshape(c, t, r)
    Qt = Q.transpose(0, 2, 1)
    if t <= r:
        leverages, U = _eigen(Q @ Qt)
        factors, rotated = Qt @ U, _transposed_times(U, residuals)
    else:
        # U = Q V / sqrt(l), so U'e = V'Q'e / sqrt(l) and K = V sqrt(l).
        leverages, V = _eigen(Qt @ Q)
        roots = np.sqrt(leverages)
        inverse = np.divide(1.0, roots, out=np.zeros_like(roots), where=roots > 0)
        factors = V * roots[:, None, :]
        rotated = _transposed_times(V, _transposed_times(Q, residuals)) * inverse
    return Spectrum(clusters=codes, leverages=leverages, factors=factors, rotated=rotated)


def _eigen(symmetric: Floats) -> tuple[Floats, Floats]:
    """Return eigenvalues, cut to between 0 and 1, and eigenvectors of a stack of hat matrices."""
    if symmetric.shape[-1] == 1:
        values, vectors = symmetric[:, :, 0], np.ones_like(symmetric)
    else:
        values, vectors = np.linalg.eigh(symmetric)
    return np.clip(values, 0.0, 1.0), vectors


def _transposed_times(matrices: Floats, vectors: Floats) -> Floats:
    return np.asarray((vectors[:, None, :] @ matrices)[:, 0, :])
