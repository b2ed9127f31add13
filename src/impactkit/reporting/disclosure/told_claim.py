"""What is told of one claim and may tell of single people: its rows, its units and its means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from impactkit.data.columns import Columns, LeftOut
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate, GroupMean
from impactkit.evidence.claim import Claim
from impactkit.evidence.group_effects import ColumnEffects


class Measured(Protocol):
    """A claim with its rows and its effect."""

    @property
    def claim(self) -> Claim:
        """What was promised."""

    @property
    def study(self) -> Study:
        """The rows."""

    @property
    def estimate(self) -> Estimate:
        """The effect."""

    @property
    def groups(self) -> tuple[ColumnEffects, ...]:
        """The effect in declared groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldClaim:
    """What is told of one claim.

    Parameters
    ----------
    outcome : str
        The column measured.
    subgroup_column, subgroup : str, optional
        Whom it is about, where that is not everybody.
    columns : Columns
        The study's rows.
    means : tuple of GroupMean
        The groups' means.
    is_of_one_course : bool
        Whether all periods are told together: there is one group, or what would have been is drawn.
    is_panel : bool
        Whether the same units are followed over time.
    units : dict of str to int
        Units of each arm.
    n_treated : int
        Treated units that the estimate tells of.
    n_used, n_aside : int
        Rows that the estimate rests on, and rows of the study that it does not use.
    left_out : tuple of LeftOut
        Rows left out by reason.
    group_columns : tuple of str
        The columns of groups whose effects are told.
    """

    outcome: str
    subgroup_column: str | None
    subgroup: str | None
    columns: Columns
    means: tuple[GroupMean, ...]
    is_of_one_course: bool
    is_panel: bool
    units: dict[str, int]
    n_treated: int
    n_used: int
    n_aside: int
    left_out: tuple[LeftOut, ...]
    group_columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, result: Measured) -> ToldClaim:
        """Return what is told of a claim that was carried out."""
        study, estimate, group = result.study, result.estimate, result.claim.subgroup
        one_group = len({mean.group for mean in estimate.means}) < 2
        return cls(
            outcome=study.outcome,
            subgroup_column=None if group is None else group.column,
            subgroup=None if group is None else str(group.value),
            columns=study.columns,
            means=estimate.means,
            is_of_one_course=one_group or estimate.counterfactual is not None,
            is_panel=study.kind == "panel",
            units=_units(study.columns),
            n_treated=estimate.sample.n_treated,
            n_used=estimate.sample.n_rows,
            n_aside=max(study.n_rows - estimate.sample.n_rows, 0),
            left_out=study.left_out,
            group_columns=tuple(column.column for column in result.groups),
        )


def _units(columns: Columns) -> dict[str, int]:
    """Return how many units each arm has; nothing where nobody is followed."""
    if columns.unit is None:
        return {}
    treated = np.ones(len(columns.unit), dtype=bool) if columns.treated is None else columns.treated
    found = {"treated": treated, "comparison": ~treated}
    counts = {group: len(np.unique(columns.unit[rows])) for group, rows in found.items()}
    return {group: n for group, n in counts.items() if n}
