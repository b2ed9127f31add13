"""Do intervals cover and tests keep their size for every way to compare areas over time, with few treated?

`make coverage` runs the long version and writes docs/results/coverage-by-estimator.md; a short one runs with
the other tests, with bounds so wide that chance alone breaks them once in ten thousand runs.
"""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed
from scipy.stats import binom

from impactkit.effects.estimators import (
    ContinuousDose,
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    Imputation,
    StackedDifferenceInDifferences,
    StaggeredDifferenceInDifferences,
    SunAbraham,
    SwitchingDifferenceInDifferences,
    TripleDifference,
)
from impactkit.effects.inference import ClusterRobust, FermanPinto, Permutation, WildClusterBootstrap
from impactkit.effects.worlds import (
    CountPanel,
    DosedPanel,
    EligibleInAreas,
    StaggeredPanel,
    SwitchingPanel,
    TwoGroupPanel,
)
from impactkit.errors import EstimationError

PAGE = Path(__file__).parents[2] / "docs" / "results" / "coverage-by-estimator.md"
LONG, SHORT = 1000, 60
CHANCE = 1e-4
SIZES = ((1, 30), (2, 30), (3, 30), (5, 30), (8, 30), (20, 60), (50, 290))
DRAWS = Permutation(draws=999)
ONE_START = TwoGroupPanel(effect=0.0)
SEVERAL = StaggeredPanel(effect=0.0, persistence=0.6)
# A cohort of one area leaves a regression's CR2 undefined, so the regressions get two starts.
TWO_STARTS = replace(SEVERAL, starts=(4, 6))
WITH_COVARIATE = replace(SEVERAL, slope=0.2)


@dataclass(frozen=True)
class Case:
    """An estimator with its inference, and the world it is tried in."""

    estimator: object
    world: object
    sizes: tuple = SIZES


CASES = {
    "difference in differences": Case(DifferenceInDifferences(permutation=DRAWS), ONE_START),
    "difference in differences, wild bootstrap": Case(
        DifferenceInDifferences(inference=WildClusterBootstrap(draws=999), permutation=None), ONE_START
    ),
    "difference in differences, Ferman and Pinto": Case(
        DifferenceInDifferences(inference=FermanPinto(draws=999), permutation=None), ONE_START, SIZES[:4]
    ),
    "group-time effects": Case(StaggeredDifferenceInDifferences(permutation=DRAWS), SEVERAL),
    "group-time effects, not yet treated": Case(
        StaggeredDifferenceInDifferences(control="not_yet", permutation=None), SEVERAL
    ),
    "group-time effects, doubly robust with a covariate": Case(
        StaggeredDifferenceInDifferences(permutation=None), WITH_COVARIATE
    ),
    "group-time effects, regression on a covariate": Case(
        StaggeredDifferenceInDifferences(adjustment="regression", permutation=None), WITH_COVARIATE
    ),
    "group-time effects, weighting by a covariate": Case(
        StaggeredDifferenceInDifferences(adjustment="weighting", permutation=None), WITH_COVARIATE, SIZES[3:]
    ),
    "group-time effects, CR3": Case(
        StaggeredDifferenceInDifferences(inference=ClusterRobust(kind="CR3"), permutation=None), SEVERAL
    ),
    "imputation": Case(Imputation(permutation=DRAWS), SEVERAL),
    "group-time effects, two starts": Case(StaggeredDifferenceInDifferences(permutation=None), TWO_STARTS),
    "doubly robust with a covariate, two starts": Case(
        StaggeredDifferenceInDifferences(permutation=None), replace(WITH_COVARIATE, starts=(4, 6))
    ),
    "imputation, two starts": Case(Imputation(permutation=None), TWO_STARTS),
    "Sun and Abraham": Case(SunAbraham(permutation=None), TWO_STARTS),
    "stacked": Case(StackedDifferenceInDifferences(event_window=(2, 1), permutation=None), TWO_STARTS),
    "triple difference": Case(TripleDifference(permutation=DRAWS), EligibleInAreas(effect=0.0)),
    "continuous dose": Case(ContinuousDose(permutation=DRAWS), DosedPanel(effect=0.0)),
    "extended two-way regression": Case(ExtendedTwoWayFixedEffects(permutation=None), TWO_STARTS),
    "extended two-way regression, Poisson": Case(
        ExtendedTwoWayFixedEffects(family="poisson", permutation=None),
        CountPanel(effect=0.0, starts=(4, 6)),
        SIZES[:6],
    ),
    "switching": Case(SwitchingDifferenceInDifferences(permutation=DRAWS), SwitchingPanel(effect=0.0)),
}


@dataclass(frozen=True)
class Rates:
    """Shares over all draws; undefined intervals neither cover nor reject."""

    defined: float
    covers: float
    rejects: float
    permutation_rejects: float


