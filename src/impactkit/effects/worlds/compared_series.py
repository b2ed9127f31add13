"""Two series that share what happens to both, one of them interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSeries:
    """One treated unit and some comparison units, followed for a long time.

    Parameters
    ----------
    n_before, n_after : int
        Periods before the start and from it on; periods are numbered from 1.
    n_controls : int
        Comparison units.
    effect : float
        Effect in every treated period, in the outcome's unit.
    persistence : float
        First-order autocorrelation of the noise of each unit (standard deviation 1) and of what they share.
    shared : float
        Standard deviation of what happens to all units alike.
    season : float
        Height of a yearly wave of 12 periods that all units share.
    event : float
        What something else that happened at the start did to all units.
    apart : float
        What something else that happened at the start did to the treated unit alone: not 0 breaks the
        assumption.

    Examples
    --------
    >>> world = ComparedSeries(n_before=5, n_after=3)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 16 rows, 2 units, 1 treated, 8 periods)
    """

    n_before: int = 96
    n_after: int = 24
    n_controls: int = 1
    effect: float = 1.0
    persistence: float = 0.3
    shared: float = 1.0
    season: float = 1.0
    event: float = 1.0
    apart: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """Estimators of a series with a comparison, while nothing else happens to the treated alone."""
        return frozenset() if self.apart else frozenset({"interrupted_time_series"})

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the series.

        Parameters
        ----------
        seed : int
            The same seed gives the same series.

        Returns
        -------
        DataFrame, shape ((n_before + n_after) * (1 + n_controls), 4)
            Columns unit, period, first_treated (0 for never) and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n, rho, units = self.n_before + self.n_after, self.persistence, 1 + self.n_controls
        noise = rng.standard_normal((units + 1, n))
        for t in range(1, n):
            noise[:, t] = rho * noise[:, t - 1] + np.sqrt(1 - rho**2) * noise[:, t]
        period = np.arange(1, n + 1)
        after = period > self.n_before
        together = self.shared * noise[-1] + self.season * np.sin(2 * np.pi * (period + 2) / 12)
        y = 10 + together + self.event * after + noise[:-1]
        y[0] += (self.effect + self.apart) * after
        first = np.where(np.arange(units) == 0, self.n_before + 1, 0)
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(units), n),
                "period": np.tile(period, units),
                "first_treated": np.repeat(first, n),
                "y": y.ravel(),
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
