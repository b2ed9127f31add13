"""Ask other software for group-time effects; each function returns {key: (point, standard error)}.

Keys: "2013|2015" a cohort and period, "simple", "dynamic", "dynamic|-2", "group|2013", "calendar|2015".
"""

import diff_diff
import moderndid
import numpy as np
import statspai
from csdid.att_gt import ATTgt as CsdidATTgt
from differences import ATTgt as DifferencesATTgt

KINDS = {"simple": None, "dynamic": "relative_time", "group": "group", "calendar": "time"}


def cell(group, time):
    return f"{float(group):g}|{float(time):g}"


def complete(frame):
    """Return the units seen in every period."""
    counts = frame.groupby("unit")["time"].transform("count")
    return frame[counts == frame["time"].nunique()]


def ask_csdid(frame, chosen):
    """csdid balances the panel itself; it is given the complete units so that nothing is left to it."""
    frame = frame if chosen.cross_sections else complete(frame)
    with_covariate = chosen.adjustment != "none"
    asked = CsdidATTgt(
        yname="y",
        tname="time",
        idname=None if chosen.cross_sections else "unit",
        gname="start",
        data=frame.copy(),
        control_group="nevertreated" if chosen.control == "never" else "notyettreated",
        xformla="y ~ x" if with_covariate else None,
        panel=not chosen.cross_sections,
        weights_name=None if chosen.weight == "none" else "w",
        anticipation=chosen.anticipation,
        clustervar=["lot"] if chosen.cluster else None,
    )
    method = {"regression": "reg", "weighting": "ipw", "doubly_robust": "dr", "none": "reg"}
    found = asked.fit(est_method=method[chosen.adjustment], base_period=chosen.base, bstrap=False)
    cells = found.results
    rows = zip(cells["group"], cells["year"], cells["att"], cells["se"], strict=True)
    answer = {cell(g, t): (a, s) for g, t, a, s in rows}
    for kind in KINDS:
        one = found.aggte(kind, bstrap=False, cband=False, na_rm=True).atte
        answer[kind] = (one["overall_att"], one["overall_se"])
        if kind != "simple":
            rows = zip(one["egt"], one["att_egt"], np.ravel(one["se_egt"]), strict=True)
            answer |= {f"{kind}|{float(e):g}": (a, s) for e, a, s in rows}
    return answer


def ask_moderndid(frame, chosen):
    frame = frame if chosen.cross_sections else complete(frame)
    method = {"regression": "reg", "weighting": "ipw", "doubly_robust": "dr", "none": "reg"}
    found = moderndid.att_gt(
        frame,
        yname="y",
        tname="time",
        idname=None if chosen.cross_sections else "unit",
        gname="start",
        xformla="~ x" if chosen.adjustment != "none" else None,
        weightsname=None if chosen.weight == "none" else "w",
        clustervars=["lot"] if chosen.cluster else None,
        boot=False,
        est_method=method[chosen.adjustment],
        panel=not chosen.cross_sections,
        control_group="nevertreated" if chosen.control == "never" else "notyettreated",
        anticipation=chosen.anticipation,
        base_period=chosen.base,
    )
    rows = zip(found.groups, found.times, found.att_gt, found.se_gt, strict=True)
    answer = {cell(g, t): (a, s) for g, t, a, s in rows}
    for kind in KINDS:
        one = moderndid.aggte(found, type=kind, na_rm=True, boot=False, cband=False)
        answer[kind] = (one.overall_att, one.overall_se)
        if kind != "simple":
            rows = zip(one.event_times, one.att_by_event, one.se_by_event, strict=True)
            answer |= {f"{kind}|{float(e):g}": (a, s) for e, a, s in rows}
    return answer


