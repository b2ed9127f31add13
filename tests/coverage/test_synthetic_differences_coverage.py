"""How often do weighted donors find an effect: where there is none, and where there is?

The long version (`pytest -m slow` on this file) takes about a quarter of an hour and writes
docs/results/synthetic-differences.md; a short one runs with the others. An effect is found where limits leave
out zero. Ranks are asked for their p-values, which is the same and spares the search for limits; a test holds
that to the estimate's own limits.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from impactkit.effects.donor_panel import donor_panel
from impactkit.effects.estimators import AugmentedSyntheticControl, SyntheticDifferenceInDifferences
from impactkit.effects.inference import PlaceboInSpace, SyntheticVariance
from impactkit.effects.worlds import FactorPanel

PAGE = Path(__file__).parents[2] / "docs" / "results" / "synthetic-differences.md"
UNITS, AFTER, SHORT = 30, 8, 40
BEFORE = (12, 24)
EFFECT = 0.5  # one standard deviation of the units' own noise
LEVELS = (0.95, 0.90)


DIFFERENCES = SyntheticDifferenceInDifferences(permutation=PlaceboInSpace(draws=199))
"""The default but for 199 choices of donors for 999: the level is the same, the power a little less."""
DRAWS = {
    "differences": {1: 300, 3: 100, 8: 300},
    "augmented": {1: 300, 3: 100},
}  # ranks among donors are found anew for many choices of three or eight, which takes time
PERSISTENCE = {"differences": (0.0, 0.3, 0.6, 0.8), "augmented": (0.0, 0.6)}


@dataclass(frozen=True)
class Cell:
    """A world of 30 units: how many are treated, how long before, how noise carries over."""

    n_treated: int
    n_before: int
    persistence: float

    def world(self):
        return FactorPanel(
            n_donors=UNITS - self.n_treated,
            n_treated=self.n_treated,
            n_periods=self.n_before + AFTER,
            start=self.n_before + 1,
            effect=0.0,
            persistence=self.persistence,
        )


@dataclass(frozen=True)
class Found:
    """Whether an effect is found in one draw, by level: upwards, downwards, and the one put there."""

    up: np.ndarray
    down: np.ndarray
    power: np.ndarray


def risks():
    return (1 - np.array(LEVELS)) / 2


def differences(study):
    """Find what `SyntheticDifferenceInDifferences()` finds."""
    estimator = DIFFERENCES
    fits = fits_of(estimator, study)
    chosen, _ = estimator._chosen(fits)
    if isinstance(chosen, PlaceboInSpace):
        return ranked(chosen.test(fits))
    return by_limits([chosen.model_copy(update={"level": x}).infer_donors(fits).intervals[0] for x in LEVELS])


def augmented(study):
    """Find what `AugmentedSyntheticControl()` finds."""
    estimator = AugmentedSyntheticControl()
    return ranked(estimator.inference.test(fits_of(estimator, study)))


def fits_of(estimator, study):
    panel = donor_panel(study, estimator.donors)
    if isinstance(estimator, AugmentedSyntheticControl):
        return estimator._fits(panel, ())
    from impactkit.effects.estimators.synthetic_difference_in_differences import _fits

    return _fits(panel)


def ranked(test):
    p = [test.p_value(alternative=side) for side in ("greater", "less")]
    # The effect adds to every treated cell alike, and no weight looks at those.
    power = test.p_value(-EFFECT, alternative="greater")
    return Found(up=p[0] <= risks(), down=p[1] <= risks(), power=power <= risks())


def by_limits(intervals):
    low, high = np.array([[interval.low, interval.high] for interval in intervals]).T
    return Found(up=low > 0, down=high < 0, power=low + EFFECT > 0)


def rates(how, cell, draws):
    """Return shares upwards, downwards and of the effect put there, shape (3, levels)."""
    world = cell.world()
    found = [how(world.study(world.draw(seed))) for seed in range(1, draws + 1)]
    return np.array([[x.up, x.down, x.power] for x in found]).mean(axis=0)


def spread(n_treated, panels=15):
    """Return in how many panels the largest of the three standard errors is over twice the smallest."""
    apart = 0
    for seed in range(1, panels + 1):
        world = FactorPanel(
            n_donors=UNITS - n_treated, n_treated=n_treated, n_periods=20, start=13, effect=0.0
        )
        study = world.study(world.draw(seed))
        errors = [
            SyntheticDifferenceInDifferences(inference=SyntheticVariance(of=of, draws=99), permutation=None)
            .estimate(study)
            .interval.std_error
            for of in ("placebo", "jackknife", "bootstrap")
        ]
        apart += np.nanmax(errors) > 2 * np.nanmin(errors)
    return apart


INTRODUCTION = f"""# How often weighted donors mislead

