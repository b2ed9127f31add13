"""The test of Ferman and Pinto as the inference of a difference in differences."""

import numpy as np
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import DifferenceInDifferences
from impactkit.effects.inference import FermanPinto, Permutation
from impactkit.effects.worlds import RepeatedCrossSections, TwoGroupPanel
from impactkit.errors import EstimationError

ROLES = {"outcome": "y", "unit": "unit", "time": "period", "first_treated": "first_treated"}


def estimate(frame, **roles):
    return DifferenceInDifferences(inference=FermanPinto()).estimate(Study(frame, **ROLES, **roles))


def test_with_equal_sizes_and_one_treated_it_is_the_permutation_test():
    world = TwoGroupPanel(n_units=25, n_treated=1)
    for seed in range(1, 6):
        found = estimate(world.draw(seed))
        assert found.interval.p_value == pytest.approx(found.permutation.p_value())
        assert found.inference.code == "inference.ferman_pinto.equal"
        assert [w.code for w in found.warnings] == ["inference.stands_for.equal"]


def test_weights_are_sizes_and_the_point_is_the_weighted_one():
    world = TwoGroupPanel(n_units=25, n_treated=2)
    frame = world.draw(1)
    frame["people"] = np.random.default_rng(2).integers(100, 5000, 25)[frame["unit"]]
    found = estimate(frame, weight="people")
    study = Study(frame, **ROLES, weight="people")
    usual = DifferenceInDifferences(inference=Permutation()).estimate(study)
    assert found.interval.point == pytest.approx(usual.interval.point)
    assert found.inference.code == "inference.ferman_pinto.sized"
    assert found.interval.low < found.interval.point < found.interval.high
    assert found.interval.p_value >= 1 / 24


def test_units_of_one_cluster_count_as_one():
    world = TwoGroupPanel(n_units=40, n_treated=2)
    frame = world.draw(1)
    frame["area"] = frame["unit"] // 2
    found = estimate(frame, cluster="area")
    assert found.inference.values["treated"] == 1 and found.inference.values["comparison"] == 19
    means = frame.groupby(["area", "period", "first_treated"], as_index=False)["y"].mean()
    alone = DifferenceInDifferences(inference=FermanPinto()).estimate(
        Study(means, **ROLES | {"unit": "area"})
    )
    for name in ("point", "low", "high", "p_value"):
        assert getattr(found.interval, name) == pytest.approx(getattr(alone.interval, name))


def test_leads_and_lags_have_intervals_of_their_own():
    world = TwoGroupPanel(n_units=25, n_treated=1, n_periods=5, start=4)
    estimator = DifferenceInDifferences(event_study=True, inference=FermanPinto())
    found = estimator.estimate(world.study(world.draw(1)))
    assert len(found.terms) == 5
    assert all(np.isfinite([t.interval.low, t.interval.high]).all() for t in found.terms)


def test_one_comparison_unit_and_a_constant_outcome_say_why_nothing_is_known():
    alone = TwoGroupPanel(n_units=4, n_treated=3)
    assert estimate(alone.draw(1)).interval.reason.code == "estimate.one_cluster"
    flat = TwoGroupPanel(n_units=12, n_treated=1).draw(1).assign(y=5.0)
    assert estimate(flat).interval.reason.code == "estimate.no_variation"


@pytest.mark.parametrize(
    ("estimator", "world"),
    [
        (DifferenceInDifferences, TwoGroupPanel(slope=0.5)),
        (DifferenceInDifferences, RepeatedCrossSections()),
    ],
)
def test_other_regressions_are_refused(estimator, world):
    with pytest.raises(EstimationError, match=r"(?s)Ferman and Pinto.*Permutation"):
        estimator(inference=FermanPinto()).estimate(world.study(world.draw(1)))


def test_clusters_of_both_groups_are_refused():
    frame = TwoGroupPanel(n_units=20, n_treated=3).draw(1)
    frame["area"] = frame["unit"] // 2
    with pytest.raises(EstimationError, match=r"(?s)hold both.*decided"):
        estimate(frame, cluster="area")
