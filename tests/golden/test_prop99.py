"""Cigarettes in California: weights and effects published, or computed with the authors' software."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import SyntheticControl

HERE = Path(__file__).parents[1] / "data" / "prop99"
CASES = {case["id"]: case for case in json.loads((HERE / "golden.json").read_text())["cases"]}


def study():
    frame = pd.read_csv(HERE / "california_prop99.csv", sep=";")
    frame["start"] = np.where(frame["State"] == "California", 1989, 0)
    return Study(frame, outcome="PacksPerCapita", unit="State", time="Year", first_treated="start")


@pytest.fixture(scope="module")
def control():
    return SyntheticControl().estimate(study())


def test_the_synthetic_control_fits_better_than_the_authors_stopping_rule(control):
    """Their descent stops early: at -19.6 with a larger sum of squares than the exact minimum has."""
    frame = pd.read_csv(HERE / "california_prop99.csv", sep=";")
    wide = frame.pivot(index="Year", columns="State", values="PacksPerCapita").loc[:1988]
    theirs = wide["California"] - wide.drop(columns="California") @ pd.Series(
        CASES["weights"]["expected"]["omega_sc"]
    )
    ours = np.array(control.counterfactual.gaps)[: len(wide)]
    assert (ours**2).sum() < (theirs**2).sum()
    assert control.interval.point == pytest.approx(CASES["sdid_sc_did_point"]["expected"]["sc"], abs=0.2)


def test_donors_have_the_weights_that_the_authors_software_gives(control):
    case = CASES["weights"]
    found = {donor.unit: donor.weight for donor in control.counterfactual.weights}
    for state, weight in case["expected"]["omega_sc"].items():
        assert found.get(state, 0.0) == pytest.approx(weight, abs=case["tolerance"]["abs"]), state
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)


def test_california_ranks_by_the_ratio_of_gaps(control):
    from impactkit.effects.inference import PlaceboInSpace

    found = SyntheticControl(inference=PlaceboInSpace(statistic="rmspe_ratio")).estimate(study())
    assert found.permutation.n_assignments == 39
    assert found.permutation.p_value() >= 1 / 39
