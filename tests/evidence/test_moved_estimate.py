"""An estimate moved by an effect is the estimate of the outcomes to which the effect was added."""

import pytest

from impactkit.data.study_part import study_with_outcome
from impactkit.effects.estimators import (
    DifferenceInDifferences,
    Imputation,
    RandomisedTrial,
    SyntheticControl,
)
from impactkit.effects.inference import FermanPinto, Permutation, WildClusterBootstrap
from impactkit.effects.worlds import FactorPanel, RandomisedArms, TwoGroupPanel
from impactkit.evidence.claim import Claim
from impactkit.evidence.examine import examine
from impactkit.evidence.judge import judge
from impactkit.evidence.moved_estimate import moved_estimate

ESTIMATORS = [
    (DifferenceInDifferences(), TwoGroupPanel(n_units=16, n_treated=6)),
    (DifferenceInDifferences(inference=Permutation()), TwoGroupPanel(n_units=16, n_treated=6)),
    (
        DifferenceInDifferences(inference=WildClusterBootstrap(draws=399)),
        TwoGroupPanel(n_units=16, n_treated=6),
    ),
    (DifferenceInDifferences(inference=FermanPinto()), TwoGroupPanel(n_units=30, n_treated=1)),
    (Imputation(), TwoGroupPanel(n_units=16, n_treated=6)),
    (RandomisedTrial(adjustment="lin"), RandomisedArms(n_lots=40)),
    (SyntheticControl(), FactorPanel(n_donors=44)),
]
EFFECTS = (-3.0, -0.7, 0.4, 1.1, 2.5)


def claimed(change, size="0.8"):
    harm = {"harm": "decrease"} if change == "no_harm" else {}
    return Claim(
        id="C1", indicator="a/b", role="primary", change=change, minimum_effect=size, by=2024, **harm
    )


@pytest.mark.parametrize(("estimator", "world"), ESTIMATORS)
def test_verdicts_are_those_of_estimating_again(estimator, world):
    study = world.study(world.draw(5))
    columns = study.columns
    now = columns.treated if columns.period is None else columns.time >= columns.cohort
    first = examine(study, estimator)
    for by in EFFECTS:
        again = estimator.estimate(study_with_outcome(study, columns.outcome + by * now))
        moved = moved_estimate(first.estimate, by)
        assert moved.interval.point == pytest.approx(again.interval.point, abs=1e-9)
        for end in ("low", "high"):
            assert getattr(moved.interval, end) == pytest.approx(getattr(again.interval, end), abs=1e-6)
        for change in ("increase", "decrease", "no_harm"):
            told = [judge(claimed(change), one, first.grade).status for one in (moved, again)]
            assert told[0] == told[1], (by, change)


@pytest.mark.parametrize(("estimator", "world"), ESTIMATORS)
def test_stretched_outcomes_stretch_the_estimate(estimator, world):
    study = world.study(world.draw(6))
    first = estimator.estimate(study)
    again = estimator.estimate(study_with_outcome(study, 2.5 * study.columns.outcome))
    moved = moved_estimate(first, 0.0, times=2.5)
    assert moved.interval.point == pytest.approx(again.interval.point)
    assert moved.interval.std_error == pytest.approx(again.interval.std_error, nan_ok=True)
    assert moved.permutation.p_value(1.0, alternative="greater") == pytest.approx(
        again.permutation.p_value(1.0, alternative="greater")
    )
