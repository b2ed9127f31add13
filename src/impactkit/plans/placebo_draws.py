"""Studies in which nothing happened, from a baseline: units that got nothing, with a pretended start."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from impactkit.data.study import Study
from impactkit.data.study_part import study_part, study_with_outcome
from impactkit.effects.estimator import Estimator
from impactkit.effects.kernels.arrays import Labels
from impactkit.errors import EstimationError
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.plans.planned_study import PlannedStudy

FEWEST_BEFORE = 3
_SHARE_AFTER = 3  # at most one period in three is pretended to be after the start


def pretended_periods(planned: PlannedStudy) -> int:
    """Return how many baseline periods can be pretended to lie after a start.

    Parameters
    ----------
    planned : PlannedStudy
        A panel.

    Returns
    -------
    int
        As many as there will be, but no more than a third of the baseline; 0 where the baseline is too short.
    """
    columns = planned.study.columns
    before = columns.periods < planned.start
    T = int(before.sum())
    n = min(int((~before).sum()), T // _SHARE_AFTER)
    return n if T - n >= FEWEST_BEFORE else 0


def uses_placebos(planned: PlannedStudy, estimator: Estimator) -> bool:
    """Return whether what units did before the start is itself what is drawn from.

    Parameters
    ----------
    planned : PlannedStudy
        The study to come.
    estimator : Estimator
        What it will be estimated with.

    Returns
    -------
    bool
        For designs with donors, where the baseline is long enough for what the estimator asks of it.
    """
    if estimator.method not in DONOR_DESIGNS or planned.study.columns.unit is None:
        return False
    if not pretended_periods(planned):
        return False
    try:
        estimator.estimate(shortest_placebo_study(planned))
    except EstimationError:
        return False
    return True


def placebo_studies(planned: PlannedStudy, stream: np.random.Generator, *, draws: int) -> Iterator[Study]:
    """Return studies of the baseline alone, in which randomly chosen units are called treated.

    Parameters
    ----------
    planned : PlannedStudy
        A panel measured in several periods before the start.
    stream : Generator
        Chooses who, and from when.
    draws : int
        How many.

    Yields
    ------
    Study
        As many treated as planned, a pretended start, and as many periods after it as
        :func:`pretended_periods` says. Values are the measured ones, so that how units move together, and how
        they differ, is as it is.
    """
    starts = _pretended_starts(planned)
    for _ in range(draws):
        yield _placebo_study(planned, stream, start=int(stream.choice(starts)))


def shortest_placebo_study(planned: PlannedStudy) -> Study:
    """Return one such study with the fewest periods before its pretended start.

    Parameters
    ----------
    planned : PlannedStudy
        A panel measured in several periods before the start.

    Returns
    -------
    Study
        What an estimator that wants many periods before a start refuses first.
    """
    return _placebo_study(planned, np.random.default_rng(0), start=int(_pretended_starts(planned)[0]))


def _pretended_starts(planned: PlannedStudy) -> Labels:
    T = int((planned.study.columns.periods < planned.start).sum())
    latest = T - pretended_periods(planned)
    return np.arange(min(max(FEWEST_BEFORE, T // 2), latest), latest + 1)


def _placebo_study(planned: PlannedStudy, stream: np.random.Generator, *, start: int) -> Study:
    columns = planned.study.columns
    assert columns.unit is not None and columns.cohort is not None
    real = study_with_outcome(planned.study, np.where(planned.usable, planned.outcome, 0.0))
    unit = np.unique(columns.unit, return_inverse=True)[1]
    n_units, n_treated = int(unit.max()) + 1, len(np.unique(unit[np.isfinite(columns.cohort)]))
    chosen = np.zeros(n_units, dtype=bool)
    chosen[stream.permutation(n_units)[:n_treated]] = True
    cohort = np.where(chosen[unit], columns.periods[start], np.inf)
    last = columns.periods[start + pretended_periods(planned) - 1]
    return study_part(real, planned.usable & (columns.time <= last), cohort=cohort)
