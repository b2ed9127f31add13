"""Tables over all claims: what is aimed at, what was expected and measured, and how groups differ."""

from __future__ import annotations

import math
from collections.abc import Sequence

from impactkit.effects.interval import Interval
from impactkit.plans import Plan
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.evaluated import Telling
from impactkit.reporting.facts import day, interval_told
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Cell, Table
from impactkit.wording import Language, MessageValue, format_percent, say
from impactkit.wording.numbers import significant_decimals

_NUMBERS = (
    *("claim", "indicator", "role", "point", "low", "high", "level", "threshold", "unit", "verdict", "grade"),
    "as_of",
)


def as_of(telling: Telling) -> str:
    """Return the day that a claim's numbers are of: when the follow-up was collected, else its last period.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    str
        Words also where the plan states neither.
    """
    collected, names = telling.plan.data.follow_up_collected, telling.result.study.columns.period_names
    if collected is not None:
        return day(collected, telling.language)
    return names[-1] if names else say("overview.expected.unknown", telling.language)


def chain(plan: Plan, claims: Sequence[ClaimReport], language: Language) -> Table:
    """Return what is done, what was tested and what is aimed at, kept apart.

    Parameters
    ----------
    plan : Plan
        The plan.
    claims : sequence of ClaimReport
        Its claims.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        Outputs, the claims by their indicators' level, and the impact aimed at.
    """
    goals, project = plan.goals, plan.project
    done = [goals.investment if goals else project.investment]
    done += [effort for effort in [goals.social_effort if goals else project.social_effort] if effort]
    reported, aimed = (_say(f"chain.{name}", language) for name in ("reported", "aimed"))
    step = {name: _say(f"chain.{name}", language) for name in ("output", "outcome", "impact")}
    rows: list[tuple[str | Cell, ...]] = [(step["output"], text, reported) for text in done]
    for claim in claims:
        to = Cell(text=f"{claim.id} {claim.name}", to=f"claim-{claim.id}")
        rows.append((step[claim.level], to, Cell(text=claim.badge, mark=claim.status)))
    rows.append((step["impact"], project.future_state, aimed))
    header = tuple(_say(f"chain.{name}", language) for name in ("step", "what", "state"))
    return Table(caption=_say("chain.caption", language), header=header, rows=tuple(rows))


def expected(plan: Plan, claims: Sequence[ClaimReport], language: Language) -> Table:
    """Return what was expected of each claim beside what was measured, of what, and as of when.

    Parameters
    ----------
    plan : Plan
        The plan.
    claims : sequence of ClaimReport
        Its claims.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        One row a claim.
    """
    decided = plan.decision.decided
    names = ("claim", "expected", "measured", "basis", "as_of")
    return Table(
        caption=_say("expected.caption", language),
        header=tuple(_say(f"expected.{name}", language) for name in names),
        rows=tuple(
            (
                Cell(text=f"{claim.id} {claim.name}", to=f"claim-{claim.id}"),
                Cell(text=claim.promise, detail=day(decided, language) if decided else ""),
                Cell(text=claim.effect, detail=claim.interval),
                Cell(text=_say("expected.total", language), detail=claim.loan_share),
                claim.as_of,
            )
            for claim in claims
        ),
    )


def promise(telling: Telling) -> str:
    """Return what was promised, short.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    str
        Such as ``rise by at least 5 percentage points``.
    """
    claim = telling.result.claim
    kind = f"no_{claim.harm}" if claim.change == "no_harm" else claim.change
    return _say(f"expected.promise.{kind}", telling.language, minimum=telling.minimum)


def loan_share(telling: Telling) -> str:
    """Return the loan's share of an effect; empty without a loan, words where it would mean nothing.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    str
        Its share of the effect and of its limits.
    """
    loan, verdict, measure = telling.plan.loan, telling.result.verdict, telling.measure
    if loan is None:
        return ""
    if telling.indicator.pro_rata == "refused":
        return _say("expected.refused", telling.language)
    share = float(loan.financed_share)
    return _say(
        "expected.financed",
        telling.language,
        share=format_percent(share, telling.language),
        effect=measure.change(verdict.point * share),
        span=measure.span(verdict.low * share, verdict.high * share),
    )


def group_row(telling: Telling) -> tuple[str, ...]:
    """Return how the effect in a group differs from that among those it is compared with.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    tuple of str
        Claim, effect in the group, effect among the others, and their difference with its limits; empty for a
        claim that is not about a group.
    """
    claim, verdict, measure = telling.result.claim, telling.result.verdict, telling.measure
    if claim.subgroup is None:
        return ()
    found = verdict.interaction
    unknown = _say("groups.unknown", telling.language)
    group = _say("groups.group", telling.language, value=claim.subgroup.value)
    return (
        f"{claim.id} {telling.title}",
        f"{group}: {measure.change(verdict.point)} ({interval_told(telling)})",
        measure.change(found.others) if found else unknown,
        _difference(found.difference, telling) if found else unknown,
    )


def _difference(found: Interval, telling: Telling) -> str:
    measure = telling.measure
    span, level = measure.span(found.low, found.high), measure.percent(found.level)
    return f"{measure.change(found.point)} ({telling.say('effect.limits', span=span, level=level)})"


def groups(claims: Sequence[ClaimReport], language: Language) -> Table | None:
    """Return how effects differ between groups; None where no claim is about one.

    Parameters
    ----------
    claims : sequence of ClaimReport
        The claims.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table or None
        With the note that the difference is what is to be read.
    """
    rows = tuple(claim.group for claim in claims if claim.group)
    if not rows:
        return None
    names = ("claim", "group_effect", "others", "difference")
    return Table(
        caption=_say("groups.caption", language),
        header=tuple(_say(f"groups.{name}", language) for name in names),
        rows=rows,
        notes=(_say("groups.note", language),),
    )


def numbers_row(telling: Telling) -> tuple[str | Cell, ...]:
    """Return a claim's numbers, each rounded as it is told.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    tuple of str or Cell
        As many as the table of numbers has columns.
    """
    result, measure = telling.result, telling.measure
    verdict = result.verdict
    level = 100 * verdict.level
    return (
        result.claim.id,
        telling.title,
        telling.say(f"role.{result.claim.role}"),
        *(_number(x, measure) for x in (verdict.point, verdict.low, verdict.high)),
        Cell(text=measure.percent(verdict.level), value=round(level, 2), decimals=int(level % 1 > 0)),
        _number(verdict.threshold, measure),
        measure.unit_of_change or "–",
        Cell(text=verdict.name.text(telling.language), mark=verdict.status),
        Cell(text=str(result.grade.value), value=result.grade.value),
        as_of(telling),
    )


def _number(value: float, measure: Measure) -> str | Cell:
    text = measure.number(value, signed=True)
    if not math.isfinite(value):
        return text
    places = significant_decimals(value) if measure.decimals is None else measure.decimals
    return Cell(text=text, value=round(value, places), decimals=places, signed=True)


def numbers(claims: Sequence[ClaimReport], language: Language) -> Table:
    """Return the numbers of every claim once more, for a spreadsheet.

    Parameters
    ----------
    claims : sequence of ClaimReport
        The claims.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        One row a claim.
    """
    return Table(
        caption=_say("numbers.caption", language),
        header=tuple(_say(f"numbers.{name}", language) for name in _NUMBERS),
        rows=tuple(claim.numbers for claim in claims),
    )


def _say(code: str, language: Language, /, **values: MessageValue) -> str:
    return say(f"overview.{code}", language, **values)
