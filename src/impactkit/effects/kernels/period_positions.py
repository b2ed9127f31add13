"""Where periods stand in time: months, quarters, weeks and years as whole numbers, neighbours one apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats

_EARLIEST, _LATEST = 190_001, 220_012  # a year and a month written together
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Positions:
    """Where periods stand.

    Parameters
    ----------
    at : ndarray, shape (T,)
        Whole numbers, increasing; neighbours are 1 apart.
    season_length : int or None
        12 for months, 4 for quarters; None where periods do not tell.
    """

    at: Floats
    season_length: int | None


def period_positions(periods: Floats, *, are_dates: bool = False) -> Positions | None:
    """Return where periods stand.

    Parameters
    ----------
    periods : ndarray, shape (T,)
        In order: numbers (years, waves, or months as 202301), or dates as days since 1970-01-01.
    are_dates : bool
        Whether they are dates.

    Returns
    -------
    Positions or None
        None when the periods are not evenly spaced, whole ones missing apart.

    Examples
    --------
    >>> period_positions(np.array([202211.0, 202212, 202301])).at.tolist()
    [24274.0, 24275.0, 24276.0]
    >>> days = np.array(["2022-01-31", "2022-04-30", "2022-07-31"], dtype="datetime64[D]").astype(float)
    >>> period_positions(days, are_dates=True).season_length
    4
    >>> period_positions(np.array([1.0, 2.0, 2.7])) is None
    True
    """
    if are_dates:
        months = _months_of_dates(periods)
        return _by_day(periods) if months is None else _by_month(months)
    whole = periods == np.trunc(periods)
    within = (periods >= _EARLIEST) & (periods <= _LATEST)
    if bool((whole & within).all()):
        month = periods % 100
        if bool(((month >= 1) & (month <= 12)).all()):
            return _by_month(np.floor(periods / 100) * 12 + month - 1)
    return _even(periods)


def _months_of_dates(days: Floats) -> Floats | None:
    """Return months since year 0 where all dates stand on one day of the month, or all on its last."""
    dates = days.astype(np.int64).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64)
    following = (dates + 1).astype("datetime64[M]")
    if len(dates) > 1 and (bool((day == day[0]).all()) or bool((following > months).all())):
        found: Floats = months.astype(np.int64).astype(float) + 1970 * 12
        return found
    return None


def _by_month(months: Floats) -> Positions:
    step = int(np.gcd.reduce(np.diff(months).astype(np.int64))) if len(months) > 1 else 1
    if step % 12 == 0:
        return Positions(at=np.floor(months / step), season_length=None)
    step = step if 12 % step == 0 else 1
    return Positions(at=np.floor(months / step), season_length=12 // step)


def _by_day(days: Floats) -> Positions | None:
    step = int(np.gcd.reduce(np.diff(days).astype(np.int64)))
    if step % _WEEK == 0:
        return Positions(at=np.floor((days - days[0]) / _WEEK), season_length=None)
    return Positions(at=days, season_length=None) if step == 1 else None


def _even(periods: Floats) -> Positions | None:
    if len(periods) < 2:
        return Positions(at=np.zeros(len(periods)), season_length=None)
    steps = np.diff(periods)
    relative = (periods - periods[0]) / steps.min()
    at = np.rint(relative)
    if bool((np.abs(relative - at) > 1e-6).any()):
        return None
    first = np.floor(periods[0] / steps.min())
    return Positions(at=at + first, season_length=None)
