"""Groups made alike in what was measured: alike in all that matters, or not."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimator import Estimator
from impactkit.effects.estimators import DoublyRobust, GComputation, Matching, Weighting
from impactkit.effects.worlds import ChosenPeople
from impactkit.simulation.cell import TINY, Cell, Draws, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import ADJUSTED, ANCOVA_T, ARMS, LIMITS, PERMUTATION
from impactkit.simulation.worlds import HiddenNeed

_SIZE = "0.5"
_WORDS = "200 people, about a third of whom got it, more often those with a high outcome before"


def _cell(short: str, words: str, estimator: Estimator) -> Cell:
    return Cell(
        name=f"alike-{short}",
        sentence=f"{words}; {_WORDS}; what matters is measured",
        world=ChosenPeople(n_people=200, effect=0.0),
        estimator=estimator,
        claims=(promise(TINY),),
        assumption="holds",
        naive=(ARMS, ADJUSTED),
        rivals=(LIMITS, PERMUTATION, ANCOVA_T),
        draws=Draws(20, 2_000),
    )


def _hidden(cell: Cell) -> Cell:
    return replace(
        cell,
        name=f"{cell.name}-hidden",
        sentence=f"{cell.sentence.removesuffix('; what matters is measured')}, and those with a trait that "
        "nobody measured, who fare better; no effect",
        world=HiddenNeed(),
        assumption="unseen",
        draws=Draws(6, 1_000),
    )


def _without_baseline(cell: Cell) -> Cell:
    return replace(
        _hidden(cell),
        name=f"{cell.name}-hidden-no-baseline",
        sentence=f"{_hidden(cell).sentence}; the outcome before is not known",
        world=HiddenNeed(has_baseline=False),
        assumption="breaks",
    )


_METHODS = (
    _cell("ipw", "weighting by inverse probability", Weighting()),
    _cell("entropy", "entropy weights", Weighting(weights="entropy")),
    _cell("doubly-robust", "doubly robust, five folds", DoublyRobust()),
    _cell("regression", "regression of the outcome", GComputation()),
    _cell(
        "matching",
        "two nearest matches with replacement, bias adjusted",
        Matching(replace=True, ratio=2, distance="mahalanobis", bias_adjustment=True),
    ),
)

CELLS = (
    *(cell for method in _METHODS for cell in multiples(method, size=_SIZE)),
    *(_hidden(method) for method in _METHODS),
    *(_without_baseline(method) for method in _METHODS),
)
