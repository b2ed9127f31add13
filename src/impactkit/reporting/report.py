"""The report: everything that is told of an evaluation, in one language, before it is laid out."""

from __future__ import annotations

from dataclasses import dataclass

from impactkit.evidence.lowered import is_lowered
from impactkit.reporting import facts
from impactkit.reporting.amendments import AmendmentsTold, amendments_told
from impactkit.reporting.blocks import ConclusionTold, Fact, Figure
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.claim_words import accepted_told, claim_sentence, not_shown, verdict_sentence
from impactkit.reporting.counterfactual_picture import CounterfactualPicture, View
from impactkit.reporting.disclosure import protected_claims
from impactkit.reporting.document import Document
from impactkit.reporting.evaluated import Evaluated, Telling
from impactkit.reporting.larger_study import larger_study
from impactkit.reporting.method_words import estimand, grade_told, method_told
from impactkit.reporting.pictures import EventStudyPicture, IntervalPicture, TrajectoriesPicture
from impactkit.reporting.table import Cell, Table
from impactkit.wording import Language, card, say
from impactkit.wording.language import checked_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is told of an evaluation; `render` writes it.

    Parameters
    ----------
    language : {"sv", "en"}
        The language of every text.
    title : str
        The project's name.
    claims : tuple of ClaimReport
        In the order of the plan.
    summary : Table
        One row a claim: the claim, the effect with its interval, the verdict, the grade.
    conclusion : ConclusionTold, optional
        What the primary claims say together; None where there is one.
    project : tuple of Fact
        The applicant's five questions.
    background : tuple of Fact
        Who borrows, when, how much.
    limits : tuple of str
        What the report as a whole does not say.
    amendments : AmendmentsTold, optional
        What has changed since the plan was locked, told first; None when nothing has.
    watermark : str, optional
        What stands above every part of an exploratory run; None else.
    prior : str
        Whether the plan came before the follow-up.
    provenance : tuple of Fact
        Digests, dates, seeds, versions.
    """

    language: Language
    title: str
    claims: tuple[ClaimReport, ...]
    summary: Table
    conclusion: ConclusionTold | None
    project: tuple[Fact, ...]
    background: tuple[Fact, ...]
    limits: tuple[str, ...]
    prior: str
    provenance: tuple[Fact, ...]
    amendments: AmendmentsTold | None = None
    watermark: str | None = None

    def document(self) -> Document:
        """Return it as sections and blocks, in the order they are read.

        Returns
        -------
        Document
            What a renderer lays out.
        """
        from impactkit.reporting import levels

        return levels.full(self)

    def _repr_html_(self) -> str:
        rows = [(self.watermark, "")] if self.watermark else []
        rows += [
            (f"{claim.id} · {claim.badge}", f"{claim.name}: {claim.effect} ({claim.interval})")
            for claim in self.claims
        ]
        return card(self.title, rows)


def report_of(evaluation: Evaluated, language: Language) -> Report:
    """Tell an evaluation in a language.

    Parameters
    ----------
    evaluation : Evaluation
        A plan carried out.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Report
        Structured and frozen.

    Raises
    ------
    UsageError
        If the language is not spoken here.

    Examples
    --------
    >>> from importlib.resources import files
    >>> import impactkit as ik
    >>> evaluation = ik.evaluate(str(files("impactkit.examples") / "norrgarden"))
    >>> [claim.badge for claim in report_of(evaluation, "sv").claims]
    ['Kan inte avgöras', 'Kan inte avgöras']
    """
    language = checked_language(language)
    plan = evaluation.plan
    protected = protected_claims(plan, evaluation.results)
    claims = tuple(_claim_report(Telling.of(r, plan, language=language)) for r in protected)
    limits = ["outcome", "cause", *(["share"] if plan.loan is not None else [])]
    return Report(
        language=language,
        title=_title(evaluation, language),
        claims=claims,
        summary=_summary(claims, language),
        conclusion=_conclusion(evaluation, language),
        project=facts.project_facts(plan, language),
        background=facts.background_facts(plan, language),
        limits=tuple(say(f"report.limits.{name}", language) for name in limits),
        prior=say(f"report.prior.{evaluation.prior}", language),
        provenance=facts.provenance_facts(evaluation, language),
        amendments=amendments_told(evaluation, language),
        watermark=say("report.exploratory.watermark", language) if evaluation.exploratory else None,
    )


def _title(evaluation: Evaluated, language: Language) -> str:
    name = evaluation.plan.project.name
    return say("report.exploratory.title", language, name=name) if evaluation.exploratory else name


def _claim_report(telling: Telling) -> ClaimReport:
    result, what = telling.result, estimand(telling)
    verdict = result.verdict
    return ClaimReport(
        id=result.claim.id,
        role=telling.say(f"role.{result.claim.role}"),
        name=telling.name,
        sentence=claim_sentence(telling),
        status=verdict.status,
        badge=verdict.name.text(telling.language),
        verdict=verdict_sentence(telling),
        reasons=tuple(reason.text(telling.language) for reason in verdict.reasons),
        not_shown=not_shown(telling),
        needed=larger_study(telling) if verdict.status == "inconclusive" and not is_lowered(verdict) else (),
        effect=telling.measure.change(verdict.point),
        interval=facts.interval_told(telling),
        facts=facts.effect_facts(telling, estimand=what),
        interval_figure=_interval_figure(telling),
        figures=_figures(telling),
        method=method_told(telling),
        grade=grade_told(telling),
        accepted=accepted_told(telling),
        data=facts.data_facts(telling),
        definition=facts.definition_facts(telling),
    )


def _interval_figure(telling: Telling) -> Figure:
    picture = IntervalPicture(
        heading=say("plot.interval.title", telling.language, claim=telling.result.claim.id),
        measure=telling.measure,
        verdict=telling.result.verdict,
        claim=telling.result.claim,
    )
    effect = telling.measure.change(telling.result.verdict.point)
    table = Table(
        caption=picture.heading,
        header=tuple(telling.say(f"label.{name}") for name in ("line", "number")),
        rows=tuple(
            (telling.say(f"effect.{name}"), text) for name, text in facts.effect_lines(telling).items()
        ),
    )
    return Figure(picture=picture, notes=(f"{effect} ({facts.interval_told(telling)}).",), table=table)


def _figures(telling: Telling) -> tuple[Figure, ...]:
    estimate = telling.result.estimate
    groups = _groups(telling)
    notes = [telling.say("figure.axis")] if groups.drawn_groups else []
    if groups.any_hidden:
        notes.append(groups.hidden_note)
    if estimate.adjusted_for or telling.result.study.stratum is not None:
        notes.append(telling.say("figure.adjusted"))
    figures = [Figure(picture=groups, notes=tuple(notes), table=groups.table())]
    if estimate.counterfactual is not None:
        return (*figures, *_counterfactual(telling))
    if any(term.event_time is not None for term in estimate.terms):
        events = EventStudyPicture.of(estimate, telling.measure, name=telling.name)
        told = (telling.say("figure.event_study"),)
        figures.append(Figure(picture=events, notes=told, table=events.table()))
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


def _conclusion(evaluation: Evaluated, language: Language) -> ConclusionTold | None:
    if sum(result.claim.role == "primary" for result in evaluation.results) < 2:
        return None
    found = evaluation.conclusion
    return ConclusionTold(
        status=found.status,
        badge=found.name.text(language),
        reasons=tuple(reason.text(language) for reason in found.reasons),
    )


def _summary(claims: tuple[ClaimReport, ...], language: Language) -> Table:
    columns = ("claim", "effect", "verdict", "grade")
    return Table(
        caption=say("report.summary.caption", language),
        header=tuple(say(f"report.summary.{name}", language) for name in columns),
        rows=tuple(
            (
                Cell(text=f"{claim.id} {claim.name}", detail=claim.role, to=f"claim-{claim.id}"),
                Cell(text=claim.effect, detail=claim.interval),
                Cell(text=claim.badge, mark=claim.status),
                say("report.summary.of_five", language, value=claim.grade.value),
            )
            for claim in claims
        ),
    )