def once(case, n_treated, n_units, seed):
    """Whether the interval is defined, covers and rejects, and whether the permutation test rejects."""
    known = {field.name for field in fields(case.world)}
    units = "n_areas" if "n_areas" in known else "n_units"
    treated = "n_treated" if "n_treated" in known else "n_switching"
    world = replace(case.world, **{units: n_units, treated: n_treated})
    try:
        found = case.estimator.estimate(world.study(world.draw(seed)))
    except EstimationError:  # such as covariates without overlap, with a mend: no answer
        return [False, False, False, np.nan]
    interval = found.interval
    p = found.permutation.p_value() if found.permutation is not None else np.nan
    return [
        not np.isnan(interval.low),
        bool(interval.low <= 0 <= interval.high),
        bool(interval.p_value <= 0.05),
        p <= 0.05 if not np.isnan(p) else np.nan,
    ]


def rates(name, size, reps):
    case = CASES[name]
    found = np.array([once(case, *size, seed) for seed in range(reps)], dtype=float)
    defined = found[:, 0].mean()
    covers = found[:, 1].sum() / max(found[:, 0].sum(), 1) if defined else np.nan
    return Rates(defined, covers, found[:, 2].mean(), found[:, 3].mean())


def least(share, reps):
    """The smallest share that chance gives when the true one is `share`."""
    return binom.ppf(CHANCE, reps, share) / reps


def most(share, reps):
    return binom.isf(CHANCE, reps, share) / reps


@pytest.mark.parametrize("name", CASES)
def test_intervals_cover_with_five_treated(name):
    found = rates(name, (5, 30), SHORT)
    assert found.defined > 0.95
    assert found.covers >= least(0.93, SHORT)
    assert found.rejects <= most(0.07, SHORT)
    assert np.isnan(found.permutation_rejects) or found.permutation_rejects <= most(0.06, SHORT)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if (1, 30) in case.sizes])
def test_one_treated_area_is_never_significant(name):
    found = rates(name, (1, 30), 12)
    assert found.defined == 0 or CASES[name].estimator.inference.method == "ferman_pinto"
    # Ranks among 29 areas can give 1/30, which is no more often than it should be.
    assert found.rejects <= (most(0.06, 12) if found.defined else 0)


@pytest.mark.slow
def test_the_whole_table_and_the_page_that_shows_it():
    cells = [(name, size) for name, case in CASES.items() for size in case.sizes]
    found = Parallel(n_jobs=-1)(delayed(rates)(name, size, LONG) for name, size in cells)
    table = dict(zip(cells, found, strict=True))
    PAGE.write_text(page(table), encoding="utf-8")
    noise = 2 * np.sqrt(0.06 * 0.94 / LONG)
    for (name, (n_treated, _)), rate in table.items():
        is_chosen = name != "group-time effects, CR3"
        assert rate.rejects <= 0.06 + noise or (not is_chosen and n_treated < 3), (name, n_treated, rate)
        if n_treated >= 5:
            assert rate.covers >= 0.93 - noise, (name, n_treated, rate)


def page(table):
    """The page of results, in full."""
    lines = []
    for (name, (n_treated, n_units)), rate in table.items():
        shares = (rate.defined, rate.covers, rate.rejects, rate.permutation_rejects)
        lines.append(
            f"| {name} | {n_treated} of {n_units} | "
            + " | ".join("–" if np.isnan(share) else f"{100 * share:.1f} %" for share in shares)
            + " |"
        )
    return TEMPLATE.format(lines="\n".join(lines), long=LONG)


TEMPLATE = """\
# Coverage by estimator

Written by `make coverage` (`pytest -m slow tests/coverage`); do not edit. The seeds of each world are
0, 1, 2, …, so every run gives the same figures.

True effect 0, {long} draws a row, first-order autocorrelation 0.6, so that a rate near 5 % has a
standard error of 0.7 points. One start: 10 periods, start in period 6. Switching: 6 periods, paths of
their own. Several starts: 8 periods, starts in periods 4, 5 and 7 given to the treated in turn, so that
three treated areas start one each; regressions with an effect for each cohort have two starts, 4 and 6,
because a cohort of one area leaves them no interval. Inference is what the estimator chooses by itself,
unless named. An interval that is not defined, or refused, neither covers nor rejects; coverage is that
of the defined ones. With three starts, five treated areas are cohorts of 2, 2 and 1: the one that started
alone hides its own error and is compared with another cohort's, which makes limits wider than they need be;
with two starts every cohort has its own. CR3, with G - 1 degrees of freedom as others have it, is offered
and not chosen: with two treated areas it rejects far too often. Every default must reject at most 6 %, up
to chance.

| estimator | treated | defined | 95 % limits cover | limits reject | permutation rejects |
|---|---|---|---|---|---|
{lines}
"""
