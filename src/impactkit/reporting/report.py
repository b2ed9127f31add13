"""The report: everything that is told of an evaluation, in one language, before it is laid out."""

from __future__ import annotations

from dataclasses import dataclass

from impactkit.errors import UsageError
from impactkit.reporting import facts, overview
from impactkit.reporting.amendments import AmendmentsTold, amendments_told
from impactkit.reporting.blocks import ConclusionTold, Fact
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.claim_told import claim_told
from impactkit.reporting.disclosure import protected_claims
from impactkit.reporting.document import Document
from impactkit.reporting.evaluated import Evaluated, Telling
from impactkit.reporting.level import LEVELS, Level
from impactkit.reporting.table import Cell, Table
from impactkit.schema import no_such_choice
from impactkit.wording import Language, card, say
from impactkit.wording.language import checked_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is told of an evaluation; `render` writes it.

    Parameters
    ----------
    language : {"sv", "en"}
        The language of every text.
    level : {"full", "council", "letter"}
        For whom: everything, one page for those who decide, or a letter to the lender.
    title : str
        The project's name.
    claims : tuple of ClaimReport
        In the order of the plan.
    summary : Table
        One row a claim: the claim, the effect with its interval, the verdict, the grade.
    conclusion : ConclusionTold, optional
        What the primary claims say together; None where there is one.
    chain : Table
        What is done, what was tested and what is aimed at, kept apart.
    expected : Table
        What was expected of each claim beside what was measured, of what, and as of when.
    groups : Table, optional
        How effects differ between groups; None where no claim is about one.
    interim : tuple of (claim, year)
        The claims whose year the follow-up has not reached.
    project : tuple of Fact
        The applicant's five questions.
    background : tuple of Fact
        Who borrows, when, how much.
    limits : tuple of str
        What the report as a whole does not say.
    responsible : str, optional
        Who follows the project up.
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
    level: Level
    title: str
    claims: tuple[ClaimReport, ...]
    summary: Table
    conclusion: ConclusionTold | None
    chain: Table
    expected: Table
    groups: Table | None
    interim: tuple[tuple[str, int], ...]
    project: tuple[Fact, ...]
    background: tuple[Fact, ...]
    limits: tuple[str, ...]
    prior: str
    provenance: tuple[Fact, ...]
    responsible: str | None = None
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

        laid_out = {level.__name__: level for level in levels.ALL}
        return laid_out[self.level](self)

    def _repr_html_(self) -> str:
        rows = [(self.watermark, "")] if self.watermark else []
        rows += [
            (f"{claim.id} · {claim.badge}", f"{claim.name}: {claim.effect} ({claim.interval})")
            for claim in self.claims
        ]
        return card(self.title, rows)


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
    if by_group is None:
        told.append(say("overview.groups.none", language))
    return Report(
        language=language,
        level=level,
        title=_title(evaluation, language),
        claims=claims,
        summary=_summary(claims, language),
        conclusion=_conclusion(evaluation, language),
        chain=overview.chain(plan, claims, language),
        expected=overview.expected(plan, claims, language),
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
