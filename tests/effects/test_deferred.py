"""What an estimate leaves until it is asked for is what it would have been, and replaces like any field."""

from copy import copy
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

import impactkit as ik
from impactkit.effects.estimate import LaterTerms
from impactkit.effects.interval import Interval, t_intervals
from impactkit.effects.worlds.staggered_panel import StaggeredPanel


@pytest.fixture
def estimate() -> ik.Estimate:
    world = StaggeredPanel()
    return ik.StaggeredDifferenceInDifferences().estimate(world.study(world.draw(1)))


def test_the_headline_is_there_before_the_terms(estimate):
    early = estimate.interval
    assert isinstance(vars(estimate)["terms"], LaterTerms)
    assert estimate.terms[0].interval == early == estimate.interval
    assert isinstance(vars(estimate)["terms"], tuple)


def test_an_estimate_equals_its_copy_whatever_was_read(estimate):
    again = copy(estimate)
    assert len(estimate.terms) > 1 and estimate.means
    assert again == estimate
    assert replace(estimate, outcome="other").terms is estimate.terms


def test_the_covariance_is_made_once_and_may_be_replaced(estimate):
    assert estimate.covariance is estimate.covariance
    errors = [term.interval.std_error for term in estimate.terms]
    np.testing.assert_allclose(np.sqrt(np.diag(estimate.covariance)), errors, rtol=1e-12)
    assert replace(estimate, covariance=np.eye(2)).covariance.shape == (2, 2)
    with pytest.raises(FrozenInstanceError):
        estimate.covariance = np.eye(2)


def test_replaced_terms_bring_their_own_headline(estimate):
    assert replace(estimate, terms=estimate.terms[1:]).interval == estimate.terms[1].interval


def test_intervals_are_the_same_one_by_one_in_part_and_all_together():
    points, errors, df = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.0, 1.0]), np.array([5.0, 5.0, np.inf])
    found = t_intervals(points, errors, df, level=0.9)
    assert list(found)[::2] == [found[0], found[-1]] == [*found[:1], *found[2:]]
    assert found[2] == Interval.from_std_error(3.0, 1.0, df=np.inf, level=0.9)
    assert found[1].reason is not None and found[1].reason == list(found)[1].reason
    with pytest.raises(IndexError):
        found[3]
