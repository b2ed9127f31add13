"""Do bands hold for a whole path at once? `make coverage` runs the long version and writes its page."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed
from scipy.stats import binom

from impactkit.effects.estimators import (
    DifferenceInDifferences,
    Imputation,
    StaggeredDifferenceInDifferences,
)
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.worlds import StaggeredPanel, TwoGroupPanel

PAGE = Path(__file__).parents[2] / "docs" / "results" / "bands.md"
LONG, SHORT, DRAWS = 1000, 40, 1999
CHANCE = 1e-4


@dataclass(frozen=True)
class Case:
    """An estimator, the world it is tried in, and the sizes (treated, units)."""

    estimator: object
    world: object
    sizes: tuple

    def path(self, size, seed):
        world = type(self.world)(effect=0.0, n_treated=size[0], n_units=size[1])
        found = self.estimator.estimate(world.study(world.draw(seed)))
        return found.aggregate("dynamic") if found.cohorts is not None else found


TWO_GROUPS = DifferenceInDifferences(event_study=True, permutation=None)
SEVERAL = ((6, 20), (15, 40), (90, 200))
CASES = {
    "two groups": Case(TWO_GROUPS, TwoGroupPanel(), ((3, 12), (5, 20), (8, 30), (30, 60), (200, 400))),
    "several starts": Case(StaggeredDifferenceInDifferences(permutation=None), StaggeredPanel(), SEVERAL),
    "several starts, CR2": Case(
        StaggeredDifferenceInDifferences(permutation=None, inference=ClusterRobust()),
        StaggeredPanel(),
        ((90, 200),),
    ),
    "imputation": Case(Imputation(permutation=None), StaggeredPanel(), SEVERAL),
}


def shares(name, size, reps):
    """How often all effects lie within the bands, and within their own limits."""
    found = []
    for seed in range(reps):
        table = CASES[name].path(size, seed).bands(draws=DRAWS, seed=seed)
        lows, highs = (table[[f"band_{end}", f"conf_{end}"]].to_numpy() for end in ("low", "high"))
        known = ~np.isnan(lows[:, 0])
        found.append(((lows[known] <= 0) & (highs[known] >= 0)).all(axis=0))
    return np.mean(found, axis=0)


def test_bands_of_two_groups_hold_together():
    assert shares("two groups", (8, 30), SHORT)[0] >= binom.ppf(CHANCE, SHORT, 0.93) / SHORT


@pytest.mark.slow
def test_the_whole_table_and_the_page_that_shows_it():
    cells = [(name, size) for name, case in CASES.items() for size in case.sizes]
    found = Parallel(n_jobs=-1)(delayed(shares)(name, size, LONG) for name, size in cells)
    lines = [
        f"| {name}, {treated} treated of {units} | {100 * bands:.1f} % | {100 * own:.1f} % |"
        for (name, (treated, units)), (bands, own) in zip(cells, found, strict=True)
    ]
    PAGE.write_text(TEMPLATE.format(long=LONG, lines="\n".join(lines)), encoding="utf-8")
    for (name, size), (bands, own) in zip(cells, found, strict=True):
        assert bands >= own
        assert bands >= 0.90, (name, size)


TEMPLATE = """\
# Bands

Written by `make coverage` (`pytest -m slow tests/coverage`); do not edit. The seeds of each world are
0, 1, 2, …, so every run gives the same figures.

True effect 0, {long} draws a row: the share in which all effects of an event study lie within the bands,
nominal 95 % (the standard error of a share is 0.7 points), and within their own limits. Two groups: 10
periods, so nine effects. Several starts: 8 periods, starts in periods 4, 5 and 7. Inference is what the
estimator chooses by itself, unless named.

| design | bands | pointwise limits |
|---|---|---|
{lines}
"""
