"""One claim told in the report's language: everything of it that goes into a report."""

from __future__ import annotations

from impactkit.evidence.lowered import is_lowered, is_unjudged
from impactkit.plans.lock import Priority
from impactkit.reporting import facts, overview
from impactkit.reporting.appendix import appendix_told
from impactkit.reporting.balance_picture import BalancePicture
from impactkit.reporting.blocks import Figure
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.claim_words import accepted_told, claim_sentence, not_shown, verdict_sentence
from impactkit.reporting.counterfactual_picture import CounterfactualPicture, View
from impactkit.reporting.evaluated import Telling
from impactkit.reporting.group_words import groups_told
from impactkit.reporting.larger_study import larger_study
from impactkit.reporting.meaning import meaning, surer
from impactkit.reporting.method_words import estimand, grade_told, method_told
from impactkit.reporting.pictures import EventStudyPicture, IntervalPicture, TrajectoriesPicture
from impactkit.reporting.threshold_picture import ThresholdPicture
from impactkit.wording import say


def claim_told(telling: Telling, *, prior: Priority) -> ClaimReport:
    """Return everything that is told of a claim.

    Parameters
    ----------
    telling : Telling
        The claim.
    prior : {"proved_prior", "claimed_prior", "not_prior"}
        Whether the plan came before the follow-up.

    Returns
    -------
    ClaimReport
        From promise to appendix.
    """
    result, what = telling.result, estimand(telling)
    verdict = result.verdict
    return ClaimReport(
        id=result.claim.id,
        role=telling.say(f"role.{result.claim.role}"),
        name=telling.title,
        sentence=claim_sentence(telling),
        status=verdict.status,
        badge=verdict.name.text(telling.language),
        verdict=verdict_sentence(telling),
        reasons=tuple(reason.text(telling.language) for reason in verdict.reasons),
        not_shown=not_shown(telling),
        meaning=meaning(telling),
        needed=larger_study(telling) if verdict.status == "inconclusive" and not is_lowered(verdict) else (),
        surer=surer(telling, prior),
        level=telling.indicator.level,
        change=result.claim.change,
        is_lowered=is_lowered(verdict) or is_unjudged(verdict),
        promise=overview.promise(telling),
        effect=telling.measure.change(verdict.point),
        loan_share=overview.loan_share(telling),
        as_of=overview.as_of(telling),
        group=overview.group_row(telling),
        interval=facts.interval_told(telling),
        facts=facts.effect_facts(telling, estimand=what, as_of=overview.as_of(telling)),
        interval_figure=_interval_figure(telling),
        by_group=groups_told(telling),
        figures=_figures(telling),
        method=method_told(telling),
        grade=grade_told(telling),
        accepted=accepted_told(telling),
        data=facts.data_facts(telling),
        definition=facts.definition_facts(telling),
        appendix=appendix_told(telling, estimand=what),
        numbers=overview.numbers_row(telling),
    )


def _interval_figure(telling: Telling) -> Figure:
    picture = IntervalPicture(
        heading=say("plot.interval.title", telling.language, claim=telling.result.claim.id),
        measure=telling.measure,
        verdict=telling.result.verdict,
        claim=telling.result.claim,
    )
    effect = telling.measure.change(telling.result.verdict.point)
    return Figure(
        picture=picture, notes=(f"{effect} ({facts.interval_told(telling)}).",), table=picture.table()
    )


def _figures(telling: Telling) -> tuple[Figure, ...]:
    estimate = telling.result.estimate
    groups = _groups(telling)
    notes = [telling.say("figure.axis")] if groups.drawn_groups else []
    if groups.any_hidden:
        notes.append(groups.hidden_note)
    if estimate.method == "regression_discontinuity":
        notes.append(telling.say("figure.near"))
    elif estimate.adjusted_for or telling.result.study.stratum is not None:
        notes.append(telling.say("figure.adjusted"))
    figures = [Figure(picture=groups, notes=tuple(notes), table=groups.table())]
    if estimate.counterfactual is not None:
        return (*figures, *_counterfactual(telling))
    if estimate.comparability is not None:
        balance = BalancePicture.of(estimate, telling.language)
        made = "made_alike" if balance.has_after else "as_they_were"
        figures.append(Figure(picture=balance, notes=(telling.say(f"figure.{made}"),), table=balance.table()))
    if any(term.event_time is not None for term in estimate.terms):
        events = EventStudyPicture.of(estimate, telling.measure, name=telling.name)
        told = (telling.say(f"figure.event_study{'' if events.against == 'groups' else '_of_course'}"),)
        figures.append(Figure(picture=events, notes=told, table=events.table()))
    if estimate.threshold is not None and telling.plan.data.shows_units:
        scores = ThresholdPicture.of(estimate, telling.measure, name=telling.name)
        figures.append(Figure(picture=scores, notes=(scores.note,), table=scores.table()))
    return tuple(figures)


def _counterfactual(telling: Telling) -> tuple[Figure, ...]:
    """Return what would have been beside what was seen, and the placebos where there are any."""
    estimate = telling.result.estimate
    views: tuple[View, ...] = ("trend", "placebos", "weights")
    built = estimate.counterfactual
    assert built is not None
    held = {"trend": True, "placebos": bool(built.placebos), "weights": bool(built.weights)}
    found = []
    for view in (view for view in views if held[view]):
        picture = CounterfactualPicture.of(estimate, telling.measure, view=view, name=telling.name)
        kind = "own_course" if view == "trend" and not built.weights else view
        notes = (telling.say(f"figure.counterfactual.{kind}"), *((picture.note,) if picture.note else ()))
        found.append(Figure(picture=picture, notes=notes, table=picture.table()))
    return tuple(found)


def _groups(telling: Telling) -> TrajectoriesPicture:
    result, columns = telling.result, telling.result.study.columns
    names = zip(columns.periods.tolist(), columns.period_names, strict=False)
    title = "title" if len({mean.group for mean in result.means}) > 1 else "title_of_one"
    return TrajectoriesPicture(
        heading=say(f"plot.trajectories.{title}", telling.language, name=telling.name),
        measure=telling.measure,
        means=result.means,
        disclosure=telling.disclosure,
        start=result.estimate.start,
        names=dict(names),
    )
