"""From a claim and what was examined to what a judge needs, whatever the kind of claim."""

from __future__ import annotations

import math

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.effects.ruled import ruled
from impactkit.evidence.case import Case
from impactkit.evidence.claim import Claim
from impactkit.evidence.examine import Examined
from impactkit.evidence.interaction import Interaction, interaction
from impactkit.evidence.reached import reached
from impactkit.evidence.relative import at_claim, relative_point


def case_of(
    claim: Claim,
    study: Study,
    estimator: Estimator,
    *,
    examined: Examined,
    others: Study | None = None,
    has_baseline: bool = True,
) -> Case:
    """Return a claim with all the evidence that its kind needs.

    Parameters
    ----------
    claim : Claim
        What was promised.
    study : Study
        The rows it is about.
    estimator : Estimator
        How the effect is estimated.
    examined : Examined
        The estimate with its grade.
    others : Study, optional
        The rows it is compared with, for a claim about a subgroup.
    has_baseline : bool
        Whether anything was recorded before the start.

    Returns
    -------
    Case
        What :func:`impactkit.evidence.judge.judge_together` takes.

    Raises
    ------
    StudyError
        If a claim in per cent or of a level cannot be measured on these rows.
    """
    estimate, study = examined.estimate, ruled(study, estimator)
    start = estimate.start
    return Case(
        claim=claim,
        estimate=estimate,
        grade=examined.grade,
        has_baseline=has_baseline,
        at_claim=at_claim(claim, study, estimator, start=start),
        relative_point=relative_point(estimate, study) if claim.relative else math.nan,
        reached=reached(claim, study, start=start),
        interaction=None if others is None else _interaction(study, others, estimator, examined),
    )


def _interaction(study: Study, others: Study, estimator: Estimator, examined: Examined) -> Interaction:
    labels = [part.columns.cluster_labels for part in (study, others)]
    shared = labels[0] is None or labels[1] is None or bool(np.isin(labels[0], labels[1]).any())
    alone = study.cluster is None and study.unit is None
    return interaction(examined.estimate, estimator.estimate(others), share_clusters=shared and not alone)
