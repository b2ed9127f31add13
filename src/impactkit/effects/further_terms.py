"""Further effects beside an answer that is whole: what they add to its terms and its covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from impactkit.data.columns import Floats
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.kernels.contributions import Contributions
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FurtherTerm:
    """One more effect.

    Parameters
    ----------
    term : Term
        The effect with its uncertainty.
    influence : ndarray, shape (n_clusters,), optional
        What each cluster brings to its error; unknown when left out.
    """

    term: Term
    influence: Floats | None = None


def with_terms(
    estimate: Estimate, terms: Sequence[FurtherTerm], *, warnings: Sequence[Message] = ()
) -> Estimate:
    """Return an estimate with further effects under the headline.

    Parameters
    ----------
    estimate : Estimate
        The answer.
    terms : sequence of FurtherTerm
        What is added.
    warnings : sequence of Message
        What a reader must know of it.

    Returns
    -------
    Estimate
        The headline and all else as they were.
    """
    if not terms and not warnings:
        return estimate
    own, covariance = estimate.influence, estimate.covariance
    unknown = np.full(len(own), np.nan)
    added = [
        unknown if each.influence is None or len(each.influence) != len(own) else each.influence
        for each in terms
    ]
    influence = np.column_stack([own, *added])
    joint: Floats = influence.T @ influence
    K = len(estimate.terms)
    joint[:K, :K] = covariance
    return replace(
        estimate,
        terms=(*estimate.terms, *(each.term for each in terms)),
        contributions=Contributions.of(influence),
        covariance=joint,
        warnings=(*estimate.warnings, *warnings),
    )
