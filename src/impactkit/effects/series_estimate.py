"""The estimate of an interrupted series put together: terms, and what was expected by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from impactkit.data.study import Study
from impactkit.effects.counterfactual import Counterfactual
from impactkit.effects.describe import group_means
from impactkit.effects.estimate import Estimate, LaterTerms, Sample, Term
from impactkit.effects.kernels.deferred import Deferred
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.rate_effects import with_ratio
from impactkit.effects.regression import Label
from impactkit.effects.series import Series
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_RATIO = Label(name="rate ratio", measure="ratio")


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """A series as it was, and as it would have been.

    Parameters
    ----------
    series : Series
        The series.
    labels : tuple of Label
        Names of the effects.
    observed, expected : ndarray, shape (T,)
        In the outcome's unit, or as a rate.
    season : ndarray, shape (T,) or (0,)
        The seasonal part of what was expected.
    counts : bool
        Whether the last effect is the logarithm of a ratio, to which the ratio is added.
    ranked : PermutationTest, optional
        The test that stands beside.

    Notes
    -----
    Labels, what was expected and the season may be given as functions that return them: what nobody reads is
    not worked out.
    """

    series: Series
    labels: Deferred[tuple[Label, ...]] = Deferred()  # noqa: RUF009 (a descriptor)
    observed: Floats
    expected: Deferred[Floats] = Deferred()  # noqa: RUF009 (a descriptor)
    season: Deferred[Floats] = Deferred()  # noqa: RUF009 (a descriptor)
    counts: bool = False
    ranked: PermutationTest | None = None


def series_estimate(
    study: Study,
    course: Course,
    found: Uncertainty,
    *,
    settings: BaseModel,
    estimand: Message,
    notes: Sequence[Message] = (),
) -> Estimate:
    """Put the estimate of an interrupted series together.

    Parameters
    ----------
    study : Study
        The study.
    course : Course
        The series.
    found : Uncertainty
        Of its effects, in the order of the labels.
    settings : BaseModel
        The estimator.
    estimand : Message
        What is estimated, in words.
    notes : sequence of Message
        What a reader must know.

    Returns
    -------
    Estimate
        The average effect first.
    """
    whole = with_ratio(found) if course.counts else found

    def terms() -> tuple[Term, ...]:
        labels = (*course.labels, _RATIO) if course.counts else course.labels
        return tuple([label.term(interval) for label, interval in zip(labels, whole.intervals, strict=True)])

    return Estimate(
        settings=settings.model_dump(mode="json"),
        outcome=study.outcome,
        estimand=estimand,
        terms=LaterTerms(headline=whole.intervals[0], make=terms),
        inference=whole.words,
        sample=_sample(study, course.series),
        means=lambda: group_means(study.columns),
        start=course.series.start,
        adjusted_for=tuple(study.covariates),
        warnings=(*study.notes, *course.series.notes, *notes, *whole.warnings),
        contributions=whole.contributions,
        covariance=whole.covariance,
        permutation=course.ranked,
        bootstrap=whole.bootstrap,
        counterfactual=lambda: _counterfactual(course, terms()),
    )


def _counterfactual(course: Course, terms: Sequence[Term]) -> Counterfactual:
    """Return what was expected; its limits are those of each period's effect, turned round."""
    series, expected = course.series, course.expected
    place = {float(period): t for t, period in enumerate(series.periods)}
    low, high = np.full(len(expected), np.nan), np.full(len(expected), np.nan)
    level = terms[0].interval.level
    for term in terms:
        if term.time is None or term.event_time is None:
            continue
        t, own = place[term.time], term.interval
        low[t] = expected[t] + own.point - own.high
        high[t] = expected[t] + own.point - own.low
    before = ~series.after
    gaps = (course.observed - expected)[before]
    return Counterfactual(
        periods=tuple(series.periods.tolist()),
        period_names=series.names,
        start=series.start,
        observed=tuple(course.observed.tolist()),
        expected=tuple(expected.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        level=level,
        pre_rmspe=float(np.sqrt(np.mean(gaps**2))),
        season=tuple(course.season.tolist()),
    )


def _sample(study: Study, series: Series) -> Sample:
    """Return what the estimate rests on: a series is one group, however many units it sums up."""
    columns = study.columns
    compared = int(series.control is not None)
    single = columns.unit is None
    return Sample(
        n_rows=series.n_rows,
        n_units=1 + compared if single else series.n_units,
        n_treated=1 if single else series.n_treated,
        n_clusters=1 + compared,
        n_treated_clusters=1,
        n_comparison_clusters=compared,
        left_out=study.left_out_in_words(),
    )
