"""A score and a threshold: as they fell, sorted at it, and heaped at it."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import RegressionDiscontinuity
from impactkit.effects.worlds import ThresholdScores
from impactkit.simulation.cell import HONEST, TINY, Cell, Draws, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import LIMITS, LINES, PERMUTATION
from impactkit.simulation.worlds import MovedScores

_BY_RULE = HONEST.model_copy(update={"assignment": "threshold"})
_WORLD = ThresholdScores(n=400, effect=0.0)
_CELL = Cell(
    name="threshold",
    sentence="sharp threshold, 400 scores, a curve that bends",
    world=_WORLD,
    estimator=RegressionDiscontinuity(),
    claims=(promise(TINY),),
    assumption="holds",
    circumstances=_BY_RULE,
    naive=(LINES,),
    rivals=(LIMITS, PERMUTATION),
    draws=Draws(20, 2_000),
)


def _sorted(n: int) -> Cell:
    words = (
        f"{n:,} scores; 6 in 10 of those just short of it are lifted over it, and would have fared better "
        "anyway"
    )
    world = MovedScores(scores=replace(_WORLD, n=n), lifted=0.6)
    return _ill(f"sorted-{n}", words, world)


def _ill(name: str, words: str, world: MovedScores) -> Cell:
    return replace(
        _CELL,
        name=f"threshold-{name}",
        sentence=f"sharp threshold, {words}; no effect",
        world=world,
        assumption="breaks",
        rivals=(),
        draws=Draws(8, 2_000),
    )


CELLS = (
    *multiples(_CELL, size="0.7"),
    replace(
        _CELL,
        name="threshold-150",
        sentence="sharp threshold, 150 scores, a curve that bends; no effect",
        world=replace(_WORLD, n=150),
        matches=("threshold",),
    ),
    _sorted(400),
    _sorted(1500),
    _sorted(4000),
    _ill(
        "heaped",
        "400 scores; 6 in 10 near it are written as just at it, and would have fared better anyway",
        MovedScores(scores=_WORLD, heaped=0.6),
    ),
)
