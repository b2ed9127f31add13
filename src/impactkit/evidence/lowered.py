"""What an amendment made after the follow-up was seen may do to a verdict: lower it, and nothing else.

From the least favourable to the most: contradicted (with harm, then without), not assessable, inconclusive,
partly supported, supported. A finding against a claim is lower than no finding, so that nobody can turn
"contradicted" into "not assessable" by choosing a design that cannot tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.conclusion import Conclusion
from impactkit.evidence.examine import Examined
from impactkit.evidence.grade import grade
from impactkit.evidence.verdict import LEAST_FAVOURABLE_FIRST, Status, Verdict
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What an earlier plan lets be said.

    Parameters
    ----------
    status : {"supported", "partly_supported", "inconclusive", "contradicted", "not_assessable"}
        Its verdict or conclusion; not assessable where it has none.
    reason : Message
        Why it counts, in words.
    harm : bool
        Whether it shows harm.
    """

    status: Status
    reason: Message
    harm: bool = False

    @property
    def rank(self) -> tuple[int, bool]:
        """Its place, the least favourable lowest."""
        return rank(self.status, harm=self.harm)


def rank(status: Status, *, harm: bool = False) -> tuple[int, bool]:
    """Return how favourable a verdict is, the least favourable lowest.

    Parameters
    ----------
    status : {"supported", "partly_supported", "inconclusive", "contradicted", "not_assessable"}
        The verdict.
    harm : bool
        Whether harm was shown.

    Returns
    -------
    tuple of int and bool
        To be compared.

    Examples
    --------
    >>> rank("contradicted", harm=True) < rank("contradicted") < rank("not_assessable") < rank("inconclusive")
    True
    """
    return LEAST_FAVOURABLE_FIRST.index(status), not harm


def lowered(verdict: Verdict, bounds: Sequence[Bound]) -> Verdict:
    """Return a verdict, no more favourable than any of its bounds.

    Parameters
    ----------
    verdict : Verdict
        Under the amended plan.
    bounds : sequence of Bound
        What the plans before it let be said.

    Returns
    -------
    Verdict
        The same where no bound is lower; else with the lowest bound's status, its reason first, and the
        amended plan's own numbers.

    Examples
    --------
    >>> told = Verdict(claim="C1", status="supported", reasons=(), point=6.0, low=5.5, high=7.0, level=0.95,
    ...                threshold=5.0, permutation_p=0.01)
    >>> why = Message("verdict.reason.amended.lower")
    >>> lowered(told, [Bound(status="inconclusive", reason=why)]).status
    'inconclusive'
    """
    lowest = min(bounds, key=lambda bound: bound.rank, default=None)
    if lowest is None or lowest.rank >= rank(verdict.status, harm=verdict.harm):
        return verdict
    return replace(
        verdict,
        status=lowest.status,
        harm=lowest.harm,
        reasons=(lowest.reason, *verdict.reasons),
        minimum_detectable=math.nan,
    )


def lowered_conclusion(conclusion: Conclusion, bounds: Sequence[Bound]) -> Conclusion:
    """Return a conclusion, no more favourable than any of its bounds.

    Parameters
    ----------
    conclusion : Conclusion
        Under the amended plan.
    bounds : sequence of Bound
        What the plans before it, and the claims it lowers, let be said.

    Returns
    -------
    Conclusion
        The same where no bound is lower; else with the lowest bound's status and its reason first.
    """
    lowest = min(bounds, key=lambda bound: bound.rank, default=None)
    if lowest is None or rank(lowest.status) >= rank(conclusion.status):
        return conclusion
    return replace(conclusion, status=lowest.status, reasons=(lowest.reason, *conclusion.reasons))


def is_lowered(verdict: Verdict) -> bool:
    """Return whether a verdict is an earlier plan's rather than its own.

    Parameters
    ----------
    verdict : Verdict
        The verdict.

    Returns
    -------
    bool
        Told from its first reason.
    """
    return bool(verdict.reasons) and verdict.reasons[0].code.startswith("verdict.reason.amended.")


def unjudged(verdict: Verdict) -> Verdict:
    """Return a verdict of an exploratory run: its numbers, and nothing said.

    Parameters
    ----------
    verdict : Verdict
        What would have been said.

    Returns
    -------
    Verdict
        Not assessable, for the one reason that it was never to be judged.
    """
    return replace(
        verdict,
        status="not_assessable",
        reasons=(Message("verdict.reason.exploratory"),),
        harm=False,
        minimum_detectable=math.nan,
    )


def is_unjudged(verdict: Verdict) -> bool:
    """Return whether a verdict is of an exploratory run.

    Parameters
    ----------
    verdict : Verdict
        The verdict.

    Returns
    -------
    bool
        Told from its one reason.
    """
    return [reason.code for reason in verdict.reasons] == ["verdict.reason.exploratory"]


def amended_after_data(examined: Examined, *, n: int) -> Examined:
    """Return what was examined with one more failed check: the plan was amended after the follow-up was seen.

    Parameters
    ----------
    examined : Examined
        Under the amended plan.
    n : int
        How many amendments were made then.

    Returns
    -------
    Examined
        Graded again.
    """
    failed = CheckResult(
        name="amended_after_data",
        passed=False,
        statistic=float(n),
        sentence=Message("check.amended_after_data.seen", {"n": n}),
    )
    checks = (*examined.checks, failed)
    return replace(examined, checks=checks, grade=grade(examined.estimate, checks))
