"""Claims in per cent: the claimed share is taken from the outcomes, and what is left is estimated."""

from __future__ import annotations

import numpy as np

from impactkit.data.columns import Flags
from impactkit.data.study import Study
from impactkit.data.study_part import study_with_outcome
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import Estimator
from impactkit.errors import StudyError
from impactkit.evidence.bar import directions, threshold
from impactkit.evidence.claim import Claim
from impactkit.evidence.treated_after import treated_after, would_have_been

_NOT_SPOKEN_FOR = ("continuous_dose",)
_OF_SOME = ("fuzzy", "kink")
"""Thresholds at which not all of the treated side get it, or get more of it."""


def at_claim(
    claim: Claim, study: Study, estimator: Estimator, *, start: float | None = None
) -> tuple[Estimate, ...]:
    """Return what is left of the effect when the claimed share of it is taken from the outcomes.

    Parameters
    ----------
    claim : Claim
        The claim.
    study : Study
        The study.
    estimator : Estimator
        How the effect is estimated.
    start : float, optional
        First treated period, where the estimator and not the study holds it.

    Returns
    -------
    tuple of Estimate
        One a direction in which the claim must hold; empty for a claim in the outcome's unit.

    Raises
    ------
    StudyError
        If outcomes are below 0, so that a share of them means nothing, or the estimator's effect is that of
        a dose.

    Notes
    -----
    If the effect is exactly the share r of what the treated outcomes would have been, then y / (1 + r) is
    what they would have been, and estimating on these must find nothing. So "the effect is at most r" is
    tested as "what is left is at most 0", by the estimator's own interval and permutation test. Nothing is
    assumed of how the denominator and the effect go together.
    """
    if not claim.relative:
        return ()
    other = estimator.model_dump(mode="json").get("kind") in _OF_SOME
    if estimator.method in _NOT_SPOKEN_FOR or other or study.columns.outcome.min() < 0:
        raise StudyError(
            'Claim "{claim}" is in per cent, which means nothing here: outcomes lie below 0, or the effect '
            "is that of a dose.",
            where="[[claims]] {claim}, relative",
            mend="Write minimum_effect in the outcome's own unit, and relative = false.",
            values={"claim": claim.id},
        )
    rows = treated_after(study, start=start)
    rates = [way * threshold(claim) / 100 for way in directions(claim)]
    return tuple(estimator.estimate(_without(study, rows, rate)) for rate in rates)


def relative_point(estimate: Estimate, study: Study) -> float:
    """Return an effect as a share of what the treated outcomes would have been.

    Parameters
    ----------
    estimate : Estimate
        The effect, in the outcome's unit.
    study : Study
        The study it was found in.

    Returns
    -------
    float
        nan where that is not above 0.
    """
    without = would_have_been(study, estimate)
    return estimate.interval.point / without if without > 0 else np.nan


def _without(study: Study, rows: Flags, rate: float) -> Study:
    outcome = study.columns.outcome.copy()
    outcome[rows] /= 1 + rate
    return study_with_outcome(study, outcome)
