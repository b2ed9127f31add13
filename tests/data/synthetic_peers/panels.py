"""Random panels that other software was asked about: a factor model with one start."""

import hashlib

import numpy as np
import pandas as pd

N_PANELS = 24


def panel(seed):
    """Return a table of units, periods, treatment and outcome; even seeds have one treated unit."""
    rng = np.random.default_rng(seed)
    n = 1 if seed % 2 == 0 else int(rng.integers(2, 8))
    D, T = int(rng.integers(10, 45)), int(rng.integers(10, 24))
    start = int(rng.integers(T // 2, T - 1))
    N = n + D
    y = rng.standard_normal((N, 2)) @ rng.standard_normal((2, T)).cumsum(axis=1)
    y += 2 * rng.standard_normal((N, 1)) + rng.standard_normal(T) + 0.5 * rng.standard_normal((N, T))
    y[:n, start:] += 1.0
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(N), T),
            "time": np.tile(np.arange(T), N),
            "treated": np.repeat(np.arange(N) < n, T).astype(int),
            "start": np.repeat(np.where(np.arange(N) < n, start, 0), T),
            "y": y.ravel().round(6),
        }
    )


def digest(frame):
    """Return what tells one panel from another."""
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()[:16]
