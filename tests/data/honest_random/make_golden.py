"""Limits by moderndid's conditional least-favourable test for random event studies; writes golden.json.

Run with moderndid 0.2.0 installed: ``python make_golden.py``. It takes about a quarter of an hour. The test
of every supposed effect is the peer's own. Four things around it are changed:

- relative magnitudes are put together here from every step before the reference and both signs: the peer
  leaves the earliest step out (its ``s`` ends one short where indices start at 0), and is too narrow;
- with one later period the restrictions are those of the later period alone, as with several;
- with one later period the peer hands on a grid without its points, and fails;
- for smoothness the least-favourable critical value rests on 2,000 draws instead of 1,000.
"""

import json
from pathlib import Path

import numpy as np
from moderndid.didhonest import arp_nuisance, create_sensitivity_results_sm
from moderndid.didhonest.delta.rm import rm
from moderndid.didhonest.delta.sd import sd

GRID = 8_001
HALF_WIDTH = 40.0
draws = {"relative_magnitudes": 1_000, "smoothness": 2_000}
own = arp_nuisance.compute_least_favorable_cv
now = {"sims": 1_000}


def least_favourable(*args, **settings):
    return own(*args, **{**settings, **now})


for module in (arp_nuisance, rm, sd):
    module.compute_least_favorable_cv = least_favourable


def with_grid(*args, **settings):
    """With one later period the peer hands on a grid without its points, and fails; mend that here."""
    found = single(*args, **settings)
    return found._replace(accept_grid=np.column_stack([found.theta_grid, found.accept_grid]))


single = rm.compute_arp_ci
rm.compute_arp_ci = with_grid


def steps(before, after):
    """Differences from period to period of violations, whose reference is 0."""
    return np.diff(np.insert(np.eye(before + after), before, 0.0, axis=0), axis=0)


def relative_rows(num_pre_periods, num_post_periods, m_bar, s, max_positive):
    D = steps(num_pre_periods, num_post_periods)
    largest = (1 if max_positive else -1) * m_bar * D[s]
    later = D[num_pre_periods:]
    return np.vstack([later - largest, -later - largest])


def smooth_rows(num_pre_periods, num_post_periods, **_):
    bends = np.diff(steps(num_pre_periods, num_post_periods), axis=0)[num_pre_periods - 1 :]
    return np.vstack([bends, -bends])


rm._create_relative_magnitudes_constraint_matrix = relative_rows
few_rows, every_row = smooth_rows, sd._create_sd_constraint_matrix
sd._create_sd_constraint_matrix = lambda num_pre_periods, num_post_periods, **more: (
    few_rows if num_post_periods == 1 else every_row
)(num_pre_periods=num_pre_periods, num_post_periods=num_post_periods, **more)


def relative_limits(points, covariance, before, weights, bound, ends):
    low, high = np.inf, -np.inf
    for s in range(before):
        for positive in (True, False):
            found = rm._compute_conditional_cs_rm_fixed_s(
                s=s,
                max_positive=positive,
                m_bar=bound,
                betahat=points,
                sigma=covariance,
                num_pre_periods=before,
                num_post_periods=len(weights),
                l_vec=weights,
                alpha=0.05,
                hybrid_flag="LF",
                hybrid_kappa=0.005,
                post_period_moments_only=True,
                grid_points=GRID,
                grid_lb=ends[0],
                grid_ub=ends[1],
                seed=0,
            )
            accepted = found["grid"][found["accept"] > 0]
            if len(accepted):
                low, high = min(low, accepted[0]), max(high, accepted[-1])
    return float(low), float(high)


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
    now["sims"] = draws[kind]
    later = covariance[before:, before:]
    error, centre = float(np.sqrt(weights @ later @ weights)), float(weights @ points[before:])
    ends = (centre - HALF_WIDTH * error, centre + HALF_WIDTH * error)
    if kind == "relative_magnitudes":
        return relative_limits(points, covariance, before, weights, bound, ends)
    found = create_sensitivity_results_sm(
        points,
        covariance,
        before,
        len(weights),
        method="C-LF",
        l_vec=weights,
        grid_points=GRID,
        grid_lb=ends[0],
        grid_ub=ends[1],
        m_vec=np.array([bound]),
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
