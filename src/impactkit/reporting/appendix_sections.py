"""The methods appendix, a section of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.reporting.blocks import Bullets, Paragraph
from impactkit.reporting.document import Section
from impactkit.wording import MessageValue, say

if TYPE_CHECKING:
    from impactkit.reporting.claim_report import ClaimReport
    from impactkit.reporting.report import Report


def appendix(report: Report) -> Section:
    """Return what a researcher asks: estimand, model, settings, terms and literature of every claim.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Section
        One part a claim.
    """
    lead = Paragraph(text=f"{_say('lead', report)} {_say('sums', report)}")
    return Section(
        id="appendix",
        heading=_say("heading", report),
        parts=(lead, *(_of_claim(claim, report) for claim in report.claims)),
    )


def _of_claim(claim: ClaimReport, report: Report) -> Section:
    told = claim.appendix
    return Section(
        id=f"claim-{claim.id}-appendix",
        heading=_say("of_claim", report, claim=claim.id, method=claim.method.name),
        parts=(
            Paragraph(label=_say("estimand", report), text=told.estimand),
            Paragraph(label=_say("equation", report), text=told.equation),
            Paragraph(label=_say("uncertainty", report), text=" ".join(claim.method.inference)),
            Paragraph(label=_say("diagnostics", report), text=told.checks),
            told.estimates,
            *(claim.by_group.details if claim.by_group else ()),
            told.settings,
            Section(
                id=f"claim-{claim.id}-references",
                heading=_say("references", report),
                parts=(Bullets(items=told.references),),
            ),
        ),
    )


def _say(code: str, report: Report, /, **values: MessageValue) -> str:
    return say(f"appendix.{code}", report.language, **values)
