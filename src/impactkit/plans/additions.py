"""Single things that would help a design say more."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.wording import Message

Kind = Literal["comparison_areas", "treated_areas", "earlier_baseline", "longer_series", "lottery"]

EARLIER = 3
"""Measurements before the start with which it can be seen whether groups moved alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """One thing that would help.

    Parameters
    ----------
    kind : {"comparison_areas", "treated_areas", "earlier_baseline", "longer_series", "lottery"}
        What.
    sentence : Message
        How much of it, and what it would do.
    supported : float
        The chance of "supported" with it, should the true effect be twice the claimed one; nan where it is
        not known.
    grade : int
        The evidence grade that could be reached with it.
    """

    kind: Kind
    sentence: Message
    supported: float = math.nan
    grade: int = 0


def most_helpful(additions: list[Addition], *, supported: float, grade: int) -> tuple[Addition, ...]:
    """Return those that help, the most helpful first.

    Parameters
    ----------
    additions : list of Addition
        What was tried.
    supported : float
        The chance of "supported" as it is.
    grade : int
        The grade as it is.

    Returns
    -------
    tuple of Addition
        By the chance of "supported" (in steps of five points, for it is simulated), then the grade; those
        that change neither are left out.

    Examples
    --------
    >>> lottery = Addition(kind="lottery", sentence=Message("advice.none"), supported=0.5, grade=5)
    >>> more = Addition(kind="treated_areas", sentence=Message("advice.none"), supported=0.9, grade=3)
    >>> [each.kind for each in most_helpful([lottery, more], supported=0.4, grade=3)]
    ['treated_areas', 'lottery']
    """
    now = 0.0 if math.isnan(supported) else supported
    helping = [
        each
        for each in additions
        if each.grade > grade or (not math.isnan(each.supported) and each.supported > now + 0.02)
    ]

    def key(each: Addition) -> tuple[float, int]:
        chance = now if math.isnan(each.supported) else each.supported
        return (-round(20 * chance), -each.grade)

    return tuple(sorted(helping, key=key))
