"""A follow-up letter to the lender: where things stand, what was measured, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from impactkit.reporting import overview
from impactkit.reporting.blocks import Block, Bullets, Facts, Finding, Paragraph
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.document import Document, Section
from impactkit.reporting.report import Report
from impactkit.reporting.report_sections import amendments, summary
from impactkit.wording import say


def letter(report: Report) -> Document:
    """Lay out the letter that goes to the lender every year.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Document
        Where things stand, the loan, what has been done, measured and not shown, and what comes next.
    """
    language = report.language
    return Document(
        language=language,
        title=report.title,
        page_title=say("level.letter.page_title", language, name=report.title),
        eyebrow=say("level.letter.eyebrow", language),
        lead=report.prior,
        watermark=report.watermark,
        sections=(
            *amendments(report),
            _standing(report),
            summary(report),
            _section("done", report, Facts(items=report.background), report.chain),
            _section("shown", report, report.expected, *(_finding(claim) for claim in report.claims)),
            *([report.money] if report.money else []),
            _section("not_shown", report, *_not_shown(report)),
            _section("next", report, *_next(report)),
        ),
        numbers=(overview.numbers(report.claims, language),),
    )


def _standing(report: Report) -> Section:
    claims = ", ".join(claim for claim, _ in report.interim)
    state = "interim" if claims else "settled"
    told = Paragraph(text=say(f"level.letter.{state}", report.language, claims=claims), kind="strong")
    return _section("standing", report, told)


def _finding(claim: ClaimReport) -> Finding:
    label = f"{claim.id} {claim.name}:"
    return Finding(
        mark=claim.status, badge=claim.badge, sentences=(claim.verdict, *claim.meaning), label=label
    )


def _not_shown(report: Report) -> Iterator[Section]:
    """Yield what was not shown of each claim; what holds for every one of several is told once, last."""
    shared = _shared([claim.not_shown for claim in report.claims])
    for claim in report.claims:
        items = tuple(sentence for sentence in claim.not_shown if sentence not in shared)
        heading = f"{claim.id} {claim.name}"
        yield Section(id=f"claim-{claim.id}", heading=heading, parts=(Bullets(items=items),))
    if shared:
        heading = say("level.letter.shared", report.language)
        yield Section(id="not-shown-of-all", heading=heading, parts=(Bullets(items=shared),))


def _shared(told: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the sentences that all have in common, but for the first of each: that is its verdict's own."""
    if len(told) < 2:
        return ()
    leading = {first for first, *_ in told}
    return tuple(s for s in told[0] if s not in leading and all(s in sentences for sentences in told))


def _next(report: Report) -> tuple[Block, ...]:
    language = report.language
    told = [
        say("level.letter.next_year", language, claim=claim, by=str(by)) for claim, by in report.interim
    ] or [say("level.letter.next_none", language)]
    if report.responsible:
        told.append(say("level.letter.contact", language, responsible=report.responsible))
    return (Bullets(items=tuple(told)),)


def _section(name: str, report: Report, *parts: Block | Section) -> Section:
    heading = say(f"level.letter.{name}", report.language)
    return Section(id=name.replace("_", "-"), heading=heading, parts=parts)
