"""Random rows with instruments, each from its own seed."""

import numpy as np
import pandas as pd

CASES = range(12)


def rows(case: int) -> pd.DataFrame:
    """Return 240 rows: outcome, takeup, q instruments, one covariate, clusters of eight and weights."""
    rng = np.random.default_rng(case)
    q = 1 + case % 3
    n = 240
    cluster = np.repeat(np.arange(n // 8), 8)
    x = rng.standard_normal(n)
    Z = rng.standard_normal((n, q)) + 0.3 * x[:, None]
    hidden = rng.standard_normal(n) + 0.5 * rng.standard_normal(n // 8)[cluster]
    strength = (0.1, 0.3, 0.8)[case % 4 % 3]
    d = strength * Z.sum(axis=1) + 0.5 * x + hidden + rng.standard_normal(n)
    y = 1.0 + 0.7 * d + x - 1.5 * hidden + rng.standard_normal(n) * (1 + 0.5 * np.abs(x))
    frame = pd.DataFrame({"y": y, "d": d, "x": x, "cluster": cluster, "w": rng.uniform(0.5, 2, n)})
    for k in range(q):
        frame[f"z{k}"] = Z[:, k]
    return frame


def instruments(frame: pd.DataFrame) -> list[str]:
    """Return the names of the instruments."""
    return [name for name in frame if name.startswith("z")]
