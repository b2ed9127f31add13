"""The verdict rule: what an interval, a permutation test and a grade allow to be said of a claim.

The effect is signed so that plus is good; L and U are its limits, m the claimed minimum effect. A failed
gate gives ``not_assessable``; L >= m, with the permutation test agreeing, ``supported``; 0 < L
``partly_supported``; L <= 0 and U < m ``contradicted`` (harm if U < 0); all else ``inconclusive``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from impactkit.effects.estimate import Estimate
from impactkit.evidence.bar import Bar
from impactkit.evidence.case import Case
from impactkit.evidence.claim import Claim
from impactkit.evidence.family import Multiplicity, stepped_levels
from impactkit.evidence.grade import EvidenceGrade, needs_baseline
from impactkit.evidence.minimum_detectable_effect import minimum_detectable_effect
from impactkit.evidence.rules import RULES, Told
from impactkit.evidence.signed import SignedEffect
from impactkit.evidence.verdict import Status, Verdict
from impactkit.wording import Message

Prior = Literal["proved_prior", "claimed_prior", "not_prior"]
GRADE_NEEDED = 3


def judge(
    claim: Claim,
    estimate: Estimate,
    grade: EvidenceGrade,
    *,
    alpha: float = 0.05,
    prior: Prior = "claimed_prior",
) -> Verdict:
    """Judge one claim on its own.

    Parameters
    ----------
    claim : Claim
        What was promised. A claim in per cent, or about a level or a subgroup, needs more than an estimate:
        judge it by a plan, or with :func:`judge_together`.
    estimate : Estimate
        What was found, in the indicator's unit.
    grade : EvidenceGrade
        How far to trust it.
    alpha : float
        Two-sided level.
    prior : {"claimed_prior", "proved_prior", "not_prior"}
        Whether the claim was made before the data were seen; a claim that was not is never supported.

    Returns
    -------
    Verdict
        With every reason.

    Raises
    ------
    EstimationError
        If the claim is in per cent.

    See Also
    --------
    judge_together : several claims of one plan, with Holm's correction over the primary ones.
    """
    return verdict_of(Case(claim=claim, estimate=estimate, grade=grade), level=1 - alpha, prior=prior)


def judge_together(
    cases: Sequence[Case],
    *,
    alpha: float = 0.05,
    prior: Prior = "claimed_prior",
    multiplicity: Multiplicity | None = None,
) -> tuple[Verdict, ...]:
    """Judge all claims of a plan.

    Parameters
    ----------
    cases : sequence of Case
        Claims with their evidence.
    alpha : float
        Two-sided level shared by the primary claims.
    prior : {"claimed_prior", "proved_prior", "not_prior"}
        Whether the plan was made before the data were seen.
    multiplicity : Multiplicity, optional
        How they share it; Holm over the primary claims when left out.

    Returns
    -------
    tuple of Verdict
        In the order of the cases.

    Notes
    -----
    Primary claims share alpha by Holm's method [1]_ on the hypotheses "the effect is at most the claimed
    one": the j-th smallest p-value of K is held against alpha / (K - j + 1), and a claim's limits have the
    level of its step (the step that failed, for it and all after). The chance that any claim with too small
    an effect is called supported is then at most alpha / 2, whatever the others' effects. Romano and Wolf's
    step-down [2]_ replaces alpha / (K - j + 1) by the share at which the smallest p-value of the claims left
    rejects at alpha, given how their estimates move together; where that is unknown Holm's share is kept.
    Claims outside the family are judged at alpha and never help: a guardrail with harm caps every primary
    claim at partly supported.

    References
    ----------
    .. [1] Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian Journal of
       Statistics*, 6(2).
    .. [2] Romano, J. P., & Wolf, M. (2005). Exact and approximate stepdown methods for multiple hypothesis
       testing. *Journal of the American Statistical Association*, 100(469).
    """
    how = multiplicity or Multiplicity()
    levels = stepped_levels(how.members(cases), alpha, how)
    verdicts = [verdict_of(case, level=levels.get(case.claim.id, 1 - alpha), prior=prior) for case in cases]
    harmed = harmed_guardrails(cases, verdicts)
    if not harmed:
        return tuple(verdicts)
    return tuple(
        capped(verdict, Message("verdict.reason.guardrail", {"claims": ", ".join(harmed)}))
        if case.claim.role == "primary"
        else verdict
        for verdict, case in zip(verdicts, cases, strict=True)
    )


def harmed_guardrails(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> list[str]:
    """Return the guardrails on which harm was shown.

    Parameters
    ----------
    cases : sequence of Case
        The claims.
    verdicts : sequence of Verdict
        Theirs.

    Returns
    -------
    list of str
        Claims' ids.
    """
    return [
        verdict.claim
        for verdict, case in zip(verdicts, cases, strict=True)
        if case.claim.role == "guardrail" and verdict.harm
    ]


def verdict_of(case: Case, *, level: float, prior: Prior) -> Verdict:
    """Judge one case by limits at a level.

    Parameters
    ----------
    case : Case
        The claim with its evidence.
    level : float
        Confidence level.
    prior : {"claimed_prior", "proved_prior", "not_prior"}
        Whether the claim was made before the data were seen.

    Returns
    -------
    Verdict
        With every reason.
    """
    effect, bars = case.effect(level), case.bars(level)
    status, reasons = _gates(case, effect)
    if status is None:
        status, reasons = RULES[case.claim.change](effect, bars)
    verdict = _told(case, effect, bars, told=(status, reasons))
    if verdict.status != "supported":
        return verdict
    if case.grade.value < GRADE_NEEDED:
        values = {"grade": case.grade.value, "needed": GRADE_NEEDED}
        verdict = capped(verdict, Message("verdict.reason.grade_too_low", values))
    if prior == "not_prior":
        verdict = capped(verdict, Message("verdict.reason.not_prior"))
    return replace(verdict, reasons=(*verdict.reasons, *case.grade.reasons[1:]))


def capped(verdict: Verdict, reason: Message) -> Verdict:
    """Lower a supported verdict to partly supported, with the reason first.

    Parameters
    ----------
    verdict : Verdict
        The verdict.
    reason : Message
        Why.

    Returns
    -------
    Verdict
        Unchanged when it was not supported.
    """
    if verdict.status != "supported":
        return verdict
    return replace(verdict, status="partly_supported", reasons=(reason, *verdict.reasons))


def _gates(case: Case, effect: SignedEffect) -> tuple[Status | None, tuple[Message, ...]]:
    if case.grade.ceiling < GRADE_NEEDED:
        values = {"ceiling": case.grade.ceiling, "needed": GRADE_NEEDED}
        return "not_assessable", (Message("verdict.reason.design_cannot_tell", values),)
    if not case.has_baseline and needs_baseline(case.estimate):
        return "not_assessable", (Message("verdict.reason.no_baseline"),)
    if not effect.is_known:
        why = case.estimate.interval.reason or Message("estimate.no_standard_error")
        return "inconclusive", (Message("verdict.reason.unknown_uncertainty"), why)
    return None, ()


def _told(case: Case, effect: SignedEffect, bars: tuple[Bar, ...], *, told: Told) -> Verdict:
    claim, (status, reasons) = case.claim, told
    low, high = (
        sorted((claim.direction * effect.low, claim.direction * effect.high))
        if effect.is_known
        else (math.nan, math.nan)
    )
    tests = [bar.permutation_p for bar in bars]
    return Verdict(
        claim=claim.id,
        status=status,
        reasons=(*reasons, *_beside(case, status), *_open(case, status)),
        point=case.estimate.interval.point,
        low=low,
        high=high,
        level=effect.level,
        threshold=case.threshold,
        permutation_p=math.nan if any(p != p for p in tests) else max(tests),
        harm=effect.is_known
        and claim.change != "no_effect"
        and effect.lies_below(0.0)
        and status != "not_assessable",
        relative_point=case.relative_point,
        reached=case.reached,
        interaction=case.interaction,
        minimum_detectable=_detectable(case, effect) if status == "inconclusive" else math.nan,
    )


def _detectable(case: Case, effect: SignedEffect) -> float:
    """Return the smallest effect that would have been told from none; inf where none would."""
    return minimum_detectable_effect(case.estimate, level=effect.level).size


def _open(case: Case, status: Status) -> tuple[Message, ...]:
    """Return what a favourable verdict hangs on and nobody could answer."""
    return case.grade.open_questions if status in ("supported", "partly_supported") else ()


def _beside(case: Case, status: Status) -> tuple[Message, ...]:
    """Return what is told beside the verdict: the level that was promised, and how groups differ."""
    told: list[Message] = []
    if case.reached is not None:
        shown = status in ("supported", "partly_supported")
        words = "reached" if case.reached.is_reached else "not_reached"
        values: dict[str, str | int | float | Message] = {
            "level": case.reached.level,
            "target": case.reached.target,
        }
        told.append(Message(f"verdict.reason.{words}{'' if shown else '_not_attributed'}", values))
    if case.interaction is not None:
        told.append(case.interaction.sentence)
    return tuple(told)
