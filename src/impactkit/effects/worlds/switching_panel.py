"""A panel in which treatment is switched on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchingPanel:
    """Units whose treatment is switched on and off: trends are parallel unless ``trend`` is not 0.

    Parameters
    ----------
    n_units, n_switching, n_periods : int
        Size of the panel; periods are numbered from 1. The other units stay untreated, the last third of them
        treated.
    effect : float
        Effect while treatment is on, in the outcome's unit.
    noise, persistence : float
        Standard deviation and first-order autocorrelation of units' noise around their level.
    trend : float
        How much more those who switch would have grown a period: above 0 the assumption fails.

    Examples
    --------
    >>> world = SwitchingPanel(n_units=9, n_switching=3, n_periods=4)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 36 rows, 9 units, 5 treated, 4 periods)
    """

    n_units: int = 40
    n_switching: int = 15
    n_periods: int = 6
    effect: float = 1.0
    noise: float = 1.0
    persistence: float = 0.5
    trend: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """The estimator of switches, while trends are parallel."""
        return frozenset() if self.trend else frozenset({"switching_difference_in_differences"})

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame, shape (n_units * n_periods, 4)
            Columns unit, period, on (1 while treated) and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n, T, s = self.n_units, self.n_periods, self.n_switching
        on = np.zeros((n, T), dtype=np.int64)
        on[n - (n - s) // 3 :] = 1
        for unit in range(s):
            start = 1 + unit % (T - 1)
            on[unit, start : start + 1 + unit % 3] = 1
            if unit % 4 == 3:
                on[unit] = 1 - on[unit]
        noise = rng.standard_normal((n, T))
        for t in range(1, T):
            noise[:, t] = self.persistence * noise[:, t - 1] + np.sqrt(1 - self.persistence**2) * noise[:, t]
        y = rng.standard_normal(n)[:, None] + rng.standard_normal(T) + self.noise * noise
        y += self.effect * on + self.trend * (np.arange(n) < s)[:, None] * np.arange(T)
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(n), T),
                "period": np.tile(np.arange(1, T + 1), n),
                "on": on.ravel(),
                "y": y.ravel(),
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", time="period", treated="on", switching=True)
