"""Draw three panels whose treatment switches and estimate them with diff-diff; run where it is installed."""

import json
from pathlib import Path

import diff_diff
import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def panel(seed):
    rng = np.random.default_rng(seed)
    n, T = 24, 6
    on = np.cumsum(rng.random((n, T)) < 0.25, axis=1) % 2
    on[:3], on[3:6] = 0, 1
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), T),
            "time": np.tile(np.arange(1, T + 1), n),
            "on": on.ravel(),
            "y": rng.normal(size=n * T).cumsum().round(6),
        }
    )


def main():
    expected = {}
    for seed in (1, 2, 3):
        frame = panel(seed)
        frame.to_csv(HERE / f"panel_{seed}.csv", index=False)
        # Units that switch several times are part of DID_M as published; its default drops them.
        estimator = diff_diff.ChaisemartinDHaultfoeuille(drop_larger_lower=False)
        found = estimator.fit(frame, outcome="y", unit="unit", time="time", treatment="on")
        expected[str(seed)] = {
            "att": found.overall_att,
            "joiners": found.joiners_att,
            "leavers": found.leavers_att,
            "placebo": -found.placebo_effect,  # it goes back in time, from t - 1 to t - 2
        }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
