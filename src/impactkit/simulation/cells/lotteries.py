"""Randomised trials, whole and with drop-out."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import RandomisedTrial
from impactkit.effects.worlds import RandomisedArms, UnequalLots
from impactkit.simulation.cell import LOTTERY, TINY, Cell, Draws, promise
from impactkit.simulation.multiples import multiples
from impactkit.simulation.naive import (
    ADJUSTED,
    ANCOVA_T,
    ARMS,
    ARMS_T,
    ARMS_WELCH,
    CHANCE_T,
    CLUSTERS_T,
    LIMITS,
    PERMUTATION,
    STRATA_T,
)
from impactkit.simulation.worlds import DroppedOut

# The outcome's standard deviation is 1, and its correlation with the one before .5.
_PEOPLE = RandomisedArms(n_strata=1, cluster_noise=0.0, noise=0.75**0.5, effect=0.0)
_CLUSTERS = RandomisedArms(n_lots=30, n_strata=1, cluster_size=10, effect=0.0)


def _cell(n_arm: int, adjustment: str) -> Cell:
    adjusted = adjustment != "none"
    return Cell(
        name=f"trial-{n_arm}{'-ancova' if adjusted else ''}",
        sentence=f"randomised trial, {n_arm} in each arm{', adjusted for the baseline' if adjusted else ''}",
        world=replace(_PEOPLE, n_lots=2 * n_arm),
        estimator=RandomisedTrial(adjustment="ancova" if adjusted else "none"),
        claims=(promise(TINY),),
        assumption="holds",
        circumstances=LOTTERY,
        naive=(ARMS,),
        rivals=(LIMITS, PERMUTATION, ANCOVA_T, ARMS_T, ARMS_WELCH),
        draws=Draws(140, 10_000),
    )


_BY_CLUSTER = replace(
    _cell(50, "none"),
    name="trial-clusters",
    sentence="randomised trial of 30 clusters with 10 people each",
    world=_CLUSTERS,
    rivals=(LIMITS, PERMUTATION, CLUSTERS_T, ARMS_T),
)
_NEW = Draws(20, 2_000)
_STRATIFIED = replace(
    _cell(50, "none"),
    name="trial-strata",
    sentence="randomised trial, 100 people in 4 strata that differ, half of each drawn",
    world=replace(_PEOPLE, n_lots=100, n_strata=4),
    rivals=(LIMITS, PERMUTATION, STRATA_T, ARMS_T),
    draws=_NEW,
)
_PAIRED = replace(
    _STRATIFIED,
    name="trial-pairs",
    sentence="randomised trial, 40 pairs that differ, one of each drawn",
    world=replace(_PEOPLE, n_lots=80, n_strata=40),
)
_UNEQUAL = replace(
    _STRATIFIED,
    name="trial-chances",
    sentence="randomised trial, 160 people drawn with chances from .3 to .7 that follow a need, which also "
    "moves the outcome",
    world=UnequalLots(n_lots=160, stays_away=0.0, effect=0.0),
    rivals=(LIMITS, PERMUTATION, CHANCE_T, ARMS_T),
)
_FEW_CLUSTERS = replace(
    _BY_CLUSTER,
    name="trial-clusters-12",
    sentence="randomised trial of 12 clusters with 10 people each",
    world=replace(_CLUSTERS, n_lots=12),
    draws=_NEW,
)
_DROPPED = replace(
    _cell(175, "none"),
    name="trial-dropout",
    sentence="randomised trial, 175 in each arm; 22 % are lost, bad cases first, in the treated arm and 16 % "
    "in the other; no effect",
    world=DroppedOut(),
    assumption="breaks",
    matches=("trial-50", "trial-175"),
    draws=Draws(90, 4_000),
)

CELLS = (
    *(
        cell
        for n_arm in (50, 175)
        for adjustment in ("none", "ancova")
        for cell in multiples(_cell(n_arm, adjustment), size="0.3")
    ),
    *multiples(_BY_CLUSTER, size="0.6"),
    *multiples(_FEW_CLUSTERS, size="1"),
    *multiples(_STRATIFIED, size="0.5"),
    *multiples(_PAIRED, size="0.5"),
    *multiples(_UNEQUAL, size="0.5"),
    _DROPPED,
    replace(
        _DROPPED,
        name="trial-dropout-ancova",
        sentence=f"{_DROPPED.sentence}; adjusted for the baseline",
        estimator=RandomisedTrial(adjustment="ancova"),
        naive=(ADJUSTED,),
        matches=("trial-50-ancova", "trial-175-ancova"),
    ),
    replace(
        _DROPPED,
        name="trial-dropout-even",
        sentence="randomised trial, 175 in each arm; 16 % are lost in each, in the treated arm bad cases "
        "first; no effect",
        world=DroppedOut(treated_bad=0.45, treated_good=0.03),
        assumption="unseen",
    ),
)
