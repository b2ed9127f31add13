"""One workload about a threshold by one contender; print what it took.

python benchmarks/thresholds.py rdrobust sharp
"""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Any

import numpy as np
import pandas as pd
from timed import Answer, tell

ROWS = 100_000
SLICE = 2_000


def scores(n: int) -> pd.DataFrame:
    """Return people with a score, a rule at 0 that most keep to, and a covariate."""
    rng = np.random.default_rng(1)
    score = 2 * rng.beta(2, 2, n) - 1
    received = (rng.random(n) < 0.2 + 0.6 * (score >= 0)).astype(float)
    x = 0.3 * score + rng.standard_normal(n)
    y = score - score**2 + received + 0.5 * x + rng.standard_normal(n)
    return pd.DataFrame({"score": score, "received": received, "x": x, "y": y})


def _impactkit(frame: pd.DataFrame, **settings: Any) -> Answer:
    import impactkit as ik
    from impactkit.effects.estimators import RegressionDiscontinuity
    from impactkit.effects.inference import RobustBiasCorrected

    as_rdrobust = RobustBiasCorrected(convention="rdrobust")  # so that both do the same work
    fuzzy = settings.get("kind") == "fuzzy"
    study = ik.Study(
        frame,
        outcome="y",
        running="score",
        takeup="received" if fuzzy else None,
        covariates=["x"] if fuzzy else [],
    )
    found = RegressionDiscontinuity(inference=as_rdrobust, **settings).estimate(study).interval
    return found.point, found.std_error


def _rdrobust(frame: pd.DataFrame, **options: Any) -> Answer:
    from rdrobust import rdrobust

    with contextlib.redirect_stdout(io.StringIO()):
        found = rdrobust(frame["y"], frame["score"], **options)
    return float(found.coef.iloc[2, 0]), float(found.se.iloc[2, 0])


def sharp_impactkit(frame: pd.DataFrame) -> Answer:
    """Estimate a jump with impactkit."""
    return _impactkit(frame)


def sharp_rdrobust(frame: pd.DataFrame) -> Answer:
    """Estimate a jump with rdrobust."""
    return _rdrobust(frame)


def fuzzy_impactkit(frame: pd.DataFrame) -> Answer:
    """Estimate a ratio of jumps, with a covariate, with impactkit."""
    return _impactkit(frame, kind="fuzzy")


def fuzzy_rdrobust(frame: pd.DataFrame) -> Answer:
    """Estimate the same with rdrobust."""
    return _rdrobust(frame, fuzzy=frame["received"], covs=frame[["x"]].to_numpy())


def density_impactkit(frame: pd.DataFrame) -> Answer:
    """Test the density with impactkit."""
    from impactkit.effects.kernels.density_jump import density_jump

    found = density_jump(frame["score"].to_numpy())
    return found.statistic, found.p_value


def density_rddensity(frame: pd.DataFrame) -> Answer:
    """Test the density with rddensity."""
    from rddensity import rddensity

    found = rddensity(frame["score"].to_numpy(), bino_flag=False)
    return float(found.test["t_jk"]), float(found.test["p_jk"])


def main() -> None:
    """Do the work on a slice, then on everything with the clock running."""
    contender, workload = sys.argv[1], sys.argv[2]
    work: Any = globals()[f"{workload}_{contender}"]
    frame = scores(ROWS)
    work(frame.iloc[:SLICE])

    def whole() -> Answer:
        return work(frame)

    tell(whole)


if __name__ == "__main__":
    main()
