"""What others would have said of the same draws: ordinary practice, and tests that may be valid.

Everything here is written out in numpy, apart from the library's estimators, so that a mistake in one is not
a mistake in both. Ordinary practice says "supported" when the effect is significant at 5 % in the good
direction and the point estimate reaches the claim; a rival test, when its lower 95 % limit reaches the claim.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from impactkit.data.study import Study
from impactkit.simulation.cell import Rule
from impactkit.simulation.pipeline import ALPHA, Judged

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Found(NamedTuple):
    """An effect with its standard error.

    Parameters
    ----------
    point, std_error : float
        In the outcome's unit.
    df : float
        Degrees of freedom of its t.
    """

    point: float
    std_error: float
    df: float


Find = Callable[[Study], Found | None]


def _loosely(find: Find) -> Callable[[Judged], bool]:
    """Return the ordinary rule: significant in the good direction, and the point reaches the claim."""

    def supports(judged: Judged) -> bool:
        found = find(judged.promise.study)
        if found is None or not found.std_error > 0:
            return False
        sign = judged.promise.claim.direction
        low = sign * found.point - _t(found.df) * found.std_error
        return bool(low > 0 and sign * found.point >= float(judged.promise.claim.minimum_effect))

    return supports


def _strictly(find: Find) -> Callable[[Judged], bool]:
    """Return the rule of limits: the lower limit reaches the claim."""

    def supports(judged: Judged) -> bool:
        found = find(judged.promise.study)
        if found is None or not found.std_error > 0:
            return False
        low = judged.promise.claim.direction * found.point - _t(found.df) * found.std_error
        return bool(low >= float(judged.promise.claim.minimum_effect))

    return supports


def _t(df: float) -> float:
    return float(stdtrit(df, 1 - ALPHA / 2))


class _Panel(NamedTuple):
    outcomes: Floats  # units x periods
    starts: npt.NDArray[np.int64]  # first treated period by place; the number of periods for never

    @property
    def treated(self) -> Flags:
        return np.asarray(self.starts < self.outcomes.shape[1])

    @property
    def start(self) -> int:
        return int(self.starts.min())


def _panel(study: Study) -> _Panel:
    columns = study.columns
    assert columns.unit is not None and columns.period is not None and columns.cohort is not None
    N, T = columns.n_units, len(columns.periods)
    outcomes, cohort = np.full((N, T), np.nan), np.full(N, np.inf)
    outcomes[columns.unit, columns.period] = columns.outcome
    cohort[columns.unit] = columns.cohort
    return _Panel(outcomes, np.searchsorted(columns.periods, cohort))


def _changes(panel: _Panel) -> Floats:
    """Return each unit's mean from the first start on, less its mean before."""
    after = np.asarray(panel.outcomes[:, panel.start :].mean(axis=1))
    return np.asarray(after - panel.outcomes[:, : panel.start].mean(axis=1))


def _before_after(study: Study) -> Found | None:
    """Return the paired change of the treated; of periods' means where one unit is treated."""
    panel = _panel(study)
    if panel.treated.sum() > 1:
        changes = _changes(panel)[panel.treated]
        n = len(changes)
        return Found(float(changes.mean()), float(changes.std(ddof=1)) / math.sqrt(n), n - 1)
    course = panel.outcomes[panel.treated][0]
    return _pooled(course[panel.start :], course[: panel.start])


def _pooled(treated: Floats, comparison: Floats) -> Found | None:
    n1, n0 = len(treated), len(comparison)
    df = n1 + n0 - 2
    if df < 1:
        return None
    squares = ((treated - treated.mean()) ** 2).sum() + ((comparison - comparison.mean()) ** 2).sum()
    std_error = math.sqrt(squares / df * (1 / n1 + 1 / n0))
    return Found(float(treated.mean() - comparison.mean()), std_error, df)


