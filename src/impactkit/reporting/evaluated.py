"""What a report is made from: the shape of an evaluation, seen from below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from impactkit.errors import Trouble
from impactkit.evidence.conclusion import Conclusion
from impactkit.evidence.verdict import Verdict
from impactkit.indicators import Indicator
from impactkit.plans import Lock, Plan
from impactkit.plans.amendment import Amendment
from impactkit.plans.lock import Priority
from impactkit.plans.payment import Payments
from impactkit.reporting.disclosure import Carried, Disclosure, ProtectedClaim
from impactkit.reporting.numbers import Measure, decimals_of
from impactkit.wording import Language, Message, MessageValue, format_number, say


class Earlier(Protocol):
    """A plan that an amendment replaced, carried out on the same data."""

    @property
    def name(self) -> Message:
        """Which plan it is, in words."""

    @property
    def verdicts(self) -> tuple[Verdict, ...] | None:
        """Its verdicts; None when it could not be carried out."""

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Why it could not."""


class Evaluated(Protocol):
    """A plan carried out."""

    @property
    def plan(self) -> Plan:
        """What was promised."""

    @property
    def lock(self) -> Lock | None:
        """The lock beside the plan."""

    @property
    def prior(self) -> Priority:
        """Whether the plan came first."""

    @property
    def results(self) -> tuple[Carried, ...]:
        """One a claim."""

    @property
    def conclusion(self) -> Conclusion:
        """What the primary claims say together."""

    @property
    def data_digests(self) -> dict[str, str]:
        """SHA-256 of each data file."""

    @property
    def made_with(self) -> dict[str, str]:
        """Versions."""

    @property
    def amendments(self) -> tuple[Amendment, ...]:
        """What has changed since the plan was locked."""

    @property
    def amendments_seen(self) -> tuple[bool, ...]:
        """Whether each counts as made after the follow-up was seen."""

    @property
    def earlier(self) -> Sequence[Earlier]:
        """The plans before, the locked one first."""

    def paid_for(self, results: Sequence[ProtectedClaim], /) -> Payments | None:
        """Return what the plan's outcome contract pays; None where it has none."""

    @property
    def exploratory(self) -> bool:
        """Whether everything was computed and nothing judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One claim about to be told: the result, its indicator, and how its numbers are written.

    Parameters
    ----------
    result : ProtectedClaim
        The result, of which everything may be shown.
    plan : Plan
        The plan it belongs to.
    indicator : Indicator
        What is measured.
    measure : Measure
        How its numbers are written.
    disclosure : Disclosure
        What may be shown of small groups.
    """

    result: ProtectedClaim
    plan: Plan
    indicator: Indicator
    measure: Measure
    disclosure: Disclosure

    @classmethod
    def of(cls, result: ProtectedClaim, plan: Plan, *, language: Language) -> Telling:
        """Return what is needed to tell a result in a language."""
        indicator = plan.catalogue[result.claim.indicator]
        return cls(
            result=result,
            plan=plan,
            indicator=indicator,
            measure=Measure.of(indicator, result.claim, language),
            disclosure=Disclosure.of(plan),
        )

    @property
    def language(self) -> Language:
        """The language."""
        return self.measure.language

    @property
    def name(self) -> str:
        """The indicator's name."""
        return self.indicator.name.text(self.language)

    @property
    def title(self) -> str:
        """The indicator's name, with the group that the claim is about, if it is about one."""
        group = self.result.claim.subgroup
        return self.name if group is None else f"{self.name} ({group.value})"

    @property
    def minimum(self) -> str:
        """What was promised, as it was written in the plan, with its unit."""
        claim = self.result.claim
        if not claim.relative:
            return self.measure.exact(claim.minimum_effect)
        number = format_number(
            float(claim.minimum_effect), self.language, decimals=decimals_of(claim.minimum_effect)
        )
        return self.say("claim.of_what_would_have_been", number=number)

    def say(self, code: str, /, **values: MessageValue) -> str:
        """Return a sentence of the report."""
        return say(f"report.{code}", self.language, **values)
