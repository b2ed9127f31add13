"""What happens to all between two measurements: a shock, a season, or a trend that differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from impactkit.effects.estimators import BeforeAfter, DifferenceInDifferences
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.simulation.cell import TINY, Cell, Collected, Draws, promise
from impactkit.simulation.naive import BEFORE_AFTER, CR1, CR1_T, LIMITS, PERMUTATION, POOLED_T, WELCH_T
from impactkit.simulation.worlds import TwoWaves

_SAME_MONTH = Collected(date(2023, 10, 1), date(2025, 10, 1))
_OTHER_HALF = Collected(date(2023, 10, 1), date(2025, 5, 1))

_TWINS = tuple(f"did-{n}" for n in (1, 2, 3, 5, 8, 12))
"""Such a trend misleads a test whatever the number of treated."""

_DID = Cell(
    name="shock-did",
    sentence="25 treated and 25 comparison areas, one year before and one after; a shock to all, standard "
    "deviation .5; no effect",
    world=TwoWaves(shock=0.5),
    estimator=DifferenceInDifferences(),
    claims=(promise(TINY),),
    assumption="holds",
    collected=_SAME_MONTH,
    naive=(BEFORE_AFTER, CR1),
    draws=Draws(200, 10_000),
)
_ONE_GROUP = replace(
    _DID,
    name="shock-before-after",
    sentence="25 areas before and after; a shock to all, standard deviation .5; no effect",
    world=TwoWaves(n_comparison=0, shock=0.5),
    estimator=BeforeAfter(),
    assumption="breaks",
    naive=(BEFORE_AFTER,),
    draws=Draws(120, 4_000),
)


def _season(cell: Cell, name: str, words: str, world: TwoWaves) -> Cell:
    return replace(cell, name=f"season-{name}", sentence=words, world=world)


def _trend(trend: float, *, before: int) -> Cell:
    years = f"{before} + 5 years" if before > 1 else "one year before and 5 after"
    return Cell(
        name=f"trend-{trend:g}-{'one-baseline' if before == 1 else 'five-before'}",
        sentence=f"difference in differences, 12 treated of 30, {years}; the treated would have grown "
        f"{trend:g} standard deviations a year more anyway; no effect",
        world=TwoGroupPanel(n_treated=12, n_periods=before + 5, start=before + 1, effect=0.0, trend=trend),
        estimator=DifferenceInDifferences(),
        claims=(promise(TINY),),
        assumption="breaks",
        matches=_TWINS if before > 1 else (),
        naive=(BEFORE_AFTER, CR1),
        rivals=(LIMITS, PERMUTATION, POOLED_T, WELCH_T, CR1_T),
        draws=Draws(100, 4_000),
    )


CELLS = (
    _ONE_GROUP,
    _DID,
    replace(
        _season(
            _ONE_GROUP,
            "before-after",
            "25 areas, before in October and after in May, when all stand .3 higher; no effect",
            TwoWaves(n_comparison=0, season=0.3),
        ),
        collected=_OTHER_HALF,
    ),
    _season(
        _ONE_GROUP,
        "before-after-same-month",
        "25 areas, before and after in October; no effect",
        TwoWaves(n_comparison=0),
    ),
    replace(
        _season(
            _DID,
            "did",
            "25 treated and 25 comparison areas, before in October and after in May, when all stand .3 "
            "higher; no effect",
            TwoWaves(season=0.3),
        ),
        collected=_OTHER_HALF,
    ),
    replace(
        _season(
            _DID,
            "did-treated-alone",
            "25 treated and 25 comparison areas, before in October and after in May, when the treated alone "
            "stand .6 higher; no effect",
            TwoWaves(treated_season=0.6),
        ),
        collected=_OTHER_HALF,
        assumption="breaks",
    ),
    *(_trend(trend, before=before) for trend in (0.1, 0.2) for before in (5, 1)),
)
