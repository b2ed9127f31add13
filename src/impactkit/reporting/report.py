"""The report: everything that is told of an evaluation, in one language, before it is laid out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from impactkit.reporting.amendments import AmendmentsTold
from impactkit.reporting.blocks import ConclusionTold, Fact
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.document import Document, Section
from impactkit.reporting.level import Level
from impactkit.reporting.table import Table
from impactkit.wording import Facts, Language, Shown, one_line


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report(Shown):
    """What is told of an evaluation; `render` writes it.

    Parameters
    ----------
    language : {"sv", "en"}
        The language of every text.
    level : {"full", "council", "letter"}
        For whom: everything, one page for those who decide, or a letter to the lender.
    layout : callable
        Lays it out for its level.
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
    money : Section, optional
        What the plan's contract pays and what its effects cost; None where it has neither.
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
    layout: Callable[[Report], Document]
    title: str
    claims: tuple[ClaimReport, ...]
    summary: Table
    conclusion: ConclusionTold | None
    chain: Table
    expected: Table
    money: Section | None
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
        return self.layout(self)

    def __repr__(self) -> str:
        told = [f"{claim.id} {claim.status}" for claim in self.claims]
        return one_line("Report", repr(self.title), self.language, self.level, *told)

    def _facts(self) -> Facts:
        return Facts(
            title=self.title,
            rows=[
                (f"{claim.id} · {claim.badge}", f"{claim.name}: {claim.effect} ({claim.interval})")
                for claim in self.claims
            ],
            warnings=[self.watermark] if self.watermark else (),
        )
