"""The full report: everything that is told, with a methods appendix."""

from __future__ import annotations

from impactkit.reporting import overview
from impactkit.reporting.appendix_sections import appendix
from impactkit.reporting.claim_sections import claim_section
from impactkit.reporting.document import Document
from impactkit.reporting.group_words import numbers_table
from impactkit.reporting.report import Report
from impactkit.reporting.report_sections import amendments, compared, project, provenance, summary
from impactkit.reporting.table import Table
from impactkit.wording import say


def full(report: Report) -> Document:
    """Lay out everything that is told of an evaluation.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Document
        What has changed, the short answer, every claim, what was expected and measured, the project, the
        methods, and where the numbers come from.
    """
    language = report.language
    return Document(
        language=language,
        title=report.title,
        page_title=say("report.page.title", language, name=report.title),
        eyebrow=say("report.page.eyebrow", language),
        lead=report.prior,
        watermark=report.watermark,
        sections=(
            *amendments(report),
            summary(report),
            *(claim_section(claim, language) for claim in report.claims),
            compared(report),
            *([report.money] if report.money else []),
            project(report),
            appendix(report),
            provenance(report),
        ),
        numbers=(overview.numbers(report.claims, language), *_by_group(report)),
    )


def _by_group(report: Report) -> tuple[Table, ...]:
    told = tuple(claim.by_group for claim in report.claims if claim.by_group)
    return (numbers_table(told, report.language),) if told else ()
