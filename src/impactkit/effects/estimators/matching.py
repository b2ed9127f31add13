"""Matching: each treated row is compared with comparison rows that are like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from impactkit.data.study import Study
from impactkit.effects.chance_test import chance_test
from impactkit.effects.compared_answer import MadeAlike, compared_answer
from impactkit.effects.compared_groups import ComparedGroups, compared_groups
from impactkit.effects.compared_settings import ComparedSettings
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.match_edges import MatchEdges
from impactkit.effects.kernels.match_strata import coarsened, match_strata, stratified_effect
from impactkit.effects.kernels.matched_effect import matched_effect, neighbour_residuals, reuse, with_reuse
from impactkit.effects.kernels.outcome_model import outcome_model
from impactkit.effects.kernels.weighted_contrast import RowEffect
from impactkit.effects.matched_rows import Distance, Places, places, with_replacement, without_replacement
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


class Matching(ComparedSettings):
    """Effect by matching: each treated row is compared with those of the comparison group that are like it.

    Parameters
    ----------
    kind : {"nearest", "optimal_pair", "exact", "coarsened"}
        The nearest rows; pairs with the smallest sum of distances; rows with the same covariates; rows with
        covariates in the same bins [3]_.
    distance : {"propensity", "mahalanobis"}
        Of nearest and optimal: the fitted chance of being treated, or all covariates over their covariance.
    ratio : int
        Nearest rows each is compared with.
    caliper : float, optional
        Largest distance of a match: in standard deviations of the chance, or in Mahalanobis distances. Rows
        without a match are left out, which changes whom the effect is about.
    replace : bool
        Whether a comparison row may be the match of several.
    bias_adjustment : bool
        Whether a regression among the matches corrects for what their covariates still differ in [2]_.
    bins : int, optional
        Bins of each covariate for ``coarsened``; by Sturges' rule when left out.
    target : {"att", "ate"}
        Whose effect; everyone's needs ``replace=True`` or strata.
    inference, level, permutation
        See `ComparedSettings`.

    Notes
    -----
    Without replacement those hardest to match (with the largest chance) choose first, rows equally near in
    the order of the data, and errors are those of the pairs. With replacement all rows equally near are
    matches and errors are those of theorem 7 of [1]_; that the chance of being treated was estimated is not
    counted. Clusters are refused: errors by cluster are not known for matches.

    References
    ----------
    .. [1] Abadie, A., & Imbens, G. W. (2006). Large sample properties of matching estimators for average
       treatment effects. *Econometrica*, 74(1).
    .. [2] Abadie, A., & Imbens, G. W. (2011). Bias-corrected matching estimators for average treatment
       effects. *Journal of Business & Economic Statistics*, 29(1).
    .. [3] Iacus, S. M., King, G., & Porro, G. (2012). Causal inference without balance checking: coarsened
       exact matching. *Political Analysis*, 20(1).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "y": [3.0, 5, 6, 1, 2, 4, 3], "arm": [1, 1, 1, 0, 0, 0, 0], "before": [1.0, 2, 3, 0, 1, 3, 2]})
    >>> study = Study(frame, outcome="y", treated="arm", pre_outcome="before")
    >>> round(Matching(kind="exact").estimate(study).interval.point, 3)
    1.667
    """

    method: Literal["matching"] = "matching"
    kind: Literal["nearest", "optimal_pair", "exact", "coarsened"] = "nearest"
    distance: Distance = "propensity"
    ratio: int = Field(default=1, ge=1, le=100)
    caliper: float | None = Field(default=None, gt=0)
    replace: bool = False
    bias_adjustment: bool = False
    bins: int | None = Field(default=None, ge=1, le=1000)
    target: Literal["att", "ate"] = "att"

    @model_validator(mode="after")
    def _fits(self) -> Matching:
        is_strata = self.kind in ("exact", "coarsened")
        if is_strata and (self.caliper is not None or self.replace or self.bias_adjustment):
            raise ValueError("caliper, replace and bias_adjustment go with kind='nearest' or 'optimal_pair'")
        if self.kind != "nearest" and (self.ratio != 1 or self.replace):
            raise ValueError("ratio and replace go with kind='nearest'")
        if self.bins is not None and self.kind != "coarsened":
            raise ValueError("bins goes with kind='coarsened'")
        if self.target == "ate" and not is_strata and not self.replace:
            raise ValueError("target='ate' needs replace=True: everyone is matched, and matches are shared")
        return self

    def estimate(self, study: Study) -> Estimate:
        """Return the average difference between rows and their matches.

        Parameters
        ----------
        study : Study
            A cross section with ``treated`` and covariates measured before.

        Returns
        -------
        Estimate
            With the covariates' balance before and after as ``comparability``.

        Raises
        ------
        EstimationError
            If the study has periods, clusters, one group or no covariates, or nobody has a match.
        """
        groups = compared_groups(study)
        _refuse_clusters(groups)
        found = self._by_strata(groups) if self.kind in ("exact", "coarsened") else self._by_distance(groups)
        made = MadeAlike(
            point=found.effect.point,
            influence=found.effect.influence,
            target=self.target,
            weights=found.weights,
            is_mean=True,
            used=groups.names,
            notes=self._notes(),
            test=chance_test(groups, self.permutation, target=self.target),
            known={"n_unmatched": found.n_unmatched, "most_reused": found.most_reused},
        )
        estimand = self._estimand(study, groups, found)
        return compared_answer(study, groups, made, settings=self, estimand=estimand)

    def _by_strata(self, groups: ComparedGroups) -> _Found:
        values = groups.values if self.kind == "exact" else coarsened(groups.values, bins=self.bins)
        strata = match_strata(values, groups.treated)
        if strata.n_strata == 0:
            raise _no_match()
        effect, weights = stratified_effect(
            groups.outcome, groups.treated, groups.weights, strata, target=self.target
        )
        asked = groups.treated if self.target == "att" else np.ones(len(weights), dtype=bool)
        return _Found(effect=effect, weights=weights, n_unmatched=int((asked & (strata.codes < 0)).sum()))

    def _by_distance(self, groups: ComparedGroups) -> _Found:
        where = places(groups, self.distance)
        furthest = np.inf if self.caliper is None else self.caliper * where.unit
        everyone = self.target == "ate"
        if self.replace:
            edges = with_replacement(groups, where, ratio=self.ratio, furthest=furthest, everyone=everyone)
        else:
            edges = without_replacement(
                groups, where, ratio=self.ratio, furthest=furthest, optimal=self.kind == "optimal_pair"
            )
        if not len(edges.focal):
            raise _no_match()
        effect = self._effect(groups, where, edges)
        n = len(groups.outcome)
        own = np.zeros(n)
        own[edges.matched] = groups.weights[edges.matched]
        used = np.bincount(edges.partner, groups.weights[edges.focal] * edges.share, n)
        return _Found(
            effect=effect,
            weights=own + used,
            n_unmatched=(n if everyone else int(groups.treated.sum())) - len(edges.matched),
            most_reused=int(np.bincount(edges.partner).max()),
        )

    def _effect(self, groups: ComparedGroups, where: Places, edges: MatchEdges) -> RowEffect:
        y, treated, weights = groups.outcome, groups.treated, groups.weights
        correction = _correction(groups, edges) if self.bias_adjustment else None
        effect = matched_effect(y, treated, weights, edges, correction=correction)
        if not self.replace:
            return effect
        own = np.zeros(len(y), dtype=bool)
        own[edges.matched] = True
        needed = np.flatnonzero(reuse(weights, edges, own=own))
        residuals = neighbour_residuals(where.at, y, treated, needed=needed)
        return with_reuse(effect, weights, edges, own=own, residuals=residuals)

    def _notes(self) -> tuple[Message, ...]:
        if self.replace and self.distance == "propensity":
            return (Message("estimate.chance_taken_as_known"),)
        return ()

    def _estimand(self, study: Study, groups: ComparedGroups, found: _Found) -> Message:
        n = found.n_unmatched
        left = Message("estimand.unmatched.some" if n else "estimand.trimmed.none", {"n": n} if n else {})
        how = Message(f"estimand.matched.{self._how()}")
        return groups.estimand(study, self.target, how=how, left=left)

    def _how(self) -> str:
        if self.kind == "nearest":
            return f"nearest_{'replaced' if self.replace else 'once'}"
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """The effect, what each row weighs in it, and who has no match."""

    effect: RowEffect
    weights: Floats
    n_unmatched: int
    most_reused: int = 0


def _correction(groups: ComparedGroups, edges: MatchEdges) -> Floats:
    """Return what each match's outcome is corrected by for its covariates, shape (e,)."""
    X, y, n = groups.X, groups.outcome, len(groups.outcome)
    used = np.bincount(edges.partner, groups.weights[edges.focal] * edges.share, n).astype(np.float64)
    found = np.zeros(len(edges.focal))
    for arm in (groups.treated, ~groups.treated):
        rows, of = (used > 0) & arm, arm[edges.partner]
        if not of.any():
            continue
        if np.linalg.matrix_rank(X[rows]) < X.shape[1]:
            raise EstimationError(
                "The {rows} matches are too few, or too alike, for a regression on {n} covariates.",
                where="bias_adjustment",
                mend="Use bias_adjustment=False, a larger ratio, or fewer covariates.",
                values={"rows": int(rows.sum()), "n": X.shape[1] - 1},
            )
        fit = outcome_model(X, y, rows=rows, weights=used)
        found[of] = (fit.predicted[edges.focal] - fit.predicted[edges.partner])[of]
    return found


def _refuse_clusters(groups: ComparedGroups) -> None:
    if groups.columns.cluster is not None:
        raise EstimationError(
            "The study has clusters, and errors by cluster are not known for matches.",
            where="cluster",
            mend="Use Weighting or DoublyRobust, which count clusters; or leave cluster= out if rows were "
            "chosen one by one.",
        )


def _no_match() -> EstimationError:
    return EstimationError(
        "Nobody has a match: no treated row has anyone like it in the comparison group.",
        where="covariates",
        mend="Use a wider caliper, fewer or coarser covariates, or kind='nearest'.",
    )
