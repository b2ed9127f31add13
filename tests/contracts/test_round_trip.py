"""What is written to JSON is read back whole."""

import json
import math

import numpy as np
import pytest
from pydantic import ValidationError

from impactkit.effects import estimators
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import DonorSettings
from impactkit.effects.estimators import DifferenceInDifferences, SyntheticControl
from impactkit.effects.inference import ClusterRobust, Permutation, PlaceboInSpace
from impactkit.effects.worlds import TwoGroupPanel


def through_json(record):
    return json.loads(json.dumps(record, allow_nan=False))


def test_an_estimate_survives_json(design, frame):
    found = design.estimate(frame)
    again = Estimate.from_record(through_json(found.to_record()))
    assert again == found
    np.testing.assert_array_equal(again.influence, found.influence)
    np.testing.assert_array_equal(again.covariance, found.covariance)
    expected, record = found.to_record(), again.to_record()
    expected.pop("permutation"), record.pop("permutation")
    assert record == expected
    assert again.tidy().equals(found.tidy()) and again.glance().equals(found.glance())


def test_an_estimate_whose_uncertainty_is_unknown_survives_json():
    world = TwoGroupPanel(n_treated=1)
    found = DifferenceInDifferences().estimate(world.study(world.draw(1)))
    again = Estimate.from_record(through_json(found.to_record()))
    assert math.isnan(again.interval.std_error)
    assert again.interval.reason == found.interval.reason
    assert again.interval.point == found.interval.point


def with_clusters(estimator):
    return estimator(inference=ClusterRobust(kind="CR3", level=0.9))


def takes_clusters(estimator):
    """Whether errors by cluster are among the estimator's kinds of inference."""
    try:
        return bool(with_clusters(estimator))
    except ValidationError:
        return False


SETTINGS = [
    *(estimator() for estimator in estimators.ALL),
    *(with_clusters(estimator) for estimator in estimators.ALL if takes_clusters(estimator)),
    *(
        estimator(inference=PlaceboInSpace(statistic="rmspe_ratio", level=0.9))
        for estimator in estimators.ALL
        if issubclass(estimator, DonorSettings)
    ),
    SyntheticControl(predictors=({"column": "x", "first": 2001}, {"column": "y", "periods": ["2003-01-01"]})),
    SyntheticControl(donors={"county": "17", "without": ("1780",)}),
    DifferenceInDifferences(event_study=True, inference=Permutation(draws=499, seed=7)),
    DifferenceInDifferences(permutation=None),
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: settings.method)
def test_settings_survive_json(settings):
    assert type(settings).model_validate(through_json(settings.model_dump(mode="json"))) == settings


def test_the_settings_in_an_estimate_run_it_again(design, frame):
    found = design.estimate(frame)
    again = type(design.estimator).model_validate(through_json(found.settings))
    assert again.estimate(design.world.study(frame)).to_record() == found.to_record()
