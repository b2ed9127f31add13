"""Regressions over time and structural series against statsmodels, on random series with gaps and seasons.

OLS, GLM, GLS with the covariance of an autoregression written out, HAC by date, and ``UnobservedComponents``
at given variances. Where statsmodels has no notion of a missing date, it is asked on the whole grid of dates.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t as student
from statsmodels.tsa.statespace.structural import UnobservedComponents

import impactkit as ik
from impactkit.effects.inference import AutoregressiveErrors, NeweyWest, PraisWinsten
from impactkit.effects.kernels.autoregression import autoregressive_fits, noisy_fits, noisy_grid
from impactkit.effects.kernels.structural import structural_fits
from impactkit.effects.kernels.t_mixture import TMixture

N_SERIES = 60
REL = 1e-8


class Drawn:
    """A random series: 40 to 120 points, perhaps with gaps, season, phase-in and a second interruption."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(40, 120))
        self.start = int(rng.integers(n // 2, n - 8))
        at = np.arange(n)
        if rng.random() < 0.5:
            at = np.sort(rng.choice(at[1:-1], n - 2 - int(rng.integers(1, 8)), replace=False))
        self.at = at.astype(float)
        self.season = rng.choice(["none", "fourier", "calendar"])
        self.slope = bool(rng.random() < 0.7)
        self.phase_in = int(rng.integers(0, 3))
        self.ramp = bool(rng.random() < 0.5)
        self.second = float(self.start - 15) if rng.random() < 0.4 else None
        noise = rng.standard_normal(len(at))
        for t in range(1, len(at)):
            noise[t] += 0.5 * noise[t - 1]
        self.y = 20 + 0.05 * self.at + noise + 2 * (self.at >= self.start)
        self.exposure = rng.uniform(50, 150, len(at))
        self.counts = rng.poisson(self.exposure * np.exp(0.01 * noise) * 0.4).astype(float)
        self.rng = rng

    @property
    def settings(self):
        further = {} if self.second is None else {"interruptions": (self.second,)}
        return {
            "season": self.season,
            "season_length": 12,
            "slope_change": self.slope,
            "phase_in": self.phase_in,
            "phase": "ramp" if self.ramp else "left_out",
            **further,
        }

    @property
    def frame(self):
        return pd.DataFrame({"t": self.at, "y": self.y, "n": self.counts, "people": self.exposure})

    def study(self, **roles):
        return ik.Study(self.frame, **{"outcome": "y", "time": "t", "start": float(self.start)} | roles)

    @property
    def kept(self):
        begins = self.at[self.at >= self.start][0]
        coming = (self.at >= begins) & (self.at < begins + self.phase_in)
        return np.ones(len(self.at), bool) if self.ramp else ~coming

    def design(self):
        """Return the regressors, written out term by term, and which are level and slope."""
        begins = self.at[self.at >= self.start][0]
        since = self.at - begins
        level = (since >= self.phase_in).astype(float)
        if self.ramp:
            for step in range(self.phase_in):
                level[since == step] = (step + 1) / (self.phase_in + 1)
        columns = {"const": np.ones(len(self.at)), "trend": since, "level": level}
        if self.slope:
            columns["slope"] = np.where(since >= self.phase_in, since - self.phase_in, 0.0)
        if self.second is not None:
            first = self.at[self.at >= self.second][0]
            columns["level 2"] = (self.at >= first).astype(float)
            if self.slope:
                columns["slope 2"] = np.where(self.at >= first, self.at - first, 0.0)
        month = self.at % 12
        if self.season == "calendar":
            columns |= {f"month {m}": (month == m).astype(float) for m in range(1, 12)}
        if self.season == "fourier":
            for h in (1, 2):
                columns |= {f"sin {h}": np.sin(2 * np.pi * h * month / 12)}
                columns |= {f"cos {h}": np.cos(2 * np.pi * h * month / 12)}
        return pd.DataFrame(columns)[self.kept].reset_index(drop=True)


def ours(found):
    return {one.name: one.interval for one in found.terms}


def assert_same(interval, point, std_error, *, rel=REL):
    assert interval.point == pytest.approx(point, rel=rel, abs=rel * std_error)
    assert interval.std_error == pytest.approx(std_error, rel=rel)


def assert_terms(found, X, params, cov, *, names=(("level change", "level"), ("slope change", "slope"))):
    """Hold level, slope and the average effect to coefficients and covariance of another package."""
    mine = ours(found)
    for name, column in names:
        if column in X:
            j = list(X).index(column)
            assert_same(mine[name], params[j], np.sqrt(cov[j, j]))
    averaged = [one.time for one in found.terms if one.event_time is not None]
    weights = np.zeros(X.shape[1])
    rows = found_rows(found, X, averaged)
    for column in ("level", "slope"):
        if column in X:
            weights[list(X).index(column)] = X.loc[rows, column].mean()
    if found.terms[0].measure == "difference" and "log rate ratio" not in mine:
        assert_same(mine["average"], weights @ params, np.sqrt(weights @ cov @ weights))


def found_rows(found, X, averaged):
    kept = np.array(found.counterfactual.periods)
    trend = dict(zip(X["trend"].round(9) + kept[kept >= found.start][0], X.index, strict=True))
    return [trend[period] for period in averaged]


@pytest.mark.parametrize("seed", range(N_SERIES))
def test_least_squares_and_newey_west_are_those_of_statsmodels(seed):
    drawn = Drawn(seed)
    X, y = drawn.design(), drawn.y[drawn.kept]
    estimator = ik.InterruptedTimeSeries(**drawn.settings, inference=PraisWinsten(rho=0.0))
    fit = sm.OLS(y, X.to_numpy()).fit()
    assert_terms(estimator.estimate(drawn.study()), X, fit.params, fit.cov_params())
    lags = 1 + seed % 5
    # A missing date is a row of zeros, which adds nothing to any sum but keeps its place.
    at = drawn.at[drawn.kept].astype(int)
    whole = np.zeros((at[-1] - at[0] + 1, X.shape[1]))
    left, whole[at - at[0]] = np.zeros(len(whole)), X.to_numpy()
    left[at - at[0]] = fit.resid
    scores = whole * left[:, None]
    meat = sm.stats.sandwich_covariance.S_hac_simple(scores, nlags=lags)
    bread = np.linalg.inv(X.T @ X)
    estimator = ik.InterruptedTimeSeries(**drawn.settings, inference=NeweyWest(lags=lags, small_sample=False))
    assert_terms(estimator.estimate(drawn.study()), X, fit.params, bread @ meat @ bread)
    if len(whole) == len(at):
        robust = sm.OLS(y, X.to_numpy()).fit(cov_type="HAC", cov_kwds={"maxlags": lags})
        estimator = ik.InterruptedTimeSeries(
            **drawn.settings, inference=NeweyWest(lags=lags, small_sample=False)
        )
        assert_terms(estimator.estimate(drawn.study()), X, fit.params, robust.cov_params())


@pytest.mark.parametrize("seed", range(N_SERIES))
@pytest.mark.parametrize("rho", [-0.4, 0.3, 0.9])
def test_a_given_autocorrelation_is_generalised_least_squares_of_statsmodels(seed, rho):
    drawn = Drawn(seed)
    X, y, at = drawn.design(), drawn.y[drawn.kept], drawn.at[drawn.kept]
    fit = sm.GLS(y, X.to_numpy(), sigma=rho ** np.abs(at[:, None] - at)).fit()
    estimator = ik.InterruptedTimeSeries(**drawn.settings, inference=PraisWinsten(rho=rho))
    assert_terms(estimator.estimate(drawn.study()), X, fit.params, fit.cov_params())


@pytest.mark.parametrize("seed", range(N_SERIES))
def test_counts_are_those_of_statsmodels(seed):
    drawn = Drawn(seed)
    X, y, people = drawn.design(), drawn.counts[drawn.kept], drawn.exposure[drawn.kept]
    model = sm.GLM(y, X.to_numpy(), family=sm.families.Poisson(), offset=np.log(people))
    fit = model.fit(scale="X2", tol=1e-12, maxiter=200)
    estimator = ik.InterruptedTimeSeries(**drawn.settings, family="poisson", inference=PraisWinsten(rho=0.0))
    found = estimator.estimate(drawn.study(outcome="n", exposure="people"))
    assert_terms(found, X, fit.params, fit.cov_params())
    rows = found_rows(found, X, [one.time for one in found.terms if one.event_time is not None])
    without = X.copy()
    without[[c for c in ("level", "slope") if c in X]] = 0.0

    def log_ratio(b):
        E = people[rows]
        return np.log((E * np.exp(X.loc[rows] @ b)).sum() / (E * np.exp(without.loc[rows] @ b)).sum())

    own = ours(found)["log rate ratio"]
    step = np.eye(X.shape[1]) * 1e-6
    slope = np.array([(log_ratio(fit.params + h) - log_ratio(fit.params - h)) / 2e-6 for h in step])
    assert own.point == pytest.approx(log_ratio(fit.params), abs=1e-8)
    assert own.std_error == pytest.approx(np.sqrt(slope @ fit.cov_params() @ slope), rel=1e-6)
    seen = people[rows] * np.exp(X.loc[rows] @ fit.params)
    would = people[rows] * np.exp(without.loc[rows] @ fit.params)
    assert ours(found)["cumulative"].point == pytest.approx((seen - would).sum(), rel=1e-7, abs=1e-6)
    assert found.interval.point == pytest.approx(
        (seen - would).sum() / people[rows].sum(), rel=1e-7, abs=1e-9
    )


@pytest.mark.parametrize("seed", range(0, N_SERIES, 3))
def test_the_mixture_is_the_average_over_covariances_written_out(seed):
    """Limits leave 2.5 % on either side of an average of t distributions, each with its own covariance."""
    drawn = Drawn(seed)
    X, y, at = drawn.design(), drawn.y[drawn.kept], drawn.at[drawn.kept]
    (n, k), grid = X.shape, noisy_grid(len(at))
    c = np.zeros(k)
    c[list(X).index("level")] = 1.0
    logs, centres, scales = [], [], []
    for rho, share in zip(grid.rho, grid.share, strict=True):
        V = share * rho ** np.abs(at[:, None] - at) + (1 - share) * np.eye(n)
        A = X.T.to_numpy() @ np.linalg.solve(V, np.column_stack([X, y]))
        b = np.linalg.solve(A[:, :k], A[:, k])
        e = y - X.to_numpy() @ b
        rss = e @ np.linalg.solve(V, e)
        logs.append(-0.5 * (np.linalg.slogdet(V)[1] + np.linalg.slogdet(A[:, :k])[1] + (n - k) * np.log(rss)))
        centres.append(c @ b)
        scales.append(np.sqrt(rss / (n - k) * c @ np.linalg.solve(A[:, :k], c)))
    weights = np.exp(np.array(logs) - max(logs) + grid.log_prior)
    weights /= weights.sum()
    found = ik.InterruptedTimeSeries(**drawn.settings).estimate(drawn.study())
    own = ours(found)["level change"]

    def below(value):
        return weights @ student.cdf((value - np.array(centres)) / np.array(scales), n - k)

    assert own.point == pytest.approx(weights @ centres, rel=1e-5, abs=1e-5 * own.std_error)
    assert below(own.low) == pytest.approx(0.025, rel=1e-4)
    assert below(own.high) == pytest.approx(0.975, rel=1e-4)
    assert own.p_value == pytest.approx(2 * min(below(0.0), 1 - below(0.0)), rel=1e-3, abs=1e-5)
    assert found.bootstrap.limits(0.95) == pytest.approx((found.interval.low, found.interval.high), rel=1e-9)


@pytest.mark.parametrize("seed", range(0, N_SERIES, 3))
@pytest.mark.parametrize("slopes", [False, True])
def test_a_wandering_level_is_that_of_unobserved_components(seed, slopes):
    """Forecasts and their errors at given variances, with gaps as missing values."""
    rng = np.random.default_rng(seed)
    n, h = int(rng.integers(30, 60)), 6
    at = np.sort(rng.choice(n + h, n, replace=False)).astype(float) if seed % 2 else np.arange(n + 0.0)
    y = rng.standard_normal(len(at)).cumsum() + rng.standard_normal(len(at))
    after = at >= at[-h]
    X = np.column_stack([np.ones(len(at)), at])
    fitted = structural_fits(np.hstack([X, np.eye(len(at))[:, after]]), y, at, slopes=slopes)
    for r in rng.choice(len(fitted.level), 4, replace=False):
        whole = np.full(int(at[-1] - at[0]) + 1, np.nan)
        whole[(at - at[0]).astype(int)] = np.where(after, np.nan, y)
        kind = "local linear trend" if slopes else "random walk with drift"
        if not slopes:
            model = UnobservedComponents(whole, "local linear deterministic trend")
        else:
            model = UnobservedComponents(whole, kind)
        model.ssm.initialize_approximate_diffuse(1e9)
        if np.log(fitted.level[r]) > 2 or (slopes and fitted.slope[r] > 2):
            continue  # the approximately diffuse start is then not diffuse enough
        values = {"sigma2.irregular": 1.0, "sigma2.level": fitted.level[r] ** 2}
        values |= {"sigma2.trend": fitted.slope[r] ** 2} if slopes else {}
        params = [values[name] for name in model.param_names]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = model.smooth(params)
        at_after = (at[after] - at[0]).astype(int)
        signal = np.asarray(result.predict(information_set="smoothed"))[at_after]
        np.testing.assert_allclose(
            y[after] - fitted.fits.coefficients[r, 2:], signal, rtol=2e-5, atol=2e-5 * np.abs(y).max()
        )


def test_filters_and_sums_over_gaps_agree():
    rng = np.random.default_rng(3)
    X, y = np.column_stack([np.ones(50), np.arange(50)]), rng.standard_normal(50)
    gaps = np.concatenate([[np.inf], rng.integers(1, 4, 24), [np.inf], rng.integers(1, 3, 24)]).astype(float)
    grid = noisy_grid(50)
    plain = grid.share == 1
    one, other = noisy_fits(X, y, gaps, grid), autoregressive_fits(X, y, gaps, grid.rho[plain])
    for name in ("coefficients", "variances", "log_likelihoods"):
        np.testing.assert_allclose(getattr(one, name)[plain], getattr(other, name), rtol=1e-9, atol=1e-12)


def test_quantiles_of_mixtures_are_those_of_their_distribution():
    rng = np.random.default_rng(1)
    for _ in range(60):
        R, M = int(rng.integers(1, 40)), 5
        weights = rng.dirichlet(np.full(R, 0.3))
        mixture = TMixture(
            weights=weights,
            centres=rng.normal(0, rng.choice([0.1, 1, 10]), (R, M)),
            scales=np.exp(rng.normal(0, 1.5, (R, M))),
            df=float(rng.integers(3, 60)),
        )
        p = np.array([1e-4, 0.025, 0.5, 0.975])
        found = mixture.below(mixture.quantiles(p))
        np.testing.assert_allclose(found, np.repeat(p[:, None], M, 1), rtol=1e-9)


def test_prais_winsten_finds_the_top_of_the_restricted_likelihood():
    for seed in range(12):
        drawn = Drawn(seed)
        found = ik.InterruptedTimeSeries(**drawn.settings, inference=PraisWinsten()).estimate(drawn.study())
        rho = found.inference.values["rho"]
        X, y, at = drawn.design().to_numpy(), drawn.y[drawn.kept], drawn.at[drawn.kept]
        gaps = np.concatenate([[np.inf], np.diff(at)])
        around = np.array([rho - 1e-4, rho, rho + 1e-4])
        logs = autoregressive_fits(X, y, gaps, around).log_likelihoods
        assert logs[1] >= logs.max() - 1e-12 * abs(logs[1])


@pytest.mark.parametrize("lags", [0, 3, 47, 48, 200])
def test_newey_and_west_stands_with_more_lags_than_points(lags):
    drawn = Drawn(4)
    found = ik.InterruptedTimeSeries(inference=NeweyWest(lags=lags)).estimate(drawn.study())
    assert all(one.interval.std_error > 0 for one in found.terms)
    assert found.warnings[-1].code == "inference.series.too_sure.newey_west"


def test_the_autocorrelation_can_be_left_to_carry_over_without_noise():
    drawn = Drawn(5)
    plain, noisy = (
        ik.InterruptedTimeSeries(inference=AutoregressiveErrors(noise=noise)).estimate(drawn.study()).interval
        for noise in (False, True)
    )
    assert plain.point == pytest.approx(noisy.point, abs=noisy.std_error)
    assert plain.std_error != noisy.std_error
