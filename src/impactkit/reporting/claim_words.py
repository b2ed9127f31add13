"""The claim, the verdict and what was not shown, in plain words."""

from __future__ import annotations

import math

from impactkit.evidence.lowered import is_lowered, is_unjudged
from impactkit.evidence.verdict import Verdict
from impactkit.plans.refused import accepted
from impactkit.reporting.evaluated import Telling
from impactkit.wording import what_is_wrong

_CAPS = {"verdict.reason.grade_too_low", "verdict.reason.not_prior", "verdict.reason.guardrail"}
_GRADE_TO_BLAME = 3


def claim_sentence(telling: Telling) -> str:
    """Return the promise as a sentence.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    str
        Indicator, direction, minimum effect with its unit, and year.
    """
    claim = telling.result.claim
    kind = f"no_{claim.harm}" if claim.change == "no_harm" else claim.change
    told = [telling.say(f"claim.{kind}", name=telling.name, minimum=telling.minimum, by=str(claim.by))]
    if claim.target is not None:
        told.append(telling.say("claim.to_level", target=telling.measure.level(float(claim.target))))
    if claim.subgroup is not None:
        group = claim.subgroup
        told.append(telling.say("claim.of_those", column=group.column, value=group.value))
    return " ".join(told)


def verdict_sentence(telling: Telling) -> str:
    """Return the verdict as a sentence.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    str
        What may be said.
    """
    verdict, claim = telling.result.verdict, telling.result.claim
    if is_lowered(verdict):
        return telling.say("verdict.amended", verdict=verdict.name)
    if is_unjudged(verdict):
        return telling.say("verdict.exploratory")
    kind: str = verdict.status
    if claim.is_of_margin and kind in {"supported", "inconclusive", "contradicted"}:
        kind = f"{kind}_{claim.change}"
    elif kind == "contradicted" and verdict.harm:
        kind = "contradicted_harm"
    return telling.say(f"verdict.{kind}", minimum=telling.minimum)


def is_capped(verdict: Verdict) -> bool:
    """Return whether the numbers reach the claim and something else keeps it from being called shown.

    Parameters
    ----------
    verdict : Verdict
        The verdict.

    Returns
    -------
    bool
        True for a partly supported claim whose first reason is its grade, its date or a guardrail.
    """
    return verdict.status == "partly_supported" and verdict.reasons[0].code in _CAPS


def not_shown(telling: Telling) -> tuple[str, ...]:
    """Return what was not shown: never empty, whatever the verdict.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    tuple of str
        What belongs to the verdict first, then what no study of this design shows.
    """
    result = telling.result
    last = str(result.claim.by)
    if result.verdict.status == "not_assessable":
        return (telling.say("not_shown.any_effect"), telling.say("not_shown.no_effect"))
    differs = any(column.outcome == "differ" for column in result.groups)
    always = ["who_else" if differs else "who", "lasting"]
    if result.verdict.status not in {"inconclusive", "contradicted"}:
        always += ["parts", "elsewhere"]
    if result.estimate.method == "difference_in_differences":
        always.append("parallel")
    if result.grade.value < _GRADE_TO_BLAME and result.verdict.status != "inconclusive":
        always.insert(0, "cause")
    told = [telling.say(f"not_shown.{name}", by=last, grade=result.grade.value) for name in always]
    return (*_by_verdict(telling), *told)


def accepted_told(telling: Telling) -> tuple[str, ...]:
    """Return what the indicator refused and the plan accepts, each with the plan's reason.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    tuple of str
        Empty when the indicator refused nothing.
    """
    found = accepted(telling.plan, telling.result.claim, frame=telling.result.study.frame)
    return tuple(
        telling.say(
            "accepted.sentence",
            refused=what_is_wrong(
                telling.disclosure.trouble(each.refusal.trouble, telling.language), telling.language
            ),
            reason=each.reason,
        )
        for each in found
    )


def _by_verdict(telling: Telling) -> tuple[str, ...]:
    verdict, claim, measure = telling.result.verdict, telling.result.claim, telling.measure
    safe = claim.change == "no_harm"
    minimum = telling.minimum
    if is_lowered(verdict):
        return (telling.say("not_shown.amended"),)
    if verdict.status == "supported":
        kinds = {"no_harm": "some_harm", "no_effect": "some_change"}
        kind, point = kinds.get(claim.change, "larger"), measure.change(verdict.point)
        return (telling.say(f"not_shown.{kind}", minimum=minimum, point=point),)
    if verdict.status == "partly_supported":
        kind = "capped" if is_capped(verdict) else "some_harm" if safe else "whole_claim"
        return (telling.say(f"not_shown.{kind}", minimum=minimum),)
    if verdict.status == "contradicted" and claim.change == "no_effect":
        return (telling.say("not_shown.why_change"),)
    if verdict.status == "contradicted":
        best = claim.direction * (verdict.high if claim.direction > 0 else verdict.low)
        if verdict.harm:
            return (telling.say("not_shown.why_harm"),)
        return (telling.say("not_shown.smaller_effect" if best > 0 else "not_shown.why_none"),)
    return _inconclusive(telling)


def _inconclusive(telling: Telling) -> tuple[str, ...]:
    verdict = telling.result.verdict
    safe = telling.result.claim.change == "no_harm"
    told = [telling.say("not_shown.harmless" if safe else "not_shown.no_effect")]
    if math.isfinite(verdict.low) and math.isfinite(verdict.high):
        span = telling.measure.span(verdict.low, verdict.high)
        told.append(telling.say("not_shown.harm" if safe else "not_shown.an_effect", span=span))
    return tuple(told)
