"""Group-time effects on counts, by Poisson pseudo-likelihood over what they are counted over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from impactkit.effects.cell_effects import CellEffects
from impactkit.effects.kernels.cohort_influence import CohortFeatures, by_cluster
from impactkit.effects.kernels.group_time import Cells
from impactkit.effects.kernels.poisson import Counts, Poisson, poisson
from impactkit.effects.rate_effects import RateEffects
from impactkit.effects.staggered import Staggered
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_LOOSE = 1e-8  # a direction with more than this share outside the data's is not known


@dataclass(frozen=True, kw_only=True, eq=False)
class CountedRows:
    """Rows of counts by cohort and period, and which of them a ratio can be told from.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.
    cells : Cells
        Which effects have a ratio.
    """

    design: Staggered
    cells: Cells

    @cached_property
    def cell(self) -> Codes:
        """Cell of each row; -1 where it is in none."""
        period = self.design.columns.period
        assert period is not None
        table = np.full((len(self.design.starts), len(self.design.periods)), -1)
        table[self.cells.arm, self.cells.period] = np.arange(len(self.cells))
        return table[self.design.arms, period]

    @cached_property
    def exposure(self) -> Floats:
        """What each row is counted over; 1 where the study has none."""
        exposure = self.design.columns.exposure
        return np.ones(len(self.cell)) if exposure is None else exposure

    @cached_property
    def weight(self) -> Floats:
        """Weight of each row."""
        weight = self.design.columns.weight
        return np.ones(len(self.cell)) if weight is None else weight

    def by_cell(self, values: Floats) -> Floats:
        """Return weighted sums of values over each cell, shape (K,)."""
        inside = self.cell >= 0
        own = (self.weight * values)[inside]
        return np.bincount(self.cell[inside], own, len(self.cells)).astype(np.float64)

    @cached_property
    def events(self) -> Floats:
        """Weighted events in each cell."""
        return self.by_cell(self.design.columns.outcome)

    @cached_property
    def is_comparable(self) -> Flags:
        """Whether events without treatment were seen in the cell's period and in its cohort, shape (K,)."""
        columns, outside = self.design.columns, self.cell < 0
        assert columns.period is not None
        y = (self.weight * columns.outcome)[outside]
        by_period = np.bincount(columns.period[outside], y, len(self.design.periods))
        by_arm = np.bincount(self.design.arms[outside], y, len(self.design.starts))
        return np.asarray((by_period[self.cells.period] > 0) & (by_arm[self.cells.arm] > 0))

    @cached_property
    def is_fitted(self) -> Flags:
        """Whether each row tells of a finite ratio; others are fitted perfectly by a rate of 0."""
        columns, outside = self.design.columns, self.cell < 0
        assert columns.period is not None
        y = np.where(outside, self.weight * columns.outcome, 0.0)
        period, arm = np.bincount(columns.period, y) > 0, np.bincount(self.design.arms, y) > 0
        told = np.append(self.is_comparable & (self.events > 0), True)
        return np.asarray(told[self.cell] & (~outside | (period[columns.period] & arm[self.design.arms])))

    @property
    def groups(self) -> Codes:
        """What has a level of its own: units, or cohorts where units are not followed."""
        return self.design.unit_of_row if self.design.is_panel else self.design.arms

    def regressors(self) -> tuple[Floats, int]:
        """Return the regressors, those of treatment last, and how many come before those."""
        columns, arms, K = self.design.columns, self.design.arms, len(self.cells)
        assert columns.period is not None
        periods, x = np.eye(len(self.design.periods))[columns.period][:, 1:], columns.covariates
        effects = np.vstack([np.eye(K), np.zeros(K)])[self.cell]
        mass = np.bincount(arms, self.weight)
        centred = (
            x
            - np.column_stack(
                [np.bincount(arms, self.weight * column) / mass for column in x.T]
                or [np.empty((len(mass), 0))]
            )[arms]
        )
        before = [periods, x, *(periods * x[:, [j]] for j in range(x.shape[1]))]
        after = [*(effects * centred[:, [j]] for j in range(x.shape[1])), effects]
        return np.hstack([*before, *after]), sum(part.shape[1] for part in before)

    @property
    def rates(self) -> Staggered:
        """The same rows as rates that weigh their exposure."""
        columns = replace(
            self.design.columns,
            outcome=self.design.columns.outcome / self.exposure,
            weight=self.weight * self.exposure,
            exposure=None,
        )
        return replace(self.design, columns=columns)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fitted:
    """The regression, and what it says the treated would have had."""

    rows: CountedRows
    counts: Counts
    fit: Poisson
    untreated: Floats
    """Regressors with those of treatment at 0, shape (n, k)."""

    @cached_property
    def counterfactual(self) -> Floats:
        """Count of each row without treatment; 0 where no events are seen without it."""
        logs = self.untreated @ np.nan_to_num(self.fit.coefficients)
        comparable = np.append(self.rows.is_comparable, False)[self.rows.cell]
        rate = self.fit.levels[self.counts.groups] * np.exp(np.where(comparable, logs, 0.0))
        return np.where(comparable, self.rows.exposure * rate, 0.0)

    @cached_property
    def masses(self) -> Floats:
        """Weighted exposure of each cell."""
        return self.rows.by_cell(self.rows.exposure)

    @cached_property
    def directions(self) -> Floats:
        """How the counterfactual rate of each cell moves with the coefficients, shape (k, K)."""
        rows, inside = self.rows, self.rows.cell >= 0
        own = (rows.weight * self.counterfactual)[inside]
        moves = self.untreated[inside] - self.fit.centres[self.counts.groups[inside]]
        found = np.zeros((len(rows.cells), moves.shape[1]))
        for j in range(moves.shape[1]):
            found[:, j] = np.bincount(rows.cell[inside], own * moves[:, j], len(found))
        return (found / self.masses[:, None]).T

    @cached_property
    def is_identified(self) -> Flags:
        """Whether the data tell each cell's counterfactual apart, shape (K,)."""
        mass = self.counts.weights * self.fit.means
        X = (self.counts.X - self.fit.centres[self.counts.groups]) * np.sqrt(mass)[:, None]
        scale = np.sqrt(mass @ self.counts.X**2)
        scale = np.where(scale > 0, scale, 1.0)
        gram = (X / scale).T @ (X / scale)
        c = self.directions / scale[:, None]
        values, vectors = np.linalg.eigh(gram)
        outside = vectors[:, values <= 1e-10 * max(values.max(initial=0.0), 1e-300)].T @ c
        known = np.linalg.norm(outside, axis=0) <= _LOOSE * np.linalg.norm(c, axis=0)
        k = len(self.rows.cells)
        told = self.fit.kept[-k:] | (self.rows.events == 0)
        return np.asarray(known & told & (self.rows.is_comparable | (self.rows.events == 0)))


