"""Sentences that the sections on money share."""

from __future__ import annotations

from collections.abc import Sequence

from impactkit.plans import Plan
from impactkit.reporting.evaluated import Telling
from impactkit.reporting.facts import day
from impactkit.wording import Language, MessageValue, say
from impactkit.wording.money import kronor


def as_of(plan: Plan, tellings: Sequence[Telling], language: Language) -> str:
    """Return when the follow-up that the numbers come from was made.

    Parameters
    ----------
    plan : Plan
        The plan.
    tellings : sequence of Telling
        The claims; their year is told where the plan has no day.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        A day, or a year.
    """
    collected = plan.data.follow_up_collected
    if collected is not None:
        return say("money.report.fact.follow_up", language, day=day(collected, language))
    last = max(telling.result.claim.by for telling in tellings)
    return say("money.report.fact.follow_up_year", language, year=last)


def whole_kronor(amount: float, language: Language) -> str:
    """Return an amount that is due, in whole kronor.

    Parameters
    ----------
    amount : float
        SEK.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        Rounded to the krona: an amount to be paid is not told roughly.
    """
    return kronor(round(amount), language)


def units_told(telling: Telling, units: int, units_are: str) -> str:
    """Return what an average effect is multiplied by, in words.

    Parameters
    ----------
    telling : Telling
        The claim.
    units : int
        How many.
    units_are : str
        Who they are, in the plan's own words.

    Returns
    -------
    str
        One sentence.
    """
    kind = "units_share" if telling.indicator.measure == "share" else "units"
    values: dict[str, MessageValue] = {
        "claim": telling.result.claim.id,
        "units": units,
        "units_are": units_are,
    }
    return say(f"money.report.note.{kind}", telling.language, **values)
