"""One claim with the evidence on it, before it is judged."""

from __future__ import annotations

import math
from dataclasses import dataclass

from impactkit.effects.estimate import Estimate
from impactkit.evidence.bar import Bar, bars, threshold
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.interaction import Interaction
from impactkit.evidence.reached import Reached
from impactkit.evidence.signed import SignedEffect


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
    at_claim : tuple of Estimate
        For a relative claim: what is left of the effect when the claimed share is taken from the outcomes,
        as :func:`impactkit.evidence.relative.at_claim` gives it, one a direction.
    relative_point : float
        The effect as a share of what the treated outcomes would have been; nan where nobody asked.
    reached : Reached, optional
        The level that was found, for a claim with a target.
    interaction : Interaction, optional
        How the effect differs from that of the others, for a claim about a subgroup.
    """

    claim: Claim
    estimate: Estimate
    grade: EvidenceGrade
    has_baseline: bool = True
    at_claim: tuple[Estimate, ...] = ()
    relative_point: float = math.nan
    reached: Reached | None = None
    interaction: Interaction | None = None

    def effect(self, level: float) -> SignedEffect:
        """Return the effect, plus is good, with limits at a level."""
        return SignedEffect.of(self.claim, self.estimate, level)

    def bars(self, level: float) -> tuple[Bar, ...]:
        """Return what must be exceeded, with limits at a level."""
        return bars(self.claim, self.estimate, self.at_claim, level=level)

    @property
    def threshold(self) -> float:
        """What was promised, signed as the indicator moves, in the outcome's unit; a margin on the harm side.

        For a claim of no effect the upper margin; for one in per cent the effect that is that share of what
        would have been, given the outcomes that were measured.
        """
        claim = self.claim
        at = -threshold(claim) if claim.change == "no_effect" else claim.direction * threshold(claim)
        if not claim.relative:
            return at
        point, share = self.estimate.interval.point, self.relative_point
        if not share:
            return math.nan
        measured = point / share + point
        return measured * (at / 100) / (1 + at / 100)

    def p_value(self) -> float:
        """Return the p-value of "the claim does not hold": the largest of its bars'."""
        return max(bar.p_value for bar in self.bars(self.estimate.interval.level))
