"""Random panels that other software was asked about: one treated unit, donors, and three predictors."""

import hashlib

import numpy as np
import pandas as pd

N_PANELS = 12


def panel(seed):
    """Return a table of units, periods, the start, an outcome and two covariates; unit 0 is treated."""
    rng = np.random.default_rng(1000 + seed)
    D, T = int(rng.integers(8, 35)), int(rng.integers(10, 25))
    start = int(rng.integers(T // 2, T - 2))
    N = D + 1
    loading = rng.uniform(0, 1, (N, 2))
    y = 10 + rng.standard_normal((N, 1)) + loading @ rng.standard_normal((2, T)).cumsum(axis=1)
    y += 0.4 * rng.standard_normal((N, T))
    y[0, start:] += 1.0
    x = loading[:, :1] + 0.3 * rng.standard_normal((N, T))
    z = loading[:, 1:] + 0.3 * rng.standard_normal((N, T))
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{i:02d}" for i in range(N)], T),
            "time": np.tile(np.arange(T), N),
            "start": np.repeat(np.where(np.arange(N) == 0, start, 0), T),
            "y": y.ravel().round(6),
            "x": x.ravel().round(6),
            "z": z.ravel().round(6),
        }
    )


def digest(frame):
    """Return what tells one panel from another."""
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()[:16]
