"""What a rate card pays for an effect, and what it can be expected to pay for one that is uncertain."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, ndtr, stdtr

from impactkit.effects.kernels.arrays import Floats

_NORMAL = 1e7  # with so many degrees of freedom t is as good as normal


class PaymentCurve(NamedTuple):
    """A payment by effect: nothing below the first knot, straight lines between knots, level after the last.

    Parameters
    ----------
    knots : ndarray, shape (K,)
        Effects at which the curve begins, bends or jumps, rising; plus is good.
    amounts : ndarray, shape (K,)
        What is paid at each knot, in SEK.
    slopes : ndarray, shape (K,)
        SEK per unit of effect from the knot to the next; 0 after the last.
    """

    knots: Floats
    amounts: Floats
    slopes: Floats


def rate_curve(rate: float, *, threshold: float, cap: float) -> PaymentCurve:
    """Return the curve of so much per unit of effect, with a threshold and a cap.

    Parameters
    ----------
    rate : float
        SEK per unit of effect, above 0.
    threshold : float
        The effect below which nothing is paid, at least 0; from there the whole effect is paid for.
    cap : float
        The most that is paid, in SEK; above 0.

    Returns
    -------
    PaymentCurve
        One bend, where the cap is reached.

    Examples
    --------
    >>> rate_curve(1000.0, threshold=2.0, cap=5000.0).amounts.tolist()
    [2000.0, 5000.0]
    """
    full = cap / rate
    if full <= threshold:
        return PaymentCurve(np.array([threshold]), np.array([cap]), np.array([0.0]))
    return PaymentCurve(np.array([threshold, full]), np.array([rate * threshold, cap]), np.array([rate, 0.0]))


def step_curve(at_least: Floats, amounts: Floats, *, cap: float) -> PaymentCurve:
    """Return the curve of fixed amounts from each of several effects on, with a cap.

    Parameters
    ----------
    at_least : ndarray, shape (K,)
        Effects, rising.
    amounts : ndarray, shape (K,)
        What is paid from each on, in SEK.
    cap : float
        The most that is paid, in SEK.

    Returns
    -------
    PaymentCurve
        Level between the steps.

    Examples
    --------
    >>> step_curve(np.array([5.0, 10.0]), np.array([100.0, 300.0]), cap=250.0).amounts.tolist()
    [100.0, 250.0]
    """
    capped = np.minimum(np.asarray(amounts, dtype=float), cap)
    return PaymentCurve(np.asarray(at_least, dtype=float), capped, np.zeros(len(capped)))


def paid(curve: PaymentCurve, effects: Floats, *, edge: float = 0.0) -> Floats:
    """Return what is paid for effects.

    Parameters
    ----------
    curve : PaymentCurve
        What is paid.
    effects : ndarray, shape (E,)
        Effects, plus is good; nan pays nothing.
    edge : float
        An effect no further than this beyond a threshold has not reached it.

    Returns
    -------
    ndarray, shape (E,)
        SEK.

    Examples
    --------
    >>> paid(rate_curve(1000.0, threshold=2.0, cap=5000.0), np.array([1.9, 2.0, 4.5, 9.0])).tolist()
    [0.0, 2000.0, 4500.0, 5000.0]
    """
    at = np.asarray(effects, dtype=float)
    place = np.searchsorted(curve.knots + edge, np.where(np.isnan(at), -np.inf, at), side="right") - 1
    held = np.maximum(place, 0)
    slope = curve.slopes[held]
    beyond = np.where(slope == 0, 0.0, np.where(np.isfinite(at), at, 0.0) - curve.knots[held])
    most = curve.amounts[-1]
    found: Floats = np.where(place < 0, 0.0, np.minimum(curve.amounts[held] + slope * beyond, most))
    return found


def pays_from(curve: PaymentCurve) -> float:
    """Return the smallest effect at which anything is paid (above which, where the curve begins at 0).

    Parameters
    ----------
    curve : PaymentCurve
        What is paid.

    Returns
    -------
    float
        The first knot at which the amount is above 0 or begins to rise.
    """
    return float(curve.knots[(curve.amounts > 0) | (curve.slopes > 0)][0])


def chance_of_payment(curve: PaymentCurve, points: Floats, *, scale: float, df: float) -> Floats:
    """Return the chance that anything is paid for an effect drawn around each point.

    Parameters
    ----------
    curve : PaymentCurve
        What is paid.
    points : ndarray, shape (E,)
        Centres.
    scale : float
        Standard deviation of the normal, or scale of t; above 0.
    df : float
        Degrees of freedom of t; ``inf`` for the normal distribution.

    Returns
    -------
    ndarray, shape (E,)
        Between 0 and 1.
    """
    return 1 - _below((pays_from(curve) - np.asarray(points, dtype=float)) / scale, df)


def expected_payment(curve: PaymentCurve, points: Floats, *, scale: float, df: float) -> Floats:
    """Return what is paid on average for an effect drawn around each point.

    Parameters
    ----------
    curve : PaymentCurve
        What is paid.
    points : ndarray, shape (E,)
        Centres of the effect, in its unit.
    scale : float
        Standard deviation of the normal, or scale of t; above 0.
    df : float
        Degrees of freedom of t; ``inf`` for the normal distribution.

    Returns
    -------
    ndarray, shape (E,)
        SEK, exact.

    Notes
    -----
    On each stretch the payment is ``amount + slope * (x - knot)`` with ``x = point + scale * t``. Its mean
    over the stretch is a difference of distribution functions, and of the partial mean of t, whose
    antiderivative is ``-df / (df - 1) * (1 + t**2 / df) * f(t)`` (minus the density for the normal,
    ``log(1 + t**2) / (2 pi)`` for one degree of freedom). The last stretch is level, so that the mean is
    finite with any degrees of freedom.

    Examples
    --------
    >>> curve = rate_curve(1.0, threshold=0.0, cap=1e6)
    >>> expected_payment(curve, np.array([0.0]), scale=1.0, df=math.inf).round(6).tolist()  # 1 / sqrt(2 pi)
    [0.398942]
    """
    at = np.asarray(points, dtype=float)[:, None]
    lower = (curve.knots[None, :] - at) / scale
    upper = np.concatenate([lower[:, 1:], np.full((len(at), 1), np.inf)], axis=1)
    share = _below(upper, df) - _below(lower, df)
    level = curve.amounts + curve.slopes * (at - curve.knots)
    sloped = np.where(curve.slopes > 0, 1.0, 0.0)
    moved = _partial_mean(np.where(sloped > 0, upper, 0.0), df) - _partial_mean(
        np.where(sloped > 0, lower, 0.0), df
    )
    found: Floats = np.clip((level * share + curve.slopes * scale * moved).sum(axis=1), 0.0, None)
    return found


def _below(t: Floats, df: float) -> Floats:
    return np.asarray(ndtr(t) if not df < _NORMAL else stdtr(df, t), dtype=np.float64)


def _partial_mean(t: Floats, df: float) -> Floats:
    """Return an antiderivative of ``t f(t)``."""
    if not df < _NORMAL:
        return np.asarray(-np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi))
    if abs(df - 1) < 1e-9:
        return np.asarray(np.log1p(t**2) / (2 * math.pi))
    constant = float(gammaln((df + 1) / 2) - gammaln(df / 2)) - math.log(df * math.pi) / 2
    # (1 + t^2 / df) times the density, whose power is -(df + 1) / 2.
    return np.asarray(-df / (df - 1) * np.exp(constant - (df - 1) / 2 * np.log1p(t**2 / df)))
