"""The data of the benchmarks: drawn from a seed, so that every contender works on the same numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

COHORTS = 5


def staggered_panel(n_units: int, n_periods: int, *, covariates: bool = False, seed: int = 1) -> pd.DataFrame:
    """Draw a panel in which five cohorts start in turn and about 40 % never do.

    The effect is 1 + 0.2 a period since the start; the first covariate moves both starts and trends.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n_units, 3))
    starts = np.unique(np.linspace(max(3, n_periods // 4), n_periods - 1, COHORTS).astype(int))
    never = rng.random(n_units) < 1 / (1 + np.exp(0.4 + 0.4 * x[:, 0]))
    start = np.where(never, 0, starts[rng.integers(0, len(starts), n_units)])
    level = rng.standard_normal(n_units) + 0.5 * x[:, 1]
    time = np.arange(1, n_periods + 1)
    y = rng.standard_normal((n_units, n_periods))
    for t in time:  # period by period, so that making the data takes little more memory than they do
        treated = (start > 0) & (t >= start)
        y[:, t - 1] += level + 0.3 * t + np.sin(t) + 0.1 * x[:, 0] * t
        y[:, t - 1] += np.where(treated, 1 + 0.2 * (t - start), 0)
    columns = {
        "unit": np.repeat(np.arange(1, n_units + 1), n_periods),
        "time": np.tile(time, n_units),
        "start": np.repeat(start, n_periods),
        "y": y.ravel(),
    }
    if covariates:
        columns |= {f"x{j + 1}": np.repeat(x[:, j], n_periods) for j in range(3)}
    return pd.DataFrame(columns, copy=False)


def one_start_panel(n_units: int, n_periods: int, *, start: int, seed: int = 2) -> pd.DataFrame:
    """Draw a panel with one start, 40 % treated and an effect of 1."""
    rng = np.random.default_rng(seed)
    treated, period = rng.random(n_units) < 0.4, np.arange(1, n_periods + 1)
    y = rng.standard_normal(n_units)[:, None] + 0.3 * period + rng.standard_normal((n_units, n_periods))
    d = treated[:, None] & (period >= start)
    y += d
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(1, n_units + 1), n_periods),
            "time": np.tile(period, n_units),
            "start": np.repeat(np.where(treated, start, 0), n_periods),
            "treated": np.repeat(treated.astype(int), n_periods),
            "d": d.ravel().astype(float),
            "y": y.ravel(),
        }
    )


def clustered_rows(n_clusters: int, *, n_rows: int = 50_000) -> pd.DataFrame:
    """Draw rows in clusters of which a third (of 12) or 40 (of 290) are treated, with three covariates."""
    rng = np.random.default_rng(n_clusters)
    cluster = rng.integers(0, n_clusters, n_rows)
    treated = (np.arange(n_clusters) < (4 if n_clusters == 12 else 40)).astype(int)
    X = rng.standard_normal((n_rows, 3))
    noise = rng.standard_normal(n_clusters)[cluster] * 0.3 + rng.standard_normal(n_rows)
    y = 1 + 0.1 * treated[cluster] + X @ [0.5, -0.2, 0.1] + noise
    columns = {"y": y, "treated": treated[cluster], "cluster": cluster}
    return pd.DataFrame(columns | {f"x{j + 1}": X[:, j] for j in range(3)})


def factor_panel(n_units: int, n_periods: int, *, start: int, n_treated: int, seed: int = 7) -> pd.DataFrame:
    """Draw a panel of three factors that wander, the first units treated with an effect of 2."""
    rng = np.random.default_rng(seed)
    factors = np.cumsum(rng.standard_normal((n_periods, 3)), axis=0)
    loadings = rng.dirichlet([1, 1, 1], n_units) + 0.1 * rng.standard_normal((n_units, 3))
    y = 5 + loadings @ factors.T + 0.3 * rng.standard_normal((n_units, n_periods))
    treated, period = np.arange(n_units) < n_treated, np.arange(1, n_periods + 1)
    d = treated[:, None] & (period >= start)
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n_units), n_periods),
            "time": np.tile(period, n_units),
            "start": np.repeat(np.where(treated, start, 0), n_periods),
            "treated": np.repeat(treated.astype(int), n_periods),
            "d": d.ravel().astype(int),
            "y": (y + 2 * d).ravel(),
        }
    )


def monthly_series(n: int = 120, *, start: int = 72, seed: int = 5) -> pd.DataFrame:
    """Draw a monthly series with season, trend, errors that persist, and a change of level and slope."""
    rng = np.random.default_rng(seed)
    t, errors = np.arange(n), np.zeros(n)
    for i in range(1, n):
        errors[i] = 0.4 * errors[i - 1] + rng.standard_normal()
    after = t >= start
    since = np.where(after, t - start, 0)
    y = 50 + 0.1 * t + 2 * np.sin(2 * np.pi * t / 12) - 3 * after - 0.05 * since + errors
    return pd.DataFrame({"t": t, "y": y, "on": after.astype(int), "since": since})
