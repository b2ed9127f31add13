"""What may be said of a plan as a whole: all of its primary claims, or any of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from impactkit.evidence.case import Case
from impactkit.evidence.judge import Prior, harmed_guardrails, verdict_of
from impactkit.evidence.verdict import LEAST_FAVOURABLE_FIRST, Status, Verdict
from impactkit.wording import Facts, Message, Shown, one_line

Rule = Literal["all", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion(Shown):
    """What may be said of a plan's primary claims together.

    Parameters
    ----------
    rule : {"all", "any"}
        Whether all must hold, or any one.
    status : {"supported", "partly_supported", "inconclusive", "contradicted", "not_assessable"}
        What may be said.
    reasons : tuple of Message
        Why: the rule, and the claims that decided.
    """

    rule: Rule
    status: Status
    reasons: tuple[Message, ...]

    @property
    def name(self) -> Message:
        """The status in words."""
        return Message(f"verdict.name.{self.status}")

    def __repr__(self) -> str:
        return one_line("Conclusion", self.rule, self.status)

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [(Message("verdict.row.status"), self.name)]
        rows += [(Message("verdict.row.reason"), reason) for reason in self.reasons]
        return Facts(title=Message("verdict.conclusion.title"), rows=rows)


def conclude(
    cases: Sequence[Case],
    verdicts: Sequence[Verdict],
    *,
    rule: Rule = "all",
    alpha: float = 0.05,
    prior: Prior = "claimed_prior",
) -> Conclusion:
    """Conclude about a plan's primary claims together.

    Parameters
    ----------
    cases : sequence of Case
        The claims with their evidence.
    verdicts : sequence of Verdict
        Each claim's own, as :func:`judge_together` gave it.
    rule : {"all", "any"}
        Decided in the plan. ``all``: the project is supported only if every primary claim is; ``any``: if
        at least one is.
    alpha : float
        Two-sided level.
    prior : {"claimed_prior", "proved_prior", "not_prior"}
        Whether the plan was made before the data were seen.

    Returns
    -------
    Conclusion
        The weakest of the claims for ``all``, the strongest for ``any``.

    Notes
    -----
    That all hold is an intersection-union test [1]_: each claim is held against the whole of alpha, for a
    wrong "all" takes that the one claim that does not hold is found to hold. That any holds is what Holm's
    shares are for. A guardrail in harm caps both at partly supported.

    References
    ----------
    .. [1] Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling. *Technometrics*,
       24(4).
    """
    primary = [
        (case, verdict) for case, verdict in zip(cases, verdicts, strict=True) if case.claim.role == "primary"
    ]
    if rule == "all":
        found = {c.claim.id: verdict_of(c, level=1 - alpha, prior=prior).status for c, _ in primary}
    else:
        found = {case.claim.id: verdict.status for case, verdict in primary}
    decides = min if rule == "all" else max
    status: Status = decides(found.values(), key=LEAST_FAVOURABLE_FIRST.index)
    deciding = ", ".join(name for name, own in found.items() if own == status)
    values: dict[str, str | int | float | Message] = {"claims": deciding, "n": len(found)}
    reasons = [Message(f"verdict.conclusion.{rule}_{status}", values)]
    harmed = harmed_guardrails(cases, verdicts)
    if harmed and status == "supported":
        status = "partly_supported"
        reasons.insert(0, Message("verdict.reason.guardrail", {"claims": ", ".join(harmed)}))
    return Conclusion(rule=rule, status=status, reasons=tuple(reasons))
