"""Limits that hold for all effects at once, for every estimator whose contributions are known."""

import math

import numpy as np
import pytest
from scipy import stats

from impactkit.effects.estimators import (
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    Imputation,
    RandomisedTrial,
    StaggeredDifferenceInDifferences,
    SunAbraham,
)
from impactkit.effects.inference import Permutation, WildClusterBootstrap
from impactkit.effects.worlds import RandomisedArms, StaggeredPanel, TwoGroupPanel
from impactkit.errors import EstimationError

STAGGERED = StaggeredPanel()
SEVERAL = (StaggeredDifferenceInDifferences, Imputation, SunAbraham, ExtendedTwoWayFixedEffects)


def path(estimator):
    return estimator().estimate(STAGGERED.study(STAGGERED.draw(1))).aggregate("dynamic")


@pytest.mark.parametrize("estimator", SEVERAL)
def test_bands_hold_the_pointwise_limits_and_bonferronis_hold_them(estimator):
    found = path(estimator)
    bands = found.bands()
    assert list(bands["term"]) == [term.name for term in found.terms[1:]]
    np.testing.assert_array_equal(bands["std_error"], [t.interval.std_error for t in found.terms[1:]])
    assert (bands["band_low"] < bands["conf_low"]).all() and (bands["band_high"] > bands["conf_high"]).all()
    df = np.array([t.interval.df for t in found.terms[1:]])
    widest = stats.t.isf(0.025 / len(df), np.minimum(df, 1e12))
    assert (bands["critical_value"] <= widest * (1 + 1e-9)).all()
    np.testing.assert_allclose(
        bands["band_high"] - bands["estimate"], bands["critical_value"] * bands["std_error"]
    )


def test_an_event_study_of_two_groups_has_bands():
    world = TwoGroupPanel(n_units=12, n_treated=4)
    bands = DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(1))).bands(level=0.9)
    assert len(bands) == 9 and bands.attrs["level"] == 0.9
    assert 0.9 < bands.attrs["pointwise_level"] < 1


def test_one_effect_has_its_own_limits():
    world = RandomisedArms()
    found = RandomisedTrial().estimate(world.study(world.draw(1)))
    (row,) = found.bands().to_dict("records")
    assert row["band_low"] == pytest.approx(found.interval.low, rel=1e-12)
    assert row["band_high"] == pytest.approx(found.interval.high, rel=1e-12)


def test_the_same_seed_gives_the_same_bands_and_another_seed_nearly():
    found = path(SunAbraham)
    assert found.bands(seed=3).equals(found.bands(seed=3))
    one, two = found.bands(seed=1)["critical_value"], found.bands(seed=2)["critical_value"]
    assert (one != two).any()
    np.testing.assert_allclose(one, two, rtol=0.03)


def test_effects_of_unknown_uncertainty_are_counted_and_have_no_band():
    frame = STAGGERED.draw(1)
    first = frame[frame["period"] == 4]
    gone = first["unit"][(first["first_treated"] == 4)].tolist()[1:]
    thin = frame[~(frame["unit"].isin(gone))]
    found = StaggeredDifferenceInDifferences().estimate(STAGGERED.study(thin))
    bands = found.bands()
    unknown = [math.isnan(term.interval.std_error) for term in found.terms[1:]]
    assert any(unknown) and bands.attrs["n_left_out"] == sum(unknown)
    assert np.isnan(bands["band_low"]).tolist() == unknown


@pytest.mark.parametrize("inference", [Permutation(), WildClusterBootstrap(draws=199)])
def test_without_contributions_there_are_no_bands(inference):
    world = TwoGroupPanel(n_units=12, n_treated=4)
    found = DifferenceInDifferences(inference=inference).estimate(world.study(world.draw(1)))
    with pytest.raises(EstimationError, match=r"(?s)no joint limits.*ClusterRobust"):
        found.bands()
