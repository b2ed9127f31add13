"""The worst units of one period are chosen: part of what follows is a return to the usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.simulation.panel_table import panel_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenWorst:
    """Units keep a level, are measured with error, and those measured lowest in one period are treated.

    Parameters
    ----------
    n_units, n_chosen : int
        All units, and those chosen.
    reliability : float
        Share of a measurement's variance (1 in all) that is the unit's level.
    n_earlier : int
        Periods before the one the choice rests on.
    baseline : {"selection", "earlier", "all"}
        Which periods before the start the analyst has: the one the choice rests on, those before it, or both.
    effect : float
        Effect after the start, in the outcome's unit.

    Examples
    --------
    >>> world = ChosenWorst(n_units=10, n_chosen=2)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 20 rows, 10 units, 2 treated, 2 periods)
    """

    n_units: int = 200
    n_chosen: int = 20
    reliability: float = 0.5
    n_earlier: int = 1
    baseline: Literal["selection", "earlier", "all"] = "selection"
    effect: float = 0.0

    @property
    def selection_period(self) -> int:
        """The period the choice rests on."""
        return self.n_earlier + 1

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame
            Columns unit, period, first_treated (0 for never) and y; only periods that the analyst has.
        """
        rng = np.random.default_rng(seed)
        n, T = self.n_units, self.n_earlier + 2
        level = np.sqrt(self.reliability) * rng.standard_normal((n, 1))
        y = level + np.sqrt(1 - self.reliability) * rng.standard_normal((n, T))
        chosen = np.zeros(n, dtype=bool)
        chosen[np.argsort(y[:, self.n_earlier])[: self.n_chosen]] = True
        y[:, -1] += self.effect * chosen
        frame = panel_table({"y": y}, np.where(chosen, T, 0))
        if self.baseline == "all":
            return frame
        in_selection = frame["period"] == self.selection_period
        if self.baseline == "earlier":
            return frame[~in_selection]
        return frame[in_selection | (frame["period"] == T)]

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
