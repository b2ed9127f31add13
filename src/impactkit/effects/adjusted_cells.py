"""Group-time effects cell by cell: covariates, gaps, or different people in each period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.kernels.adjusted_change import AdjustedChange, Comparison, adjusted_change
from impactkit.effects.kernels.adjusted_change import Adjustment as Adjusted
from impactkit.effects.kernels.adjusted_level import adjusted_level
from impactkit.effects.kernels.cohort_influence import CohortFeatures, by_cluster
from impactkit.effects.kernels.group_time import Base, Cells, Control
from impactkit.effects.staggered import Staggered
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Adjustment: TypeAlias = Literal["none", "regression", "weighting", "doubly_robust"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides a group-time effect.

    Parameters
    ----------
    control : {"never", "not_yet"}
        Who is compared with.
    adjustment : str
        How covariates enter.
    anticipation : float
        How long before the start effects may come.
    base : {"varying", "universal"}
        What periods before the start are compared with.
    """

    control: Control
    adjustment: Adjustment
    anticipation: float
    base: Base


def adjusted_cells(
    design: Staggered, cells: Cells, settings: Settings
) -> tuple[InfluencedEffects, tuple[Message, ...]]:
    """Estimate group-time effects cell by cell.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.
    cells : Cells
        Which effects; each has controls.
    settings : Settings
        How covariates enter; without covariates cells are compared as they are.

    Returns
    -------
    effects : InfluencedEffects
        Cells that cannot be estimated are nan.
    notes : tuple of Message
        How many could not be estimated, by reason.
    """
    n, K, A = len(design.unit_arms), len(cells), len(design.starts)
    adjustment: Adjusted = "regression" if settings.adjustment == "none" else settings.adjustment
    if not design.columns.covariates.shape[1]:
        adjustment = "regression"
    psi, points, troubles = np.zeros((n, K + 1)), np.full(K, np.nan), Counter[str]()
    weights = design.unit_weights
    psi[:, K] = 1.0 if weights is None else weights
    finder = _panel_cells if design.is_panel else _pooled_cells
    for members, which, found in finder(design, cells, adjustment, settings.adjustment == "none"):
        if found.trouble is not None:
            troubles[found.trouble] += len(which)
            continue
        points[which] = found.points
        for own in _stretches(which):
            first = which[own.start]
            psi[members, first : first + own.stop - own.start] = found.contributions[:, own]
    coefficients = np.zeros((A, K + 1, K))
    for k in np.flatnonzero(~np.isnan(points)):
        coefficients[cells.controls[k], k, k] = 1.0
        coefficients[cells.arm[k], k, k] = 1.0
    units = CohortFeatures(rows=psi.__getitem__, arms=design.unit_arms, n_arms=A, n_features=K + 1)
    outcome = design.columns.outcome
    parts = np.zeros((A, K))
    parts[cells.arm, np.arange(K)] = np.nan_to_num(points)
    n_treated, n_comparison = design.clusters_by_group()
    effects = InfluencedEffects(
        points=points,
        features=by_cluster(units, design.unit_clusters),
        coefficients=coefficients,
        parts=parts,
        masses=np.bincount(design.unit_arms, psi[:, K], A).astype(np.float64),
        outcome_scale=max(float(outcome.max()), -float(outcome.min())),
        n_treated=n_treated,
        n_comparison=n_comparison,
    )
    notes = [Message(f"estimate.cells.{trouble}", {"n": count}) for trouble, count in troubles.items()]
    return effects, tuple(notes)


def _stretches(codes: Codes) -> Iterator[slice]:
    """Yield the places of consecutive codes; a stretch of columns is filled quicker than one at a time."""
    ends = np.append(np.flatnonzero(np.diff(codes) != 1) + 1, len(codes)).tolist()
    for start, end in zip([0, *ends], ends, strict=False):
        yield slice(start, end)


Found: TypeAlias = tuple[Codes, Codes, AdjustedChange]


