"""A panel of areas that get more or less of a project, from one start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class DosedPanel:
    """Areas with doses between 0 and 1 and an effect in proportion, unless ``selection`` is not 0.

    Parameters
    ----------
    n_units, n_treated, n_periods : int
        Size of the panel, and areas with a dose; periods are numbered from 1.
    start : int
        First treated period.
    effect : float
        Effect of a dose of 1 in every treated period, in the outcome's unit.
    noise, persistence : float
        Standard deviation and first-order autocorrelation of areas' noise around their level.
    selection : float
        How much more a unit of dose does for each unit of dose an area was given: above 0, areas with large
        doses would have responded more to the same dose, and strong parallel trends fail.
    slope : float
        Effect of a covariate ``x`` that varies over time; 0 leaves the covariate out.

    Examples
    --------
    >>> world = DosedPanel(n_units=6, n_treated=4, n_periods=3, start=2)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 18 rows, 6 units, 4 treated, 3 periods)
    """

    n_units: int = 40
    n_treated: int = 24
    n_periods: int = 6
    start: int = 4
    effect: float = 1.0
    noise: float = 0.5
    persistence: float = 0.5
    selection: float = 0.0
    slope: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """Effect by dose, while the dose given tells nothing of how an area responds."""
        return frozenset() if self.selection else frozenset({"continuous_dose"})

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame, shape (n_units * n_periods, 5)
            Columns unit, period, dose (0 for none), x and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n, T = self.n_units, self.n_periods
        period = np.arange(1, T + 1)
        dose = np.where(np.arange(n) < self.n_treated, rng.uniform(0.1, 1.0, n).round(2), 0.0)
        noise = rng.standard_normal((n, T))
        for t in range(1, T):
            noise[:, t] = self.persistence * noise[:, t - 1] + np.sqrt(1 - self.persistence**2) * noise[:, t]
        x = rng.standard_normal((n, T))
        y = rng.standard_normal(n)[:, None] + rng.standard_normal(T) + self.noise * noise + self.slope * x
        y += (dose * (self.effect + self.selection * dose))[:, None] * (period >= self.start)
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(n), T),
                "period": np.tile(period, n),
                "dose": np.repeat(dose, T),
                "x": x.ravel(),
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
            dose="dose",
            start=self.start,
            covariates=("x",) if self.slope else (),
        )
