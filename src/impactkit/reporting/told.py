"""An evaluation told in a language, for one kind of reader."""

from __future__ import annotations

from impactkit.errors import UsageError
from impactkit.reporting import facts, levels, overview
from impactkit.reporting.amendments import amendments_told
from impactkit.reporting.blocks import ConclusionTold
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.claim_told import claim_told
from impactkit.reporting.disclosure import protected_claims
from impactkit.reporting.evaluated import Evaluated, Telling
from impactkit.reporting.level import LEVELS, Level
from impactkit.reporting.money import money_section
from impactkit.reporting.report import Report
from impactkit.reporting.table import Cell, Table
from impactkit.schema import no_such_choice
from impactkit.wording import Language, say
from impactkit.wording.language import checked_language


def report_of(evaluation: Evaluated, language: Language, *, level: Level = "full") -> Report:
    """Tell an evaluation in a language.

    Parameters
    ----------
    evaluation : Evaluation
        A plan carried out.
    language : {"sv", "en"}
        The language.
    level : {"full", "council", "letter"}
        For whom.

    Returns
    -------
    Report
        Structured and frozen.

    Raises
    ------
    UsageError
        If the language is not spoken here, or there is no such level.

    Examples
    --------
    >>> from importlib.resources import files
    >>> import impactkit as ik
    >>> evaluation = ik.evaluate(str(files("impactkit.examples") / "norrgarden"))
    >>> [claim.badge for claim in report_of(evaluation, "sv").claims]
    ['Kan inte avgöras', 'Kan inte avgöras']
    """
    language, level = checked_language(language), _checked_level(level)
    plan = evaluation.plan
    protected = protected_claims(plan, evaluation.results)
    claims = tuple(
        claim_told(Telling.of(r, plan, language=language), prior=evaluation.prior) for r in protected
    )
    limits = ["outcome", "cause", *(["share"] if plan.loan is not None else [])]
    told = [say(f"report.limits.{name}", language) for name in limits]
    by_group = overview.groups(claims, language)
    if by_group is None and not any(claim.by_group for claim in claims):
        told.append(say("overview.groups.none", language))
    return Report(
        language=language,
        level=level,
        layout={each.__name__: each for each in levels.ALL}[level],
        title=_title(evaluation, language),
        claims=claims,
        summary=_summary(claims, language),
        conclusion=_conclusion(evaluation, language),
        chain=overview.chain(plan, claims, language),
        expected=overview.expected(plan, claims, language),
        money=money_section(evaluation, language),
        groups=by_group,
        interim=_interim(evaluation),
        project=facts.project_facts(plan, language),
        background=facts.background_facts(plan, language),
        limits=tuple(told),
        prior=say(f"report.prior.{evaluation.prior}", language),
        provenance=facts.provenance_facts(evaluation, language),
        responsible=plan.project.responsible,
        amendments=amendments_told(evaluation, language),
        watermark=say("report.exploratory.watermark", language) if evaluation.exploratory else None,
    )


def _checked_level(level: Level) -> Level:
    if level not in LEVELS:
        raise no_such_choice(UsageError, "level", given=level, choices=LEVELS)
    return level


def _interim(evaluation: Evaluated) -> tuple[tuple[str, int], ...]:
    collected = evaluation.plan.data.follow_up_collected
    if collected is None:
        return ()
    claims = (result.claim for result in evaluation.results)
    return tuple((claim.id, claim.by) for claim in claims if claim.by > collected.year)


def _title(evaluation: Evaluated, language: Language) -> str:
    name = evaluation.plan.project.name
    return say("report.exploratory.title", language, name=name) if evaluation.exploratory else name


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
    days = {claim.as_of for claim in claims} - {say("overview.expected.unknown", language)}
    caption = say("report.summary.caption", language)
    if len(days) == 1:
        caption = say("report.summary.caption_as_of", language, as_of=min(days))
    return Table(
        caption=caption,
        header=tuple(say(f"report.summary.{name}", language) for name in columns),
        rows=tuple(
            (
                Cell(
                    text=f"{claim.id} {claim.name}",
                    detail=claim.role if len(days) < 2 else f"{claim.role}, {claim.as_of}",
                    to=f"claim-{claim.id}",
                ),
                Cell(text=claim.effect, detail=claim.interval),
                Cell(text=claim.badge, mark=claim.status),
                say("report.summary.of_five", language, value=claim.grade.value),
            )
            for claim in claims
        ),
    )
