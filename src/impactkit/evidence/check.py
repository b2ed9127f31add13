"""Ask every check that speaks to a design."""

from __future__ import annotations

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.trial_followed import as_read
from impactkit.evidence.check_result import Check, CheckResult
from impactkit.evidence.checks import ALL
from impactkit.evidence.circumstances import Declared


def check(study: Study, estimate: Estimate, *, declared: Declared | None = None) -> tuple[CheckResult, ...]:
    """Return what every check that speaks to the estimate's design found.

    Parameters
    ----------
    study : Study
        The study.
    estimate : Estimate
        What was estimated on it.
    declared : Declared, optional
        What a plan says beside the data; without it nobody was asked, and such checks only inform.

    Returns
    -------
    tuple of CheckResult
        In the order of the shelf.

    Examples
    --------
    >>> import pandas as pd
    >>> from impactkit.effects.estimators import RandomisedTrial
    >>> study = Study(pd.DataFrame({"y": [1.0, 2, 3, 5], "arm": [0, 0, 1, 1]}), outcome="y", treated="arm")
    >>> [found.name for found in check(study, RandomisedTrial().estimate(study)) if found.passed is False]
    ['too_few_clusters']
    """
    study = as_read(study, estimate)
    return tuple(part.check(study, estimate, declared=declared) for part in asked_of(estimate.method))


def asked_of(method: str) -> tuple[Check, ...]:
    """Return the checks that speak to a design.

    Parameters
    ----------
    method : str
        The estimator's slug.

    Returns
    -------
    tuple of Check
        In the order of the shelf.

    Examples
    --------
    >>> [part.name for part in asked_of("before_after")][:2]
    ['attrition', 'composition']
    """
    return tuple(part for part in (made() for made in ALL) if method in part.designs)
