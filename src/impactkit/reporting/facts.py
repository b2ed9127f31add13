"""The facts of a report: project, loan, data and provenance, each a label and a text."""

from __future__ import annotations

import math
from datetime import date

from impactkit.plans import Plan
from impactkit.reporting.blocks import Fact
from impactkit.reporting.evaluated import Evaluated, Telling
from impactkit.reporting.numbers import GAP
from impactkit.wording import Language, MessageValue, format_number, format_percent, say

_LOCALE = {"sv": "sv_SE", "en": "en_GB"}
_QUALITY = ("attrition", "response_rate", "composition", "missing_periods")


def day(value: date, language: Language) -> str:
    """Return a date the way the language writes it.

    Parameters
    ----------
    value : date
        The day.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        Such as ``1 april 2023``.

    Examples
    --------
    >>> day(date(2023, 4, 1), "sv")
    '1 april 2023'
    """
    from babel.dates import format_date

    return str(format_date(value, "d MMMM y", locale=_LOCALE[language]))


def project_facts(plan: Plan, language: Language) -> tuple[Fact, ...]:
    """Return the applicant's own five questions with their answers.

    Parameters
    ----------
    plan : Plan
        The plan.
    language : {"sv", "en"}
        Of the questions; the answers are the applicant's own words.

    Returns
    -------
    tuple of Fact
        Need, target group, effort, change and future state; then the goals and how the basic requirements
        are met, where the plan says so.
    """
    p = plan.project
    effort = p.investment if p.social_effort is None else f"{p.investment}. {p.social_effort}"
    answers = {
        "need": p.need,
        "target_group": p.target_group,
        "effort": effort,
        "change": p.change,
        "future_state": p.future_state,
        **_goals(plan),
    }
    return tuple(_fact(f"project.{name}", answer, language) for name, answer in answers.items() if answer)


def _goals(plan: Plan) -> dict[str, str | None]:
    goals, said = plan.goals, plan.requirements
    return {
        "goal_investment": goals.investment if goals else None,
        "goal_social_effort": goals.social_effort if goals else None,
        "promotes": said.promotes if said else None,
        "systematic_work": said.systematic_work if said else None,
        "long_term": said.long_term if said else None,
    }


def background_facts(plan: Plan, language: Language) -> tuple[Fact, ...]:
    """Return who borrows, when it starts, and the loan.

    Parameters
    ----------
    plan : Plan
        The plan.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    tuple of Fact
        Those that the plan gives.
    """
    p, loan = plan.project, plan.loan
    told: list[tuple[str, str | None]] = [
        ("project.borrower", p.borrower),
        ("project.municipality", p.municipality),
        ("project.category", say(f"report.category.{p.category}", language)),
        ("project.start", day(p.investment_start, language)),
        ("project.finished", day(p.investment_finished, language) if p.investment_finished else None),
        ("project.responsible", p.responsible),
        *_baseline(plan, language),
    ]
    if loan is not None:
        told += [
            ("loan.granted", _kronor(loan.granted_sek, language)),
            ("loan.paid_out", _kronor(loan.paid_out_sek, language)),
            ("loan.financed", None if loan.financed_sek is None else _kronor(loan.financed_sek, language)),
            ("loan.share", format_percent(float(loan.financed_share), language)),
        ]
    return tuple(_fact(label, text, language) for label, text in told if text is not None)


def _baseline(plan: Plan, language: Language) -> list[tuple[str, str | None]]:
    collected, kind = plan.data.baseline_collected, plan.data.baseline_kind
    return [
        ("baseline.collected", day(collected, language) if collected else None),
        ("baseline.kind", say(f"report.baseline.{kind}", language) if kind else None),
    ]


def effect_facts(telling: Telling, *, estimand: str, as_of: str) -> tuple[Fact, ...]:
    """Return the effect, line by line.

    Parameters
    ----------
    telling : Telling
        The claim.
    estimand : str
        What is estimated.
    as_of : str
        The day that the numbers are of.

    Returns
    -------
    tuple of Fact
        Effect, interval, promise, basis where there is a loan, day, and estimand.
    """
    lines = {f"effect.{name}": text for name, text in effect_lines(telling).items()}
    told = {
        "effect.point": lines.pop("effect.point"),
        **_share(telling),
        **lines,
        **_level(telling),
        **_basis(telling),
        "effect.as_of": as_of,
        "effect.estimand": estimand,
        **_effective(telling),
    }
    return tuple(_fact(label, text, telling.language) for label, text in told.items() if text)


