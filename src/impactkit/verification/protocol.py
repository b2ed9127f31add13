"""What a verification found, as a document to file: the reviewer's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from impactkit.provenance import file_digest, versions
from impactkit.reporting.blocks import Block, Bullets, Fact, Facts, Finding, Paragraph
from impactkit.reporting.document import Document, Section
from impactkit.reporting.table import Cell, Mark, Table
from impactkit.verification.verification import NOT_ALL_CHECKED, UNSAFE, VERIFIED, State, Verification
from impactkit.wording import Language, Message, MessageValue, current_language, say

_SHOWN = 100
_BLANK = "……………………………………"
_MARKS: dict[State, Mark] = {"pass": "passed", "fail": "failed", "not_checked": "informative"}
_STATES: dict[int, State] = {VERIFIED: "pass", NOT_ALL_CHECKED: "not_checked"}
_ASKED = ("reviewer", "date", "signature")


def protocol(found: Verification, path: str | Path, *, language: Language | None = None) -> Document:
    """Return a verification as a document.

    Parameters
    ----------
    found : Verification
        What was found.
    path : str or Path
        The bundle: its name and digest stand in the document.
    language : {"sv", "en"}, optional
        The document's language; the chosen one when left out.

    Returns
    -------
    Document
        Completeness and reliability are told apart; of the differences the first hundred are shown; what
        could not be checked is listed by itself, and lines are left for who reviewed it and when.
    """
    language, file = language or current_language(), Path(path)
    return Document(
        language=language,
        title=file.name,
        page_title=_say("title", language, name=file.name),
        eyebrow=_say("eyebrow", language),
        lead="",
        sections=(
            _conclusion(found, language),
            _steps(found, language),
            *_unchecked(found, language),
            _file(found, file, language),
            _signed(language),
        ),
    )


def _conclusion(found: Verification, language: Language) -> Section:
    state = _STATES.get(found.exit_code, "fail")
    finding = Finding(
        mark=_MARKS[state], badge=_name(state, language), sentences=(found.conclusion.text(language),)
    )
    parts: list[Block] = [finding, Paragraph(text=_say("not_the_effect", language))]
    if found.exit_code < UNSAFE:
        parts.append(_two_results(found, language))
    return Section(id="summary", heading=_say("conclusion", language), parts=tuple(parts), kind="summary")


def _two_results(found: Verification, language: Language) -> Table:
    told: dict[str, State] = {"completeness": found.completeness, "reliability": found.reliability}
    return Table(
        caption=_say("two_results", language),
        header=tuple(_say(name, language) for name in ("result", "state", "meaning")),
        rows=tuple(
            (_say(result, language), _cell(state, language), _say(f"{result}_{state}", language))
            for result, state in told.items()
        ),
    )


def _steps(found: Verification, language: Language) -> Section:
    steps = Table(
        caption=_say("steps_caption", language),
        header=tuple(_say(name, language) for name in ("step", "state", "found")),
        rows=tuple(
            (step.title.text(language), _cell(step.state, language), step.text(language))
            for step in found.steps
        ),
    )
    parts: list[Block | Section] = [steps]
    if found.differences:
        parts.append(_part("differences", language, _differences(found, language)))
    if found.verdicts:
        told = tuple(
            Fact(label=claim, text=say(f"verdict.name.{status}", language))
            for claim, status in found.verdicts.items()
        )
        parts.append(_part("verdicts", language, Facts(items=told, is_wide=True)))
    return Section(id="steps", heading=_say("steps", language), parts=tuple(parts), kind="claim")


def _differences(found: Verification, language: Language) -> Table:
    return Table(
        caption=_say("differences_caption", language, n=len(found.differences)),
        header=tuple(_say(name, language) for name in ("where", "claimed", "recomputed")),
        rows=tuple((one.where, str(one.claimed), str(one.recomputed)) for one in found.differences[:_SHOWN]),
        numeric=True,
    )


def _unchecked(found: Verification, language: Language) -> Iterator[Section]:
    left = tuple(
        f"{step.title.text(language)}: {step.text(language)}"
        for step in found.steps
        if step.state == "not_checked"
    )
    if left:
        yield _part("unchecked", language, Bullets(items=left))


def _file(found: Verification, file: Path, language: Language) -> Section:
    told = (
        Fact(label="SHA-256", text=file_digest(file), is_code=True),
        Fact(label=_say("exit_code", language), text=str(found.exit_code)),
        Fact(label="impactkit", text=versions()["impactkit"]),
    )
    return _part("file", language, Facts(items=told, is_wide=True))


def _signed(language: Language) -> Section:
    told = tuple(Fact(label=_say(name, language), text=_BLANK) for name in _ASKED)
    return _part("signed", language, Facts(items=told, is_wide=True))


def _part(name: str, language: Language, *parts: Block) -> Section:
    return Section(id=name, heading=_say(name, language), parts=parts)


def _cell(state: State, language: Language) -> Cell:
    return Cell(text=_name(state, language), mark=_MARKS[state])


def _name(state: State, language: Language) -> str:
    return Message(f"verify.state.{state}").text(language)


def _say(code: str, language: Language, /, **values: MessageValue) -> str:
    return say(f"report.verification.{code}", language, **values)
