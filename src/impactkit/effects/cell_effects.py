"""Group-time effects of a staggered study, with the influence of every cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from impactkit.effects.adjusted_cells import Settings, adjusted_cells
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.kernels.cohort_influence import by_cluster
from impactkit.effects.kernels.cohort_means import cohort_means
from impactkit.effects.kernels.group_time import Cells, group_time_cells, unadjusted_effects
from impactkit.effects.staggered import Staggered
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


class Effects(Protocol):
    """Effects that can be averaged, and whose uncertainty can be found."""

    @property
    def points(self) -> Floats:
        """The effects, in the outcome's unit."""

    @property
    def masses(self) -> Floats:
        """Weight of each cohort."""

    def combined(self, weights: Floats, slopes: Floats) -> Self:
        """Return weighted sums of the effects."""

    def headed(self, weights: Floats, slopes: Floats) -> Self:
        """Return one weighted sum of the effects, then each of them."""

    def inferred(self, inference: Any) -> Uncertainty:
        """Return the uncertainty of the effects."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CellEffects:
    """Group-time effects.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.
    cells : Cells
        Which effects.
    effects : InfluencedEffects or RegressedEffects
        The effects.
    weights : ndarray, shape (K,)
        What each cell counts in averages over cells: its cohort's weight, or its rows'.
    contrasts : callable
        From weights of the cells to what each cohort's mean in each period weighs, shape (A, T).
    notes : tuple of Message
        What could not be estimated, and what was left out.
    are_shares_known : bool
        Whether the cells' weights are taken as given, and not as estimates of shares in a population.
    """

    design: Staggered
    cells: Cells
    effects: Effects
    weights: Floats
    contrasts: Callable[[Floats], Floats]
    notes: tuple[Message, ...]
    are_shares_known: bool = False

    @property
    def is_estimated(self) -> npt.NDArray[np.bool_]:
        """Which cells have a number, shape (K,)."""
        return ~np.isnan(self.effects.points)


def cell_effects(design: Staggered, settings: Settings) -> CellEffects:
    """Estimate all group-time effects of a staggered study.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.
    settings : Settings
        Controls, adjustment, anticipation and base.

    Returns
    -------
    CellEffects
        A balanced panel without covariates is reduced to cohort means; otherwise every cell is estimated from
        the units seen in both of its periods.

    Raises
    ------
    EstimationError
        If no treated cell has anything to compare with.
    """
    cells = group_time_cells(
        design.starts,
        design.periods,
        control=settings.control,
        anticipation=settings.anticipation,
        base=settings.base,
    )
    compared = np.asarray(cells.controls.any(axis=1))
    notes = design.notes
    if not (compared & cells.is_post).any():
        _refuse(settings)
    if not bool(compared.all()):
        notes = (*notes, Message("estimate.cells_without_controls", {"n": int((~compared).sum())}))
        cells = cells.take(compared)
    if _is_reducible(design, settings):
        effects = _reduced(design, cells)
    else:
        effects, more = adjusted_cells(design, cells, settings)
        notes = (*notes, *more)
    estimated = ~np.isnan(effects.points)
    if not (estimated & cells.is_post).any():
        raise EstimationError(
            "No treated cell could be estimated: {n} cells have too few rows or covariates without overlap.",
            where="covariates",
            mend="Use fewer covariates, or adjustment='none'.",
            values={"n": len(cells)},
        )
    return CellEffects(
        design=design,
        cells=cells,
        effects=effects,
        weights=effects.masses[cells.arm],
        contrasts=lambda weights: compared_means(
            weights, cells, effects.masses, n_periods=len(design.periods)
        ),
        notes=notes,
    )


def compared_means(weights: Floats, cells: Cells, masses: Floats, *, n_periods: int) -> Floats:
    """Return what cohort means weigh in an average of cells that each compare a cohort with its controls.

    Parameters
    ----------
    weights : ndarray, shape (K,)
        What each cell weighs.
    cells : Cells
        The cells.
    masses : ndarray, shape (A,)
        Weight of each cohort, by which controls are pooled.
    n_periods : int
        T.

    Returns
    -------
    ndarray, shape (A, T)
        Sums to 0 over cohorts and over periods.
    """
    pooled = np.where(cells.controls, masses, 0.0)
    own = -pooled / pooled.sum(axis=1, keepdims=True)
    own[np.arange(len(cells)), cells.arm] += 1.0
    weighed = weights[:, None] * own
    found = np.zeros((n_periods, len(masses)))
    np.add.at(found, cells.period, weighed)
    np.subtract.at(found, cells.base, weighed)
    return np.ascontiguousarray(found.T)


def _refuse(settings: Settings) -> None:
    if settings.control == "never":
        raise EstimationError(
            "No unit is never treated: there is nothing to compare with.",
            where="first_treated",
            mend="Use control='not_yet', or add units that are never treated.",
        )
    raise EstimationError(
        "In every treated period all units are treated: there is nothing to compare with.",
        where="first_treated",
        mend="Add units that start later or never.",
    )


def _is_reducible(design: Staggered, settings: Settings) -> bool:
    columns = design.columns
    if not (design.is_panel and columns.is_regular):
        return False
    return settings.adjustment == "none" or not columns.covariates.shape[1]


def _reduced(design: Staggered, cells: Cells) -> InfluencedEffects:
    T, weights = len(design.periods), design.unit_weights
    outcome = design.columns.outcome
    reduced = cohort_means(
        outcome.reshape(-1, T), design.unit_arms, n_arms=len(design.starts), weights=weights
    )
    found = unadjusted_effects(cells, reduced)
    clusters = design.unit_clusters
    units = reduced.features()
    features = by_cluster(units, clusters)
    parts = np.zeros((len(design.starts), len(cells)))
    parts[cells.arm, np.arange(len(cells))] = found.points
    n_treated, n_comparison = design.clusters_by_group()
    return InfluencedEffects(
        points=found.points,
        features=features,
        coefficients=found.coefficients,
        parts=parts,
        masses=reduced.masses,
        outcome_scale=max(float(outcome.max()), -float(outcome.min())),
        n_treated=n_treated,
        n_comparison=n_comparison,
        is_exact=features is units and weights is None,
    )
