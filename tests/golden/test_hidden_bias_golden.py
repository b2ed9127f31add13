"""Sensitivity to what is unmeasured, against published numbers and peers."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from impactkit.effects.kernels.hidden_bias import (
    TwoRegressions,
    e_value,
    oster_delta,
    robustness_value,
    robustness_value_of_limit,
    signed_rank_bound,
    signed_rank_gamma,
)

FOLDER = Path(__file__).parents[1] / "data" / "hidden_bias"
PEERS = json.loads((FOLDER / "peers.json").read_text("utf-8"))


@pytest.mark.parametrize(("ratio", "told"), [(3.9, 7.26), (1.8, 3.0), (0.80, 1.81), (0.71, 2.17), (1.0, 1.0)])
def test_e_values_are_those_of_the_paper(ratio, told):
    assert e_value(ratio) == pytest.approx(told, abs=0.005)


def test_robustness_values_of_darfur_are_those_of_the_paper():
    t, df = PEERS["darfur"]["t"], PEERS["darfur"]["df"]
    assert round(robustness_value(abs(t) / df**0.5), 3) == 0.139
    assert round(robustness_value_of_limit(t, df), 3) == 0.076


@pytest.mark.parametrize("found", [PEERS["darfur"], *PEERS["robustness"]])
def test_robustness_values_are_those_of_the_authors_software(found):
    t, df = found["t"], found["df"]
    assert robustness_value(abs(t) / df**0.5) == pytest.approx(found["value"], rel=1e-9)
    assert robustness_value_of_limit(t, df) == pytest.approx(found["limit"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("found", PEERS["oster"])
def test_delta_is_statspais(found):
    numbers = {name: value for name, value in found.items() if name != "delta"}
    ours = oster_delta(TwoRegressions(**numbers), largest_r2=1.3 * found["long_r2"])
    assert ours == pytest.approx(found["delta"], rel=1e-6)


@pytest.mark.parametrize(
    ("gamma", "told"), [(2, 0.0018), (3, 0.0136), (4, 0.0388), (4.25, 0.0468), (5, 0.0740)]
)
def test_bounds_for_lead_in_blood_are_rosenbaums(gamma, told):
    with (FOLDER / "lead.csv").open(encoding="utf-8") as file:
        rows = [(float(row["exposed"]), float(row["control"])) for row in csv.DictReader(file)]
    differences = np.array(rows) @ [1.0, -1.0]
    assert signed_rank_bound(differences, gamma) == pytest.approx(told, abs=0.00006)
    assert 4.25 < signed_rank_gamma(differences, alpha=0.05) < 4.4
