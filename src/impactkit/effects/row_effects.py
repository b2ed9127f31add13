"""Effects in a cross section, known by the influence of each row: from them to an Estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.arm_variances import arm_variances
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
from impactkit.effects.estimator import RowSettings
from impactkit.effects.inference import ClusterRobust, InfluenceFunction
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.kernels.cohort_influence import CohortFeatures, by_cluster
from impactkit.effects.regression import Label
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_LEVERS = {"CR1": "HC1", "CR2": "HC2", "CR3": "HC3"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowEffects:
    """Effects whose estimation error is, to the first order, a sum over rows.

    Parameters
    ----------
    points : ndarray, shape (M,)
        The effects, in the outcome's unit; the first is the headline.
    influence : ndarray, shape (n, M)
        What each row adds to the error of each effect; the squares of its sums by cluster add up to the
        variance for large samples.
    labels : sequence of Label
        Names of the effects.
    weights : ndarray, shape (n,), optional
        What each row weighs in its group's mean, where rows weigh unequally. Corrections for few rows are
        then those of their effective number.
    """

    points: Floats
    influence: Floats
    labels: Sequence[Label]
    weights: Floats | None = None

    def influenced(self, columns: Columns) -> InfluencedEffects:
        """Return the effects with the influence of each cluster, by group.

        Parameters
        ----------
        columns : Columns
            The rows, with who is treated.

        Returns
        -------
        InfluencedEffects
            In one arm where clusters hold both groups.
        """
        treated = columns.treated
        assert treated is not None
        clusters, by_row = clusters_of(columns)
        n, M = self.influence.shape
        weights = np.ones(n) if self.weights is None else self.weights
        brought = np.vstack([self.influence.T, weights]).T
        arms = treated.astype(np.int64)
        rows = CohortFeatures(rows=brought.__getitem__, arms=arms, n_arms=2, n_features=M + 1)
        own = np.zeros((M + 1, M))
        own[:M] = np.eye(M)
        features = by_cluster(rows, clusters)
        masses = np.bincount(arms, weights, 2).astype(np.float64)
        G = features.n_clusters
        held, others = (each if by_row else marked(clusters, each, n=G) for each in (treated, ~treated))
        return InfluencedEffects(
            points=self.points,
            features=features,
            coefficients=np.stack([own, own]),
            parts=np.vstack([np.zeros(M), self.points]),
            masses=masses,
            outcome_scale=max(float(columns.outcome.max()), -float(columns.outcome.min())),
            n_treated=int(held.sum()),
            n_comparison=int(others.sum()),
            shares=self._shares(features, masses),
        )

    def _shares(self, features: CohortFeatures, masses: Floats) -> Floats | None:
        """Return each cluster's share of its group's weight; None where all are alike or arms are mixed."""
        if self.weights is None or features.n_arms == 1:
            return None
        found = np.empty(features.n_clusters)
        for piece in features.chunks():
            np.divide(features.rows(piece)[:, -1], masses[features.arms[piece]], out=found[piece])
        return found


def row_answer(
    study: Study,
    columns: Columns,
    effects: RowEffects,
    *,
    settings: RowSettings,
    estimand: Message,
    adjusted_for: Sequence[str] = (),
) -> Estimate:
    """Find the uncertainty of effects known by their rows' influence, and put the estimate together.

    Parameters
    ----------
    study : Study
        The study.
    columns : Columns
        The rows used, with who is treated.
    effects : RowEffects
        The effects.
    settings : RowSettings
        The estimator.
    estimand : Message
        What is estimated, in words.
    adjusted_for : sequence of str
        Covariates that entered.

    Returns
    -------
    Estimate
        Whole and frozen. What a method adds (tables, warnings, a permutation test) is put in with
        ``dataclasses.replace``.

    Raises
    ------
    EstimationError
        If the headline effect is not a number.
    """
    if math.isnan(float(effects.points[0])):
        raise EstimationError(
            "The effect cannot be worked out from these rows.",
            where="{outcome}",
            mend="See that both groups have rows with an outcome and with what is adjusted for.",
            values={"outcome": study.outcome},
        )
    influenced = effects.influenced(columns)
    inference = _inference(settings, influenced)
    found = _by_row(influenced.inferred(inference), inference, columns)
    terms = tuple(
        label.term(interval) for label, interval in zip(effects.labels, found.intervals, strict=True)
    )
    sample = sample_of(study, columns)
    chosen = chosen_in_words(inference, terms[0].interval, sample=sample, test=None)
    return Estimate(
        settings=settings.model_dump(mode="json"),
        outcome=study.outcome,
        estimand=estimand,
        terms=terms,
        inference=found.words,
        sample=sample,
        means=group_means(columns),
        start=study.start_value,
        adjusted_for=tuple(adjusted_for),
        warnings=(*study.notes, *found.warnings, *chosen),
        contributions=found.contributions,
        covariance=found.covariance,
        cluster_names=cluster_names(columns),
    )


def _inference(settings: RowSettings, effects: InfluencedEffects) -> ClusterRobust | InfluenceFunction:
    """Return the inference asked for, or the one that the number of clusters calls for."""
    if settings.inference is not None:
        return settings.inference
    df = float(arm_variances(effects.first(), power=1).degrees_of_freedom[0])
    if min(effects.n_treated, effects.n_comparison) >= ENOUGH and df >= ENOUGH:
        return InfluenceFunction(level=settings.level)
    return ClusterRobust(level=settings.level)


def _by_row(
    found: Uncertainty, inference: ClusterRobust | InfluenceFunction, columns: Columns
) -> Uncertainty:
    """Return the uncertainty in the words of rows, where no clusters were told."""
    if not clusters_of(columns)[1]:
        return found
    n = len(columns.outcome)
    if isinstance(inference, InfluenceFunction):
        return replace(found, words=Message("inference.influence_function_rows", {"n": n}))
    kind = _LEVERS[inference.kind]
    return replace(found, words=Message(f"inference.rows.{kind[-1]}", {"kind": kind}))
