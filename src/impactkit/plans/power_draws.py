"""The whole chain carried out on follow-ups that were drawn: how often each verdict comes out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from impactkit.data.study import Study
from impactkit.data.study_part import study_with_outcome
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import Estimator
from impactkit.effects.kernels.arrays import Floats
from impactkit.errors import EstimationError
from impactkit.evidence import Claim
from impactkit.evidence.case import Case
from impactkit.evidence.case_of import case_of
from impactkit.evidence.examine import examine
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.judge import judge_together
from impactkit.evidence.moved_estimate import moved_estimate
from impactkit.evidence.signed import limits_at
from impactkit.evidence.verdict import Status
from impactkit.plans.assumed import Assumed
from impactkit.plans.declared import declared
from impactkit.plans.effect_column import effect_column
from impactkit.plans.panel_noise import panel_noise
from impactkit.plans.placebo_draws import placebo_studies, pretended_periods
from impactkit.plans.planned_study import PlannedStudy
from impactkit.plans.row_noise import row_noise
from impactkit.plans.series_noise import series_noise
from impactkit.wording import Message
from impactkit.wording.progress import progressed

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

DRAWS = 200
HIGHEST = EvidenceGrade(value=5, ceiling=5, reasons=())
_FEWER_DRAWS = {
    "synthetic_control": 100,
    "augmented_synthetic_control": 100,
    "penalised_synthetic_control": 40,
    "synthetic_difference_in_differences": 40,
}
"""Estimators whose placebo tests fit weights anew for every donor."""
SERIES = ("interrupted_time_series", "structural_time_series")
_PERMUTATION_DRAWS = 999
_SAME = 1e-6


class Noise(Protocol):
    """What follow-ups without effect are drawn from."""

    @property
    def note(self) -> Message:
        """Where its numbers come from."""

    def draw(self, stream: np.random.Generator) -> Floats:
        """Return outcomes, shape (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """What one claim goes through.

    Parameters
    ----------
    plan, claim : Plan and Claim
        Whose seed, and what the plan declares.
    planned : PlannedStudy
        The study to come.
    estimator : Estimator
        The plan's.
    noise : Noise, optional
        What follow-ups are drawn from; None for pretended starts in the baseline.
    """

    plan: Plan
    claim: Claim
    planned: PlannedStudy
    estimator: Estimator
    noise: Noise | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """Estimates of follow-ups in which there was no effect.

    Parameters
    ----------
    estimates : tuple of Estimate
        One a draw.
    n_failed : int
        Draws that the estimator refused.
    """

    estimates: tuple[Estimate, ...]
    n_failed: int = 0

    @property
    def points(self) -> Floats:
        """The estimates, in the outcome's unit."""
        return np.array([estimate.interval.point for estimate in self.estimates])


def noise_of(planned: PlannedStudy, estimator: Estimator, assumed: Assumed) -> Noise:
    """Return what follow-ups are drawn from, by the kind of the design.

    Parameters
    ----------
    planned : PlannedStudy
        The study to come.
    estimator : Estimator
        What it will be estimated with.
    assumed : Assumed
        What is given.

    Returns
    -------
    Noise
        Of a series, of units that are followed, or of rows.
    """
    columns = planned.study.columns
    if estimator.method in SERIES:
        return series_noise(planned, assumed)
    if columns.unit is not None and columns.period is not None:
        return panel_noise(planned, assumed)
    settings = estimator.model_dump(mode="json")
    adjusted = estimator.method != "randomised_trial" or settings.get("adjustment") != "none"
    return row_noise(planned, assumed, adjusted=adjusted)


def drawn(chain: Chain) -> Drawn:
    """Draw follow-ups without effect and estimate each.

    Parameters
    ----------
    chain : Chain
        What the claim goes through; its permutation test has fewer draws here.

    Returns
    -------
    Drawn
        200 estimates, fewer where each takes long.

    Raises
    ------
    EstimationError
        If the estimator refuses all of them.
    """
    quick = _quick(chain.estimator)
    estimates: list[Estimate] = []
    refusal: EstimationError | None = None
    failed = 0
    draws = _FEWER_DRAWS.get(chain.estimator.method, DRAWS)
    for study in progressed(studies_drawn(chain, draws), _what(chain), total=draws):
        try:
            estimates.append(quick.estimate(study))
        except EstimationError as error:
            refusal, failed = error, failed + 1
    if not estimates:
        assert refusal is not None
        raise refusal
    return Drawn(estimates=tuple(estimates), n_failed=failed)


def examined(chain: Chain, effects: Mapping[float, float], *, draws: int) -> dict[float, tuple[Case, ...]]:
    """Carry out the whole chain on follow-ups with each of several true effects.

    Parameters
    ----------
    chain : Chain
        What the claim goes through.
    effects : mapping of float to float
        By multiple of the claim: the true effect, signed as the outcome moves.
    draws : int
        Follow-ups for each.

    Returns
    -------
    dict of float to tuple of Case
        What a judge needs, one a draw; the draws are the same for every effect, and the first of `drawn`.

    Raises
    ------
    EstimationError
        If the estimator refuses all of them.
    """
    quick, claim = _quick(chain.estimator), chain.claim
    has_baseline = chain.plan.data.baseline_kind != "none"
    found: dict[float, tuple[Case, ...]] = {}
    refusal: EstimationError | None = None
    for multiple, effect in effects.items():
        cases = []
        follow_ups = studies_drawn(chain, draws, effect=effect)
        for study in progressed(follow_ups, _what(chain), total=draws):
            try:
                each = examine(study, quick, declared=declared(chain.plan, claim))
            except EstimationError as error:
                refusal = error
                continue
            cases.append(case_of(claim, study, quick, examined=each, has_baseline=has_baseline))
        found[multiple] = tuple(cases)
        if not cases:
            assert refusal is not None
            raise refusal
    return found


def note_of(chain: Chain) -> Message:
    """Return where the numbers that follow-ups are drawn from come from.

    Parameters
    ----------
    chain : Chain
        What the claim goes through.

    Returns
    -------
    Message
        One sentence.
    """
    return chain.noise.note if chain.noise is not None else _placebo_note(chain.planned)


def studies_drawn(chain: Chain, draws: int, *, effect: float = 0.0) -> Iterator[Study]:
    """Return follow-ups that were drawn, the same for every effect.

    Parameters
    ----------
    chain : Chain
        What the claim goes through.
    draws : int
        How many.
    effect : float
        The true effect, in the outcome's unit.

    Yields
    ------
    Study
        The whole study, or the part of the baseline that is drawn from.
    """
    stream = np.random.default_rng(chain.plan.seed_for(chain.claim.id))
    planned, noise = chain.planned, chain.noise
    if noise is None:
        without = placebo_studies(planned, stream, draws=draws)
    else:
        without = (study_with_outcome(planned.study, noise.draw(stream)) for _ in range(draws))
    for study in without:
        if not effect:
            yield study
            continue
        column = effect_column(study, chain.estimator, planned.start)
        yield study_with_outcome(study, study.columns.outcome + effect * column)


def _what(chain: Chain) -> Message:
    return Message("progress.draws", {"claim": chain.claim.id})


def _placebo_note(planned: PlannedStudy) -> Message:
    after = int((planned.study.columns.periods >= planned.start).sum())
    return Message("power.noise.placebo", {"pretended": pretended_periods(planned), "planned": after})


def _quick(estimator: Estimator) -> Estimator:
    permutation = getattr(estimator, "permutation", None)
    if permutation is None or "draws" not in type(permutation).model_fields:
        return estimator
    if permutation.draws <= _PERMUTATION_DRAWS:
        return estimator
    fewer = permutation.model_copy(update={"draws": _PERMUTATION_DRAWS})
    found: Estimator = estimator.model_copy(update={"permutation": fewer})  # type: ignore[attr-defined]
    return found


def moves_with_the_effect(chain: Chain, size: float) -> bool:
    """Return whether an effect added to the outcomes moves the estimate by as much, and nothing else.

    Parameters
    ----------
    chain : Chain
        What the claim goes through.
    size : float
        The effect added, in the outcome's unit.

    Returns
    -------
    bool
        Tried on one draw; true of every estimator that is linear in the outcome.
    """
    without, with_it = (
        chain.estimator.estimate(next(studies_drawn(chain, 1, effect=effect))).interval
        for effect in (0.0, size)
    )
    near = _SAME * max(abs(size), abs(without.point))
    se = (without.std_error, with_it.std_error)
    same_spread = not se[0] > 0 or abs(se[0] - se[1]) <= _SAME * se[0]
    return abs(with_it.point - without.point - size) <= near and same_spread


def shares(
    found: Drawn, claim: Claim, effect: float, *, alpha: float, times: float = 1.0
) -> dict[Status, float]:
    """Return the share of each verdict when a true effect is added to what was drawn.

    Parameters
    ----------
    found : Drawn
        Estimates without effect.
    claim : Claim
        The claim.
    effect : float
        The true effect, in the outcome's unit and signed as the outcome moves.
    alpha : float
        The claim's share of the level.
    times : float
        What the noise is multiplied with.

    Returns
    -------
    dict of str to float
        Of the verdicts that limits and permutation test allow, whatever the grade; with sum 1.
    """
    moved = (moved_estimate(estimate, effect, times=times) for estimate in found.estimates)
    return verdict_shares([Case(claim=claim, estimate=one, grade=HIGHEST) for one in moved], alpha=alpha)


def verdict_shares(cases: Sequence[Case], *, alpha: float) -> dict[Status, float]:
    """Return the share of each verdict among cases that are judged one by one.

    Parameters
    ----------
    cases : sequence of Case
        One a draw.
    alpha : float
        The claim's share of the level.

    Returns
    -------
    dict of str to float
        With sum 1.
    """
    counts = Counter(judge_together([case], alpha=alpha)[0].status for case in cases)
    return {status: n / len(cases) for status, n in counts.items()}


def distances(found: Drawn, direction: int, *, level: float) -> Floats:
    """Return for each draw how large a true effect would have to be to be told from nothing.

    Parameters
    ----------
    found : Drawn
        Estimates without effect.
    direction : int
        +1 if a rise is good, -1 if a fall is.
    level : float
        Confidence level of the limits.

    Returns
    -------
    ndarray, shape (draws,)
        Above 0 but for lucky draws; ``inf`` where no effect would be told from nothing.
    """
    return np.array([_distance(estimate, direction, level) for estimate in found.estimates])


def _distance(estimate: Estimate, direction: int, level: float) -> float:
    test = estimate.permutation
    if test is None or test.smallest_p > (1 - level) / 2 * (1 + 1e-12):
        return math.inf
    limits = limits_at(estimate, level)
    ends = sorted((direction * limits.low, direction * limits.high))
    beside = sorted(direction * end for end in test.limits(level))
    low = min(ends[0], beside[0])
    return math.inf if math.isnan(low) else -low
