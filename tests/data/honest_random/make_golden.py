"""Limits by moderndid's conditional least-favourable test for random event studies; writes golden.json.

Run with moderndid 0.2.0 installed: ``python make_golden.py``. It takes about a quarter of an hour. Two
things are changed in the peer: the number of draws behind the least-favourable critical value (its default is
1,000), and a grid that it hands on without its points when there is one later period.
"""

import functools
import json
from pathlib import Path

import numpy as np
from moderndid.didhonest import (
    arp_no_nuisance,
    arp_nuisance,
    create_sensitivity_results_rm,
    create_sensitivity_results_sm,
)
from moderndid.didhonest.delta.rm import rm
from moderndid.didhonest.delta.sd import sd

DRAWS = 2_000
GRID = 8_001
HALF_WIDTH = 40.0

fewer = arp_nuisance.compute_least_favorable_cv
for module in (arp_nuisance, arp_no_nuisance, rm, sd):
    if hasattr(module, "compute_least_favorable_cv"):
        module.compute_least_favorable_cv = functools.partial(fewer, sims=DRAWS)


def with_grid(*args, **settings):
    """With one later period the peer hands on a grid without its points, and fails; mend that here."""
    found = single(*args, **settings)
    return found._replace(accept_grid=np.column_stack([found.theta_grid, found.accept_grid]))


single = rm.compute_arp_ci
rm.compute_arp_ci = with_grid


def event_study(seed):
    rng = np.random.default_rng(seed)
    before, after = int(rng.integers(2, 6)), int(rng.integers(1, 6))
    n = before + after
    root = rng.normal(size=(n + 4, n))
    covariance = root.T @ root / (n + 4) * 0.04 + 0.02
    points = rng.multivariate_normal(np.zeros(n), covariance)
    points[before:] += rng.normal(0.5, 0.5)
    kinds = (np.ones(after) / after, np.eye(after)[0], rng.dirichlet(np.ones(after)))
    return points, covariance, before, kinds[seed % 3], float(rng.choice([0.5, 1.0, 2.0]))


def limits(kind, points, covariance, before, weights, bound):
    own = covariance[before:, before:]
    error, centre = float(np.sqrt(weights @ own @ weights)), float(weights @ points[before:])
    make = create_sensitivity_results_rm if kind == "relative_magnitudes" else create_sensitivity_results_sm
    name = "m_bar_vec" if kind == "relative_magnitudes" else "m_vec"
    found = make(
        points,
        covariance,
        before,
        len(weights),
        method="C-LF",
        l_vec=weights,
        grid_points=GRID,
        grid_lb=centre - HALF_WIDTH * error,
        grid_ub=centre + HALF_WIDTH * error,
        **{name: np.array([bound])},
    )
    return float(found["lb"][0]), float(found["ub"][0])


def case(seed):
    points, covariance, before, weights, bound = event_study(seed)
    kind = "relative_magnitudes" if seed < 50 else "smoothness"
    if kind == "smoothness":
        bound *= 0.1
    low, high = limits(kind, points, covariance, before, weights, bound)
    return {
        "seed": seed,
        "kind": kind,
        "points": points.tolist(),
        "covariance": covariance.tolist(),
        "n_before": before,
        "weights": weights.tolist(),
        "bound": bound,
        "low": low,
        "high": high,
    }


if __name__ == "__main__":
    file = Path(__file__).with_name("golden.json")
    cases = json.loads(file.read_text("utf-8")) if file.exists() else []
    done = {found["seed"] for found in cases}
    for seed in [s for pair in zip(range(50), range(50, 100), strict=True) for s in pair if s not in done]:
        cases.append(case(seed))
        file.write_text(json.dumps(cases, indent=1) + "\n", "utf-8")
        print(seed, cases[-1]["kind"], cases[-1]["low"], cases[-1]["high"], flush=True)
