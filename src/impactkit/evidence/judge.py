"""The verdict rule: what an interval, a permutation test and a grade allow to be said of a claim.

The effect is signed so that plus is good; L and U are its limits, m the claimed minimum effect. A failed
gate gives ``not_assessable``; L >= m, with the permutation test agreeing, ``supported``; 0 < L
``partly_supported``; L <= 0 and U < m ``contradicted`` (harm if U < 0); all else ``inconclusive``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.multiplier_bootstrap import joint_alpha
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade, needs_baseline
from impactkit.evidence.multiplicity import Effect, joint_correlation
from impactkit.evidence.signed import SignedEffect
from impactkit.evidence.verdict import Status, Verdict
from impactkit.wording import Message

Prior = Literal["proved_prior", "claimed_prior", "not_prior"]
_GRADE_NEEDED = 3
_DRAWS = 19_999  # behind Romano and Wolf's shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One claim with the evidence on it.

    Parameters
    ----------
    claim : Claim
        What was promised.
    estimate : Estimate
        What was found.
    grade : EvidenceGrade
        How far to trust it.
    has_baseline : bool
        False when nothing was recorded before the start, so that the first measurement came after it.
    """

    claim: Claim
    estimate: Estimate
    grade: EvidenceGrade
    has_baseline: bool = True


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
        What was promised.
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

    See Also
    --------
    judge_together : several claims of one plan, with Holm's correction over the primary ones.
    """
    return _verdict(Case(claim=claim, estimate=estimate, grade=grade), level=1 - alpha, prior=prior)


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplicity:
    """How claims share the risk of a false finding.

    Parameters
    ----------
    method : {"holm", "romano_wolf"}
        Holm's shares, or those that Romano and Wolf's step-down needs for effects that move together.
    family : {"primary", "all"}
        The claims that share alpha.
    seed : int
        Where Romano and Wolf's draws start.
    """

    method: Literal["holm", "romano_wolf"] = "holm"
    family: Literal["primary", "all"] = "primary"
    seed: int = 1


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
    family = [case for case in cases if how.family == "all" or case.claim.role == "primary"]
    levels = _stepped_levels(family, alpha, how)
    verdicts = [_verdict(case, level=levels.get(case.claim.id, 1 - alpha), prior=prior) for case in cases]
    harmed = [
        v.claim for v, case in zip(verdicts, cases, strict=True) if case.claim.role == "guardrail" and v.harm
    ]
    if not harmed:
        return tuple(verdicts)
    return tuple(
        _capped(verdict, Message("verdict.reason.guardrail", {"claims": ", ".join(harmed)}))
        if case.claim.role == "primary"
        else verdict
        for verdict, case in zip(verdicts, cases, strict=True)
    )


def _stepped_levels(family: Sequence[Case], alpha: float, how: Multiplicity) -> dict[str, float]:
    """Return the confidence level of the limits of each claim of the family."""
    p_values = {
        case.claim.id: SignedEffect.of(case.claim, case.estimate, 1 - alpha).p_value(_threshold(case.claim))
        for case in family
    }
    ordered = sorted(family, key=lambda case: p_values[case.claim.id])
    levels: dict[str, float] = {}
    share, stopped = alpha, False
    for step, case in enumerate(ordered):
        if not stopped:
            left = ordered[step:]
            share = alpha / len(left) if how.method == "holm" else _joint_share(left, alpha, how.seed)
            stopped = p_values[case.claim.id] > share / 2
        levels[case.claim.id] = 1 - share
    return levels


def _joint_share(left: Sequence[Case], alpha: float, seed: int) -> float:
    """Return the share of each claim at which the smallest p-value of all that are left rejects at alpha."""
    correlation = joint_correlation([Effect(case.claim.id, case.estimate, 0) for case in left])
    if correlation is None:
        return alpha / len(left)
    signs = np.array([case.claim.direction for case in left])
    signed = correlation * signs * signs[:, None]
    return 2 * joint_alpha(signed, alpha / 2, draws=_DRAWS, seed=seed, alternative="one-sided")


def _threshold(claim: Claim) -> float:
    """Return the signed effect that the limits must exceed: the claimed one, or minus the margin of harm."""
    size = float(claim.minimum_effect)
    return -size if claim.change == "no_harm" else size


def _verdict(case: Case, *, level: float, prior: Prior) -> Verdict:
    effect = SignedEffect.of(case.claim, case.estimate, level)
    m = _threshold(case.claim)
    status, reasons = _gates(case, effect)
    if status is None:
        status, reasons = _no_harm(effect, m) if case.claim.change == "no_harm" else _improvement(effect, m)
    verdict = _told(case, effect, status, reasons)
    if verdict.status != "supported":
        return verdict
    if case.grade.value < _GRADE_NEEDED:
        values = {"grade": case.grade.value, "needed": _GRADE_NEEDED}
        verdict = _capped(verdict, Message("verdict.reason.grade_too_low", values))
    if prior == "not_prior":
        verdict = _capped(verdict, Message("verdict.reason.not_prior"))
    return verdict


def _gates(case: Case, effect: SignedEffect) -> tuple[Status | None, tuple[Message, ...]]:
    if case.grade.ceiling < _GRADE_NEEDED:
        values = {"ceiling": case.grade.ceiling, "needed": _GRADE_NEEDED}
        return "not_assessable", (Message("verdict.reason.design_cannot_tell", values),)
    if not case.has_baseline and needs_baseline(case.estimate):
        return "not_assessable", (Message("verdict.reason.no_baseline"),)
    if not effect.is_known:
        why = case.estimate.interval.reason or Message("estimate.no_standard_error")
        return "inconclusive", (Message("verdict.reason.unknown_uncertainty"), why)
    return None, ()


def _improvement(effect: SignedEffect, m: float) -> tuple[Status, tuple[Message, ...]]:
    if effect.lies_above(m) and effect.permutation_rejects(m):
        return "supported", (Message("verdict.reason.reaches_claim"), _agrees(effect, m))
    if effect.lies_above(0.0):
        if not effect.permutation_rejects(0.0):
            return "inconclusive", (_chance(effect),)
        if effect.lies_above(m):
            return "partly_supported", (Message("verdict.reason.permutation_disagrees", _p(effect, m)),)
        below = "below_claim" if effect.lies_below(m) else "may_be_below_claim"
        return "partly_supported", (Message(f"verdict.reason.{below}"), _agrees(effect, 0.0))
    if effect.lies_below(m):
        return "contradicted", (
            Message(f"verdict.reason.{'harm' if effect.lies_below(0.0) else 'too_small'}"),
        )
    return "inconclusive", (Message("verdict.reason.wide"), *_few(effect))


def _no_harm(effect: SignedEffect, m: float) -> tuple[Status, tuple[Message, ...]]:
    """Judge a claim of no harm: the signed effect is not below minus the margin ``m`` (negative here)."""
    if effect.lies_below(m):
        return "contradicted", (Message("verdict.reason.harm_beyond_margin"),)
    if effect.lies_above(m) and effect.permutation_rejects(m):
        if effect.lies_below(0.0):
            return "partly_supported", (Message("verdict.reason.harm_within_margin"),)
        return "supported", (Message("verdict.reason.no_harm"), _agrees(effect, m))
    if effect.lies_below(0.0):
        return "contradicted", (Message("verdict.reason.harm_perhaps_beyond_margin"),)
    return "inconclusive", (Message("verdict.reason.harm_cannot_be_excluded"), *_few(effect))


def _told(case: Case, effect: SignedEffect, status: Status, reasons: tuple[Message, ...]) -> Verdict:
    sign, m = case.claim.direction, _threshold(case.claim)
    low, high = sorted((sign * effect.low, sign * effect.high)) if effect.is_known else (math.nan, math.nan)
    return Verdict(
        claim=case.claim.id,
        status=status,
        reasons=reasons,
        point=case.estimate.interval.point,
        low=low,
        high=high,
        level=effect.level,
        threshold=sign * m,
        permutation_p=effect.permutation_p(m),
        harm=effect.is_known and effect.lies_below(0.0) and status != "not_assessable",
    )


def _capped(verdict: Verdict, reason: Message) -> Verdict:
    """Lower a supported verdict to partly supported, with the reason first."""
    if verdict.status != "supported":
        return verdict
    return replace(verdict, status="partly_supported", reasons=(reason, *verdict.reasons))


def _agrees(effect: SignedEffect, m: float) -> Message:
    return Message("verdict.reason.permutation_agrees", _p(effect, m))


def _p(effect: SignedEffect, m: float) -> dict[str, float]:
    return {"p": effect.permutation_p(m)}


def _chance(effect: SignedEffect) -> Message:
    """Say why chance cannot be excluded: no test, too few assignments, or a p-value too large."""
    few = _few(effect)
    if few:
        return few[0]
    if effect.estimate.permutation is None:
        return Message("verdict.reason.no_permutation")
    return Message("verdict.reason.permutation_sees_chance", _p(effect, 0.0))


def _few(effect: SignedEffect) -> tuple[Message, ...]:
    """Say it when so few assignments are possible that no data could have excluded chance."""
    test = effect.estimate.permutation
    needed = (1 - effect.level) / 2
    if test is None or test.smallest_p <= needed:
        return ()
    values = {"n": test.n_assignments, "smallest": test.smallest_p, "needed": needed}
    return (Message("verdict.reason.too_few_assignments", values),)
