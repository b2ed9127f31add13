"""Random small panels against ordinary least squares with every dummy written out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from impactkit.data.study import Study
from impactkit.effects.estimators import BeforeAfter, DifferenceInDifferences, RandomisedTrial
from impactkit.effects.inference import ClusterRobust

SEEDS = range(100)
REL = 1e-8  # statsmodels solves by pseudo-inverse, which keeps fewer digits than we do


@dataclass(frozen=True)
class Drawn:
    """A panel with holes, weights, covariates and coarser clusters, each by the toss of a coin."""

    frame: pd.DataFrame
    roles: dict[str, object]
    start: int

    @property
    def study(self):
        return Study(self.frame, outcome="y", unit="unit", time="year", first_treated="start", **self.roles)

    @property
    def cluster(self):
        return self.frame[self.roles.get("cluster") or "unit"]

    @property
    def weight(self):
        return (
            self.frame[self.roles["weight"]] if "weight" in self.roles else pd.Series(1.0, self.frame.index)
        )

    def regressors(self, effects):
        """Effect columns, covariates, and a dummy for every unit and every year but the first."""
        parts = [
            effects,
            self.frame[list(self.roles.get("covariates", ()))],
            pd.get_dummies(self.frame["unit"], prefix="unit", dtype=float),
            pd.get_dummies(self.frame["year"], prefix="year", dtype=float).iloc[:, 1:],
        ]
        return pd.concat(parts, axis=1)


def drawn(seed):
    rng = np.random.default_rng(seed)
    n, T = int(rng.integers(8, 16)), int(rng.integers(3, 7))
    start = int(rng.integers(2, T + 1))
    frame = pd.DataFrame({"unit": np.repeat(np.arange(n), T), "year": np.tile(np.arange(1, T + 1), n)})
    treated = frame["unit"] < int(rng.integers(3, n - 3))
    frame["start"] = np.where(treated, start, 0)
    frame["area"] = frame["unit"] // 2
    frame["w"] = rng.uniform(0.5, 3, n)[frame["unit"]] if seed % 3 else rng.uniform(0.5, 3, n * T)
    frame["x"], frame["z"] = rng.standard_normal(n * T), rng.standard_normal(n * T) + 0.2 * frame["year"]
    frame["y"] = rng.standard_normal(n)[frame["unit"]] + frame["x"] + rng.standard_normal(n * T)
    options = {"cluster": "area", "weight": "w", "covariates": ("x", "z")}
    roles = {name: value for name, value in options.items() if rng.random() < 0.5}
    if rng.random() < 0.5:
        frame = frame[rng.random(n * T) > 0.12].reset_index(drop=True)
    return Drawn(frame=frame, roles=roles, start=start)


def treated_after(case):
    return ((case.frame["start"] > 0) & (case.frame["year"] >= case.start)).astype(float).rename("effect")


def least_squares(case, X):
    root = np.sqrt(case.weight.to_numpy())
    return sm.OLS(case.frame["y"].to_numpy() * root, X.to_numpy(float) * root[:, None])


def cr1(case, X, k):
    """CR1 with Stata's factor; unit effects, nested in the clusters, are not counted, but one mean is."""
    fit = least_squares(case, X).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(case.cluster)[0], "use_correction": False},
    )
    G, n = case.cluster.nunique(), len(X)
    n_counted = k + 1 + case.frame["year"].nunique() - 1 + len(case.roles.get("covariates", ()))
    return fit.params[:k], fit.bse[:k] * np.sqrt(G / (G - 1) * (n - 1) / (n - n_counted))


@pytest.mark.parametrize("seed", SEEDS)
def test_difference_in_differences_and_cr1(seed):
    case = drawn(seed)
    params, errors = cr1(case, case.regressors(treated_after(case).to_frame()), 1)
    found = DifferenceInDifferences(inference=ClusterRobust(kind="CR1"), permutation=None)
    interval = found.estimate(case.study).interval
    assert interval.point == pytest.approx(params[0], rel=REL, abs=1e-10)
    assert interval.std_error == pytest.approx(errors[0], rel=REL)
    assert interval.df == case.cluster.nunique() - 1


def brute_cr2(case, X, contrast):
    """CR2 and Bell-McCaffrey degrees of freedom from n x n matrices, as in Pustejovsky & Tipton (2018)."""
    root = np.sqrt(case.weight.to_numpy())
    X, y = X.to_numpy(float) * root[:, None], case.frame["y"].to_numpy() * root
    bread = np.linalg.pinv(X.T @ X)
    residual_maker = np.eye(len(X)) - X @ bread @ X.T
    residuals = residual_maker @ y
    score, gradients = 0.0, []
    for cluster in np.unique(case.cluster):
        rows = np.flatnonzero(case.cluster == cluster)
        values, vectors = np.linalg.eigh(residual_maker[np.ix_(rows, rows)])
        powers = np.where(values > 1e-10, np.abs(values), np.inf) ** -0.5
        adjusted = vectors @ np.diag(powers) @ vectors.T
        along = adjusted @ X[rows] @ bread @ contrast
        score += float(along @ residuals[rows]) ** 2
        gradients.append(residual_maker[:, rows] @ along)
    products = np.array(gradients) @ np.array(gradients).T
    return np.sqrt(score), np.trace(products) ** 2 / (products**2).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_cr2_and_its_degrees_of_freedom(seed):
    case = drawn(seed)
    X = case.regressors(treated_after(case).to_frame())
    error, df = brute_cr2(case, X, np.eye(X.shape[1])[0])
    interval = DifferenceInDifferences(permutation=None).estimate(case.study).interval
    assert interval.std_error == pytest.approx(error, rel=REL)
    assert interval.df == pytest.approx(df, rel=1e-7)


