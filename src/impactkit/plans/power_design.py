"""What decides the precision of a planned comparison, for asking how much more would be needed."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from impactkit.evidence.checks.too_few_clusters import TooFewClusters
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.plans.panel_noise import PanelNoise
from impactkit.plans.power_asked import Asked
from impactkit.plans.power_grades import NEEDED
from impactkit.plans.power_needed import Design, Needed, needed, two_group_df
from impactkit.plans.row_noise import RowNoise

_WITHOUT_PERIODS = (*DONOR_DESIGNS, "switching_difference_in_differences")


def all_needed(asked: Asked) -> tuple[Needed, ...]:
    """Return what it would take to support a claim four times in five.

    Parameters
    ----------
    asked : Asked
        The claim.

    Returns
    -------
    tuple of Needed
        At twice and at one and a half times the claim, or at no change for a margin; empty for designs that
        cannot tell, or that compare with nobody.
    """
    design = _design(asked)
    if design is None:
        return ()
    multiples = (2.0, 1.5) if asked.rule == "improvement" else (0.0,)
    after, answers = _after(asked), _answers(asked)
    return tuple(
        each
        for multiple in multiples
        for each in needed(
            design, m=asked.m, rule=asked.rule, multiple=multiple, after=after, answers=answers
        )
    )


def _design(asked: Asked) -> Design | None:
    sample = asked.first.sample
    n_treated, n_comparison = sample.n_treated_clusters, sample.n_comparison_clusters
    if not asked.is_assessable or min(n_treated, n_comparison) < 1:
        return None
    spread, df = _spread_and_df(asked)
    plain = two_group_df(n_treated, n_comparison)
    fewest = TooFewClusters()
    counted = asked.chain.estimator.method in fewest.designs and asked.grade.ceiling == NEEDED
    return Design(
        n_treated=n_treated,
        n_comparison=n_comparison,
        unit_spread=spread / math.sqrt(1 / n_treated + 1 / n_comparison),
        df_share=df / plain if df > 0 and math.isfinite(df) and plain > 0 else 1.0,
        level=asked.level,
        are_donors=asked.chain.estimator.method in DONOR_DESIGNS,
        fewest_treated=fewest.treated if counted else 0,
        fewest_comparison=fewest.comparison if counted else 0,
    )


def _spread_and_df(asked: Asked) -> tuple[float, float]:
    if asked.precision is not None:
        return asked.precision.spread, asked.precision.df
    found = asked.drawn
    known = [each.interval.df for each in found.estimates if each.interval.std_error > 0]
    return float(found.points.std(ddof=1)), float(np.median(known)) if known else math.nan


def _after(asked: Asked) -> tuple[int, Callable[[int], float]] | None:
    noise, planned = asked.chain.noise, asked.chain.planned
    if not isinstance(noise, PanelNoise) or asked.chain.estimator.method in _WITHOUT_PERIODS:
        return None
    n = int((planned.study.columns.periods >= planned.start).sum())
    return n, lambda more: noise.contrast_spread(more) / noise.contrast_spread(n)


def _answers(asked: Asked) -> tuple[int, Callable[[int], float]] | None:
    noise, columns = asked.chain.noise, asked.chain.planned.study.columns
    if not isinstance(noise, RowNoise) or columns.cluster is None or not noise.between_clusters:
        return None
    planned = max(round(len(columns.outcome) / len(np.unique(noise.cluster))), 1)
    icc = noise.between_clusters

    def variance(n: int) -> float:
        return icc + (1 - icc) / n

    return planned, lambda n: math.sqrt(variance(n) / variance(planned))
