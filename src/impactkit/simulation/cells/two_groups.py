"""Difference in differences with one to twelve treated of thirty, and where its errors are not as hoped."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import DifferenceInDifferences
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.simulation.cell import TINY, Cell, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import BEFORE_AFTER, CR1, CR1_T, LIMITS, PERMUTATION, POOLED_T, WELCH_T

_TREATED = (1, 2, 3, 5, 8, 12)
_SIZE = "1"


def _cell(n_treated: int) -> Cell:
    return Cell(
        name=f"did-{n_treated}",
        sentence=f"difference in differences, {n_treated} treated of 30, 5 + 5 years, autocorrelation .6",
        world=TwoGroupPanel(n_treated=n_treated, effect=0.0),
        estimator=DifferenceInDifferences(),
        claims=(promise(TINY),),
        assumption="holds",
        naive=(BEFORE_AFTER, CR1),
        rivals=(LIMITS, PERMUTATION, POOLED_T, WELCH_T, CR1_T),
    )


def _ill(n_treated: int, what: str, words: str, world: TwoGroupPanel) -> Cell:
    """Return the null cell with other errors."""
    return replace(
        _cell(n_treated),
        name=f"did-{n_treated}-{what}",
        sentence=f"difference in differences, {n_treated} treated of 30, {words}; no effect",
        world=replace(world, n_treated=n_treated, effect=0.0),
        matches=(f"did-{n_treated}",),
    )


CELLS = (
    *(cell for n in _TREATED for cell in multiples(_cell(n), size=_SIZE)),
    *(
        _ill(n, f"sd-{sd:g}", f"the treated vary {sd:g} times as much", TwoGroupPanel(treated_noise=sd))
        for sd in (0.5, 2.0)
        for n in _TREATED
    ),
    *(
        _ill(8, f"ar-{rho:g}", f"autocorrelation {rho:g}", TwoGroupPanel(persistence=rho))
        for rho in (0.0, 0.3, 0.8)
    ),
)
