"""One treated unit, or a few, beside averages of donors."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from impactkit.effects.estimators import SyntheticControl, SyntheticDifferenceInDifferences
from impactkit.effects.worlds import FactorPanel
from impactkit.simulation.cell import TINY, Cell, Draws, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import BEFORE_AFTER, CR1, LIMITS, PERMUTATION, POOLED_T

_WORLD = FactorPanel(effect=0.0)
_SIZE = "1"
_SYNTHETIC = Cell(
    name="synthetic-control",
    sentence="synthetic control, 1 treated and 39 donors, 16 + 8 periods",
    world=_WORLD,
    estimator=SyntheticControl(),
    claims=(promise(TINY),),
    assumption="holds",
    naive=(BEFORE_AFTER, CR1),
    rivals=(LIMITS, PERMUTATION, POOLED_T),
    draws=Draws(100, 10_000),
)
_DIFFERENCES = replace(
    _SYNTHETIC,
    name="synthetic-differences",
    sentence="synthetic difference in differences, 1 treated and 39 donors, 16 + 8 periods",
    estimator=SyntheticDifferenceInDifferences(),
    draws=Draws(60, 5_000),
)
_SEVERAL = replace(
    _DIFFERENCES,
    name="synthetic-differences-6",
    sentence="synthetic difference in differences, 6 treated and 39 donors, 16 + 8 periods",
    world=replace(_WORLD, n_treated=6),
    draws=Draws(8, 600),
)


def _chosen(cell: Cell, selected: Literal["lowest", "fallen"], words: str) -> Cell:
    return replace(
        cell,
        name=f"{cell.name}-{selected}",
        sentence=f"{cell.sentence}; {words}; no effect",
        world=replace(_WORLD, selected=selected),
        assumption="breaks",
        matches=(cell.name,),
        draws=Draws(50, 4_000),
    )


_SELECTED: dict[Literal["lowest", "fallen"], str] = {
    "lowest": "the lowest just before the start was chosen",
    "fallen": "the one that had fallen most just before the start was chosen",
}

CELLS = (
    *multiples(_SYNTHETIC, size=_SIZE),
    *multiples(_DIFFERENCES, size=_SIZE),
    *multiples(_SEVERAL, size=_SIZE),
    *(
        _chosen(cell, selected, words)
        for cell in (_SYNTHETIC, _DIFFERENCES)
        for selected, words in _SELECTED.items()
    ),
)
