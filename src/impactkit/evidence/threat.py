"""What a person has said of a threat that no number shows, as a check's answer."""

from __future__ import annotations

import math
from typing import Literal

from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Assessed
from impactkit.wording import Message

Unassessed = Literal["fails", "informs"]


def threat(name: str, said: Assessed | None, *, asked: bool, unassessed: Unassessed) -> CheckResult:
    """Return what a plan says of a threat, with its own words.

    Parameters
    ----------
    name : str
        The check's slug.
    said : Assessed, optional
        What the plan says.
    asked : bool
        Whether there is a plan at all; without one the answer only informs.
    unassessed : {"fails", "informs"}
        What silence of a plan does.

    Returns
    -------
    CheckResult
        Failed where the threat is likely; nothing is measured, so the statistic is nan.

    Examples
    --------
    >>> threat("spillover", None, asked=True, unassessed="fails").passed
    False
    """
    if said is not None:
        passed: bool | None = said.finding != "likely"
        sentence = Message(f"check.{name}.{said.finding}", {"reason": said.reason})
    else:
        passed = False if asked and unassessed == "fails" else None
        sentence = Message(f"check.{name}.{'not_assessed' if asked else 'not_asked'}")
    return CheckResult(
        name=name,
        passed=passed,
        statistic=math.nan,
        sentence=sentence,
        is_open=said is None and asked and passed is None,
    )