def _welch(treated: Floats, comparison: Floats) -> Found | None:
    n1, n0 = len(treated), len(comparison)
    if min(n1, n0) < 2:
        return None
    v1, v0 = float(treated.var(ddof=1)) / n1, float(comparison.var(ddof=1)) / n0
    if v1 + v0 == 0:
        return None
    df = (v1 + v0) ** 2 / (v1**2 / (n1 - 1) + v0**2 / (n0 - 1))
    return Found(float(treated.mean() - comparison.mean()), math.sqrt(v1 + v0), df)


def _pooled_changes(study: Study) -> Found | None:
    panel = _panel(study)
    changes = _changes(panel)
    return _pooled(changes[panel.treated], changes[~panel.treated])


def _welch_changes(study: Study) -> Found | None:
    panel = _panel(study)
    changes = _changes(panel)
    return _welch(changes[panel.treated], changes[~panel.treated])


def _two_way(study: Study) -> Found | None:
    """Return the two-way fixed effects regression with CR1 errors by unit and t(G - 1)."""
    panel = _panel(study)
    N, T = panel.outcomes.shape
    D = (np.arange(T) >= panel.starts[:, None]).astype(float)
    X, y = _swept(D), _swept(panel.outcomes)
    squares = float((X * X).sum())
    if squares <= 0:
        return None
    point = float((X * y).sum()) / squares
    scores = (X * (y - point * X)).sum(axis=1)
    # Unit effects are nested in clusters, so that only periods and the effect count as parameters.
    correction = N / (N - 1) * (N * T - 1) / (N * T - T - 1)
    return Found(point, math.sqrt(correction * float(scores @ scores)) / squares, N - 1)


def _swept(values: Floats) -> Floats:
    by_unit, by_period = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    return np.asarray(values - by_unit - by_period + values.mean())


def _arms(study: Study) -> tuple[Floats, Floats]:
    columns = study.columns
    assert columns.treated is not None
    return columns.outcome[columns.treated], columns.outcome[~columns.treated]


def _pooled_arms(study: Study) -> Found | None:
    return _pooled(*_arms(study))


def _welch_arms(study: Study) -> Found | None:
    return _welch(*_arms(study))


def _cluster_means(study: Study) -> Found | None:
    columns = study.columns
    assert columns.cluster is not None and columns.treated is not None
    n = np.bincount(columns.cluster)
    means = np.bincount(columns.cluster, weights=columns.outcome) / n
    treated = np.bincount(columns.cluster, weights=columns.treated) > 0
    return _pooled(means[treated], means[~treated])


def _analysis_of_covariance(study: Study) -> Found | None:
    columns = study.columns
    assert columns.treated is not None
    measured = [] if columns.pre_outcome is None else [columns.pre_outcome]
    X = np.column_stack([np.ones(study.n_rows), columns.treated, columns.covariates, *measured])
    effect = np.zeros(X.shape[1])
    effect[1] = 1
    return _least_squares(X, columns.outcome, effect)


def _within_strata(study: Study) -> Found | None:
    """Return the regression on the arm with a level for each stratum; in pairs, the paired t-test."""
    columns = study.columns
    assert columns.treated is not None and columns.stratum is not None
    levels = columns.stratum[:, None] == np.unique(columns.stratum)
    X = np.column_stack([columns.treated, levels]).astype(float)
    return _least_squares(X, columns.outcome, np.eye(X.shape[1])[0])


def _arm_and_chance(study: Study) -> Found | None:
    columns = study.columns
    assert columns.treated is not None and columns.probability is not None
    X = np.column_stack([np.ones(study.n_rows), columns.treated, columns.probability])
    return _least_squares(X, columns.outcome, np.array([0.0, 1.0, 0.0]))


def _lines_at_threshold(study: Study) -> Found | None:
    """Return the step at 0 between a straight line through all below and one through all above."""
    score = study.columns.running
    assert score is not None
    above = score >= 0
    X = np.column_stack([np.ones_like(score), above, score, above * score])
    return _least_squares(X, study.columns.outcome, np.array([0.0, 1.0, 0.0, 0.0]))


