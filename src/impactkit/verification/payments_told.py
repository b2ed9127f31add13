"""Whether the payments in results follow from the numbers and verdicts beside them, without the rows."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from impactkit.effects.estimate import Estimate
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.verdict import Verdict
from impactkit.plans import Plan
from impactkit.plans.payment import payments_of
from impactkit.provenance import canonical_json, number_from, strict_json
from impactkit.verification.difference import compare
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedClaim:
    """A claim as results tell of it, as far as a payment rests on it.

    Parameters
    ----------
    claim : Claim
        What was promised.
    estimate : Estimate
        The effect.
    grade : EvidenceGrade
        How far to trust it.
    verdict : Verdict
        What may be said.
    """

    claim: Claim
    estimate: Estimate
    grade: EvidenceGrade
    verdict: Verdict

    @classmethod
    def of(cls, record: Mapping[str, Any], plan: Plan) -> RecordedClaim:
        """Return the claim that a record tells of."""
        told, graded = record["verdict"], record["grade"]
        return cls(
            claim=plan.claim(record["claim"]),
            estimate=Estimate.from_record(record["estimate"]),
            grade=EvidenceGrade(value=graded["value"], ceiling=graded["ceiling"], reasons=()),
            verdict=Verdict(
                claim=told["claim"],
                status=told["status"],
                reasons=tuple(Message.from_record(reason) for reason in told["reasons"]),
                harm=told["harm"],
                point=number_from(told["point"]),
                low=number_from(told["low"]),
                high=number_from(told["high"]),
                level=number_from(told["level"]),
                threshold=number_from(told["threshold"]),
                permutation_p=number_from(told["permutation_p"]),
            ),
        )


def odd_payments(results: Mapping[str, Any], plan: Plan) -> list[str]:
    """Return which payments do not follow from what stands beside them.

    Parameters
    ----------
    results : mapping
        What results.json says.
    plan : Plan
        The plan, with or without a contract.

    Returns
    -------
    list of str
        Where they differ; empty when all follow, or there are none and should be none.
    """
    if plan.outcome_contract is None:
        return ["payments"] if "payments" in results else []
    claims = [RecordedClaim.of(record, plan) for record in results["results"]]
    found = payments_of(plan, claims, prior=results["prior"])
    again = {} if found is None else {"payments": strict_json(canonical_json(found.to_record()))}
    told = {name: results[name] for name in ("payments",) if name in results}
    if any(earlier["counts"] for earlier in results.get("earlier", ())):
        told = _unbounded(told, again)
    return [difference.where for difference in compare(told, again).differences]


def _unbounded(told: dict[str, Any], again: Mapping[str, Any]) -> dict[str, Any]:
    """Return payments with every amount that an earlier plan may have lowered as it was before that."""
    if not told or not again or len(told["payments"]["payments"]) != len(again["payments"]["payments"]):
        return told
    made = deepcopy(told["payments"])
    for one, own in zip(made["payments"], again["payments"]["payments"], strict=True):
        lower = [one["paid"] <= own["paid"]]
        lower += [amount <= own["by_rule"].get(basis, 0.0) for basis, amount in one["by_rule"].items()]
        if all(lower):
            one |= {name: own[name] for name in ("paid", "by_rule", "reasons")}
    if made["paid"] <= again["payments"]["paid"]:
        made["paid"] = again["payments"]["paid"]
    return {"payments": made}
