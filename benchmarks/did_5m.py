"""Two-way difference in differences on a large panel by one contender; print what it took."""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
import pandas as pd

PERIODS, START = 20, 11


def panel(n_units: int) -> pd.DataFrame:
    """Draw a panel with one start, 40 % treated and an effect of 1."""
    rng = np.random.default_rng(2)
    treated, period = rng.random(n_units) < 0.4, np.arange(1, PERIODS + 1)
    y = rng.standard_normal(n_units)[:, None] + 0.3 * period + rng.standard_normal((n_units, PERIODS))
    d = treated[:, None] & (period >= START)
    y += d
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(1, n_units + 1), PERIODS),
            "time": np.tile(period, n_units),
            "start": np.repeat(np.where(treated, START, 0), PERIODS),
            "d": d.ravel().astype(float),
            "y": y.ravel(),
        }
    )


def impactkit(frame: pd.DataFrame, kind: str) -> tuple[float, float]:
    """Estimate with impactkit."""
    import impactkit as ik

    study = ik.Study(frame, outcome="y", unit="unit", time="time", first_treated="start")
    found = (
        ik.DifferenceInDifferences(inference=ik.inference.ClusterRobust(kind=kind)).estimate(study).interval
    )
    return found.point, found.std_error


def pyfixest(frame: pd.DataFrame, kind: str) -> tuple[float, float]:
    """Estimate with pyfixest."""
    import pyfixest as pf

    fit = pf.feols(
        "y ~ d | unit + time",
        data=frame,
        vcov={"CRV1": "unit"},
        copy_data=False,
        store_data=False,
        lean=True,
    )
    return float(fit.coef()["d"]), float(fit.se()["d"])


def diff_diff(frame: pd.DataFrame, kind: str) -> tuple[float, float]:
    """Demean and estimate with diff-diff."""
    from diff_diff.linalg import compute_robust_vcov
    from diff_diff.utils import demean_by_groups

    demeaned = demean_by_groups(frame[["y", "d", "unit", "time"]].copy(), ["y", "d"], ["unit", "time"])
    demeaned = demeaned[0] if isinstance(demeaned, tuple) else demeaned
    X, y = demeaned[["d"]].to_numpy(float), demeaned["y"].to_numpy(float)
    coefficients = np.linalg.lstsq(X, y, rcond=None)[0]
    covariance = compute_robust_vcov(X, y - X @ coefficients, frame["unit"].to_numpy())
    return float(coefficients[0]), float(np.sqrt(covariance[0, 0]))


CONTENDERS = {"impactkit": impactkit, "pyfixest": pyfixest, "diff-diff": diff_diff}


def main() -> None:
    """Do the work once and print what it took."""
    package, kind = sys.argv[1].split()
    frame = panel(int(sys.argv[2]))
    run = CONTENDERS[package]
    run(frame.iloc[: 100 * PERIODS].reset_index(drop=True), kind)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    point, error = run(frame, kind)
    print(
        json.dumps(
            {
                "cpu": time.process_time() - cpu,
                "wall": time.perf_counter() - wall,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "before": before,
                "answer": f"{point:.10f} ± {error:.10f}",
            }
        )
    )


main()
