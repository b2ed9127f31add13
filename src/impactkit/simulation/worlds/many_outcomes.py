"""Many indicators of the same areas, none of which moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study
from impactkit.simulation.panel_table import first_treated, panel_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyOutcomes:
    """Outcomes ``y1``, ``y2`` and so on of the same units, correlated, all with the same effect.

    Parameters
    ----------
    n_outcomes : int
        How many.
    correlation : float
        Between any two of them.
    n_units, n_treated, n_periods, start : int
        Size of the panel, and its first treated period, counted from 1.
    effect : float
        Effect on each, in the outcome's unit.

    Examples
    --------
    >>> world = ManyOutcomes(n_outcomes=2, n_units=6, n_treated=2)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y1', 36 rows, 6 units, 2 treated, 6 periods)
    """

    n_outcomes: int = 5
    correlation: float = 0.0
    n_units: int = 30
    n_treated: int = 12
    n_periods: int = 6
    start: int = 4
    effect: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """The outcomes' columns."""
        return tuple(f"y{k + 1}" for k in range(self.n_outcomes))

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame
            Columns unit, period, first_treated (0 for never) and the outcomes.
        """
        rng = np.random.default_rng(seed)
        shape = (self.n_outcomes, self.n_units, self.n_periods)
        shared = np.sqrt(self.correlation) * rng.standard_normal(shape[1:])
        y = rng.standard_normal((*shape[:2], 1)) + rng.standard_normal((shape[0], 1, shape[2]))
        y += shared + np.sqrt(1 - self.correlation) * rng.standard_normal(shape)
        y[:, : self.n_treated, self.start - 1 :] += self.effect
        starts = first_treated(self.n_units, self.n_treated, self.start)
        return panel_table(dict(zip(self.names, y, strict=True)), starts)

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles, the first outcome's."""
        return Study(frame, outcome="y1", unit="unit", time="period", first_treated="first_treated")
