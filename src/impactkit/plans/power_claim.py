"""One claim of a plan, from its study to come to the chance of each verdict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from impactkit.effects.interval import t_quantile
from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.verdict_chances import Rule, detectable_multiple, verdict_chances
from impactkit.evidence import Claim
from impactkit.evidence.checks.too_few_clusters import TooFewClusters
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.evidence.grade import needs_baseline
from impactkit.evidence.verdict import Status
from impactkit.plans.assumed import Assumed
from impactkit.plans.claim_power import MULTIPLES, STATUSES, Chances, ClaimPower, UnderCorrelation
from impactkit.plans.panel_noise import PanelNoise
from impactkit.plans.planned_estimator import planned_estimator
from impactkit.plans.planned_study import planned_study
from impactkit.plans.power_draws import (
    EXAMINED,
    Chain,
    Drawn,
    distances,
    drawn,
    moves_with_the_effect,
    noise_of,
    shares,
    uses_placebos,
)
from impactkit.plans.power_formula import Precision, known_precision
from impactkit.plans.power_needed import POWER, Design, Needed, needed, two_group_df
from impactkit.plans.row_noise import RowNoise
from impactkit.wording import Language, Message

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

_NEEDED_GRADE = 3
_CORRELATIONS = (0.3, 0.5, 0.7, 0.9)
_RULES: dict[str, Rule] = {"no_harm": "no_harm", "no_effect": "no_effect"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    """A claim with all that its chances are found from."""

    chain: Chain
    found: Drawn
    alpha: float
    precision: Precision | None

    @property
    def claim(self) -> Claim:
        return self.chain.claim

    @property
    def rule(self) -> Rule:
        return _RULES.get(self.claim.change, "improvement")

    @property
    def size(self) -> float:
        return float(self.claim.minimum_effect)

    @property
    def m(self) -> float:
        return -self.size if self.rule == "no_harm" else self.size

    @property
    def level(self) -> float:
        return 1 - self.alpha

    @property
    def can_be_told(self) -> bool:
        test = self.found.estimates[0].permutation
        return test is not None and test.smallest_p <= self.alpha / 2 * (1 + 1e-12)

    @property
    def has_baseline(self) -> bool:
        return self.chain.plan.data.baseline_kind != "none" or not needs_baseline(self.found.estimates[0])

    @property
    def is_assessable(self) -> bool:
        return self.found.grade.ceiling >= _NEEDED_GRADE and self.has_baseline

    @property
    def is_too_few(self) -> bool:
        """Whether too few clusters is what keeps the grade down."""
        return any(
            reason.code.startswith("check.too_few_clusters.few") for reason in self.found.grade.reasons
        )

    def effect(self, multiple: float) -> float:
        """Return a true effect, plus is good: a margin is overstepped on the wrong side."""
        return multiple * self.m


def claim_power(plan: Plan, claim: Claim, assumed: Assumed, *, alpha: float) -> ClaimPower:
    """Return what a plan can show of one claim.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.
    assumed : Assumed
        What is given beside the data, or instead of them.
    alpha : float
        The claim's share of the level, two-sided.

    Returns
    -------
    ClaimPower
        By formula where that is exact, by simulation of the whole chain else.

    Raises
    ------
    ImpactkitError
        If the plan's data and what is given do not make a study.
    """
    planned, estimator = planned_study(plan, claim, assumed), planned_estimator(plan, claim)
    noise = None if uses_placebos(planned, estimator) else noise_of(planned, estimator, assumed)
    chain = Chain(plan=plan, claim=claim, planned=planned, estimator=estimator, noise=noise)
    first = drawn(chain, draws=EXAMINED)
    precision = known_precision(chain, first.estimates[0], level=1 - alpha)
    found = first if precision else drawn(chain)
    asked = _Asked(chain=chain, found=found, alpha=alpha, precision=precision)
    told, detectable = _smallest(asked)
    sample = found.estimates[0].sample
    indicator = next((each for each in plan.catalogue if each.id == claim.indicator), None)
    languages: tuple[Language, Language] = ("sv", "en")
    return ClaimPower(
        claim=claim.id,
        change=claim.change,
        claimed=asked.size,
        unit={
            language: claim.unit or (indicator.unit_of_change(language) if indicator else "")
            for language in languages
        },
        level=asked.level,
        method="formula" if precision else "simulation",
        n_draws=0 if precision else len(found.estimates),
        n_failed=found.n_failed,
        grade=found.grade.value,
        ceiling=found.grade.ceiling,
        n_treated=sample.n_treated_clusters,
        n_comparison=sample.n_comparison_clusters,
        detectable=detectable,
        told_from_nothing=told,
        chances=_chances(asked),
        needed=_needed(asked),
        reasons=_reasons(asked),
        notes=(*found.notes, *_beside(asked)),
        correlations=_correlations(asked, told),
    )


def _chances(asked: _Asked) -> tuple[Chances, ...]:
    n = 0 if asked.precision else len(asked.found.estimates)
    sign = asked.claim.direction
    linear = asked.precision is not None or moves_with_the_effect(asked.chain, 2 * asked.size)
    told = []
    for multiple in MULTIPLES:
        effect = asked.effect(multiple)
        shared = _by_formula(asked, effect) if asked.precision else _by_draws(asked, effect, linear=linear)
        every = {status: shared.get(status, 0.0) for status in STATUSES}
        told.append(Chances(multiple=multiple, effect=sign * effect, chances=every, n_draws=n))
    return tuple(told)


def _by_draws(asked: _Asked, effect: float, *, linear: bool, times: float = 1.0) -> dict[Status, float]:
    found, by = asked.found, asked.claim.direction * effect
    if not linear:
        found = drawn(asked.chain, effect=by)
        by = 0.0
    return shares(found, asked.claim, by, alpha=asked.alpha, times=times, has_baseline=asked.has_baseline)


def _by_formula(asked: _Asked, effect: float, *, times: float = 1.0) -> dict[Status, float]:
    if not asked.is_assessable:
        return {"not_assessable": 1.0}
    assert asked.precision is not None
    df = asked.precision.df
    found = verdict_chances(
        np.array([effect]),
        std_error=times * asked.precision.spread,
        df=df,
        critical=t_quantile(0.5 + asked.level / 2, df),
        m=asked.m,
        rule=asked.rule,
    )
    by_status: dict[Status, float] = {
        "supported": float(found.supported[0]),
        "partly_supported": float(found.partly_supported[0]),
        "inconclusive": float(found.inconclusive[0]),
        "contradicted": float(found.contradicted[0]),
    }
    if asked.found.grade.value < _NEEDED_GRADE:
        by_status["partly_supported"] += by_status.pop("supported")
    return by_status


def _smallest(asked: _Asked, *, times: float = 1.0) -> tuple[float, float]:
    """Return the smallest effect told from nothing, and the smallest that supports the claim."""
    if not asked.is_assessable or not asked.can_be_told:
        return math.inf, math.inf
    told = times * _distance(asked)
    if asked.found.grade.value < _NEEDED_GRADE:
        return told, math.inf
    return told, told if asked.rule != "improvement" else asked.size + told


def _distance(asked: _Asked) -> float:
    if asked.precision is not None:
        df, two_sided = asked.precision.df, asked.rule == "no_effect"
        critical = t_quantile(0.5 + asked.level / 2, df)
        # Both margins must be cleared: each misses in half of the cases that may miss.
        power = (1 + POWER) / 2 if two_sided else POWER
        return asked.precision.spread * detectable_multiple(df=df, critical=critical, power=power)
    reach = distances(asked.found, asked.claim.direction, level=asked.level)
    if asked.rule == "no_effect":
        reach = np.maximum(reach, distances(asked.found, -asked.claim.direction, level=asked.level))
    return float(np.sort(reach)[math.ceil(POWER * len(reach)) - 1])


def _reasons(asked: _Asked) -> tuple[Message, ...]:
    grade = asked.found.grade
    if grade.ceiling < _NEEDED_GRADE:
        return (Message("power.reason.design", {"ceiling": grade.ceiling}),)
    if not asked.has_baseline:
        return (Message("verdict.reason.no_baseline"),)
    found: list[Message] = []
    estimate = asked.found.estimates[0]
    if estimate.permutation is None:
        found.append(Message("verdict.reason.no_permutation"))
    elif not asked.can_be_told:
        test, sample = estimate.permutation, estimate.sample
        values = {
            "treated": sample.n_treated_clusters,
            "comparison": sample.n_comparison_clusters,
            "n": test.n_assignments,
            "smallest": test.smallest_p,
            "needed": asked.alpha / 2,
        }
        found.append(Message("power.reason.too_few", values))
    if grade.value < _NEEDED_GRADE:
        found.append(Message("power.reason.grade", {"grade": grade.value, "why": grade.reasons[-1]}))
    return tuple(found)


def _needed(asked: _Asked) -> tuple[Needed, ...]:
    design = _design(asked)
    if design is None:
        return ()
    multiples = (2.0, 1.5) if asked.rule == "improvement" else (0.0,)
    return tuple(
        each
        for multiple in multiples
        for each in needed(
            design,
            m=asked.m,
            rule=asked.rule,
            multiple=multiple,
            after=_after(asked),
            answers=_answers(asked),
        )
    )


def _design(asked: _Asked) -> Design | None:
    sample, grade = asked.found.estimates[0].sample, asked.found.grade
    n_treated, n_comparison = sample.n_treated_clusters, sample.n_comparison_clusters
    few = int(asked.is_too_few)
    if not asked.is_assessable or grade.value + few < _NEEDED_GRADE or min(n_treated, n_comparison) < 1:
        return None
    spread, df = _spread_and_df(asked)
    plain = two_group_df(n_treated, n_comparison)
    counted = asked.chain.estimator.method in TooFewClusters().designs and grade.ceiling == _NEEDED_GRADE
    fewest = TooFewClusters()
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


def _spread_and_df(asked: _Asked) -> tuple[float, float]:
    if asked.precision is not None:
        return asked.precision.spread, asked.precision.df
    points: Floats = asked.found.points
    known = [each.interval.df for each in asked.found.estimates if each.interval.std_error > 0]
    return float(points.std(ddof=1)), float(np.median(known)) if known else math.nan


def _after(asked: _Asked) -> tuple[int, Callable[[int], float]] | None:
    noise = asked.chain.noise
    method = asked.chain.estimator.method
    if not isinstance(noise, PanelNoise) or method in (*DONOR_DESIGNS, "switching_difference_in_differences"):
        return None
    planned = int((asked.chain.planned.study.columns.periods >= asked.chain.planned.start).sum())
    return planned, lambda n: noise.contrast_spread(n) / noise.contrast_spread(planned)


def _answers(asked: _Asked) -> tuple[int, Callable[[int], float]] | None:
    noise, columns = asked.chain.noise, asked.chain.planned.study.columns
    if not isinstance(noise, RowNoise) or columns.cluster is None or not noise.between_clusters:
        return None
    planned = max(round(len(columns.outcome) / len(np.unique(noise.cluster))), 1)
    icc = noise.between_clusters

    def variance(n: int) -> float:
        return icc + (1 - icc) / n

    return planned, lambda n: math.sqrt(variance(n) / variance(planned))


def _beside(asked: _Asked) -> tuple[Message, ...]:
    """Say what was not used, and how the claims share alpha."""
    planned, told = asked.chain.planned, []
    later = np.isfinite(planned.outcome) & ~planned.usable
    if later.any():
        told.append(Message("power.follow_up_unused", {"n": int(later.sum())}))
    whole = float(asked.chain.plan.decision.alpha)
    if asked.alpha < whole * (1 - 1e-12):
        values = {"n": round(whole / asked.alpha), "level": asked.level}
        told.append(Message("power.shared_level", values))
    return tuple(told)


def _correlations(asked: _Asked, told: float) -> tuple[UnderCorrelation, ...]:
    noise = asked.chain.noise
    if not isinstance(noise, PanelNoise) or noise.correlation is None or not math.isfinite(told):
        return ()
    if noise.note.code != "power.noise.panel_assumed":
        return ()
    found = []
    for correlation in _CORRELATIONS:
        times = math.sqrt((1 - correlation) / (1 - noise.correlation))
        small, detectable = _smallest(asked, times=times)
        effect = asked.effect(2.0 if asked.rule == "improvement" else 0.0)
        by = (
            _by_formula(asked, effect, times=times)
            if asked.precision
            else _by_draws(asked, effect, linear=True, times=times)
        )
        found.append(
            UnderCorrelation(
                correlation=correlation,
                detectable=detectable,
                told_from_nothing=small,
                supported=by.get("supported", 0.0),
            )
        )
    return tuple(found)
