"""What an effect may be when outcomes are missing: the worst and the best they could have been."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from impactkit.effects.kernels.assignment_statistics import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSeen:
    """One arm: how many stayed, of how many, and their outcomes in sum.

    Parameters
    ----------
    n, stayed : float
        How many there were, and how many of them have an outcome.
    mean, variance : float
        Of the outcomes of those who stayed, in the outcome's unit and its square.
    """

    n: float
    stayed: float
    mean: float
    variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialBounds:
    """Two ends that hold the effect whatever the missing outcomes were.

    Parameters
    ----------
    low, high : float
        The bounds, in the outcome's unit.
    low_error, high_error : float
        Their standard errors.
    """

    low: float
    high: float
    low_error: float
    high_error: float

    def limits(self, level: float) -> Limits:
        """Return limits that hold the effect, wherever it lies between the bounds; see `imbens_manski`."""
        return imbens_manski(self, level)


def manski_bounds(treated: ArmSeen, comparison: ArmSeen, *, least: float, most: float) -> PartialBounds:
    """Return the bounds of the average effect when outcomes can only lie in a known range.

    Parameters
    ----------
    treated, comparison : ArmSeen
        The arms as they were drawn.
    least, most : float
        The smallest and the largest value that the outcome can take.

    Returns
    -------
    PartialBounds
        Nothing is supposed about who left, or why.

    Notes
    -----
    At worst every missing treated has the smallest outcome and every missing comparison the largest; at best
    the other way round. An arm's filled-in mean has the variance of the mean of all its values, those filled
    in among them.

    References
    ----------
    .. [1] Manski, C. F. (1990). Nonparametric bounds on treatment effects. *American Economic Review*, 80(2).
    .. [2] Horowitz, J. L., & Manski, C. F. (2000). Nonparametric analysis of randomized experiments with
       missing covariate and outcome data. *Journal of the American Statistical Association*, 95(449).

    Examples
    --------
    >>> arms = [ArmSeen(n=10, stayed=s, mean=m, variance=0.25) for s, m in ((8, 0.75), (9, 0.5))]
    >>> found = manski_bounds(*arms, least=0.0, most=1.0)
    >>> round(found.low, 6), round(found.high, 6)
    (0.05, 0.35)
    """
    (t_low, t_low_v), (t_high, t_high_v) = _filled(treated, least), _filled(treated, most)
    (c_low, c_low_v), (c_high, c_high_v) = _filled(comparison, least), _filled(comparison, most)
    return PartialBounds(
        low=t_low - c_high,
        high=t_high - c_low,
        low_error=math.sqrt(t_low_v + c_high_v),
        high_error=math.sqrt(t_high_v + c_low_v),
    )


def _filled(arm: ArmSeen, value: float) -> tuple[float, float]:
    """Return an arm's mean with the missing filled in, and the variance of that mean."""
    q = arm.stayed / arm.n
    seen = arm.mean if arm.stayed else value
    mean = q * seen + (1 - q) * value
    squares = max(arm.stayed - 1, 0) * (arm.variance if arm.stayed > 1 else 0.0)
    squares += arm.stayed * (seen - mean) ** 2 + (arm.n - arm.stayed) * (value - mean) ** 2
    return mean, squares / (arm.n - 1) / arm.n


def imbens_manski(bounds: PartialBounds, level: float) -> Limits:
    """Return limits of an effect that is known only to lie between two estimated bounds.

    Parameters
    ----------
    bounds : PartialBounds
        The bounds and their standard errors.
    level : float
        The chance that the limits hold the effect, whichever it is between the bounds.

    Returns
    -------
    Limits
        Nan where a bound's error is unknown.

    Notes
    -----
    The limits reach ``c`` standard errors beyond each bound, with ``ndtr(c + gap / error) - ndtr(-c) =
    level`` and ``error`` the larger of the two: the usual two-sided quantile where the bounds meet, and the
    one-sided one where they lie far apart, as the effect can then be missed on one side only.

    References
    ----------
    .. [1] Imbens, G. W., & Manski, C. F. (2004). Confidence intervals for partially identified parameters.
       *Econometrica*, 72(6).

    Examples
    --------
    >>> met = PartialBounds(low=0.0, high=0.0, low_error=1.0, high_error=1.0)
    >>> [round(end, 4) for end in imbens_manski(met, 0.95)]
    [-1.96, 1.96]
    """
    error = max(bounds.low_error, bounds.high_error)
    if not math.isfinite(error):
        return Limits(math.nan, math.nan)
    gap = (bounds.high - bounds.low) / error if error > 0 else math.inf
    c = float(
        brentq(
            lambda c: float(ndtr(c + gap) - ndtr(-c)) - level,
            float(ndtri(level)) - 1e-9,
            float(ndtri(0.5 + level / 2)) + 1e-9,
            xtol=1e-12,
        )
    )
    return Limits(bounds.low - c * bounds.low_error, bounds.high + c * bounds.high_error)
