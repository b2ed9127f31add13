"""Jumps of other outcomes, or at other cutoffs, by the means of an estimate at a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np

from impactkit.data.columns import Flags, Floats
from impactkit.data.study import Study
from impactkit.data.study_part import study_of_outcome_alone
from impactkit.data.whole_column import whole_column
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import Estimator
from impactkit.effects.ruled import rule_of
from impactkit.effects.threshold_rows import Rule
from impactkit.evidence.reestimated import Reestimated, reestimated
from impactkit.evidence.settings_again import estimator_of


def rule_behind(estimate: Estimate) -> Rule:
    """Return the rule of an estimate at a threshold.

    Parameters
    ----------
    estimate : Estimate
        Of `RegressionDiscontinuity`.

    Returns
    -------
    Rule
        Who gets it.
    """
    rule = rule_of(estimate.settings)
    assert rule is not None
    return rule


def all_scores(study: Study) -> Floats:
    """Return every score in a study's table, also of rows that lack an outcome.

    Parameters
    ----------
    study : Study
        With ``running``.

    Returns
    -------
    ndarray, shape (n,)
        Without missing ones.
    """
    assert study.running is not None
    scores = whole_column(study.frame, study.running)
    return scores[np.isfinite(scores)]


def jump_of(
    study: Study,
    estimate: Estimate,
    *,
    outcome: Floats | None = None,
    rows: Flags | None = None,
    **changed: Any,
) -> Reestimated:
    """Return the jump of an outcome by the rule itself, not over what was received.

    Parameters
    ----------
    study : Study
        The study.
    estimate : Estimate
        Whose settings are used.
    outcome : ndarray, shape (n,), optional
        Another outcome; covariates then do not enter.
    rows : ndarray of bool, shape (n,), optional
        Some of the rows.
    **changed
        Settings in place of the estimate's own.

    Returns
    -------
    Reestimated
        The jump, or why there is none.
    """
    other = study_of_outcome_alone(study, rows=rows, outcome=outcome)
    kind = "kink" if estimate.settings["kind"] == "kink" else "sharp"
    return reestimated(other, asked_again(estimate, kind=kind, permutation=None, **changed))


def asked_again(estimate: Estimate, **changed: Any) -> Estimator:
    """Return an estimate's estimator with other settings.

    Parameters
    ----------
    estimate : Estimate
        Of `RegressionDiscontinuity`.
    **changed
        Settings in place of its own.

    Returns
    -------
    Estimator
        To be asked.
    """
    return estimator_of(estimate, **changed)


def inner_cutoffs(scores: Floats, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return cutoffs within one side, at shares of its scores.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        Of one side.
    shares : tuple of float
        Between 0 and 1.

    Returns
    -------
    tuple of float
        Scores that are there, each once.

    Examples
    --------
    >>> inner_cutoffs(np.arange(11.0), (0.5,))
    (5.0,)
    """
    if not len(scores):
        return ()
    found = np.quantile(scores, shares, method="nearest")
    return tuple(float(cutoff) for cutoff in np.unique(found))
