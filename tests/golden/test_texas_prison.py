"""Prisons in Texas: weights of donors chosen by predictors, published in Cunningham's Mixtape."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import SyntheticControl

HERE = Path(__file__).parents[1] / "data" / "texas_prison"
CASES = {case["id"]: case for case in json.loads((HERE / "golden.json").read_text())["cases"]}
YEARS = {
    "bmprison": (1988, 1990, 1991, 1992),
    "alcohol": (1990,),
    "aidscapita": (1990, 1991),
    "black": (1990, 1991, 1992),
    "perc1519": (1990,),
}
PREDICTORS = [{"column": name, "first": 1985, "last": 1993} for name in ("income", "ur", "poverty")] + [
    {"column": name, "periods": [year]} for name, years in YEARS.items() for year in years
]


def study():
    frame = pd.read_csv(HERE / "texas.csv")
    frame["start"] = np.where(frame["state"] == "Texas", 1994, 0)
    return Study(frame, outcome="bmprison", unit="state", time="year", first_treated="start")


def estimate(v):
    return SyntheticControl(predictors=PREDICTORS, v=v).estimate(study())


def weights(found):
    return {donor.unit: donor.weight for donor in found.counterfactual.weights}


def test_donors_have_the_published_weights_under_the_same_weights_of_predictors():
    case, ours = CASES["weights"], weights(estimate(CASES["predictor_weights"]["expected"]["v"]))
    assert ours.keys() == case["expected"].keys()
    for state, weight in case["expected"].items():
        assert ours[state] == pytest.approx(weight, abs=case["tolerance"]["abs"])
    peer = CASES["predictor_weights"]
    for state, weight in peer["expected"]["weights"].items():
        assert ours[state] == pytest.approx(weight, abs=peer["tolerance"]["abs"])


def test_nested_weights_of_predictors_follow_the_outcome_better_than_the_published_ones():
    """The outer problem has many local minima; the published one leaves twice the squared gaps."""
    found = estimate("nested")
    assert found.counterfactual.pre_rmspe**2 < 0.5 * CASES["predictor_weights"]["expected"]["mspe"]
    assert found.warnings[0].values["start"].code.startswith("donors.search_from.")
    assert sum(one.weight for one in found.counterfactual.predictors) == pytest.approx(1, abs=1e-12)
