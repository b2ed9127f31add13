"""Synthetic difference-in-differences with clusters left out or drawn again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from impactkit.effects.synthetic_differences import Cohort, SyntheticDifferences

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_ALL_WEIGHT = 1e-9  # so little is left for other donors that they cannot stand in
_MOST_TRIES = 50  # times the draws wanted


def left_out(fits: SyntheticDifferences) -> Floats | None:
    """Return the effects without each cluster, weights of periods and of the other donors kept.

    Parameters
    ----------
    fits : SyntheticDifferences
        The estimate.

    Returns
    -------
    ndarray, shape (G, 1 + after), or None
        None where leaving out one cluster leaves a cohort without treated units or without donors.

    References
    ----------
    .. [1] Arkhangelsky et al. (2021), algorithm 3.
    """
    n, T, after = fits.n_treated, fits.outcomes.shape[1], fits.reach[1]
    G = int(fits.clusters.max()) + 1
    numerators, masses = np.zeros((G, 1 + after)), np.zeros((G, 2))
    for cohort, known in zip(fits.cohorts, fits.differences, strict=True):
        moved = _moved(fits.outcomes, cohort.start, known.lambda_.weights, after)
        own = np.zeros(len(fits.outcomes))
        own[cohort.members] = cohort.masses
        other = np.zeros(len(fits.outcomes))
        other[n:] = known.omega.weights
        sums = [_without(fits.clusters, weights, moved, G) for weights in (own, other)]
        if any(bool((mass <= _ALL_WEIGHT * mass.max()).any()) for mass, _ in sums):
            return None
        (own_mass, own_sum), (other_mass, other_sum) = sums
        effects = own_sum / own_mass[:, None] - other_sum / other_mass[:, None]
        cells = own_mass * (T - cohort.start)
        numerators[:, 0] += cells * effects[:, 0]
        numerators[:, 1:] += own_mass[:, None] * effects[:, 1:]
        masses += np.column_stack([cells, own_mass])
    return np.column_stack([numerators[:, 0] / masses[:, 0], numerators[:, 1:] / masses[:, 1:]])


def _moved(outcomes: Floats, start: int, lambda_: Floats, after: int) -> Floats:
    """Return each unit's average and each period's change since before the start, shape (N, 1 + after)."""
    level = outcomes[:, :start] @ lambda_
    late = outcomes[:, start:]
    return np.asarray(np.column_stack([late.mean(axis=1), late[:, :after]]) - level[:, None])


def _without(clusters: Codes, weights: Floats, values: Floats, G: int) -> tuple[Floats, Floats]:
    """Return the weights and the weighted sums that are left without each cluster."""
    weighted = weights[:, None] * values
    mass = np.bincount(clusters, weights, G)
    sums = np.zeros((G, values.shape[1]))
    np.add.at(sums, clusters, weighted)
    return weights.sum() - mass, weighted.sum(axis=0) - sums


def drawn_again(fits: SyntheticDifferences, *, draws: int, seed: int) -> Floats:
    """Return the effects in samples of clusters drawn with replacement, all weights found anew.

    Parameters
    ----------
    fits : SyntheticDifferences
        The estimate.
    draws, seed : int
        How many samples, and where they start.

    Returns
    -------
    ndarray, shape (B, 1 + after)
        Samples without treated units or with fewer than two donors are drawn once more; a cohort that is
        not in a sample does not count in it. Fewer than ``draws`` rows if that is most of them.

    References
    ----------
    .. [1] Arkhangelsky et al. (2021), algorithm 2.
    """
    G, n, before = int(fits.clusters.max()) + 1, fits.n_treated, fits.reach[0]
    stream, found = np.random.PCG64(seed), []
    for _ in range(_MOST_TRIES * draws):
        shares = (stream.random_raw(G) >> np.uint64(11)).astype(np.float64) / 2.0**53
        times = np.bincount((shares * G).astype(np.int64), minlength=G)[fits.clusters]
        donors = np.repeat(np.arange(n, len(times)), times[n:])
        cohorts = [c for c in (_drawn(cohort, times) for cohort in fits.cohorts) if len(c.members)]
        if not cohorts or len(donors) < 2:
            continue
        told = fits.repeated(cohorts, donors)
        found.append(np.append(told[0], told[1 + before :]))
        if len(found) == draws:
            break
    return np.stack(found) if found else np.empty((0, 1 + fits.reach[1]))


def _drawn(cohort: Cohort, times: Codes) -> Cohort:
    drawn = times[cohort.members]
    kept = drawn > 0
    return replace(cohort, members=cohort.members[kept], masses=(cohort.masses * drawn)[kept])
