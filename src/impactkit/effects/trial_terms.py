"""Ratios beside the difference of two shares or rates, and limits of shares where few had the outcome."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from impactkit.data.columns import Columns, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import assignment_of, dense, marked
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.further_terms import FurtherTerm, with_terms
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.lottery_means import LotteryMeans, by_cluster, lottery_means
from impactkit.effects.kernels.two_shares import TINY, newcombe
from impactkit.effects.lottery import drawn_of
from impactkit.wording import Message

_LARGEST = 700.0  # its exponential is still a number


class _Ratio(NamedTuple):
    """A logarithm of a ratio of two means, and how it moves with each."""

    name: str
    log: float
    slopes: Floats


def with_shares_compared(estimate: Estimate, study: Study, columns: Columns) -> Estimate:
    """Add ratios where the outcome is 0 or 1, or a rate over an exposure.

    Parameters
    ----------
    estimate : Estimate
        The difference of means, the headline.
    study : Study
        The study.
    columns : Columns
        Its rows.

    Returns
    -------
    Estimate
        With the risk ratio and the odds ratio, or the rate ratio, of the arms' means over all strata that
        hold both arms, each weighing its share. Other outcomes: unchanged.
    """
    is_rate = study.exposure is not None
    is_share = not is_rate and bool(((columns.outcome == 0) | (columns.outcome == 1)).all())
    if not (is_rate or is_share) or bool((columns.outcome < 0).any()):
        return estimate
    comparable = _with_both_arms(columns)
    drawn = drawn_of(comparable, assignment_of(comparable))
    found = lottery_means(drawn)
    influence = by_cluster(drawn, found.influence)
    level = estimate.interval.level
    ratios = _rate_ratio(found) if is_rate else _share_ratios(found)
    terms = [FurtherTerm(term=_term(ratio, influence, found.df, level)) for ratio in ratios]
    return with_terms(estimate, terms, warnings=_tiny(columns, level) if is_share else ())


def _with_both_arms(columns: Columns) -> Columns:
    if columns.stratum is None or columns.treated is None:
        return columns
    codes = dense(columns.stratum)
    S = int(codes.max()) + 1
    both = marked(codes, columns.treated, n=S) & marked(codes, ~columns.treated, n=S)
    return columns if both.all() else columns.take(both[codes])


def _rate_ratio(found: LotteryMeans) -> list[_Ratio]:
    return [_Ratio("rate ratio", *_log(found.means))]


def _share_ratios(found: LotteryMeans) -> list[_Ratio]:
    risk, slopes = _log(found.means)
    left, other = _log(1 - found.means)
    return [_Ratio("risk ratio", risk, slopes), _Ratio("odds ratio", risk - left, slopes + other)]


def _log(means: Floats) -> tuple[float, Floats]:
    """Return the logarithm of the ratio of two means, and its slopes; nan where either is 0."""
    if not (means > 1e-12).all():
        return math.nan, np.full(2, np.nan)
    return float(np.log(means[0] / means[1])), np.array([1.0, -1.0]) / means


def _term(ratio: _Ratio, influence: Floats, df: float, level: float) -> Term:
    """Return the ratio, with the limits of its logarithm by the delta method."""
    errors = influence @ ratio.slopes
    log = Interval.from_std_error(ratio.log, float(np.sqrt(errors @ errors)), df=df, level=level)
    point = math.exp(ratio.log) if math.isfinite(ratio.log) else math.nan
    if math.isnan(point):
        found = Interval.undefined(point, level=level, reason=Message("estimate.no_ratio"))
    elif log.reason is not None:
        found = Interval.undefined(point, level=level, reason=log.reason)
    else:
        low, high = (math.exp(min(end, _LARGEST)) for end in (log.low, log.high))
        found = replace(log, point=point, std_error=math.nan, low=low, high=high)
    return Term(name=ratio.name, interval=found, measure="ratio")


def _tiny(columns: Columns, level: float) -> tuple[Message, ...]:
    """Warn where so few had the outcome, or did not, that limits by the normal or t law are unreliable."""
    treated = columns.treated
    assert treated is not None
    counts = [float(columns.outcome[arm].sum()) for arm in (treated, ~treated)]
    sizes = [float(arm.sum()) for arm in (treated, ~treated)]
    smallest = min(min(x, n - x) for x, n in zip(counts, sizes, strict=True))
    if smallest >= TINY:
        return ()
    values: dict[str, str | int | float] = {"n": int(smallest), "enough": TINY}
    simple = columns.stratum is None and columns.cluster is None and columns.weight is None
    if not simple or columns.probability is not None:
        return (Message("estimate.tiny_cells_in_strata", values),)
    low, high = newcombe((counts[0], counts[1]), (sizes[0], sizes[1]), level=level)
    return (Message("estimate.tiny_cells", {**values, "low": low, "high": high, "level": level}),)
