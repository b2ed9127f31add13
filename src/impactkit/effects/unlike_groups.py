"""What is said where two groups are too unlike to be compared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.effects.compared_groups import ComparedGroups
from impactkit.effects.kernels.chance_model import ChanceModel, chance_model
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]


def chances(groups: ComparedGroups) -> ChanceModel:
    """Return each row's chance of being treated by logistic regression.

    Parameters
    ----------
    groups : ComparedGroups
        The rows.

    Returns
    -------
    ChanceModel
        Converged.

    Raises
    ------
    EstimationError
        If the covariates tell who is treated.
    """
    refuse_too_few(groups)
    found = chance_model(groups.X, groups.treated, groups.weights)
    if not found.has_converged:
        raise separated()
    return found


def refuse_too_few(groups: ComparedGroups) -> None:
    """Raise if either group has no more rows than there are covariates.

    Parameters
    ----------
    groups : ComparedGroups
        The rows.

    Raises
    ------
    EstimationError
        With both numbers.
    """
    k, fewest = groups.X.shape[1], min(groups.counts.values())
    if fewest <= k:
        raise EstimationError(
            "With {n} covariates each group needs more than {needed} rows; the smaller has {rows}.",
            where="covariates",
            mend="Adjust for fewer covariates: those that matter most for the outcome.",
            values={"n": k - 1, "needed": k, "rows": fewest},
        )


def separated() -> EstimationError:
    """Return the error for covariates that tell who is treated.

    Returns
    -------
    EstimationError
        To be raised.
    """
    return EstimationError(
        "The covariates tell who is treated: some rows have nobody like them in the other group.",
        where="covariates",
        mend="Leave out covariates that decide who is treated or follow from it, or compare only those who "
        "could have been either: target='overlap', trim=, or Matching(caliper=).",
    )


def dependent() -> EstimationError:
    """Return the error for covariates that follow from others in a group.

    Returns
    -------
    EstimationError
        To be raised.
    """
    return EstimationError(
        "In one of the groups a covariate follows from the others: nothing can be learnt of it there.",
        where="covariates",
        mend="Leave out covariates that vary in one group only, or that few people have.",
    )


def unbalanced() -> EstimationError:
    """Return the error for groups that no positive weights make alike.

    Returns
    -------
    EstimationError
        To be raised.
    """
    return EstimationError(
        "No weights make the groups alike: what is asked for lies outside what the other group has.",
        where="covariates",
        mend="Leave out covariates in which the groups hardly overlap, use trim=, or weights='overlap'.",
    )