def effect_lines(telling: Telling) -> dict[str, str]:
    """Return the effect, its interval and what was promised, each under its key in the wording.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    dict of str to str
        What the figure of the interval shows.
    """
    kinds = {"no_harm": "margin", "no_effect": "margin_of_change"}
    return {
        "point": telling.measure.change(telling.result.verdict.point),
        "interval": interval_told(telling),
        kinds.get(telling.result.claim.change, "promised"): telling.minimum,
    }


def _share(telling: Telling) -> dict[str, str]:
    """Return the effect in per cent of what would have been, where the claim is in per cent."""
    share = telling.result.verdict.relative_point
    if share != share:
        return {}
    number = format_number(100 * share, telling.language, decimals=1, signed=True)
    return {"effect.share": telling.say("claim.of_what_would_have_been", number=number)}


def _effective(telling: Telling) -> dict[str, str]:
    """Return how many people of equal weight would tell as much, where groups were made alike by weights."""
    alike = telling.result.estimate.comparability
    if alike is None or all(math.isnan(gap.after) for gap in alike.covariates):
        return {}
    sizes = (alike.effective_treated, alike.effective_comparison)
    if not all(map(math.isfinite, sizes)):  # withheld, as they would tell of few
        return {}
    treated, comparison = (format_number(size, telling.language, decimals=1) for size in sizes)
    return {"effect.effective": telling.say("effect.weighted", treated=treated, comparison=comparison)}


def _level(telling: Telling) -> dict[str, str]:
    """Return the level that was found beside the one that was promised."""
    found, measure = telling.result.verdict.reached, telling.measure
    if found is None:
        return {}
    kind = "reached" if found.is_reached else "not_reached"
    told = telling.say(f"effect.{kind}", level=measure.level(found.level), target=measure.level(found.target))
    return {"effect.level": told}


def _basis(telling: Telling) -> dict[str, str]:
    """Return that the effect is the whole investment's, and the loan's share of it when asked for."""
    loan, claim = telling.plan.loan, telling.result.claim
    if loan is None:
        return {}
    basis = {"effect.basis": telling.say("effect.total")}
    if claim.basis == "financed_share":
        verdict, share = telling.result.verdict, float(loan.financed_share)
        limits = telling.measure.span(verdict.low * share, verdict.high * share)
        basis["effect.loan_share"] = f"{telling.measure.change(verdict.point * share)} ({limits})"
    return basis


def interval_told(telling: Telling) -> str:
    """Return the limits a claim was judged by, with their level.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    str
        Words also where a limit is unknown.
    """
    v = telling.result.verdict
    span = telling.measure.span(v.low, v.high)
    return (
        telling.say("effect.limits", span=span, level=telling.measure.percent(v.level))
        if v.low == v.low
        else span
    )


