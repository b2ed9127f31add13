"""Who got it was no accident: the worst were chosen, or those who would have done better anyway came."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import BeforeAfter, DifferenceInDifferences, RandomisedTrial
from impactkit.evidence.circumstances import Circumstances
from impactkit.simulation.cell import HONEST, LOTTERY, TINY, Cell, Draws, promise
from impactkit.simulation.naive import ADJUSTED, ARMS, BEFORE_AFTER, CR1, POOLED
from impactkit.simulation.worlds import ChosenWorst, SelfSelected

_DRAWS, _ILL = Draws(120, 10_000), Draws(80, 4_000)


def _told(world: ChosenWorst) -> Circumstances:
    """Return what a plan says that tells how the units were chosen."""
    update = {"assignment": "worst_value", "selection_period": world.selection_period}
    return HONEST.model_copy(update=update)


def _worst(reliability: float) -> tuple[Cell, ...]:
    short = f"worst-{reliability:g}"
    words = f"worst 20 of 200 chosen on one year, reliability {reliability:g}; no effect"
    at_choice = ChosenWorst(reliability=reliability)
    earlier = replace(at_choice, n_earlier=3, baseline="earlier")
    every = replace(at_choice, n_earlier=3, baseline="all")
    base = Cell(
        name=f"{short}-before-after",
        sentence=f"before and after, {words}",
        world=at_choice,
        estimator=BeforeAfter(),
        claims=(promise(TINY),),
        assumption="breaks",
        circumstances=_told(at_choice),
        naive=(BEFORE_AFTER,),
        draws=_ILL,
    )
    did = replace(base, estimator=DifferenceInDifferences(), naive=(BEFORE_AFTER, CR1))
    return (
        base,
        replace(
            did,
            name=f"{short}-did-declared",
            sentence=f"difference in differences from the year of the choice, which the plan says, {words}",
        ),
        replace(
            did,
            name=f"{short}-did-undeclared",
            sentence=f"difference in differences from the year of the choice, which the plan hides, {words}",
            circumstances=HONEST,
        ),
        replace(
            did,
            name=f"{short}-did-four-years",
            sentence="difference in differences from four years, the last of which the choice rested on, "
            f"which the plan hides, {words}",
            world=every,
            circumstances=HONEST,
        ),
        replace(
            did,
            name=f"{short}-did-earlier",
            sentence="difference in differences from three years before the choice, which the plan says, "
            f"{words}",
            world=earlier,
            circumstances=_told(earlier),
            assumption="holds",
            draws=_DRAWS,
        ),
    )


_VOLUNTEERS = HONEST.model_copy(update={"assignment": "volunteers"})
_FOLLOW_UP = Cell(
    name="volunteers-as-trial",
    sentence="about 50 of 100 volunteered, compared after the start as if drawn by lot, adjusted for one "
    "covariate; no effect",
    world=SelfSelected(follow_up_only=True),
    estimator=RandomisedTrial(adjustment="ancova"),
    claims=(promise(TINY),),
    assumption="breaks",
    circumstances=_VOLUNTEERS,
    naive=(ARMS, ADJUSTED),
    draws=_ILL,
)

CELLS = (
    *_worst(0.5),
    *_worst(0.8),
    replace(
        _FOLLOW_UP,
        name="volunteers-did",
        sentence="about 50 of 100 volunteered for a trait that does not change, difference in differences; "
        "no effect",
        world=SelfSelected(),
        estimator=DifferenceInDifferences(),
        assumption="holds",
        naive=(BEFORE_AFTER, CR1, POOLED),
        draws=_DRAWS,
    ),
    _FOLLOW_UP,
    replace(
        _FOLLOW_UP,
        name="volunteers-declared-lot",
        sentence=f"{_FOLLOW_UP.sentence}; the plan says that it was a lottery",
        circumstances=LOTTERY,
    ),
)
