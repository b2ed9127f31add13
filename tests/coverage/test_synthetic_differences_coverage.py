"""How often do weighted donors find an effect: where there is none, and where there is?

The long version (`pytest -m slow tests/coverage/test_synthetic_differences_coverage.py`) writes
docs/results/synthetic-differences.md; a short one runs with the others. An effect is found where the default's
limits leave out zero. Ranks are asked for their p-values, which is the same and spares the search for limits;
a test holds that to the estimate's own limits.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from impactkit.effects.donor_panel import donor_panel
from impactkit.effects.estimators import AugmentedSyntheticControl, SyntheticDifferenceInDifferences
from impactkit.effects.inference import PlaceboInSpace
from impactkit.effects.worlds import FactorPanel

PAGE = Path(__file__).parents[2] / "docs" / "results" / "synthetic-differences.md"
DRAWS, UNITS, AFTER = 300, 30, 8
TREATED, BEFORE, PERSISTENCE = (1, 3, 8), (12, 24), (0.0, 0.3, 0.6, 0.8)
EFFECT = 0.5  # one standard deviation of the units' own noise
LEVELS = (0.95, 0.90)


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
    estimator = SyntheticDifferenceInDifferences()
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
