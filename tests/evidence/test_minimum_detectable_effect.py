"""The smallest effect that would have been seen: against statsmodels, by brute force, or none."""

import math
from dataclasses import replace

import numpy as np
import pytest

from impactkit.effects.estimators import DifferenceInDifferences, RandomisedTrial, SyntheticControl
from impactkit.effects.inference import Permutation, WildClusterBootstrap
from impactkit.effects.worlds import FactorPanel, RandomisedArms, TwoGroupPanel
from impactkit.errors import EstimationError
from impactkit.evidence.minimum_detectable_effect import minimum_detectable_effect

ARMS = RandomisedArms(n_lots=60, n_strata=1, cluster_noise=0.0, slope=0.0)


@pytest.mark.parametrize("n", [20, 60, 400])
def test_two_equal_arms_are_those_of_statsmodels(n):
    power = pytest.importorskip("statsmodels.stats.power").TTestIndPower()
    found = RandomisedTrial().estimate(replace(ARMS, n_lots=n).study(replace(ARMS, n_lots=n).draw(1)))
    spread = found.interval.std_error / math.sqrt(4 / n)
    wanted = power.solve_power(nobs1=n / 2, alpha=0.05, power=0.8) * spread
    # Theirs counts rejections on the wrong side too, and ours has HC2's degrees of freedom: both are small.
    assert minimum_detectable_effect(found).size == pytest.approx(wanted, rel=2e-3)


def test_that_effect_is_told_from_nothing_four_times_in_five():
    trial = RandomisedTrial()
    sizes = [
        minimum_detectable_effect(trial.estimate(ARMS.study(ARMS.draw(seed)))).size for seed in range(40)
    ]
    world = replace(ARMS, effect=float(np.mean(sizes)))
    found = [trial.estimate(world.study(world.draw(seed))) for seed in range(300)]
    told = np.mean(
        [one.interval.low > 0 and one.permutation.p_value(0, alternative="greater") <= 0.025 for one in found]
    )
    assert told == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / 300))


def test_it_grows_with_the_level_and_the_power_and_with_the_unit():
    found = RandomisedTrial().estimate(ARMS.study(ARMS.draw(2)))
    size = minimum_detectable_effect(found, level=0.95).size
    assert size < minimum_detectable_effect(found, level=0.975).size
    assert size < minimum_detectable_effect(found, level=0.95, power=0.9).size
    frame = ARMS.draw(2)
    scaled = RandomisedTrial().estimate(ARMS.study(frame.assign(y=-1000 * frame.y)))
    assert minimum_detectable_effect(scaled).size == pytest.approx(1000 * size)


@pytest.mark.parametrize("inference", [Permutation(), WildClusterBootstrap(draws=1999)])
def test_resampled_limits_give_nearly_the_size_that_t_gives(inference):
    world = TwoGroupPanel(n_units=60, n_treated=30)
    study = world.study(world.draw(3))
    by_t = minimum_detectable_effect(DifferenceInDifferences().estimate(study)).size
    found = minimum_detectable_effect(DifferenceInDifferences(inference=inference).estimate(study)).size
    assert found == pytest.approx(by_t, rel=0.1)


def test_a_synthetic_control_with_too_few_donors_sees_no_effect():
    world = FactorPanel(n_donors=11)
    found = minimum_detectable_effect(SyntheticControl().estimate(world.study(world.draw(1))))
    assert (found.size, found.is_known, found.reason.code) == (
        math.inf,
        False,
        "verdict.reason.too_few_assignments",
    )


def test_two_areas_and_five_see_no_effect_and_say_why():
    world = TwoGroupPanel(n_units=7, n_treated=2)
    found = minimum_detectable_effect(DifferenceInDifferences().estimate(world.study(world.draw(1))))
    assert found.size == math.inf
    assert "21" in found.reason.text("en")
    alone = DifferenceInDifferences(permutation=None).estimate(world.study(world.draw(1)))
    assert minimum_detectable_effect(alone).reason.code == "verdict.reason.no_permutation"


@pytest.mark.parametrize(("level", "power"), [(1.0, 0.8), (0.95, 1.0), (0.95, 0.02), (0.0, 0.8)])
def test_what_is_no_level_or_power_is_refused(level, power):
    found = RandomisedTrial().estimate(ARMS.study(ARMS.draw(1)))
    with pytest.raises(EstimationError, match="power"):
        minimum_detectable_effect(found, level=level, power=power)
