"""What may be said of a claim, with every reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from impactkit.wording import Message, card

Status = Literal["supported", "partly_supported", "inconclusive", "contradicted", "not_assessable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
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

    @property
    def name(self) -> Message:
        """The status in words."""
        return Message(f"verdict.name.{self.status}")

    def __str__(self) -> str:
        return f"{self.claim}: {self.name}"

    def _repr_html_(self) -> str:
        limits = Message("estimate.limits", {"low": self.low, "high": self.high, "level": self.level})
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("verdict.row.status"), self.name),
            (Message("verdict.row.effect"), Message("estimate.effect", {"point": self.point})),
        ]
        if self.low == self.low:
            rows.append((Message("verdict.row.limits"), limits))
        rows.append((Message("verdict.row.threshold"), Message("estimate.effect", {"point": self.threshold})))
        rows += [(Message("verdict.row.reason"), reason) for reason in self.reasons]
        return card(Message("verdict.title", {"claim": self.claim}), rows)
