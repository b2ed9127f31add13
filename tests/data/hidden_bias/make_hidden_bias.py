"""Ask PySensemakr and StatsPAI for the same sensitivity numbers; run in the peers' environment.

python tests/data/hidden_bias/make_hidden_bias.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import statspai
from sensemakr import data, sensitivity_statistics
from statsmodels.formula.api import ols


def regression(seed):
    """Return a table with one treatment and three covariates that go with both sides."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.standard_normal((200, 3)), columns=["a", "b", "c"])
    table["d"] = (table["a"] + 0.5 * table["b"] + rng.standard_normal(200) > 0.4).astype(float)
    table["y"] = 0.8 * table["d"] + table[["a", "b", "c"]] @ [0.9, 0.4, -0.3] + rng.standard_normal(200)
    return table.round(6)


def oster(seed):
    """Return both regressions and StatsPAI's delta."""
    table = regression(seed)
    short, long = ols("y ~ d", table).fit(), ols("y ~ d + a + b + c", table).fit()
    found = statspai.oster_bounds(
        table, y="y", treat="d", controls=["a", "b", "c"], r_max=1.3 * long.rsquared
    )
    return {
        "short": short.params["d"],
        "long": long.params["d"],
        "short_r2": short.rsquared,
        "long_r2": long.rsquared,
        "outcome_variance": float(table["y"].var()),
        "treatment_variance": float(table["d"].var()),
        "residual_variance": float(ols("d ~ a + b + c", table).fit().resid.var()),
        "delta": float(found.delta_for_zero),
    }


def robustness(t, df):
    """Return PySensemakr's robustness values of the estimate and of its limit at 5 per cent."""
    value = sensitivity_statistics.robustness_value
    numbers = {"t": t, "df": df, "value": float(value(t_statistic=t, dof=df).iloc[0])}
    return {**numbers, "limit": float(value(t_statistic=t, dof=df, alpha=0.05).iloc[0])}


darfur = data.load_darfur()
model = ols(
    "peacefactor ~ directlyharmed + age + farmer_dar + herder_dar + pastvoted + hhsize_darfur + female"
    " + village",
    darfur,
).fit()
answers = {
    "made_with": {name: version(name) for name in ("PySensemakr", "StatsPAI")},
    "darfur": robustness(float(model.tvalues["directlyharmed"]), float(model.df_resid)),
    "robustness": [
        robustness(t, df)
        for t, df in ((0.5, 20), (1.9, 30), (2.5, 12), (-4.0, 100), (9.0, 8), (30.0, 25), (3.0, 4000))
    ],
    "oster": [oster(seed) for seed in (1, 2, 3)],
}
Path(__file__).with_name("peers.json").write_text(json.dumps(answers, indent=1) + "\n", "utf-8")
