"""Numbers about few people as they may be shown: hidden is a state of its own, never 0."""

from __future__ import annotations

from dataclasses import dataclass, replace

from impactkit.effects.estimate import Group
from impactkit.errors import Trouble
from impactkit.plans import Plan
from impactkit.wording import Language, Message, format_number, say

HIDDEN_NUMBER = Message("report.disclosure.number")
HIDDEN_NAME = Message("report.disclosure.name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMean:
    """One group's mean in one period, as it may be shown.

    Parameters
    ----------
    group : {"treated", "comparison"}
        Which group.
    period : float, optional
        The period; None in a cross section.
    period_name : str, optional
        How the period is written.
    mean : float, optional
        The mean in the outcome's unit; None when hidden.
    n : int, optional
        Rows behind it; None when hidden.
    """

    group: Group
    period: float | None
    period_name: str | None = None
    mean: float | None
    n: int | None

    @property
    def is_hidden(self) -> bool:
        """Whether it would tell of single people, or help to work out what does."""
        return self.mean is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSample:
    """What an estimate rests on, as it may be shown; None where hidden.

    Parameters
    ----------
    n_rows, n_units, n_treated, n_clusters, n_treated_clusters, n_comparison_clusters : int, optional
        See `Sample`.
    left_out : tuple of Message
        Rows left out, counted by reason.
    """

    n_rows: int | None
    n_units: int | None
    n_treated: int | None
    n_clusters: int | None
    n_treated_clusters: int | None
    n_comparison_clusters: int | None
    left_out: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLeftOut:
    """Rows left out for one reason, as they may be shown.

    Parameters
    ----------
    reason : str
        Why.
    n, n_treated, n_comparison : int, optional
        How many, in all and in each arm; None when hidden.
    """

    reason: str
    n: int | None
    n_treated: int | None
    n_comparison: int | None

    @property
    def sentence(self) -> Message:
        """The same in words, as a record holds it."""
        held = {"n": self.n, "treated": self.n_treated, "comparison": self.n_comparison}
        values = {name: HIDDEN_NUMBER if n is None else n for name, n in held.items()}
        return Message(f"study.left_out.{self.reason}", values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """What became of the rows, as it may be shown.

    Parameters
    ----------
    read, used, aside : int, optional
        Rows read, used, and of the study but not used by the method; None when hidden.
    has_aside : bool
        Whether there are any of the last kind.
    left_out : tuple of ShownLeftOut
        By reason.
    """

    read: int | None
    used: int | None
    has_aside: bool
    aside: int | None
    left_out: tuple[ShownLeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """The rule of what may be shown.

    Parameters
    ----------
    smallest : int
        The smallest group shown; 0 when everything may be.

    Examples
    --------
    >>> Disclosure(smallest=10).count(3, "en"), Disclosure(smallest=10).count(None, "en")
    ('fewer than 10', 'not shown')
    """

    smallest: int = 0

    @classmethod
    def of(cls, plan: Plan) -> Disclosure:
        """Return the rule of a plan: everything when its rows are public, or where it gives a reason."""
        is_off = plan.data.shows_units or plan.decision.disclosure_off is not None
        return cls(smallest=0 if is_off else plan.decision.small_cell)

    def count(self, n: int | None, language: Language) -> str:
        """Return a count in words; nobody is still nobody."""
        if n is None:
            return say("report.disclosure.hidden", language)
        if 0 < n < self.smallest:
            return self.fewer(language)
        return format_number(n, language, decimals=0)

    def trouble(self, trouble: Trouble, language: Language) -> Trouble:
        """Return a trouble without a single value of the data, or how few there are."""
        number, single = (say(f"report.disclosure.{what}", language) for what in ("number", "value"))
        values = {
            name: single
            if name == "first"
            else number
            if isinstance(value, int) and 0 < value < self.smallest
            else value
            for name, value in trouble.values.items()
        }
        return replace(trouble, values=values) if self.smallest else trouble

    def number(self, n: int | None, language: Language) -> str:
        """Return a number of units or groups that may be shown, however small; words when it is hidden."""
        return self.count(None, language) if n is None else format_number(n, language, decimals=0)

    def fewer(self, language: Language) -> str:
        """Return the words for what is fewer than the smallest count shown."""
        return say("report.disclosure.fewer", language, n=self.smallest)
