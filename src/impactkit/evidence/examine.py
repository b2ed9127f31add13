"""From a study to what a judge needs: the estimate, what the checks found, and the grade."""

from __future__ import annotations

from dataclasses import dataclass

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import Estimator
from impactkit.evidence.check import check
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.grade import EvidenceGrade, grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """An estimate with what was asked of its assumptions.

    Parameters
    ----------
    estimate : Estimate
        The effect.
    checks : tuple of CheckResult
        What the checks found.
    grade : EvidenceGrade
        How far to trust it.
    """

    estimate: Estimate
    checks: tuple[CheckResult, ...]
    grade: EvidenceGrade


def examine(study: Study, estimator: Estimator, *, declared: Declared | None = None) -> Examined:
    """Estimate, ask every check that speaks to the design, and grade.

    Parameters
    ----------
    study : Study
        The study.
    estimator : Estimator
        How the effect is estimated.
    declared : Declared, optional
        What a plan says beside the data; without it nobody was asked, and such checks only inform.

    Returns
    -------
    Examined
        What a judge needs beside the claim.

    Examples
    --------
    >>> from impactkit.effects.estimators import RandomisedTrial
    >>> from impactkit.effects.worlds import RandomisedArms
    >>> world = RandomisedArms()
    >>> examine(world.study(world.draw(1)), RandomisedTrial()).grade.ceiling
    5
    """
    estimate = estimator.estimate(study)
    found = check(study, estimate, declared=declared)
    return Examined(estimate=estimate, checks=found, grade=grade(estimate, found))
