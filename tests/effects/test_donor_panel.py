"""Treated units and donors keep their own rows, however the study is sorted."""

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.donor_panel import donor_panel
from impactkit.effects.donor_pool import DonorPool
from impactkit.effects.estimators import PenalisedSyntheticControl, SyntheticControl
from impactkit.effects.worlds import FactorPanel


def test_clusters_that_cross_the_order_of_units_mix_no_rows():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "unit": np.repeat(list("abcdef"), 4),
            "time": [1, 2, 3, 4] * 6,
            "y": rng.normal(size=24),
            "start": np.repeat([0, 0, 0, 4, 0, 0], 4),
            "cluster": np.repeat(list("zyxwzy"), 4),
        }
    )
    roles = {"outcome": "y", "unit": "unit", "time": "time", "first_treated": "start"}
    panel = donor_panel(Study(frame, **roles, cluster="cluster"), DonorPool())
    wide = frame.pivot(index="unit", columns="time", values="y")
    np.testing.assert_array_equal(panel.outcomes, wide.loc[list(panel.names)].to_numpy())


@pytest.mark.parametrize("estimator", [SyntheticControl(), PenalisedSyntheticControl()])
def test_covariates_without_a_use_are_told(estimator):
    frame = FactorPanel(n_donors=6, n_periods=12, start=9).draw(1)
    frame["x"] = frame["y"] ** 2
    study = Study(
        frame, outcome="y", unit="unit", time="period", first_treated="first_treated", covariates=["x"]
    )
    (said,) = [note for note in estimator.estimate(study).warnings if note.code == "donors.covariates_unused"]
    assert said.values["names"] == "x" and said.text("sv") != said.text("en")
