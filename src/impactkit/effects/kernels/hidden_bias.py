"""How strong something unmeasured must be to explain an effect away: E-value, Gamma, delta and RV."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtr
from scipy.stats import rankdata, t

from impactkit.effects.kernels.arrays import Flags, Floats

_PER_SD = 0.91
"""Logarithm of the risk ratio that a standardised difference of 1 stands for."""
_MOST_SPLITS = 64
_MOST_GAMMA = 1e6
_PRECISE = 1e-4


def e_value(ratio: float) -> float:
    """Return the E-value of a risk ratio.

    Parameters
    ----------
    ratio : float
        Above 0; below 1 its inverse is taken.

    Returns
    -------
    float
        The risk ratio by which something unmeasured must go with both treatment and outcome to explain it.

    References
    ----------
    .. [1] VanderWeele, T. J., & Ding, P. (2017). Sensitivity analysis in observational research: introducing
       the E-value. *Annals of Internal Medicine*, 167(4).

    Examples
    --------
    >>> round(e_value(3.9), 2), round(e_value(1.8), 1)
    (7.26, 3.0)
    """
    size = max(ratio, 1 / ratio) if ratio > 0 else math.inf
    return size + math.sqrt(size * (size - 1)) if math.isfinite(size) else size


def ratio_of_standardised(difference: float) -> float:
    """Return the risk ratio that a difference in standard deviations stands for, about.

    Parameters
    ----------
    difference : float
        In standard deviations of the outcome.

    Returns
    -------
    float
        ``exp(0.91 d)``.

    References
    ----------
    .. [1] VanderWeele, T. J., & Ding, P. (2017). Sensitivity analysis in observational research: introducing
       the E-value. *Annals of Internal Medicine*, 167(4), table 2.

    Examples
    --------
    >>> round(ratio_of_standardised(0.5), 2)
    1.58
    """
    return math.exp(min(_PER_SD * difference, 700.0))


def robustness_value(f: float) -> float:
    """Return the share of what is left to explain that something unmeasured must explain of both sides.

    Parameters
    ----------
    f : float
        Partial Cohen's f of the treatment, not negative: ``|t| / sqrt(df)``.

    Returns
    -------
    float
        From 0 to 1.

    References
    ----------
    .. [1] Cinelli, C., & Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias.
       *Journal of the Royal Statistical Society B*, 82(1), equation 19.

    Examples
    --------
    >>> round(robustness_value(4.18 / 783**0.5), 3)
    0.139
    """
    # The same as (sqrt(f**4 + 4 f**2) - f**2) / 2, without taking large numbers from each other.
    return 2 * f / (math.sqrt(f * f + 4) + f) if math.isfinite(f) else 1.0


def robustness_value_of_limit(statistic: float, df: float, *, alpha: float = 0.05) -> float:
    """Return the robustness value for bringing the limit nearest no effect to it.

    Parameters
    ----------
    statistic : float
        The treatment's t.
    df : float
        Residual degrees of freedom, above 1.
    alpha : float
        Two-sided level.

    Returns
    -------
    float
        0 where the limits hold no effect already.

    References
    ----------
    .. [1] Cinelli, C., & Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias.
       *Journal of the Royal Statistical Society B*, 82(1), section 4.3.

    Examples
    --------
    >>> round(robustness_value_of_limit(4.18, 783), 3)
    0.076
    """
    f = abs(statistic) / math.sqrt(df)
    critical = float(t.isf(alpha / 2, df - 1)) / math.sqrt(df - 1)
    if f <= critical:
        return 0.0
    if f * critical >= 1:  # then explaining all of the outcome helps most
        return (f * f - critical * critical) / (1 + f * f)
    return robustness_value(f - critical)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRegressions:
    """What Oster's delta is made from: the same regression without and with covariates.

    Parameters
    ----------
    short, long : float
        The treatment's coefficient without and with them, in the outcome's unit.
    short_r2, long_r2 : float
        Shares of the outcome's variance explained.
    outcome_variance, treatment_variance : float
        What is left of both when only what stands in both regressions is taken out.
    residual_variance : float
        What is left of the treatment when covariates are taken out too.
    """

    short: float
    long: float
    short_r2: float
    long_r2: float
    outcome_variance: float
    treatment_variance: float
    residual_variance: float


def oster_delta(found: TwoRegressions, *, largest_r2: float, effect: float = 0.0) -> float:
    """Return how much stronger than covariates what is unmeasured must select to leave an effect.

    Parameters
    ----------
    found : TwoRegressions
        Both regressions.
    largest_r2 : float
        What a regression with everything would explain.
    effect : float
        The effect to be left, in the outcome's unit.

    Returns
    -------
    float
        ``delta``; negative where what is unmeasured must select the other way; nan without a solution, or
        where covariates explain all there is to explain.

    References
    ----------
    .. [1] Oster, E. (2019). Unobservable selection and coefficient stability: theory and evidence. *Journal
       of Business & Economic Statistics*, 37(2), proposition 3.

    Examples
    --------
    >>> found = TwoRegressions(short=2.0, long=1.5, short_r2=0.2, long_r2=0.5, outcome_variance=4.0,
    ...                        treatment_variance=0.25, residual_variance=0.2)
    >>> round(oster_delta(found, largest_r2=0.65), 2)
    2.5
    """
    if not largest_r2 > found.long_r2:
        return math.nan
    moved, left = found.short - found.long, found.long - effect
    sy, sx, tau = found.outcome_variance, found.treatment_variance, found.residual_variance
    cubic = left**3 * (tau * sx - tau**2)
    square = left**2 * tau * moved * sx
    above = (
        left * (found.long_r2 - found.short_r2) * sy * tau + left * sx * tau * moved**2 + 2 * square + cubic
    )
    room = (largest_r2 - found.long_r2) * sy
    below = room * moved * sx + left * room * (sx - tau) + square + cubic
    return above / below if below else math.nan


def signed_rank_gamma(differences: Floats, *, alpha: float = 0.025) -> float:
    """Return the largest Gamma at which the signed-rank test of pairs still rejects.

    Parameters
    ----------
    differences : ndarray, shape (S,)
        Treated less comparison within each pair; a rise is what is tested.
    alpha : float
        One-sided level.

    Returns
    -------
    float
        At least 1; nan where it does not reject even without hidden bias.

    References
    ----------
    .. [1] Rosenbaum, P. R. (2002). *Observational Studies* (2nd ed.), section 4.3.3.

    Examples
    --------
    >>> round(signed_rank_gamma(np.arange(1.0, 21)), 1)
    4.0
    """
    return _largest(lambda gamma: signed_rank_bound(differences, gamma), alpha)


def signed_rank_bound(differences: Floats, gamma: float) -> float:
    """Return the largest p-value of the signed-rank test under a hidden bias of at most Gamma.

    Parameters
    ----------
    differences : ndarray, shape (S,)
        Treated less comparison within each pair; a rise is what is tested.
    gamma : float
        How many times the odds of treatment within a pair may differ.

    Returns
    -------
    float
        One-sided, by the normal approximation without a correction for continuity. Pairs without a
        difference are ranked with the others and then count as nothing.
    """
    ranks = np.where(differences == 0, 0.0, rankdata(np.abs(differences)))
    if not ranks.any():
        return 1.0
    chance = gamma / (1 + gamma)
    mean, variance = chance * ranks.sum(), chance * (1 - chance) * (ranks**2).sum()
    return float(ndtr((mean - ranks[differences > 0].sum()) / math.sqrt(variance)))


def rank_sum_gamma(outcomes: Floats, treated: Flags, *, alpha: float = 0.025) -> float:
    """Return the largest Gamma at which the rank-sum test of two groups still rejects.

    Parameters
    ----------
    outcomes : ndarray, shape (N,)
        One value an independent unit; a rise is what is tested.
    treated : ndarray of bool, shape (N,)
        Who got it.
    alpha : float
        One-sided level.

    Returns
    -------
    float
        At least 1; nan where it does not reject even without hidden bias.

    References
    ----------
    .. [1] Rosenbaum, P. R., & Krieger, A. M. (1990). Sensitivity of two-sample permutation inferences in
       observational studies. *Journal of the American Statistical Association*, 85(410).

    Examples
    --------
    >>> round(rank_sum_gamma(np.arange(20.0), np.arange(20) >= 10), 1)
    10.9
    """
    return _largest(_RankSum.of(outcomes, treated).bound, alpha)


def rank_sum_bound(outcomes: Floats, treated: Flags, gamma: float) -> float:
    """Return the largest p-value of the rank-sum test under a hidden bias of at most Gamma.

    Parameters
    ----------
    outcomes : ndarray, shape (N,)
        One value an independent unit; a rise is what is tested.
    treated : ndarray of bool, shape (N,)
        Who got it.
    gamma : float
        How many times the odds of treatment of two units may differ.

    Returns
    -------
    float
        One-sided, by the normal approximation.

    Notes
    -----
    The worst that is hidden raises the odds of those with the k largest outcomes, for some k. Given k the
    number of treated among them is hypergeometric with odds Gamma; its two moments give those of the rank
    sum, and the largest p-value over k is the bound. Above 64 values of k evenly spread ones are tried.
    """
    return _RankSum.of(outcomes, treated).bound(gamma)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _RankSum:
    """The rank sum with its moments given how many treated are favoured, for each number of favoured."""

    observed: float
    treated: Floats  # 0 .. m among the favoured, shape (1, m + 1)
    ways: Floats  # logarithm of the number of assignments with as many, shape (K, m + 1)
    mean: Floats
    variance: Floats

    @classmethod
    def of(cls, outcomes: Floats, treated: Flags) -> _RankSum:
        """Work out all that does not depend on Gamma."""
        given = rankdata(outcomes)
        ranks, N, m = np.sort(given)[::-1], len(given), int(treated.sum())
        splits = np.unique(np.linspace(1, N - 1, min(N - 1, _MOST_SPLITS)).round().astype(int))
        k, x = splits[:, None].astype(float), np.arange(m + 1)[None, :].astype(float)
        with np.errstate(invalid="ignore"):
            ways = _choose(k, x) + _choose(N - k, m - x)
        total, squares = (np.cumsum(values)[:, None] for values in (ranks, ranks**2))
        at = splits - 1
        high, low = total[at] / k, (total[-1] - total[at]) / (N - k)
        high_s2 = _variance(squares[at], high, k)
        low_s2 = _variance(squares[-1] - squares[at], low, N - k)
        return cls(
            observed=float(given[treated].sum()),
            treated=x,
            ways=np.where((x <= k) & (m - x <= N - k), ways, -np.inf),
            mean=x * high + (m - x) * low,
            variance=x * (1 - x / k) * high_s2 + (m - x) * (1 - (m - x) / (N - k)) * low_s2,
        )

    def bound(self, gamma: float) -> float:
        """Return the largest p-value over the numbers of favoured units."""
        log = self.ways + self.treated * math.log(gamma)
        chance = np.exp(log - log.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        mean = (chance * self.mean).sum(axis=1)
        variance = (chance * (self.variance + (self.mean - mean[:, None]) ** 2)).sum(axis=1)
        spread = np.sqrt(np.maximum(variance, 1e-300))
        return float(ndtr(((mean - self.observed) / spread).max()))


def _choose(n: Floats, x: Floats) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1))


def _variance(squares: Floats, mean: Floats, size: Floats) -> Floats:
    """Return variances with divisor ``size - 1``; 0 of a single number."""
    found = (squares - size * mean**2) / np.maximum(size - 1, 1)
    return np.asarray(np.where(size > 1, np.maximum(found, 0.0), 0.0))


def _largest(bound: Callable[[float], float], alpha: float) -> float:
    """Return the largest Gamma whose bound is at most alpha."""
    if not bound(1.0) <= alpha:
        return math.nan
    inside, outside = 1.0, 2.0
    while bound(outside) <= alpha:
        inside, outside = outside, 2 * outside
        if outside > _MOST_GAMMA:
            return math.inf
    while outside - inside > _PRECISE * outside:
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if bound(middle) <= alpha else (inside, middle)
    return inside
