"""Ask other software about every panel and write answers.json; see SOURCE.md.

    python -m pip install -r requirements.txt
    python make_peers.py

Packages that are not installed keep the answers they gave before, so that they may live apart.
"""

import importlib.metadata
import json
import warnings
from pathlib import Path

import numpy as np
import panels

HERE = Path(__file__).parent
RIDGE = 2.0


def wide(frame):
    table = frame.pivot(index="unit", columns="time", values="y").to_numpy()
    n = int(frame.groupby("unit")["treated"].first().sum())
    start = int(frame["start"].max())
    return table, n, start


def diff_diff(frame):
    import diff_diff as dd

    table, n, start = wide(frame)
    found = dd.SyntheticDiD(variance_method="jackknife").fit(
        frame,
        outcome="y",
        treatment="treated",
        unit="unit",
        time="time",
        post_periods=list(range(start, table.shape[1])),
    )
    omega = [found.unit_weights.get(unit, 0.0) for unit in range(n, len(table))]
    return answer(found.att, found.se, omega, [found.time_weights[t] for t in range(start)])


def statspai(frame):
    import statspai as sp

    _, n, start = wide(frame)
    found = sp.sdid(
        frame,
        outcome="y",
        unit="unit",
        time="time",
        treat_unit=list(range(n)),
        treat_time=start,
        se_method="jackknife" if n > 1 else "noinference",
    )
    return answer(found.estimate, found.se if n > 1 else np.nan)


def synthdid_py(frame):
    import synthdid

    table, n, start = wide(frame)
    order = [*range(n, len(table)), *range(n)]
    found = synthdid.synthdid_estimate(table[order], len(table) - n, start)
    error = synthdid.synthdid_se(found, method="jackknife") if n > 1 else np.nan
    return answer(float(found), error, found.weights.omega, found.weights.lambda_)


def augmented_statspai(frame):
    import statspai as sp

    _, n, start = wide(frame)
    if n > 1:
        return None
    found = sp.augsynth(frame, "y", "unit", "time", 0, start, ridge_lambda=RIDGE, placebo=False)
    return {"att": float(found.estimate)}


def augmented_augsynth_py(frame):
    import polars as pl
    from augsynth_py import AugSynth

    _, n, start = wide(frame)
    if n > 1:
        return None
    found = AugSynth(fixedeff=False, lambda_=RIDGE).fit(
        pl.from_pandas(frame), unit="unit", time="time", outcome="y", treated=0, treatment_time=start
    )
    return {"att": float(found.att_)}


def answer(att, error, omega=(), lambda_=()):
    return {
        "att": float(att),
        "std_error": None if error is None or not np.isfinite(error) else float(error),
        "omega": [float(f"{w:.12g}") for w in omega],
        "lambda": [float(f"{w:.12g}") for w in lambda_],
    }


PEERS = {
    "diff-diff": {"differences": diff_diff},
    "StatsPAI": {"differences": statspai, "augmented": augmented_statspai},
    "synthdid-py": {"differences": synthdid_py},
    "augsynth-py": {"augmented": augmented_augsynth_py},
}


def main():
    file = HERE / "answers.json"
    record = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"versions": {}, "panels": {}}
    for peer, questions in PEERS.items():
        try:
            record["versions"][peer] = importlib.metadata.version(peer)
        except importlib.metadata.PackageNotFoundError:
            continue
        for seed in range(panels.N_PANELS):
            frame = panels.panel(seed)
            held = record["panels"].setdefault(str(seed), {"digest": panels.digest(frame)})
            for question, ask in questions.items():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    found = ask(frame)
                if found is not None:
                    held.setdefault(question, {})[peer] = found
    file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


main()
