"""What no number in the data tells: how it was chosen who got it, and what a check must ask a person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictInt, StringConstraints, model_validator

from impactkit.errors import Trouble
from impactkit.schema import Period, Written, fault

Assignment = Literal["lot", "threshold", "need", "worst_value", "volunteers", "all", "other"]

_Reason = Annotated[str, StringConstraints(min_length=20, strip_whitespace=True)]
_Count = Annotated[StrictInt, Field(ge=0)]


class Assessed(Written):
    """A threat that somebody has looked at.

    Parameters
    ----------
    finding : {"unlikely", "examined", "likely"}
        Judged unlikely; examined and not found; or likely, or found.
    reason : str
        Why, in at least 20 characters: who looked at what.

    Examples
    --------
    >>> Assessed(finding="unlikely", reason="The nearest comparison area is 12 km away.").finding
    'unlikely'
    """

    finding: Literal["unlikely", "examined", "likely"]
    reason: _Reason


class Circumstances(Written):
    """What no number in the data tells; the plan's ``[circumstances]``.

    Parameters
    ----------
    assignment : {"lot", "threshold", "need", "worst_value", "volunteers", "all", "other"}, optional
        How it was decided who got it: by lot; by a score against a threshold; by need judged on the whole;
        for having the worst value of the outcome; they volunteered; all got it; or otherwise.
    selection_period : int, float or date, optional
        The period whose values the choice rested on.
    spillover : Assessed, optional
        Whether the comparison units were touched by the investment.
    displacement : Assessed, optional
        Whether a problem moved to another place, or was drawn from one, rather than going away.
    anticipation : Assessed, optional
        Whether anything changed before the start because it was known to come.
    looks : int, optional
        How many times the follow-up had been looked at with a view to a verdict, this one included.
    invited, answered : int, optional
        People asked at the follow-up, and those who answered.
    invited_before, answered_before : int, optional
        The same at the baseline.

    Raises
    ------
    pydantic.ValidationError
        If more answered than were invited. :meth:`Plan.read` tells it as a `PlanError`.

    Examples
    --------
    >>> Circumstances(assignment="lot").spillover is None
    True
    """

    assignment: Assignment | None = None
    selection_period: Period | None = None
    spillover: Assessed | None = None
    displacement: Assessed | None = None
    anticipation: Assessed | None = None
    looks: Annotated[StrictInt, Field(ge=1)] | None = None
    invited: _Count | None = None
    answered: _Count | None = None
    invited_before: _Count | None = None
    answered_before: _Count | None = None

    @model_validator(mode="after")
    def _no_more_answered_than_were_invited(self) -> Circumstances:
        pairs = (
            ("invited", self.invited, "answered", self.answered),
            ("invited_before", self.invited_before, "answered_before", self.answered_before),
        )
        found = [
            Trouble(
                "{answers} = {answered}, but only {invited} were invited ({invitations}).",
                "",
                "Correct one of the two numbers: people asked, and those of them who answered.",
                {"answers": answers, "answered": said, "invitations": invitations, "invited": asked},
            )
            for invitations, asked, answers, said in pairs
            if asked is not None and said is not None and said > asked
        ]
        if found:
            raise fault(*found)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that a check may know beside the study and the estimate: what a plan says of one claim.

    Parameters
    ----------
    circumstances : Circumstances
        What the plan says; what it leaves out was not assessed.
    direction : int
        The sign that makes good positive.
    minimum_effect : float
        What the claim promised, above 0, in the outcome's unit; nan where it is relative.
    baseline_collected, follow_up_collected : date, optional
        When the measurements were made.
    definition_break : str, optional
        Why a changed definition was accepted, where the indicator has one between baseline and follow-up.
    change : {"increase", "decrease", "no_harm", "no_effect"}, optional
        What is claimed.
    is_public : bool
        Whether single rows may be shown to others.
    minimum_share : float
        What the claim promised as a share of what would have been, where it is relative; else nan.
    """

    circumstances: Circumstances
    direction: Literal[1, -1]
    minimum_effect: float
    baseline_collected: date | None = None
    follow_up_collected: date | None = None
    definition_break: str | None = None
    change: Literal["increase", "decrease", "no_harm", "no_effect"] | None = None
    is_public: bool = True
    minimum_share: float = math.nan

    def must_exceed(self, *, would_have_been: float = math.nan) -> tuple[tuple[float, float], ...]:
        """Return each sign with what the effect so signed must lie above, whatever was promised beyond that.

        Parameters
        ----------
        would_have_been : float
            The treated mean without the effect, for a margin in per cent.

        Returns
        -------
        tuple of (float, float)
            No effect for a claim of a change; minus the margin for one that nothing happens, and both ways
            where it may happen neither way. nan where a margin is not known.
        """
        if self.change not in ("no_harm", "no_effect"):
            return ((float(self.direction), 0.0),)
        margin = self.minimum_effect
        if not math.isfinite(margin):
            margin = abs(self.minimum_share * would_have_been)
        signs = (1.0, -1.0) if self.change == "no_effect" else (float(self.direction),)
        return tuple((sign, -margin) for sign in signs)
