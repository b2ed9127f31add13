"""Ask other software for regressions with an effect for each cohort and period.

Each function returns {key: (point, standard error)}, with Stata's small-sample factor (CR1).
"""

import diff_diff
import numpy as np
import pandas as pd
import pyfixest
import statsmodels.api as sm
import statspai
from ask_imputation import comparable


def spelled_out(frame, chosen, *, leads):
    """Return the frame with explicit columns, the cells that effects belong to, and the other columns."""
    frame = comparable(frame, chosen)
    if not leads:
        untreated = (frame["start"] == 0) | (frame["start"] > frame["time"] + chosen.anticipation)
        frame = frame[frame["time"].isin(frame.loc[untreated, "time"])].reset_index(drop=True)
    times = sorted(frame["time"].unique())
    last = times[-1]
    columns = {}
    for g in sorted(g for g in frame["start"].unique() if 0 < g <= last + chosen.anticipation):
        base = [t for t in times if t + chosen.anticipation < g][-1]
        for t in times:
            untreated = (frame["start"] == 0) | (frame["start"] > t + chosen.anticipation)
            has_controls = bool((untreated & (frame["time"] == t)).any())
            if t != base and (leads or (t > base and has_controls)):
                columns[f"c{g}_{t}"] = (g, t)
                frame[f"c{g}_{t}"] = ((frame["start"] == g) & (frame["time"] == t)).astype(float)
    others = ["x"] if chosen.adjustment != "none" else []
    if others and not leads:
        sums = (frame["x"] * frame["w"]).groupby(frame["start"]).sum()
        centred = frame["x"] - frame["start"].map(sums / frame["w"].groupby(frame["start"]).sum())
        more = {f"x_{t}": frame["x"] * (frame["time"] == t) for t in times[1:]}
        more |= {f"m_{name}": frame[name] * centred for name in columns}
        frame = frame.assign(**more)
        others += list(more)
    return frame, columns, others


def averaged(frame, columns, b, V):
    """Return cells and the average over treated cells, weighted by rows' weights."""
    names = [name for name in columns if np.isfinite(b.get(name, np.nan))]
    V = V.loc[names, names].to_numpy()
    answer = {
        f"{columns[name][0]}|{columns[name][1]}": (b[name], V[j, j] ** 0.5) for j, name in enumerate(names)
    }
    own = [frame.loc[frame[n] == 1, "w"].sum() * (columns[n][1] >= columns[n][0]) for n in names]
    weight = np.array(own) / np.sum(own)
    answer["simple"] = (weight @ b[names], (weight @ V @ weight) ** 0.5)
    return answer


def ask_pyfixest(frame, chosen, *, leads):
    frame, columns, others = spelled_out(frame, chosen, leads=leads)
    found = pyfixest.feols(
        f"y ~ {' + '.join([*columns, *others])} | unit + time",
        frame,
        vcov={"CRV1": "lot" if chosen.cluster else "unit"},
        weights=None if chosen.weight == "none" else "w",
        fixef_rm="none",
        fixef_tol=1e-13,
        fixef_maxiter=1_000_000,
        collin_tol=1e-9,
    )
    names = list(found._coefnames)
    return averaged(frame, columns, found.coef(), pd.DataFrame(found._vcov, names, names))


def ask_statsmodels(frame, chosen, *, leads):
    """Dummies; the uncorrected covariance times G/(G-1) (n-1)/(n-k), k without unit effects."""
    frame, columns, others = spelled_out(frame, chosen, leads=leads)
    times, units = pd.get_dummies(frame["time"], prefix="t"), pd.get_dummies(frame["unit"], prefix="u")
    full = pd.concat([frame[list(columns)], frame[others], times.iloc[:, 1:], units], axis=1).astype(float)
    kept = independent(full.to_numpy(), [*range(full.shape[1])[::-1]])
    X = full.iloc[:, sorted(kept)]
    weights = np.ones(len(frame)) if chosen.weight == "none" else frame["w"]
    clusters = frame["lot" if chosen.cluster else "unit"]
    found = sm.WLS(frame["y"], X, weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
    )
    n, G = len(frame), clusters.nunique()
    k = X.shape[1] - units.shape[1] + 1
    V = found.cov_params() * (G / (G - 1) * (n - 1) / (n - k))
    return averaged(frame, columns, found.params, V)


