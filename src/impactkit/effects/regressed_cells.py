"""Group-time effects as coefficients of one regression on cohorts by periods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from impactkit.effects.cell_effects import CellEffects
from impactkit.effects.describe import clusters_of, marked
from impactkit.effects.kernels.demean import demean
from impactkit.effects.kernels.group_time import Cells
from impactkit.effects.kernels.least_squares import LeastSquares
from impactkit.effects.linear import LinearProblem, Rows, whole_clusters
from impactkit.effects.staggered import Staggered
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_NUMBERS_AT_ONCE = 1 << 23


class LinearInference(Protocol):
    """What finds the uncertainty of a linear problem."""

    def infer(self, problem: LinearProblem, fit: LeastSquares) -> Uncertainty:
        """Return intervals for what the problem asks about."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RegressedEffects:
    """Effects that are combinations of a regression's coefficients.

    Parameters
    ----------
    problem : LinearProblem
        The regression; its contrasts are the effects.
    fit : LeastSquares
        Its solution.
    masses : ndarray, shape (A,)
        Weight of each cohort.
    """

    problem: LinearProblem
    fit: LeastSquares
    masses: Floats

    @property
    def points(self) -> Floats:
        """The effects, in the outcome's unit; nan where they cannot be told apart."""
        return self.problem.points(self.fit)

    def combined(self, weights: Floats, slopes: Floats) -> RegressedEffects:
        """Return weighted sums of the effects; cohorts' shares are taken as given, and slopes are 0."""
        del slopes
        own = np.eye(self.problem.n_effects) if self.problem.contrasts is None else self.problem.contrasts
        return replace(self, problem=replace(self.problem, contrasts=weights.T @ own))

    def headed(self, weights: Floats, slopes: Floats) -> RegressedEffects:
        """Return one weighted sum of the effects, then each of them."""
        return self.combined(np.column_stack([weights, np.eye(len(weights))]), slopes)

    def inferred(self, inference: LinearInference) -> Uncertainty:
        """Return the uncertainty of the effects."""
        return inference.infer(self.problem, self.fit)


