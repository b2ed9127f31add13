"""Which evidence grade a plan can count on: checks may turn out otherwise with each follow-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from impactkit.evidence.case import Case
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.verdict import Status
from impactkit.plans.power_draws import HIGHEST, Chain, examined, verdict_shares
from impactkit.wording import Message

NEEDED = 3
_LOOKS, _GRADED = 5, 40
_DONOR_LOOKS, _DONOR_GRADED = 2, 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graded:
    """Whole chains carried out, from which the grade is seen.

    Parameters
    ----------
    cases : mapping of float to tuple of Case
        By multiple of the claim; one a draw.
    goal : float
        The multiple at which the claim is to be supported: 2, or 0 for a claim that nothing happens.
    """

    cases: Mapping[float, tuple[Case, ...]]
    goal: float

    @property
    def grade(self) -> EvidenceGrade:
        """The most common grade at the goal."""
        grades = [case.grade for case in self.cases[self.goal]]
        common = Counter((grade.value, grade.ceiling) for grade in grades).most_common(1)[0][0]
        return next(grade for grade in grades if (grade.value, grade.ceiling) == common)

    @property
    def is_settled(self) -> bool:
        """Whether every follow-up, whatever the effect, leaves the same verdicts possible."""
        seen = {(_is_high(case), _is_assessable(case)) for cases in self.cases.values() for case in cases}
        return len(seen) == 1

    @property
    def n(self) -> int:
        """Draws that were graded."""
        return len(self.cases[self.goal])

    def high_share(self, multiple: float, *, alpha: float) -> float:
        """Return how often the grade is high enough, among follow-ups whose numbers support the claim.

        Parameters
        ----------
        multiple : float
            The true effect, in claims.
        alpha : float
            The claim's share of the level.

        Returns
        -------
        float
            Among all of them, where no numbers do.
        """
        cases = self._at(multiple)
        bare = [replace(case, grade=HIGHEST) for case in cases]
        reached = [
            case
            for case, one in zip(cases, bare, strict=True)
            if verdict_shares([one], alpha=alpha).get("supported")
        ]
        among = reached or cases
        return sum(map(_is_high, among)) / len(among)

    def failed_checks(self, *, high: bool) -> tuple[Message, ...]:
        """Return which checks lower the grade at the goal.

        Parameters
        ----------
        high : bool
            Whether the grade is high enough in some follow-ups: only those in which it is not are told of.

        Returns
        -------
        tuple of Message
            What a check says where it says the same of all of them; its name and how often it fails where it
            depends on how the follow-up turns out.
        """
        cases = [case for case in self.cases[self.goal] if not high or not _is_high(case)]
        said: dict[str, list[Message]] = {}
        for case in cases:
            for reason in case.grade.reasons[1:]:
                said.setdefault(reason.code.split(".")[1], []).append(reason)
        found = []
        for name, sentences in said.items():
            if len(sentences) == len(cases) and all(one == sentences[0] for one in sentences):
                found.append(sentences[0])
                continue
            share = 100 * len(sentences) / len(cases)
            found.append(Message("power.check", {"check": Message(f"check.title.{name}"), "share": share}))
        return tuple(found)

    def lowered(
        self, shares: Mapping[Status, float], multiple: float, *, alpha: float
    ) -> dict[Status, float]:
        """Return chances of verdicts as the grade leaves them.

        Parameters
        ----------
        shares : mapping of str to float
            What limits and permutation test allow.
        multiple : float
            The true effect, in claims.
        alpha : float
            The claim's share of the level.

        Returns
        -------
        dict of str to float
            With sum 1.
        """
        cases = self._at(multiple)
        assessed = sum(map(_is_assessable, cases)) / len(cases)
        found: dict[Status, float] = {status: share * assessed for status, share in shares.items()}
        supported = found.get("supported", 0.0)
        high = self.high_share(multiple, alpha=alpha) if supported else 1.0
        found["supported"] = supported * high
        found["partly_supported"] = found.get("partly_supported", 0.0) + supported * (1 - high)
        found["not_assessable"] = 1 - assessed
        return found

    def _at(self, multiple: float) -> tuple[Case, ...]:
        """Return the cases of the nearest effect that was tried."""
        return self.cases[min(self.cases, key=lambda tried: (abs(tried - multiple), tried))]


def graded(chain: Chain, effects: Mapping[float, float], *, goal: float, every: bool = False) -> Graded:
    """See which grade follow-ups get: a few of them, and many where they differ.

    Parameters
    ----------
    chain : Chain
        What the claim goes through.
    effects : mapping of float to float
        By multiple of the claim: the true effect, signed as the outcome moves.
    goal : float
        The multiple at which the claim is to be supported.
    every : bool
        Whether the verdicts themselves rest on these follow-ups, so that many are needed at every effect.

    Returns
    -------
    Graded
        The cases.
    """
    donors = chain.estimator.method in DONOR_DESIGNS
    if not every:
        near = (goal,) if donors else (0.0, 0.5, 1.0) if goal == 0 else (1.0, 1.5, 2.0)
        effects = {multiple: effects[multiple] for multiple in near}
        looks = Graded(cases=examined(chain, effects, draws=_DONOR_LOOKS if donors else _LOOKS), goal=goal)
        if looks.is_settled:
            return looks
    return Graded(cases=examined(chain, effects, draws=_DONOR_GRADED if donors else _GRADED), goal=goal)


def _is_high(case: Case) -> bool:
    return case.grade.value >= NEEDED


def _is_assessable(case: Case) -> bool:
    return case.grade.ceiling >= NEEDED
