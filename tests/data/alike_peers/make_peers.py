"""Ask other software about every set of people and write answers.json; see SOURCE.md.

python -m pip install -r requirements.txt
python make_peers.py
"""

import importlib.metadata
import json
import warnings
from pathlib import Path

import numpy as np
from people import COVARIATES, SETS, people
from sklearn.linear_model import LinearRegression, LogisticRegression

HERE = Path(__file__).parent
warnings.filterwarnings("ignore")


def chance():
    return LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000, solver="newton-cholesky")


def doubleml(frame):
    import doubleml as dml

    found = {}
    for target, score in (("ate", "ATE"), ("att", "ATTE")):
        model = dml.DoubleMLIRM(
            dml.DoubleMLData(frame, y_col="y", d_cols="d", x_cols=COVARIATES),
            ml_g=LinearRegression(),
            ml_m=chance(),
            n_folds=5,
            score=score,
            draw_sample_splitting=False,
        )
        folds = [(np.flatnonzero(frame["fold"] != k), np.flatnonzero(frame["fold"] == k)) for k in range(5)]
        model.set_sample_splitting([folds])
        model.fit()
        found[target] = [float(model.coef[0]), float(model.se[0])]
    return found


def causallib(frame):
    from causallib.estimation import IPW

    model = IPW(chance())
    model.fit(frame[COVARIATES], frame["d"])
    means = model.estimate_population_outcome(frame[COVARIATES], frame["d"], frame["y"])
    return {"ate": float(means[1] - means[0])}


def statspai(frame):
    import statspai as sp

    told = {"data": frame, "y": "y", "treat": "d", "covariates": COVARIATES}
    near = {"method": "nnmatch", "n_matches": 2, "vce_nn": 2, **told}
    asked = {
        "entropy_att": lambda: sp.ebalance(**told),
        "aipw_ate": lambda: sp.aipw(**told, cross_fit=False, trim=0.0),
        "near_att": lambda: sp.match(**near, estimand="ATT"),
        "near_ate": lambda: sp.match(**near, estimand="ATE"),
        "near_att_adjusted": lambda: sp.match(**near, estimand="ATT", bias_adjust=True),
    }
    answers = {name: ask() for name, ask in asked.items()}
    told_errors = {name: [float(found.estimate), float(found.se)] for name, found in answers.items()}
    scores = {
        f"cbps_{target.lower()}": float(
            sp.cbps(**told, estimand=target, variant="exact", n_bootstrap=0).estimate
        )
        for target in ("ATE", "ATT")
    }
    return told_errors | scores


def marginaleffects(frame):
    import statsmodels.formula.api as smf
    from marginaleffects import avg_comparisons

    fit = smf.ols("y ~ d * (x1 + x2 + x3)", frame).fit()
    whole = avg_comparisons(fit, variables="d")
    treated = avg_comparisons(fit, variables="d", newdata=frame[frame["d"] == 1])
    return {"ate": float(whole["estimate"][0]), "att": float(treated["estimate"][0])}


def main():
    answers = {"versions": {}, "sets": {}}
    for name in ("DoubleML", "causallib", "StatsPAI", "marginaleffects", "scikit-learn", "numpy"):
        answers["versions"][name] = importlib.metadata.version(name)
    for name in SETS:
        frame = people(name)
        answers["sets"][name] = {
            ask.__name__: ask(frame) for ask in (doubleml, causallib, statspai, marginaleffects)
        }
    (HERE / "answers.json").write_text(json.dumps(answers, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
