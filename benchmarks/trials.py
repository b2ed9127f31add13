"""One workload about a lottery by one contender; print what it took.

python benchmarks/trials.py statsmodels lin_1m
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
from timed import Answer, Work, tell

DRAWS = 9_999


def people(n: int, *, strata: int) -> pd.DataFrame:
    """People drawn half and half, with three things known before."""
    rng = np.random.default_rng(7)
    drawn = rng.permutation(np.arange(n) % 2)
    x = rng.standard_normal((n, 3))
    y = 0.2 * drawn + x @ [0.5, 0.3, 0.1] + rng.standard_normal(n)
    frame = pd.DataFrame({"y": y, "drawn": drawn, "stratum": np.arange(n) % strata})
    return frame.assign(**{f"x{k}": x[:, k] for k in range(3)})


def _study(frame: pd.DataFrame, covariates: list[str]) -> Any:
    import impactkit as ik

    return ik.Study(frame, outcome="y", treated="drawn", covariates=covariates)


def lin_impactkit(frame: pd.DataFrame) -> Answer:
    """Adjust with slopes of their own in each arm, HC2 with Satterthwaite's degrees of freedom."""
    import impactkit as ik

    trial = ik.RandomisedTrial(adjustment="lin", permutation=None)
    found = trial.estimate(_study(frame, ["x0", "x1", "x2"])).interval
    return found.point, found.std_error


def lin_statsmodels(frame: pd.DataFrame) -> Answer:
    """Fit the same by hand with statsmodels, HC2 without the degrees of freedom."""
    import statsmodels.api as sm

    x = frame[["x0", "x1", "x2"]] - frame[["x0", "x1", "x2"]].mean()
    X = pd.concat([frame["drawn"], x, x.mul(frame["drawn"], axis=0).add_suffix("_d")], axis=1)
    found = sm.OLS(frame["y"], sm.add_constant(X)).fit(cov_type="HC2")
    return float(found.params["drawn"]), float(found.bse["drawn"])


def lots_impactkit(frame: pd.DataFrame) -> Answer:
    """Draw the lot again, and find the limits by inversion too: the p-value and the lower limit."""
    import impactkit as ik

    test = (
        ik.RandomisedTrial(permutation=ik.inference.Permutation(draws=DRAWS))
        .estimate(_study(frame, []))
        .permutation
    )
    return test.p_value(), test.limits(0.95)[0]


def lots_scipy(frame: pd.DataFrame) -> Answer:
    """Draw the lot again with scipy: the p-value alone."""
    from scipy.stats import permutation_test

    arms = [frame["y"][frame["drawn"] == arm].to_numpy() for arm in (1, 0)]
    found = permutation_test(
        arms,
        lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
        n_resamples=DRAWS,
        vectorized=True,
        batch=500,
        rng=1,
    )
    return float(found.pvalue), float("nan")


RUN = {
    ("lin", "impactkit"): lin_impactkit,
    ("lin", "statsmodels"): lin_statsmodels,
    ("lots", "impactkit"): lots_impactkit,
    ("lots", "scipy"): lots_scipy,
}
SIZES = {"1m": 1_000_000, "1k": 1_000}


def prepared(workload: str, contender: str) -> Work:
    """Return the workload on its data, after one run on little data so that imports do not count."""
    kind, size = workload.split("_")
    run = RUN[kind, contender]
    run(people(200, strata=4))
    frame = people(SIZES[size], strata=4)
    return lambda: run(frame)


if __name__ == "__main__":
    tell(prepared(sys.argv[2], sys.argv[1]))
