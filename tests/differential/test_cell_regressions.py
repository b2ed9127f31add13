"""Regressions with an effect for each cohort and period, against explicit dummies and against their kin."""

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import (
    ExtendedTwoWayFixedEffects,
    Imputation,
    StaggeredDifferenceInDifferences,
    SunAbraham,
)
from impactkit.effects.inference import ClusterRobust, WildClusterBootstrap
from impactkit.effects.kernels.cluster_robust import cluster_robust
from impactkit.effects.kernels.least_squares import Block, least_squares


def panel(seed, *, gaps=0.0, weighted=False, n=45, T=6):
    rng = np.random.default_rng(seed)
    start = rng.choice([0, 3, 4, 6], n, p=[0.4, 0.2, 0.2, 0.2])
    start[:8] = [0, 0, 3, 3, 4, 4, 6, 6]
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), T),
            "time": np.tile(np.arange(1, T + 1), n),
            "start": np.repeat(start, T),
            "x": np.repeat(rng.normal(size=n), T),
            "w": np.repeat(rng.uniform(0.5, 2, n), T) if weighted else 1.0,
        }
    )
    noise = rng.normal(size=(n, T)).cumsum(axis=1).ravel()
    frame["y"] = 20 * rng.normal(size=n)[frame["unit"]] + 0.3 * frame["x"] * frame["time"] + noise
    return frame[rng.random(len(frame)) >= gaps].reset_index(drop=True)


def study(frame, **roles):
    return Study(frame, outcome="y", unit="unit", time="time", first_treated="start", weight="w", **roles)


def dummies(frame, *, leads, covariate):
    """Return the regressors, which columns are effects, and the cells they belong to."""
    units = pd.get_dummies(frame["unit"]).to_numpy(float)
    times = pd.get_dummies(frame["time"]).to_numpy(float)[:, 1:]
    cells = [
        (g, t)
        for g in sorted(set(frame["start"]) - {0})
        for t in sorted(set(frame["time"]))
        if t >= g or (leads and t != g - 1)
    ]
    effects = np.column_stack([(frame["start"] == g) & (frame["time"] == t) for g, t in cells]).astype(float)
    others = [units, times]
    if covariate:
        x = frame["x"].to_numpy()[:, None]
        weights = frame["w"].to_numpy()
        centred = frame["x"] - frame["start"].map(
            (frame["x"] * weights).groupby(frame["start"]).sum() / frame.groupby("start")["w"].sum()
        )
        others += [times * x, effects * centred.to_numpy()[:, None]]
    X = np.hstack([*others, effects])
    return X, range(X.shape[1] - len(cells), X.shape[1]), cells


def null_space(X):
    """Return the directions in which coefficients can move without a trace."""
    _, sizes, directions = np.linalg.svd(X, full_matrices=False)
    return directions[sizes < 1e-9 * sizes[0]]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", ["CR1", "CR2"])
@pytest.mark.parametrize("estimator", [SunAbraham, ExtendedTwoWayFixedEffects])
def test_effects_and_errors_are_those_of_the_regression_on_dummies(estimator, kind, seed):
    rng = np.random.default_rng(seed)
    leads = estimator is SunAbraham
    covariate = not leads and seed % 2 == 0
    frame = panel(seed, gaps=rng.choice([0.0, 0.1]), weighted=bool(rng.integers(2)), n=25, T=6)
    found = estimator(inference=ClusterRobust(kind=kind), permutation=None).estimate(
        study(frame, covariates=("x",) if covariate else ())
    )
    X, effects, cells = dummies(frame, leads=leads, covariate=covariate)
    root = np.sqrt(frame["w"].to_numpy())
    block = Block(X=X * root[:, None], y=frame["y"].to_numpy() * root, clusters=frame["unit"].to_numpy())
    fit = least_squares([block])
    absorbed = frame["unit"].nunique() - 1
    robust = cluster_robust([block], fit, kind=kind, n_parameters=fit.rank - absorbed)
    by_cell = {(t.group, t.time): t.interval for t in found.terms if t.group is not None}
    undetermined = null_space(X)
    for column, cell in zip(effects, cells, strict=True):
        interval = by_cell[cell]
        if (np.abs(undetermined[:, column]) > 1e-9).any():
            assert np.isnan(interval.point)
            continue
        assert interval.point == pytest.approx(fit.coefficients[column], rel=1e-8, abs=1e-8)
        if np.isfinite(interval.std_error):
            expected = np.sqrt(robust.covariance[column, column])
            assert interval.std_error == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_a_balanced_regression_is_the_comparison_with_the_last_period(seed):
    roles = study(panel(seed))
    found = SunAbraham(permutation=None).estimate(roles)
    other = StaggeredDifferenceInDifferences(base="universal", permutation=None).estimate(roles)
    for kind in ("simple", "dynamic", "group", "calendar"):
        one, two = found.aggregate(kind), other.aggregate(kind)
        expected = [term.interval.point for term in two.terms]
        assert [term.interval.point for term in one.terms] == pytest.approx(expected, abs=1e-9)
        assert [term.name for term in one.terms] == [term.name for term in two.terms]


