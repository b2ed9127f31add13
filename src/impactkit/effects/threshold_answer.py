"""What was found at a cutoff, put together to an Estimate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.describe import cluster_names, group_means, sample_of
from impactkit.effects.estimate import Estimate, Sample
from impactkit.effects.inference import Permutation
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.regression import Label
from impactkit.effects.threshold_rows import Kind, Rule, ThresholdRows
from impactkit.effects.threshold_view import ThresholdSide, ThresholdView, fitted_curve
from impactkit.effects.thresholds import Threshold, ThresholdFound
from impactkit.wording import Message

if TYPE_CHECKING:
    from typing import Any

ENOUGH_VALUES = 10
"""With fewer distinct scores within the bandwidth on a side, a score that repeats itself is coarse."""
_SHARED = 0.2  # share of rows that repeat a score from which on a score is one that repeats itself
_MANY = 100  # degrees of freedom from which on their decimals are not told
_STRONG = 10.0  # first-stage F below which a ratio's usual limits are not to be trusted


class ThresholdSettings(Protocol):
    """The estimator's settings."""

    @property
    def rule(self) -> Rule:
        """Who gets it."""

    @property
    def permutation(self) -> Permutation | None:
        """The test beside."""

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Return the settings."""


def repeats(rows: ThresholdRows) -> bool:
    """Return whether a fifth of the rows of a side share their score with another.

    Parameters
    ----------
    rows : ThresholdRows
        The rows.

    Returns
    -------
    bool
        Whether the score is a rounded or counted one.
    """
    x, cut = rows.distances, rows.cut
    return any(1 - _distinct(part) / len(part) >= _SHARED for part in (x[:cut], x[cut:]))


def values_near(asked: Threshold, found: ThresholdFound) -> tuple[int, int]:
    """Return how many distinct scores lie within the bandwidth below and above.

    Parameters
    ----------
    asked : Threshold
        The rows.
    found : ThresholdFound
        With the bandwidth.

    Returns
    -------
    below, above : int
        By distance.
    """
    x, cut = asked.rows.distances, asked.rows.cut
    below, above = found.near
    return _distinct(x[:cut][x[:cut] > -below]), _distinct(x[cut:][x[cut:] < above])


def is_coarse(asked: Threshold, found: ThresholdFound) -> bool:
    """Return whether a score takes so few values near the cutoff that a curve cannot be seen there.

    Parameters
    ----------
    asked : Threshold
        The rows.
    found : ThresholdFound
        With the bandwidth.

    Returns
    -------
    bool
        Fewer than 10 distinct values on a side.
    """
    return repeats(asked.rows) and min(values_near(asked, found)) < ENOUGH_VALUES


def threshold_answer(
    study: Study, asked: Threshold, found: ThresholdFound, *, settings: ThresholdSettings, kind: Kind
) -> Estimate:
    """Put an estimate at a cutoff together.

    Parameters
    ----------
    study : Study
        The study.
    asked : Threshold
        What was asked.
    found : ThresholdFound
        What was found.
    settings : RegressionDiscontinuity
        The estimator.
    kind : {"sharp", "fuzzy", "kink"}
        The design.

    Returns
    -------
    Estimate
        On the rows near the cutoff.
    """
    columns = asked.rows.columns
    near = columns.take(asked.rows.near(found.weighed.rows))
    assert columns.treated is not None and near.treated is not None
    n_treated = int(columns.treated.sum()) - int(near.treated.sum())
    beyond = (n_treated, len(columns.outcome) - len(near.outcome) - n_treated)
    sample = sample_of(study, near)
    left = (*_left("inside_the_donut", asked.rows.n_inside), *_left("beyond_the_bandwidth", beyond))
    sample = Sample(
        n_rows=sample.n_rows,
        n_units=sample.n_units,
        n_treated=sample.n_treated,
        n_clusters=sample.n_clusters,
        n_treated_clusters=sample.n_treated_clusters,
        n_comparison_clusters=sample.n_comparison_clusters,
        left_out=(*sample.left_out, *left),
    )
    uncertainty = found.uncertainty
    return Estimate(
        settings=settings.model_dump(mode="json"),
        outcome=study.outcome,
        estimand=_estimand(study, asked, found, sample=sample, kind=kind),
        terms=tuple(
            Label(name=name, measure="ratio" if name == "first_stage" else "difference").term(interval)
            for name, interval in zip(found.names, uncertainty.intervals, strict=True)
        ),
        inference=uncertainty.words,
        sample=sample,
        means=group_means(near),
        start=study.start_value,
        adjusted_for=asked.rows.names,
        warnings=(
            *study.notes,
            *uncertainty.warnings,
            *_chosen(asked, found, sample),
            *_warnings(asked, found),
        ),
        contributions=uncertainty.contributions,
        covariance=uncertainty.covariance,
        permutation=_test(asked, found, settings.permutation),
        bootstrap=uncertainty.bootstrap,
        cluster_names=cluster_names(near),
        threshold=lambda: _view(study, asked, found),
    )


def _estimand(
    study: Study, asked: Threshold, found: ThresholdFound, *, sample: Sample, kind: Kind
) -> Message:
    cutoff = asked.rows.rule.cutoff
    ratio = "_of_receiving" if kind == "kink" and asked.target.ratio else ""
    return Message(
        f"estimand.regression_discontinuity.{kind}{ratio}",
        {
            "outcome": study.outcome,
            "running": str(study.running),
            "cutoff": int(cutoff) if cutoff == int(cutoff) else cutoff,
            "treated": sample.n_treated,
            "comparison": sample.n_units - sample.n_treated,
            "reach": max(found.near),
            "far": max(*found.near, *found.wide),
        },
    )


def _left(reason: str, counts: tuple[int, int]) -> tuple[Message, ...]:
    treated, comparison = counts
    if not treated + comparison:
        return ()
    values = {"n": treated + comparison, "treated": treated, "comparison": comparison}
    return (Message(f"study.left_out.{reason}", values),)


def _chosen(asked: Threshold, found: ThresholdFound, sample: Sample) -> tuple[Message, ...]:
    """Say which distribution the limits are of, and how much lies near."""
    headline = found.uncertainty.intervals[0]
    if "conventional" not in found.names or headline.reason is not None:
        return ()
    values: dict[str, str | int | float | Message] = {
        "treated": sample.n_treated_clusters,
        "comparison": sample.n_comparison_clusters,
    }
    kind = "near_many"
    if math.isfinite(headline.df):
        kind, values["df"] = "near", round(headline.df, 1 if headline.df < _MANY else None)
    counted = "" if asked.rows.clusters is None else "_clusters"
    return (Message(f"inference.chosen.{kind}{counted}", values),)


def _warnings(asked: Threshold, found: ThresholdFound) -> tuple[Message, ...]:
    told: list[Message] = []
    if repeats(asked.rows):
        below, above = values_near(asked, found)
        kind = "few_values" if min(below, above) < ENOUGH_VALUES else "repeated_values"
        values = {"values_below": below, "values_above": above}
        told.append(Message(f"estimate.threshold.{kind}", values))
    if "first_stage" in found.names:
        first = found.uncertainty.intervals[found.names.index("first_stage")]
        if not first.statistic**2 >= _STRONG:
            told.append(Message("estimate.threshold.weak", {"jump": first.point}))
    return tuple(told)


def _test(asked: Threshold, found: ThresholdFound, permutation: Permutation | None) -> PermutationTest | None:
    if permutation is None:
        return None
    what = "rows" if asked.rows.clusters is None else "clusters"
    counted = asked.rows.n_turned(found.weighed.rows, found.weighed.weights)
    return PermutationTest(
        parts=(found.flips,),
        draws=permutation.draws,
        seed=permutation.seed,
        law=Message(f"inference.law.signs_of_{what}", {"n": counted}),
    )


def _distinct(x: np.ndarray) -> int:
    return int(np.count_nonzero(np.diff(x))) + 1 if len(x) else 0


def _view(study: Study, asked: Threshold, found: ThresholdFound) -> ThresholdView:
    rows, rule = asked.rows, asked.rows.rule
    low, high = found.weighed.rows
    both = (slice(low.start, low.stop), slice(rows.cut + high.start, rows.cut + high.stop))
    lower, upper = (
        _side(asked, part, bandwidth=width, order=found.order)
        for part, width in zip(both, found.near, strict=True)
    )
    treated, comparison = (lower, upper) if rows.is_lower_treated else (upper, lower)
    return ThresholdView(
        running=str(study.running), cutoff=rule.cutoff, treated=treated, comparison=comparison
    )


def _side(asked: Threshold, part: slice, *, bandwidth: float, order: int) -> ThresholdSide:
    rows = asked.rows
    x, y = rows.distances[part], rows.measured[part, 0]
    weight = None if rows.columns.weight is None else rows.columns.weight[rows.order[part]]
    kernel = asked.target.kernel
    at, height = fitted_curve(x, y, weight, bandwidth=bandwidth, order=order, kernel=kernel)
    way = -1 if rows.rule.is_turned else 1
    return ThresholdSide(
        score=(rows.rule.cutoff + way * x)[::way],
        outcome=y[::way],
        weights=None if weight is None else weight[::way],
        curve_at=rows.rule.cutoff + way * at,
        curve=height,
    )