def event_columns(case):
    years = [year for year in np.unique(case.frame["year"]) if year != case.start - 1]
    treated = case.frame["start"] > 0
    return pd.DataFrame({year: (treated & (case.frame["year"] == year)).astype(float) for year in years})


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_leads_and_lags_are_coefficients_of_dummies(seed):
    case = drawn(seed)
    events = event_columns(case)
    params, errors = cr1(case, case.regressors(events), events.shape[1])
    settings = DifferenceInDifferences(
        event_study=True, inference=ClusterRobust(kind="CR1"), permutation=None
    )
    found = settings.estimate(case.study).terms[1:]
    assert [term.time for term in found] == list(events)
    assert [term.event_time for term in found] == [year - case.start for year in events]
    np.testing.assert_allclose([t.interval.point for t in found], params, rtol=REL, atol=1e-10)
    seen = case.cluster[case.frame["start"] > 0].groupby(case.frame["year"]).nunique()
    for term, error in zip(found, errors, strict=True):
        if min(seen.get(term.time, 0), seen[case.start - 1]) < 2:
            assert np.isnan(term.interval.std_error)
        else:
            assert term.interval.std_error == pytest.approx(error, rel=REL)


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_leads_and_lags_have_the_cr2_errors_of_the_whole_regression(seed):
    case = drawn(seed)
    X = case.regressors(event_columns(case))
    for at, term in enumerate(DifferenceInDifferences(event_study=True).estimate(case.study).terms[1:]):
        if np.isnan(term.interval.std_error):
            continue
        error, df = brute_cr2(case, X, np.eye(X.shape[1])[at])
        assert term.interval.std_error == pytest.approx(error, rel=REL)
        assert term.interval.df == pytest.approx(df, rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_before_and_after_with_unit_effects(seed):
    case = drawn(seed)
    case = Drawn(frame=case.frame[case.frame["start"] > 0], roles=case.roles, start=case.start)
    if case.cluster.nunique() < 2:
        pytest.skip("one cluster")
    X = case.regressors(treated_after(case).to_frame())
    X = X[[name for name in X if not str(name).startswith("year")]]
    params = least_squares(case, X).fit().params
    found = BeforeAfter().estimate(case.study).interval
    assert found.point == pytest.approx(params[0], rel=REL, abs=1e-10)
    error, df = brute_cr2(case, X, np.eye(X.shape[1])[0])
    if case.cluster.nunique() > 2:
        assert found.std_error == pytest.approx(error, rel=REL)
        assert found.df == pytest.approx(df, rel=1e-7)


def trial(seed):
    rng = np.random.default_rng(1000 + seed)
    n = int(rng.integers(20, 60))
    frame = pd.DataFrame({"arm": rng.permutation(np.arange(n) % 2), "block": np.arange(n) // 2 % 3})
    frame["x"], frame["z"] = rng.standard_normal(n), rng.exponential(size=n)
    frame["y"] = frame["x"] * (1 + frame["arm"]) + frame["block"] + rng.standard_normal(n)
    return frame


@pytest.mark.parametrize("seed", SEEDS[:30])
@pytest.mark.parametrize("stratum", [None, "block"])
@pytest.mark.parametrize("adjustment", ["none", "ancova", "lin"])
def test_a_trial_is_a_regression_with_interactions(seed, stratum, adjustment):
    frame = trial(seed)
    blocks = pd.get_dummies(frame["block"] if stratum else frame["block"] * 0, prefix="b", dtype=float)
    centred = frame[["x", "z"]] - frame[["x", "z"]].mean()
    columns = [blocks, frame["arm"]]
    if adjustment != "none":
        columns.append(centred)
    if adjustment == "lin":
        columns.append(centred.mul(frame["arm"], axis=0).add_prefix("arm "))
    expected = sm.OLS(frame["y"], pd.concat(columns, axis=1)).fit(cov_type="HC2")
    study = Study(frame, outcome="y", treated="arm", stratum=stratum, covariates=["x", "z"])
    found = RandomisedTrial(adjustment=adjustment).estimate(study).interval
    assert found.point == pytest.approx(expected.params["arm"], rel=REL)
    assert found.std_error == pytest.approx(expected.bse["arm"], rel=REL)
