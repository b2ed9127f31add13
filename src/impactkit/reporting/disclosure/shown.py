"""What may be shown of small groups.

When the rows may not be published, a mean or a count of fewer rows than the plan's ``small_cell`` is hidden:
a state of its own, never 0. Secondary suppression is not done yet: a hidden figure that could be worked out
from a total and the other figures is not protected against that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from impactkit.effects.estimate import Group, GroupMean
from impactkit.plans import Plan
from impactkit.wording import Language, format_number, say


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMean:
    """One group's mean in one period, as it may be shown.

    Parameters
    ----------
    group : {"treated", "comparison"}
        Which group.
    period : float, optional
        The period; None in a cross section.
    mean : float, optional
        The mean in the outcome's unit; None when hidden.
    n : int, optional
        Rows behind it; None when hidden.
    """

    group: Group
    period: float | None
    mean: float | None
    n: int | None

    @property
    def is_hidden(self) -> bool:
        """Whether the group is too small to be shown."""
        return self.mean is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """The rule of what may be shown.

    Parameters
    ----------
    smallest : int
        The smallest group shown; 0 when everything may be.

    Examples
    --------
    >>> Disclosure(smallest=10).count(3, "en")
    'fewer than 10'
    """

    smallest: int = 0

    @classmethod
    def of(cls, plan: Plan) -> Disclosure:
        """Return the rule of a plan: everything when its rows are public."""
        return cls(smallest=0 if plan.data.public else plan.decision.small_cell)

    def means(self, means: Iterable[GroupMean]) -> tuple[ShownMean, ...]:
        """Return the means with the small groups hidden."""
        return tuple(
            ShownMean(group=m.group, period=m.period, mean=None, n=None)
            if m.n < self.smallest
            else ShownMean(group=m.group, period=m.period, mean=m.mean, n=m.n)
            for m in means
        )

    def count(self, n: int, language: Language) -> str:
        """Return a count in words; nobody is still nobody."""
        if 0 < n < self.smallest:
            return self.fewer(language)
        return format_number(n, language, decimals=0)

    def fewer(self, language: Language) -> str:
        """Return the words that stand for a hidden count."""
        return say("report.disclosure.fewer", language, n=self.smallest)
