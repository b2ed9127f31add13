"""How likely each verdict is, when the true effect and the spread of its estimate are known."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from scipy.special import chdtri, gammaln, ndtr

from impactkit.effects.kernels.arrays import Floats

Rule: TypeAlias = Literal["improvement", "no_harm", "no_effect"]

_TAIL = 1e-16
_NORMAL = 1e7  # with so many degrees of freedom the standard error is as good as known
_PANELS, _NODES = 60, 16
_STEPS = 60
_MANY = 200.0


class VerdictChances(NamedTuple):
    """The chance of each verdict, for each true effect.

    Parameters
    ----------
    supported, partly_supported, inconclusive, contradicted : ndarray, shape (E,)
        Between 0 and 1, with sum 1.
    """

    supported: Floats
    partly_supported: Floats
    inconclusive: Floats
    contradicted: Floats


def verdict_chances(
    effects: Floats, *, std_error: float, df: float, critical: float, m: float, rule: Rule = "improvement"
) -> VerdictChances:
    """Return how likely the limits of an estimate are to lie where each verdict wants them.

    Parameters
    ----------
    effects : ndarray, shape (E,)
        True effects, signed so that plus is good.
    std_error : float
        Standard deviation of the estimate, in the effect's unit; above 0.
    df : float
        Degrees of freedom of its estimated standard error; ``inf`` where it is known.
    critical : float
        Half the width of the limits in estimated standard errors: the quantile of t at their level.
    m : float
        What the limits are held against: the claimed effect, above 0; for ``no_harm`` minus the margin; for
        ``no_effect`` the margin.
    rule : {"improvement", "no_harm", "no_effect"}
        Which verdicts lie where.

    Returns
    -------
    VerdictChances
        Of the limits alone: what a permutation test or a grade asks besides is not in it.

    Notes
    -----
    The estimate ``b`` is normal and independent of its standard error ``s``, whose square is ``std_error**2``
    times a chi-square over its degrees of freedom. Given ``h = critical * s`` each verdict is one stretch of
    ``b`` (two for ``no_effect``), so its chance is a difference of two normal probabilities; these are summed
    over the logarithm of ``s`` by Gauss-Legendre quadrature in panels that end where a stretch vanishes. With
    ``L = b - h`` and ``U = b + h``:

    - improvement: supported ``L >= m``; partly ``0 < L < m``; contradicted ``L <= 0`` and ``U < m``;
    - no harm: supported ``L >= m`` and ``U >= 0``; partly ``L >= m`` and ``U < 0``; contradicted ``U < 0``
      otherwise;
    - no effect: supported ``-m <= L`` and ``U <= m``; contradicted ``L > m`` or ``U < -m``.

    References
    ----------
    .. [1] Owen, D. B. (1965). A special case of a bivariate non-central
       t-distribution. *Biometrika*, 52(3/4).

    Examples
    --------
    >>> found = verdict_chances(np.array([0.0, 2.0, 4.0]), std_error=1.0, df=np.inf, critical=1.96, m=1.0)
    >>> found.supported.round(3).tolist()
    [0.002, 0.169, 0.851]
    >>> bool(np.allclose(sum(found), 1.0))
    True
    """
    sizes, weights = standard_error_spread(
        df, breaks=(abs(m) / (2 * critical * std_error), abs(m) / (critical * std_error))
    )
    h = critical * std_error * sizes
    at = np.asarray(effects, dtype=float)[:, None]

    def chance(low: Floats | float, high: Floats | float) -> Floats:
        ends = ndtr((np.asarray(high) - at) / std_error) - ndtr((np.asarray(low) - at) / std_error)
        found: Floats = np.clip(np.maximum(ends, 0.0) @ weights, 0.0, 1.0)
        return found

    far = np.full(len(h), np.inf)
    if rule == "improvement":
        shown, against = chance(m + h, far), np.minimum(m - h, h)
        return VerdictChances(shown, chance(h, m + h), chance(against, h), chance(-far, against))
    if rule == "no_harm":
        within, harmed = m + h, -h
        return VerdictChances(
            chance(np.maximum(within, harmed), far),
            chance(within, np.maximum(within, harmed)),
            chance(harmed, np.maximum(within, harmed)),
            chance(-far, np.minimum(within, harmed)),
        )
    inside = chance(h - m, m - h)
    outside = chance(m + h, far) + chance(-far, -m - h)
    return VerdictChances(inside, np.zeros(len(inside)), np.clip(1 - inside - outside, 0.0, 1.0), outside)


@lru_cache(maxsize=1024)
def detectable_multiple(*, df: float, critical: float, power: float) -> float:
    """Return the effect told from nothing with a given chance, in standard deviations of its estimate.

    Parameters
    ----------
    df : float
        Degrees of freedom of the estimated standard error.
    critical : float
        Half the width of the limits in estimated standard errors.
    power : float
        The chance that the lower limit is above 0, between 0 and 1.

    Returns
    -------
    float
        Bloom's multiplier, exact: the noncentrality at which t exceeds ``critical`` with that chance.

    References
    ----------
    .. [1] Bloom, H. S. (1995). Minimum detectable effects: a simple way to report the statistical power of
       experimental designs. *Evaluation Review*, 19(5).

    Examples
    --------
    >>> round(detectable_multiple(df=np.inf, critical=1.959964, power=0.8), 3)
    2.802
    """
    sizes, weights = standard_error_spread(df)
    low, high = -10.0, critical + 10.0
    while float(ndtr(high - critical * sizes) @ weights) < power:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if float(ndtr(middle - critical * sizes) @ weights) < power:
            low = middle
        else:
            high = middle
    return high


def standard_error_spread(df: float, *, breaks: tuple[float, ...] = ()) -> tuple[Floats, Floats]:
    """Return nodes and weights over the estimated standard error, as a share of the true one.

    Parameters
    ----------
    df : float
        Degrees of freedom of the estimated standard error; ``inf`` where it is known.
    breaks : tuple of float
        Where what is summed has a bend: panels end there.

    Returns
    -------
    nodes, weights : ndarray, shape (K,)
        Gauss-Legendre nodes over its logarithm in panels; weights with sum 1.

    Examples
    --------
    >>> sizes, weights = standard_error_spread(10.0)
    >>> round(float(sizes**2 @ weights), 9)  # an unbiased variance
    1.0
    """
    if not df < _NORMAL:
        return np.ones(1), np.ones(1)
    low = (math.log(2) + 2 / df * (math.log(_TAIL) + float(gammaln(df / 2 + 1))) - math.log(df)) / 2
    low = max(low, -12 / math.sqrt(2 * df)) if df > _MANY else low
    high = math.log(float(chdtri(df, _TAIL)) / df) / 2
    inner = [math.log(end) for end in breaks if end > 0 and low < math.log(end) < high]
    edges = np.unique(np.concatenate([np.linspace(low, high, _PANELS + 1), inner]))
    nodes, node_weights = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    y = (edges[:-1, None] + half * (1 + nodes)).ravel()
    constant = math.log(2) + df / 2 * math.log(df / 2) - float(gammaln(df / 2))
    density = np.exp(constant + df * y - df / 2 * np.exp(2 * y))
    weights = density * (half * node_weights).ravel()
    return np.exp(y), weights / weights.sum()
