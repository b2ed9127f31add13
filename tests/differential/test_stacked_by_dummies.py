"""Stacked difference in differences against stacks written out row by row, with every dummy."""

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from impactkit.data.study import Study
from impactkit.effects.estimators import StackedDifferenceInDifferences
from impactkit.effects.inference import ClusterRobust, WildClusterBootstrap
from impactkit.errors import EstimationError

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


@dataclass(frozen=True, eq=False)
class Brute:
    """Least squares and its robust errors from n x n matrices."""

    X: np.ndarray
    y: np.ndarray
    clusters: np.ndarray

    @cached_property
    def bread(self):
        return np.linalg.pinv(self.X.T @ self.X)

    @cached_property
    def gradients(self):
        """What each cluster's adjusted residuals weigh in the coefficients, from I - H whole."""
        maker, found = np.eye(len(self.y)) - self.X @ self.bread @ self.X.T, []
        for cluster in np.unique(self.clusters):
            rows = np.flatnonzero(self.clusters == cluster)
            values, vectors = np.linalg.eigh(maker[np.ix_(rows, rows)])
            powers = np.where(values > 1e-9, np.abs(values), np.inf) ** -0.5
            found.append(maker[:, rows] @ (vectors * powers) @ vectors.T @ self.X[rows] @ self.bread)
        return np.array(found)

    def coefficients(self):
        return self.bread @ self.X.T @ self.y

    def cr2(self, contrast):
        """CR2 and Bell-McCaffrey degrees of freedom."""
        gradients = self.gradients @ contrast
        products = gradients @ gradients.T
        error = np.sqrt(((gradients @ self.y) ** 2).sum())
        return error, np.trace(products) ** 2 / (products**2).sum()

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


@pytest.mark.parametrize("seed", range(40))
def test_the_average_its_error_and_degrees_of_freedom_are_those_of_dummies(seed):
    case = drawn(seed)
    rows = stacked(case)
    problem, cells = brute(case, rows)
    for weights in ("treated", "sample", "cohort"):
        contrast = np.zeros(problem.X.shape[1])
        contrast[: len(cells)] = shares(case, cells, weights, rows)
        interval = case.estimate(weights=weights).interval
        assert interval.point == pytest.approx(float(contrast @ problem.coefficients()), rel=1e-8, abs=1e-8)
        if np.isnan(interval.std_error):
            assert interval.reason is not None
            continue
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


def balanced(seed, *, effects=(0.0, 3.0, 9.0)):
    """Starts of different sizes with effects of their own, so that how starts are weighed matters."""
    rng = np.random.default_rng(seed)
    start = np.array([0] * 6 + [3] * 8 + [4] * 3 + [6] * 2)
    frame = pd.DataFrame(
        {"unit": np.repeat(np.arange(len(start)), T), "time": np.tile(np.arange(1, T + 1), len(start))}
    )
    frame["start"] = start[frame["unit"]]
    gain = dict(zip((3, 4, 6), effects, strict=True)) | {0: 0.0}
    frame["y"] = rng.standard_normal(len(frame)) + frame["start"].map(gain) * (
        frame["time"] >= frame["start"]
    )
    return Drawn(frame, {}, (2, 1), "not_yet")


def pooled(case, *, corrected):
    """One coefficient an event time on the stacked rows, with the weights of Wing et al., or none."""
    rows = stacked(case)
    own = rows[rows["own"]].groupby("stack")["unit"].nunique()
    others = rows[~rows["own"]].groupby("stack")["unit"].nunique()
    share = (own / own.sum()) / (others / others.sum())
    weight = np.where(rows["own"] | (not corrected), 1.0, rows["stack"].map(share))
    effects = [(rows["own"] & (rows["event"] == h)).astype(float) for h in (-2, 0, 1)]
    stack = rows["stack"].astype(str)
    units = pd.get_dummies(rows["unit"].astype(str) + "in" + stack, dtype=float)
    times = pd.get_dummies(rows["time"].astype(str) + "in" + stack, dtype=float)
    root = np.sqrt(weight)
    X = np.column_stack([*effects, units, times])
    found = np.linalg.lstsq(X * root[:, None], rows["y"].to_numpy() * root, rcond=None)[0]
    return found[:3]


@pytest.mark.parametrize("seed", range(5))
def test_the_average_is_that_of_corrected_weights_and_not_that_of_the_pooled_regression(seed):
    case = balanced(seed)
    found = [term.interval.point for term in case.estimate().aggregate("dynamic").terms[1:]]
    assert found == pytest.approx(pooled(case, corrected=True).tolist(), rel=1e-9)
    assert np.abs(np.array(found) - pooled(case, corrected=False)).max() > 0.05


def trimmed(estimate):
    """The codes of what was trimmed; how the inference was chosen is told beside it."""
    return [message.code for message in estimate.warnings if message.code.startswith("estimate.trimmed")]


