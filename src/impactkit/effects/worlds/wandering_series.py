"""One series whose level wanders by itself, interrupted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class WanderingSeries:
    """One unit followed for a long time, treated from one period on, with a level that takes random steps.

    Parameters
    ----------
    n_before, n_after : int
        Periods before the start and from it on; periods are numbered from 1.
    effect : float
        Effect in every treated period, in the outcome's unit.
    wander : float
        Standard deviation of the steps of the level; that of the noise on top is 1.
    trend : float
        Growth a period without treatment.
    season : float
        Height of a yearly wave of 12 periods; analysts must then say that there is a season.
    event : float
        What something else that happened at the start did: not 0 breaks the assumption.

    Examples
    --------
    >>> world = WanderingSeries(n_before=5, n_after=3)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 8 rows, 1 units, 1 treated, 8 periods)
    """

    n_before: int = 60
    n_after: int = 12
    effect: float = 1.0
    wander: float = 0.3
    trend: float = 0.02
    season: float = 0.0
    event: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """Structural time series, while nothing else happens and no season is left unsaid."""
        return frozenset() if self.event or self.season else frozenset({"structural_time_series"})

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the series.

        Parameters
        ----------
        seed : int
            The same seed gives the same series.

        Returns
        -------
        DataFrame, shape (n_before + n_after, 4)
            Columns unit, period, first_treated and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n = self.n_before + self.n_after
        period = np.arange(1, n + 1)
        level = self.wander * rng.standard_normal(n).cumsum()
        wave = self.season * np.sin(2 * np.pi * (period + 2) / 12)
        y = 10 + self.trend * period + level + wave + rng.standard_normal(n)
        y += (self.effect + self.event) * (period > self.n_before)
        return pd.DataFrame({"unit": 0, "period": period, "first_treated": self.n_before + 1, "y": y})

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
