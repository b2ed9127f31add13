"""Picking what looks best: among indicators, baselines, or looks."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import DifferenceInDifferences
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.simulation.cell import HONEST, TINY, Cell, Draws, promise
from impactkit.simulation.naive import CR1, LIMITS, PICKED, POOLED
from impactkit.simulation.worlds import LookedAtOften, ManyOutcomes


def _indicators(n: int, correlation: float) -> Cell:
    world = ManyOutcomes(n_outcomes=n, correlation=correlation)
    alike = f", correlation {correlation:g}" if correlation else ""
    return Cell(
        name=f"best-of-{n}{f'-r-{correlation:g}' if correlation else ''}",
        sentence=f"{n} indicators{alike}, all of them primary claims of one locked plan; no effect on any",
        world=world,
        estimator=DifferenceInDifferences(),
        claims=tuple(promise(TINY, id=f"C{k + 1}", outcome=name) for k, name in enumerate(world.names)),
        assumption="holds",
        naive=(CR1, LIMITS),
        draws=Draws(40, 4_000) if n < 20 else Draws(24, 2_000),
    )


_AFTER = replace(
    _indicators(10, 0.0),
    name="plan-after-data",
    sentence="the best of 10 indicators becomes the only claim of a plan that was written after the data, "
    "and whose dates say so; no effect on any",
    assumption="breaks",
    together=False,
    prior="not_prior",
    draws=Draws(24, 1_500),
)
_PANEL = TwoGroupPanel(n_treated=12, n_periods=12, start=5, persistence=0.3, effect=0.0)
_LOOKS = Cell(
    name="looks-one",
    sentence="12 treated of 30, 8 half-years of follow-up and one look at the end; no effect",
    world=LookedAtOften(panel=_PANEL),
    estimator=DifferenceInDifferences(),
    claims=(promise(TINY),),
    assumption="holds",
    naive=(CR1,),
    draws=Draws(200, 10_000),
)
_OFTEN = replace(
    _LOOKS,
    studies=LookedAtOften(panel=_PANEL).looks,
    draws=Draws(30, 2_500),
)

CELLS = (
    *(_indicators(n, correlation) for n in (5, 10, 20) for correlation in (0.0, 0.3)),
    _AFTER,
    replace(
        _AFTER,
        name="plan-after-data-hidden",
        sentence="the best of 10 indicators becomes the only claim of a plan that was written after the "
        "data, and whose dates say the opposite; no effect on any",
        assumption="unseen",
        prior="claimed_prior",
    ),
    Cell(
        name="moved-baseline",
        sentence="12 treated of 30, 5 years before and 1 after, all five the baseline of a locked plan; no "
        "effect",
        world=TwoGroupPanel(n_treated=12, n_periods=6, start=6, persistence=0.0, effect=0.0),
        estimator=DifferenceInDifferences(),
        claims=(promise(TINY),),
        assumption="holds",
        naive=(PICKED, POOLED),
        draws=Draws(200, 10_000),
    ),
    _LOOKS,
    replace(
        _OFTEN,
        name="looks-eight-declared",
        sentence="12 treated of 30, a look each half-year until one pleases, which the plan says; no effect",
        circumstances=HONEST.model_copy(update={"looks": 8}),
        assumption="breaks",
    ),
    replace(
        _OFTEN,
        name="looks-eight-hidden",
        sentence="12 treated of 30, a look each half-year until one pleases, which the plan hides; no effect",
        assumption="unseen",
    ),
)
