"""What a verification found: every step with its state, and one exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from impactkit.errors import ImpactkitError, Trouble
from impactkit.verification.difference import Difference
from impactkit.wording import Facts, Language, Message, Shown, current_language, one_line, told

if TYPE_CHECKING:
    from impactkit.reporting.document import Document

State = Literal["pass", "fail", "not_checked"]
#: Whether all that was promised is there; the others ask whether it is right.
_OF_COMPLETENESS = frozenset({"structure", "lock", "handed_over", "prior", "ledger", "completeness"})
_NOT_OF_RELIABILITY = _OF_COMPLETENESS | {"signature", "timestamp", "attestation", "disclosure"}
#: What nobody is asked for: it counts when it is there and fails.
_OPTIONAL = frozenset({"timestamp", "attestation", "ledger"})
VERIFIED, FAILED, NOT_ALL_CHECKED, UNSAFE, UNSUPPORTED = 0, 1, 3, 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was asked of a bundle.

    Parameters
    ----------
    name : str
        Its slug.
    state : {"pass", "fail", "not_checked"}
        The answer.
    sentence : Message
        What was found, in words.
    troubles : tuple of Trouble
        The errors that stopped it.
    """

    name: str
    state: State
    sentence: Message
    troubles: tuple[Trouble, ...] = ()

    @property
    def title(self) -> Message:
        """The step's name in words."""
        return Message(f"verify.title.{self.name}")

    def text(self, language: Language) -> str:
        """Return what was found, with the errors that stopped it."""
        said = self.sentence.text(language)
        return f"{said}\n{told(ImpactkitError.of(self.troubles), language)}" if self.troubles else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(Shown):
    """What a verification found.

    Parameters
    ----------
    steps : tuple of Step
        In the order they were taken; none is left out, and none is called a pass because another failed.
    differences : tuple of Difference
        Values in the bundle that plan and data do not give.
    verdicts : dict of str to str
        Each claim's status: recomputed where there are data, else as claimed.
    exit_code : int
        0 verified; 1 a claim or a file fails; 3 consistent but not fully verifiable; 4 unsafe or
        malformed; 5 unsupported version. 0 means that the report is what plan and data give, not that the
        effect is real.
    """

    steps: tuple[Step, ...]
    differences: tuple[Difference, ...] = ()
    verdicts: dict[str, str]
    exit_code: int

    @classmethod
    def of(
        cls, steps: Sequence[Step], *, differences: Sequence[Difference] = (), verdicts: dict[str, str]
    ) -> Verification:
        """Return the verification whose steps these are, with the exit code they give."""
        return cls(
            steps=tuple(steps),
            differences=tuple(differences),
            verdicts=verdicts,
            exit_code={"fail": FAILED, "not_checked": NOT_ALL_CHECKED, "pass": VERIFIED}[
                _worst([step for step in steps if step.state == "fail" or step.name not in _OPTIONAL])
            ],
        )

    @property
    def completeness(self) -> State:
        """Whether all that was promised is there: claims, data, the lock and its date."""
        return _worst([step for step in self.steps if step.name in _OF_COMPLETENESS])

    @property
    def reliability(self) -> State:
        """Whether what is there is right: digests, numbers, verdicts and report."""
        return _worst([step for step in self.steps if step.name not in _NOT_OF_RELIABILITY])

    @property
    def conclusion(self) -> Message:
        """The exit code in words."""
        return Message(f"verify.conclusion.{self.exit_code}")

    def report(self, bundle: str | Path, *, language: Language | None = None) -> Document:
        """Return the reviewer's protocol; `render` writes it.

        Parameters
        ----------
        bundle : str or Path
            The bundle that was verified: its name and digest stand in the protocol.
        language : {"sv", "en"}, optional
            The protocol's language; the chosen one when left out.

        Returns
        -------
        Document
            Every step, what could not be checked, and lines for who reviewed it and when.
        """
        from impactkit.verification.protocol import protocol

        return protocol(self, bundle, language=language)

    def to_record(self) -> dict[str, Any]:
        """Return every step and difference, ready for JSON, in the chosen language."""
        language = current_language()
        return {
            "spec": "ikverification1",
            "exit_code": self.exit_code,
            "completeness": self.completeness,
            "reliability": self.reliability,
            "verdicts": dict(self.verdicts),
            "steps": [
                {"name": step.name, "state": step.state, "sentence": step.text(language)}
                for step in self.steps
            ],
            "differences": [
                {"where": found.where, "claimed": found.claimed, "recomputed": found.recomputed}
                for found in self.differences
            ],
        }

    def __repr__(self) -> str:
        failed = [f"{step.name} fails" for step in self.steps if step.state == "fail"]
        told = [f"{claim} {status}" for claim, status in self.verdicts.items()]
        return one_line("Verification", f"exit code {self.exit_code}", *failed, *told)

    def _facts(self) -> Facts:
        language = current_language()
        rows = [
            (f"{step.title} ({Message(f'verify.state.{step.state}')})", step.text(language))
            for step in self.steps
        ]
        return Facts(title=Message("verify.card", {"conclusion": self.conclusion}), rows=rows)


def _worst(steps: Sequence[Step]) -> State:
    states = {step.state for step in steps}
    if "fail" in states or not states:
        return "fail"
    return "not_checked" if "not_checked" in states else "pass"
