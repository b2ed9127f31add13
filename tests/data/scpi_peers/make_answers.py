"""Ask scpi-pkg for prediction intervals of California's cigarette sales; write answers.json."""

import contextlib
import io
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from scpi_pkg.scdata import scdata
from scpi_pkg.scpi import scpi

HERE = Path(__file__).parent
SIMS = 1000
frame = pd.read_csv(HERE.parent / "prop99" / "california_prop99.csv", sep=";")
states = [state for state in frame["State"].unique() if state != "California"]
data = scdata(
    df=frame,
    id_var="State",
    time_var="Year",
    outcome_var="PacksPerCapita",
    period_pre=np.arange(1970, 1989),
    period_post=np.arange(1989, 2001),
    unit_tr="California",
    unit_co=states,
    features=None,
    cov_adj=None,
    cointegrated_data=False,
    constant=False,
)
np.random.seed(1)  # the package draws from the global state
with contextlib.redirect_stdout(io.StringIO()):
    found = scpi(
        data,
        w_constr={"name": "simplex"},
        sims=SIMS,
        u_alpha=0.05,
        e_alpha=0.05,
        verbose=False,
        e_method="all",
    )
bounds = {name: np.asarray(found.bounds[name], dtype=float).tolist() for name in ("insample", "subgaussian")}
record = {
    "versions": {name: version(name) for name in ("scpi-pkg", "numpy", "pandas")},
    "sims": SIMS,
    "rho": float(next(iter(found.rho.values()))),
    "n_weights": int((np.asarray(found.w) > 1e-6).sum()),
    "bounds": bounds,
}
(HERE / "answers.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
