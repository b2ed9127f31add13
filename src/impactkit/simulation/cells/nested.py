"""People in places, some of which got it: mixed models, with many places and with few."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import MixedModel
from impactkit.effects.worlds import NestedAnswers
from impactkit.simulation.cell import LOTTERY, TINY, Cell, Draws, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import ADJUSTED, ARMS, LIMITS, PERMUTATION

# The method is grade 2 at most: nothing is called supported by it, and its row of power falls short of what
# its limits would have said alone.
_CELL = Cell(
    name="mixed",
    sentence="mixed model, 30 places of about 10 people, 12 of which got it by lot",
    world=NestedAnswers(effect=0.0),
    estimator=MixedModel(),
    claims=(promise(TINY),),
    assumption="holds",
    circumstances=LOTTERY,
    naive=(ARMS, ADJUSTED),
    rivals=(LIMITS, PERMUTATION),
    draws=Draws(16, 2_000),
)


def _few(name: str, words: str, world: NestedAnswers) -> Cell:
    sentence = f"mixed model, {words}; no effect"
    return replace(_CELL, name=f"mixed-{name}", sentence=sentence, world=world, matches=("mixed",))


CELLS = (
    *multiples(_CELL, size="0.6"),
    _few(
        "12-places",
        "12 places of about 10 people, 5 of which got it by lot",
        NestedAnswers(n_places=12, n_treated=5, effect=0.0),
    ),
    _few(
        "6-places",
        "6 places of about 10 people, 3 of which got it by lot",
        NestedAnswers(n_places=6, n_treated=3, effect=0.0),
    ),
)
