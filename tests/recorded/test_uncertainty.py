"""Means and shares with their uncertainty: read, carried, and never more than they are."""

import math

import numpy as np
import pandas as pd
import pytest

import impactkit as ik

SAFE = "safety/feels-safe-after-dark"


def observed(**columns):
    frame = pd.DataFrame(
        {
            "Område": ["A", "A", "B", "B"],
            "År": [2022, 2024] * 2,
            "Andel": [50.0, 58.0, 51.0, 53.0],
            "Insats": [1, 1, 0, 0],
            **columns,
        }
    )
    return ik.read(frame, layout=ik.Layout(values={"Andel": SAFE}))


def test_a_margin_is_196_standard_errors():
    assert observed(Felmarginal=[3.92] * 4).to_frame()["std_error"].tolist() == pytest.approx(
        [2.0] * 4, rel=1e-4
    )


def test_a_number_of_answers_gives_a_share_its_standard_error():
    found = observed(n=[400] * 4).to_frame()
    assert found["std_error"].iloc[0] == pytest.approx(100 * math.sqrt(0.25 / 400))
    assert found["n"].tolist() == [400.0] * 4


def study(std_error=2.0, **more):
    frame = observed(Medelfel=[std_error] * 4).wide().astype({"Insats": int})
    return ik.Study(
        frame,
        outcome=SAFE,
        unit="unit",
        time="period",
        treated="Insats",
        start=2024,
        std_error="std_error",
        **more,
    )


def test_the_effect_has_the_uncertainty_of_its_four_numbers():
    found = ik.DifferenceInDifferences(inference=ik.inference.GivenUncertainty()).estimate(study())
    assert found.interval.point == pytest.approx(6.0)
    assert found.interval.std_error == pytest.approx(4.0)
    assert found.interval.low == pytest.approx(6 - 1.959963985 * 4)
    assert any("only how sure the numbers" in str(warning) for warning in found.warnings)


def test_before_and_after_has_that_of_its_two():
    found = ik.BeforeAfter(inference=ik.inference.GivenUncertainty()).estimate(study())
    assert (found.interval.point, found.interval.std_error) == pytest.approx((8.0, math.sqrt(8)))


def test_where_clusters_tell_nothing_the_given_uncertainty_does():
    assert math.isnan(ik.DifferenceInDifferences().estimate(study()).interval.std_error)


def test_a_permutation_test_stands_beside_it_and_sees_how_few_areas_there_are():
    found = ik.DifferenceInDifferences(inference=ik.inference.GivenUncertainty()).estimate(
        study(std_error=0.1)
    )
    assert found.interval.low > 5
    assert found.permutation.smallest_p >= 0.5


@pytest.mark.parametrize("covariates", [False, True])
def test_it_is_the_sum_of_squared_weights_in_any_panel(covariates):
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"u": np.repeat(np.arange(8), 5), "t": np.tile(np.arange(5), 8)})
    frame["y"], frame["se"], frame["x"] = rng.normal(size=40), rng.uniform(0.5, 2, 40), rng.normal(size=40)
    frame["start"] = np.where(frame["u"] < 3, 3, 0)
    made = ik.Study(
        frame,
        outcome="y",
        unit="u",
        time="t",
        first_treated="start",
        std_error="se",
        covariates=["x"] if covariates else [],
    )
    found = ik.DifferenceInDifferences(inference=ik.inference.GivenUncertainty(), permutation=None).estimate(
        made
    )
    dummies = [frame["u"] == k for k in range(8)] + [frame["t"] == k for k in range(1, 5)]
    X = np.column_stack(
        [*dummies, *([frame["x"]] if covariates else []), (frame["u"] < 3) & (frame["t"] >= 3)]
    )
    weights = np.linalg.pinv(X.astype(float))[-1]
    assert found.interval.point == pytest.approx(weights @ frame["y"])
    assert found.interval.std_error == pytest.approx(math.sqrt(weights**2 @ frame["se"] ** 2))


def test_intervals_cover_when_the_errors_are_those_given():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"u": ["a", "a", "b", "b"], "t": [1, 2, 1, 2], "start": [2, 2, 0, 0]})
    frame["se"] = [1.0, 2.0, 0.5, 1.5]
    inside = 0
    for _ in range(400):
        rows = frame.assign(y=rng.normal([0, 3, 0, 0], frame["se"]))
        made = ik.Study(rows, outcome="y", unit="u", time="t", first_treated="start", std_error="se")
        interval = (
            ik.DifferenceInDifferences(inference=ik.inference.GivenUncertainty(), permutation=None)
            .estimate(made)
            .interval
        )
        inside += interval.low <= 3 <= interval.high
    assert 0.92 <= inside / 400 <= 0.98


def test_without_standard_errors_it_says_what_to_give():
    frame = pd.DataFrame({"u": list("aabb"), "t": [1, 2] * 2, "y": [1.0, 2, 1, 1], "start": [2, 2, 0, 0]})
    made = ik.Study(frame, outcome="y", unit="u", time="t", first_treated="start")
    with pytest.raises(ik.ImpactkitError, match="std_error="):
        ik.DifferenceInDifferences(inference=ik.inference.GivenUncertainty()).estimate(made)
    with pytest.raises(ik.ImpactkitError, match="0 or negative"):
        ik.Study(frame.assign(se=0.0), outcome="y", unit="u", time="t", first_treated="start", std_error="se")
