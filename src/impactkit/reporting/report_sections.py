"""The parts of a report that are not about one claim, each a section of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from impactkit.reporting.amendments import AmendmentTold
from impactkit.reporting.blocks import Block, Bullets, Facts, Finding, Paragraph
from impactkit.reporting.document import Section
from impactkit.wording import say

if TYPE_CHECKING:
    from impactkit.reporting.report import Report


def amendments(report: Report) -> Iterator[Section]:
    """Yield what has changed since the plan was locked, where something has.

    Parameters
    ----------
    report : Report
        The report.

    Yields
    ------
    Section
        The rule, every amendment, and the verdicts beside those of the plans before.
    """
    told = report.amendments
    if told is None:
        return
    parts: list[Block | Section] = [Paragraph(text=told.rule)]
    parts += [_amendment(one, place) for place, one in enumerate(told.amendments, start=1)]
    parts.append(told.verdicts)
    if told.troubles:
        parts.append(Bullets(items=told.troubles))
    heading = say("report.heading.amendments", report.language)
    yield Section(id="amendments", heading=heading, parts=tuple(parts), kind="changes")


def _amendment(one: AmendmentTold, place: int) -> Section:
    seen = Paragraph(text=one.seen, kind="strong")
    return Section(
        id=f"amendment-{place}",
        heading=one.title,
        parts=(Paragraph(text=one.reason), seen, one.changed),
    )


def amendments_in_short(report: Report) -> Iterator[Section]:
    """Yield that something has changed since the plan was locked, with the verdicts beside the earlier ones.

    Parameters
    ----------
    report : Report
        The report.

    Yields
    ------
    Section
        The rule and one table.
    """
    if report.amendments is not None:
        parts = (Paragraph(text=report.amendments.rule), report.amendments.verdicts)
        heading = say("report.heading.amendments", report.language)
        yield Section(id="amendments", heading=heading, parts=parts, kind="changes")


def summary(report: Report) -> Section:
    """Return the short answer: every claim with its verdict, and what they say together.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Section
        The first that is read.
    """
    parts: list[Block] = [report.summary]
    if report.conclusion is not None:
        found = report.conclusion
        label = say("report.heading.conclusion", report.language)
        parts.append(
            Finding(mark=found.status, badge=found.badge, sentences=found.reasons, label=f"{label}:")
        )
    heading = say("report.heading.summary", report.language)
    return Section(id="summary", heading=heading, parts=tuple(parts), kind="summary")


def compared(report: Report) -> Section:
    """Return what is done, tested and aimed at, what was expected and measured, and how groups differ.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Section
        Two or three tables.
    """
    heading = say("report.heading.expected", report.language)
    parts = (report.chain, report.expected, *([report.groups] if report.groups else []))
    return Section(id="expected", heading=heading, parts=parts)


def project(report: Report) -> Section:
    """Return the applicant's answers, the loan, and what the report does not say.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Section
        With three parts.
    """
    language = report.language
    questions = Section(
        id="questions",
        heading=say("report.heading.questions", language),
        parts=(Facts(items=report.project),),
        kind="half",
    )
    background = Section(
        id="background",
        heading=say("report.heading.background", language),
        parts=(Facts(items=report.background),),
        kind="half",
    )
    heading = say("report.heading.project", language)
    return Section(id="project", heading=heading, parts=(questions, background, limits(report)))


def limits(report: Report) -> Section:
    """Return what the report says and does not say.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Section
        A list.
    """
    heading = say("report.heading.limits", report.language)
    return Section(id="limits", heading=heading, parts=(Bullets(items=report.limits),))


def provenance(report: Report) -> Section:
    """Return where the numbers come from.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Section
        Whether the plan came first, and every digest, seed and version.
    """
    heading = say("report.heading.provenance", report.language)
    parts = (Paragraph(text=report.prior), Facts(items=report.provenance, is_wide=True))
    return Section(id="provenance", heading=heading, parts=parts)
