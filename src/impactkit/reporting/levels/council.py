"""One page for those who decide: the verdicts, what they mean, and what was not shown."""

from __future__ import annotations

from impactkit.reporting import overview
from impactkit.reporting.blocks import Block, Bullets, Finding, Paragraph
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.document import Document, Section
from impactkit.reporting.report import Report
from impactkit.reporting.report_sections import amendments_in_short, summary
from impactkit.wording import Language, say


def council(report: Report) -> Document:
    """Lay out the page that a councillor reads.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Document
        The short answer, each claim in a few lines, the limits, and where to read more.
    """
    language = report.language
    answers = Section(
        id="answers",
        heading=say("level.council.answers", language),
        parts=tuple(_answer(claim, language) for claim in report.claims),
    )
    more = Section(
        id="more",
        heading=say("level.council.more_heading", language),
        parts=(Bullets(items=report.limits), Paragraph(text=say("level.council.more", language))),
    )
    return Document(
        language=language,
        title=report.title,
        page_title=say("level.council.page_title", language, name=report.title),
        eyebrow=say("level.council.eyebrow", language),
        lead=report.prior,
        watermark=report.watermark,
        sections=(*amendments_in_short(report), summary(report), answers, more),
        is_short=True,
        numbers=(overview.numbers(report.claims, language),),
    )


def _answer(claim: ClaimReport, language: Language) -> Section:
    shown = (claim.verdict, " ".join(claim.meaning))
    label = say("report.label.verdict", language)
    differ = () if claim.by_group is None else claim.by_group.differ
    parts: tuple[Block, ...] = (
        Paragraph(text=claim.sentence),
        Finding(mark=claim.status, badge=claim.badge, sentences=shown, label=f"{label}:"),
        *(Paragraph(text=sentence) for sentence in differ),
        Paragraph(text=say("level.council.caveat", language, sentence=_caveat(claim, language))),
    )
    return Section(id=f"claim-{claim.id}", heading=f"{claim.id} {claim.name}", parts=parts)


def _caveat(claim: ClaimReport, language: Language) -> str:
    """Return the first of what was not shown; where nothing is settled, that neither is."""
    if claim.status != "inconclusive" or claim.is_lowered:
        return claim.not_shown[0]
    kind = f"neither_{claim.change}" if claim.change in ("no_harm", "no_effect") else "neither"
    return say(f"level.council.{kind}", language)
