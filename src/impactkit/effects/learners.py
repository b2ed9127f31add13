"""Chances and expected outcomes, from regressions of our own or from learners that are handed in."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from impactkit.effects.compared_groups import ComparedGroups
from impactkit.effects.describe import clusters_of
from impactkit.effects.kernels.augmented import Nuisances
from impactkit.effects.kernels.chance_model import chance_model
from impactkit.effects.kernels.fold_codes import fold_codes
from impactkit.effects.kernels.fold_regressions import fold_regressions
from impactkit.effects.kernels.outcome_model import outcome_model
from impactkit.effects.unlike_groups import dependent, separated
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]
Part: TypeAlias = Literal["outcome_model", "propensity_model"]
_CERTAIN = 1e-6


class Learner(Protocol):
    """What scikit-learn calls an estimator: it is copied, fitted and asked; the original is not changed."""

    def fit(self, X: Floats, y: Floats) -> Any:
        """Learn the outcome from the covariates."""

    def predict(self, X: Floats) -> Floats:
        """Return expected outcomes."""


def cross_fitted(
    groups: ComparedGroups, *, folds: int, seed: int, outcome: Learner | None, chance: Learner | None
) -> Nuisances:
    """Return chances and expected outcomes of each row, learnt from other rows.

    Parameters
    ----------
    groups : ComparedGroups
        The rows.
    folds : int
        How many parts the clusters are dealt into; 1 learns from the rows themselves.
    seed : int
        Of the deal.
    outcome, chance : Learner, optional
        What learns the outcome in each group, and who is treated; linear and logistic regression when None.

    Returns
    -------
    Nuisances
        Finite, with chances inside 0 and 1.

    Raises
    ------
    EstimationError
        If chances are certain, predictions are not numbers, or a learner cannot do what is asked.
    """
    codes = np.zeros(len(groups.outcome), dtype=np.int64)
    if folds > 1:
        codes = fold_codes(_ordered(groups), groups.treated, folds=folds, seed=seed)
        for k in range(folds):
            _refuse_thin(groups, codes != k)
    p = _chances(groups, codes, chance)
    _refuse_no_numbers(p, "propensity_model")
    if p.min() < _CERTAIN or p.max() > 1 - _CERTAIN:
        raise separated()
    expected = [_expected(groups, codes, arm, outcome) for arm in (groups.treated, ~groups.treated)]
    for found in expected:
        _refuse_no_numbers(found, "outcome_model")
    return Nuisances(probabilities=p, if_treated=expected[0], if_not=expected[1])


def _splits(codes: Labels) -> Iterator[tuple[Flags, Flags]]:
    """Yield the rows learnt from and those judged; all and all where there is one fold."""
    folds = int(codes.max()) + 1
    for k in range(folds):
        test = codes == k
        yield (~test if folds > 1 else test), test


def _ordered(groups: ComparedGroups) -> Labels:
    """Return the cluster of each row, numbered by what the rows hold: names do not decide the deal."""
    clusters, by_row = clusters_of(groups.columns)
    held = [*groups.values.T, groups.treated, groups.outcome]
    if not by_row:
        n = np.bincount(clusters)
        held = [np.bincount(clusters, column) / n for column in held]
    order = np.argsort(held[0], kind="stable")
    if (held[0][order[1:]] == held[0][order[:-1]]).any():
        order = np.lexsort(held[::-1])
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks[clusters]


def _refuse_thin(groups: ComparedGroups, train: Flags) -> None:
    k = groups.X.shape[1]
    fewest = min(int((train & arm).sum()) for arm in (groups.treated, ~groups.treated))
    if fewest <= k:
        raise EstimationError(
            "A fold leaves {rows} rows of a group to learn from; {n} covariates need more than {needed}.",
            where="folds",
            mend="Use folds=1, or fewer covariates.",
            values={"rows": fewest, "n": k - 1, "needed": k},
        )


def _chances(groups: ComparedGroups, codes: Labels, learner: Learner | None) -> Floats:
    found, start = np.empty(len(codes)), None
    if learner is None:
        whole = chance_model(groups.X, groups.treated, groups.weights)
        if not whole.has_converged:
            raise separated()
        if not codes.any():
            return whole.probabilities
        start = whole.coefficients
    for train, test in _splits(codes):
        if learner is not None:
            target = groups.treated[train].astype(np.float64)
            fitted = _fitted(groups, train, target, learner, part="propensity_model")
            found[test] = _asked(fitted, groups.values[test], part="propensity_model", is_chance=True)
            continue
        own = np.where(train, groups.weights, 0.0)
        fit = chance_model(groups.X, groups.treated, own, start=start)
        if not fit.has_converged:
            raise separated()
        found[test] = fit.probabilities[test]
    return found


def _expected(groups: ComparedGroups, codes: Labels, arm: Flags, learner: Learner | None) -> Floats:
    if learner is None and codes.any():
        try:
            return fold_regressions(groups.X, groups.outcome, groups.weights, rows=arm, codes=codes)
        except np.linalg.LinAlgError as trouble:
            raise dependent() from trouble
    if learner is None:
        fit = outcome_model(groups.X, groups.outcome, rows=arm, weights=groups.weights)
        if not fit.has_converged:
            raise dependent()
        return fit.predicted
    found = np.empty(len(codes))
    for train, test in _splits(codes):
        rows = train & arm
        fitted = _fitted(groups, rows, groups.outcome[rows], learner, part="outcome_model")
        found[test] = _asked(fitted, groups.values[test], part="outcome_model", is_chance=False)
    return found


def _fitted(groups: ComparedGroups, rows: Flags, target: Floats, learner: Learner, *, part: Part) -> Any:
    own = copy.deepcopy(learner)
    told: dict[str, Floats] = {}
    if groups.columns.weight is not None:
        told["sample_weight"] = groups.weights[rows]
    try:
        own.fit(groups.values[rows], target, **told)
    except TypeError as trouble:
        raise EstimationError(
            "The learner given as {part} cannot be fitted: {trouble}.",
            where="{part}",
            mend="Give one whose fit takes covariates, outcome and, where the study has weights, "
            "sample_weight.",
            values={"part": part, "trouble": str(trouble).rstrip(".")},
        ) from trouble
    return own


def _asked(fitted: Any, X: Floats, *, part: Part, is_chance: bool) -> Floats:
    if hasattr(fitted, "predict_proba"):
        found = np.asarray(fitted.predict_proba(X), dtype=np.float64)
        if found.ndim == 2 and found.shape[1] == 2:
            return found[:, 1]
    elif not is_chance:
        return np.asarray(fitted.predict(X), dtype=np.float64).reshape(len(X), -1)[:, 0]
    raise EstimationError(
        "The learner given as {part} gives no chance between 0 and 1 for each row.",
        where="{part}",
        mend="Give a classifier with predict_proba for two classes.",
        values={"part": part},
    )


def _refuse_no_numbers(found: Floats, part: str) -> None:
    if not np.isfinite(found).all():
        raise EstimationError(
            "The learner given as {part} predicts something that is not a number.",
            where="{part}",
            mend="Check what it does with these covariates.",
            values={"part": part},
        )
