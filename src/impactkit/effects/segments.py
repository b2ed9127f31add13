"""The regressors of an interrupted series, and whether they can be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from impactkit.data.period_value import When, period_value
from impactkit.effects.kernels.interruption import calendar, fourier, interruption
from impactkit.effects.regression import Label
from impactkit.effects.series import Series
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Season = Literal["none", "fourier", "calendar"]
_FEWEST = 3  # degrees of freedom


class SeasonSettings(Protocol):
    """How the season enters."""

    @property
    def season(self) -> Season:
        """Whether there is one, and in which form."""

    @property
    def harmonics(self) -> int:
        """Pairs of sine and cosine."""

    @property
    def season_length(self) -> int | None:
        """Periods in a season."""


class InterruptionSettings(SeasonSettings, Protocol):
    """Which terms the regression has."""

    @property
    def slope_change(self) -> bool:
        """Whether the slope may change."""

    @property
    def phase_in(self) -> int:
        """Periods without the full effect."""

    @property
    def phase(self) -> Literal["left_out", "ramp"]:
        """What becomes of them."""

    @property
    def interruptions(self) -> tuple[When, ...]:
        """Further interruptions."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentedDesign:
    """The regressors of one interrupted series, over all its periods.

    Parameters
    ----------
    X : ndarray, shape (T, k)
        Intercept, trend, own interruption, further ones, season, covariates.
    own : ndarray of int
        Columns of the interruption that is evaluated: level, and slope where there is one.
    seasonal : ndarray of int
        Columns of the season.
    further : tuple of Label
        Names of the columns of further interruptions, which follow the own ones.
    fitted : ndarray of bool, shape (T,)
        Periods that are fitted: not those of a phase-in that are left out.
    averaged : ndarray of bool, shape (T,)
        Treated periods over which the effect is averaged: up to the next interruption.
    notes : tuple of Message
        What a reader must know.
    """

    X: Floats
    own: Codes
    seasonal: Codes
    further: tuple[Label, ...]
    fitted: Flags
    averaged: Flags
    notes: tuple[Message, ...]

    @property
    def without(self) -> Floats:
        """The regressors as they would be without the interruption."""
        found = self.X.copy()
        found[:, self.own] = 0.0
        return found


def segmented_design(series: Series, covariates: Floats, settings: InterruptionSettings) -> SegmentedDesign:
    """Return the regressors of an interrupted series.

    Parameters
    ----------
    series : Series
        The periods and the start.
    covariates : ndarray, shape (T, p)
        Other regressors.
    settings : InterruptionSettings
        Which terms there are.

    Returns
    -------
    SegmentedDesign
        Of full column rank over the periods fitted.

    Raises
    ------
    EstimationError
        If a phase-in swallows all treated periods, a further interruption lies outside the series, the season
        is longer than the time before the start or of unknown length, there are too few points for the terms,
        or terms cannot be told apart.
    """
    at, after = series.at, series.after
    begins = float(at[after][0])
    slope = settings.slope_change and int((at >= begins + settings.phase_in).sum()) > 1
    notes = () if slope or not settings.slope_change else (Message("estimate.series.no_slope"),)
    ramp = settings.phase == "ramp"
    own = interruption(at, begins, phase_in=settings.phase_in, ramp=ramp, slope=slope)
    further, labels, following = _further(series, settings)
    season, told = season_columns(series, settings)
    trend = np.column_stack([np.ones(len(at)), at - begins])
    centred = covariates - covariates.mean(axis=0) if covariates.shape[1] else covariates
    X = np.column_stack([trend, own.columns, further, season, centred])
    first = 2 + own.columns.shape[1] + further.shape[1]
    design = SegmentedDesign(
        X=X,
        own=np.arange(2, 2 + own.columns.shape[1]),
        seasonal=np.arange(first, first + season.shape[1]),
        further=labels,
        fitted=~own.left_out,
        averaged=after & ~own.left_out & (series.periods < following),
        notes=(*notes, *told),
    )
    _can_be_told(design, series)
    return design


def _further(series: Series, settings: InterruptionSettings) -> tuple[Floats, tuple[Label, ...], float]:
    """Return the regressors of further interruptions, their names, and the first of them after the start."""
    columns, labels, following = [np.empty((len(series.at), 0))], [], np.inf
    for when in settings.interruptions:
        value = period_value(when)
        since = series.periods >= value
        if value == series.start or since.all() or not since.any():
            raise EstimationError(
                "The further interruption {when} does not split the series, or is its start.",
                where="interruptions",
                mend="Give periods within the series other than the start.",
                values={"when": str(when)},
            )
        slope = settings.slope_change and int(since.sum()) > 1
        name = series.names[int(np.argmax(since))]
        columns.append(interruption(series.at, float(series.at[since][0]), slope=slope).columns)
        kinds = ("level change", "slope change") if slope else ("level change",)
        labels += [Label(name=f"{kind} {name}", time=value) for kind in kinds]
        following = min(following, value) if value > series.start else following
    return np.column_stack(columns), tuple(labels), float(following)


def season_columns(series: Series, settings: SeasonSettings) -> tuple[Floats, tuple[Message, ...]]:
    """Return the regressors of the season.

    Parameters
    ----------
    series : Series
        The periods.
    settings : SeasonSettings
        How the season enters.

    Returns
    -------
    columns : ndarray, shape (T, s)
        Without columns where there is no season.
    notes : tuple of Message
        A note where the periods have a season and the settings none.

    Raises
    ------
    EstimationError
        If the season is of unknown length, or longer than the time before the start.
    """
    length = settings.season_length or series.season_length
    if settings.season == "none":
        notes = (Message("estimate.series.no_season"),) if series.season_length else ()
        return np.empty((len(series.at), 0)), notes
    if length is None:
        raise EstimationError(
            "The periods do not tell how long a season is.",
            where="season_length",
            mend="Give season_length= (12 for months, 4 for quarters), or dates as periods.",
        )
    if length > series.n_before:
        raise EstimationError(
            "The season has {length} periods, more than the {n} before the start.",
            where="season",
            mend="Add earlier periods, or use season='none'.",
            values={"length": length, "n": series.n_before},
        )
    if settings.season == "calendar":
        return calendar(series.at, length=length), ()
    return fourier(series.at, length=length, harmonics=min(settings.harmonics, length // 2)), ()


def _can_be_told(design: SegmentedDesign, series: Series) -> None:
    X, before = design.X[design.fitted], ~series.after
    if not design.averaged.any():
        raise EstimationError(
            "The phase-in leaves no treated period to average: {n} lie after the start.",
            where="phase_in",
            mend="Use a shorter phase_in, phase='ramp', or wait for more follow-up.",
            values={"n": int(series.after.sum())},
        )
    n, k = X.shape
    n_before, early = int((before & design.fitted).sum()), int(np.any(design.X[before], axis=0).sum())
    if n - k < _FEWEST or n_before <= early:
        raise EstimationError(
            "{n} points, {before} of them before the start, are too few for {k} terms.",
            where="time",
            mend="Add earlier periods, or drop terms: the season, the change of slope, or covariates.",
            values={"n": n, "before": n_before, "k": k},
        )
    scaled = X / np.maximum(np.linalg.norm(X, axis=0), np.finfo(float).tiny)
    if np.linalg.matrix_rank(scaled, tol=1e-9) < k:
        raise EstimationError(
            "Some terms of the series cannot be told apart.",
            where="interruptions, phase_in, season or covariates",
            mend="Leave out interruptions close to each other, or covariates that follow the trend.",
        )