def ask_differences(frame, chosen):
    frame = frame.assign(start=frame["start"].where(frame["start"] > 0))
    method = {"regression": "reg", "weighting": "std_ipw-mle", "doubly_robust": "dr", "none": "reg"}
    columns = ["y", "start", "x", "w", "lot"]
    asked = DifferencesATTgt(
        data=frame.set_index(["unit", "time"])[columns],
        cohort_column="start",
        base_period=chosen.base,
        anticipation=chosen.anticipation,
    )
    found = asked.fit(
        "y ~ x" if chosen.adjustment != "none" else "y",
        est_method=method[chosen.adjustment],
        control_group="never_treated" if chosen.control == "never" else "not_yet_treated",
        as_repeated_cross_section=True if chosen.cross_sections else None,
        weights_column=None if chosen.weight == "none" else "w",
        cluster_var="lot" if chosen.cluster else None,
        progress_bar=False,
    )
    table = found.to_pandas()
    answer = {cell(place[0], place[-1]): (row.iloc[0], row.iloc[1]) for place, row in table.iterrows()}
    names = {"simple": "simple", "dynamic": "event", "group": "cohort", "calendar": "time"}
    for kind, name in names.items():
        if kind == "simple":
            answer[kind] = tuple(found.aggregate(name).iloc[0, :2])
            continue
        answer[kind] = tuple(found.aggregate(name, overall=True).iloc[0, :2])
        answer |= {f"{kind}|{float(e):g}": tuple(r.iloc[:2]) for e, r in found.aggregate(name).iterrows()}
    return answer


def ask_diff_diff(frame, chosen):
    method = {"regression": "reg", "weighting": "ipw", "doubly_robust": "dr", "none": "reg"}
    asked = diff_diff.CallawaySantAnna(
        control_group="never_treated" if chosen.control == "never" else "not_yet_treated",
        anticipation=chosen.anticipation,
        estimation_method=method[chosen.adjustment],
        cluster="lot" if chosen.cluster else None,
        base_period=chosen.base,
        panel=not chosen.cross_sections,
        pscore_trim=1e-6,
    )
    design = None if chosen.weight == "none" else diff_diff.SurveyDesign(weights="w")
    found = asked.fit(
        frame,
        outcome="y",
        unit="unit",
        time="time",
        first_treat="start",
        covariates=["x"] if chosen.adjustment != "none" else None,
        survey_design=design,
    )
    answer = {cell(*key): (one["effect"], one["se"]) for key, one in found.group_time_effects.items()}
    answer["simple"] = (found.overall_att, found.overall_se)
    events = found.aggregate("event_study").to_dataframe()
    answer |= {f"dynamic|{row.event_time:g}": (row.att, row.se) for row in events.itertuples()}
    return answer


def make_answers(frame, chosen):
    method = {"regression": "reg", "weighting": "ipw", "doubly_robust": "dr", "none": "reg"}
    found = statspai.callaway_santanna(
        frame,
        y="y",
        g="start",
        t="time",
        i="unit",
        x=["x"] if chosen.adjustment != "none" else None,
        weights=None if chosen.weight == "none" else "w",
        estimator=method[chosen.adjustment],
        control_group="nevertreated" if chosen.control == "never" else "notyettreated",
        base_period=chosen.base,
        anticipation=chosen.anticipation,
        panel=not chosen.cross_sections,
        clustervars="lot" if chosen.cluster else None,
        pscore_trim=1.0,
    )
    answer = {cell(row.group, row.time): (row.att, row.se) for row in found.detail.itertuples()}
    for kind, column in KINDS.items():
        one = statspai.aggte(found, type=kind, bstrap=False)
        answer[kind] = (one.estimate, one.se)
        if column is not None:
            answer |= {
                f"{kind}|{getattr(row, column):g}": (row.att, row.se) for row in one.detail.itertuples()
            }
    return answer


PEERS = {
    "csdid": ask_csdid,
    "moderndid": ask_moderndid,
    "differences": ask_differences,
    "diff-diff": ask_diff_diff,
    "StatsPAI": make_answers,
}
