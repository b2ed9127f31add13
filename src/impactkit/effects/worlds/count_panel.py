"""A panel of counts over unequal populations, in which units start in different periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPanel:
    """Events in units of unequal population: rates move together in proportion, unless ``trend`` is not 0.

    Parameters
    ----------
    n_units, n_treated, n_periods : int
        Size of the panel; periods are numbered from 1.
    starts : tuple of int
        First treated periods, given to the treated in turn.
    effect : float
        Average effect on the rate over all treated rows together: events per exposure.
    rate : float
        Rate about which units' rates lie.
    population : float
        Median exposure.
    spread : float
        Standard deviation of the logarithm of exposures, and a third of it of rates.
    dispersion : float
        Variance of a unit's own multiplier in each period: above 0 counts vary more than Poisson's.
    trend : float
        How much more the logarithm of the treated's rate would have grown a period without treatment: not 0
        breaks the assumption.

    Examples
    --------
    >>> world = CountPanel(n_units=6, n_treated=2, n_periods=4, starts=(3, 4))
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 24 rows, 6 units, 2 treated, 4 periods)
    """

    n_units: int = 40
    n_treated: int = 15
    n_periods: int = 8
    starts: tuple[int, ...] = (4, 5, 7)
    effect: float = 1.0
    rate: float = 6.0
    population: float = 10.0
    spread: float = 0.6
    dispersion: float = 0.05
    trend: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """None by default: who analyses counts must say so in the estimator's settings."""
        return frozenset()

    @property
    def exposure(self) -> str:
        """The column that the outcome is counted over; outcomes scale with it, and have no shift."""
        return "people"

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame, shape (n_units * n_periods, 5)
            Columns unit, period, first_treated (0 for never), people and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n, T = self.n_units, self.n_periods
        start = np.zeros(n, dtype=np.int64)
        start[: self.n_treated] = np.resize(self.starts, self.n_treated)
        period = np.arange(1, T + 1)
        people = self.population * np.exp(self.spread * rng.standard_normal(n))[:, None] * np.ones(T)
        logs = self.spread / 3 * rng.standard_normal(n)[:, None] + 0.1 * rng.standard_normal(T)
        logs = logs + self.trend * (start[:, None] > 0) * period
        rate = self.rate * np.exp(logs)
        treated = (start[:, None] > 0) & (period >= start[:, None])
        usual = (people * rate)[treated].sum() / people[treated].sum()
        rate = rate * np.where(treated, 1 + self.effect / usual, 1.0)
        own = rng.gamma(1 / self.dispersion, self.dispersion, (n, T)) if self.dispersion else 1.0
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(n), T),
                "period": np.tile(period, n),
                "first_treated": np.repeat(start, T),
                "people": people.ravel(),
                "y": rng.poisson(people * rate * own).astype(float).ravel(),
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
            exposure=self.exposure,
        )
