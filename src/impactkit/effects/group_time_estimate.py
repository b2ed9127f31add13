"""From group-time effects to an Estimate, and from one average to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.effects.adjusted_cells import Settings
from impactkit.effects.aggregation import Averages, averages, every_cell
from impactkit.effects.arm_variances import arm_variances
from impactkit.effects.cell_effects import CellEffects, Effects, cell_effects
from impactkit.effects.cohort_permutation import cohort_test
from impactkit.effects.describe import ENOUGH, chosen_in_words, cluster_names, group_means, sample_of
from impactkit.effects.estimate import Aggregation, Estimate, LaterTerms, Term
from impactkit.effects.estimator import CellRegressionSettings, CohortSettings
from impactkit.effects.inference import ClusterRobust, InfluenceFunction, Permutation, WildClusterBootstrap
from impactkit.effects.inference.permutation import headline_only
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.rate_effects import RateEffects, with_ratio
from impactkit.effects.regression import Label
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
AnyInference: TypeAlias = ClusterRobust | InfluenceFunction | Permutation | WildClusterBootstrap
_RATIO = (Label(name="log rate ratio", measure="log_ratio"), Label(name="rate ratio", measure="ratio"))


@dataclass(frozen=True, kw_only=True, eq=False)
class CohortAggregates:
    """What averages of the effects are made from.

    Parameters
    ----------
    found : CellEffects
        The group-time effects.
    inference : ClusterRobust, InfluenceFunction, Permutation or WildClusterBootstrap
        How their uncertainty is found.
    permutation : Permutation, optional
        The test beside the first average.
    """

    found: CellEffects
    inference: AnyInference
    permutation: Permutation | None

    def aggregate(self, estimate: Estimate, kind: Aggregation, balance: float | None) -> Estimate:
        """Return an estimate with other averages in place of its effects.

        Parameters
        ----------
        estimate : Estimate
            Whose sample, settings and warnings are kept.
        kind : {"simple", "dynamic", "group", "calendar"}
            Which averages.
        balance : float, optional
            See `Estimate.aggregate`.

        Returns
        -------
        Estimate
            The overall average first, with its own permutation test.
        """
        found = averages(self.found, kind, balance=balance)
        words = Message(
            f"estimand.aggregate.{kind}",
            {**estimate.estimand.values, "outcome": estimate.outcome},
        )
        return self.answered(partial(replace, estimate, estimand=words), found)

    def answered(self, make: Callable[..., Estimate], found: Averages) -> Estimate:
        """Return what ``make`` makes of the averages, their uncertainty and the test of the first."""
        test = cohort_test(self.found.design, lambda: self.found.contrasts(found.weights), self.permutation)
        effects = found.effects
        more = _RATIO if isinstance(effects, RateEffects) else ()
        if isinstance(effects, RateEffects):
            uncertainty = with_ratio(self._infer(effects.with_log_ratio(), test))
        else:
            uncertainty = self._infer(effects, test)

        def terms() -> tuple[Term, ...]:
            pairs = zip((*found.labels(), *more), uncertainty.intervals, strict=True)
            return tuple([label.term(interval) for label, interval in pairs])

        return make(
            terms=LaterTerms(headline=uncertainty.intervals[0], make=terms),
            contributions=uncertainty.contributions,
            covariance=lambda: uncertainty.covariance,
            inference=uncertainty.words,
            permutation=test,
            bootstrap=uncertainty.bootstrap,
        )

    def _infer(self, effects: Effects, test: PermutationTest | None) -> Uncertainty:
        if isinstance(self.inference, Permutation):
            return headline_only(effects.points.tolist(), test, self.inference.level)
        return effects.inferred(self.inference)


def group_time_estimate(
    study: Study, found: CellEffects, *, settings: CohortSettings | CellRegressionSettings, estimand: Message
) -> Estimate:
    """Put the estimate of group-time effects together.

    Parameters
    ----------
    study : Study
        The study.
    found : CellEffects
        The effects.
    settings : CohortSettings
        The estimator.
    estimand : Message
        What is estimated, in words.

    Returns
    -------
    Estimate
        The average over treated cells first, then each cell.
    """
    design, cells = found.design, every_cell(found)
    inference = _inference(settings, cells.effects)
    permuted = settings.inference if isinstance(settings.inference, Permutation) else settings.permutation
    aggregates = CohortAggregates(found=found, inference=inference, permutation=permuted)
    columns = design.columns
    adjusted = getattr(settings, "adjustment", "always") != "none"
    dropped = {note.values["name"] for note in found.notes if note.code == "estimate.dropped"}
    sample = sample_of(study, columns)

    def whole(*, terms: LaterTerms, permutation: PermutationTest | None, **uncertainty: Any) -> Estimate:
        why = chosen_in_words(inference, terms.headline, sample=sample, test=permutation)
        return Estimate(
            settings=settings.model_dump(mode="json"),
            outcome=study.outcome,
            estimand=estimand,
            terms=terms,
            sample=sample,
            means=lambda: group_means(columns),
            start=float(design.starts[0]),
            adjusted_for=tuple(n for n in study.covariates if n not in dropped) if adjusted else (),
            warnings=(*study.notes, *found.notes, *why),
            permutation=permutation,
            cohorts=aggregates,
            cluster_names=cluster_names(columns),
            **uncertainty,
        )

    return aggregates.answered(whole, cells)


def balanced_note(found: CellEffects, settings: Settings) -> tuple[Message, ...]:
    """Say how an unbalanced panel enters, and what its complete part would give.

    Parameters
    ----------
    found : CellEffects
        The effects from all units.
    settings : Settings
        How they were estimated.

    Returns
    -------
    tuple of Message
        Empty for a balanced panel or repeated cross sections.
    """
    design = found.design
    if not design.is_panel or design.columns.is_regular:
        return ()
    counts = np.bincount(design.unit_of_row)
    whole = counts == len(design.periods)
    values = {"n": len(counts), "whole": int(whole.sum())}
    kept = np.asarray(whole[design.unit_of_row])
    if not kept.any():
        return (Message("estimate.unbalanced_alone", values),)
    try:
        alone = averages(cell_effects(design.among(kept), settings), "simple").effects.points[0]
    except EstimationError:
        return (Message("estimate.unbalanced_alone", values),)
    return (Message("estimate.unbalanced", {**values, "point": float(alone)}),)


def _inference(settings: CohortSettings | CellRegressionSettings, effects: Effects) -> AnyInference:
    """Return the inference asked for, or the one that the number of clusters and their leverage call for."""
    if settings.inference is not None:
        return settings.inference
    assert isinstance(effects, InfluencedEffects) and isinstance(settings, CohortSettings)
    df = float(arm_variances(effects.first(), power=1).degrees_of_freedom[0])
    if min(effects.n_treated, effects.n_comparison) >= ENOUGH and df >= ENOUGH:
        return InfluenceFunction(level=settings.level)
    return ClusterRobust(level=settings.level)
