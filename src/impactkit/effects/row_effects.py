"""Effects known by the influence of every row, and the estimate they give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.arm_variances import arm_variances
from impactkit.effects.compared_settings import ComparedSettings
from impactkit.effects.describe import (
    ENOUGH,
    chosen_in_words,
    cluster_names,
    clusters_of,
    group_means,
    marked,
    sample_of,
)
from impactkit.effects.estimate import Estimate
from impactkit.effects.inference import ClusterRobust, InfluenceFunction
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.kernels.cohort_influence import CohortFeatures
from impactkit.effects.regression import Label
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class RowEffects:
    """Effects and what each row brings to their errors.

    Parameters
    ----------
    points : ndarray, shape (M,)
        The effects.
    influence : ndarray, shape (n, M)
        The estimation error is the sum over rows, to first order.
    labels : tuple of Label
        Their names.
    """

    points: Floats
    influence: Floats
    labels: tuple[Label, ...]


def row_answer(
    study: Study,
    columns: Columns,
    effects: RowEffects,
    *,
    settings: ComparedSettings,
    estimand: Message,
    adjusted_for: tuple[str, ...],
) -> Estimate:
    """Find the uncertainty of effects known by each row's influence, and put the estimate together.

    Parameters
    ----------
    study : Study
        The study.
    columns : Columns
        The rows used.
    effects : RowEffects
        The first is the headline.
    settings : ComparedSettings
        The estimator.
    estimand : Message
        What is estimated, in words.
    adjusted_for : tuple of str
        Covariates that entered.

    Returns
    -------
    Estimate
        Whole and frozen.
    """
    influenced = _by_cluster(columns, effects)
    inference = settings.inference or _chosen(influenced, settings.level)
    found = influenced.inferred(inference)
    sample = sample_of(study, columns)
    terms = tuple(
        label.term(interval) for label, interval in zip(effects.labels, found.intervals, strict=True)
    )
    why = chosen_in_words(inference, terms[0].interval, sample=sample, test=None)
    return Estimate(
        settings=settings.model_dump(mode="json"),
        outcome=study.outcome,
        estimand=estimand,
        terms=terms,
        inference=found.words,
        sample=sample,
        means=lambda: group_means(columns),
        start=study.start_value,
        adjusted_for=adjusted_for,
        warnings=(*study.notes, *why),
        contributions=found.contributions,
        covariance=lambda: found.covariance,
        cluster_names=cluster_names(columns),
    )


def _by_cluster(columns: Columns, effects: RowEffects) -> InfluencedEffects:
    treated = columns.treated
    assert treated is not None
    clusters, _ = clusters_of(columns)
    G, M = int(clusters.max()) + 1, len(effects.points)
    has_treated, has_comparison = marked(clusters, treated, n=G), marked(clusters, ~treated, n=G)
    sums = np.array([np.bincount(clusters, column, G) for column in effects.influence.T]).T
    mixed = bool((has_treated & has_comparison).any())
    features = np.column_stack([sums, np.zeros(G)])
    arms = np.zeros(G, dtype=np.int64) if mixed else has_treated.astype(np.int64)
    A = 2
    weigh = np.vstack([np.eye(M), np.zeros((1, M))])
    if mixed:  # one arm that holds both: the features stand for both side by side
        features = np.column_stack([features, np.zeros((G, M + 1))])
    held = CohortFeatures(
        rows=features.__getitem__, arms=arms, n_arms=1 if mixed else A, n_features=features.shape[1]
    )
    return InfluencedEffects(
        points=effects.points,
        features=held,
        coefficients=np.array([weigh, weigh]),
        parts=np.array([np.zeros(M), np.ones(M)]) * effects.points,
        masses=np.array([float((~treated).sum()), float(treated.sum())]),
        outcome_scale=max(float(columns.outcome.max()), -float(columns.outcome.min())),
        n_treated=int(has_treated.sum()),
        n_comparison=int(has_comparison.sum()),
    )


def _chosen(effects: InfluencedEffects, level: float) -> ClusterRobust | InfluenceFunction:
    """Return the inference that the number of clusters and their leverage call for."""
    df = float(arm_variances(effects.first(), power=1).degrees_of_freedom[0])
    if min(effects.n_treated, effects.n_comparison) >= ENOUGH and df >= ENOUGH:
        return InfluenceFunction(level=level)
    return ClusterRobust(level=level)
