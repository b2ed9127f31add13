"""The permutation test of groups that were made alike: treatment drawn again with each one's chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.effects.compared_groups import ComparedGroups
from impactkit.effects.describe import assignment_of
from impactkit.effects.inference import Permutation
from impactkit.effects.kernels.arm_weights import Target, weights_of_chances
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.chance_assignment import ChanceReduction, ChanceSums
from impactkit.effects.kernels.chance_model import chance_model
from impactkit.effects.permutation_test import PermutationTest
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]
_ROUNDING = 1e-10  # of the largest value: what a regression leaves of less is nothing


def chance_test(
    groups: ComparedGroups,
    permutation: Permutation | None,
    *,
    target: Target,
    is_apart: bool | None = None,
    among: Flags | None = None,
) -> PermutationTest | None:
    """Return the test that stands beside the interval.

    Parameters
    ----------
    groups : ComparedGroups
        The rows.
    permutation : Permutation, optional
        How many lots are drawn; None for no test.
    target : {"att", "ate", "overlap"}
        Whose effect.
    is_apart : bool, optional
        Whether the covariates tell who is treated; looked up when left out. Where they are known not to,
        chances are found when the test is first read.
    among : ndarray of bool, shape (n,), optional
        Rows that count; all when left out.

    Returns
    -------
    PermutationTest or None
        The statistic is the difference of means weighted by the logistic chance, of what covariates leave of
        the outcome. None where the covariates tell who is treated, or there are too few to draw among.
    """
    if permutation is None:
        return None
    assigned = assignment_of(groups.columns)
    G = len(assigned.treated)
    if 2 ** min(G, 60) <= EXACT_BELOW:
        return None
    if is_apart is None:
        is_apart = not chance_model(groups.X, groups.treated, groups.weights).has_converged
    if is_apart:
        return None
    reduction = ChanceReduction(
        observed=assigned.treated,
        sums=lambda: _sums(groups, assigned.units, G, target=target, among=among),
    )
    law = Message("inference.law.by_chance", {"n": G, "treated": int(assigned.treated.sum())})
    return PermutationTest(parts=(reduction,), draws=permutation.draws, seed=permutation.seed, law=law)


def _sums(
    groups: ComparedGroups, units: Labels, G: int, *, target: Target, among: Flags | None
) -> ChanceSums:
    fit = chance_model(groups.X, groups.treated, groups.weights)
    p = np.bincount(units, fit.probabilities, G) / np.bincount(units, minlength=G)
    left = _left(groups, np.column_stack([groups.outcome, groups.treated]))
    sums = []
    for arm in (True, False):
        all_in = np.full(len(units), arm)
        weights, _ = weights_of_chances(p[units], all_in, groups.weights, target=target)
        if among is not None:
            weights = np.where(among, weights, 0.0)
        held = (weights, weights * left[:, 0], weights * left[:, 1])
        sums.append(np.column_stack([np.bincount(units, column, G).astype(np.float64) for column in held]))
    return ChanceSums(chances=p, treated_sums=sums[0], other_sums=sums[1])


def _left(groups: ComparedGroups, values: Floats) -> Floats:
    """Return what a weighted regression on the covariates leaves of columns."""
    weighted = groups.X * groups.weights[:, None]
    gram = weighted.T @ groups.X
    left: Floats = values - groups.X @ np.linalg.solve(gram, weighted.T @ values)
    left -= groups.X @ np.linalg.solve(gram, weighted.T @ left)
    return np.where(np.abs(left) <= _ROUNDING * np.abs(values).max(axis=0), 0.0, left)
