"""Ask other software for imputation effects; each function returns {key: (point, standard error)}."""

import diff_diff
import pyfixest
import statspai


def comparable(frame, chosen):
    """Return the rows that can be compared, with starts after the data as never treated.

    Not every peer does this itself; what each does with the rows as they are stands in the documentation.
    """
    first, last = frame["time"].min(), frame["time"].max()
    frame = frame[~((frame["start"] > 0) & (frame["start"] <= first + chosen.anticipation))]
    return frame.assign(start=frame["start"].where(frame["start"] <= last + chosen.anticipation, 0))


def without_anticipation(frame, chosen):
    """Return the comparable rows without those in which effects may have come early."""
    frame = comparable(frame, chosen)
    near = (frame["time"] < frame["start"]) & (frame["time"] + chosen.anticipation >= frame["start"])
    return frame[~near].reset_index(drop=True)


def ask_diff_diff(frame, chosen):
    found = diff_diff.ImputationDiD(cluster="lot" if chosen.cluster else None).fit(
        without_anticipation(frame, chosen),
        outcome="y",
        unit="unit",
        time="time",
        first_treat="start",
        covariates=["x"] if chosen.adjustment != "none" else None,
        survey_design=None if chosen.weight == "none" else diff_diff.SurveyDesign(weights="w"),
    )
    answer = {"simple": (found.overall_att, found.overall_se)}
    for kind, level in (("dynamic", "event_study"), ("group", "group")):
        table = found.aggregate(level).to_dataframe()
        name = "event_time" if kind == "dynamic" else "label"
        answer |= {f"{kind}|{float(getattr(r, name)):g}": (r.att, r.se) for r in table.itertuples()}
    return answer


def make_answers(frame, chosen):
    frame = without_anticipation(frame, chosen)
    frame = frame.assign(start=frame["start"].where(frame["start"] > 0))
    settings = {
        "y": "y",
        "group": "unit",
        "time": "time",
        "first_treat": "start",
        "controls": ["x"] if chosen.adjustment != "none" else None,
        "cluster": "lot" if chosen.cluster else None,
        "weights": None if chosen.weight == "none" else "w",
    }
    found = statspai.did_imputation(frame, **settings, horizon=list(range(6)))
    answer = {f"dynamic|{row.relative_time:g}": (row.att, row.se) for row in found.detail.itertuples()}
    one = statspai.did_imputation(frame, **settings)
    return answer | {"simple": (one.estimate, one.se)}


def ask_pyfixest(frame, chosen):
    """The two-stage regression: its points are those of imputation, its standard errors of another design."""
    frame = without_anticipation(frame, chosen)
    frame = frame.assign(on=((frame["start"] > 0) & (frame["time"] >= frame["start"])).astype(int))
    found = pyfixest.did2s(
        frame,
        yname="y",
        first_stage="~ x | unit + time" if chosen.covariate == "varying" else "~ 0 | unit + time",
        second_stage="~ i(on, ref=0)",
        treatment="on",
        cluster="lot" if chosen.cluster else "unit",
        weights=None if chosen.weight == "none" else "w",
    )
    return {"simple": (found.coef().iloc[0], float("nan"))}


PEERS = {"diff-diff": ask_diff_diff, "StatsPAI": make_answers, "pyfixest": ask_pyfixest}
