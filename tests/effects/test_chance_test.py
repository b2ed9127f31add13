"""The permutation test in which treatment is drawn again with the chance that the background gives."""

import numpy as np
import pytest

from impactkit.effects.chance_test import chance_test
from impactkit.effects.compared_groups import compared_groups
from impactkit.effects.estimators import DoublyRobust, Weighting
from impactkit.effects.inference import Permutation
from impactkit.effects.kernels.logistic import logistic
from impactkit.effects.worlds import ChosenPeople

WORLD = ChosenPeople(n_people=80)
FEW = Permutation(draws=199)


def test_the_statistic_is_the_weighted_difference_of_what_covariates_leave():
    study = WORLD.study(WORLD.draw(1))
    groups = compared_groups(study)
    found = chance_test(groups, FEW, target="att").statistics
    X, d, y = groups.X, groups.treated, groups.outcome
    p = logistic(X, d).probabilities
    left = [z - X @ np.linalg.lstsq(X, z, rcond=None)[0] for z in (y, d * 1.0)]

    def difference(lot, z):
        return np.average(z[lot]) - np.average(z[~lot], weights=(p / (1 - p))[~lot])

    own = difference(d, left[1])
    assert found.observed == pytest.approx(difference(d, left[0]) / own)
    keys = (np.random.PCG64(FEW.seed).random_raw(199 * 80) >> np.uint64(11)).reshape(199, 80) * 2.0**-53
    for b in (0, 7, 198):
        assert found.numerators[b] == pytest.approx(difference(keys[b] < p, left[0]) / own)
        assert found.shifts[b] == pytest.approx(difference(keys[b] < p, left[1]) / own)


@pytest.mark.parametrize("estimator", [Weighting(permutation=FEW), DoublyRobust(folds=1, permutation=FEW)])
def test_a_true_effect_is_rejected_as_seldom_as_promised_and_none_often(estimator):
    world = ChosenPeople(n_people=120, tilt=0.8, slope=1.0)
    tests = [estimator.estimate(world.study(world.draw(seed))).permutation for seed in range(120)]
    true = np.mean([test.p_value(world.effect) <= 0.05 for test in tests])
    assert true <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 120)
    assert np.mean([test.p_value(0.0) <= 0.05 for test in tests]) > 0.9


def test_whole_clusters_are_drawn_where_whole_clusters_were_treated():
    world = ChosenPeople(n_people=120, cluster_size=4)
    test = Weighting(permutation=FEW).estimate(world.study(world.draw(1))).permutation
    assert test.n_assignments == 2**30
    assert "of 30 were treated" in test.law.text("en")


def test_those_left_out_are_drawn_and_do_not_count():
    """How many they are cannot be told from the number of possible assignments."""
    world = ChosenPeople(n_people=200, tilt=2.0)
    study = world.study(world.draw(3))
    groups = compared_groups(study)
    p = logistic(groups.X, groups.treated).probabilities
    kept = (p > 0.1) & (p < 0.9)
    test = Weighting(target="ate", trim=0.1, permutation=FEW).estimate(study).permutation
    assert test.n_assignments == 2**200 and not kept.all()
    d, X = groups.treated, groups.X
    left = [z - X @ np.linalg.lstsq(X, z, rcond=None)[0] for z in (groups.outcome, d * 1.0)]
    weights = kept / np.where(d, p, 1 - p)
    own = [np.average(z[d], weights=weights[d]) - np.average(z[~d], weights=weights[~d]) for z in left]
    assert test.statistics.observed == pytest.approx(own[0] / own[1])


def test_there_is_none_where_there_are_too_few_to_draw_among():
    frame = WORLD.draw(2).iloc[:14]
    assert Weighting().estimate(WORLD.study(frame)).permutation is None
    assert Weighting(permutation=None).estimate(WORLD.study(WORLD.draw(1))).permutation is None