How often an effect is found where there is none, in per cent, at a nominal 5 % in two directions (2.5 % in
each); in brackets how often one upwards is found. Then the same at a nominal 10 %. Power is how often an
effect of {EFFECT:g}, one standard deviation of units' own noise, is found upwards. Made by
`pytest -m slow tests/coverage/test_synthetic_differences_coverage.py`.

The world is `FactorPanel`: {UNITS} units, moved by two common random walks by different amounts, {AFTER}
periods after the start, and noise that carries over by the autocorrelation given. Each estimator has its
default inference, but that ranks of `SyntheticDifferenceInDifferences` are among 199 choices of donors, not
999, which changes no level. Over 300 draws 5.0 means 2.5 to 7.5, over 100 draws 0.7 to 9.3.

With one treated unit of {UNITS}, no rank is rarer than 1 in {UNITS}: nothing can be found at 2.5 % in a
direction, whatever the effect. The augmented control was not measured with eight treated units.
"""
TITLES = {
    "differences": "`SyntheticDifferenceInDifferences()`: ranks with 1 and 3 treated, the jackknife with 8",
    "augmented": "`AugmentedSyntheticControl()`: ranks among donors",
}


def cells(name):
    """Go through the cells of one table."""
    return [
        (Cell(n, before, rho), draws)
        for n, draws in DRAWS[name].items()
        for rho in PERSISTENCE[name]
        for before in BEFORE
    ]


def table(name, found):
    """Write one table: rates by cell, in the order of `cells`."""
    lines = [
        f"## {TITLES[name]}",
        "",
        "| treated | before | autocorrelation | draws | at 5 % | power | at 10 % | power |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for (cell, draws), (up, down, power) in zip(cells(name), found, strict=True):
        told = [
            f"{100 * (up[k] + down[k]):.1f} ({100 * up[k]:.1f}) | {100 * power[k]:.0f}"
            for k in range(len(LEVELS))
        ]
        lines.append(
            f"| {cell.n_treated} | {cell.n_before} | {cell.persistence:g} | {draws} | {' | '.join(told)} |"
        )
    return [*lines, ""]


def errors_table(found):
    """Write in how many panels the three standard errors are far apart."""
    lines = [
        "## Placebo, jackknife and bootstrap errors of the same estimate",
        "",
        "In how many of 15 panels (12 periods before the start, no autocorrelation) the largest is over",
        "twice the smallest.",
        "",
        "| treated | panels |",
        "|---|---|",
    ]
    return [*lines, *(f"| {n} | {count} |" for n, count in found.items()), ""]


def write(found, apart):
    """Write the page."""
    lines = [
        INTRODUCTION,
        *(line for name in TITLES for line in table(name, found[name])),
        *errors_table(apart),
    ]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


HOW = {"differences": differences, "augmented": augmented}


@pytest.mark.slow
def test_long():
    found = {name: [rates(HOW[name], cell, draws) for cell, draws in cells(name)] for name in TITLES}
    write(found, {n: spread(n) for n in (2, 3, 5, 8)})
    for name in TITLES:
        for (_, draws), (up, down, _) in zip(cells(name), found[name], strict=True):
            assert up[0] + down[0] < 0.05 + 4 * np.sqrt(0.05 * 0.95 / draws)


def test_eight_treated_units_are_seldom_taken_for_an_effect():
    up, down, power = rates(differences, Cell(8, 12, 0.3), SHORT)
    assert up[0] + down[0] < 0.05 + 4 * np.sqrt(0.05 * 0.95 / SHORT)
    assert power[0] > 0.3


def test_one_treated_unit_of_thirty_shows_nothing_at_five_per_cent():
    up, down, power = rates(differences, Cell(1, 12, 0.3), 5)
    assert not up[0] and not down[0] and not power[0]


@pytest.mark.parametrize("cell", [Cell(1, 12, 0.3), Cell(8, 12, 0.3), Cell(3, 12, 0.0)], ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_found_here_is_what_the_estimate_says(cell, seed):
    """Limits of the estimate leave out zero, with and without the effect, where this file says so."""
    quick = differences(cell.world().study(cell.world().draw(seed)))
    for effect in (0.0, EFFECT):
        world = replace(cell.world(), effect=effect)
        own = DIFFERENCES.estimate(world.study(world.draw(seed))).interval
        assert (own.low > 0) == (quick.power if effect else quick.up)[0]
