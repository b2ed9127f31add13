"""Stacked difference in differences against stacks written out row by row, with every dummy."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import StackedDifferenceInDifferences
from impactkit.effects.inference import ClusterRobust

T = 7


@dataclass(frozen=True)
class Drawn:
    """A panel with gaps, weights, a covariate and coarser clusters, each by the toss of a coin."""

    frame: pd.DataFrame
    roles: dict
    window: tuple[int, int]
    control: str

    def estimate(self, **settings):
        study = Study(self.frame, outcome="y", unit="unit", time="time", first_treated="start", **self.roles)
        return StackedDifferenceInDifferences(
            event_window=self.window, control=self.control, permutation=None, **settings
        ).estimate(study)


def drawn(seed, *, n=26):
    rng = np.random.default_rng(seed)
    start = rng.choice([0, 3, 4, 6, 7], n)
    start[:12] = [0, 0, 0, 3, 3, 3, 4, 4, 4, 6, 6, 7]
    frame = pd.DataFrame({"unit": np.repeat(np.arange(n), T), "time": np.tile(np.arange(1, T + 1), n)})
    frame["start"] = start[frame["unit"]]
    frame["area"] = frame["unit"] // 2
    frame["w"] = rng.uniform(0.5, 3, n)[frame["unit"]] if seed % 3 else rng.uniform(0.5, 3, n * T)
    frame["x"] = rng.standard_normal(n * T)
    noise = rng.standard_normal((n, T)).cumsum(axis=1).ravel()
    frame["y"] = 5 * rng.standard_normal(n)[frame["unit"]] + frame["x"] + noise
    roles = {
        name: value
        for name, value in {"cluster": "area", "weight": "w", "covariates": ("x",)}.items()
        if rng.random() < 0.5
    }
    if rng.random() < 0.5:
        frame = frame[rng.random(n * T) > 0.08].reset_index(drop=True)
    window = (int(rng.integers(1, 4)), int(rng.integers(0, 3)))
    return Drawn(frame, roles, window, str(rng.choice(["never", "not_yet"])))


def stacked(case):
    """One copy of the rows for each start: own units and clean controls, within the window."""
    (before, after), parts = case.window, []
    for g in sorted(set(case.frame["start"]) - {0}):
        if g - before < 1 or g + after > T:
            continue
        clean = case.frame["start"] == 0
        if case.control == "not_yet":
            clean |= case.frame["start"] > g + after
        inside = case.frame["time"].between(g - before, g + after)
        part = case.frame[inside & (clean | (case.frame["start"] == g))]
        parts.append(part.assign(stack=g, event=part["time"] - g, own=part["start"] == g))
    return pd.concat(parts, ignore_index=True)


def regressors(case, rows):
    """Effect columns first, by stack and event time, then covariates and dummies."""
    events = [h for h in range(-case.window[0], case.window[1] + 1) if h != -1]
    cells = [(g, g + h) for g in sorted(set(rows["stack"])) for h in events]
    effects = [(rows["own"] & (rows["stack"] == g) & (rows["time"] == t)).astype(float) for g, t in cells]
    stack = rows["stack"].astype(str)
    others = [
        pd.get_dummies(rows["unit"].astype(str) + "in" + stack, dtype=float),
        pd.get_dummies(rows["time"].astype(str) + "in" + stack, dtype=float),
        rows[list(case.roles.get("covariates", ()))],
    ]
    return np.column_stack([*effects, *(part.to_numpy(float) for part in others)]), cells


@dataclass(frozen=True)
class Brute:
    """Least squares and its robust errors from n x n matrices."""

    X: np.ndarray
    y: np.ndarray
    clusters: np.ndarray

    @property
    def bread(self):
        return np.linalg.pinv(self.X.T @ self.X)

    def coefficients(self):
        return self.bread @ self.X.T @ self.y

    def cr2(self, contrast):
        """CR2 and Bell-McCaffrey degrees of freedom."""
        bread = self.bread
        maker = np.eye(len(self.y)) - self.X @ bread @ self.X.T
        residuals, score, gradients = maker @ self.y, 0.0, []
        for cluster in np.unique(self.clusters):
            rows = np.flatnonzero(self.clusters == cluster)
            values, vectors = np.linalg.eigh(maker[np.ix_(rows, rows)])
            powers = np.where(values > 1e-9, np.abs(values), np.inf) ** -0.5
            along = vectors @ np.diag(powers) @ vectors.T @ self.X[rows] @ bread @ contrast
            score += float(along @ residuals[rows]) ** 2
            gradients.append(maker[:, rows] @ along)
        products = np.array(gradients) @ np.array(gradients).T
        return np.sqrt(score), np.trace(products) ** 2 / (products**2).sum()

    def cr1(self, contrast, *, absorbed):
        bread, n = self.bread, len(self.y)
        residuals = self.y - self.X @ self.coefficients()
        along = self.X @ bread @ contrast * residuals
        scores = pd.Series(along).groupby(self.clusters).sum()
        G, k = len(scores), np.linalg.matrix_rank(self.X) - absorbed + 1
        return np.sqrt(G / (G - 1) * (n - 1) / (n - k) * (scores**2).sum())


def brute(case, rows):
    X, cells = regressors(case, rows)
    root = np.sqrt(rows["w"].to_numpy()) if "weight" in case.roles else np.ones(len(rows))
    clusters = rows[case.roles.get("cluster", "unit")].to_numpy()
    return Brute(X * root[:, None], rows["y"].to_numpy() * root, clusters), cells


def shares(case, cells, weights, rows):
    """What each cell weighs in the overall average."""
    own = rows[rows["own"]]
    mass = case.frame["w"] if "weight" in case.roles else pd.Series(1.0, case.frame.index)
    units = mass.groupby(case.frame["unit"]).mean()
    counted = {
        g: {
            "treated": units[own.loc[own["stack"] == g, "unit"].unique()].sum(),
            "sample": units[rows.loc[rows["stack"] == g, "unit"].unique()].sum(),
            "cohort": 1.0,
        }[weights]
        for g in set(rows["stack"])
    }
    found = np.array([counted[g] if t >= g else 0.0 for g, t in cells])
    return found / found.sum()


@pytest.mark.parametrize("weights", ["treated", "sample", "cohort"])
@pytest.mark.parametrize("seed", range(40))
def test_the_average_its_error_and_degrees_of_freedom_are_those_of_dummies(seed, weights):
    case = drawn(seed)
    rows = stacked(case)
    problem, cells = brute(case, rows)
    contrast = np.zeros(problem.X.shape[1])
    contrast[: len(cells)] = shares(case, cells, weights, rows)
    interval = case.estimate(weights=weights).interval
    assert interval.point == pytest.approx(float(contrast @ problem.coefficients()), rel=1e-8, abs=1e-8)
    if np.isnan(interval.std_error):
        assert interval.reason is not None
        return
    error, df = problem.cr2(contrast)
    assert interval.std_error == pytest.approx(error, rel=1e-8)
    assert interval.df == pytest.approx(df, rel=1e-7)


@pytest.mark.parametrize("seed", range(40))
def test_every_cell_and_cr1(seed):
    case = drawn(seed)
    rows = stacked(case)
    problem, cells = brute(case, rows)
    absorbed = len(rows[["unit", "stack"]].drop_duplicates())
    found = case.estimate(inference=ClusterRobust(kind="CR1"))
    by_cell = {(term.group, term.time): term.interval for term in found.terms[1:]}
    assert set(by_cell) == set(cells)
    for at, cell in enumerate(cells):
        interval, contrast = by_cell[cell], np.eye(problem.X.shape[1])[at]
        assert interval.point == pytest.approx(problem.coefficients()[at], rel=1e-8, abs=1e-8)
        if np.isfinite(interval.std_error):
            expected = problem.cr1(contrast, absorbed=absorbed)
            assert interval.std_error == pytest.approx(expected, rel=1e-8)
