"""One measurement before and one after, with a shock or a season between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study
from impactkit.simulation.panel_table import first_treated, panel_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWaves:
    """Treated and comparison units, measured once before and once after the start.

    Parameters
    ----------
    n_treated, n_comparison : int
        Units of each kind; without comparison units only before-after is possible.
    shock : float
        Standard deviation of what happens to all units alike between the waves.
    season : float
        How much higher all units stand at the follow-up for the time of the year.
    treated_season : float
        How much higher yet the treated stand for it: other than 0 it is taken for an effect.
    noise : float
        Standard deviation of a measurement around its unit's level.
    effect : float
        Effect at the follow-up, in the outcome's unit.

    Examples
    --------
    >>> world = TwoWaves(n_treated=3, n_comparison=4)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 14 rows, 7 units, 3 treated, 2 periods)
    """

    n_treated: int = 25
    n_comparison: int = 25
    shock: float = 0.0
    season: float = 0.0
    treated_season: float = 0.0
    noise: float = 1.0
    effect: float = 0.0

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the two waves.

        Parameters
        ----------
        seed : int
            The same seed gives the same units.

        Returns
        -------
        DataFrame
            Columns unit, period, first_treated (0 for never) and y.
        """
        rng = np.random.default_rng(seed)
        n = self.n_treated + self.n_comparison
        treated = np.arange(n) < self.n_treated
        y = rng.standard_normal((n, 1)) + self.noise * rng.standard_normal((n, 2))
        y[:, 1] += self.shock * rng.standard_normal() + self.season
        y[:, 1] += (self.effect + self.treated_season) * treated
        return panel_table({"y": y}, first_treated(n, self.n_treated, 2))

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
