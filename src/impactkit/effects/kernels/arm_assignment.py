"""Several arms against one, the lot drawn again: how far the arm that strays most would stray by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.cohort_assignment import count_orders, orders

_AS_LARGE = 1 - 1e-9  # of what was seen: smaller only by rounding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LargestOfArms:
    """What the lot drawn again says of several arms.

    Parameters
    ----------
    own, at_once : ndarray, shape (A,)
        The p-value of each arm alone, and with all arms held at once; never 0.
    n_assignments : int
        How many ways there were to draw.
    is_exact : bool
        Whether all were gone through.
    """

    own: Floats
    at_once: Floats
    n_assignments: int
    is_exact: bool


def largest_of_arms(
    totals: Floats, sizes: Floats, arms: Labels, strata: Labels, *, draws: int, seed: int
) -> LargestOfArms:
    """Return p-values of the hypothesis that no arm did anything to anybody.

    Parameters
    ----------
    totals, sizes : ndarray, shape (G,)
        Weighted sums of the outcome, less the mean of its stratum, and of weights, by unit of assignment.
    arms : ndarray of int, shape (G,)
        0 for the arm compared with, 1 .. A for the others.
    strata : ndarray of int, shape (G,)
        Within each stratum the number in each arm is fixed.
    draws, seed : int
        Random lots when there are too many to go through, and where they start.

    Returns
    -------
    LargestOfArms
        An arm's difference is divided by its standard error, which lets variances differ. Held at once: how
        often the largest of all arms' is as large as this arm's [1]_.

    References
    ----------
    .. [1] Westfall, P. H., & Young, S. S. (1993). *Resampling-Based Multiple Testing*. Wiley, chapter 2.

    Examples
    --------
    >>> found = largest_of_arms(np.array([0.0, 1, 9, 8, 0, 2]), np.ones(6), np.array([0, 0, 1, 1, 2, 2]),
    ...                         np.zeros(6, dtype=np.int64), draws=99, seed=1)
    >>> found.n_assignments, found.is_exact, bool((found.at_once >= found.own).all())
    (90, True, True)
    """
    sums: Floats = np.column_stack([totals, sizes, totals**2, totals * sizes, sizes**2])
    A = int(arms.max())
    own = np.abs(_statistics(sums, arms[None, :], A)[0])
    counts, largest, n = np.zeros(A), np.zeros(A), 0
    for labels in orders(arms, strata, draws=draws, seed=seed):
        found = np.abs(_statistics(sums, labels, A))
        counts += (found >= own * _AS_LARGE).sum(axis=0)
        largest += (found.max(axis=1)[:, None] >= own * _AS_LARGE).sum(axis=0)
        n += len(labels)
    n_assignments = count_orders(arms, strata)
    is_exact = n_assignments <= EXACT_BELOW
    extra = 0 if is_exact else 1
    return LargestOfArms(
        own=(counts + extra) / (n + extra),
        at_once=(largest + extra) / (n + extra),
        n_assignments=n_assignments,
        is_exact=is_exact,
    )


def _statistics(sums: Floats, labels: Labels, A: int) -> Floats:
    """Return each arm's difference over its standard error under assignments (c, G), shape (c, A)."""
    means, variances = [], []
    for arm in range(A + 1):
        inside = (labels == arm).astype(np.float64)
        total, size, squares, products, sizes = (inside @ sums).T
        mean, n = total / size, inside.sum(axis=1)
        left = np.maximum(squares - 2 * mean * products + mean**2 * sizes, 0.0)
        means.append(mean)
        variances.append(left * n / np.maximum(n - 1, 1.0) / size**2)
    gaps = np.column_stack(means[1:]) - means[0][:, None]
    errors = np.sqrt(np.column_stack(variances[1:]) + variances[0][:, None])
    found: Floats = np.divide(gaps, errors, out=np.where(gaps == 0, 0.0, np.inf), where=errors > 0)
    return found