def independent(X, order):
    """Return the columns that depend on none before them in an order."""
    kept, basis = [], np.zeros((len(X), 0))
    for j in order:
        x = X[:, j]
        left = x - basis @ (basis.T @ x)
        left = left - basis @ (basis.T @ left)
        if np.linalg.norm(left) > 1e-8 * np.linalg.norm(x):
            kept.append(j)
            basis = np.column_stack([basis, left / np.linalg.norm(left)])
    return kept


def sun_abraham_diff_diff(frame, chosen):
    found = diff_diff.SunAbraham(
        anticipation=chosen.anticipation, cluster="lot" if chosen.cluster else "unit"
    ).fit(
        comparable(frame, chosen),
        outcome="y",
        unit="unit",
        time="time",
        first_treat="start",
        covariates=["x"] if chosen.adjustment != "none" else None,
        survey_design=None if chosen.weight == "none" else diff_diff.SurveyDesign(weights="w"),
    )
    answer = {f"dynamic|{e:g}": (one["effect"], one["se"]) for e, one in found.event_study_effects.items()}
    answer["simple"] = (found.overall_att, found.overall_se)
    for (g, e), one in found.cohort_effects.items():
        answer[f"{g:g}|{g + e:g}"] = (one["effect"], one["se"])
    return answer


def sun_abraham_statspai(frame, chosen):
    found = statspai.sun_abraham(
        comparable(frame, chosen),
        y="y",
        g="start",
        t="time",
        i="unit",
        covariates=["x"] if chosen.adjustment != "none" else None,
        weights=None if chosen.weight == "none" else "w",
        cluster="lot" if chosen.cluster else "unit",
        aggregation="fixest_att",
        share_variance=False,
        anticipation=chosen.anticipation,
    )
    answer = {f"dynamic|{row.relative_time:g}": (row.att, row.se) for row in found.detail.itertuples()}
    return answer | {"simple": (found.estimate, found.se)}


def extended_diff_diff(frame, chosen):
    if chosen.adjustment != "none":
        raise NotImplementedError("its covariates enter another model")
    found = diff_diff.WooldridgeDiD(
        anticipation=chosen.anticipation, cluster="lot" if chosen.cluster else "unit"
    ).fit(
        comparable(frame, chosen),
        outcome="y",
        unit="unit",
        time="time",
        first_treat="start",
        survey_design=None if chosen.weight == "none" else diff_diff.SurveyDesign(weights="w"),
    )
    cells = found.group_time_effects.items()
    answer = {f"{g:g}|{t:g}": (one["att"], one["se"]) for (g, t), one in cells}
    return answer | {"simple": (found.overall_att, found.overall_se)}


def extended_statspai(frame, chosen):
    if chosen.adjustment != "none" or chosen.weight != "none" or chosen.anticipation:
        raise NotImplementedError("no weights or anticipation; its covariates enter another model")
    frame = comparable(frame, chosen)
    found = statspai.etwfe(
        frame.assign(start=frame["start"].where(frame["start"] > 0)),
        y="y",
        group="unit",
        time="time",
        first_treat="start",
        cluster="lot" if chosen.cluster else "unit",
        fe="unit",
    )
    events = statspai.etwfe_emfx(found, type="event").detail
    answer = {f"dynamic|{row.relative_time:g}": (row.att, row.se) for row in events.itertuples()}
    return answer | {"simple": (found.estimate, found.se)}


SUN_ABRAHAM = {
    "pyfixest": lambda frame, chosen: ask_pyfixest(frame, chosen, leads=True),
    "statsmodels": lambda frame, chosen: ask_statsmodels(frame, chosen, leads=True),
    "diff-diff": sun_abraham_diff_diff,
    "StatsPAI": sun_abraham_statspai,
}
EXTENDED = {
    "pyfixest": lambda frame, chosen: ask_pyfixest(frame, chosen, leads=False),
    "statsmodels": lambda frame, chosen: ask_statsmodels(frame, chosen, leads=False),
    "diff-diff": extended_diff_diff,
    "StatsPAI": extended_statspai,
}
