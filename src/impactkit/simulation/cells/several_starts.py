"""Several starts: parallel trends, and effects that are all harmful and grow."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import StaggeredDifferenceInDifferences
from impactkit.effects.worlds import StaggeredPanel
from impactkit.simulation.cell import TINY, Cell, Draws, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import CR1, CR1_T, LIMITS, PERMUTATION

_WORLD = StaggeredPanel(effect=0.0)
_CELL = Cell(
    name="staggered",
    sentence="15 of 40 start in three different years",
    world=_WORLD,
    estimator=StaggeredDifferenceInDifferences(),
    claims=(promise(TINY),),
    assumption="holds",
    naive=(CR1,),
    rivals=(LIMITS, PERMUTATION, CR1_T),
    draws=Draws(160, 10_000),
)
_HARM = StaggeredPanel(n_units=30, n_treated=30, n_periods=10, starts=(3, 6, 9), effect=-1.2, growth=-0.4)

CELLS = (
    *multiples(_CELL, size="0.8"),
    replace(
        _CELL,
        name="staggered-growing",
        sentence="15 of 40 start in three different years, effects grow from harm to benefit and are 0 on "
        "average",
        world=replace(_WORLD, growth=0.4),
        matches=("staggered",),
    ),
    replace(
        _CELL,
        name="staggered-trend",
        sentence="15 of 40 start in three different years; they would have grown .1 standard deviations a "
        "year more anyway; no effect",
        world=replace(_WORLD, trend=0.1),
        assumption="breaks",
        matches=("staggered",),
        draws=Draws(120, 4_000),
    ),
    replace(
        _CELL,
        name="staggered-harm",
        sentence="all 30 start in one of three years, every effect is harmful and grows; compared with those "
        "not yet started",
        world=_HARM,
        estimator=StaggeredDifferenceInDifferences(control="not_yet"),
        matches=("staggered",),
    ),
    replace(
        _CELL,
        name="staggered-harm-never",
        sentence="30 of 42 start in one of three years, every effect is harmful and grows; compared with "
        "those that never start",
        world=replace(_HARM, n_units=42),
        matches=("staggered",),
    ),
)
