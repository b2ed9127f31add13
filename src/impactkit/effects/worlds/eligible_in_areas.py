"""Areas in which a project is for some people: whole areas, and the eligible everywhere, have trends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibleInAreas:
    """Eligible people and others in treated and comparison areas: their gap moves alike unless ``trend``.

    Parameters
    ----------
    n_areas, n_treated, n_periods, people : int
        Areas, treated areas, periods (numbered from 1), and people of each kind in an area.
    start : int
        First treated period.
    effect : float
        Effect on the eligible of treated areas from the start on, in the outcome's unit.
    noise, area_noise : float
        Standard deviation of people in a period, and of what happens to a whole area in it.
    drift, fashion : float
        How much more all in treated areas grow a period, and the eligible everywhere: neither is an effect.
    trend : float
        How much more the eligible of treated areas would have grown: above 0 the assumption fails.
    is_panel : bool
        Whether the same people are followed.
    slope : float
        Effect of a covariate ``x`` that varies over time; 0 leaves the covariate out.

    Examples
    --------
    >>> world = EligibleInAreas(n_areas=6, n_treated=2, people=3)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 144 rows, 36 units, 12 treated, 4 periods)
    """

    n_areas: int = 16
    n_treated: int = 6
    n_periods: int = 4
    people: int = 4
    start: int = 3
    effect: float = 1.0
    noise: float = 1.0
    area_noise: float = 0.5
    drift: float = 0.3
    fashion: float = 0.2
    trend: float = 0.0
    is_panel: bool = True
    slope: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """Triple difference, while the gap between the eligible and others moves alike."""
        return frozenset() if self.trend else frozenset({"triple_difference"})

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the areas.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame, shape (n_areas * 2 * people * n_periods, 7)
            Columns unit, area, eligible, period, first_treated (0 for never), x and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        A, T, n = self.n_areas, self.n_periods, 2 * self.people
        unit, period = np.repeat(np.arange(A * n), T), np.tile(np.arange(1, T + 1), A * n)
        area, eligible = unit // n, unit % 2
        treated = area < self.n_treated
        x = rng.standard_normal(len(unit))
        y = rng.standard_normal(A * n)[unit] * (1.0 if self.is_panel else 0.3) + rng.standard_normal(A)[area]
        y += self.area_noise * rng.standard_normal((A, T))[area, period - 1]
        y += self.noise * rng.standard_normal(len(unit)) + self.slope * x
        y += period * (self.drift * treated + self.fashion * eligible + self.trend * treated * eligible)
        y += self.effect * (treated & (eligible == 1) & (period >= self.start))
        start = np.where(treated, self.start, 0)
        return pd.DataFrame(
            {
                "unit": unit,
                "area": area,
                "eligible": eligible,
                "period": period,
                "first_treated": start,
                "x": x,
                "y": y,
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(
            frame,
            outcome="y",
            unit="unit" if self.is_panel else None,
            time="period",
            first_treated="first_treated",
            eligible="eligible",
            cluster="area",
            covariates=("x",) if self.slope else (),
        )