def counted_cells(
    design: Staggered, cells: Cells, *, contrasts: Callable[[Staggered, Floats], Floats]
) -> CellEffects:
    """Estimate group-time effects on rates.

    Parameters
    ----------
    design : Staggered
        Rows of counts by cohort.
    cells : Cells
        Which effects; every treated row is in one.
    contrasts : callable
        From rates by cohort and weights of the cells to what cohort means weigh, for the permutation test.

    Returns
    -------
    CellEffects
        Weighted by exposure; shares are taken as given.

    Raises
    ------
    EstimationError
        If an outcome is negative, events are separated, or no effect can be told apart.

    Notes
    -----
    The influence of a unit is that of the average over units of its count less its counterfactual, which is
    its own total times a share that the coefficients give, so that effects that differ between units count
    as uncertainty, as does the estimation of the coefficients [1]_.

    References
    ----------
    .. [1] Wooldridge, J. M. (2023). Simple approaches to nonlinear difference-in-differences with panel data.
       *The Econometrics Journal*, 26(3).
    """
    rows = CountedRows(design=design, cells=cells)
    _refuse_negative(design)
    X, split = rows.regressors()
    counts = Counts(
        X=X,
        y=design.columns.outcome,
        exposure=rows.exposure,
        weights=np.where(rows.is_fitted, rows.weight, 0.0),
        groups=rows.groups,
    )
    fit = poisson(counts)
    if not fit.has_converged:
        raise EstimationError(
            "Events are so few that a covariate or a period tells them apart: some ratio is infinite.",
            where="outcome",
            mend="Use fewer covariates, longer periods or larger units.",
        )
    untreated = np.where(np.arange(X.shape[1]) < split, X, 0.0)
    fitted = _Fitted(rows=rows, counts=counts, fit=fit, untreated=untreated)
    effects = _effects(fitted)
    if not (~np.isnan(effects.points) & cells.is_post).any():
        raise EstimationError(
            "The effect cannot be told apart from the covariates or the fixed effects.",
            where="outcome",
            mend="Leave out covariates that say who is treated, or add rows where they differ.",
        )
    return CellEffects(
        design=rows.rates,
        cells=cells,
        effects=effects,
        weights=fitted.masses,
        contrasts=lambda weights: contrasts(rows.rates, weights),
        notes=(*design.notes, *_notes(fitted)),
        are_shares_known=True,
    )


def _refuse_negative(design: Staggered) -> None:
    negative = design.columns.outcome < 0
    if negative.any():
        raise EstimationError(
            "Counts cannot be negative; rows below 0: {n}.",
            where="outcome",
            mend="Correct the rows, or use family='linear'.",
            values={"n": int(negative.sum())},
        )