def _panel_cells(design: Staggered, cells: Cells, adjustment: Adjusted, plain: bool) -> Iterator[Found]:
    """Yield members, cells and effects; cells with the same members and covariates are found together."""
    panel = _Panel.of(design, plain=plain)
    groups: dict[tuple[object, ...], list[int]] = {}
    for k in range(len(cells)):
        earlier = int(min(cells.period[k], cells.base[k]))
        seen = 0 if panel.is_whole else k + 1
        key = (int(cells.arm[k]), panel.key(earlier), seen, cells.controls[k].tobytes())
        groups.setdefault(key, []).append(k)
    for which in groups.values():
        k = which[0]
        members = panel.members(cells, k)
        X = panel.covariates(members, int(min(cells.period[k], cells.base[k])))
        rows = Comparison(
            treated=design.unit_arms[members] == cells.arm[k], X=X, weights=panel.weights[members]
        )
        at = np.array(which)
        own = panel.outcome[members]
        changes = own.take(cells.period[at], axis=1)
        changes -= own.take(cells.base[at], axis=1)
        if not rows.treated.any() or rows.treated.all():
            nothing = np.full(changes.shape, np.nan)
            yield (
                members,
                at,
                AdjustedChange(points=nothing[:1].ravel(), contributions=nothing, trouble="too_few"),
            )
            continue
        yield members, at, adjusted_change(rows, changes, adjustment=adjustment)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Panel:
    """Units by periods, covariates after a constant; nan where a unit was not seen."""

    outcome: Floats
    X: Floats
    is_whole: bool
    is_constant: bool
    weights: Floats
    arms: Codes

    @classmethod
    def of(cls, design: Staggered, *, plain: bool) -> _Panel:
        """Spread the rows out."""
        columns, T, n = design.columns, len(design.periods), len(design.unit_arms)
        p = 0 if plain else columns.covariates.shape[1]
        if columns.is_regular:
            outcome, X = columns.outcome.reshape(n, T), columns.covariates[:, :p].reshape(n, T, p)
        else:
            outcome, X = np.full((n, T), np.nan), np.full((n, T, p), np.nan)
            assert columns.period is not None
            outcome[design.unit_of_row, columns.period] = columns.outcome
            X[design.unit_of_row, columns.period] = columns.covariates[:, :p]
        weights = design.unit_weights
        flat = X.reshape(n, T * p)
        is_constant = bool((flat[:, p:] == flat[:, : T * p - p]).all())
        X = X[:, :1] if is_constant else X
        return cls(
            outcome=outcome,
            X=np.concatenate([np.ones((*X.shape[:2], 1)), X], axis=2),
            is_whole=columns.is_regular,
            is_constant=is_constant,
            weights=np.ones(n) if weights is None else weights,
            arms=design.unit_arms,
        )

    def key(self, period: int) -> int:
        """Return what tells the covariates of one period from another's."""
        return 0 if self.is_constant else period

    def members(self, cells: Cells, k: int) -> Codes:
        """Return the units of a cell: its cohort's and its controls', seen in both periods."""
        takes_part = cells.controls[k].copy()
        takes_part[cells.arm[k]] = True
        member = takes_part[self.arms]
        if not self.is_whole:
            both = self.outcome[:, [cells.period[k], cells.base[k]]]
            member &= np.isfinite(both).all(axis=1)
        return np.flatnonzero(member)

    def covariates(self, members: Codes, period: int) -> Floats:
        """Return the constant and the covariates of the earlier period."""
        return np.asarray(self.X[members, 0 if self.is_constant else period])


def _pooled_cells(design: Staggered, cells: Cells, adjustment: Adjusted, plain: bool) -> Iterator[Found]:
    """Yield members, cells and effects of repeated cross sections."""
    columns, arms = design.columns, design.arms
    assert columns.period is not None
    n = len(arms)
    weights = np.ones(n) if columns.weight is None else columns.weight
    covariates = columns.covariates[:, :0] if plain else columns.covariates
    for k in range(len(cells)):
        takes_part = cells.controls[k].copy()
        takes_part[cells.arm[k]] = True
        in_period = (columns.period == cells.period[k]) | (columns.period == cells.base[k])
        members = np.flatnonzero(takes_part[arms] & in_period)
        rows = Comparison(
            treated=arms[members] == cells.arm[k],
            X=np.column_stack([np.ones(len(members)), covariates[members]]),
            weights=weights[members],
        )
        is_later = columns.period[members] == cells.period[k]
        found = adjusted_level(rows, columns.outcome[members], is_later, adjustment=adjustment)
        yield members, np.array([k]), found