def _takers(study: Study) -> Found | None:
    took = study.columns.takeup
    assert took is not None
    return _pooled(study.columns.outcome[took > 0], study.columns.outcome[took == 0])


def _two_stages(study: Study) -> Found | None:
    """Return two-stage least squares with the usual standard error and t(n - 2)."""
    columns = study.columns
    assert columns.takeup is not None and columns.instruments is not None
    y, took, Z = (v - v.mean(axis=0) for v in (columns.outcome, columns.takeup, columns.instruments))
    fitted = Z @ np.linalg.lstsq(Z, took, rcond=None)[0]
    strength = float(fitted @ fitted)
    if strength < 1e-9:
        return None  # nobody is moved, to the last digit
    point = float(fitted @ y) / strength
    residuals = y - point * took
    df = study.n_rows - 2
    return Found(point, math.sqrt(float(residuals @ residuals) / df / strength), df)


def _least_squares(X: Floats, y: Floats, effect: Floats) -> Found:
    n, k = X.shape
    solved = np.linalg.solve(X.T @ X, np.column_stack([X.T @ y, effect]))
    residuals = y - X @ solved[:, 0]
    variance = float(residuals @ residuals) / (n - k)
    return Found(float(effect @ solved[:, 0]), math.sqrt(variance * float(effect @ solved[:, 1])), n - k)


class _Series(NamedTuple):
    y: Floats
    X: Floats
    effect: Floats


def _segmented(study: Study, waves: int) -> _Series:
    panel = _panel(study)
    y = panel.outcomes[panel.treated].mean(axis=0)
    if not panel.treated.all():
        y = y - panel.outcomes[~panel.treated].mean(axis=0)
    t = np.arange(len(y), dtype=float)
    after = t >= panel.start
    turns = [2 * np.pi * (w + 1) * t / 12 for w in range(waves)]
    X = np.column_stack(
        [np.ones_like(t), t, after, after * (t - panel.start), *map(np.sin, turns), *map(np.cos, turns)]
    )
    effect = np.zeros(X.shape[1])
    effect[2:4] = X[after, 2:4].mean(axis=0)
    return _Series(y, X, effect)


def _ordinary_series(study: Study) -> Found | None:
    series = _segmented(study, 0)
    return _least_squares(series.X, series.y, series.effect)


def _autoregressive_series(study: Study) -> Found | None:
    """Return generalised least squares with one autocorrelation, found by turns (Prais and Winsten)."""
    series = _segmented(study, 0)
    rho = 0.0
    for _ in range(8):
        X, y = _whitened(series.X, rho), _whitened(series.y[:, None], rho)[:, 0]
        residuals = series.y - series.X @ np.linalg.lstsq(X, y, rcond=None)[0]
        rho = float(np.clip(residuals[1:] @ residuals[:-1] / (residuals @ residuals), -0.99, 0.99))
    found = _least_squares(_whitened(series.X, rho), _whitened(series.y[:, None], rho)[:, 0], series.effect)
    return found._replace(df=found.df - 1)


def _whitened(values: Floats, rho: float) -> Floats:
    return np.vstack([math.sqrt(1 - rho**2) * values[:1], values[1:] - rho * values[:-1]])


def _picked_baseline(judged: Judged) -> bool:
    """Return whether any baseline period, with outliers in or out, gives what is looked for."""
    panel = _panel(judged.promise.study)
    after = panel.outcomes[:, panel.start :].mean(axis=1)
    ordinary = (after - after.mean()) ** 2 <= 4 * after.var()
    for t in range(panel.start):
        changes = after - panel.outcomes[:, t]
        for kept in (np.ones(len(changes), dtype=bool), ordinary):
            found = _pooled(changes[kept & panel.treated], changes[kept & ~panel.treated])
            if found is not None and _loosely(lambda _, found=found: found)(judged):  # type: ignore[misc]
                return True
    return False


