"""Random people of whom some were treated, the same for us and for the software asked."""

import numpy as np
import pandas as pd

COVARIATES = ["x1", "x2", "x3"]
SETS = {
    "mild": {"seed": 1, "n": 200, "tilt": 0.4},
    "strong": {"seed": 2, "n": 300, "tilt": 1.0},
    "few": {"seed": 3, "n": 60, "tilt": 0.3},
}


def people(name):
    """Return a set: outcome y, treatment d, covariates, and a deal into five folds."""
    told = SETS[name]
    rng, n = np.random.default_rng(told["seed"]), told["n"]
    x = rng.standard_normal((n, 3))
    x[:, 2] = x[:, 2] > 0.3
    p = 1 / (1 + np.exp(0.4 - told["tilt"] * (x[:, 0] - 0.5 * x[:, 1] + x[:, 2])))
    d = (rng.uniform(size=n) < p).astype(int)
    y = 1 + d * (1 + 0.5 * x[:, 0]) + x @ [1.0, 0.5, -0.5] + rng.standard_normal(n)
    fold = np.empty(n, dtype=int)
    for arm in (0, 1):
        members = np.flatnonzero(d == arm)
        fold[rng.permutation(members)] = np.arange(len(members)) % 5
    return pd.DataFrame({"y": y, "d": d, **dict(zip(COVARIATES, x.T, strict=True)), "fold": fold})