def test_the_extended_regression_imputes():
    roles = study(panel(5))
    found, other = ExtendedTwoWayFixedEffects().estimate(roles), Imputation().estimate(roles)
    assert found.interval.point == pytest.approx(other.interval.point, abs=1e-9)
    assert found.permutation.p_value() == other.permutation.p_value()


def test_treated_rows_with_nobody_untreated_in_their_period_do_not_enter():
    frame = panel(3)
    frame = frame[frame["start"] > 0].reset_index(drop=True)
    roles = study(frame)
    found, other = ExtendedTwoWayFixedEffects().estimate(roles), Imputation().estimate(roles)
    assert found.interval.point == pytest.approx(other.interval.point, abs=1e-9)
    notes = {message.code: message.values for message in found.warnings}
    assert notes["estimate.not_imputed"]["n"] == int((frame["time"] == 6).sum())


def test_the_bootstrap_tests_an_average_of_cells():
    roles = study(panel(7))
    boot = SunAbraham(inference=WildClusterBootstrap(draws=999), permutation=None).estimate(roles)
    plain = SunAbraham(inference=ClusterRobust(kind="CR1"), permutation=None).estimate(roles)
    assert boot.interval.point == plain.interval.point
    assert boot.bootstrap.std_error == pytest.approx(plain.interval.std_error, rel=1e-9)
    assert boot.bootstrap.limits(0.95) == (boot.interval.low, boot.interval.high)
    again = boot.aggregate("dynamic")
    assert again.bootstrap.point == pytest.approx(again.interval.point)


def lost(frame, case):
    """Return the frame without rows of the cohort of 3 that an effect needs."""
    cohort, before = frame["start"] == 3, frame["time"] < 3
    first = frame["unit"] == frame.loc[cohort, "unit"].iloc[0]
    return {
        "without its base period": frame[~(cohort & (frame["time"] == 2))],
        "without any period before": frame[~(cohort & before)],
        "seen before or after, never both": frame[~(cohort & (before != first))],
    }[case]


@pytest.mark.parametrize(
    "case", ["without its base period", "without any period before", "seen before or after, never both"]
)
def test_effects_that_nothing_identifies_are_nan_and_not_relative_to_the_last_one(case):
    roles = study(lost(panel(8), case))
    found = SunAbraham(permutation=None).estimate(roles)
    assert all(np.isnan(t.interval.point) for t in found.terms if t.group == 3 and t.time >= 3)
    other = StaggeredDifferenceInDifferences(base="universal", permutation=None).estimate(roles)
    assert found.interval.point == pytest.approx(other.interval.point, abs=1e-9)
    assert "estimate.cells.not_told_apart" in [warning.code for warning in found.warnings]
    extended = ExtendedTwoWayFixedEffects().estimate(roles)
    imputed = Imputation(permutation=None).estimate(roles)
    assert extended.interval.point == pytest.approx(imputed.interval.point, abs=1e-9)
    assert 0 < extended.permutation.p_value() <= 1


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, -17.3])
def test_a_covariate_that_is_constant_within_a_cohort_loses_no_effect(value):
    frame = panel(9)
    frame["x"] = frame["x"].where(frame["start"] != 3, value)
    found = ExtendedTwoWayFixedEffects(permutation=None).estimate(study(frame, covariates=("x",)))
    X, effects, cells = dummies(frame, leads=False, covariate=True)
    nothing = np.linalg.norm(X, axis=0) < 1e-9
    fitted = np.linalg.lstsq(X[:, ~nothing], frame["y"].to_numpy(), rcond=None)[0]
    place = np.cumsum(~nothing) - 1
    by_cell = {(t.group, t.time): t.interval.point for t in found.terms if t.group is not None}
    expected = {cell: fitted[place[column]] for column, cell in zip(effects, cells, strict=True)}
    assert by_cell == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("estimator", [SunAbraham, ExtendedTwoWayFixedEffects])
def test_those_who_start_so_soon_that_they_may_react_are_no_controls(estimator):
    """A cohort that starts at 7 and may react at 6 moves no effect, however much it reacts."""
    frame = panel(10)
    frame["start"] = frame["start"].where(frame["unit"] % 9 != 0, 7)
    moved = frame.assign(y=frame["y"] + 100 * ((frame["start"] == 7) & (frame["time"] == 6)))
    answers = [estimator(anticipation=1, permutation=None).estimate(study(f)) for f in (frame, moved)]
    points = [{t.name: t.interval.point for t in a.terms if t.group != 7} for a in answers]
    assert points[0] == pytest.approx(points[1], abs=1e-8, nan_ok=True)


@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_rows_in_periods_in_which_everybody_is_treated_pass_for_untreated_nowhere(gaps):
    frame = panel(11, gaps=gaps)
    frame = frame[frame["start"] > 0]
    found = ExtendedTwoWayFixedEffects(permutation=None).estimate(study(frame))
    cut = ExtendedTwoWayFixedEffects(permutation=None).estimate(study(frame[frame["time"] < 6]))
    assert found.interval.point == pytest.approx(cut.interval.point, abs=1e-9)
    assert found.interval.std_error == pytest.approx(cut.interval.std_error, rel=1e-9)
    assert "estimate.not_imputed" in [warning.code for warning in found.warnings]
    if not gaps:
        imputed = Imputation(permutation=None).estimate(study(frame))
        assert found.interval.point == pytest.approx(imputed.interval.point, abs=1e-9)