def data_facts(telling: Telling) -> tuple[Fact, ...]:
    """Return the rows read, used and left out, and what they consist of.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    tuple of Fact
        Every row is accounted for.
    """
    result, language, told = telling.result, telling.language, list[tuple[str, str]]()
    study, sample = result.study, result.sample
    told += _account(telling)
    told.append(("data.kind", say(f"study.kind.{study.shape}", language)))
    if study.columns.period_names:
        names = study.columns.period_names
        told.append(("data.periods", names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"))
    if study.unit is not None:
        told.append(("data.units", _of_which(telling, sample.n_units, sample.n_treated)))
    if result.has_clusters:
        told.append(("data.clusters", _of_which(telling, sample.n_clusters, sample.n_treated_clusters)))
    if result.hidden:
        told.append(("data.protected", telling.say("data.hidden", n=telling.disclosure.smallest)))
    off = telling.plan.decision.disclosure_off
    if off is not None and not telling.plan.data.shows_units:
        told.append(("data.protected", telling.say("data.unprotected", reason=off)))
    return (*(_fact(label, text, language) for label, text in told), *_quality(telling))


def _quality(telling: Telling) -> tuple[Fact, ...]:
    """Return what the checks of the data themselves found: who was lost, who answered, who was measured."""
    language = telling.language
    return tuple(
        Fact(label=check.title.text(language), text=check.sentence.text(language))
        for check in telling.result.checks
        if check.name in _QUALITY
    )


def _account(telling: Telling) -> list[tuple[str, str]]:
    """Return what became of every row that was read."""
    account, shown, language = telling.result.account, telling.disclosure, telling.language
    told = [
        ("data.read", shown.count(account.read, language)),
        ("data.used", shown.count(account.used, language)),
    ]
    for item in account.left_out:
        counts: dict[str, MessageValue] = {
            "n": shown.count(item.n, language),
            "treated": shown.count(item.n_treated, language),
            "comparison": shown.count(item.n_comparison, language),
        }
        told.append(("data.left_out", say(f"study.left_out.{item.reason}", language, **counts)))
    if account.has_aside:
        told.append(("data.left_out", telling.say("data.aside", n=shown.count(account.aside, language))))
    if not account.left_out and not account.has_aside:
        told.append(("data.left_out", telling.say("data.none")))
    return told


def _of_which(telling: Telling, n: int | None, treated: int | None) -> str:
    shown, language = telling.disclosure, telling.language
    return telling.say("data.of_which", n=shown.number(n, language), treated=shown.number(treated, language))


def definition_facts(telling: Telling) -> tuple[Fact, ...]:
    """Return what the indicator is.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    tuple of Fact
        Definition, caution and source.
    """
    indicator, language = telling.indicator, telling.language
    traps = " ".join(trap.text(language) for trap in indicator.traps)
    cited = (indicator.reference.text.text(language), indicator.source_code)
    source = " · ".join(part for part in cited if part)
    told = {
        "indicator.definition": indicator.definition.text(language),
        "indicator.caution": traps,
        "indicator.source": source,
        "indicator.column": telling.result.study.outcome,
    }
    return tuple(_fact(label, text, language) for label, text in told.items() if text)


def provenance_facts(evaluation: Evaluated, language: Language) -> tuple[Fact, ...]:
    """Return where the numbers come from.

    Parameters
    ----------
    evaluation : Evaluation
        The plan carried out.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    tuple of Fact
        Digests, dates, seeds and versions.
    """
    plan, lock = evaluation.plan, evaluation.lock
    facts = [_code("provenance.plan", plan.digest, language)]
    if lock is None:
        facts.append(_fact("provenance.lock", say("report.provenance.no_lock", language), language))
    else:
        facts.append(_code("provenance.lock", lock.digest, language))
        facts.append(_fact("provenance.locked_on", day(lock.locked_on.date(), language), language))
    if plan.decision.decided is not None:
        facts.append(_fact("provenance.decided", day(plan.decision.decided, language), language))
    if plan.data.follow_up_collected is not None:
        facts.append(_fact("provenance.follow_up", day(plan.data.follow_up_collected, language), language))
    for name, digest in sorted(evaluation.data_digests.items()):
        facts.append(
            Fact(label=say("report.provenance.file", language, name=name), text=digest, is_code=True)
        )
    seeds = "; ".join(f"{r.claim.id}: {plan.seed_for(r.claim.id)}" for r in evaluation.results)
    facts.append(_code("provenance.seed", seeds, language))
    made = "; ".join(f"{name}{GAP}{version}" for name, version in sorted(evaluation.made_with.items()))
    facts.append(_fact("provenance.versions", made, language))
    return tuple(facts)


def _fact(label: str, text: str, language: Language) -> Fact:
    return Fact(label=say(f"report.{label}", language), text=text)


def _code(label: str, text: str, language: Language) -> Fact:
    return Fact(label=say(f"report.{label}", language), text=text, is_code=True)


def _whole(n: int, language: Language) -> str:
    return format_number(n, language, decimals=0)


def _kronor(amount: int, language: Language) -> str:
    return _whole(amount, language) + GAP + say("report.loan.kronor", language)