def _effects(fitted: _Fitted) -> RateEffects:
    rows, design = fitted.rows, fitted.rows.design
    K, A = len(rows.cells), len(design.starts)
    observed = rows.events / fitted.masses
    counterfactual = rows.by_cell(fitted.counterfactual) / fitted.masses
    points = np.where(fitted.is_identified, observed - counterfactual, np.nan)
    units = _features(fitted, observed, counterfactual)
    effects, rates = _coefficients(fitted, counterfactual, units.n_features)
    parts = np.zeros((A, K))
    parts[rows.cells.arm, np.arange(K)] = np.nan_to_num(points)
    features = by_cluster(units, design.unit_clusters)
    n_treated, n_comparison = design.clusters_by_group()
    return RateEffects(
        points=points,
        features=features,
        coefficients=effects,
        parts=parts,
        masses=np.bincount(design.unit_arms, minlength=A).astype(np.float64),
        outcome_scale=float((design.columns.outcome / rows.exposure).max()),
        n_treated=n_treated,
        n_comparison=n_comparison,
        shares=_shares(fitted, features),
        observed=observed,
        observed_coefficients=rates,
    )


def _features(fitted: _Fitted, observed: Floats, counterfactual: Floats) -> CohortFeatures:
    """Return what each unit brings: scores, residual, deviations of its counts and counterfactuals."""
    rows, design, fit = fitted.rows, fitted.rows.design, fitted.fit
    columns, T, n = design.columns, len(design.periods), len(design.unit_arms)
    left = fitted.counts.weights * (columns.outcome - fit.means)
    centred = fitted.counts.X[:, fit.kept] - fit.centres[fitted.counts.groups][:, fit.kept]
    scores = np.add.reduceat(np.column_stack([centred * left[:, None], left]), design.first_rows, axis=0)
    about = np.zeros((n, 2 * T))
    inside = rows.cell >= 0
    unit, period = design.unit_of_row[inside], columns.period[inside]  # type: ignore[index]
    mass, cell = rows.weight[inside], rows.cell[inside]
    own = rows.exposure[inside]
    about[unit, period] = mass * (columns.outcome[inside] - observed[cell] * own)
    about[unit, T + period] = mass * (fitted.counterfactual[inside] - counterfactual[cell] * own)
    every = np.column_stack([scores, about, np.ones(n)])
    return CohortFeatures(
        rows=every.__getitem__, arms=design.unit_arms, n_arms=len(design.starts), n_features=every.shape[1]
    )


def _coefficients(fitted: _Fitted, counterfactual: Floats, r: int) -> tuple[Floats, Floats]:
    """Return what features weigh in effects and in observed rates, each of shape (A, r, K)."""
    rows, design, fit = fitted.rows, fitted.rows.design, fitted.fit
    A, T, K = len(design.starts), len(design.periods), len(rows.cells)
    k, arm, period, s = np.arange(K), rows.cells.arm, rows.cells.period, len(fit.root)
    effects, rates = np.zeros((A, r, K)), np.zeros((A, r, K))
    moved = solve_triangular(fit.root, fitted.directions[fit.kept], trans="T")
    effects[:, :s] = -solve_triangular(fit.root, moved)
    if not design.is_panel:
        events = fitted.counts.events[arm]
        shares = np.divide(counterfactual, events, out=np.zeros(K), where=events > 0)
        effects[arm, s, k] = -shares
    rates[arm, s + 1 + period, k] = 1 / fitted.masses
    effects[arm, s + 1 + period, k] = 1 / fitted.masses
    effects[arm, s + 1 + T + period, k] = -1 / fitted.masses
    unknown = ~fitted.is_identified
    effects[:, :, unknown], rates[:, :, unknown] = 0.0, 0.0
    return effects, rates


def _shares(fitted: _Fitted, features: CohortFeatures) -> Floats | None:
    """Return each cluster's share of its cohort's events; None where clusters hold several cohorts."""
    design = fitted.rows.design
    if features.n_arms != len(design.starts):
        return None
    events = np.add.reduceat(fitted.counts.weights * fitted.counts.y, design.first_rows)
    by_own = np.bincount(design.unit_clusters, events, features.n_clusters)
    total = np.bincount(features.arms, by_own, features.n_arms)[features.arms]
    return np.divide(by_own, total, out=np.zeros(len(total)), where=total > 0)


def _notes(fitted: _Fitted) -> tuple[Message, ...]:
    rows, design = fitted.rows, fitted.rows.design
    found = [Message("estimate.permutation_of_rates")]
    events = np.add.reduceat(rows.weight * design.columns.outcome, design.first_rows)
    silent = int((events == 0).sum())
    if design.is_panel and silent:
        found.append(Message("estimate.units_without_events", {"n": silent}))
    emptied = int((rows.is_comparable & (rows.events == 0)).sum())
    if emptied:
        found.append(Message("estimate.cells_without_events", {"n": emptied}))
    lost = int((~fitted.is_identified).sum())
    if lost:
        found.append(Message("estimate.cells_without_comparable_events", {"n": lost}))
    return tuple(found)
