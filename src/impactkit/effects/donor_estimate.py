"""The estimate of treated units beside averages of donors: effects, counterfactual and what to know."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.counterfactual import Counterfactual, DonorWeight, PlaceboGap, PredictorBalance
from impactkit.effects.describe import group_means, sample_of
from impactkit.effects.donor_fits import BesideDonors
from impactkit.effects.donor_panel import DonorPanel
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.inference import PlaceboInSpace
from impactkit.effects.kernels.donor_ranks import DonorRanks, root_mean_square
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message

F = TypeVar("F", bound=BesideDonors)
Beside = TypeVar("Beside", bound=BesideDonors, contravariant=True)
_LEAST_WEIGHT = 1e-9
_NOTHING = 1e-9  # a root mean square this small, over the largest outcome, is a perfect fit


class DonorInferring(Protocol[Beside]):
    """What finds the uncertainty of effects against donors."""

    @property
    def method(self) -> str:
        """The slug."""

    @property
    def level(self) -> float:
        """Confidence level of the limits."""

    def infer_donors(self, fits: Beside, *, test: PermutationTest | None = None) -> Uncertainty:
        """Return limits of the average effect and of each treated period's."""


class Settings(Protocol):
    """Settings of an estimator that compares with donors."""

    @property
    def method(self) -> str:
        """The slug."""

    @property
    def permutation(self) -> PlaceboInSpace | None:
        """The test that stands beside."""

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Return the settings."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an estimator adds to the estimate in its own words.

    Parameters
    ----------
    warnings : tuple of Message
        What a reader must know.
    adjusted_for : tuple of str
        Columns that entered besides the outcome.
    predictors : tuple of PredictorBalance
        What donors were to have in common with the treated unit.
    period_weights : tuple of float
        What each period before the start counts, where periods are weighed.
    is_pooled : bool
        Whether several treated units have one average of donors together.
    """

    warnings: tuple[Message, ...] = ()
    adjusted_for: tuple[str, ...] = field(default=())
    predictors: tuple[PredictorBalance, ...] = ()
    period_weights: tuple[float, ...] = ()
    is_pooled: bool = False


def donor_estimate(
    study: Study,
    panel: DonorPanel,
    fits: F,
    *,
    settings: Settings,
    inference: DonorInferring[F],
    told: Told,
) -> Estimate:
    """Return the average effect on the treated and each treated period's.

    Parameters
    ----------
    study : Study
        The study.
    panel : DonorPanel
        Its treated units and donors.
    fits : BesideDonors
        Their weights and gaps.
    settings : Settings
        The estimator.
    inference : DonorInferring
        What finds the uncertainty.
    told : Told
        The estimator's own words.

    Returns
    -------
    Estimate
        The average first, then one effect a treated period (or a period since the start, where several start
        at different times).
    """
    test = _test(settings.permutation, inference, fits)
    own = test if inference == settings.permutation or isinstance(inference, PlaceboInSpace) else None
    found = inference.infer_donors(fits, test=own)
    return Estimate(
        settings=settings.model_dump(mode="json"),
        outcome=study.outcome,
        estimand=_estimand(study, panel, settings.method, is_pooled=told.is_pooled),
        terms=_terms(panel, fits, found),
        inference=found.words,
        sample=sample_of(study, panel.columns),
        means=group_means(panel.columns),
        start=float(panel.columns.periods[int(panel.starts.min())]),
        adjusted_for=told.adjusted_for,
        warnings=(
            *study.notes,
            *panel.notes,
            *_unused(study, told),
            *_fit_notes(panel, fits),
            *told.warnings,
            *found.warnings,
        ),
        contributions=found.contributions,
        covariance=found.covariance,
        permutation=test,
        bootstrap=found.bootstrap,
        counterfactual=replace(
            _counterfactual(panel, fits, found, test),
            predictors=told.predictors,
            period_weights=told.period_weights,
        ),
    )


def _unused(study: Study, told: Told) -> tuple[Message, ...]:
    """Tell of covariates that the study names and the estimator has no use for."""
    names = [name for name in study.covariates if name not in told.adjusted_for]
    return (Message("donors.covariates_unused", {"names": ", ".join(names)}),) if names else ()


def _test(beside: PlaceboInSpace | None, inference: DonorInferring[F], fits: F) -> PermutationTest | None:
    chosen = inference if isinstance(inference, PlaceboInSpace) else beside
    return None if chosen is None else chosen.test(fits)


def _estimand(study: Study, panel: DonorPanel, method: str, *, is_pooled: bool) -> Message:
    periods = panel.columns.period_names
    several = "" if panel.n_treated == 1 else "_pooled" if is_pooled else "_several"
    return Message(
        f"estimand.{method}{several}",
        {
            "outcome": study.outcome,
            "unit": panel.names[0],
            "treated": panel.n_treated,
            "donors": len(panel.outcomes) - panel.n_treated,
            "first": periods[int(panel.starts.min())],
            "last": periods[-1],
        },
    )


def _terms(panel: DonorPanel, fits: BesideDonors, found: Uncertainty) -> tuple[Term, ...]:
    before, after = fits.reach
    terms = [Term(name="average", interval=found.intervals[0])]
    is_one_start = bool((panel.starts == panel.starts[0]).all())
    for k in range(after):
        time = float(panel.columns.periods[before + k]) if is_one_start else None
        name = panel.columns.period_names[before + k] if is_one_start else f"{k}"
        interval = found.intervals[k + 1]
        terms.append(Term(name=name, interval=interval, time=time, event_time=float(k)))
    return tuple(terms)


def _counterfactual(
    panel: DonorPanel, fits: BesideDonors, found: Uncertainty, test: PermutationTest | None
) -> Counterfactual:
    before, after = fits.reach
    is_one_start = bool((panel.starts == panel.starts[0]).all())
    window = [slice(start - before, start + after) for start in panel.starts.tolist()]
    seen = [row[part] for row, part in zip(panel.outcomes, window, strict=False)]
    observed = fits.shares @ np.stack(seen)
    expected = observed - fits.path
    unknown = np.full(before, math.nan)
    intervals = found.intervals[1:]
    low = np.append(unknown, [seen - i.high for seen, i in zip(observed[before:], intervals, strict=True)])
    high = np.append(unknown, [seen - i.low for seen, i in zip(observed[before:], intervals, strict=True)])
    periods, names = panel.columns.periods, panel.columns.period_names
    since = np.arange(before + after, dtype=np.float64) - before
    return Counterfactual(
        periods=tuple(periods.tolist()) if is_one_start else tuple(since.tolist()),
        period_names=names if is_one_start else tuple(f"{k:g}" for k in since),
        start=float(periods[before]) if is_one_start else 0.0,
        observed=tuple(observed.tolist()),
        expected=tuple(expected.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        level=found.intervals[0].level,
        pre_rmspe=float(root_mean_square(fits.path[None, :before])[0]),
        weights=_weights(panel, fits),
        placebos=_placebos(panel, fits, test),
    )


def _weights(panel: DonorPanel, fits: BesideDonors) -> tuple[DonorWeight, ...]:
    mean = fits.shares @ fits.weights
    order = np.argsort(-np.abs(mean).round(12), kind="stable")
    names = panel.names[panel.n_treated :]
    return tuple(
        DonorWeight(unit=names[j], weight=float(mean[j])) for j in order if abs(mean[j]) > _LEAST_WEIGHT
    )


def _placebos(panel: DonorPanel, fits: BesideDonors, test: PermutationTest | None) -> tuple[PlaceboGap, ...]:
    """Return the donors' gaps, where one unit is treated or all started together."""
    if test is None or not bool((panel.starts == panel.starts[0]).all()):
        return ()
    start, ranks = int(panel.starts[0]), test.parts[0]
    if fits.n_treated == 1 and isinstance(ranks, DonorRanks):
        gaps = np.hstack([ranks.before, ranks.gaps])[1:]
    else:
        gaps = fits.donor_gaps(start)
    sizes = root_mean_square(gaps[:, :start])
    return tuple(
        PlaceboGap(unit=name, gaps=tuple(row), pre_rmspe=size)
        for name, row, size in zip(panel.names[panel.n_treated :], gaps.tolist(), sizes.tolist(), strict=True)
    )


def _fit_notes(panel: DonorPanel, fits: BesideDonors) -> tuple[Message, ...]:
    """Say when nothing is left of the gap before the start, so that ranks cannot be scaled by it."""
    before, largest = fits.reach[0], float(np.abs(panel.outcomes).max())
    if root_mean_square(fits.path[None, :before])[0] > _NOTHING * largest:
        return ()
    return (Message("donors.perfect_fit", {"periods": before, "donors": len(fits.donors)}),)
