"""What a written report says and its bundle does not: numbers that do not follow, other verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle
from impactkit.verification.told_numbers import told_numbers
from impactkit.verification.written_numbers import written_numbers
from impactkit.verification.written_text import Paragraph, Where, WrittenText, read_written, written_text
from impactkit.wording import Language, Message, current_language, say

_AROUND = 40
Kind = Literal["number", "year", "date", "verdict"]
#: What a text may call a verdict, in either language; the longer before the shorter it holds.
_SAID = {
    "partly_supported": (
        r"stöds? delvis|delvis (?:stöd\w*|visa[td]\w*|belag[dt]\w*)"
        r"|part(?:ly|ially) (?:supported|proven|confirmed)"
    ),
    "not_assessable": r"kan inte bedömas|går inte att bedöma|cannot be assessed|not assessable",
    "inconclusive": r"kan inte avgöras|går inte att avgöra|inconclusive|cannot be told",
    "contradicted": r"motsägs|motsagts?|contradicted|refuted",
    "supported": (
        r"stöds|har stöd|får stöd|styrks|styrkt[as]?|är visa[td]|har visats|visat sig|belag[dt]|belagts"
        r"|bevisa[td]s?|säkerställ[dt]|supported|proven|proved|confirmed|demonstrated|has been shown|is shown"
    ),
}
_VERDICT = re.compile(
    "|".join(rf"(?P<{status}>\b(?:{words})\b)" for status, words in _SAID.items()), re.IGNORECASE
)
_NO = r"(?:inte|ej|icke|aldrig|varken|inget|ingen|inga|not|no|never|neither|nor|cannot|\w+n't)"
#: A denial stands close: "no doubt that it is supported" denies nothing.
_DENIED_BEFORE = re.compile(rf"\b{_NO}\s+(?:\S+\s+){{0,2}}$", re.IGNORECASE)
_DENIED_AFTER = re.compile(rf"\s+(?:\S+\s+)?{_NO}\b", re.IGNORECASE)
_QUOTED = re.compile(r"[”“\"«»][^”“\"«»]{0,60}[”“\"«»]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ”“\"(])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """Something that a text says and the bundle does not.

    Parameters
    ----------
    text : str
        As it stands in the text.
    kind : {"number", "year", "date", "verdict"}
        What it is.
    where : {"line", "paragraph"}
        What `place` counts.
    place : int
        Counted from 1.
    around : str
        The words around it.
    claim : str
        For a verdict: the claim, or nothing where the text names none.
    verdict : str
        For a verdict: the bundle's own.
    """

    text: str
    kind: Kind
    where: Where
    place: int
    around: str
    claim: str = ""
    verdict: str = ""

    def sentence(self, language: Language | None = None) -> str:
        """Return where it stands and what is wrong, in the language, the chosen one when left out."""
        language = language or current_language()
        values: dict[str, str | int | Message] = {
            "place": Message(f"untold.{self.where}", {"n": self.place}),
            "text": self.text,
            "around": self.around,
        }
        if self.kind == "verdict":
            values["verdict"] = (
                Message(f"verdict.name.{self.verdict}") if self.verdict else Message("untold.none")
            )
            values["claim"] = self.claim
            return say("untold.verdict_of_claim" if self.claim else "untold.verdict", language, **values)
        return say(f"untold.{self.kind}", language, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A written report held against a bundle.

    Parameters
    ----------
    untold : tuple of Untold
        In the order of the text.
    n_numbers : int
        How many numbers, years and dates were held against the bundle.
    unread : tuple of str
        Pictures and charts in the document, whose numbers nobody has read.
    """

    untold: tuple[Untold, ...]
    n_numbers: int
    unread: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when all that was read follows from the bundle, 1 when something does not."""
        return 1 if self.untold else 0

    def to_record(self) -> dict[str, Any]:
        """Return what was found, ready for JSON, in the chosen language."""
        return {
            "spec": "ikwritten1",
            "exit_code": self.exit_code,
            "n_numbers": self.n_numbers,
            "unread": list(self.unread),
            "untold": [
                {
                    "text": one.text,
                    "kind": one.kind,
                    one.where: one.place,
                    "around": one.around,
                    "sentence": one.sentence(),
                }
                for one in self.untold
            ],
        }


def untold_numbers(written: str | Path, bundle: Bundle) -> Checked:
    """Hold a written report against a bundle.

    Parameters
    ----------
    written : str or Path
        A Word document, an HTML page, Markdown or plain text.
    bundle : Bundle
        The bundle, opened; verify it first.

    Returns
    -------
    Checked
        Every number, year and date that the bundle does not tell, and every sentence that gives a claim
        another verdict, with its place.

    Raises
    ------
    UsageError, UnsafeBundleError
        If the report cannot be read.

    Notes
    -----
    A number follows when one in the results, the plan or the bundle's own report rounds to it at the decimals
    it is written with; without a sign only its size counts. It is not asked what the number is said to be.
    """
    return checked(read_written(written), bundle)


def checked(text: WrittenText, bundle: Bundle) -> Checked:
    """Hold a text that has been read against a bundle.

    Parameters
    ----------
    text : WrittenText
        The text.
    bundle : Bundle
        The bundle, opened.

    Returns
    -------
    Checked
        See :func:`untold_numbers`.
    """
    told, verdicts = told_numbers(bundle), _Verdicts.of(bundle)
    found: list[Untold] = []
    n_numbers = 0
    for paragraph in text.paragraphs:
        numbers = written_numbers(paragraph.text)
        n_numbers += len(numbers)
        found += [
            Untold(
                text=one.text,
                kind=one.kind,
                where=text.where,
                place=paragraph.number,
                around=_around(paragraph.text, one.start, one.end),
            )
            for one in numbers
            if not told.tells(one)
        ]
        found += verdicts.contradicted_by(paragraph, text.where)
    return Checked(untold=tuple(found), n_numbers=n_numbers, unread=text.unread)


def _around(text: str, start: int, end: int) -> str:
    """Return the words around a place, whole words only."""
    left, right = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    if start > _AROUND:
        left = "…" + left.partition(" ")[2]
    if end + _AROUND < len(text):
        right = right.rpartition(" ")[0] + "…"
    return left + text[start:end] + right


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdicts:
    """The bundle's verdicts, and what names their claims."""

    status: dict[str, str]
    names: dict[str, frozenset[str]]
    together: frozenset[str]
    own: frozenset[str]

    @classmethod
    def of(cls, bundle: Bundle) -> _Verdicts:
        plan = bundle.read_plan()
        called = {claim.id: plan.catalogue[claim.indicator].name for claim in plan.claims}
        status = {one["claim"]: one["verdict"]["status"] for one in bundle.results["results"]}
        conclusion = bundle.results.get("conclusion") or {}
        report = written_text(bundle.members[names.REPORT], names.REPORT)
        return cls(
            status=status,
            names={
                claim: frozenset({name.sv.casefold(), name.en.casefold()}) for claim, name in called.items()
            },
            together=frozenset({*status.values(), str(conclusion.get("status", ""))}),
            own=frozenset(one for part in report.paragraphs for one in _sentences(part.text)),
        )

    def contradicted_by(self, paragraph: Paragraph, where: Where) -> Iterator[Untold]:
        """Return the verdicts in a paragraph that are others than the bundle's own."""
        for sentence in _sentences(paragraph.text):
            said = _said(sentence)
            if said is None or sentence in self.own:
                continue
            claim = self._wrongly_judged(sentence, said)
            if claim is None:
                continue
            only = claim or (next(iter(self.status)) if len(self.status) == 1 else "")
            yield Untold(
                text=sentence[said.start : said.end],
                kind="verdict",
                where=where,
                place=paragraph.number,
                around=_around(sentence, said.start, said.end),
                claim=claim,
                verdict=self.status[only] if only else "",
            )

    def _wrongly_judged(self, sentence: str, said: _Said) -> str | None:
        """Return the claim that a sentence judges otherwise: "" if it names none, None if it does not."""
        named = [claim for claim in self.status if self._is_named(claim, sentence)]
        if not named:
            return "" if not said.is_denied and said.status not in self.together else None
        wrong = [claim for claim in named if (self.status[claim] == said.status) == said.is_denied]
        return wrong[0] if len(wrong) == len(named) else None

    def _is_named(self, claim: str, sentence: str) -> bool:
        if re.search(rf"(?<![\w-]){re.escape(claim)}(?![\w-])", sentence):
            return True
        return any(name in sentence.casefold() for name in self.names.get(claim, ()))


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(text)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A verdict that a sentence gives or denies, with its place."""

    status: str
    is_denied: bool
    start: int
    end: int


def _said(sentence: str) -> _Said | None:
    """Return the first verdict in a sentence; what is quoted is spoken about, not given."""
    plain = _QUOTED.sub(lambda match: " " * len(match[0]), sentence)
    match = _VERDICT.search(plain)
    if match is None:
        return None
    status, start, end = str(match.lastgroup), match.start(), match.end()
    of_support = status in ("supported", "partly_supported")
    denied = of_support and (_DENIED_BEFORE.search(plain[:start]) or _DENIED_AFTER.match(plain[end:]))
    return _Said(status=status, is_denied=bool(denied), start=start, end=end)
