"""The parts of what is told of one claim, each a section of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from impactkit.reporting.blocks import Block, Bullets, Facts, Finding, Paragraph, Scale
from impactkit.reporting.claim_report import ClaimReport
from impactkit.reporting.document import Section
from impactkit.reporting.table import Cell, Mark, Table
from impactkit.wording import Language, say

_STATES: dict[bool | None, Mark] = {True: "passed", False: "failed", None: "informative"}
_STEPS = 5
Kind = Literal["plain", "half", "note"]


def claim_section(claim: ClaimReport, language: Language) -> Section:
    """Return everything that is told of a claim.

    Parameters
    ----------
    claim : ClaimReport
        The claim.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Section
        From promise to definition.
    """
    return Section(
        id=f"claim-{claim.id}",
        heading=claim.name,
        eyebrow=eyebrow(claim, language),
        kind="claim",
        parts=(
            *answer(claim),
            claim.interval_figure,
            under("meaning", claim, language, parts=(Bullets(items=claim.meaning),)),
            under("why", claim, language, parts=(Bullets(items=claim.reasons),), kind="half"),
            under("not_shown", claim, language, parts=(Bullets(items=claim.not_shown),), kind="half"),
            *_listed("accepted", claim, language, items=claim.accepted, kind="note"),
            *_listed("needed", claim, language, items=claim.needed),
            *_listed("surer", claim, language, items=claim.surer),
            under("effect", claim, language, parts=(Facts(items=claim.facts, is_wide=True),)),
            under("groups", claim, language, parts=claim.figures),
            *_by_group(claim, language),
            grade(claim, language),
            method(claim, language),
            under("data", claim, language, parts=(Facts(items=claim.data),), kind="half"),
            under("definition", claim, language, parts=(Facts(items=claim.definition),), kind="half"),
        ),
    )


def eyebrow(claim: ClaimReport, language: Language) -> str:
    """Return the line above a claim's name: its id and what part it plays.

    Parameters
    ----------
    claim : ClaimReport
        The claim.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        Such as ``Claim C1 · Primary claim``.
    """
    return f"{say('report.label.claim', language, claim=claim.id)} · {claim.role}"


def answer(claim: ClaimReport) -> tuple[Block, ...]:
    """Return the promise and the verdict on it.

    Parameters
    ----------
    claim : ClaimReport
        The claim.

    Returns
    -------
    tuple of block
        A paragraph and a finding.
    """
    finding = Finding(mark=claim.status, badge=claim.badge, sentences=(claim.verdict,))
    return (Paragraph(text=claim.sentence, kind="promise"), finding)


def _by_group(claim: ClaimReport, language: Language) -> Iterator[Section]:
    told = claim.by_group
    if told is not None:
        yield under("by_group", claim, language, parts=(Bullets(items=told.notes), *told.tables))


def grade(claim: ClaimReport, language: Language) -> Section:
    """Return how far the answer can be trusted, with every check.

    Parameters
    ----------
    claim : ClaimReport
        The claim.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Section
        The grade, its reasons, and the checks as a table where there are some.
    """
    found = claim.grade
    checks = Table(
        caption=say("report.heading.checks", language, claim=claim.id),
        header=tuple(say(f"report.check.{name}", language) for name in ("name", "state", "sentence")),
        rows=tuple(
            (check.title, Cell(text=check.state, mark=_STATES[check.passed]), check.sentence)
            for check in found.checks
        ),
    )
    parts: tuple[Block, ...] = (
        Scale(value=found.value, of=_STEPS, text=found.title),
        Bullets(items=found.reasons),
    )
    return under("grade", claim, language, parts=(*parts, checks) if found.checks else parts)


def method(claim: ClaimReport, language: Language) -> Section:
    """Return how it was worked out and what that rests on.

    Parameters
    ----------
    claim : ClaimReport
        The claim.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Section
        The method in a few sentences, warnings, assumptions and inference.
    """
    told = claim.method
    parts: list[Block | Section] = [Paragraph(label=f"{told.name}.", text=" ".join(told.sentences))]
    parts += _listed("warnings", claim, language, items=told.warnings, kind="note")
    parts.append(under("assumptions", claim, language, parts=(Bullets(items=told.assumptions),), kind="half"))
    parts.append(under("inference", claim, language, parts=(Bullets(items=told.inference),), kind="half"))
    return under("method", claim, language, parts=tuple(parts))


def under(
    name: str,
    claim: ClaimReport,
    language: Language,
    *,
    parts: tuple[Block | Section, ...],
    kind: Kind = "plain",
) -> Section:
    """Return one part of a claim's section.

    Parameters
    ----------
    name : str
        The heading's key.
    claim : ClaimReport
        The claim.
    language : {"sv", "en"}
        The language.
    parts : tuple of block or Section
        What stands there.
    kind : {"plain", "half", "note"}
        Running text, one of two that may stand side by side, or a box.

    Returns
    -------
    Section
        With an id of its own.
    """
    return Section(
        id=f"claim-{claim.id}-{name.replace('_', '-')}",
        heading=say(f"report.heading.{name}", language),
        parts=parts,
        kind=kind,
    )


def _listed(
    name: str, claim: ClaimReport, language: Language, *, items: tuple[str, ...], kind: Kind = "plain"
) -> Iterator[Section]:
    if items:
        yield under(name, claim, language, parts=(Bullets(items=items),), kind=kind)
