"""Synthetic differences and the augmented control against their definitions, written out the slow way.

Weights come from another solver of the same problems; everything after them is loops over units, periods and
cohorts. 80 random panels: one start or several, treated units that count unequally, any number of donors.
"""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize, nnls

from impactkit.data.study import Study
from impactkit.effects.estimators import AugmentedSyntheticControl, SyntheticDifferenceInDifferences
from impactkit.effects.inference import PlaceboInSpace, SyntheticVariance
from impactkit.effects.kernels.donor_ranks import choices
from impactkit.effects.kernels.simplex import is_unique, nearest_in_hull

SEEDS = range(80)


def panel(seed):
    """A factor model with up to six treated units, as a table."""
    rng = np.random.default_rng(seed)
    n, D = int(rng.integers(1, 7)), int(rng.integers(6, 16))
    T = int(rng.integers(6, 13))
    starts = rng.choice(np.arange(3, T), size=1 if seed % 2 else 2, replace=False)
    N = n + D
    start = np.append(np.resize(starts, n), np.zeros(D, dtype=int))
    y = rng.standard_normal((N, 2)) @ rng.standard_normal((2, T)).cumsum(axis=1) + rng.standard_normal((N, T))
    y += 3 * rng.standard_normal((N, 1)) + rng.standard_normal(T)
    weight = rng.uniform(0.5, 2, N) if seed % 3 == 0 else np.ones(N)
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{i:02d}" for i in rng.permutation(N)], T),
            "time": np.tile(np.arange(T), N),
            "y": y.ravel(),
            "start": np.repeat(start, T),
            "weight": np.repeat(weight, T),
            "x": rng.standard_normal(N * T) + y.ravel() / 4,
        }
    )


def study(frame, **roles):
    first = frame["start"].where(frame["start"] > 0, np.inf)
    return Study(
        frame.assign(start=first), outcome="y", unit="unit", time="time", first_treated="start", **roles
    )


def wide(frame):
    """Outcomes, starts and weights by unit, the treated first."""
    by_unit = frame.drop_duplicates("unit").set_index("unit").sort_index()
    names = [*by_unit.index[by_unit["start"] > 0], *by_unit.index[by_unit["start"] == 0]]
    y = frame.pivot(index="unit", columns="time", values="y").loc[names].to_numpy()
    return y, by_unit.loc[names, "start"].to_numpy(), by_unit.loc[names, "weight"].to_numpy()


def simplex(A, b, ridge):
    """min |A w - b|^2 + ridge |w|^2 over the simplex, by a heavy penalty on the sum and then a polish."""
    n = A.shape[1]
    heavy = 1e4 * max(np.abs(A).max(), np.sqrt(ridge), 1e-3)
    rows = np.vstack([A, np.sqrt(ridge) * np.eye(n), heavy * np.ones((1, n))])
    w, _ = nnls(rows, np.concatenate([b, np.zeros(n), [heavy]]), maxiter=1000)
    used = w > 1e-9
    S = A[:, used]
    K = np.block(
        [
            [S.T @ S + ridge * np.eye(used.sum()), np.ones((used.sum(), 1))],
            [np.ones((1, used.sum())), np.zeros((1, 1))],
        ]
    )
    found = np.linalg.lstsq(K, np.append(S.T @ b, 1.0), rcond=None)[0][:-1]
    w[:] = 0
    w[used] = found
    return w


def centred(rows):
    return rows - rows.mean(axis=1, keepdims=True)


def noise(donors, start):
    changes = [donors[i, t] - donors[i, t - 1] for i in range(len(donors)) for t in range(1, start)]
    return np.std(changes, ddof=1)


def cohort_effect(donors, treated, start, n, sigma):
    """(effect by period, weights): equations (3) to (6) of the paper."""
    T = donors.shape[1]
    zeta = (n * (T - start)) ** 0.25 * sigma
    omega = simplex(centred(donors[:, :start]).T, treated[:start] - treated[:start].mean(), zeta**2 * start)
    A, b = donors[:, :start], donors[:, start:].mean(axis=1)
    lambda_ = simplex(A - A.mean(axis=0), b - b.mean(), (1e-6 * sigma) ** 2 * len(donors))
    gap = treated - omega @ donors
    return gap[start:] - lambda_ @ gap[:start], omega, lambda_


