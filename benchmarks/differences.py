"""One difference-in-differences workload by one contender; print what it took.

python benchmarks/differences.py "diff-diff" cs_10kx10
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from panels import clustered_rows, one_start_panel, staggered_panel
from timed import Answer, Work, tell

COVARIATES = ["x1", "x2", "x3"]


def _study(frame: pd.DataFrame, covariates: list[str]) -> Any:
    import impactkit as ik

    return ik.Study(
        frame, outcome="y", unit="unit", time="time", first_treated="start", covariates=covariates
    )


# Group-time effects, doubly robust, controls never treated: the overall average with its error.


def cs_impactkit(frame: pd.DataFrame, covariates: list[str], draws: int) -> Answer:
    """Estimate group-time effects with impactkit."""
    import impactkit as ik

    estimate = ik.StaggeredDifferenceInDifferences().estimate(_study(frame, covariates))
    if draws:
        estimate.bands(draws=draws)
    return estimate.interval.point, estimate.interval.std_error


def cs_diff_diff(frame: pd.DataFrame, covariates: list[str], draws: int) -> Answer:
    """Estimate group-time effects with diff-diff."""
    import diff_diff as dd

    settings: dict[str, Any] = {"control_group": "never_treated", "estimation_method": "dr"}
    if draws:
        settings |= {"n_bootstrap": draws, "seed": 1}
    found = dd.CallawaySantAnna(**settings).fit(
        frame,
        outcome="y",
        unit="unit",
        time="time",
        first_treat="start",
        covariates=covariates or None,
    )
    return float(found.overall_att), float(found.overall_se)


def cs_statspai(frame: pd.DataFrame, covariates: list[str], draws: int) -> Answer:
    """Estimate group-time effects with StatsPAI."""
    import statspai as sp

    cells = sp.callaway_santanna(
        frame,
        y="y",
        g="start",
        t="time",
        i="unit",
        x=covariates or None,
        estimator="dr",
        bstrap=bool(draws),
        biters=draws or 999,
        random_state=1,
    )
    found = sp.aggte(cells, type="simple", bstrap=bool(draws), n_boot=draws or None, random_state=1)
    return float(found.estimate), float(found.se)


# Imputation.


def imputation_impactkit(frame: pd.DataFrame) -> Answer:
    """Impute with impactkit."""
    import impactkit as ik

    found = ik.Imputation().estimate(_study(frame, [])).interval
    return found.point, found.std_error


def imputation_diff_diff(frame: pd.DataFrame) -> Answer:
    """Impute with diff-diff."""
    import diff_diff as dd

    found = dd.ImputationDiD().fit(frame, outcome="y", unit="unit", time="time", first_treat="start")
    return float(found.overall_att), float(found.overall_se)


def imputation_statspai(frame: pd.DataFrame) -> Answer:
    """Impute with StatsPAI."""
    import statspai as sp

    found = sp.did_imputation(frame, y="y", group="unit", time="time", first_treat="start")
    return float(found.estimate), float(found.se)


# Event study with leads and lags, errors by unit.


def events_impactkit(frame: pd.DataFrame) -> Answer:
    """Estimate leads and lags with impactkit."""
    import impactkit as ik

    settings = {"event_study": True, "inference": ik.inference.ClusterRobust(kind="CR1")}
    terms = ik.DifferenceInDifferences(**settings).estimate(_study(frame, [])).terms
    found = next(term.interval for term in terms if term.event_time == 0)
    return found.point, found.std_error


def events_pyfixest(frame: pd.DataFrame) -> Answer:
    """Estimate leads and lags with pyfixest."""
    import pyfixest as pf

    since = np.where(frame["treated"] == 1, frame["time"] - frame["start"].max(), -1)
    fit = pf.feols(
        "y ~ i(since, ref=-1) | unit + time",
        data=frame.assign(since=since),
        vcov={"CRV1": "unit"},
        copy_data=False,
        store_data=False,
        lean=True,
    )
    name = next(name for name in fit.coef().index if name.endswith(("::0", "T.0]", "[0]")))
    return float(fit.coef()[name]), float(fit.se()[name])


# Wild cluster bootstrap of one coefficient, 9,999 draws (all patterns of 12 clusters); the answer is p.


def wild_impactkit(frame: pd.DataFrame) -> Answer:
    """Bootstrap with impactkit."""
    import impactkit as ik

    study = ik.Study(frame, outcome="y", treated="treated", cluster="cluster", covariates=COVARIATES)
    inference = ik.inference.WildClusterBootstrap(draws=9999, seed=1)
    estimator = ik.RandomisedTrial(adjustment="ancova", inference=inference, permutation=None)
    found = estimator.estimate(study).interval
    return found.p_value, found.low


def wild_statspai(frame: pd.DataFrame) -> Answer:
    """Bootstrap with StatsPAI."""
    import statspai as sp

    found = sp.wild_cluster_bootstrap(
        frame, y="y", x=["treated", *COVARIATES], cluster="cluster", test_var="treated", n_boot=9999, seed=1
    )
    p = found.get("p_value", found.get("p_boot")) if isinstance(found, dict) else found.p_value
    return float(p), float("nan")


def wild_pyfixest(frame: pd.DataFrame) -> Answer:
    """Bootstrap with pyfixest."""
    import pyfixest as pf

    fit = pf.feols("y ~ treated + x1 + x2 + x3", data=frame, vcov={"CRV1": "cluster"})
    found = fit.wildboottest(reps=9999, cluster="cluster", param="treated", seed=1)
    return float(found["Pr(>|t|)"]), float("nan")


# Permutation of treatment among 290 units, 10,000 draws; the answer is p.


def permutation_impactkit(frame: pd.DataFrame) -> Answer:
    """Permute with impactkit."""
    import impactkit as ik

    permutation = ik.inference.Permutation(draws=10_000, seed=1)
    found = ik.DifferenceInDifferences(permutation=permutation).estimate(_study(frame, []))
    assert found.permutation is not None
    return found.permutation.p_value(), found.interval.point


def permutation_pyfixest(frame: pd.DataFrame) -> Answer:
    """Permute with pyfixest."""
    import pyfixest as pf

    post = frame["time"] >= frame["start"].max()
    means = frame.groupby(["unit", post])["y"].mean().unstack()
    units = frame.groupby("unit")["treated"].first().to_frame()
    units["change"] = means[True] - means[False]
    fit = pf.feols("change ~ treated", data=units.reset_index(), vcov="hetero")
    found = fit.ritest("treated", reps=10_000, rng=np.random.default_rng(1), type="randomization-c")
    return float(found["Pr(>|t|)"]), float(found["Estimate"])


# Relative magnitudes, one bound: the limits.


def honest_impactkit(estimate: Any) -> Answer:
    """Bound trends with impactkit."""
    import impactkit as ik

    found = ik.sensitivity(estimate, bounds=(1.0,)).limits[0]
    return found.low, found.high


def honest_statspai(estimate: Any) -> Answer:
    """Bound trends with StatsPAI."""
    import statspai as sp

    after = len(estimate["points"]) - estimate["n_before"]
    table = sp.honest_did_from_moments(
        estimate["points"],
        estimate["covariance"],
        num_pre_periods=estimate["n_before"],
        l_vec=np.full(after, 1 / after),
        m_grid=[1.0],
        method="relative_magnitude",
        breakdown=False,
    )
    return float(table["ci_lower"].iloc[-1]), float(table["ci_upper"].iloc[-1])


def honest_moderndid(estimate: Any) -> Answer:
    """Bound trends with moderndid."""
    import moderndid as md

    after = len(estimate["points"]) - estimate["n_before"]
    table = md.create_sensitivity_results_rm(
        betahat=estimate["points"],
        sigma=estimate["covariance"],
        num_pre_periods=estimate["n_before"],
        num_post_periods=after,
        l_vec=np.full((after, 1), 1 / after),
        m_bar_vec=np.array([1.0]),
        bound="deviation from parallel trends",
    )
    return float(table["lb"][0]), float(table["ub"][0])


CONTENDERS: dict[str, dict[str, Callable[..., Answer]]] = {
    "cs": {"impactkit": cs_impactkit, "diff-diff": cs_diff_diff, "StatsPAI": cs_statspai},
    "imputation": {
        "impactkit": imputation_impactkit,
        "diff-diff": imputation_diff_diff,
        "StatsPAI": imputation_statspai,
    },
    "events": {"impactkit": events_impactkit, "pyfixest": events_pyfixest},
    "wild": {"impactkit": wild_impactkit, "StatsPAI": wild_statspai, "pyfixest": wild_pyfixest},
    "permutation": {"impactkit": permutation_impactkit, "pyfixest": permutation_pyfixest},
    "honest": {
        "impactkit": honest_impactkit,
        "StatsPAI": honest_statspai,
        "moderndid": honest_moderndid,
    },
}
SIZES = {"290x20": (290, 20), "10kx10": (10_000, 10), "100kx10": (100_000, 10), "1Mx10": (1_000_000, 10)}


def prepared(workload: str, contender: str) -> Work:
    """Make the data, run once on few of them, and return the work on all."""
    kind, _, options = workload.partition("_")
    run = CONTENDERS[kind][contender]
    if kind == "cs":
        size, *more = options.split("_")
        covariates = COVARIATES if "covariates" in more else []
        draws = 999 if "draws" in more else 0
        small = staggered_panel(200, 10, covariates=bool(covariates), seed=9)
        frame = staggered_panel(*SIZES[size], covariates=bool(covariates))
        run(small, covariates, draws)
        return lambda: run(frame, covariates, draws)
    if kind == "honest":
        from impactkit.effects.estimators import DifferenceInDifferences

        study = _study(one_start_panel(290, 10, start=6), [])
        estimate: Any = DifferenceInDifferences(event_study=True).estimate(study)
        if contender != "impactkit":
            estimate = {
                "points": np.array([term.interval.point for term in estimate.terms[1:]]),
                "covariance": estimate.covariance[1:, 1:],
                "n_before": 4,
            }
        run(estimate)
        return lambda: run(estimate)
    small, frame = _frames(kind, options)
    run(small)
    return lambda: run(frame)


def _frames(kind: str, options: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    if kind == "imputation":
        return staggered_panel(200, 10, seed=9), staggered_panel(*SIZES[options])
    if kind == "wild":
        frame = clustered_rows(int(options))
        return frame.iloc[:5000], frame
    n_units, n_periods = (290, 20) if kind == "permutation" else (int(options), 20)
    frame = one_start_panel(n_units, n_periods, start=16 if kind == "events" else 11)
    return frame.iloc[: 200 * n_periods].reset_index(drop=True), frame


if __name__ == "__main__":
    tell(prepared(sys.argv[2], sys.argv[1]))
