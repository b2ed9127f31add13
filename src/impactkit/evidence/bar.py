"""What an estimate must exceed for a claim to hold: one bar, or two for a claim that nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from impactkit.effects.estimate import Estimate
from impactkit.errors import EstimationError
from impactkit.evidence.claim import Claim
from impactkit.evidence.signed import SignedEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An effect that the estimate is held against, from one side.

    Parameters
    ----------
    effect : SignedEffect
        The estimate, signed so that what must be exceeded lies below.
    at : float
        The signed effect to exceed.
    """

    effect: SignedEffect
    at: float

    @property
    def is_cleared(self) -> bool:
        """Whether the whole interval lies above, and the permutation test excludes all at or below."""
        return self.lies_above and self.permutation_rejects

    @property
    def lies_above(self) -> bool:
        """Whether the whole interval lies clearly above."""
        return self.effect.lies_above(self.at)

    @property
    def lies_below(self) -> bool:
        """Whether the whole interval lies below, or touches."""
        return self.effect.lies_below(self.at)

    @property
    def permutation_rejects(self) -> bool:
        """Whether the permutation test rejects "at most this"."""
        return self.effect.permutation_rejects(self.at)

    @property
    def permutation_p(self) -> float:
        """The permutation test's p-value of "at most this"; nan without a test."""
        return self.effect.permutation_p(self.at)

    @property
    def p_value(self) -> float:
        """The larger of the interval's and the permutation test's p-value of "at most this"."""
        return self.effect.p_value(self.at)


def threshold(claim: Claim) -> float:
    """Return the signed effect that the limits must exceed.

    Parameters
    ----------
    claim : Claim
        The claim.

    Returns
    -------
    float
        The claimed effect, or minus the margin; in per cent where the claim is relative.

    Examples
    --------
    >>> claim = Claim(id="C1", indicator="a/b", role="primary", change="no_effect", minimum_effect=2, by=2026)
    >>> threshold(claim)
    -2.0
    """
    size = float(claim.minimum_effect)
    return -size if claim.is_of_margin else size


def directions(claim: Claim) -> tuple[int, ...]:
    """Return the directions in which a claim must clear its threshold.

    Parameters
    ----------
    claim : Claim
        The claim.

    Returns
    -------
    tuple of int
        +1 or -1; both, where nothing may change.
    """
    return (1, -1) if claim.change == "no_effect" else (claim.direction,)


def bars(claim: Claim, estimate: Estimate, at_claim: Sequence[Estimate], *, level: float) -> tuple[Bar, ...]:
    """Return what a claim's estimate must exceed; all must be cleared.

    Parameters
    ----------
    claim : Claim
        The claim.
    estimate : Estimate
        What was found, in the outcome's unit.
    at_claim : sequence of Estimate
        For a relative claim: what is left of the effect when the claimed share of it is taken from the
        outcomes, one a direction; empty else.
    level : float
        Two-sided confidence level of the limits.

    Returns
    -------
    tuple of Bar
        One, or two for a claim of no effect.

    Raises
    ------
    EstimationError
        If the claim is relative and its estimates are missing.
    """
    toward = directions(claim)
    if claim.relative and len(at_claim) != len(toward):
        raise EstimationError(
            'Claim "{claim}" is in per cent: it takes the study to judge it, not the estimate alone.',
            where="claim",
            mend="Judge it by a plan (ik.evaluate), or give a Case with at_claim=relative.at_claim(...).",
            values={"claim": claim.id},
        )
    if claim.relative:
        pairs = zip(toward, at_claim, strict=True)
        return tuple(Bar(effect=SignedEffect.towards(way, left, level), at=0.0) for way, left in pairs)
    at = threshold(claim)
    return tuple(Bar(effect=SignedEffect.towards(way, estimate, level), at=at) for way in toward)
