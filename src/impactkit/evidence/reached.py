"""Was the level that was promised reached, whoever brought it about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.data.study import Study
from impactkit.evidence.claim import Claim
from impactkit.evidence.treated_after import treated_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A level that was promised, and the one that was found.

    Parameters
    ----------
    target : float
        The level promised, in the outcome's unit.
    level : float
        The mean outcome of the treated in the last period measured; weighted as the study weighs.
    is_reached : bool
        Whether it is at least the target, or at most where a fall was promised.
    """

    target: float
    level: float
    is_reached: bool


def reached(claim: Claim, study: Study, *, start: float | None = None) -> Reached | None:
    """Return whether a claim's target was reached; None for a claim without one.

    Parameters
    ----------
    claim : Claim
        The claim.
    study : Study
        The study.
    start : float, optional
        First treated period, where the estimator and not the study holds it.

    Returns
    -------
    Reached or None
        A fact about the number only: that the investment brought it about is another question.

    Raises
    ------
    StudyError
        If nothing tells which rows are treated.
    """
    if claim.target is None:
        return None
    columns = study.columns
    rows = treated_after(study, start=start)
    if columns.period is not None:
        rows &= columns.time == columns.time[rows].max()
    weight = None if columns.weight is None else columns.weight[rows]
    level = float(np.average(columns.outcome[rows], weights=weight))
    target = float(claim.target)
    return Reached(target=target, level=level, is_reached=claim.direction * level >= claim.direction * target)
