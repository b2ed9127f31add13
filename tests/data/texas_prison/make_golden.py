"""Ask pysyncon 1.5.2 for the weights of predictors behind the published synthetic Texas, and print them.

Run in this folder, in an environment with that package.
"""

import json

import pandas as pd
from pysyncon import Dataprep, Synth

frame = pd.read_csv("texas.csv")
PRISON = [("bmprison", [year], "mean") for year in (1988, 1990, 1991, 1992)]
AIDS = [("aidscapita", [year], "mean") for year in (1990, 1991)]
BLACK = [("black", [year], "mean") for year in (1990, 1991, 1992)]
prepared = Dataprep(
    foo=frame,
    predictors=["income", "ur", "poverty"],
    predictors_op="mean",
    dependent="bmprison",
    unit_variable="state",
    time_variable="year",
    treatment_identifier="Texas",
    controls_identifier=[state for state in frame["state"].unique() if state != "Texas"],
    time_predictors_prior=range(1985, 1994),
    special_predictors=[
        *PRISON,
        ("alcohol", [1990], "mean"),
        *AIDS,
        *BLACK,
        ("perc1519", [1990], "mean"),
    ],
    time_optimize_ssr=range(1985, 1994),
)
control = Synth()
control.fit(dataprep=prepared, optim_method="BFGS", optim_initial="ols")
weights = {state: float(w) for state, w in control.weights(round=12).items() if w > 1e-6}
print(json.dumps({"v": [float(v) for v in control.V], "weights": weights, "mspe": float(control.mspe())}))
