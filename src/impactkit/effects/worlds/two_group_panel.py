"""A panel of treated and comparison units with one start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoGroupPanel:
    """Units followed over time, some treated from one start: trends are parallel unless ``trend`` is not 0.

    Parameters
    ----------
    n_units, n_treated, n_periods : int
        Size of the panel; periods are numbered from 1.
    start : int
        First treated period.
    effect : float
        Effect in every treated period, in the outcome's unit.
    noise, treated_noise : float
        Standard deviation of comparison and of treated units around their level.
    persistence : float
        First-order autocorrelation of that noise.
    trend : float
        How much more the treated would have grown a period without treatment: above 0 the assumption fails.
    slope : float
        Effect of a covariate ``x`` that varies over time; 0 leaves the covariate out.

    Examples
    --------
    >>> world = TwoGroupPanel(n_units=6, n_treated=2, n_periods=3, start=2)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 18 rows, 6 units, 2 treated, 3 periods)
    """

    n_units: int = 30
    n_treated: int = 8
    n_periods: int = 10
    start: int = 6
    effect: float = 1.0
    noise: float = 1.0
    treated_noise: float = 1.0
    persistence: float = 0.6
    trend: float = 0.0
    slope: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """Difference in differences, while trends are parallel."""
        if self.trend:
            return frozenset()
        return frozenset({"difference_in_differences", "imputation", "staggered_difference_in_differences"})

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
        treated = np.arange(n) < self.n_treated
        period = np.arange(1, T + 1)
        noise = _autoregression(rng, (n, T), self.persistence)
        noise *= np.where(treated, self.treated_noise, self.noise)[:, None]
        x = rng.standard_normal((n, T)) + 0.1 * period
        y = rng.standard_normal(n)[:, None] + rng.standard_normal(T) + noise + self.slope * x
        y += treated[:, None] * (self.effect * (period >= self.start) + self.trend * period)
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(n), T),
                "period": np.tile(period, n),
                "first_treated": np.repeat(np.where(treated, self.start, 0), T),
                "x": x.ravel(),
                "y": y.ravel(),
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        covariates = ("x",) if self.slope else ()
        return Study(
            frame,
            outcome="y",
            unit="unit",
            time="period",
            first_treated="first_treated",
            covariates=covariates,
        )


def _autoregression(rng: np.random.Generator, shape: tuple[int, int], rho: float) -> np.ndarray:
    """Return stationary noise of variance 1 along the second axis."""
    noise = rng.standard_normal(shape)
    for t in range(1, shape[1]):
        noise[:, t] = rho * noise[:, t - 1] + np.sqrt(1 - rho**2) * noise[:, t]
    return noise