def test_starts_that_lack_the_window_or_controls_are_named():
    case = balanced(1)
    treated = case.frame[case.frame["start"] > 0].reset_index(drop=True)
    found = Drawn(treated, {}, (2, 1), "not_yet").estimate()
    assert trimmed(found) == ["estimate.trimmed.controls"]
    assert found.warnings[0].values["starts"] == "6"
    assert found.sample.n_units == 13
    wide = Drawn(case.frame, {}, (3, 1), "never").estimate()
    assert trimmed(wide) == ["estimate.trimmed.window"]
    assert (wide.warnings[0].values["starts"], wide.warnings[0].values["n"]) == ("3", 8)
    gone = case.frame[(case.frame["start"] != 4) | (case.frame["time"] != 5)]
    holes = Drawn(gone, {}, (2, 1), "never").estimate()
    assert trimmed(holes) == ["estimate.trimmed.rows"]
    assert holes.warnings[0].values["starts"] == "4"


def test_without_a_window_it_is_the_widest_that_every_start_has():
    case = balanced(1)
    found = Drawn(case.frame, {}, None, "never").estimate()
    times = [term.event_time for term in found.aggregate("dynamic").terms[1:]]
    assert times == [-2, 0, 1]


@pytest.mark.parametrize(
    ("window", "control", "what"), [((6, 6), "never", "No start has rows"), ((1, 0), "never", "clean")]
)
def test_no_start_left_is_refused_with_a_mend(window, control, what):
    frame = balanced(1).frame
    frame = frame if window == (6, 6) else frame[frame["start"] > 0]
    with pytest.raises(EstimationError, match=rf"(?s){what}.*Mend:.*event_window"):
        Drawn(frame, {}, window, control).estimate()


def test_a_unit_that_is_a_control_of_many_starts_is_one_cluster():
    found = balanced(2).estimate()
    assert found.sample.n_clusters == 19
    assert found.influence.shape[0] == 19


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2", "CR3", "bootstrap"])
def test_one_treated_unit_has_no_interval(kind):
    inference = WildClusterBootstrap(draws=99) if kind == "bootstrap" else ClusterRobust(kind=kind)
    frame = balanced(3).frame
    frame = frame[(frame["start"] == 0) | (frame["unit"] == 6)]
    study = Study(frame, outcome="y", unit="unit", time="time", first_treated="start")
    found = StackedDifferenceInDifferences(inference=inference).estimate(study)
    for term in found.terms:
        assert np.isnan(term.interval.p_value) and term.interval.reason is not None
    assert found.permutation.p_value() >= 1 / 7


def test_the_test_gives_the_same_starts_to_other_units():
    """Going through every other choice of two of seven units by estimating anew."""
    frame = balanced(4).frame
    frame = frame[(frame["unit"] < 6) | (frame["unit"] == 6) | (frame["unit"] == 14)]
    units = sorted(set(frame["unit"]))
    roles = {"outcome": "y", "unit": "unit", "time": "time", "first_treated": "start"}
    estimator = StackedDifferenceInDifferences(event_window=(2, 1), control="not_yet")
    found = estimator.estimate(Study(frame, **roles))
    every = []
    for one, two in itertools.permutations(units, 2):
        start = frame["unit"].map({one: 3, two: 4}).fillna(0)
        every.append(estimator.estimate(Study(frame.assign(start=start), **roles)).interval.point)
    assert found.permutation.n_assignments == len(every) == 56
    extreme = np.mean(np.abs(every) >= abs(found.interval.point) - 1e-9)
    assert found.permutation.p_value() == pytest.approx(extreme)


@pytest.mark.parametrize("control", ["never", "not_yet"])
def test_stacks_of_new_people_compare_means(control):
    """Without units each effect is the difference of two differences of means, stack by stack."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"area": rng.integers(0, 12, 900), "time": rng.integers(1, T + 1, 900)})
    frame["start"] = np.array([0] * 5 + [3] * 3 + [4] * 2 + [7] * 2)[frame["area"]]
    frame["y"] = rng.standard_normal(900) + frame["area"]
    study = Study(frame, outcome="y", time="time", first_treated="start", cluster="area")
    estimator = StackedDifferenceInDifferences(event_window=(2, 1), control=control, permutation=None)
    found = estimator.estimate(study)
    for term in found.terms[1:]:
        clean = (frame["start"] == 0) | ((frame["start"] > term.group + 1) & (control == "not_yet"))
        means = [
            frame.loc[rows & (frame["time"] == t), "y"].mean()
            for rows in (frame["start"] == term.group, clean)
            for t in (term.time, term.group - 1)
        ]
        expected = means[0] - means[1] - means[2] + means[3]
        assert term.interval.point == pytest.approx(expected, abs=1e-9)
    assert found.sample.n_clusters == (12 if control == "not_yet" else 10)


@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
@pytest.mark.parametrize("seed", range(30))
def test_statsmodels_gives_the_same_cells_and_uncorrected_errors(seed):
    case = drawn(seed)
    found = case.estimate(inference=ClusterRobust(kind="CR0"))
    whole, cells = brute(case, stacked(case))
    fit = sm.OLS(whole.y, whole.X).fit(
        cov_type="cluster", cov_kwds={"groups": whole.clusters, "use_correction": False}
    )
    by_cell = {(t.group, t.time): t.interval for t in found.terms if t.group is not None}
    for at, cell in enumerate(cells):
        interval = by_cell[cell]
        scale = max(abs(fit.params[at]), fit.bse[at])
        assert interval.point == pytest.approx(fit.params[at], abs=1e-8 * scale)
        if interval.reason is None:
            assert interval.std_error == pytest.approx(fit.bse[at], rel=1e-7)
