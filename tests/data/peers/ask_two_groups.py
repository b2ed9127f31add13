"""Ask other software for difference in differences with one start; returns {key: (point, standard error)}.

Keys: "att" with Stata's factor (CR1), "att CR0", "att CR2", "event|2015", and "wild" with the p-value of the
restricted wild cluster bootstrap over all patterns of signs in the place of the point.
"""

import diff_diff
import numpy as np
import pandas as pd
import pyfixest
import statsmodels.api as sm
import statspai
from linearmodels.panel import PanelOLS

START, REFERENCE = 2013, 2012


def spelled_out(frame):
    late = (frame["start"] > 0) & (frame["time"] >= START)
    frame = frame.assign(d=late.astype(float), treated=(frame["start"] > 0).astype(int))
    frame = frame.assign(post=(frame["time"] >= START).astype(int))
    events = [t for t in sorted(frame["time"].unique()) if t != REFERENCE]
    for t in events:
        frame[f"e{t}"] = ((frame["start"] > 0) & (frame["time"] == t)).astype(float)
    return frame, events


def roles(chosen):
    weight = None if chosen.weight == "none" else "w"
    return weight, "lot" if chosen.cluster else "unit", ["x"] if chosen.covariate == "varying" else []


def ask_pyfixest(frame, chosen):
    frame, events = spelled_out(frame)
    weight, cluster, others = roles(chosen)

    def fit(columns):
        found = pyfixest.feols(
            f"y ~ {' + '.join([*columns, *others])} | unit + time",
            frame,
            vcov={"CRV1": cluster},
            weights=weight,
            fixef_rm="none",
            fixef_tol=1e-13,
            fixef_maxiter=1_000_000,
        )
        return found.coef(), found.se()

    b, s = fit(["d"])
    answer = {"att": (b["d"], s["d"])}
    b, s = fit([f"e{t}" for t in events])
    return answer | {f"event|{t}": (b[f"e{t}"], s[f"e{t}"]) for t in events}


def ask_linearmodels(frame, chosen):
    """Its uncorrected clustered error: its own factor counts unit effects, nested in the clusters."""
    frame, _ = spelled_out(frame)
    weight, cluster, others = roles(chosen)
    indexed = frame.set_index(["unit", "time"])

    def fit(columns):
        found = PanelOLS(
            indexed["y"],
            indexed[[*columns, *others]],
            entity_effects=True,
            time_effects=True,
            weights=None if weight is None else indexed[weight],
        ).fit(
            cov_type="clustered",
            clusters=frame[[cluster]].set_index(indexed.index),
            debiased=False,
            group_debias=False,
            auto_df=False,
            count_effects=False,
        )
        return found.params, found.std_errors

    b, s = fit(["d"])
    return {"att CR0": (b["d"], s["d"])}


def dummies(frame, columns):
    times, units = pd.get_dummies(frame["time"]), pd.get_dummies(frame["unit"])
    return np.hstack([frame[columns].to_numpy(float), times.to_numpy(float)[:, 1:], units.to_numpy(float)])


def ask_statsmodels(frame, chosen):
    frame, events = spelled_out(frame)
    weight, cluster, others = roles(chosen)
    weights = np.ones(len(frame)) if weight is None else frame[weight]
    n, G, n_units = len(frame), frame[cluster].nunique(), frame["unit"].nunique()

    def fit(columns):
        X = dummies(frame, [*columns, *others])
        found = sm.WLS(frame["y"], X, weights=weights).fit(
            cov_type="cluster", cov_kwds={"groups": frame[cluster], "use_correction": False}
        )
        k = X.shape[1] - n_units + 1
        return np.asarray(found.params), np.asarray(found.bse), G / (G - 1) * (n - 1) / (n - k)

    b, s, factor = fit(["d"])
    answer = {"att": (b[0], s[0] * factor**0.5), "att CR0": (b[0], s[0])}
    b, s, factor = fit([f"e{t}" for t in events])
    return answer | {f"event|{t}": (b[j], s[j] * factor**0.5) for j, t in enumerate(events)}


def ask_diff_diff(frame, chosen):
    """Two-way effects absorbed, by unit; the bias-reduced error in a regression on dummies."""
    weight, cluster, others = roles(chosen)
    if weight is not None:
        raise NotImplementedError("weights are those of a survey, with another factor")
    frame, _ = spelled_out(frame)
    answer = {}
    for key, kind in (("att", "hc1"), ("att CR2", "hc2_bm")):
        found = diff_diff.DifferenceInDifferences(cluster=cluster, vcov_type=kind).fit(
            frame,
            outcome="y",
            treatment="treated",
            post="post",
            covariates=others or None,
            fixed_effects=["unit", "time"],
        )
        answer[key] = (found.att, found.se)
    return answer


def make_answers(frame, chosen):
    weight, cluster, others = roles(chosen)
    frame, _ = spelled_out(frame)
    found = statspai.feols(
        f"y ~ {' + '.join(['d', *others])} | unit + time",
        frame,
        cluster=cluster,
        weights=weight,
        fixef_rm="none",
    )
    answer = {"att": (found.params["d"], found.std_errors["d"])}
    if weight is None and frame["unit"].nunique() < 60:
        X = dummies(frame, ["d", *others])
        names = [f"v{j}" for j in range(X.shape[1])]
        wide = pd.DataFrame(X, columns=names).assign(y=frame["y"].to_numpy(), g=frame[cluster].to_numpy())
        fitted = statspai.regress(f"y ~ {' + '.join(names)} - 1", wide)
        robust = statspai.cr2_se(fitted, wide, cluster="g")
        answer["att CR2"] = (robust.params["v0"], robust.std_errors["v0"])
    return answer


PEERS = {
    "pyfixest": ask_pyfixest,
    "statsmodels": ask_statsmodels,
    "linearmodels": ask_linearmodels,
    "diff-diff": ask_diff_diff,
    "StatsPAI": make_answers,
}


def wild_pyfixest(frame, chosen):
    frame, _ = spelled_out(frame)
    found = pyfixest.feols("y ~ d + C(unit) + C(time)", frame, vcov={"CRV1": "lot"})
    row = found.wildboottest(param="d", reps=9999, cluster="lot", seed=1)
    return {"wild": (row["Pr(>|t|)"], float("nan"))}


def wild_statspai(frame, chosen):
    frame, _ = spelled_out(frame)
    found = statspai.feols("y ~ d | unit + time", frame, cluster="lot", fixef_rm="none")
    row = statspai.wild_cluster_boot(found, frame, cluster="lot", variable="d", n_boot=9999, seed=1)
    return {"wild": (row["p_boot"], float("nan"))}


def wild_diff_diff(frame, chosen):
    frame, _ = spelled_out(frame)
    X = dummies(frame, ["d"])
    y = frame["y"].to_numpy()
    b = np.linalg.lstsq(X, y, rcond=None)[0]
    found = diff_diff.wild_bootstrap_se(X, y, y - X @ b, frame["lot"].to_numpy(), 0, n_bootstrap=9999, seed=1)
    return {"wild": (found.p_value, float("nan"))}


WILD = {"pyfixest": wild_pyfixest, "StatsPAI": wild_statspai, "diff-diff": wild_diff_diff}
