"""One claim of a plan, from its study to come to the chance of each verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from impactkit.effects.interval import t_quantile
from impactkit.effects.kernels.verdict_chances import detectable_multiple, verdict_chances
from impactkit.errors import EstimationError
from impactkit.evidence import Claim
from impactkit.evidence.verdict import STATUSES, Status
from impactkit.plans.assumed import Assumed
from impactkit.plans.claim_power import Chances, ClaimPower, UnderCorrelation
from impactkit.plans.panel_noise import PanelNoise
from impactkit.plans.payment_chances import payment_chances
from impactkit.plans.placebo_draws import uses_placebos
from impactkit.plans.planned_estimator import planned_estimator
from impactkit.plans.planned_study import planned_study
from impactkit.plans.power_asked import Asked, effects_of, goal_of, size_of
from impactkit.plans.power_design import all_needed
from impactkit.plans.power_draws import (
    Chain,
    distances,
    drawn,
    moves_with_the_effect,
    noise_of,
    note_of,
    shares,
    verdict_shares,
)
from impactkit.plans.power_formula import known_precision
from impactkit.plans.power_grades import NEEDED, graded
from impactkit.plans.power_needed import POWER
from impactkit.wording import Language, Message

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

_CORRELATIONS = (0.3, 0.5, 0.7, 0.9)


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
    asked = _asked(plan, claim, assumed, alpha)
    told, detectable = _smallest(asked)
    chances = _chances(asked)
    if 0 < asked.high_share < 1 and asked.rule == "improvement":
        detectable = max(detectable, _crossing(chances))
    sample = asked.first.sample
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
        method="simulation" if asked.found else "formula",
        n_draws=len(asked.found.estimates) if asked.found else 0,
        n_failed=asked.found.n_failed if asked.found else 0,
        grade=asked.grade.value,
        ceiling=asked.grade.ceiling,
        high_grade=asked.high_share,
        n_treated=sample.n_treated_clusters,
        n_comparison=sample.n_comparison_clusters,
        detectable=detectable,
        told_from_nothing=told,
        chances=chances,
        needed=all_needed(asked),
        reasons=_reasons(asked),
        notes=(*_doubt(asked), note_of(asked.chain), *_beside(asked)),
        correlations=_correlations(asked, told),
        payments=payment_chances(asked, chances),
    )


def _asked(plan: Plan, claim: Claim, assumed: Assumed, alpha: float) -> Asked:
    planned, estimator = planned_study(plan, claim, assumed), planned_estimator(plan, claim)
    noise = None if uses_placebos(planned, estimator) else noise_of(planned, estimator, assumed)
    chain = Chain(plan=plan, claim=claim, planned=planned, estimator=estimator, noise=noise)
    size = size_of(claim, planned)
    if not claim.relative and not moves_with_the_effect(chain, 2 * size):
        raise EstimationError(
            "The chance of each verdict is not worked out for {method} with these settings: "
            "an effect does not move its estimate by as much.",
            where="[estimator]",
            mend="Ask for an effect in the outcome's own unit.",
            values={"method": estimator.method},
        )
    grades = graded(chain, effects_of(claim, size), goal=goal_of(claim), every=claim.relative)
    first = grades.cases[grades.goal][0].estimate
    precision = None if claim.relative else known_precision(chain, first, level=1 - alpha)
    found = None if precision else drawn(chain)
    return Asked(chain=chain, size=size, alpha=alpha, grades=grades, precision=precision, found=found)


def _chances(asked: Asked) -> tuple[Chances, ...]:
    n = asked.grades.n if asked.claim.relative or not asked.grades.is_settled else 0
    if asked.found is not None:
        n = n or len(asked.found.estimates)
    told = []
    for multiple, effect in effects_of(asked.claim, asked.size).items():
        shared = _at(asked, multiple)
        every = {status: shared.get(status, 0.0) for status in STATUSES}
        told.append(Chances(multiple=multiple, effect=effect, chances=every, n_draws=n))
    return tuple(told)


def _at(asked: Asked, multiple: float, *, times: float = 1.0) -> Mapping[Status, float]:
    """Return the chances at a true effect, with noise so many times as large."""
    if not asked.has_baseline:
        return {"not_assessable": 1.0}
    if asked.claim.relative:
        return verdict_shares(asked.grades.cases[multiple], alpha=asked.alpha)
    effect = effects_of(asked.claim, asked.size)[multiple]
    if asked.precision is not None:
        bare = _by_formula(asked, asked.claim.direction * effect, times)
    else:
        bare = shares(asked.drawn, asked.claim, effect, alpha=asked.alpha, times=times)
    return asked.grades.lowered(bare, multiple, alpha=asked.alpha)


def _by_formula(asked: Asked, effect: float, times: float) -> dict[Status, float]:
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
    return {
        "supported": float(found.supported[0]),
        "partly_supported": float(found.partly_supported[0]),
        "inconclusive": float(found.inconclusive[0]),
        "contradicted": float(found.contradicted[0]),
    }


def _smallest(asked: Asked, *, times: float = 1.0) -> tuple[float, float]:
    """Return the smallest effect told from nothing, and the smallest that supports the claim."""
    if not asked.is_assessable or not asked.can_be_told:
        return math.inf, math.inf
    told = times * _distance(asked)
    if not asked.high_share:
        return told, math.inf
    return told, told if asked.rule != "improvement" else asked.size + told


def _distance(asked: Asked) -> float:
    if asked.precision is not None:
        df, two_sided = asked.precision.df, asked.rule == "no_effect"
        critical = t_quantile(0.5 + asked.level / 2, df)
        # Both margins must be cleared: each misses in half of the cases that may miss.
        power = (1 + POWER) / 2 if two_sided else POWER
        return asked.precision.spread * detectable_multiple(df=df, critical=critical, power=power)
    reach = distances(asked.drawn, asked.claim.direction, level=asked.level)
    if asked.rule == "no_effect":
        reach = np.maximum(reach, distances(asked.drawn, -asked.claim.direction, level=asked.level))
    return float(np.sort(reach)[math.ceil(POWER * len(reach)) - 1])


def _crossing(chances: tuple[Chances, ...]) -> float:
    """Return where the chance of support, the grade counted in, reaches four in five; inf if beyond all."""
    for lower, upper in pairwise(chances):
        a, b = lower.chances["supported"], upper.chances["supported"]
        if a < POWER <= b:
            along = (POWER - a) / (b - a)
            return abs(lower.effect + along * (upper.effect - lower.effect))
    return math.inf


def _reasons(asked: Asked) -> tuple[Message, ...]:
    grade, estimate = asked.grade, asked.first
    if grade.ceiling < NEEDED:
        return (
            Message("power.reason.design", {"ceiling": grade.ceiling}),
            *asked.grades.failed_checks(high=False),
        )
    if not asked.has_baseline:
        return (Message("verdict.reason.no_baseline"),)
    found: list[Message] = []
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
    if not asked.high_share:
        why = asked.grades.failed_checks(high=False)
        found += [Message("power.reason.grade", {"grade": grade.value}), *why]
    return tuple(found)


def _doubt(asked: Asked) -> tuple[Message, ...]:
    """Say it when the grade may turn out either way."""
    if not 0 < asked.high_share < 1 or not asked.is_assessable:
        return ()
    share = {"share": 100 * asked.high_share, "n": asked.grades.n}
    return (Message("power.grade_in_doubt", share), *asked.grades.failed_checks(high=True))


def _beside(asked: Asked) -> tuple[Message, ...]:
    """Say what was not used, how the claims share alpha, and what a claim in per cent amounts to."""
    planned, told = asked.chain.planned, []
    if asked.claim.relative:
        share = float(asked.claim.minimum_effect)
        told.append(Message("power.relative", {"share": share, "size": asked.size}))
    later = np.isfinite(planned.outcome) & ~planned.usable
    if later.any():
        told.append(Message("power.follow_up_unused", {"n": int(later.sum())}))
    whole = float(asked.chain.plan.decision.alpha)
    if asked.alpha < whole * (1 - 1e-12):
        values = {"n": round(whole / asked.alpha), "level": asked.level}
        told.append(Message("power.shared_level", values))
    return tuple(told)


def _correlations(asked: Asked, told: float) -> tuple[UnderCorrelation, ...]:
    noise = asked.chain.noise
    if not isinstance(noise, PanelNoise) or noise.correlation is None or not math.isfinite(told):
        return ()
    if noise.note.code != "power.noise.panel_assumed" or asked.claim.relative:
        return ()
    found = []
    for correlation in _CORRELATIONS:
        times = math.sqrt((1 - correlation) / (1 - noise.correlation))
        small, detectable = _smallest(asked, times=times)
        supported = _at(asked, asked.grades.goal, times=times).get("supported", 0.0)
        found.append(
            UnderCorrelation(
                correlation=correlation,
                detectable=detectable,
                told_from_nothing=small,
                supported=supported,
            )
        )
    return tuple(found)
