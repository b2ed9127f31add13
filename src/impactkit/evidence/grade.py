"""How far an estimate can be trusted: the design's ceiling, lowered by failed checks."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from impactkit.effects.estimate import Estimate
from impactkit.errors import EstimationError
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.designs import ALIKE_DESIGNS
from impactkit.wording import Facts, Message, Shown, one_line

_SERIES = ("interrupted_time_series", "structural_time_series")
"""Designs that reach higher with something to compare with."""
_A_LOT = 5
"""The ceiling that only a lot reaches."""
Certainty = Literal["very_low", "low", "moderate", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceGrade(Shown):
    """How far an estimate can be trusted, from 1 to 5 on the Maryland scale.

    Parameters
    ----------
    value : int
        The grade.
    ceiling : int
        The highest grade the design can reach.
    reasons : tuple of Message
        The design first, then each failed check.
    open_questions : tuple of Message
        What the design hangs on and nobody could answer; it lowers nothing, and favourable verdicts name it.
    lowered : int
        How many steps failed checks lower it or its ceiling, also those that the floor of 1 stops.
    """

    value: int
    ceiling: int
    reasons: tuple[Message, ...]
    open_questions: tuple[Message, ...] = ()
    lowered: int = 0

    @property
    def maryland(self) -> int:
        """Its level on the Maryland scale, scored as the What Works Centre for Local Economic Growth does."""
        return self.value

    @property
    def nesta(self) -> int:
        """The level of Nesta's Standards of Evidence that one study so graded can show, 2 or 3."""
        return int(_rubric()["mapping"]["nesta"][str(self.value)])

    @property
    def grade_certainty(self) -> Certainty:
        """GRADE's certainty: a lot starts high, all else low; failed checks lower it, nothing raises it."""
        mapping = _rubric()["mapping"]["grade"]
        start = mapping["lot" if self.ceiling == _A_LOT else "other"]
        levels: list[Certainty] = mapping["levels"]
        lost = max(self.lowered, self.ceiling - self.value)
        return levels[max(0, levels.index(start) - lost)]

    def mappings(self) -> tuple[Message, ...]:
        """Return what other scales would call it, a sentence each; none of them decides anything here."""
        certainty = self.grade_certainty
        return (
            Message(f"grade.maryland.{self.maryland}"),
            Message(f"grade.nesta.{self.nesta}"),
            Message(f"grade.certainty.{certainty}"),
        )

    def __repr__(self) -> str:
        return one_line("EvidenceGrade", f"{self.value} of 5", f"ceiling {self.ceiling}")

    def _facts(self) -> Facts:
        title = Message("grade.title", {"value": self.value})
        rows = [(Message("grade.reason"), reason) for reason in self.reasons]
        rows += [(Message("grade.open"), question) for question in self.open_questions]
        rows += [(Message("grade.mapped"), mapped) for mapped in self.mappings()]
        return Facts(title=title, rows=rows)


def grade(estimate: Estimate, checks: Sequence[CheckResult]) -> EvidenceGrade:
    """Grade an estimate: its design's ceiling, lowered by one for each failed check, never below 1.

    Parameters
    ----------
    estimate : Estimate
        The estimate.
    checks : sequence of CheckResult
        What the checks found.

    Returns
    -------
    EvidenceGrade
        With each reason in words.

    Raises
    ------
    EstimationError
        If the rubric has no ceiling for the method.

    References
    ----------
    .. [1] Sherman, L. W., et al. (1998). *Preventing Crime: What Works, What Doesn't, What's Promising*.
       National Institute of Justice (the Maryland scale).
    .. [2] What Works Centre for Local Economic Growth (2016). *Scoring Guide* (the scale as used here).

    Examples
    --------
    >>> import pandas as pd
    >>> from impactkit.data.study import Study
    >>> from impactkit.effects.estimators import RandomisedTrial
    >>> study = Study(pd.DataFrame({"y": [1.0, 2, 3, 5], "arm": [0, 0, 1, 1]}), outcome="y", treated="arm")
    >>> grade(RandomisedTrial().estimate(study), ()).value
    5
    """
    ceilings, lowers = _rubric()["ceiling"], _rubric()["lowers"]
    design = _design(estimate)
    if design not in ceilings:
        raise EstimationError(
            "The rubric has no ceiling for {method!r}.",
            where="rubric.toml",
            mend="Add the method under [ceiling].",
            values={"method": design},
        )
    told = {**lowers, **_rubric()["caps"]}
    failed = [found for found in checks if found.passed is False and told.get(found.name)]
    caps = _caps(checks)
    ceiling, steps = min([ceilings[design], *caps]), sum(lowers.get(found.name, 0) for found in failed)
    value = max(1, ceiling - steps)
    reasons = (
        Message(f"grade.design.{design}", {"ceiling": ceilings[design]}),
        *(found.sentence for found in failed),
    )
    return EvidenceGrade(
        value=value,
        ceiling=ceiling,
        reasons=reasons,
        open_questions=tuple(found.sentence for found in checks if found.is_open),
        lowered=steps + len(caps),
    )


def _caps(checks: Sequence[CheckResult]) -> list[int]:
    """Return the ceilings that failed checks leave."""
    caps = _rubric()["caps"]
    return [caps[found.name] for found in checks if found.passed is False and found.name in caps]


def _design(estimate: Estimate) -> str:
    if estimate.method == "before_after" and estimate.adjusted_for:
        return "before_after_with_covariates"
    # Not how many there are to compare with, which is hidden where they are few.
    if estimate.method in _SERIES and any(mean.group == "comparison" for mean in estimate.means):
        return f"{estimate.method}_with_control"
    if estimate.method in ALIKE_DESIGNS and _has_baseline(estimate):
        return f"{estimate.method}_with_baseline"
    return estimate.method


def _has_baseline(estimate: Estimate) -> bool:
    """Whether groups are made alike in the outcome before the start too."""
    return estimate.comparability is not None and estimate.comparability.baseline is not None


def needs_baseline(estimate: Estimate) -> bool:
    """Return whether a design rests on how it was before the start.

    Parameters
    ----------
    estimate : Estimate
        The estimate.

    Returns
    -------
    bool
        False for a lottery.
    """
    return bool(_rubric()["needs_baseline"].get(estimate.method, False))


def capping() -> frozenset[str]:
    """Return the checks without which no verdict rests on a design.

    Returns
    -------
    frozenset of str
        Their slugs.

    Examples
    --------
    >>> "series_length" in capping()
    True
    """
    return frozenset(_rubric()["caps"])


def rubric() -> dict[str, dict[str, Any]]:
    """Return the rubric as it is read from its file.

    Returns
    -------
    dict
        Ceilings, what lowers, what caps, and the mappings to other scales.
    """
    return _rubric()


@cache
def _rubric() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("impactkit.evidence") / "rubric.toml").read_text("utf-8"))
