"""An evaluation in a few lines: the promise, the effect, the grade and the verdict of every claim."""

from __future__ import annotations

import math

from impactkit.cli.console import line
from impactkit.evaluation import ClaimResult, Evaluation
from impactkit.evidence.claim import Claim
from impactkit.indicators import Indicator
from impactkit.plans import Plan
from impactkit.wording import Language, Message, MessageValue, current_language, format_number, say
from impactkit.wording.money import kronor


def tell(evaluation: Evaluation) -> None:
    """Print each claim with its effect, grade and verdict.

    Parameters
    ----------
    evaluation : Evaluation
        The plan, carried out.
    """
    if evaluation.exploratory:
        line("summary.exploratory", indent=4)
    for one, seen in zip(evaluation.amendments, evaluation.amendments_seen, strict=True):
        state = "amended_late" if seen else "amended"
        line(f"summary.{state}", indent=4, n=one.number, date=one.date.isoformat(), reason=one.reason)
    for result in evaluation.results:
        line("summary.claim", indent=4, claim=result.claim.id, promise=promise(result.claim, evaluation.plan))
        line("summary.effect", indent=14, effect=_effect(result, evaluation.plan))
        line("summary.grade", indent=14, value=result.grade.value, why=str(result.grade.reasons[-1]))
        why = str(result.verdict.reasons[0]) if result.verdict.reasons else ""
        line("summary.verdict", indent=14, verdict=str(result.verdict.name).upper(), why=why)
        if evaluation.earlier:
            line("summary.originally", indent=14, verdict=_originally(evaluation, result.claim.id))
    if sum(result.claim.role == "primary" for result in evaluation.results) > 1:
        found = evaluation.conclusion
        line("summary.conclusion", indent=14, verdict=str(found.name).upper(), why=str(found.reasons[0]))
    payments = evaluation.payments
    for paid in payments.payments if payments else ():
        amount = kronor(round(paid.paid), current_language())
        line("summary.payment", indent=14, claim=paid.claim, amount=amount, why=str(paid.reasons[0]))


def _originally(evaluation: Evaluation, claim: str) -> str:
    """Return the verdict on a claim under the plan that was locked, in words."""
    carried = evaluation.earlier[0].carried
    if carried is None:
        return say("cli.summary.cannot", current_language())
    found = [verdict.name for verdict in carried.verdicts if verdict.claim == claim]
    return str(found[0]) if found else say("cli.summary.not_there", current_language())


def promise(claim: Claim, plan: Plan) -> str:
    """Return what a claim promises, in words.

    Parameters
    ----------
    claim : Claim
        The claim.
    plan : Plan
        The plan it stands in.

    Returns
    -------
    str
        The indicator, its role, the direction, the size and the year.
    """
    language = current_language()
    found = _indicator(claim, plan)
    size = format_number(
        float(claim.minimum_effect), language, decimals=max(0, -int(claim.minimum_effect.as_tuple().exponent))
    )
    return say(
        f"cli.promise.{claim.change}",
        language,
        name=found.name.text(language) if found else claim.indicator,
        role=say(f"cli.role.{claim.role}", language),
        size=size,
        unit=say("cli.promise.per_cent", language) if claim.relative else _unit(claim, found, language),
        by=str(claim.by),
    )


def _effect(result: ClaimResult, plan: Plan) -> str:
    language, found, verdict = current_language(), _indicator(result.claim, plan), result.verdict
    decimals = found.decimals if found else None
    unit = _unit(result.claim, found, language)
    point = format_number(verdict.point, language, decimals=decimals, signed=True)
    if math.isnan(verdict.low):
        return str(Message("cli.summary.unknown", {"point": point, "unit": unit}))
    low, high = (
        format_number(x, language, decimals=decimals, signed=True) for x in (verdict.low, verdict.high)
    )
    values: dict[str, MessageValue] = {"point": point, "low": low, "high": high, "unit": unit}
    return str(Message("cli.summary.interval", {**values, "level": verdict.level}))


def _indicator(claim: Claim, plan: Plan) -> Indicator | None:
    return next((found for found in plan.catalogue if found.id == claim.indicator), None)


def _unit(claim: Claim, found: Indicator | None, language: Language) -> str:
    if claim.unit:
        return claim.unit
    return found.unit_of_change(language) if found else ""
