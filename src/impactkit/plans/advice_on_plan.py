"""Advice on a plan, before its follow-up is measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scipy.special import ndtr, ndtri

from impactkit.errors import ImpactkitError
from impactkit.evidence import Claim
from impactkit.evidence.verdict import Status
from impactkit.plans.additions import Addition, Kind, most_helpful
from impactkit.plans.advice import Advice, Option, ranked
from impactkit.plans.advice_on_study import additions_by_rule, refusal
from impactkit.plans.assumed import Assumed
from impactkit.plans.candidates import Candidate, Shape, considered, started
from impactkit.plans.claim_power import ClaimPower
from impactkit.plans.planned_study import planned_study
from impactkit.plans.power_asked import share_of
from impactkit.plans.power_claim import claim_power
from impactkit.wording import Message

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

_POWER = 0.8
_TWICE = 2.0
_KINDS: dict[str, Kind] = {"comparison": "comparison_areas", "units": "treated_areas"}


def advice_on_plan(plan: Plan, claim: Claim) -> Advice:
    """Return which designs a plan's data allow, the chance of each to support a claim, and what would help.

    Parameters
    ----------
    plan : Plan
        Its data need hold the baseline only.
    claim : Claim
        One of its claims.

    Returns
    -------
    Advice
        The best design first.
    """
    planned = planned_study(plan, claim, Assumed())
    start = None if math.isnan(planned.start) else planned.start
    said = plan.circumstances.assignment if plan.circumstances else None
    shape = Shape.of(planned.study, assignment=said, start=start)
    powers: dict[str, ClaimPower] = {}
    options = []
    for candidate in considered(shape):
        option, power = _tried(candidate, plan, claim, shape, start)
        options.append(option)
        if power is not None:
            powers[option.method] = power
    best_first = ranked(options)
    best = best_first[0] if best_first and best_first[0].is_allowed else None
    additions = _additions(shape, best, powers[best.method] if best else None)
    return Advice(claim=claim.id, options=best_first, additions=additions)


def _tried(
    candidate: Candidate, plan: Plan, claim: Claim, shape: Shape, start: float | None
) -> tuple[Option, ClaimPower | None]:
    lacking, method = candidate.lacking(shape), candidate.method
    if lacking is not None:
        return Option(method=method, is_allowed=False, ceiling=0, grade=0, reasons=(lacking,)), None
    own = plan.content()["estimator"]["method"] == method
    chosen = started(candidate, start if shape.kind == "series" else None, rule=shape.rule)
    estimator = plan.estimator if own else chosen
    try:
        power = claim_power(
            plan.model_copy(update={"estimator": estimator}),
            claim,
            Assumed(),
            alpha=share_of(plan, claim),
        )
    except ImpactkitError as error:
        return refusal(method, error), None
    at = {chances.multiple: chances.chances for chances in power.chances}
    multiples = (0.0, 0.0) if power.is_of_margin else (1.0, _TWICE)
    return (
        Option(
            method=method,
            is_allowed=True,
            ceiling=power.ceiling,
            grade=power.grade,
            at_claim=_likeliest(at[multiples[0]]),
            at_twice=_likeliest(at[multiples[1]]),
            supported=at[multiples[1]]["supported"],
            reasons=power.reasons or _why(power),
        ),
        power,
    )


def _likeliest(chances: object) -> Status:
    assert isinstance(chances, dict)
    found: Status = max(chances, key=lambda status: chances[status])
    return found


def _why(power: ClaimPower) -> tuple[Message, ...]:
    """Say how large an effect would have to be to be supported."""
    if not math.isfinite(power.detectable):
        return ()
    return (Message("advice.detectable", {"size": power.detectable}),)


def _additions(shape: Shape, best: Option | None, power: ClaimPower | None) -> tuple[Addition, ...]:
    by_rule = list(additions_by_rule(shape, grade=best.grade if best else 0))
    if best is None or power is None:
        return tuple(by_rule)
    found = []
    for more in power.needed:
        if more.addition in _KINDS and more.is_reachable and more.multiple in (0.0, _TWICE):
            values = {"treated": more.n_treated, "comparison": more.n_comparison}
            sentence = Message(f"advice.add.needed_{more.addition}", values)
            kind = _KINDS[more.addition]
            found.append(Addition(kind=kind, sentence=sentence, supported=_POWER, grade=max(best.grade, 3)))
    told = {each.kind for each in found}
    found += [each for each in by_rule if each.kind not in told and each.kind != "lottery"]
    for each in by_rule:
        if each.kind == "lottery":
            chance = _by_lot(power)
            found.append(Addition(kind="lottery", sentence=each.sentence, supported=chance, grade=each.grade))
    helpful = most_helpful(found, supported=best.supported, grade=best.grade)
    always = ("earlier_baseline", "longer_series")
    left = [each for each in found if each.kind in always and each not in helpful]
    return (*helpful, *left)


def _by_lot(power: ClaimPower) -> float:
    """Return about how likely support is when nothing but chance can stand in the way."""
    told = power.told_from_nothing
    if not math.isfinite(told) or power.is_of_margin:
        return math.nan
    critical = float(ndtri(0.5 + power.level / 2))
    error = told / (critical + float(ndtri(_POWER)))
    return float(ndtr(power.claimed / error - critical))
