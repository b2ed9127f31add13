"""How a noun shows itself: the same facts as a card in a notebook and as text in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from impactkit.wording.card import Row, card
from impactkit.wording.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a noun tells of itself.

    Parameters
    ----------
    title : Message or str
        What it is.
    rows : sequence of (label, text)
        The facts, one each.
    warnings : sequence of Message or str
        What a reader must know: a box in a notebook, lines of their own in a terminal.
    """

    title: Message | str
    rows: Sequence[Row] = ()
    warnings: Sequence[Message | str] = ()


class Shown:
    """What shows itself, in the chosen language.

    A subclass says what is told in ``_facts``. A notebook shows it as a table and ``print`` as text; the
    ``repr`` is the subclass's own: one line, for whoever writes code.

    Examples
    --------
    >>> class Answer(Shown):
    ...     def _facts(self) -> Facts:
    ...         return Facts(title="Answer", rows=[("n", "4 < 5")], warnings=["Made up."])
    >>> print(Answer())
    Answer
      n: 4 < 5
      Note: Made up.
    >>> "4 &lt; 5" in Answer()._repr_html_()
    True
    """

    __slots__ = ()

    def _facts(self) -> Facts:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        facts = self._facts()
        return card(facts.title, facts.rows, warnings=facts.warnings)

    def __str__(self) -> str:
        return as_text(self._facts())


def as_text(facts: Facts) -> str:
    """Return facts as plain text, a line each, in the chosen language.

    Parameters
    ----------
    facts : Facts
        What is told.

    Returns
    -------
    str
        The title, then each fact after its label, then each warning.

    Examples
    --------
    >>> print(as_text(Facts(title="T", rows=[("a", "x")])))
    T
      a: x
    """
    return "\n".join([str(facts.title), *("  " + "\n    ".join(line.splitlines()) for line in _lines(facts))])


def _lines(facts: Facts) -> Iterator[str]:
    warning = Message("card.warning")
    for label, text in (*facts.rows, *((warning, told) for told in facts.warnings)):
        yield ": ".join(filter(None, (str(label), str(text))))


def one_line(name: str, *parts: object) -> str:
    """Return what stands in a session for an object: its class and what tells it from others.

    Parameters
    ----------
    name : str
        The class.
    *parts : object
        What tells it from others; what is empty is left out.

    Returns
    -------
    str
        One line, in English as the names of the code are.

    Examples
    --------
    >>> one_line("Verdict", "C1", "", "supported")
    'Verdict(C1, supported)'
    """
    return f"{name}({', '.join(' '.join(text.split()) for part in parts if (text := str(part)))})"
