"""What is told of one claim, in the report's language and ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass

from impactkit.evidence.claim import Change
from impactkit.evidence.verdict import Status
from impactkit.indicators.indicator import Level
from impactkit.reporting.appendix import AppendixTold
from impactkit.reporting.blocks import CheckLine, Fact, Figure
from impactkit.reporting.group_words import GroupsTold
from impactkit.reporting.table import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodTold:
    """How the effect was found, in plain words.

    Parameters
    ----------
    name : str
        The method.
    sentences : tuple of str
        What was compared with what.
    assumptions : tuple of str
        What has to be true for the answer to be right.
    inference : tuple of str
        How the uncertainty was found.
    warnings : tuple of str
        What a reader must know.
    """

    name: str
    sentences: tuple[str, ...]
    assumptions: tuple[str, ...]
    inference: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeTold:
    """How far the estimate can be trusted.

    Parameters
    ----------
    value : int
        1 to 5.
    title : str
        The grade in words.
    reasons : tuple of str
        The design first, then each failed check.
    checks : tuple of CheckLine
        Everything that was asked.
    """

    value: int
    title: str
    reasons: tuple[str, ...]
    checks: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """One claim, from promise to verdict.

    Parameters
    ----------
    id, role, name : str
        Its id, what part it plays, and the indicator's name.
    sentence : str
        The promise in plain words.
    status : {"supported", "partly_supported", "inconclusive", "contradicted", "not_assessable"}
        The verdict.
    badge, verdict : str
        Its name, and the verdict as a sentence.
    reasons : tuple of str
        Why, the deciding reason first.
    not_shown : tuple of str
        What was not shown; never empty.
    meaning : tuple of str
        What it means for the target group.
    needed, surer : tuple of str
        What a larger study would need, where that can be worked out; and what else would make the answer
        surer.
    level : {"output", "outcome", "impact"}
        What kind of indicator it is about.
    change : {"increase", "decrease", "no_harm", "no_effect"}
        What was promised.
    is_lowered : bool
        Whether an earlier plan, or that nothing is judged, gave the verdict.
    promise, effect, interval : str
        What was promised, short; the estimate; and the limits it was judged by with their level.
    loan_share, as_of : str
        The loan's share of the effect, empty without a loan; and the day that the numbers are of.
    group : tuple of str
        How the effect in a group differs from that among the others; empty for a claim about all.
    facts : tuple of Fact
        The effect, line by line.
    interval_figure : Figure
        The limits against no effect and the claim.
    by_group : GroupsTold, optional
        The effect in the groups that the plan declares; None without.
    figures : tuple of Figure
        The groups, and leads and lags where there are some.
    method : MethodTold
        How.
    grade : GradeTold
        How far to trust it.
    accepted : tuple of str
        What the indicator refused and the plan accepts, each with the plan's reason.
    data : tuple of Fact
        Rows read, used and left out.
    definition : tuple of Fact
        What the indicator is, and where it is defined.
    appendix : AppendixTold
        What a researcher asks.
    numbers : tuple of str or Cell
        The row of the claim in a table of numbers.
    """

    id: str
    role: str
    name: str
    sentence: str
    status: Status
    badge: str
    verdict: str
    reasons: tuple[str, ...]
    not_shown: tuple[str, ...]
    meaning: tuple[str, ...]
    needed: tuple[str, ...]
    surer: tuple[str, ...]
    level: Level
    change: Change
    is_lowered: bool
    promise: str
    effect: str
    interval: str
    loan_share: str
    as_of: str
    group: tuple[str, ...]
    facts: tuple[Fact, ...]
    interval_figure: Figure
    by_group: GroupsTold | None
    figures: tuple[Figure, ...]
    method: MethodTold
    grade: GradeTold
    accepted: tuple[str, ...]
    data: tuple[Fact, ...]
    definition: tuple[Fact, ...]
    appendix: AppendixTold
    numbers: tuple[str | Cell, ...]
