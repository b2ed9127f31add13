"""What an outcome contract pays, from the verdicts: what is due, and what other rules would have paid."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.payment_curve import (
    PaymentCurve,
    expected_payment,
    paid,
    rate_curve,
    step_curve,
)
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.judge import GRADE_NEEDED
from impactkit.evidence.lowered import is_lowered, is_unjudged
from impactkit.evidence.signed import EDGE
from impactkit.evidence.verdict import Verdict
from impactkit.plans.counted import multiplier
from impactkit.plans.lock import Priority
from impactkit.plans.outcome_contract import Basis, ContractPayment
from impactkit.provenance import json_ready
from impactkit.wording import Message, MessageValue, card, current_language
from impactkit.wording.money import kronor

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.plans.plan import Plan

BASES: tuple[Basis, ...] = ("verdict", "lower_limit", "point")
"""The strictest rule first."""
_SHOWN = ("supported", "partly_supported")


class Judged(Protocol):
    """One claim with its verdict."""

    @property
    def claim(self) -> Claim:
        """What was promised."""

    @property
    def estimate(self) -> Estimate:
        """The effect."""

    @property
    def grade(self) -> EvidenceGrade:
        """How far to trust it."""

    @property
    def verdict(self) -> Verdict:
        """What may be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What is paid for one claim.

    Parameters
    ----------
    claim : str
        Its id.
    basis : {"verdict", "lower_limit", "point"}
        What the payment follows.
    paid : float
        What is due, in SEK; 0 where a gate is shut, and ``reasons`` say which.
    by_rule : dict of str to float
        What each basis would give, the same gates counted in.
    at_point, at_low, at_high : float
        What the card says of the estimate and of its less and its more favourable limit, gates or not; nan
        where a limit is unknown, or the claim is in per cent.
    expected : float
        What the card gives on average over the estimate's uncertainty, by t with the interval's degrees of
        freedom; nan where there is no standard error.
    at_goal, at_break_even : float
        What the card says of the promised effect, and of the one at which the payer's savings cover the
        payment; nan where the contract names none.
    cap_sek : int
        The most that is paid for it.
    reasons : tuple of Message
        Why so much, the deciding reason first.
    """

    claim: str
    basis: Basis
    paid: float
    by_rule: Mapping[Basis, float]
    at_point: float
    at_low: float
    at_high: float
    expected: float
    at_goal: float
    at_break_even: float
    cap_sek: int
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """What an outcome contract pays.

    Parameters
    ----------
    payments : tuple of Payment
        One a claim that is paid for.
    paid : float
        In all, in SEK, with the contract's own cap.
    most_sek : int
        The most that can be paid in all.
    """

    payments: tuple[Payment, ...]
    paid: float
    most_sek: int

    def at_most(self, bound: Payments | None, *, by: Message) -> Payments:
        """Return payments no larger than those of an earlier plan that counts.

        Parameters
        ----------
        bound : Payments or None
            What the earlier plan pays; None where it pays nothing.
        by : Message
            Which plan it is.

        Returns
        -------
        Payments
            Each rule of each claim at most as before, with the reason first where that lowers what is due.
        """
        earlier = {each.claim: each for each in bound.payments} if bound else {}
        found = tuple(_at_most(each, earlier.get(each.claim), by) for each in self.payments)
        most = min(self.paid, bound.paid if bound else 0.0, sum(each.paid for each in found))
        return replace(self, payments=found, paid=most)

    def tidy(self) -> pd.DataFrame:
        """Return one row a claim.

        Returns
        -------
        DataFrame
            Columns claim, basis, paid, by_verdict, by_lower_limit, by_point (SEK; nan where a rule cannot be
            read), at_low, at_point, at_high, expected, at_goal, at_break_even, cap_sek.
        """
        import pandas as pd

        columns = ("at_low", "at_point", "at_high", "expected", "at_goal", "at_break_even", "cap_sek")
        rows = [
            {
                "claim": each.claim,
                "basis": each.basis,
                "paid": each.paid,
                **{f"by_{basis}": each.by_rule.get(basis, math.nan) for basis in BASES},
                **{name: getattr(each, name) for name in columns},
            }
            for each in self.payments
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        language = current_language()
        rows: list[tuple[Message | str, Message | str]] = []
        for each in self.payments:
            rows.append((each.claim, kronor(round(each.paid), language)))
            rows += [("", reason) for reason in each.reasons]
        return card(Message("money.report.contract"), rows)

    def to_record(self) -> dict[str, Any]:
        """Return every amount and reason, ready for JSON."""
        told = {"payments": self.payments, "paid": self.paid, "most_sek": self.most_sek}
        return dict(json_ready(told))


def card_of(plan: Plan, payment: ContractPayment) -> PaymentCurve:
    """Return a rate card by the average effect, plus is good.

    Parameters
    ----------
    plan : Plan
        The plan.
    payment : ContractPayment
        One of its contract's.

    Returns
    -------
    PaymentCurve
        SEK by effect in the claim's unit.
    """
    cap = float(payment.cap_sek)
    if payment.steps is not None:
        at_least = np.array([float(step.at_least) for step in payment.steps])
        return step_curve(at_least, np.array([float(step.sek) for step in payment.steps]), cap=cap)
    assert payment.sek_per_unit is not None
    rate = float(payment.sek_per_unit) * multiplier(plan, plan.claim(payment.claim), payment.units)
    return rate_curve(rate, threshold=float(payment.threshold or 0), cap=cap)


def payments_of(plan: Plan, results: Sequence[Judged], *, prior: Priority) -> Payments | None:
    """Return what a plan's outcome contract pays for results.

    Parameters
    ----------
    plan : Plan
        The plan.
    results : sequence of Judged
        Every claim of it with its verdict, such as ``Evaluation.results``.
    prior : {"proved_prior", "claimed_prior", "not_prior"}
        Whether the plan was made before the follow-up.

    Returns
    -------
    Payments or None
        None where the plan has no contract.

    Notes
    -----
    Nothing is paid on any basis for a run that was not to be judged, a claim that cannot be assessed, an
    effect of unknown uncertainty, a grade below 3, a plan that was not made before the follow-up, a verdict
    that an earlier plan lowers, or where a guardrail shows harm. An estimate or limit within 1e-6 standard
    errors of a threshold has not reached it.
    """
    contract = plan.outcome_contract
    if contract is None:
        return None
    by_claim = {result.claim.id: result for result in results}
    harmed = [one.claim.id for one in results if one.claim.role == "guardrail" and one.verdict.harm]
    found = tuple(
        _payment(
            card_of(plan, each), each, by_claim[each.claim], shut=_gate(by_claim[each.claim], prior, harmed)
        )
        for each in contract.payments
    )
    total = min(float(contract.most_sek), sum(each.paid for each in found))
    return Payments(payments=found, paid=total, most_sek=contract.most_sek)


def paid_by_rule(
    card: PaymentCurve, claim: Claim, verdict: Verdict, *, edge: float = 0.0
) -> dict[Basis, float]:
    """Return what each basis gives for a verdict when no gate is shut.

    Parameters
    ----------
    card : PaymentCurve
        What is paid by effect.
    claim : Claim
        What was promised.
    verdict : Verdict
        What may be said of it.
    edge : float
        An effect no further than this beyond a threshold has not reached it.

    Returns
    -------
    dict of str to float
        SEK by basis; of a claim in per cent nothing but by verdict.
    """
    point, low, _ = _signed(claim, verdict)
    supported, shown = verdict.status == "supported", verdict.status in _SHOWN
    found: dict[Basis, float] = {"verdict": _at(card, float(claim.minimum_effect)) if supported else 0.0}
    if not claim.relative:
        found["lower_limit"] = _at(card, low, edge) if shown else 0.0
        found["point"] = _at(card, point, edge)
    return found


def _gate(result: Judged, prior: Priority, harmed: Sequence[str]) -> Message | None:
    """Return the gate that is shut, the first of them; None when all stand open."""
    verdict, grade = result.verdict, result.grade.value
    if is_unjudged(verdict):
        return Message("money.gate.exploratory")
    if is_lowered(verdict):
        return Message("money.gate.lowered", {"reason": verdict.reasons[0]})
    if verdict.status == "not_assessable":
        return Message("money.gate.not_assessable", _why(verdict))
    if math.isnan(verdict.low) or math.isnan(verdict.high):
        return Message("money.gate.unknown")
    if grade < GRADE_NEEDED:
        return Message("money.gate.grade", {"grade": grade, "needed": GRADE_NEEDED})
    if prior == "not_prior":
        return Message("money.gate.not_prior")
    return Message("money.gate.guardrail", {"claims": ", ".join(harmed)}) if harmed else None


def _why(verdict: Verdict) -> dict[str, MessageValue]:
    return {"reason": verdict.reasons[0] if verdict.reasons else verdict.name}


def _payment(card: PaymentCurve, terms: ContractPayment, result: Judged, *, shut: Message | None) -> Payment:
    claim, edge = result.claim, _edge(result)
    rules = paid_by_rule(card, claim, result.verdict, edge=edge)
    if shut is not None:
        rules = dict.fromkeys(rules, 0.0)
    point, low, high = (math.nan,) * 3 if claim.relative else _signed(claim, result.verdict)
    even = math.nan if terms.break_even is None else _at(card, float(terms.break_even))
    return Payment(
        claim=claim.id,
        basis=terms.basis,
        paid=rules[terms.basis],
        by_rule=rules,
        at_point=_shown_at(card, point, edge),
        at_low=_shown_at(card, low, edge),
        at_high=_shown_at(card, high, edge),
        expected=math.nan if claim.relative else _expected(card, result),
        at_goal=_at(card, float(claim.minimum_effect)),
        at_break_even=even,
        cap_sek=terms.cap_sek,
        reasons=(shut,) if shut is not None else _reasons(terms, result.verdict, rules[terms.basis]),
    )


def _at_most(payment: Payment, earlier: Payment | None, by: Message) -> Payment:
    bounds = earlier.by_rule if earlier else {}
    due = min(payment.paid, earlier.paid if earlier else 0.0)
    rules = {basis: min(amount, bounds.get(basis, 0.0)) for basis, amount in payment.by_rule.items()}
    if due >= payment.paid:
        return replace(payment, by_rule=rules)
    lower = Message("money.gate.earlier", {"plan": by, "paid": due})
    return replace(payment, by_rule=rules, paid=due, reasons=(lower, *payment.reasons))


def _reasons(terms: ContractPayment, verdict: Verdict, amount: float) -> tuple[Message, ...]:
    shown = verdict.status in _SHOWN if terms.basis == "lower_limit" else verdict.status == "supported"
    if terms.basis != "point" and not shown:
        return (Message(f"money.unpaid.{terms.basis}", {"verdict": verdict.name}),)
    if amount <= 0:
        return (Message("money.unpaid.below"),)
    told = [Message(f"money.paid.{terms.basis}")]
    if terms.basis == "point" and verdict.status not in _SHOWN:
        told.append(Message("money.paid.unshown", {"verdict": verdict.name}))
    if amount >= terms.cap_sek:
        told.append(Message("money.paid.cap", {"cap": terms.cap_sek}))
    return tuple(told)


def _signed(claim: Claim, verdict: Verdict) -> tuple[float, float, float]:
    """Return the point and the limits of a verdict, plus is good, the less favourable first."""
    way = claim.direction
    ends = (way * verdict.low, way * verdict.high)
    return way * verdict.point, min(ends), max(ends)


def _edge(result: Judged) -> float:
    interval, verdict = result.estimate.interval, result.verdict
    spread = interval.std_error if interval.std_error > 0 else (verdict.high - verdict.low) / 4
    return EDGE * spread if math.isfinite(spread) else 0.0


def _at(card: PaymentCurve, effect: float, edge: float = 0.0) -> float:
    return float(paid(card, np.array([effect]), edge=edge)[0])


def _shown_at(card: PaymentCurve, effect: float, edge: float) -> float:
    return math.nan if math.isnan(effect) else _at(card, effect, edge)


def _expected(card: PaymentCurve, result: Judged) -> float:
    interval, way = result.estimate.interval, result.claim.direction
    if not (interval.std_error > 0 and interval.df > 0):
        return math.nan
    at = np.array([way * interval.point])
    return float(expected_payment(card, at, scale=interval.std_error, df=interval.df)[0])
