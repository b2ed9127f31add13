"""One series of the treated, and perhaps one to compare with: rows of a study summed up by period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.period_value import When, period_value
from impactkit.data.study import Study
from impactkit.effects.describe import suited
from impactkit.effects.kernels.period_positions import Positions, period_positions
from impactkit.errors import EstimationError, Value
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
"""A period as a number, or a date."""
_DATE = 10  # characters: 2021-05-31


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """The outcome of one group by period.

    Parameters
    ----------
    outcome : ndarray, shape (T,)
        Its (weighted) mean, or the sum of counts.
    exposure : ndarray, shape (T,)
        What counts are over; ones where nothing was given.
    covariates : ndarray, shape (T, p)
        Their means.
    """

    outcome: Floats
    exposure: Floats
    covariates: Floats

    def take(self, rows: Flags) -> Level:
        """Return some of the periods."""
        return Level(
            outcome=self.outcome[rows], exposure=self.exposure[rows], covariates=self.covariates[rows]
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """A treated series, and perhaps a comparison series over the same periods.

    Parameters
    ----------
    treated : Level
        The treated group.
    control : Level, optional
        The comparison group.
    periods : ndarray, shape (T,)
        Period values in order.
    names : tuple of str, length T
        How they are written.
    at : ndarray, shape (T,)
        Whole numbers: where each period stands, neighbours 1 apart.
    start : float
        First treated period, as a value.
    season_length : int, optional
        Periods in a year, where the periods tell: 12 for months, 4 for quarters.
    n_rows, n_units, n_treated : int
        Rows and units summed up, and treated units among them.
    notes : tuple of Message
        What was left out, or joined.
    """

    treated: Level
    control: Level | None
    periods: Floats
    names: tuple[str, ...]
    at: Floats
    start: float
    season_length: int | None
    n_rows: int
    n_units: int
    n_treated: int
    notes: tuple[Message, ...]

    @property
    def after(self) -> Flags:
        """Which periods lie at or after the start."""
        return np.asarray(self.periods >= self.start)

    @property
    def n_before(self) -> int:
        """Periods before the start."""
        return int((~self.after).sum())


def series_of(study: Study, *, start: When | None, counts: bool, comparison: bool | None) -> Series:
    """Sum a study's rows up by period.

    Parameters
    ----------
    study : Study
        One series, or units of which some or all are treated from one start.
    start : float or date, optional
        First treated period, where the study does not say.
    counts : bool
        Whether counts and their exposures are added up; else means are taken, weighed by the study's weights.
    comparison : bool, optional
        Whether there must (True) or must not (False) be a comparison series; None where there may be.

    Returns
    -------
    Series
        Over the periods in which every unit has a row.

    Raises
    ------
    EstimationError
        If there are no periods, no start or several, nobody is treated, periods are not evenly spaced, or
        there is no period, or one, before the start, or none after it.
    """
    columns = suited(study, counts=counts)
    if columns.period is None:
        raise EstimationError(
            "A series needs periods; this study is a single cross section.",
            where="time",
            mend="Give time= with the month, quarter or year of each row.",
        )
    treated = _treated(columns)
    first = _start(study, columns, treated, start)
    if comparison and bool(treated.all()):
        raise EstimationError(
            "There is no comparison series: everybody is treated.",
            where="control",
            mend="Add units that are never treated, or use control='none'.",
        )
    used = treated if comparison is False else np.ones(len(treated), dtype=bool)
    whole, notes = _whole_periods(columns, treated, used)
    if comparison is False and not treated.all():
        notes = (*notes, Message("estimate.series.comparison_unused", {"n": int((~treated).sum())}))
    levels = [_level(columns, group, counts=counts).take(whole) for group in (treated, ~treated)]
    are_dates = columns.period_names[0][4:5] == "-" and len(columns.period_names[0]) == _DATE
    positions = period_positions(columns.periods, are_dates=are_dates)
    if positions is None:
        raise EstimationError(
            "The periods are not evenly spaced: {first}, {second}, {third}.",
            where="time",
            mend="Use one row a month, quarter, week or year; whole periods may be missing.",
            values=dict(zip(("first", "second", "third"), columns.period_names[:3], strict=False)),
        )
    found = Series(
        treated=levels[0],
        control=None if comparison is False or treated.all() else levels[1],
        periods=columns.periods[whole],
        names=tuple(name for name, kept in zip(columns.period_names, whole, strict=True) if kept),
        at=positions.at[whole],
        start=first,
        season_length=positions.season_length,
        n_rows=int((used & whole[columns.period]).sum()),
        n_units=_n_units(columns, used),
        n_treated=_n_units(columns, treated),
        notes=(*notes, *_gaps(positions, whole)),
    )
    _both_sides(found)
    return found


def _treated(columns: Columns) -> Flags:
    if columns.treated is None:
        return np.ones(len(columns.outcome), dtype=bool)
    if not columns.treated.any():
        raise EstimationError(
            "Nobody is treated within the series.",
            where="first_treated, treated or start",
            mend="Say who is treated from when; the start must lie within the series.",
        )
    return columns.treated


def _start(study: Study, columns: Columns, treated: Flags, given: When | None) -> float:
    if given is not None:
        return period_value(given)
    if columns.cohort is None or not bool(np.isfinite(columns.cohort).any()):
        if study.start_value is None:
            raise EstimationError(
                "Nothing says when the series was interrupted.",
                where="start",
                mend="Give start= (the first treated period), to the study or to the estimator.",
            )
        return study.start_value
    starts = np.unique(columns.cohort[treated])
    if len(starts) > 1:
        raise EstimationError(
            "The treated start in {n} different periods; a series has one start.",
            where="first_treated",
            mend="Estimate one start at a time, or use StaggeredDifferenceInDifferences.",
            values={"n": len(starts)},
        )
    return float(starts[0])


def _whole_periods(columns: Columns, treated: Flags, used: Flags) -> tuple[Flags, tuple[Message, ...]]:
    """Return the periods in which every unit used has a row."""
    assert columns.period is not None
    T = len(columns.periods)
    seen = np.bincount(columns.period[used], minlength=T)
    if columns.unit is None:
        groups = [used & treated, used & ~treated]
        whole = np.all([np.bincount(columns.period[g], minlength=T) > 0 for g in groups if g.any()], axis=0)
    else:
        whole = seen == len(np.unique(columns.unit[used]))
    left = int((~whole & (seen > 0)).sum())
    notes = (Message("estimate.series.not_whole", {"n": left}),) if left else ()
    if not whole.any():
        raise EstimationError(
            "In no period does every unit have a row.",
            where="unit and time",
            mend="Keep the units that were followed throughout.",
        )
    return np.asarray(whole), notes


def _level(columns: Columns, group: Flags, *, counts: bool) -> Level:
    assert columns.period is not None
    T, period = len(columns.periods), columns.period[group]
    weight = np.ones(len(period)) if columns.weight is None else columns.weight[group]
    mass = np.bincount(period, weight, T)

    def mean(values: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.bincount(period, weight * values, T) / mass)

    outcome = columns.outcome[group]
    exposure: Floats = np.ones(T)
    if counts and columns.exposure is not None:
        exposure = np.bincount(period, columns.exposure[group], T).astype(np.float64)
    averaged = [mean(x) for x in columns.covariates[group].T]
    return Level(
        outcome=np.bincount(period, outcome, T).astype(np.float64) if counts else mean(outcome),
        exposure=exposure,
        covariates=np.column_stack(averaged) if averaged else np.empty((T, 0)),
    )


def _n_units(columns: Columns, rows: Flags) -> int:
    return 1 if columns.unit is None else len(np.unique(columns.unit[rows]))


def _gaps(positions: Positions, whole: Flags) -> tuple[Message, ...]:
    at = positions.at[whole]
    missing = int(at[-1] - at[0]) + 1 - len(at)
    return (Message("estimate.series.gaps", {"n": missing}),) if missing else ()


def _both_sides(series: Series) -> None:
    before, after = series.n_before, int(series.after.sum())
    values: dict[str, Value] = {"first": series.names[0], "last": series.names[-1], "n": before}
    if not after:
        raise EstimationError(
            "The start lies after the series, which ends in {last}.",
            where="start",
            mend="Correct the start, or add the follow-up.",
            values=values,
        )
    if before < 2:
        raise EstimationError(
            "There are too few periods before the start to tell a trend: {n}; the series begins in {first}.",
            where="start",
            mend="Add earlier periods (36 or more are needed for a verdict), or correct the start.",
            values=values,
        )
