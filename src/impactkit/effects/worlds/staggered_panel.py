"""A panel in which units start in different periods, with effects that grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class StaggeredPanel:
    """Units that start in different periods: trends are parallel given ``x`` unless ``trend`` is not 0.

    Parameters
    ----------
    n_units, n_treated, n_periods : int
        Size of the panel; periods are numbered from 1.
    starts : tuple of int
        First treated periods, given to the treated in turn.
    effect : float
        Average effect over treated units and periods, in the outcome's unit.
    growth : float
        How much more the effect is for each period since the start, about that average.
    noise, persistence : float
        Standard deviation and first-order autocorrelation of units' noise around their level.
    slope : float
        How much a covariate ``x``, higher among the treated, moves the trend; 0 leaves the covariate out.
    trend : float
        How much more the treated would have grown a period without treatment: above 0 the assumption fails.

    Examples
    --------
    >>> world = StaggeredPanel(n_units=6, n_treated=2, n_periods=4, starts=(3, 4))
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 24 rows, 6 units, 2 treated, 4 periods)
    """

    n_units: int = 40
    n_treated: int = 15
    n_periods: int = 8
    starts: tuple[int, ...] = (4, 5, 7)
    effect: float = 1.0
    growth: float = 0.0
    noise: float = 1.0
    persistence: float = 0.5
    slope: float = 0.0
    trend: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """Estimators for several starts, while trends are parallel."""
        if self.trend:
            return frozenset()
        found = {"staggered_difference_in_differences", "extended_two_way_fixed_effects"}
        # A covariate of trends is no covariate of levels.
        return frozenset(
            found
            if self.slope
            else found | {"imputation", "sun_abraham", "stacked_difference_in_differences"}
        )

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame, shape (n_units * n_periods, 5)
            Columns unit, period, first_treated (0 for never), x and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n, T = self.n_units, self.n_periods
        start = np.zeros(n, dtype=np.int64)
        start[: self.n_treated] = np.resize(self.starts, self.n_treated)
        period = np.arange(1, T + 1)
        noise = rng.standard_normal((n, T))
        for t in range(1, T):
            noise[:, t] = self.persistence * noise[:, t - 1] + np.sqrt(1 - self.persistence**2) * noise[:, t]
        x = rng.standard_normal(n) + 0.5 * (start > 0)
        since = period - start[:, None]
        treated = (start[:, None] > 0) & (since >= 0)
        y = rng.standard_normal(n)[:, None] + rng.standard_normal(T) + self.noise * noise
        y += self.slope * x[:, None] * period + self.trend * (start[:, None] > 0) * period
        y += treated * (self.effect + self.growth * (since - since[treated].mean()))
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(n), T),
                "period": np.tile(period, n),
                "first_treated": np.repeat(start, T),
                "x": np.repeat(x, T),
                "y": y.ravel(),
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(
            frame,
            outcome="y",
            unit="unit",
            time="period",
            first_treated="first_treated",
            covariates=("x",) if self.slope else (),
        )