def _limits(judged: Judged) -> bool:
    found, claim = judged.estimate.interval, judged.promise.claim
    low = min(claim.direction * found.low, claim.direction * found.high)
    return bool(low >= float(claim.minimum_effect))


def _permutation(judged: Judged) -> bool:
    test, claim = judged.estimate.permutation, judged.promise.claim
    where = claim.direction * float(claim.minimum_effect)
    # A point below the claim is never among the few largest of all assignments: the test need not be made.
    if test is None or claim.direction * (judged.estimate.interval.point - where) <= 0:
        return False
    p = test.p_value(where, alternative="greater" if claim.direction > 0 else "less")
    return bool(p <= ALPHA / 2 * (1 + 1e-12))


BEFORE_AFTER = Rule("before_after", "before-after t-test", _loosely(_before_after))
CR1 = Rule("cr1", "two-way fixed effects with CR1", _loosely(_two_way))
POOLED = Rule("pooled", "t-test of the changes", _loosely(_pooled_changes))
ARMS = Rule("arms", "t-test of the arms", _loosely(_pooled_arms))
ADJUSTED = Rule("adjusted", "regression on arm and covariates", _loosely(_analysis_of_covariance))
ORDINARY = Rule("ordinary", "segmented least squares", _loosely(_ordinary_series))
LINES = Rule("lines", "a straight line on each side", _loosely(_lines_at_threshold))
TAKERS = Rule("takers", "t-test of those who took part", _loosely(_takers))
TWO_STAGES = Rule("two_stages", "two-stage least squares", _loosely(_two_stages))
PICKED = Rule("picked", "t-test, best of the baselines and outlier rules", _picked_baseline)

LIMITS = Rule("limits", "our limits alone", _limits)
PERMUTATION = Rule("permutation", "our permutation test alone", _permutation)
POOLED_T = Rule("pooled_t", "pooled t of the changes", _strictly(_pooled_changes))
WELCH_T = Rule("welch_t", "Welch's t of the changes", _strictly(_welch_changes))
CR1_T = Rule("cr1_t", "CR1 limits", _strictly(_two_way))
ARMS_T = Rule("arms_t", "pooled t of the arms", _strictly(_pooled_arms))
ARMS_WELCH = Rule("arms_welch", "Welch's t of the arms", _strictly(_welch_arms))
CLUSTERS_T = Rule("clusters_t", "pooled t of cluster means", _strictly(_cluster_means))
ANCOVA_T = Rule("ancova_t", "analysis of covariance", _strictly(_analysis_of_covariance))
STRATA_T = Rule("strata_t", "regression with a level for each stratum", _strictly(_within_strata))
CHANCE_T = Rule("chance_t", "regression on arm and chance", _strictly(_arm_and_chance))
TWO_STAGES_T = Rule("two_stages_t", "two-stage least squares limits", _strictly(_two_stages))
ORDINARY_T = Rule("ordinary_t", "segmented least squares limits", _strictly(_ordinary_series))
GLSAR_T = Rule("glsar_t", "Prais-Winsten limits", _strictly(_autoregressive_series))

ALL = (
    BEFORE_AFTER,
    CR1,
    POOLED,
    ARMS,
    ADJUSTED,
    ORDINARY,
    LINES,
    TAKERS,
    TWO_STAGES,
    PICKED,
    LIMITS,
    PERMUTATION,
    POOLED_T,
    WELCH_T,
    CR1_T,
    ARMS_T,
    ARMS_WELCH,
    CLUSTERS_T,
    ANCOVA_T,
    STRATA_T,
    CHANCE_T,
    TWO_STAGES_T,
    ORDINARY_T,
    GLSAR_T,
)
"""Every rule, for the page's legend."""
