"""Are there comparison units like the treated in what is adjusted for."""

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.worlds import RandomisedArms, TwoGroupPanel
from impactkit.evidence.checks import Overlap

ANCOVA = ik.RandomisedTrial(adjustment="ancova", permutation=None)


def asked(study, estimator=ANCOVA):
    estimate = estimator.estimate(study)
    return Overlap().check(study, estimate), estimate


def arms(X, treated):
    frame = pd.DataFrame({f"x{k}": x for k, x in enumerate(np.atleast_2d(X.T))})
    frame = frame.assign(arm=treated.astype(int), y=np.random.default_rng(1).standard_normal(len(treated)))
    names = [name for name in frame if name.startswith("x")]
    return Study(frame, outcome="y", treated="arm", covariates=names)


@pytest.mark.parametrize("seed", range(6))
def test_one_covariate_is_its_own_order(seed):
    """The log odds of one covariate are a line in it, so the definition can be asked of it directly."""
    rng = np.random.default_rng(seed)
    treated = np.arange(60) < 20
    x = rng.standard_normal(60) + 2.5 * treated
    own, others = x[treated], x[~treated]
    spread = np.sqrt((19 * own.var(ddof=1) + 39 * others.var(ddof=1)) / 58)
    outside = (own > others.max() + spread) | (own < others.min() - spread)
    found, _ = asked(arms(x[:, None], treated))
    assert found.statistic == pytest.approx(outside.mean())
    assert found.passed is bool(outside.mean() <= 0.10)


def test_groups_far_apart_lower_the_grade_also_where_they_are_separated():
    rng = np.random.default_rng(2)
    treated = np.arange(80) < 30
    for shift in (3.0, 8.0):
        found, estimate = asked(arms(rng.standard_normal((80, 2)) + shift * treated[:, None], treated))
        assert found.passed is False and found.statistic > 0.2
        assert ik.grade(estimate, (found,)).value == 4
    assert found.statistic > 0.95
    assert found.sentence.text("sv") != found.sentence.text("en")


def test_a_trait_that_all_treated_share_with_some_others_is_no_lack_of_likes():
    rng = np.random.default_rng(3)
    treated = np.arange(60) < 20
    x = np.where(treated, 1.0, rng.random(60) < 0.4)
    assert asked(arms(x[:, None], treated))[0].statistic == 0.0


@pytest.mark.parametrize(("n1", "n0", "k"), [(25, 35, 1), (20, 40, 4), (40, 10, 1), (8, 22, 1)])
def test_like_groups_seldom_fail(n1, n0, k):
    alarms = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        found, _ = asked(arms(rng.standard_normal((n1 + n0, k)), np.arange(n1 + n0) < n1))
        assert found.passed is not None
        alarms += found.passed is False
    assert alarms <= 9


def test_a_lot_seldom_fails():
    world = RandomisedArms()
    assert [asked(world.study(world.draw(seed)))[0].passed for seed in range(100)].count(False) <= 2


def test_a_panel_is_asked_of_what_its_units_had_before_the_start():
    world = TwoGroupPanel(slope=1.0)
    frame = world.draw(1)
    did = ik.DifferenceInDifferences(permutation=None)
    assert asked(world.study(frame), did)[0].passed is True
    late = frame.assign(x=frame["x"] + 50 * ((frame["unit"] < 8) & (frame["period"] >= 6)))
    assert asked(world.study(late), did)[0].passed is True
    early = frame.assign(x=frame["x"] + 50 * (frame["unit"] < 8) * (1 + frame["period"] / 10))
    found, _ = asked(world.study(early), did)
    assert found.passed is False and found.statistic == 1.0


def test_neither_rows_nor_units_of_measurement_matter():
    rng = np.random.default_rng(4)
    treated = np.arange(70) < 30
    X = rng.standard_normal((70, 3)) + 2.5 * treated[:, None]
    first, _ = asked(arms(X, treated))
    turned = np.column_stack([X[:, 0] * -1000 + 3, X[:, 1] + X[:, 0], X[:, 2] / 7])
    order = rng.permutation(70)
    for other in (arms(turned, treated), arms(X[order], treated[order])):
        assert asked(other)[0].statistic == pytest.approx(first.statistic)
    assert 0 < first.statistic < 1


def test_nothing_adjusted_for_and_too_few_inform():
    world = RandomisedArms()
    found, _ = asked(world.study(world.draw(1)), ik.RandomisedTrial())
    assert found.passed is None and found.sentence.code.endswith("none")
    rng = np.random.default_rng(5)
    found, _ = asked(arms(rng.standard_normal((20, 3)), np.arange(20) < 10))
    assert found.passed is None and found.sentence.code.endswith("few")
