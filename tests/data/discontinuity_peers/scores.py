"""Random scores with a jump at 0, from a generator whose stream is fixed by its definition."""

import numpy as np


def scores(seed, *, n=400, rounded=False):
    """Return columns x, y, t (received), z1, z2, w (weights) and g (clusters that lie on one side)."""
    rng = np.random.Generator(np.random.PCG64(seed))
    u = rng.random((n, 6))
    x = 2 * u[:, 0] ** 1.3 - 0.9
    if rounded:
        x = np.round(x * 40) / 40
    above = x >= 0
    z1, z2 = u[:, 1] + 0.3 * x, (u[:, 2] < 0.4) * 1.0
    t = (u[:, 3] < 0.2 + 0.5 * above) * 1.0
    g = np.floor(u[:, 4] * 25) + 100 * above
    noise = (u[:, 5] - 0.5) * (1 + 0.5 * np.abs(x))
    y = 1 + x - 0.8 * x**2 + 0.4 * above * x + 0.7 * t + 0.5 * z1 - 0.3 * z2 + noise
    return {"x": x, "y": y, "t": t, "z1": z1, "z2": z2, "w": 0.5 + u[:, 4], "g": g}


CASES = {
    "sharp": {},
    "order 2": {"p": 2},
    "epanechnikov": {"kernel": "epanechnikov"},
    "uniform": {"kernel": "uniform"},
    "two sides": {"bwselect": "msetwo"},
    "coverage": {"bwselect": "cerrd"},
    "coverage, two sides": {"bwselect": "certwo"},
    "given bandwidth": {"h": 0.4},
    "given bandwidths": {"h": 0.4, "b": 0.6},
    "hc0": {"vce": "hc0"},
    "hc1": {"vce": "hc1"},
    "hc2": {"vce": "hc2"},
    "hc3": {"vce": "hc3"},
    "kink": {"deriv": 1, "p": 2},
    "kink of order 1": {"deriv": 1, "p": 1},
    "fuzzy": {"fuzzy": "t"},
    "fuzzy kink": {"fuzzy": "t", "deriv": 1, "p": 2, "h": 0.7, "b": 0.8},
    "covariates": {"covs": ["z1", "z2"]},
    "fuzzy with covariates": {"fuzzy": "t", "covs": ["z1", "z2"]},
    "weights": {"weights": "w"},
    "weights, hc2": {"weights": "w", "vce": "hc2"},
    "clusters": {"cluster": "g"},
    "clusters, cr2": {"cluster": "g", "vce": "cr2"},
    "clusters, cr3": {"cluster": "g", "vce": "cr3"},
    "clusters with all": {"cluster": "g", "covs": ["z1"], "weights": "w", "fuzzy": "t"},
    "one match": {"nnmatch": 1},
}
"""What is asked of rdrobust; column names stand for columns."""
