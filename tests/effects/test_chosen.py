"""Every estimate says in words which inference was chosen, and what the number of clusters allows."""

from dataclasses import fields, replace

import pytest

from impactkit.effects import estimators, worlds
from impactkit.effects.estimator import DonorSettings
from impactkit.effects.estimators import (
    DifferenceInDifferences,
    InterruptedTimeSeries,
    StaggeredDifferenceInDifferences,
    StructuralTimeSeries,
    SyntheticDifferenceInDifferences,
)
from impactkit.effects.inference import ClusterRobust, InfluenceFunction, WildClusterBootstrap
from impactkit.effects.worlds import StaggeredPanel, TwoGroupPanel

OTHERWISE = (
    DonorSettings,
    SyntheticDifferenceInDifferences,
    InterruptedTimeSeries,
    StructuralTimeSeries,
)
"""Ranks among donors, or one series: nothing to choose by the number of clusters."""
DEFAULTS = [
    pytest.param(estimator(), kind(), id=f"{estimator.__name__}-{kind.__name__}")
    for estimator in estimators.ALL
    for kind in worlds.ALL
    if estimator.model_fields["method"].default in kind().designs and not issubclass(estimator, OTHERWISE)
]


def chosen(estimator, world):
    found = estimator.estimate(world.study(world.draw(1)))
    return found, [w for w in found.warnings if w.code.startswith("inference.chosen.")]


@pytest.mark.parametrize(("estimator", "world"), DEFAULTS)
def test_every_estimate_says_what_was_chosen_and_for_how_many_clusters(estimator, world):
    found, words = chosen(estimator, world)
    assert words
    assert words[0].values["treated"] == found.sample.n_treated_clusters
    for language in ("en", "sv"):
        assert str(found.sample.n_treated_clusters) in words[0].text(language)


@pytest.mark.parametrize(("estimator", "world"), DEFAULTS)
def test_one_treated_unit_is_said_to_have_a_rank_and_no_standard_error(estimator, world):
    if "n_treated" not in {field.name for field in fields(world)}:
        pytest.skip("the world has no number of treated units")
    found, words = chosen(estimator, replace(world, n_treated=1))
    (said,) = words
    assert said.code == "inference.chosen.alone_" + (
        "ranked" if found.permutation.smallest_p <= 0.025 else "too_few"
    )
    assert said.values["smallest"] == found.permutation.smallest_p == 1 / found.permutation.n_assignments
    _, untested = chosen(estimator.model_copy(update={"permutation": None}), replace(world, n_treated=1))
    assert [w.code for w in untested] == ["inference.chosen.alone"]


def test_large_samples_and_small_ones_are_told_apart():
    large = StaggeredPanel(n_units=200, n_treated=90)
    assert chosen(StaggeredDifferenceInDifferences(), large)[1][0].code == "inference.chosen.large"
    assert chosen(StaggeredDifferenceInDifferences(), StaggeredPanel())[1][0].code == "inference.chosen.small"


def test_leverage_is_told():
    codes = [w.code for w in chosen(DifferenceInDifferences(), TwoGroupPanel(n_units=60, n_treated=3))[1]]
    assert codes == ["inference.chosen.small", "inference.chosen.uneven"]
    codes = [w.code for w in chosen(DifferenceInDifferences(), TwoGroupPanel(n_units=60, n_treated=30))[1]]
    assert codes == ["inference.chosen.small"]


@pytest.mark.parametrize(
    ("estimator", "world"),
    [
        (DifferenceInDifferences(inference=ClusterRobust(kind="CR1")), TwoGroupPanel()),
        (StaggeredDifferenceInDifferences(inference=InfluenceFunction()), StaggeredPanel()),
    ],
)
def test_large_sample_inference_of_few_clusters_is_said_to_be_too_sure(estimator, world):
    assert [w.code for w in chosen(estimator, world)[1]] == ["inference.chosen.too_sure"]


def test_the_bootstrap_of_two_treated_clusters_is_said_to_hardly_ever_reject():
    estimator = DifferenceInDifferences(inference=WildClusterBootstrap(draws=199))
    assert [w.code for w in chosen(estimator, TwoGroupPanel(n_treated=2))[1]] == [
        "inference.chosen.hardly_rejects"
    ]
    assert not chosen(estimator, TwoGroupPanel(n_treated=8))[1]
