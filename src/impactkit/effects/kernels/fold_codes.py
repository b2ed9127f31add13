"""Folds for cross-fitting that keep clusters whole and groups spread."""

from __future__ import annotations

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Labels


def fold_codes(clusters: Labels, treated: Flags, *, folds: int, seed: int) -> Labels:
    """Draw which fold each row belongs to.

    Parameters
    ----------
    clusters : ndarray of int, shape (n,)
        Cluster of each row, coded 0 .. G-1; a cluster is never split.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    folds : int
        How many.
    seed : int
        The same seed gives the same folds.

    Returns
    -------
    ndarray of int, shape (n,)
        0 .. folds-1. Clusters with treated rows and the others are dealt out separately, so that the folds
        have as many of each as can be.

    Examples
    --------
    >>> fold_codes(np.arange(4), np.array([True, True, False, False]), folds=2, seed=1).tolist()
    [0, 1, 0, 1]
    """
    G = int(clusters.max()) + 1
    has_treated = np.zeros(G, dtype=bool)
    has_treated[clusters[treated]] = True
    rng, codes = np.random.default_rng(seed), np.zeros(G, dtype=np.int64)
    for kind in (has_treated, ~has_treated):
        members = np.flatnonzero(kind)
        codes[rng.permutation(members)] = np.arange(len(members)) % folds
    return codes[clusters]