def definition(y, start, mass, sigmas=None):
    """The average effect over treated cells; sigmas of the whole panel where it is part of one."""
    donors, total, cells = y[start == 0], 0.0, 0.0
    for g in sorted(set(start[start > 0])):
        members = start == g
        treated = mass[members] @ y[members] / mass[members].sum()
        n, sigma = (members.sum(), noise(donors, g)) if sigmas is None else sigmas[g]
        effect, _, _ = cohort_effect(donors, treated, g, n, sigma)
        weight = mass[members].sum() * len(effect)
        total, cells = total + weight * effect.mean(), cells + weight
    return total / cells


def sizes(y, start):
    return {g: ((start == g).sum(), noise(y[start == 0], g)) for g in set(start[start > 0])}


def estimate(frame, of=None, draws=99, **roles):
    inference = PlaceboInSpace(draws=99) if of is None else SyntheticVariance(of=of, draws=draws)
    estimator = SyntheticDifferenceInDifferences(inference=inference, permutation=None)
    return estimator.estimate(study(frame, weight="weight", **roles))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_average_over_treated_cells(seed):
    frame = panel(seed)
    y, start, weight = wide(frame)
    found = estimate(frame, "jackknife")
    assert found.interval.point == pytest.approx(definition(y, start, weight), abs=1e-6)
    if len(set(start)) == 2:
        periods = [term.interval.point for term in found.terms[1:]]
        assert np.mean(periods) == pytest.approx(found.interval.point, abs=1e-10)


@pytest.mark.parametrize("seed", [s for s in SEEDS if s % 4 == 1][:10])
def test_weights_of_donors_and_periods(seed):
    frame = panel(seed)
    y, start, weight = wide(frame)
    g = start.max()
    members = start == g
    treated = weight[members] @ y[members] / weight[members].sum()
    _, omega, lambda_ = cohort_effect(y[start == 0], treated, g, members.sum(), noise(y[start == 0], g))
    built = estimate(frame, "jackknife").counterfactual
    np.testing.assert_allclose(built.period_weights, lambda_, atol=1e-6)
    found = sorted(donor.weight for donor in built.weights)
    np.testing.assert_allclose(found, sorted(w for w in omega if w > 1e-9), atol=1e-7)