@dataclass(frozen=True, kw_only=True, eq=False)
class CellRegression:
    """A regression with a column for each group-time effect.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.
    cells : Cells
        Which effects have a column.
    moderated : bool
        Whether covariates have slopes of their own in each period and, about their cohort's mean, in each
        effect.
    """

    design: Staggered
    cells: Cells
    moderated: bool = False

    def found(
        self,
        names: tuple[str, ...],
        *,
        contrasts: Callable[[Floats], Floats],
        notes: tuple[Message, ...] = (),
    ) -> CellEffects:
        """Fit the regression.

        Parameters
        ----------
        names : tuple of str
            Names of the covariates.
        contrasts : callable
            From weights of the cells to what cohort means weigh, for the permutation test.
        notes : tuple of Message
            What was left out.

        Returns
        -------
        CellEffects
            Weighted by rows; shares are taken as given.

        Raises
        ------
        EstimationError
            If no treated cell has an effect that can be told apart.
        """
        masses = np.bincount(self.design.unit_arms, minlength=len(self.design.starts)).astype(np.float64)
        effects = solved(self.problem(names), self.cells, masses, is_panel=self.design.is_panel)
        lost = np.isnan(effects.points)
        if lost.any():
            notes = (*notes, Message("estimate.cells.not_told_apart", {"n": int(lost.sum())}))
        notes = (
            *notes,
            *(Message("estimate.dropped", {"name": n}) for n in self._dropped(names, effects.fit)),
        )
        return CellEffects(
            design=self.design,
            cells=self.cells,
            effects=effects,
            weights=self._row_weights()[self.cells.arm, self.cells.period],
            contrasts=contrasts,
            notes=(*self.design.notes, *notes),
            are_shares_known=True,
        )

    def problem(self, names: tuple[str, ...]) -> LinearProblem:
        """Return the regression with unit effects (or cohort effects) and period effects.

        Parameters
        ----------
        names : tuple of str
            Names of the covariates.

        Returns
        -------
        LinearProblem
            Built piece by piece, so that memory stays bounded.
        """
        design, columns = self.design, self.design.columns
        clusters, by_row = clusters_of(columns)
        split = len(self._names(names))
        width = split + len(self.cells)
        pieces = whole_clusters(clusters, rows_at_once=max(_NUMBERS_AT_ONCE // width, 1))
        every = (self._raw(piece, centred=False) for piece in pieces)
        norms = np.sqrt(sum((self._weight(p) @ X**2 for p, X in zip(pieces, every, strict=True)), start=0.0))
        G = int(clusters.max()) + 1
        treated = design.treated[design.arms]

        def build(piece: slice) -> Rows:
            X, y = self._raw(piece), columns.outcome[piece]
            weight = None if columns.weight is None else columns.weight[piece]
            if design.is_panel:
                units = np.unique(design.unit_of_row[piece], return_inverse=True)[1]
                X, y = demean(X, units, weights=weight), demean(y, units, weights=weight)
            if weight is not None:
                X, y = X * np.sqrt(weight)[:, None], y * np.sqrt(weight)
            return Rows(
                outcome=y,
                others=X[:, :split],
                bases=X[:, split:],
                treated=np.ones(len(y), dtype=np.bool_),
                clusters=clusters[piece],
            )

        return LinearProblem(
            pieces=pieces,
            build=build,
            names=self._names(names),
            n_effects=len(self.cells),
            n_rows=len(clusters),
            n_parameters=width + int(design.is_panel),
            by_row=by_row,
            n_clusters=G,
            norms=norms,
            cluster_treated=int(marked(clusters, treated, n=G).sum()),
            cluster_comparison=max(int(marked(clusters, ~treated, n=G).sum()), 0) or None,
            outcome_scale=max(float(columns.outcome.max()), -float(columns.outcome.min())),
            given_variance=columns.given_variance,
        )

    def _dropped(self, names: tuple[str, ...], fit: LeastSquares) -> list[str]:
        """Return the covariates of which no column was kept."""
        split = len(self._names(names))
        owner = np.arange(len(names))
        if self.moderated:
            by_period = np.repeat(owner, len(self.design.periods) - 1)
            owner = np.concatenate([owner, by_period, np.repeat(owner, len(self.cells))])
        kept = fit.kept[split - len(owner) : split]
        return [name for j, name in enumerate(names) if not kept[owner == j].any()]

    def _names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        periods = tuple(f"period {name}" for name in self.design.columns.period_names[1:])
        cohorts = () if self.design.is_panel else tuple(f"cohort {s:g}" for s in self.design.starts)
        if not self.moderated:
            return (*cohorts, *periods, *names)
        by_period = tuple(f"{name} in {period}" for name in names for period in periods)
        by_cell = tuple(
            f"{name} about its mean, effect {k}" for name in names for k in range(len(self.cells))
        )
        return (*cohorts, *periods, *names, *by_period, *by_cell)

    def _raw(self, piece: slice, *, centred: bool = True) -> Floats:
        """Return the regressors before unit effects are absorbed: adjusted for, then the effects.

        Not centred they say how large the columns are: a covariate that is constant within a cohort leaves
        only rounding noise about its mean.
        """
        design, columns = self.design, self.design.columns
        assert columns.period is not None
        arms, period, x = design.arms[piece], columns.period[piece], columns.covariates[piece]
        periods = np.eye(len(design.periods))[period][:, 1:]
        cohorts = np.eye(len(design.starts))[arms][:, : 0 if design.is_panel else None]
        effects = self._table[arms, period]
        parts = [cohorts, periods, x]
        if self.moderated:
            parts += [periods * x[:, [j]] for j in range(x.shape[1])]
            about = x - self._means[arms] if centred else x
            parts += [effects * about[:, [j]] for j in range(x.shape[1])]
        return np.hstack([*parts, effects])

    @property
    def _table(self) -> Floats:
        """Which cohort and period belongs to which effect, shape (A, T, K)."""
        table = np.zeros((len(self.design.starts), len(self.design.periods), len(self.cells)))
        table[self.cells.arm, self.cells.period, np.arange(len(self.cells))] = 1.0
        return table

    @property
    def _means(self) -> Floats:
        """Mean of each covariate by cohort, shape (A, p)."""
        columns, arms = self.design.columns, self.design.arms
        weight = np.ones(len(arms)) if columns.weight is None else columns.weight
        mass = np.bincount(arms, weight)
        sums = [np.bincount(arms, weight * x) for x in columns.covariates.T]
        return np.column_stack(sums) / mass[:, None]

    def _weight(self, piece: slice) -> Floats:
        weight = self.design.columns.weight
        return np.ones(piece.stop - piece.start) if weight is None else weight[piece]

    def _row_weights(self) -> Floats:
        """Return the weight of each cohort's rows by period; a unit seen once says nothing and has none."""
        columns = self.design.columns
        assert columns.period is not None
        A, T = len(self.design.starts), len(self.design.periods)
        weight = np.ones(len(columns.period)) if columns.weight is None else columns.weight
        if self.design.is_panel:
            units = self.design.unit_of_row
            weight = weight * (np.bincount(units) > 1)[units]
        cell = self.design.arms * T + columns.period
        return np.bincount(cell, weight, A * T).astype(np.float64).reshape(A, T)


def solved(problem: LinearProblem, cells: Cells, masses: Floats, *, is_panel: bool) -> RegressedEffects:
    """Solve a regression whose effects are cells.

    Parameters
    ----------
    problem : LinearProblem
        With one effect a cell.
    cells : Cells
        The cells.
    masses : ndarray, shape (A,)
        What each cohort counts.
    is_panel : bool
        Whether unit effects were absorbed.

    Returns
    -------
    RegressedEffects
        Effects that cannot be told apart are nan.

    Raises
    ------
    EstimationError
        If no treated cell has an effect that can be told apart.
    """
    fit = problem.fit()
    problem = replace(problem, n_parameters=fit.rank + int(is_panel))
    effects = RegressedEffects(problem=problem, fit=fit, masses=masses)
    if not (~np.isnan(effects.points) & cells.is_post).any():
        raise EstimationError(
            "The effect cannot be told apart from the covariates or the fixed effects.",
            where="outcome",
            mend="Leave out covariates that say who is treated, or add rows where they differ.",
        )
    return effects
