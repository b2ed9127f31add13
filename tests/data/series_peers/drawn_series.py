"""Random series for asking other software: numpy alone, so that every environment draws the same."""

import numpy as np

N_SERIES = 24


def drawn(seed):
    """Return the outcome, the first treated row, the lags and whether there is a yearly season."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 140))
    start = int(rng.integers(n // 2, n - 10))
    noise = rng.standard_normal(n)
    for t in range(1, n):
        noise[t] += 0.5 * noise[t - 1]
    t = np.arange(n)
    y = 10 + 0.03 * t + np.sin(2 * np.pi * t / 12) + noise + (t >= start) * (1 + 0.05 * (t - start))
    return y, start, 1 + seed % 6, bool(seed % 2)
