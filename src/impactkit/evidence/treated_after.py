"""Which rows of a study are treated when they are measured."""

from __future__ import annotations

import numpy as np

from impactkit.data.columns import Flags
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.errors import StudyError

_NEAR = ("regression_discontinuity",)
"""Methods whose effect is that on some of the treated, of whom their means are."""


def treated_after(study: Study, *, start: float | None = None) -> Flags:
    """Return which rows are treated when they are measured.

    Parameters
    ----------
    study : Study
        The study.
    start : float, optional
        First treated period, where the estimator and not the study holds it.

    Returns
    -------
    ndarray of bool, shape (n,)
        In a cross section the treated; over time those whose treatment has started.

    Raises
    ------
    StudyError
        If nothing tells which they are.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3], "arm": [0, 1, 1]})
    >>> treated_after(Study(frame, outcome="y", treated="arm")).tolist()
    [False, True, True]
    """
    columns = study.columns
    if columns.path is not None:
        return columns.path.copy()
    if columns.cohort is not None and np.isfinite(columns.cohort).any():
        found: Flags = columns.time >= columns.cohort
    elif columns.period is None and columns.treated is not None:
        found = columns.treated.copy()
    else:
        first = study.start_value if start is None else start
        periods = columns.periods
        if first is None and len(periods) == 2:
            first = float(periods[1])
        found = np.zeros(len(columns.outcome), dtype=bool) if first is None else columns.time >= first
        if columns.treated is not None:
            found &= columns.treated
    if not found.any():
        raise StudyError(
            "Nothing says which rows were measured after the start, so no level of theirs can be told.",
            where="start",
            mend="Give the study start= or first_treated=.",
        )
    return found


def would_have_been(study: Study, estimate: Estimate) -> float:
    """Return the mean outcome of the treated, had they not been: what was measured less the effect.

    Parameters
    ----------
    study : Study
        The study.
    estimate : Estimate
        The effect that was found in it.

    Returns
    -------
    float
        In the outcome's unit, over all rows that are treated when they are measured; at a threshold over
        those near it.

    Raises
    ------
    StudyError
        If nothing tells which they are.
    """
    if estimate.method in _NEAR:
        return _near_treated(estimate) - estimate.interval.point
    columns, rows = study.columns, treated_after(study, start=estimate.start)
    weight = None if columns.weight is None else columns.weight[rows]
    return float(np.average(columns.outcome[rows], weights=weight)) - estimate.interval.point


def _near_treated(estimate: Estimate) -> float:
    return next(mean.mean for mean in estimate.means if mean.group == "treated")
