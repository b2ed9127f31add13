"""What a check of an estimate's assumptions found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.circumstances import Declared
from impactkit.wording import Facts, Message, Shown, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateBalance:
    """How one covariate differs between the groups before the start.

    Parameters
    ----------
    name : str
        The covariate.
    difference : float
        Treated less comparison, in standard deviations within groups.
    n_missing : int or None
        Rows of the whole table without a value; None where they are too few to be shown.
    """

    name: str
    difference: float
    n_missing: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult(Shown):
    """What one check found.

    Parameters
    ----------
    name : str
        The check's slug.
    passed : bool or None
        None when it only informs, or could not be made.
    statistic : float
        What was measured, on the scale the sentence names; nan when it could not be.
    sentence : Message
        What was found, in words.
    table : tuple of CovariateBalance
        What it rests on, a row each, where there are several of a kind.
    is_open : bool
        Whether the design hangs on this question and nobody could answer it. It lowers no grade, and every
        favourable verdict names it.
    """

    name: str
    passed: bool | None
    statistic: float
    sentence: Message
    table: tuple[CovariateBalance, ...] = ()
    is_open: bool = False

    @property
    def title(self) -> Message:
        """The check's name in words."""
        return Message(f"check.title.{self.name}")

    @property
    def state(self) -> Message:
        """Passed, failed or informative, in words."""
        states = {True: "passed", False: "failed", None: "informative"}
        return Message(f"check.state.{states[self.passed]}")

    def __repr__(self) -> str:
        return one_line("CheckResult", self.name, self.state.text("en").lower())

    def _facts(self) -> Facts:
        return Facts(title=self.title, rows=[(self.state, self.sentence)])


class Check(Protocol):
    """One question asked of an estimate's assumptions."""

    @property
    def name(self) -> str:
        """The check's slug, the name of its file."""

    @property
    def designs(self) -> frozenset[str]:
        """The methods it speaks to."""

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Return what it found."""
