"""Influence of units that enter an effect through their cohort's mean: a few features times coefficients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels

_CHUNK_BYTES = 1 << 18
_TWO_ARMS, _FEW_ARMS = 2, 1 << 15


@dataclass(frozen=True, kw_only=True, eq=False)
class CohortFeatures:
    """What each cluster brings to every effect: features, and the arm whose coefficients weigh them.

    Parameters
    ----------
    rows : callable
        From a slice of clusters to their features, shape (m, r).
    arms : ndarray of int, shape (G,)
        Arm (cohort) of each cluster, coded 0 .. A-1.
    n_arms, n_features : int
        A and r.

    Notes
    -----
    Cluster ``g`` contributes ``rows(g) @ coefficients[arms[g]]`` to the error of each effect. What is needed
    of all clusters is one small Gram matrix an arm, so that nothing of size clusters x effects is stored.
    """

    rows: Callable[[slice], Floats]
    arms: Labels
    n_arms: int
    n_features: int

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return len(self.arms)

    @cached_property
    def counts(self) -> Labels:
        """Clusters in each arm, shape (A,)."""
        return np.bincount(self.arms, minlength=self.n_arms).astype(np.int64)

    @cached_property
    def grams(self) -> Floats:
        """Sum of ``f f'`` over the clusters of each arm, shape (A, r, r)."""
        found = np.zeros((self.n_arms, self.n_features, self.n_features))
        for piece in self.chunks():
            features = self.rows(piece)
            for arm, rows in self._by_arm(self.arms[piece]):
                part = _chosen(features, rows)
                found[arm] += part.T @ part
        return found

    def _by_arm(self, arms: Labels) -> Iterator[tuple[int, Labels]]:
        """Go through the arms that some clusters have, each with the places of its clusters."""
        if self.n_arms <= _TWO_ARMS:
            for arm in range(self.n_arms):
                rows = np.flatnonzero(arms == arm)
                if len(rows):
                    yield arm, rows
            return
        short = arms.astype(np.int16) if self.n_arms < _FEW_ARMS else arms  # sorted by radix
        order, start = np.argsort(short, kind="stable"), 0
        for arm, size in enumerate(np.bincount(arms, minlength=self.n_arms).tolist()):
            if size:
                yield arm, order[start : start + size]
                start += size

    def chunks(self) -> Iterator[slice]:
        """Go through the clusters in pieces of bounded memory.

        Yields
        ------
        slice
            Consecutive clusters.
        """
        step = max(1024, _CHUNK_BYTES // (8 * max(self.n_features, 1)))
        for start in range(0, self.n_clusters, step):
            yield slice(start, min(start + step, self.n_clusters))

    def contributions(self, coefficients: Floats, piece: slice) -> Floats:
        """Return the contributions of some clusters.

        Parameters
        ----------
        coefficients : ndarray, shape (A, r, M)
            Weights of the features, by arm.
        piece : slice
            Which clusters.

        Returns
        -------
        ndarray, shape (m, M)
            In the outcome's unit.
        """
        features, arms = self.rows(piece), self.arms[piece]
        found = np.empty((len(arms), coefficients.shape[2]))
        for arm in np.flatnonzero(np.bincount(arms, minlength=self.n_arms)):
            here = arms == arm
            found[here] = features[here] @ coefficients[arm]
        return found

    def all_contributions(self, coefficients: Floats) -> Floats:
        """Return the contributions of every cluster, shape (G, M)."""
        parts = [self.contributions(coefficients, piece) for piece in self.chunks()]
        return np.vstack(parts) if parts else np.empty((0, coefficients.shape[2]))

    def squares(self, coefficients: Floats) -> Floats:
        """Return the sum of squared contributions in each arm, shape (A, M)."""
        products = self.grams @ coefficients
        return np.asarray(np.einsum("arm,arm->am", coefficients, products))

    def covariance(self, coefficients: Floats) -> Floats:
        """Return the sum of products of contributions over all clusters, shape (M, M)."""
        found: Floats = np.einsum("arm,arn->mn", coefficients, self.grams @ coefficients, optimize=True)
        return (found + found.T) / 2


def _chosen(features: Floats, rows: Labels) -> Floats:
    """Return some rows, in the way that suits how they lie in memory."""
    if features.flags.c_contiguous:
        return features.take(rows, axis=0)
    return np.array([feature.take(rows) for feature in features.T]).T


def by_cluster(features: CohortFeatures, clusters: Labels) -> CohortFeatures:
    """Sum units' features over clusters.

    Parameters
    ----------
    features : CohortFeatures
        By unit, in the order of their clusters.
    clusters : ndarray of int, shape (n,)
        Sorted cluster of each unit, coded 0 .. G-1.

    Returns
    -------
    CohortFeatures
        By cluster; where a cluster holds units of several arms, there is a single arm, whose features stand
        side by side (``widened`` does the same to the coefficients).

    Examples
    --------
    >>> units = CohortFeatures(rows=np.arange(4.0)[:, None].__getitem__, arms=np.array([0, 0, 1, 1]),
    ...                        n_arms=2, n_features=1)
    >>> by_cluster(units, np.array([0, 0, 1, 1])).rows(slice(None)).ravel()
    array([1., 5.])
    """
    n, G = len(clusters), int(clusters.max()) + 1
    if n == G:
        return features
    A, r = features.n_arms, features.n_features
    sums = np.zeros((G, A, r))
    for piece in features.chunks():
        cell = clusters[piece] * A + features.arms[piece]
        rows = features.rows(piece)
        low, high = int(cell.min()), int(cell.max()) + 1
        flat = sums.reshape(G * A, r)
        for j in range(r):
            flat[low:high, j] += np.bincount(cell - low, rows[:, j], high - low)
    held = np.zeros((G, A), dtype=np.bool_)
    held[clusters, features.arms] = True
    if bool((held.sum(axis=1) == 1).all()):
        arms = held.argmax(axis=1)
        own = sums[np.arange(G), arms]
        return replace(features, rows=own.__getitem__, arms=arms)
    wide = sums.reshape(G, A * r)
    return CohortFeatures(rows=wide.__getitem__, arms=np.zeros(G, dtype=np.int64), n_arms=1, n_features=A * r)


def widened(features: CohortFeatures, coefficients: Floats) -> Floats:
    """Return coefficients (A, r, M) as the features take them, which may hold all arms side by side.

    Parameters
    ----------
    features : CohortFeatures
        By cluster.
    coefficients : ndarray, shape (A, r, M)
        By arm of the units.

    Returns
    -------
    ndarray, shape (A, r, M) or (1, A * r, M)
        By arm of the features.
    """
    if coefficients.shape[0] == features.n_arms:
        return coefficients
    return coefficients.reshape(1, -1, coefficients.shape[2])
