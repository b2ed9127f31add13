"""A long series on its own, and beside a comparison."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import InterruptedTimeSeries
from impactkit.effects.worlds import ComparedSeries, InterruptedSeries
from impactkit.simulation.cell import TINY, Cell, Draws, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import BEFORE_AFTER, GLSAR_T, LIMITS, ORDINARY, ORDINARY_T, PERMUTATION

_RHO = (0.0, 0.3, 0.6, 0.8)


def _compared(rho: float) -> Cell:
    return Cell(
        name=f"series-control-ar-{rho:g}",
        sentence=f"interrupted series with a comparison, 96 + 24 months, autocorrelation {rho:g}, a season "
        "and an event that both share",
        world=ComparedSeries(persistence=rho, effect=0.0),
        estimator=InterruptedTimeSeries(),
        claims=(promise(TINY),),
        assumption="holds",
        naive=(BEFORE_AFTER, ORDINARY),
        rivals=(LIMITS, PERMUTATION, GLSAR_T, ORDINARY_T),
        draws=Draws(80, 6_000),
    )


def _alone(rho: float) -> Cell:
    return Cell(
        name=f"series-alone-ar-{rho:g}",
        sentence=f"one interrupted series, 60 + 24 months, autocorrelation {rho:g}; no effect",
        world=InterruptedSeries(n_before=60, persistence=rho, effect=0.0),
        estimator=InterruptedTimeSeries(),
        claims=(promise(TINY),),
        assumption="holds",
        naive=(BEFORE_AFTER, ORDINARY),
        draws=Draws(24, 4_000),
    )


def _matched(cell: Cell, rho: float) -> Cell:
    """Return a null cell as the twin of the cell in which power is measured."""
    return replace(cell, matches=() if rho == 0.3 else ("series-control-ar-0.3",))


CELLS = (
    *multiples(_compared(0.3), size="2"),
    *(
        replace(_matched(_compared(rho), rho), sentence=f"{_compared(rho).sentence}; no effect")
        for rho in _RHO
        if rho != 0.3
    ),
    replace(
        _compared(0.3),
        name="series-control-short",
        sentence="interrupted series with a comparison, 24 + 12 months, autocorrelation .3; no effect",
        world=ComparedSeries(n_before=24, n_after=12, effect=0.0),
        draws=Draws(24, 4_000),
    ),
    replace(
        _compared(0.3),
        name="series-control-event",
        sentence="interrupted series with a comparison, 96 + 24 months; something else happened to the "
        "treated alone at the start, 2 standard deviations",
        world=ComparedSeries(effect=0.0, apart=2.0),
        assumption="unseen",
        draws=Draws(24, 4_000),
    ),
    *(_alone(rho) for rho in _RHO),
    replace(
        _alone(0.3),
        name="series-alone-season",
        sentence="one interrupted series, 60 + 24 months, autocorrelation .3, a season that nobody names; no "
        "effect",
        world=InterruptedSeries(n_before=60, effect=0.0, season=1.0),
    ),
    replace(
        _alone(0.3),
        name="series-alone-event",
        sentence="one interrupted series, 60 + 24 months; something else happened at the start, 2 standard "
        "deviations",
        world=InterruptedSeries(n_before=60, effect=0.0, event=2.0),
        assumption="breaks",
    ),
)
