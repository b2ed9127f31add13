"""What an effect means for the target group, and what would make the answer surer, in plain words."""

from __future__ import annotations

import math

from impactkit.evidence.lowered import is_lowered, is_unjudged
from impactkit.plans.lock import Priority
from impactkit.reporting.claim_words import is_capped
from impactkit.reporting.evaluated import Telling
from impactkit.wording import MessageValue, format_number, say

_CAUSAL = 3
_ALONE = ("before_after", "interrupted_time_series", "structural_time_series")
_WHOLE = 1.0


def meaning(telling: Telling) -> tuple[str, ...]:
    """Return what the effect means for the target group.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    tuple of str
        Its size as people or on average, how uncertain that is, which way is good, and what is settled. What
        lies behind it is said to be the intervention only from evidence grade 3 on.
    """
    verdict = telling.result.verdict
    cannot = verdict.status == "not_assessable" and not is_unjudged(verdict)
    if cannot or math.isnan(verdict.point):
        return (_say(telling, "none"),)
    told = [*_size(telling), _say(telling, f"good.{_kind(telling)}")]
    if not (is_lowered(verdict) or is_unjudged(verdict)):
        told.append(_settled(telling))
    return tuple(told)


def _size(telling: Telling) -> tuple[str, str]:
    return _of_hundred(telling) if _counts_people(telling) else _on_average(telling)


def _counts_people(telling: Telling) -> bool:
    """Return whether an effect can be told as so many of a hundred: a share, told in its own unit."""
    indicator, claim = telling.indicator, telling.result.claim
    own_unit = claim.unit is None or indicator.change_unit is not None
    return indicator.measure == "share" and own_unit and indicator.numerator is not None


def _of_hundred(telling: Telling) -> tuple[str, str]:
    verdict, indicator, language = telling.result.verdict, telling.indicator, telling.language
    assert indicator.numerator is not None
    assert indicator.denominator is not None
    kind = "share_same" if round(verdict.point) == 0 and abs(verdict.point) < 0.05 else "share"
    told = _say(
        telling,
        f"{kind}_{_against(telling)}",
        size=_people(telling, verdict.point),
        numerator=indicator.numerator.text(language),
        denominator=_running(indicator.denominator.text(language)),
    )
    if not (math.isfinite(verdict.low) and math.isfinite(verdict.high)):
        return told, _range(telling)
    low, high = _people(telling, verdict.low), _people(telling, verdict.high)
    return told, _say(telling, "range_share", low=low, high=high)


def _people(telling: Telling, points: float) -> str:
    """Return so many of a hundred: whole people, with a decimal below one."""
    n = format_number(abs(points), telling.language, decimals=int(abs(points) < _WHOLE))
    if not n.strip("0.,"):
        return _say(telling, "same")
    return _say(telling, "more" if points > 0 else "fewer", n=n)


def _on_average(telling: Telling) -> tuple[str, str]:
    size = telling.measure.change(telling.result.verdict.point)
    population = _running(telling.indicator.population.text(telling.language))
    return _say(telling, f"change_{_against(telling)}", size=size, population=population), _range(telling)


def _range(telling: Telling) -> str:
    verdict = telling.result.verdict
    if math.isnan(verdict.low):
        return _say(telling, "range_unknown")
    return _say(telling, "range", span=telling.measure.span(verdict.low, verdict.high))


def _settled(telling: Telling) -> str:
    verdict, claim = telling.result.verdict, telling.result.claim
    kind: str = verdict.status
    if claim.is_of_margin:
        kind = f"{kind}_{claim.change}"
    elif kind == "contradicted" and verdict.harm:
        kind = "contradicted_harm"
    elif is_capped(verdict):
        kind = "partly_supported_capped"
    return _say(telling, f"settled.{kind}", minimum=telling.minimum)


def _kind(telling: Telling) -> str:
    claim = telling.result.claim
    return f"no_{claim.harm}" if claim.change == "no_harm" else claim.change


def _against(telling: Telling) -> str:
    return "without" if telling.result.grade.value >= _CAUSAL else "compared"


def _running(text: str) -> str:
    """Return a text as it stands inside a sentence: without its capital, unless it is a name."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def surer(telling: Telling, prior: Priority) -> tuple[str, ...]:
    """Return what would make the answer surer.

    Parameters
    ----------
    telling : Telling
        The claim.
    prior : {"proved_prior", "claimed_prior", "not_prior"}
        Whether the plan came before the follow-up.

    Returns
    -------
    tuple of str
        Each failed check, each open question, a better design, proof of the plan's date; and that somebody
        else finds the same, which always would. Never empty.
    """
    language, method = telling.language, telling.result.estimate.method
    told = [
        _say(telling, f"surer.{kind}", check=check.title.text(language))
        for kind, wanted in (("failed", False), ("open", True))
        for check in telling.result.checks
        if (check.is_open if wanted else check.passed is False)
    ]
    if method in _ALONE and telling.result.grade.value < _CAUSAL:
        told.append(_say(telling, "surer.comparison"))
    if method != "randomised_trial":
        told.append(_say(telling, "surer.lot"))
    if prior != "proved_prior":
        told.append(_say(telling, "surer.receipt" if prior == "claimed_prior" else "surer.plan_first"))
    return (*told, _say(telling, "surer.again"))


def _say(telling: Telling, code: str, /, **values: MessageValue) -> str:
    return say(f"meaning.{code}", telling.language, **values)
