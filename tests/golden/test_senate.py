"""Incumbency in the United States senate, as rdrobust and its illustration have it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import RegressionDiscontinuity
from impactkit.effects.inference import RobustBiasCorrected
from impactkit.effects.kernels.binned_means import bin_count
from impactkit.effects.kernels.density_jump import density_jump

FOLDER = Path(__file__).parents[1] / "data" / "rd_senate"
CASES = {case["id"]: case["expected"] for case in json.loads((FOLDER / "golden.json").read_text())["cases"]}

BOTH_10 = {"bandwidth": 10.0, "bias_bandwidth": 10.0}


@pytest.fixture(scope="module")
def senate():
    return Study(pd.read_csv(FOLDER / "rdsenate.csv"), outcome="vote", running="margin")


AS_RDROBUST = RegressionDiscontinuity(inference=RobustBiasCorrected(convention="rdrobust"))


@pytest.mark.parametrize(("case", "bandwidths"), [("default", {}), ("h10", BOTH_10)])
def test_the_estimate_is_that_of_rdrobust(senate, case, bandwidths):
    found, expected = AS_RDROBUST.model_copy(update=bandwidths).estimate(senate), CASES[case]
    effect, conventional = found.terms
    assert effect.interval.point == pytest.approx(expected["coef"][2], rel=1e-8)
    assert effect.interval.std_error == pytest.approx(expected["se"][2], rel=1e-8)
    assert [effect.interval.low, effect.interval.high] == pytest.approx(expected["ci"][2], rel=1e-8)
    assert conventional.interval.point == pytest.approx(expected["coef"][0], rel=1e-8)
    assert conventional.interval.std_error == pytest.approx(expected["se"][0], rel=1e-8)
    told = found.estimand.values
    assert told["reach"] == pytest.approx(expected["bws"][0][0], rel=1e-8)
    margin = senate.columns.running
    near = np.abs(margin) < told["reach"]
    assert [(near & (margin < 0)).sum(), (near & (margin >= 0)).sum()] == expected["N_h"]
    assert found.sample.n_rows == (np.abs(margin) < told["far"]).sum()


def test_the_published_numbers_are_found(senate):
    found, expected = AS_RDROBUST.estimate(senate), CASES["published"]
    effect, conventional = (term.interval for term in found.terms)
    assert [conventional.point, conventional.std_error] == pytest.approx(expected["conv"], abs=1e-3)
    assert [effect.low, effect.high] == pytest.approx(expected["robust_ci"], abs=1e-3)
    assert found.estimand.values["reach"] == pytest.approx(expected["h"], abs=1e-3)


def test_the_test_by_turning_signs_says_much_the_same(senate):
    found = RegressionDiscontinuity().estimate(senate)
    low, high = found.permutation.limits(0.95)
    assert low == pytest.approx(found.interval.low, abs=0.3)
    assert high == pytest.approx(found.interval.high, abs=0.3)


def test_margins_were_not_moved_across_the_cutoff():
    """rddensity 3.0; its illustration prints T = -0.88 and p = 0.38."""
    found = density_jump(pd.read_csv(FOLDER / "rdsenate.csv")["margin"].to_numpy())
    assert found.statistic == pytest.approx(-0.875273, abs=1e-6)
    assert found.p_value == pytest.approx(0.381425, abs=1e-6)


@pytest.mark.parametrize(
    ("spacing", "rule", "expected"),
    [
        ("even", "variance", [15, 35]),
        ("even", "mse", [8, 9]),
        ("quantile", "variance", [28, 49]),
        ("quantile", "mse", [21, 16]),
    ],
)
def test_a_picture_has_as_many_bins_as_rdplot_says(senate, spacing, rule, expected):
    order = np.argsort(senate.columns.running)
    x, y = senate.columns.running[order], senate.columns.outcome[order]
    found = [bin_count(x[side], y[side], n=len(x), spacing=spacing, rule=rule) for side in (x < 0, x >= 0)]
    assert found == expected
