"""Regressors of a series that is interrupted: season, and a level and a slope from each interruption."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interruption:
    """One interruption's regressors.

    Parameters
    ----------
    columns : ndarray, shape (T, 1 or 2)
        Level, and slope where there is one.
    left_out : ndarray of bool, shape (T,)
        Periods of a phase-in that are left out.
    """

    columns: Floats
    left_out: Flags


def interruption(
    at: Floats, begins: Floats | float, *, phase_in: int = 0, ramp: bool = False, slope: bool = True
) -> Interruption:
    """Return an interruption's level and slope.

    Parameters
    ----------
    at : ndarray, shape (T,)
        Where the periods stand.
    begins : float
        Where the first period of the interruption stands.
    phase_in : int
        Periods from there on in which it is not yet in full effect.
    ramp : bool
        Whether the level then rises in equal steps, reaching its full height in the first period after
        them; else those periods are left out.
    slope : bool
        Whether there is a slope, 0 in the first period in full effect.

    Returns
    -------
    Interruption
        Zeros before it begins.

    Examples
    --------
    >>> interruption(np.arange(6.0), 2.0, phase_in=1, ramp=True).columns.T.tolist()
    [[0.0, 0.0, 0.5, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0, 1.0, 2.0]]
    """
    since = at - begins
    full = since - phase_in
    level = np.where(full >= 0, 1.0, 0.0)
    coming = (since >= 0) & (full < 0)
    if ramp:
        level = np.where(coming, (since + 1) / (phase_in + 1), level)
    columns = np.column_stack([level, np.maximum(full, 0.0)]) if slope else level[:, None]
    return Interruption(columns=columns, left_out=coming & (not ramp))


def fourier(at: Floats, *, length: int, harmonics: int) -> Floats:
    """Return pairs of sine and cosine of a season.

    Parameters
    ----------
    at : ndarray, shape (T,)
        Where the periods stand.
    length : int
        Periods in a season.
    harmonics : int
        How many pairs, at most half the length; the last sine of an even length is 0 everywhere and left out.

    Returns
    -------
    ndarray, shape (T, 2 * harmonics or one less)
        Between -1 and 1.

    Examples
    --------
    >>> fourier(np.arange(4.0), length=4, harmonics=2).round(12).T.tolist()
    [[0.0, 1.0, 0.0, -1.0], [1.0, 0.0, -1.0, -0.0], [1.0, -1.0, 1.0, -1.0]]
    """
    columns = []
    for h in range(1, harmonics + 1):
        angle = 2 * np.pi * h * (at % length) / length
        columns += [np.cos(angle)] if 2 * h == length else [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def calendar(at: Floats, *, length: int) -> Floats:
    """Return indicators of the places in a season, the first left out.

    Parameters
    ----------
    at : ndarray, shape (T,)
        Where the periods stand.
    length : int
        Periods in a season.

    Returns
    -------
    ndarray, shape (T, length - 1)
        0 or 1.

    Examples
    --------
    >>> calendar(np.arange(3.0), length=3).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    return np.asarray((at % length)[:, None] == np.arange(1, length)).astype(np.float64)


def steps_between(at: Floats) -> Floats:
    """Return how far each period stands from the one before; ``inf`` for the first.

    Parameters
    ----------
    at : ndarray, shape (T,)
        Where the periods stand.

    Returns
    -------
    ndarray, shape (T,)
        1 where none is missing.

    Examples
    --------
    >>> steps_between(np.array([4.0, 5, 8])).tolist()
    [inf, 1.0, 3.0]
    """
    return np.concatenate([[np.inf], np.diff(at)])
