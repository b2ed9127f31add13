"""Effects in the groups of one declared column, as a record holds them and a report tells them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

Timing = Literal["planned", "exploratory"]
_LEAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEffect:
    """The effect in one group.

    Parameters
    ----------
    name : str
        The group, as the data call it.
    state : {"known", "unknown", "hidden"}
        Whether there is an effect, it cannot be estimated, or it may not be shown.
    point, std_error, df, low, high : float
        The effect in the group alone, in the outcome's unit, with its standard error, degrees of freedom and
        limits; nan where there are none.
    drawn_point, drawn_low, drawn_high : float
        The effect and its limits with all groups of the column taken into account; nan where there are none.
    n_rows, n_treated : int, optional
        Rows that it rests on, and treated units; None where they may not be shown.
    """

    name: str
    state: Literal["known", "unknown", "hidden"]
    point: float = math.nan
    std_error: float = math.nan
    df: float = math.nan
    low: float = math.nan
    high: float = math.nan
    drawn_point: float = math.nan
    drawn_low: float = math.nan
    drawn_high: float = math.nan
    n_rows: int | None = None
    n_treated: int | None = None

    def hidden(self) -> GroupEffect:
        """Return the group with nothing but its name."""
        return GroupEffect(name=self.name, state="hidden")

    def without_sizes(self) -> GroupEffect:
        """Return the effect without what counts people, and without what their number follows from."""
        return replace(self, n_rows=None, n_treated=None, std_error=math.nan, df=math.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEffects:
    """Effects in the groups of one column, and whether they differ.

    Parameters
    ----------
    column : str
        The column, as the plan names it.
    groups : tuple of GroupEffect
        One a group.
    level : float
        Of the limits, and of "differ".
    timing : {"planned", "exploratory"}
        Whether the column was declared before the follow-up.
    statistic, df, df_error, p_value : float
        The test that all groups have the same effect; nan where fewer than two have a standard error.
    p_value_adjusted : float
        The same adjusted for how many columns and claims are asked about (Holm).
    n_tests : int
        How many that is.
    spread : float
        How much effects differ between groups beyond chance, as a standard deviation in the outcome's unit.
    """

    column: str
    groups: tuple[GroupEffect, ...]
    level: float
    timing: Timing
    statistic: float = math.nan
    df: float = math.nan
    df_error: float = math.nan
    p_value: float = math.nan
    p_value_adjusted: float = math.nan
    n_tests: int = 0
    spread: float = math.nan

    @property
    def outcome(self) -> Literal["differ", "not_shown", "unknown"]:
        """What may be said of the difference: nothing without a test."""
        if math.isnan(self.p_value_adjusted):
            return "unknown"
        return "differ" if self.p_value_adjusted < 1 - self.level else "not_shown"

    def protected(self, hidden: frozenset[str]) -> ColumnEffects:
        """Return it with some groups hidden, and of no group how large it is.

        Parameters
        ----------
        hidden : frozenset of str
            Names of groups.

        Returns
        -------
        ColumnEffects
            The test keeps its p-values only: its degrees of freedom would tell how many people there are.
            Where fewer than two groups are shown, there is no test either.
        """
        groups = tuple(g.hidden() if g.name in hidden else g.without_sizes() for g in self.groups)
        found = replace(self, groups=groups, statistic=math.nan, df_error=math.nan, spread=math.nan)
        if sum(group.state == "known" for group in groups) >= _LEAST:
            return found
        return replace(found, df=math.nan, p_value=math.nan, p_value_adjusted=math.nan)
