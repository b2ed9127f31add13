"""A cell of the battery: data with an illness, a claim, and the whole pipeline that judges it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.evidence.circumstances import Assessed, Circumstances, Declared
from impactkit.evidence.claim import Claim
from impactkit.evidence.judge import Prior

if TYPE_CHECKING:
    import pandas as pd

Assumption = Literal["holds", "breaks", "unseen"]

TINY = "0.01"
"""A claim of next to nothing: limits alone stand between it and a false verdict."""

_LOOKED = Assessed(finding="unlikely", reason="Judged unlikely by those who know the area.")

HONEST = Circumstances(
    assignment="need", spillover=_LOOKED, displacement=_LOOKED, anticipation=_LOOKED, looks=1
)
"""What an honest plan says when nothing is the matter."""

LOTTERY = HONEST.model_copy(update={"assignment": "lot"})
"""The same where it was decided by lot."""


class Drawing(Protocol):
    """Data with a known truth, ill or not."""

    @property
    def effect(self) -> float:
        """The true average effect on the treated, in the outcome's unit."""

    def draw(self, seed: int) -> pd.DataFrame:
        """Return one draw; the same seed gives the same table."""

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""


class Draws(NamedTuple):
    """How many draws a run makes.

    Parameters
    ----------
    quick, full : int
        In the quick run, and at most in the full one.
    """

    quick: int
    full: int


_MANY = Draws(200, 10_000)


class Collected(NamedTuple):
    """When the measurements were made.

    Parameters
    ----------
    baseline, follow_up : date
        The two dates.
    """

    baseline: date
    follow_up: date


class Promise(NamedTuple):
    """A claim with the study that it is judged on.

    Parameters
    ----------
    claim : Claim
        What was promised.
    study : Study
        The rows and roles.
    """

    claim: Claim
    study: Study


class Rule(NamedTuple):
    """One way of saying "supported".

    Parameters
    ----------
    name : str
        Its name.
    words : str
        What it does, in English.
    supports : callable
        Whether it says so of one claim, a `Judged`.
    """

    name: str
    words: str
    supports: Callable[[Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A world, a claim and the whole pipeline.

    Parameters
    ----------
    name : str
        Its name on the command line and of its file.
    sentence : str
        What is drawn and asked, in English.
    world : Drawing
        Where data come from.
    estimator : Estimator
        How a plan would estimate: default settings.
    claims : tuple of Claim
        What was promised.
    assumption : {"holds", "breaks", "unseen"}
        Whether the design's assumption holds; breaks, so that a gate or a reason should tell; or breaks in a
        way that neither the data nor what the plan declares can tell.
    times : float
        The true effect, in claims: a verdict "supported" is false below 1.
    group : str
        Cells that differ only in the true effect; the cell's own name when empty.
    matches : tuple of str
        The groups that it is an ill twin of: a rival test that fails here is not valid there.
    circumstances : Circumstances
        What the plan declares.
    collected : Collected, optional
        When the measurements were made, where the plan says so.
    prior : {"claimed_prior", "proved_prior", "not_prior"}
        Whether the plan was made before the data were seen.
    together : bool
        Whether the claims stand in one plan; else each has a plan, and the best verdict is told.
    studies : callable, optional
        From a drawn table the studies that are tried one after the other, where there are several; the best
        verdict is told.
    naive, rivals : tuple of Rule
        What others would have said of the same draws: ordinary practice, and tests that may be valid.
    draws : Draws
        How many.
    falls_short : str
        Why the cell is known not to keep its bar, in English. It is told as failing all the same, but does
        not fail a run.

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> cell = Cell(name="one", sentence="A panel.", world=TwoGroupPanel(effect=0.0),
    ...             estimator=DifferenceInDifferences(), claims=(promise("1"),), assumption="holds")
    >>> cell.is_false, len(cell.attempts(cell.world.draw(1)))
    (True, 1)
    """

    name: str
    sentence: str
    world: Drawing
    estimator: Estimator
    claims: tuple[Claim, ...]
    assumption: Assumption
    times: float = 0.0
    group: str = ""
    matches: tuple[str, ...] = ()
    circumstances: Circumstances = HONEST
    collected: Collected | None = None
    prior: Prior = "claimed_prior"
    together: bool = True
    studies: Callable[[Any], Sequence[Study]] | None = None
    naive: tuple[Rule, ...] = ()
    rivals: tuple[Rule, ...] = ()
    draws: Draws = _MANY
    falls_short: str = ""

    @property
    def is_false(self) -> bool:
        """Whether "supported" would be false: the true effect is smaller than the claim."""
        return self.times < 1

    def declared(self, claim: Claim) -> Declared:
        """Return what the plan says of a claim beside the data.

        Parameters
        ----------
        claim : Claim
            One of the claims.

        Returns
        -------
        Declared
            As an evaluation hands it to the checks.
        """
        return Declared(
            circumstances=self.circumstances,
            direction=claim.direction,
            minimum_effect=float(claim.minimum_effect),
            change=claim.change,
            baseline_collected=None if self.collected is None else self.collected.baseline,
            follow_up_collected=None if self.collected is None else self.collected.follow_up,
        )

    def attempts(self, frame: Any) -> tuple[tuple[Promise, ...], ...]:
        """Return the plans that are carried out on a drawn table, each with its claims and their studies.

        Parameters
        ----------
        frame : DataFrame
            What the world drew.

        Returns
        -------
        tuple of tuple of Promise
            One plan in most cells; the best verdict of all is told.
        """
        if self.studies is not None:
            return tuple((Promise(self.claims[0], study),) for study in self.studies(frame))
        base = self.world.study(frame)
        promises = tuple(
            Promise(claim, base if claim.outcome is None else replace(base, outcome=claim.outcome))
            for claim in self.claims
        )
        return (promises,) if self.together else tuple((promise,) for promise in promises)


def promise(minimum_effect: str, *, id: str = "C1", outcome: str | None = None) -> Claim:
    """Return a primary claim that the outcome rises by at least so much.

    Parameters
    ----------
    minimum_effect : str
        The smallest rise that is claimed.
    id : str
        The claim's id.
    outcome : str, optional
        Its outcome, where the study has several.

    Returns
    -------
    Claim
        The claim.

    Examples
    --------
    >>> promise("0.5").direction
    1
    """
    return Claim(
        id=id,
        indicator="safety/feels-safe-after-dark",
        outcome=outcome,
        role="primary",
        change="increase",
        minimum_effect=minimum_effect,
        by=2026,
    )
