"""Some of a study's rows as a study of their own, without reading the table again."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np

from impactkit.data.columns import Columns, Flags, Floats
from impactkit.data.study import Study


def study_part(study: Study, rows: Flags, *, cohort: Floats | None = None) -> Study:
    """Return the study of some of the rows, perhaps with other starts.

    Parameters
    ----------
    study : Study
        The study; it is not changed.
    rows : ndarray of bool, shape (n,)
        The rows kept, in the order of ``study.columns``.
    cohort : ndarray, shape (n,), optional
        First treated period of each row's unit, inf for never; the study's own when left out.

    Returns
    -------
    Study
        With the periods that are left, and the same account of rows left out and of what was understood.
        Its ``frame`` is still the whole table.

    Examples
    --------
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=4, n_treated=2, n_periods=3, start=3)
    >>> study = world.study(world.draw(1))
    >>> study_part(study, study.columns.time < 3)
    Study(panel, outcome='y', 8 rows, 4 units, 2 treated, 2 periods)
    """
    columns = study.columns
    if cohort is not None:
        columns = replace(columns, cohort=cohort)
    columns = _recoded(columns.take(rows))
    if cohort is not None:
        assert columns.cohort is not None
        columns = replace(columns, treated=np.isfinite(columns.cohort))
    part = copy(study)
    object.__setattr__(part, "columns", columns)
    if cohort is not None:
        starts = np.unique(cohort[np.isfinite(cohort)])
        object.__setattr__(part, "start", float(starts[0]) if len(starts) == 1 else None)
    return part


def _recoded(columns: Columns) -> Columns:
    """Return the columns with periods coded without gaps."""
    if columns.period is None or not len(columns.period):
        return columns
    seen = np.bincount(columns.period, minlength=len(columns.periods)) > 0
    if seen.all():
        return columns
    return replace(
        columns,
        period=(np.cumsum(seen) - 1)[columns.period],
        periods=columns.periods[seen],
        period_names=tuple(name for name, kept in zip(columns.period_names, seen, strict=True) if kept),
    )


def study_with_treated(study: Study, treated: Flags) -> Study:
    """Return the same study with who is treated told from outside its table.

    Parameters
    ----------
    study : Study
        The study; it is not changed.
    treated : ndarray of bool, shape (n,)
        In the order of ``study.columns``.

    Returns
    -------
    Study
        Alike in all else.

    Examples
    --------
    >>> from impactkit.effects.worlds import ThresholdScores
    >>> world = ThresholdScores(n=50)
    >>> study = world.study(world.draw(1))
    >>> study_with_treated(study, study.columns.running > 0.5).n_treated
    7
    """
    found = copy(study)
    object.__setattr__(found, "columns", replace(study.columns, treated=treated))
    return found


def study_of_outcome_alone(
    study: Study, *, rows: Flags | None = None, outcome: Floats | None = None
) -> Study:
    """Return a study in which nothing says who is treated, or who took it, beside its score.

    Parameters
    ----------
    study : Study
        The study; it is not changed.
    rows : ndarray of bool, shape (n,), optional
        The rows kept; all when left out.
    outcome : ndarray, shape (n,), optional
        Another outcome, in the order of ``study.columns``, to be asked about without covariates.

    Returns
    -------
    Study
        Alike in all else.

    Examples
    --------
    >>> from impactkit.effects.worlds import ThresholdScores
    >>> world = ThresholdScores(n=50, slope=1.0)
    >>> study = world.study(world.draw(1))
    >>> study_of_outcome_alone(study, outcome=study.columns.covariates[:, 0]).covariates
    ()
    """
    found = copy(study)
    columns = replace(study.columns, treated=None, takeup=None)
    if outcome is not None:
        none = np.empty((len(outcome), 0))
        columns = replace(columns, outcome=outcome, covariates=none, pre_outcome=None)
        object.__setattr__(found, "covariates", ())
        object.__setattr__(found, "pre_outcome", None)
    object.__setattr__(found, "columns", columns if rows is None else columns.take(rows))
    return found


def study_with_outcome(study: Study, outcome: Floats) -> Study:
    """Return the same study of another outcome.

    Parameters
    ----------
    study : Study
        The study; it is not changed.
    outcome : ndarray, shape (n,)
        Outcomes in the order of ``study.columns``.

    Returns
    -------
    Study
        Alike in all else. Its ``frame`` is still the table that was read.

    Examples
    --------
    >>> from impactkit.effects.worlds import RandomisedArms
    >>> world = RandomisedArms()
    >>> study = world.study(world.draw(1))
    >>> other = study_with_outcome(study, study.columns.outcome + 1)
    >>> float((other.columns.outcome - study.columns.outcome).mean())
    1.0
    """
    found = copy(study)
    object.__setattr__(found, "columns", replace(study.columns, outcome=outcome))
    return found
