"""How sure the bounds are that cut the arm of which more stayed."""

from __future__ import annotations

import math

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.lee_bounds import lee_bounds
from impactkit.effects.kernels.partial_bounds import PartialBounds


def lee_bounds_with_errors(treated: Floats, comparison: Floats, *, drawn: tuple[int, int]) -> PartialBounds:
    """Return Lee's bounds with their standard errors for large samples.

    Parameters
    ----------
    treated, comparison : ndarray, shape (m1,), (m0,)
        Outcomes of those who stayed.
    drawn : tuple of int
        How many each arm had from the start, the treated first.

    Returns
    -------
    PartialBounds
        Errors are nan where an arm that is left has a single outcome.

    Notes
    -----
    With ``p`` the share of the fuller arm that is cut off, ``q`` the share of it that stayed, ``r`` that of
    the other arm, ``n`` and ``k`` how many these arms had, and ``c`` the outcome at the cut, the variance of
    the cut mean ``m`` is (proposition 3 of the paper)
    ``(v + (c - m)^2 p) / (n q (1 - p)) + (c - m)^2 ((1 - q) / (n q) + (1 - r) / (k r))``
    with ``v`` the variance of the outcomes kept; that of the other arm's mean is added.

    References
    ----------
    .. [1] Lee, D. S. (2009). Training, wages, and sample selection: estimating sharp bounds on treatment
       effects. *Review of Economic Studies*, 76(3).

    Examples
    --------
    >>> found = lee_bounds_with_errors(np.arange(40.0), np.arange(30.0), drawn=(50, 50))
    >>> round(found.low, 4), round(found.high, 4), round(found.low_error, 4)
    (0.0, 10.0, 3.2823)
    """
    m1, m0 = len(treated), len(comparison)
    shares = (m1 / drawn[0], m0 / drawn[1])
    bounds = lee_bounds(treated, comparison, stayed=shares)
    fuller, other = (treated, comparison) if shares[0] >= shares[1] else (comparison, treated)
    n, k = drawn if shares[0] >= shares[1] else drawn[::-1]
    q, r = max(shares), min(shares)
    p = (q - r) / q
    rest = _variance(other) / len(other)
    errors = []
    for values in (np.sort(fuller), -np.sort(-fuller)):
        # What is kept: the lowest outcomes, then the highest.
        kept = values[: max(math.ceil(len(values) * (1 - p) - 1e-9), 1)]
        reach = float(kept[-1] - kept.mean()) ** 2 if p > 0 else 0.0
        own = (_variance(kept) + reach * p) / (n * q * (1 - p))
        own += reach * ((1 - q) / (n * q) + (1 - r) / (k * r))
        errors.append(math.sqrt(own + rest))
    low, high = errors if shares[0] >= shares[1] else errors[::-1]
    return PartialBounds(low=bounds.low, high=bounds.high, low_error=low, high_error=high)


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else math.nan
