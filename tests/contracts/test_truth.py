"""A known effect is found, and nothing is said with more certainty than the data allow."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects import estimators
from impactkit.effects.estimator import DonorSettings, RowSettings
from impactkit.effects.estimators import (
    BeforeAfter,
    ContinuousDose,
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    Imputation,
    InstrumentalVariable,
    InterruptedTimeSeries,
    MixedModel,
    RandomisedTrial,
    RegressionDiscontinuity,
    StackedDifferenceInDifferences,
    StaggeredDifferenceInDifferences,
    StructuralTimeSeries,
    SunAbraham,
    SwitchingDifferenceInDifferences,
    SyntheticDifferenceInDifferences,
    TripleDifference,
)
from impactkit.effects.inference import ClusterRobust, Permutation
from impactkit.effects.worlds import (
    ChangeInOneGroup,
    DosedPanel,
    EligibleInAreas,
    NestedAnswers,
    RandomisedArms,
    StaggeredPanel,
    SwitchingPanel,
    TwoGroupPanel,
)
from impactkit.errors import EstimationError

DRAWS = 40
UNASSIGNED = (
    BeforeAfter,
    InstrumentalVariable,
    InterruptedTimeSeries,
    RegressionDiscontinuity,
    StructuralTimeSeries,
)
"""Designs in which nothing was assigned that could be permuted."""


@pytest.mark.parametrize("effect", [-2.0, 0.0])
def test_a_known_effect_is_found_with_standard_errors_of_the_size_of_the_errors(design, effect):
    world = replace(design.world, effect=effect)
    estimator = design.estimator.model_copy(update={"permutation": None})
    intervals = [estimator.estimate(world.study(world.draw(seed))).interval for seed in range(DRAWS)]
    found = np.array([interval.point for interval in intervals])
    assert abs(found.mean() - effect) < 4.5 * found.std(ddof=1) / math.sqrt(DRAWS)
    if not design.ranks_donors:  # ranks give no standard error
        size = np.mean([interval.std_error for interval in intervals])
        assert 0.7 < size / found.std(ddof=1) < 1.4


def test_covariance_and_influence_agree_with_the_intervals(design, frame):
    if design.ranks_donors:
        pytest.skip("ranks give no standard error")
    found = design.estimate(frame)
    errors = [term.interval.std_error for term in found.terms]
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), errors, rtol=1e-10)
    np.testing.assert_allclose(np.sqrt((found.influence**2).sum(axis=0)), errors, rtol=1e-10)


def test_a_missing_row_is_the_same_as_an_empty_outcome():
    frame = TwoGroupPanel().draw(3)
    gone = [4, 77, 130]
    estimator, study = DifferenceInDifferences(), TwoGroupPanel().study
    without = estimator.estimate(study(frame.drop(index=gone)))
    empty = estimator.estimate(study(frame.assign(y=frame["y"].where(~frame.index.isin(gone)))))
    assert without.terms == empty.terms
    assert without.permutation.p_value() == empty.permutation.p_value()
    assert [message.code for message in empty.sample.left_out] == ["study.left_out.outcome_missing"] * len(
        empty.sample.left_out
    )
    assert empty.sample.left_out


@pytest.mark.parametrize("value", [0.0, 7.0, 1e9])
def test_an_outcome_that_never_varies_has_no_interval(design, frame, value):
    constant = design.constant(frame, value)
    if "baseline" in frame and isinstance(design.estimator, BeforeAfter):
        constant["baseline"] = value
    if design.ranks_donors:
        with pytest.raises(EstimationError, match="No unit's outcome changes over time"):
            design.estimate(constant)
        return
    found = design.estimate(constant).interval
    assert abs(found.point) <= 1e-9 * max(value, 1.0)
    assert math.isnan(found.std_error) and math.isnan(found.low) and math.isnan(found.p_value)
    assert found.reason.code == "estimate.no_variation"


def test_an_outcome_that_never_varies_is_what_chance_would_give(design, frame):
    if design.ranks_donors:
        pytest.skip("refused, as the test above says")
    test = design.estimate(design.constant(frame, 1e9)).permutation
    assert test is None or test.p_value() == 1.0


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2", "CR3"])
def test_one_treated_cluster_has_no_interval_and_a_permutation_p_of_one_in_n(kind):
    world = TwoGroupPanel(n_units=20, n_treated=1, effect=50.0)
    found = DifferenceInDifferences(inference=ClusterRobust(kind=kind)).estimate(world.study(world.draw(1)))
    assert math.isnan(found.interval.std_error) and math.isnan(found.interval.high)
    assert found.interval.reason.code == "estimate.one_cluster"
    assert found.permutation.is_exact
    assert found.permutation.p_value() == pytest.approx(1 / 20)


def test_a_permutation_p_value_is_never_zero_and_the_same_for_the_same_seed():
    world = RandomisedArms(effect=100.0)
    study = world.study(world.draw(1))
    p = [
        RandomisedTrial(permutation=Permutation(draws=199, seed=seed)).estimate(study).permutation.p_value()
        for seed in (1, 1, 2)
    ]
    assert p == [1 / 200] * 3
    weak = RandomisedArms(effect=0.1)
    study = weak.study(weak.draw(1))
    p = [
        RandomisedTrial(permutation=Permutation(draws=199, seed=seed)).estimate(study).permutation.p_value()
        for seed in (1, 1, 2)
    ]
    assert p[0] == p[1] != p[2]


def test_a_standard_error_of_ranks_is_not_known(design, frame):
    if not design.ranks_donors:
        pytest.skip("other designs have one")
    for term in design.estimate(frame).terms:
        assert math.isnan(term.interval.std_error) and math.isfinite(term.interval.p_value)


RANKED = (DonorSettings, SyntheticDifferenceInDifferences)
BY_UNIT = [e for e in estimators.ALL if e not in UNASSIGNED and not issubclass(e, (*RANKED, RowSettings))]


@pytest.mark.parametrize("estimator", BY_UNIT)
def test_permutation_as_the_inference_gives_its_own_limits(estimator):
    worlds = {
        DifferenceInDifferences: TwoGroupPanel(n_units=14),
        RandomisedTrial: RandomisedArms(n_lots=14),
        ExtendedTwoWayFixedEffects: StaggeredPanel(n_units=12, n_treated=4, starts=(3, 7)),
        StackedDifferenceInDifferences: StaggeredPanel(n_units=12, n_treated=4, starts=(3, 7)),
        TripleDifference: EligibleInAreas(n_areas=12, n_treated=4),
        MixedModel: NestedAnswers(n_places=14, n_treated=6),
        ContinuousDose: DosedPanel(n_units=12, n_treated=8),
        SunAbraham: StaggeredPanel(n_units=12, n_treated=4, starts=(3, 7)),
        Imputation: StaggeredPanel(n_units=12, n_treated=4, starts=(3, 7)),
        StaggeredDifferenceInDifferences: StaggeredPanel(n_units=12, n_treated=4, starts=(4, 6)),
        SwitchingDifferenceInDifferences: SwitchingPanel(n_units=12, n_switching=5),
    }
    world = worlds[estimator]
    study = world.study(world.draw(2))
    beside, alone = estimator().estimate(study), estimator(inference=Permutation()).estimate(study)
    assert alone.interval.point == beside.interval.point
    assert alone.interval.p_value == beside.permutation.p_value()
    low, high = beside.permutation.limits(0.95)
    assert (alone.interval.low, alone.interval.high) == (low, high)
    assert beside.permutation.p_value(low - 0.01, alternative="greater") <= 0.025
    assert beside.permutation.p_value(low + 0.01, alternative="greater") > 0.025


def test_comparison_rows_do_not_enter_a_change_before_and_after():
    panel = TwoGroupPanel(n_periods=2, start=2)
    frame = panel.draw(1)
    treated = frame[frame["first_treated"] > 0]
    assert (
        BeforeAfter().estimate(panel.study(frame)).terms == BeforeAfter().estimate(panel.study(treated)).terms
    )
    wide = RandomisedArms(n_strata=1).draw(1)
    study = {"outcome": "y", "treated": "arm", "pre_outcome": "baseline"}
    everyone, alone = Study(wide, **study), Study(wide[wide["arm"] == 1], **study)
    assert BeforeAfter().estimate(everyone).terms == BeforeAfter().estimate(alone).terms


def test_before_and_after_is_the_same_in_long_and_wide_form():
    frame = ChangeInOneGroup().draw(4)
    wide = frame.pivot(index="unit", columns="period", values="y").reset_index()
    wide.columns = ["unit", "before", "after"]
    found = BeforeAfter().estimate(Study(pd.DataFrame(wide), outcome="after", pre_outcome="before")).interval
    expected = BeforeAfter().estimate(ChangeInOneGroup().study(frame)).interval
    for name in ("point", "std_error", "df", "low", "high", "p_value"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-9)
