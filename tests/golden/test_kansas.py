"""Tax cuts in Kansas: effects and fits that the vignette of the authors' software prints."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import AugmentedSyntheticControl, SyntheticControl

HERE = Path(__file__).parents[1] / "data" / "kansas"
CASES = {case["id"]: case for case in json.loads((HERE / "golden.json").read_text())["cases"]}
START = 2012.25
COVARIATES = [
    "lngdpcapita",
    "revstatecapita",
    "revlocalcapita",
    "avgwklywagecapita",
    "estabscapita",
    "emplvlcapita",
]


def study(**roles):
    frame = pd.read_csv(HERE / "kansas.csv")
    frame["start"] = np.where(frame["state"] == "Kansas", START, 0)
    early = frame[frame["year_qtr"] < START].copy()
    logs = ["revstatecapita", "revlocalcapita", "avgwklywagecapita"]
    early[logs] = np.log(early[logs])
    # As there: means over the quarters in which a covariate was seen.
    means = early.groupby("state")[COVARIATES].mean().add_prefix("mean_")
    frame = frame.join(means, on="state")
    return Study(frame, outcome="lngdpcapita", unit="state", time="year_qtr", first_treated="start", **roles)


def numbers(estimate):
    gaps = np.array(estimate.counterfactual.gaps)
    before = np.array(estimate.counterfactual.periods) < START
    return {
        "avg_att": estimate.interval.point,
        "l2_imbalance": float(np.sqrt((gaps[before] ** 2).sum())),
    }


def estimated(estimator, **roles):
    return estimator.model_copy(update={"permutation": None}).estimate(study(**roles))


@pytest.fixture
def quick(monkeypatch):
    """Skip the ranks: points alone are compared."""
    from impactkit.effects.inference import PlaceboInSpace
    from impactkit.effects.interval import Interval
    from impactkit.effects.kernels.contributions import Contributions
    from impactkit.effects.uncertainty import Uncertainty
    from impactkit.wording import Message

    def points(self, fits, *, test=None):
        effects = [fits.average, *fits.path[fits.reach[0] :]]
        why = Message("estimate.no_standard_error")
        K = len(effects)
        return Uncertainty(
            intervals=tuple(Interval.undefined(x, level=0.95, reason=why) for x in effects),
            contributions=Contributions.of(np.full((0, K), np.nan)),
            covariance=np.full((K, K), np.nan),
            words=why,
        )

    monkeypatch.setattr(PlaceboInSpace, "infer_donors", points)
    monkeypatch.setattr(PlaceboInSpace, "test", lambda self, fits: None)


@pytest.mark.parametrize(
    ("case", "estimator", "roles"),
    [
        ("scm_kansas", SyntheticControl(), {}),
        ("ridge_ascm", AugmentedSyntheticControl(), {}),
        ("ridge_covs", AugmentedSyntheticControl(), {"covariates": [f"mean_{c}" for c in COVARIATES]}),
        ("fixedeff", AugmentedSyntheticControl(ridge=1e12, has_level=True), {}),
    ],
)
@pytest.mark.usefixtures("quick")
def test_effects_and_fits_are_those_of_the_vignette(case, estimator, roles):
    found = numbers(estimated(estimator, **roles))
    for name in ("avg_att", "l2_imbalance"):
        expected = CASES[case]["expected"][name]
        # Printed digits, narrower than the tolerance that came with them.
        assert found[name] == pytest.approx(expected, abs=6e-5 if name == "avg_att" else 6e-4), name


@pytest.mark.usefixtures("quick")
def test_what_the_correction_moves_is_the_bias_of_the_vignette():
    plain, corrected = estimated(SyntheticControl()), estimated(AugmentedSyntheticControl())
    moved = plain.interval.point - corrected.interval.point
    assert moved == pytest.approx(CASES["ridge_ascm"]["expected"]["avg_bias"], abs=5e-4)
    assert [note.code for note in corrected.warnings] == ["donors.negative"]
    assert sum(donor.weight for donor in corrected.counterfactual.weights) == pytest.approx(1, abs=1e-6)
