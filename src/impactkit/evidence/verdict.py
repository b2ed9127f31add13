"""What may be said of a claim, with every reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from impactkit.evidence.interaction import Interaction
from impactkit.evidence.reached import Reached
from impactkit.wording import Facts, Message, Shown, one_line

Status = Literal["supported", "partly_supported", "inconclusive", "contradicted", "not_assessable"]
STATUSES: tuple[Status, ...] = get_args(Status)
LEAST_FAVOURABLE_FIRST: tuple[Status, ...] = (
    "contradicted",
    "not_assessable",
    "inconclusive",
    "partly_supported",
    "supported",
)
"""A finding against a claim is less favourable than no finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Shown):
    """What may be said of a claim.

    Parameters
    ----------
    claim : str
        The claim's id.
    status : {"supported", "partly_supported", "inconclusive", "contradicted", "not_assessable"}
        What may be said.
    reasons : tuple of Message
        Why, the deciding reason first.
    point : float
        The estimate, in the indicator's unit.
    low, high : float
        The limits it was judged by: adjusted for the number of primary claims; nan where unknown.
    level : float
        Their confidence level.
    threshold : float
        What the claim promised, signed as the indicator moves (for no harm: the margin on the harm side).
    permutation_p : float
        One-sided permutation p-value of "at most the claimed effect"; nan where there is none.
    harm : bool
        Whether harm was shown.
    relative_point : float
        The estimate as a share of what would have been, for a claim in per cent; nan else.
    reached : Reached, optional
        The level that was found beside the one that was promised, for a claim with a target. The status says
        whether an effect of the investment is shown: the two are not the same.
    interaction : Interaction, optional
        How the effect differs from that of the others, for a claim about a subgroup.
    minimum_detectable : float
        For an inconclusive claim the smallest effect that would have been told from none in four cases of
        five, above 0; inf where none would have been, nan where it cannot be known.
    """

    claim: str
    status: Status
    reasons: tuple[Message, ...]
    point: float
    low: float
    high: float
    level: float
    threshold: float
    permutation_p: float
    harm: bool = False
    relative_point: float = math.nan
    reached: Reached | None = None
    interaction: Interaction | None = None
    minimum_detectable: float = math.nan

    @property
    def attributed(self) -> Status:
        """What may be said of the investment's part: the status, beside ``reached`` for a level."""
        return self.status

    @property
    def name(self) -> Message:
        """The status in words."""
        return Message(f"verdict.name.{self.status}")

    def __repr__(self) -> str:
        return one_line("Verdict", self.claim, self.status)

    def __str__(self) -> str:
        return f"{self.claim}: {self.name}"

    def _facts(self) -> Facts:
        limits = Message("estimate.limits", {"low": self.low, "high": self.high, "level": self.level})
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("verdict.row.status"), self.name),
            (Message("verdict.row.effect"), Message("estimate.effect", {"point": self.point})),
        ]
        if self.low == self.low:
            rows.append((Message("verdict.row.limits"), limits))
        rows.append((Message("verdict.row.threshold"), Message("estimate.effect", {"point": self.threshold})))
        rows += [(Message("verdict.row.reason"), reason) for reason in self.reasons]
        if math.isfinite(self.minimum_detectable):
            size = Message("verdict.detectable", {"size": self.minimum_detectable})
            rows.append((Message("verdict.row.detectable"), size))
        return Facts(title=Message("verdict.title", {"claim": self.claim}), rows=rows)
