"""Ask other software about every panel and write answers.json; see SOURCE.md.

python -m pip install -r requirements.txt
python make_peers.py
"""

import importlib.metadata
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import panels

HERE = Path(__file__).parent
PENALTIES = (0.01, 0.1, 1.0)


def wide(frame, column="y"):
    """Return outcomes by period and unit before the start."""
    table = frame.pivot(index="time", columns="unit", values=column)
    return table[table.index < frame["start"].max()]


def weights(names, found):
    return {str(name): float(f"{w:.12g}") for name, w in zip(names, found, strict=True) if abs(w) > 1e-12}


def pysyncon_outcomes(frame):
    from pysyncon import Synth

    Z = wide(frame)
    # Rows are divided by their standard deviation: their variances as V undo that.
    model = Synth()
    model.fit(X0=Z.iloc[:, 1:], X1=Z["u00"], Z0=Z.iloc[:, 1:], Z1=Z["u00"], custom_V=Z.var(axis=1).to_numpy())
    return {"weights": weights(Z.columns[1:], model.W)}


def pysyncon_predictors(frame):
    from pysyncon import Synth

    Z = wide(frame)
    X = pd.DataFrame({column: wide(frame, column).mean() for column in ("x", "z")}).T
    model = Synth()
    model.fit(X0=X.iloc[:, 1:], X1=X["u00"], Z0=Z.iloc[:, 1:], Z1=Z["u00"])
    return {"weights": weights(Z.columns[1:], model.W), "v": [float(f"{v:.12g}") for v in model.V]}


def pysyncon_penalised(frame):
    from pysyncon import PenalizedSynth

    Z = wide(frame)
    found = {}
    for penalty in PENALTIES:
        model = PenalizedSynth()
        model.fit(X0=Z.iloc[:, 1:], X1=Z["u00"], lambda_=penalty, custom_V=Z.var(axis=1).to_numpy())
        found[f"{penalty:g}"] = weights(Z.columns[1:], model.W)
    return {"weights": found}


def statspai_outcomes(frame):
    import statspai as sp

    found = sp.synth(
        frame,
        outcome="y",
        unit="unit",
        time="time",
        treated_unit="u00",
        treatment_time=int(frame["start"].max()),
        placebo=False,
    )
    held = found.model_info["weights"]
    return {"att": float(found.estimate), "weights": weights(held.iloc[:, 0], held.iloc[:, 1])}


def mlsynth(frame, **settings):
    from mlsynth import VanillaSC

    start = int(frame["start"].max())
    treated = ((frame["unit"] == "u00") & (frame["time"] >= start)).astype(int)
    config = {"outcome": "y", "treat": "D", "unitid": "unit", "time": "time", "display_graphs": False}
    found = VanillaSC({"df": frame.assign(D=treated), **config, **settings}).fit()
    held = found.weights.donor_weights
    answer = {"att": float(found.effects.att), "weights": weights(held, held.values())}
    v = found.weights.summary_stats.get("predictor_weights")
    return answer | ({} if v is None else {"v": [float(f"{v[name]:.12g}") for name in ("x", "z")]})


def mlsynth_predictors(frame):
    return mlsynth(frame, covariates=["x", "z"], backend="mscmt", seed=1)


PEERS = {
    "pysyncon": {
        "outcomes": pysyncon_outcomes,
        "predictors": pysyncon_predictors,
        "penalised": pysyncon_penalised,
    },
    "StatsPAI": {"outcomes": statspai_outcomes},
    "mlsynth": {"outcomes": mlsynth, "predictors": mlsynth_predictors},
}


def main():
    np.random.seed(1)
    record = {"versions": {}, "panels": {}}
    for peer, questions in PEERS.items():
        record["versions"][peer] = importlib.metadata.version(peer)
        for seed in range(panels.N_PANELS):
            frame = panels.panel(seed)
            held = record["panels"].setdefault(str(seed), {"digest": panels.digest(frame)})
            for question, ask in questions.items():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    held.setdefault(question, {})[peer] = ask(frame)
    (HERE / "answers.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


main()
