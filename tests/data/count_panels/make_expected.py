"""Draw three panels of counts and fit them with pyfixest's fepois; run where pyfixest is installed."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyfixest as pf

HERE = Path(__file__).parent


def panel(seed):
    rng = np.random.default_rng(seed)
    n, T = 24, 5
    level = np.exp(rng.normal(0, 0.5, n))
    people = np.exp(rng.normal(3, 0.7, n))[:, None] * np.exp(rng.normal(0, 0.1, (n, T)))
    treated = np.arange(n) < 7
    mean = people * level[:, None] * np.exp(0.2 * rng.normal(size=T))
    mean[treated, -1] *= 1.4
    y = rng.poisson(mean * rng.gamma(10, 0.1, (n, T)))
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), T),
            "period": np.tile(np.arange(1, T + 1), n),
            "start": np.repeat(np.where(treated, T, 0), T),
            "people": people.ravel().round(3),
            "y": y.ravel(),
        }
    )


def main():
    expected = {}
    for seed in (1, 2, 3):
        frame = panel(seed)
        frame.to_csv(HERE / f"panel_{seed}.csv", index=False)
        frame = pd.read_csv(HERE / f"panel_{seed}.csv")
        frame["on"] = ((frame["start"] > 0) & (frame["period"] >= frame["start"])).astype(float)
        frame["log_people"] = np.log(frame["people"])
        fit = pf.fepois(
            "y ~ on | unit + period",
            data=frame,
            offset="log_people",
            vcov={"CRV1": "unit"},
            ssc=pf.ssc(k_adj=False, G_adj=True),
            iwls_tol=1e-13,
            fixef_tol=1e-13,
        )
        expected[str(seed)] = {"log_ratio": float(fit.coef()["on"]), "std_error": float(fit.se()["on"])}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