def jackknife(y, start, weight):
    """Algorithm 3: each unit left out, weights of periods kept, those of donors rescaled."""
    kept = {}
    donors = y[start == 0]
    for g in set(start[start > 0]):
        members = start == g
        treated = weight[members] @ y[members] / weight[members].sum()
        kept[g] = cohort_effect(donors, treated, g, members.sum(), noise(donors, g))[1:]
    found = []
    for i in range(len(y)):
        keep = np.arange(len(y)) != i
        total = cells = 0.0
        for g, (omega, lambda_) in kept.items():
            members = keep & (start == g)
            if not members.any():
                return math.nan
            left = omega[keep[start == 0]]
            gap = weight[members] @ y[members] / weight[members].sum()
            gap = gap - left / left.sum() @ y[keep & (start == 0)]
            mass = weight[members].sum() * (y.shape[1] - g)
            total += mass * (gap[g:].mean() - lambda_ @ gap[:g])
            cells += mass
        found.append(total / cells)
    N = len(y)
    return math.sqrt((N - 1) / N * ((np.array(found) - np.mean(found)) ** 2).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_jackknife_leaves_out_unit_by_unit(seed):
    frame = panel(seed)
    y, start, weight = wide(frame)
    found = estimate(frame, "jackknife")
    n = (start > 0).sum()
    if n - len(set(start[start > 0])) < 1 or math.isnan(jackknife(y, start, weight)):
        assert math.isnan(found.interval.std_error) and math.isnan(found.interval.p_value)
        assert found.interval.reason.code.startswith("inference.synthetic_variance.")
        return
    assert found.interval.std_error == pytest.approx(jackknife(y, start, weight), rel=1e-5)
    assert found.interval.df == n - len(set(start[start > 0]))
    np.testing.assert_allclose(np.sqrt((found.influence**2).sum(axis=0)[0]), found.interval.std_error)


@pytest.mark.parametrize("seed", [0, 5, 10, 15, 20, 25, 30, 35, 45, 50, 60, 65])
def test_placebos_are_donors_in_the_treated_units_place(seed):
    frame = panel(seed)
    y, start, weight = wide(frame)
    n, known = int((start > 0).sum()), sizes(y, start)
    found = estimate(frame, "placebo")
    if len(y) - n < n + 2:
        assert found.interval.reason.code == "inference.synthetic_variance.too_few_donors"
        return
    alike = len(set(start)) == 2 and len(set(weight[:n])) == 1
    chosen, _ = choices(len(y) - n, n, is_alike=alike, draws=99, seed=1, most=100)
    effects = []
    for picked in chosen + n:
        order = [*picked, *(j for j in range(n, len(y)) if j not in picked)]
        starts, masses = np.zeros(len(order), dtype=int), np.ones(len(order))
        starts[:n], masses[:n] = start[:n], weight[:n]
        effects.append(definition(y[order], starts, masses, known))
    assert found.interval.std_error == pytest.approx(np.std(effects), rel=1e-4)


@pytest.mark.parametrize("seed", [1, 3, 4, 7])
def test_samples_are_drawn_with_all_weights_found_anew(seed):
    frame = panel(seed)
    y, start, weight = wide(frame)
    n, known, G = int((start > 0).sum()), sizes(y, start), len(y)
    found = estimate(frame, "bootstrap")
    stream, effects = np.random.PCG64(1), []
    while len(effects) < 99:
        draw = [int((r >> 11) / 2**53 * G) for r in map(int, stream.random_raw(G))]
        times = np.bincount(draw, minlength=G)
        if not times[:n].sum() or times[n:].sum() < 2:
            continue
        rows = np.repeat(np.arange(G), times)
        effects.append(definition(y[rows], start[rows], weight[rows], known))
    df = n - len(set(start[start > 0]))
    if df < 1:
        assert math.isnan(found.interval.std_error)
    else:
        assert found.interval.std_error == pytest.approx(np.std(effects), rel=1e-4)


@pytest.mark.parametrize("seed", [2, 5, 8, 11, 14])
def test_covariates_are_taken_out_with_slopes_from_untreated_cells(seed):
    frame = panel(seed)
    untreated = (frame["start"] == 0) | (frame["time"] < frame["start"])
    dummies = pd.get_dummies(frame[["unit", "time"]].astype(str), dtype=float)
    X = np.column_stack([frame["x"], dummies])[untreated]
    slope = np.linalg.lstsq(X, frame["y"][untreated], rcond=None)[0][0]
    y, start, weight = wide(frame.assign(y=frame["y"] - slope * frame["x"]))
    found = estimate(frame, "jackknife", covariates=["x"])
    assert found.interval.point == pytest.approx(definition(y, start, weight), abs=1e-6)
    assert found.adjusted_for == ("x",)


def augmented(y, treated, start, ridge, has_level):
    """Equation (3) of the paper: the synthetic control, plus what ridge regression expects of its gaps."""
    if has_level:
        y, treated = y - y[:, :start].mean(axis=1)[:, None], treated - treated[:start].mean()
    X, x = y[:, :start], treated[:start]
    gamma = minimize(
        lambda w: ((x - w @ X) ** 2).sum(),
        np.full(len(X), 1 / len(X)),
        bounds=[(0, 1)] * len(X),
        constraints=[{"type": "eq", "fun": lambda w: w.sum() - 1}],
        tol=1e-15,
        options={"maxiter": 2000},
    ).x
    Xc = X - X.mean(axis=0)
    effects = []
    for t in range(start, y.shape[1]):
        eta = np.linalg.solve(Xc.T @ Xc + ridge * np.eye(start), Xc.T @ (y[:, t] - y[:, t].mean()))
        effects.append(treated[t] - gamma @ y[:, t] - (x - gamma @ X) @ eta)
    return np.mean(effects)


@pytest.mark.parametrize("has_level", [False, True])
@pytest.mark.parametrize("seed", SEEDS[:40])
def test_the_augmented_control_corrects_by_ridge_regression(seed, has_level):
    frame = panel(seed)
    y, start, _ = wide(frame)
    n, ridge = (start > 0).sum(), 0.5 + seed / 10
    estimator = AugmentedSyntheticControl(ridge=ridge, has_level=has_level, permutation=None)
    found = estimator.estimate(study(frame))
    before = [np.vstack([y[n:, :g], y[i, :g]]) for i, g in enumerate(start[:n])]
    points = [centred(rows) if has_level else rows for rows in before]
    if len(set(start)) == 2 and all(is_unique(p[:-1], nearest_in_hull(p[:-1], p[-1])) for p in points):
        expected = [augmented(y[n:], y[i], start[i], ridge, has_level) for i in range(n)]
        assert found.interval.point == pytest.approx(np.mean(expected), abs=2e-4)
