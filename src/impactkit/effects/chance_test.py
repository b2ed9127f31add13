"""The permutation test of groups that were made alike: treatment drawn again with each one's chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.effects.compared_groups import ComparedGroups
from impactkit.effects.describe import assignment_of
from impactkit.effects.inference import Permutation
from impactkit.effects.kernels.arm_weights import Target, weights_of_chances
from impactkit.effects.kernels.assignment import EXACT_BELOW
from impactkit.effects.kernels.chance_assignment import ChanceReduction
from impactkit.effects.kernels.logistic import logistic
from impactkit.effects.permutation_test import PermutationTest
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_ROUNDING = 1e-10  # of the largest value: what a regression leaves of less is nothing


def chance_test(
    groups: ComparedGroups, permutation: Permutation | None, *, target: Target
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

    Returns
    -------
    PermutationTest or None
        The statistic is the difference of means weighted by the logistic chance, of what covariates leave of
        the outcome. None where the covariates tell who is treated, or there are too few to draw among.
    """
    if permutation is None:
        return None
    fit = logistic(groups.X, groups.treated, weights=groups.weights)
    assigned = assignment_of(groups.columns)
    units, G = assigned.units, len(assigned.treated)
    if not fit.has_converged or 2**G <= EXACT_BELOW:
        return None
    p = np.bincount(units, fit.probabilities, G) / np.bincount(units, minlength=G)
    left = _left(groups, np.column_stack([groups.outcome, groups.treated]))
    sums = []
    for arm in (True, False):
        all_in = np.full(len(units), arm)
        weights, _ = weights_of_chances(p[units], all_in, groups.weights, target=target)
        held = (weights, weights * left[:, 0], weights * left[:, 1])
        sums.append(np.column_stack([np.bincount(units, column, G).astype(np.float64) for column in held]))
    return PermutationTest(
        parts=(
            ChanceReduction(chances=p, observed=assigned.treated, treated_sums=sums[0], other_sums=sums[1]),
        ),
        draws=permutation.draws,
        seed=permutation.seed,
        law=Message("inference.law.by_chance", {"n": G, "treated": int(assigned.treated.sum())}),
    )


def _left(groups: ComparedGroups, values: Floats) -> Floats:
    """Return what a weighted regression on the covariates leaves of columns."""
    weighted = groups.X * groups.weights[:, None]
    gram = weighted.T @ groups.X
    left: Floats = values - groups.X @ np.linalg.solve(gram, weighted.T @ values)
    left -= groups.X @ np.linalg.solve(gram, weighted.T @ left)
    return np.where(np.abs(left) <= _ROUNDING * np.abs(values).max(axis=0), 0.0, left)
