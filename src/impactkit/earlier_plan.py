"""The plans before the amended one, on the same data: what they say, and what they let be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from impactkit.carried_out import CarriedOut, carry_out
from impactkit.errors import ImpactkitError, PlanError, Trouble
from impactkit.evidence.conclusion import Conclusion
from impactkit.evidence.lowered import Bound, lowered_conclusion
from impactkit.evidence.verdict import Verdict
from impactkit.plans import Lock, Plan, prior
from impactkit.plans.amendment import Amendment, is_seen, plan_of
from impactkit.plans.claim_rows import ClaimRows
from impactkit.provenance import json_ready
from impactkit.wording import Message

Rows = Sequence[ClaimRows]


class RowSource(Protocol):
    """Gives the rows of a plan's claims, by the number of an earlier plan, or None for the last."""

    def __call__(self, plan: Plan, /, *, number: int | None) -> Rows:
        """Return what every claim of the plan is estimated on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPlan:
    """A plan that an amendment replaced, carried out on the same data.

    Parameters
    ----------
    number : int
        0 for the locked plan, else the number of the amendment that made it.
    digest : str
        SHA-256 of its content.
    counts : bool
        Whether no verdict told may be more favourable than its own: true of the plan that stood when the
        follow-up was seen, and of every one that replaced it, but the last.
    carried : CarriedOut, optional
        What came of it, with no verdict more favourable than those before it that count; None when the data
        no longer fit it.
    conclusion : Conclusion, optional
        What its primary claims say together, held to those before it in the same way.
    troubles : tuple of Trouble
        Why it could not be carried out.
    """

    number: int
    digest: str
    counts: bool
    carried: CarriedOut | None
    conclusion: Conclusion | None
    troubles: tuple[Trouble, ...] = ()

    @property
    def name(self) -> Message:
        """Which plan it is, in words."""
        if self.number == 0:
            return Message("amendment.plan.locked")
        return Message("amendment.plan.amended", {"n": self.number})

    @property
    def verdicts(self) -> tuple[Verdict, ...] | None:
        """Its verdicts; None when it could not be carried out."""
        return None if self.carried is None else self.carried.verdicts

    def bound(self, claim: str) -> Bound:
        """Return what it lets be said of a claim."""
        values: dict[str, str | int | float | Message] = {"plan": self.name}
        if self.carried is None:
            reason = Message("verdict.reason.amended.cannot", values)
            return Bound(status="not_assessable", reason=reason)
        for verdict in self.carried.verdicts:
            if verdict.claim == claim:
                reason = Message("verdict.reason.amended.lower", {**values, "verdict": verdict.name})
                return Bound(status=verdict.status, reason=reason, harm=verdict.harm)
        return Bound(status="not_assessable", reason=Message("verdict.reason.amended.not_there", values))

    @property
    def bound_together(self) -> Bound:
        """What it lets be said of the primary claims together."""
        values: dict[str, str | int | float | Message] = {"plan": self.name}
        if self.conclusion is None:
            reason = Message("verdict.reason.amended.cannot", values)
            return Bound(status="not_assessable", reason=reason)
        reason = Message("verdict.reason.amended.lower", {**values, "verdict": self.conclusion.name})
        return Bound(status=self.conclusion.status, reason=reason)

    def to_record(self) -> dict[str, Any]:
        """Return its verdicts, ready for JSON: nothing of single rows."""
        told = self.carried.results if self.carried else ()
        return {
            "number": self.number,
            "plan_digest": self.digest,
            "counts": self.counts,
            "verdicts": [
                {
                    "claim": result.claim.id,
                    "grade": result.grade.value,
                    "verdict": json_ready(result.verdict),
                }
                for result in told
            ],
            "conclusion": json_ready(self.conclusion),
            "troubles": [trouble.what for trouble in self.troubles],
        }


def earlier_plans(
    plan: Plan, lock: Lock, amendments: Sequence[Amendment], *, source: RowSource
) -> tuple[EarlierPlan, ...]:
    """Carry out the plans before the amended one that are told or that count.

    Parameters
    ----------
    plan : Plan
        The amended plan, with its data.
    lock : Lock
        What was locked.
    amendments : sequence of Amendment
        In order.
    source : callable
        Gives what the claims of a plan are estimated on.

    Returns
    -------
    tuple of EarlierPlan
        The locked plan first; then the plan that stood when the follow-up was seen, and each amended after
        that but the last. Empty without amendments.
    """
    if not amendments:
        return ()
    seen = is_seen(amendments, locked=lock.plan)
    contents = [(lock.plan, lock.plan_digest), *((one.plan, one.plan_digest) for one in amendments)]
    stood = seen.count(False)
    found: list[EarlierPlan] = []
    for number, (content, digest) in enumerate(contents[:-1]):
        if number == 0 or number >= stood:
            late = max(0, number - stood)
            carried, troubles = _carried_out(content, number, by=plan, lock=lock, n_late=late, source=source)
            told, conclusion = (None, None) if carried is None else held_to(found, carried)
            found.append(
                EarlierPlan(
                    number=number,
                    digest=digest,
                    counts=number >= stood,
                    carried=told,
                    conclusion=conclusion,
                    troubles=troubles,
                )
            )
    return tuple(found)


def held_to(earlier: Sequence[EarlierPlan], carried: CarriedOut) -> tuple[CarriedOut, Conclusion]:
    """Return what came of a plan with nothing more favourable than the earlier plans that count.

    Parameters
    ----------
    earlier : sequence of EarlierPlan
        Those before it.
    carried : CarriedOut
        What came of it by itself.

    Returns
    -------
    tuple of CarriedOut and Conclusion
        Verdicts and conclusion as they are told.
    """
    counting = [one for one in earlier if one.counts]
    told = carried.bounded({v.claim: [one.bound(v.claim) for one in counting] for v in carried.verdicts})
    return told, lowered_conclusion(told.conclusion, [one.bound_together for one in counting])


def n_late(lock: Lock, amendments: Sequence[Amendment]) -> int:
    """Return how many of the amendments count as made after the follow-up was seen.

    Parameters
    ----------
    lock : Lock
        What was locked.
    amendments : sequence of Amendment
        In order.

    Returns
    -------
    int
        None, or all from one on.
    """
    return sum(is_seen(amendments, locked=lock.plan))


def _carried_out(
    content: Mapping[str, Any], number: int, *, by: Plan, lock: Lock, n_late: int, source: RowSource
) -> tuple[CarriedOut | None, tuple[Trouble, ...]]:
    try:
        plan = plan_of(content, folder=by.folder)
        gone = sorted(set(plan.data.files) - set(by.data.files))
        if gone:
            # Only the amended plan's files are evaluated, and only they go into a bundle.
            raise PlanError(
                "The plan names data files that the amended plan does not: {names}.",
                where="[data]",
                mend="Nothing can mend it; the report says so.",
                values={"names": ", ".join(gone)},
            )
        when = prior(plan, lock)
        return carry_out(plan, rows=source(plan, number=number), prior=when, shown_by=by, n_late=n_late), ()
    except ImpactkitError as error:
        return None, error.troubles
