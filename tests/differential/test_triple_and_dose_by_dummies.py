"""Triple differences and effects by dose against ordinary least squares with every dummy written out."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from impactkit.data.study import Study
from impactkit.effects.estimators import ContinuousDose, DifferenceInDifferences, TripleDifference
from impactkit.effects.inference import ClusterRobust, WildClusterBootstrap

SEEDS = range(60)


@dataclass(frozen=True)
class Drawn:
    """A panel with gaps, weights, covariates and coarser clusters, each by the toss of a coin."""

    frame: pd.DataFrame
    roles: dict
    start: int
    followed: bool = True

    @property
    def study(self):
        unit = "unit" if self.followed else None
        return Study(self.frame, outcome="y", unit=unit, time="year", **self.roles)

    @property
    def root(self):
        return np.sqrt(self.frame["w"]) if "weight" in self.roles else pd.Series(1.0, self.frame.index)

    def dummies(self, *columns):
        parts = [pd.get_dummies(self.frame[name].astype(str), dtype=float) for name in columns]
        return [*parts, self.frame[list(self.roles.get("covariates", ()))]]


def options(rng, *names):
    every = {"cluster": "area", "weight": "w", "covariates": ("x", "z")}
    return {name: every[name] for name in names if rng.random() < 0.5}


def panel(rng, seed, *, n, T):
    frame = pd.DataFrame({"unit": np.repeat(np.arange(n), T), "year": np.tile(np.arange(1, T + 1), n)})
    frame["w"] = rng.uniform(0.5, 3, n)[frame["unit"]] if seed % 3 else rng.uniform(0.5, 3, n * T)
    frame["x"], frame["z"] = rng.standard_normal(n * T), rng.standard_normal(n * T) + 0.2 * frame["year"]
    frame["y"] = rng.standard_normal(n)[frame["unit"]] + frame["x"] + rng.standard_normal(n * T)
    return frame


def thinned(rng, frame):
    return frame[rng.random(len(frame)) > 0.1].reset_index(drop=True) if rng.random() < 0.5 else frame


def triple(seed, *, followed=True):
    rng = np.random.default_rng(seed)
    areas, T = int(rng.integers(6, 9)), int(rng.integers(2, 6))
    frame = panel(rng, seed, n=4 * areas, T=T)
    start = int(rng.integers(2, T + 1))
    frame["area"], frame["old"] = frame["unit"] // 4, (frame["unit"] % 4 < rng.integers(1, 4)).astype(int)
    frame["treated"] = (frame["area"] < 3).astype(int)
    frame["first"] = frame["treated"] * start
    roles = {**options(rng, "cluster", "weight", "covariates"), "first_treated": "first", "eligible": "old"}
    return Drawn(thinned(rng, frame), roles, start, followed)


def triple_regressors(case, events):
    f = case.frame.assign(
        cell=case.frame["treated"] * 2 + case.frame["old"],
        in_areas=case.frame["treated"] * 100 + case.frame["year"],
        among=case.frame["old"] * 100 + case.frame["year"],
    )
    effects = [f["treated"] * f["old"] * f["year"].isin(years) for years in events]
    wide = Drawn(f, case.roles, case.start)
    own = "unit" if case.followed else "cell"
    return np.column_stack([*effects, *wide.dummies(own, "in_areas", "among")]).astype(float)


def dose(seed):
    rng = np.random.default_rng(seed)
    n, T = int(rng.integers(10, 24)), int(rng.integers(2, 6))
    frame = panel(rng, seed, n=n, T=T)
    start = int(rng.integers(2, T + 1))
    frame["area"] = frame["unit"] // 2
    share = np.where(np.arange(n) < rng.integers(3, n - 3), 0, rng.uniform(0.1, 2, n).round(2))
    frame["share"] = share[frame["unit"]]
    roles = {**options(rng, "cluster", "weight", "covariates"), "dose": "share", "start": start}
    return Drawn(thinned(rng, frame), roles, start)


def dose_regressors(case, effects):
    return np.column_stack([*effects, *case.dummies("unit", "year")]).astype(float)


def least_squares(case, X):
    root = case.root.to_numpy()
    return np.linalg.lstsq(X * root[:, None], case.frame["y"].to_numpy() * root, rcond=None)[0]


def brute_cr2(case, X, at):
    """CR2 and Bell-McCaffrey degrees of freedom from n x n matrices."""
    own = "unit" if case.followed else "row"
    clusters = case.frame.assign(row=range(len(X)))[case.roles.get("cluster", own)].to_numpy()
    root = case.root.to_numpy()
    X, y = X * root[:, None], case.frame["y"].to_numpy() * root
    bread = np.linalg.pinv(X.T @ X)
    maker = np.eye(len(X)) - X @ bread @ X.T
    residuals, score, gradients = maker @ y, 0.0, []
    for cluster in np.unique(clusters):
        rows = np.flatnonzero(clusters == cluster)
        values, vectors = np.linalg.eigh(maker[np.ix_(rows, rows)])
        powers = np.where(values > 1e-9, np.abs(values), np.inf) ** -0.5
        along = vectors @ np.diag(powers) @ vectors.T @ X[rows] @ bread[:, at]
        score += float(along @ residuals[rows]) ** 2
        gradients.append(maker[:, rows] @ along)
    products = np.array(gradients) @ np.array(gradients).T
    return np.sqrt(score), np.trace(products) ** 2 / (products**2).sum()


def agrees(case, X, at, interval):
    assert interval.point == pytest.approx(least_squares(case, X)[at], rel=1e-7, abs=1e-9)
    if np.isnan(interval.std_error):
        assert interval.reason is not None
        return
    error, df = brute_cr2(case, X, at)
    assert interval.std_error == pytest.approx(error, rel=1e-7)
    assert interval.df == pytest.approx(df, rel=1e-6)


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_triple_difference_is_the_coefficient_of_the_interaction(seed, followed):
    case = triple(seed, followed=followed)
    years = sorted(set(case.frame["year"]))
    X = triple_regressors(case, [[year for year in years if year >= case.start]])
    agrees(case, X, 0, TripleDifference(permutation=None).estimate(case.study).interval)


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize("seed", SEEDS[:30])
def test_leads_and_lags_of_a_triple_difference(seed, followed):
    case = triple(seed, followed=followed)
    years = [[year] for year in sorted(set(case.frame["year"])) if year != case.start - 1]
    X = triple_regressors(case, years)
    found = TripleDifference(event_study=True, permutation=None).estimate(case.study).terms[1:]
    assert [term.event_time for term in found] == [year - case.start for (year,) in years]
    for at, term in enumerate(found):
        agrees(case, X, at, term.interval)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slope_is_the_coefficient_of_dose_from_the_start_on(seed):
    case = dose(seed)
    after, share = case.frame["year"] >= case.start, case.frame["share"]
    found = ContinuousDose(groups=0, permutation=None).estimate(case.study).terms
    slope, level, mean, within = (term.interval for term in found)
    agrees(case, dose_regressors(case, [share * after]), 0, slope)
    agrees(case, dose_regressors(case, [(share > 0) * after]), 0, level)
    agrees(case, dose_regressors(case, [share * after, (share > 0) * after]), 0, within)
    rows = after & (share > 0)
    at_mean = np.average(share[rows], weights=case.root[rows] ** 2)
    assert mean.point == pytest.approx(at_mean * slope.point)
    assert mean.std_error == pytest.approx(at_mean * slope.std_error, nan_ok=True)
    assert mean.df == pytest.approx(slope.df, nan_ok=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_of_doses_are_one_regression(seed):
    case = dose(seed)
    after, share = case.frame["year"] >= case.start, case.frame["share"]
    found = ContinuousDose(groups=2, permutation=None).estimate(case.study)
    units = np.sort(share.groupby(case.frame["unit"]).first()[lambda x: x > 0])
    middle = units[(len(units) - 1) // 2]
    if min((units <= middle).sum(), (units > middle).sum()) < 5:
        assert "estimate.dose.few_for_groups" in [message.code for message in found.warnings]
        assert len(found.terms) == 4
        return
    groups = [(share > 0) & (share <= middle), share > middle]
    X = dose_regressors(case, [group * after for group in groups])
    for at, term in enumerate(found.terms[4:]):
        agrees(case, X, at, term.interval)


@pytest.mark.parametrize("seed", range(5))
def test_doses_of_one_are_a_difference_in_differences(seed):
    case = dose(seed)
    frame = case.frame.assign(share=(case.frame["share"] > 0).astype(float))
    found = ContinuousDose(groups=0).estimate(Drawn(frame, case.roles, case.start).study)
    roles = {name: role for name, role in case.roles.items() if name != "dose"}
    plain = DifferenceInDifferences().estimate(
        Study(frame, outcome="y", unit="unit", time="year", treated="share", **roles)
    )
    assert found.interval.point == pytest.approx(plain.interval.point, rel=1e-9)
    assert found.interval.std_error == pytest.approx(plain.interval.std_error, rel=1e-9)
    one, other = found.permutation, plain.permutation
    assert one.n_assignments == other.n_assignments
    tolerance = 1e-12 if one.is_exact else 0.02
    assert one.p_value() == pytest.approx(other.p_value(), abs=tolerance)


def small_triple(areas=7):
    rng = np.random.default_rng(3)
    frame = panel(rng, 3, n=4 * areas, T=3)
    frame["area"], frame["old"] = frame["unit"] // 4, frame["unit"] % 2
    frame["treated"] = (frame["area"] < 2).astype(int)
    frame["y"] += frame["treated"] * frame["old"] * (frame["year"] == 3)
    return frame


def test_every_other_choice_of_areas_is_gone_through():
    frame = small_triple()
    roles = {"outcome": "y", "unit": "unit", "time": "year", "eligible": "old", "cluster": "area"}
    found = TripleDifference().estimate(Study(frame, treated="treated", start=3, **roles))
    every = [
        TripleDifference(permutation=None)
        .estimate(
            Study(
                frame.assign(treated=frame["area"].isin(pair).astype(int)),
                treated="treated",
                start=3,
                **roles,
            )
        )
        .interval.point
        for pair in itertools.combinations(range(7), 2)
    ]
    extreme = np.mean(np.abs(every) >= abs(found.interval.point) - 1e-9)
    assert found.permutation.n_assignments == 21
    assert found.permutation.p_value() == pytest.approx(extreme)
    assert found.permutation.statistics.observed == pytest.approx(found.interval.point)


def test_without_areas_units_are_drawn_among_their_like_and_a_warning_says_so():
    frame = small_triple(areas=4)
    study = Study(frame, outcome="y", unit="unit", time="year", eligible="old", treated="treated", start=3)
    found = TripleDifference().estimate(study)
    assert found.permutation.n_assignments == 70**2
    assert found.permutation.law.code == "inference.law.like_units"
    assert "estimate.triple_without_areas" in [message.code for message in found.warnings]


def test_every_other_way_to_give_the_doses_is_gone_through():
    rng = np.random.default_rng(1)
    frame = panel(rng, 1, n=6, T=3)
    shares = np.array([0, 0, 0, 0.3, 0.3, 1.0])
    roles = {"outcome": "y", "unit": "unit", "time": "year", "dose": "share", "start": 3}
    found = ContinuousDose(groups=0).estimate(Study(frame.assign(share=shares[frame["unit"]]), **roles))
    every = [
        ContinuousDose(groups=0, permutation=None)
        .estimate(Study(frame.assign(share=np.array(given)[frame["unit"]]), **roles))
        .interval.point
        for given in sorted(set(itertools.permutations(shares.tolist())))
    ]
    assert found.permutation.n_assignments == len(every) == 60
    assert found.permutation.statistics.observed == pytest.approx(found.interval.point)
    extreme = np.mean(np.abs(every) >= abs(found.interval.point) - 1e-9)
    assert found.permutation.p_value() == pytest.approx(extreme)
    moved = frame.assign(share=shares[frame["unit"]])
    moved["y"] -= 0.7 * moved["share"] * (moved["year"] >= 3)
    shifted = ContinuousDose(groups=0).estimate(Study(moved, **roles))
    for alternative in ("greater", "less", "two-sided"):
        expected = shifted.permutation.p_value(alternative=alternative)
        assert found.permutation.p_value(0.7, alternative=alternative) == pytest.approx(expected)


def test_a_dose_given_to_whole_clusters_is_permuted_among_them():
    case = dose(2)
    frame = panel(np.random.default_rng(2), 2, n=12, T=3)
    frame["area"] = frame["unit"] // 2
    frame["share"] = np.array([0, 0, 0, 0.2, 0.5, 0.5])[frame["area"]]
    roles = {"outcome": "y", "unit": "unit", "time": "year", "dose": "share", "start": 3, "cluster": "area"}
    found = ContinuousDose(groups=0).estimate(Study(frame, **roles))
    assert found.permutation.law.code == "inference.law.doses_clusters"
    assert found.permutation.n_assignments == 60
    frame["share"] += 0.01 * (frame["unit"] == 11)
    found = ContinuousDose(groups=0).estimate(Study(frame, **roles))
    assert found.permutation.law.code == "inference.law.doses_units"
    assert case.start >= 2


@pytest.mark.parametrize("estimator", [TripleDifference, ContinuousDose])
@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2", "CR3", "bootstrap"])
def test_one_treated_area_has_no_interval(estimator, kind):
    inference = WildClusterBootstrap(draws=99) if kind == "bootstrap" else ClusterRobust(kind=kind)
    frame = small_triple()
    frame["y"] += 50 * (frame["area"] == 0) * frame["old"] * (frame["year"] == 3)
    frame["share"] = 0.4 * (frame["area"] == 0)
    roles = {"outcome": "y", "unit": "unit", "time": "year", "cluster": "area", "start": 3}
    roles |= {"eligible": "old", "treated": "one"} if estimator is TripleDifference else {"dose": "share"}
    study = Study(frame.assign(one=(frame["area"] == 0).astype(int)), **roles)
    found = estimator(inference=inference).estimate(study)
    for term in found.terms:
        assert np.isnan(term.interval.p_value) and term.interval.reason is not None
    assert found.permutation.p_value() == pytest.approx(1 / 7)


def test_without_units_of_dose_0_there_is_the_slope_alone_and_a_warning():
    frame = panel(np.random.default_rng(4), 4, n=12, T=3)
    frame["share"] = 0.1 + frame["unit"] / 20
    study = Study(frame, outcome="y", unit="unit", time="year", dose="share", start=3)
    found = ContinuousDose().estimate(study)
    assert [term.name for term in found.terms] == ["per unit of dose"]
    assert np.isfinite(found.interval.std_error)
    assert "estimate.dose.no_zero" in [message.code for message in found.warnings]


def statsmodels_first(case, X):
    """The first coefficient and its uncorrected clustered error, by statsmodels."""
    fit = sm.WLS(case.frame["y"].to_numpy(), X, weights=case.root.to_numpy() ** 2).fit(
        cov_type="cluster",
        cov_kwds={"groups": case.frame[case.roles.get("cluster", "unit")], "use_correction": False},
    )
    return fit.params[0], fit.bse[0]


@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
@pytest.mark.parametrize("seed", SEEDS)
def test_statsmodels_gives_the_same_points_and_errors(seed):
    cr0 = {"inference": ClusterRobust(kind="CR0"), "permutation": None}
    three, dosed = triple(seed), dose(seed)
    years = [year for year in sorted(set(three.frame["year"])) if year >= three.start]
    after = dosed.frame["share"] * (dosed.frame["year"] >= dosed.start)
    answers = (
        (TripleDifference(**cr0).estimate(three.study), three, triple_regressors(three, [years])),
        (ContinuousDose(groups=0, **cr0).estimate(dosed.study), dosed, dose_regressors(dosed, [after])),
    )
    for found, case, X in answers:
        point, error = statsmodels_first(case, X)
        scale = max(abs(point), error)
        assert found.interval.point == pytest.approx(point, abs=1e-8 * scale)
        if found.interval.reason is None:
            assert found.interval.std_error == pytest.approx(error, rel=1e-8)
