"""What a document is built of: paragraphs, lists, facts, findings, figures and tables, not yet laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from impactkit.evidence.verdict import Status
from impactkit.reporting.pictures import Picture
from impactkit.reporting.table import Mark, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label and what stands there.

    Parameters
    ----------
    label, text : str
        Both in the document's language.
    is_code : bool
        Whether the text is a digest or the like, to be set in fixed-width letters.
    """

    label: str
    text: str
    is_code: bool = False

    @property
    def led(self) -> str:
        """The label as it stands before its text on one line: a question keeps its own mark."""
        return self.label if self.label.endswith("?") else f"{self.label}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    text : str
        What it says.
    kind : {"body", "promise", "strong"}
        Running text, the promise that a section is about, or what must not be missed.
    label : str
        Words that stand first, in bold; empty when there are none.
    """

    text: str
    kind: Literal["body", "promise", "strong"] = "body"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list.

    Parameters
    ----------
    items : tuple of str
        One text an item.
    """

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Labels and what stands there.

    Parameters
    ----------
    items : tuple of Fact
        In order.
    is_wide : bool
        Whether label and text stand beside each other over the whole width.
    """

    items: tuple[Fact, ...]
    is_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict and what it says, set apart from the running text.

    Parameters
    ----------
    mark : str
        A verdict's status or a check's state.
    badge : str
        Its name.
    sentences : tuple of str
        What it says, one paragraph each.
    label : str
        What it is the verdict on; empty where the heading says it.
    """

    mark: Mark
    badge: str
    sentences: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A step on a scale.

    Parameters
    ----------
    value, of : int
        The step, and how many there are.
    text : str
        The same in words.
    """

    value: int
    of: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its caption and its numbers.

    Parameters
    ----------
    picture : picture
        What it shows; it has a heading and an ``alt_text``.
    notes : tuple of str
        What a reader must know to read it, after the heading in the caption.
    table : Table
        Its numbers.
    """

    picture: Picture
    notes: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """What one check found.

    Parameters
    ----------
    title, state, sentence : str
        Its name, passed or failed or informative, and what was found.
    passed : bool or None
        None when it only informs.
    """

    title: str
    state: str
    sentence: str
    passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionTold:
    """What the primary claims say together.

    Parameters
    ----------
    status : {"supported", "partly_supported", "inconclusive", "contradicted", "not_assessable"}
        What may be said.
    badge : str
        Its name.
    reasons : tuple of str
        The rule, and the claims that decided.
    """

    status: Status
    badge: str
    reasons: tuple[str, ...]


Block = Paragraph | Bullets | Facts | Finding | Scale | Figure | Table
