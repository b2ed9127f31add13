"""One workload about one treated area by one contender; print what it took.

python benchmarks/donors.py "StatsPAI" synthetic_control
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
from panels import factor_panel, monthly_series
from timed import Answer, Work, tell

UNITS, PERIODS, START = 290, 25, 18
SOME = 20
"""Of the fits with placebos, how many a slow peer is asked for."""


def _study(frame: pd.DataFrame) -> Any:
    import impactkit as ik

    return ik.Study(frame, outcome="y", unit="unit", time="time", first_treated="start")


# Synthetic control from outcomes alone, with a placebo for every unit: the effect and the p-value.


def synthetic_control_impactkit(frame: pd.DataFrame) -> Answer:
    """Fit and rank with impactkit."""
    import impactkit as ik

    found = ik.SyntheticControl().estimate(_study(frame))
    return found.interval.point, found.interval.p_value


def synthetic_control_statspai(frame: pd.DataFrame) -> Answer:
    """Fit and rank with StatsPAI."""
    import statspai as sp

    found = sp.synth(
        frame, outcome="y", unit="unit", time="time", treated_unit=0, treatment_time=START, placebo=True
    )
    return float(found.estimate), float(found.pvalue)


def synthetic_control_pysyncon(frame: pd.DataFrame) -> Answer:
    """Fit the first units with pysyncon, on outcomes with the variances that make weights simple."""
    from pysyncon import Synth

    wide = frame.pivot(index="unit", columns="time", values="y").to_numpy()
    before = wide[:, : START - 1]
    own = 0.0
    for i in range(min(SOME, len(wide))):
        others = np.delete(np.arange(len(wide)), i)
        X0, X1 = pd.DataFrame(before[others].T, columns=others), pd.Series(before[i], name=i)
        synth = Synth()
        synth.fit(X0=X0, X1=X1, Z0=X0, Z1=X1, custom_V=np.var(before, axis=0, ddof=1))
        if i == 0:
            own = float((wide[0] - synth.W @ wide[others])[START - 1 :].mean())
    return own, float("nan")


# Synthetic difference in differences with ten treated: the effect and its error.


def _sdid_impactkit(frame: pd.DataFrame, kind: str) -> Answer:
    import impactkit as ik

    inference = ik.inference.SyntheticVariance(of=kind, draws=200)
    estimator = ik.SyntheticDifferenceInDifferences(inference=inference, permutation=None)
    found = estimator.estimate(_study(frame))
    return found.interval.point, found.interval.std_error


def _sdid_diff_diff(frame: pd.DataFrame, kind: str) -> Answer:
    import diff_diff as dd

    after = list(range(START, PERIODS + 1))
    found = dd.SyntheticDiD(variance_method=kind, n_bootstrap=200, seed=1).fit(
        frame, outcome="y", treatment="treated", unit="unit", time="time", post_periods=after
    )
    return float(found.att), float(found.se)


def _sdid_statspai(frame: pd.DataFrame, kind: str) -> Answer:
    import statspai as sp

    treated = sorted(frame.loc[frame["treated"] == 1, "unit"].unique().tolist())
    found = sp.sdid(
        frame,
        outcome="y",
        unit="unit",
        time="time",
        treated_unit=treated,
        treatment_time=START,
        se_method=kind,
        n_reps=200,
        seed=1,
    )
    return float(found.estimate), float(found.se)


# Interrupted series: level, slope and season with Newey and West's errors: the change of level and its error.


def _series_impactkit(frame: pd.DataFrame, **inference: Any) -> Answer:
    import impactkit as ik

    study = ik.Study(frame, outcome="y", time="t", start=72)
    found = ik.InterruptedTimeSeries(
        season="fourier", season_length=12, harmonics=1, permutation=None, **inference
    ).estimate(study)
    level = found.terms[1].interval
    return level.point, level.std_error


def series_impactkit(frame: pd.DataFrame) -> Answer:
    """Fit with impactkit, by its default inference."""
    return _series_impactkit(frame)


def series_newey_west(frame: pd.DataFrame) -> Answer:
    """Fit with impactkit, by Newey and West's errors as the others have them."""
    import impactkit as ik

    return _series_impactkit(frame, inference=ik.inference.NeweyWest(lags=4, small_sample=False))


def series_statspai(frame: pd.DataFrame) -> Answer:
    """Fit with StatsPAI."""
    import statspai as sp

    found = sp.its(
        frame, y="y", time="t", intervention=72, seasonality_period=12, seasonality_harmonics=1, hac_lag=4
    )
    return float(found.level_change), float(found.se_level)


def series_statsmodels(frame: pd.DataFrame) -> Answer:
    """Fit with statsmodels."""
    import statsmodels.formula.api as smf

    frame = frame.assign(s=np.sin(2 * np.pi * frame["t"] / 12), c=np.cos(2 * np.pi * frame["t"] / 12))
    found = smf.ols("y ~ t + on + since + s + c", frame).fit(cov_type="HAC", cov_kwds={"maxlags": 4})
    return float(found.params["on"]), float(found.bse["on"])


# Many indicators at once: every one with a placebo for every unit.


def sweep_impactkit(frame: pd.DataFrame) -> Answer:
    """Fit and rank 300 indicators on two processors; the mean effect and the mean p-value."""
    from joblib import Parallel, delayed

    n = 300 if len(frame) > 30 * PERIODS else 2
    seeds = range(n)
    found = Parallel(n_jobs=2)(delayed(_one_indicator)(seed, len(frame) // PERIODS) for seed in seeds)
    points, p_values = zip(*found, strict=True)
    return float(np.mean(points)), float(np.mean(p_values))


def _one_indicator(seed: int, n_units: int) -> Answer:
    return synthetic_control_impactkit(
        factor_panel(n_units, PERIODS, start=START, n_treated=1, seed=100 + seed)
    )


RUN = {
    ("synthetic_control", "impactkit"): synthetic_control_impactkit,
    ("synthetic_control", "StatsPAI"): synthetic_control_statspai,
    ("synthetic_control", "pysyncon (20 of 290 fits)"): synthetic_control_pysyncon,
    ("series", "impactkit"): series_impactkit,
    ("series", "impactkit Newey-West"): series_newey_west,
    ("series", "StatsPAI"): series_statspai,
    ("series", "statsmodels"): series_statsmodels,
    ("sweep", "impactkit"): sweep_impactkit,
}
SDID = {"impactkit": _sdid_impactkit, "diff-diff": _sdid_diff_diff, "StatsPAI": _sdid_statspai}


def prepared(workload: str, contender: str) -> Work:
    """Return the workload on its data, after one run on little data so that imports do not count."""
    kind, _, variance = workload.partition("_of_")
    if kind == "series":
        small = frame = monthly_series()
    else:
        n_treated = 10 if kind == "sdid" else 1
        small = factor_panel(30, PERIODS, start=START, n_treated=min(n_treated, 3))
        frame = factor_panel(UNITS, PERIODS, start=START, n_treated=n_treated)
    if kind == "sdid":
        SDID[contender](small, variance)
        return lambda: SDID[contender](frame, variance)
    run = RUN[kind, contender]
    run(small)
    return lambda: run(frame)


if __name__ == "__main__":
    tell(prepared(sys.argv[2], sys.argv[1]))
