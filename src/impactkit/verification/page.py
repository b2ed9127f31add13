"""What a verification found, as one HTML page to file or print."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from impactkit.provenance import file_digest, versions
from impactkit.reporting.page import page_of
from impactkit.verification.difference import Difference
from impactkit.verification.verification import UNSAFE, State, Verification
from impactkit.wording import Language, Message, current_language, say

_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    title: str
    state: State
    name: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    file: str
    digest: str
    version: str
    exit_code: int
    conclusion: str
    results: tuple[_Row, ...]
    steps: tuple[_Row, ...]
    differences: tuple[Difference, ...]
    n_differences: int
    verdicts: tuple[tuple[str, str], ...]


def verification_page(found: Verification, path: str | Path, *, language: Language | None = None) -> bytes:
    """Return a verification as one HTML page.

    Parameters
    ----------
    found : Verification
        What was found.
    path : str or Path
        The bundle: its name and digest stand on the page.
    language : {"sv", "en"}, optional
        The page's language; the chosen one when left out.

    Returns
    -------
    bytes
        UTF-8. Nothing in it can run, and nothing is fetched. Completeness and reliability are told apart;
        of the differences the first hundred are shown.
    """
    language, file = language or current_language(), Path(path)
    told = _Told(
        file=file.name,
        digest=file_digest(file),
        version=versions()["impactkit"],
        exit_code=found.exit_code,
        conclusion=found.conclusion.text(language),
        results=_two_results(found, language),
        steps=tuple(
            _row(step.title.text(language), step.state, step.text(language), language) for step in found.steps
        ),
        differences=found.differences[:_SHOWN],
        n_differences=len(found.differences),
        verdicts=tuple(
            (claim, say(f"verdict.name.{status}", language)) for claim, status in found.verdicts.items()
        ),
    )
    return page_of("verification.html.j2", language, told=told)


def _two_results(found: Verification, language: Language) -> tuple[_Row, ...]:
    """Return completeness and reliability; neither where the bundle was not even opened."""
    if found.exit_code >= UNSAFE:
        return ()
    told: dict[str, State] = {"completeness": found.completeness, "reliability": found.reliability}
    return tuple(
        _row(
            say(f"report.verification.{result}", language),
            state,
            say(f"report.verification.{result}_{state}", language),
            language,
        )
        for result, state in told.items()
    )


def _row(title: str, state: State, sentence: str, language: Language) -> _Row:
    return _Row(
        title=title,
        state=state,
        name=Message(f"verify.state.{state}").text(language),
        sentence=sentence,
    )
