"""Surveys of new people each period, in treated and comparison areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedCrossSections:
    """New people asked each period in the same areas, some of them treated from one start.

    Parameters
    ----------
    n_areas, n_treated, n_periods, people : int
        Areas, treated areas, periods (numbered from 1), and people asked in an area and period.
    start : int
        First treated period.
    effect : float
        Effect on everyone in a treated area from the start on, in the outcome's unit.
    noise, area_noise : float
        Standard deviation of people within an area and period, and of the area's own change.
    slope : float
        Effect of a covariate ``x`` of the people asked; 0 leaves the covariate out.

    Examples
    --------
    >>> world = RepeatedCrossSections(n_areas=6, n_treated=2, people=5)
    >>> world.study(world.draw(1))
    Study(repeated cross sections, outcome='y', 120 rows, 40 treated, 4 periods)
    """

    n_areas: int = 24
    n_treated: int = 8
    n_periods: int = 4
    people: int = 10
    start: int = 3
    effect: float = 1.0
    noise: float = 1.0
    area_noise: float = 0.3
    slope: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """Difference in differences."""
        return frozenset({"difference_in_differences", "staggered_difference_in_differences"})

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the surveys.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame, shape (n_areas * n_periods * people, 5)
            Columns area, period, first_treated (0 for never), x and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        A, T, n = self.n_areas, self.n_periods, self.people
        area, period = np.repeat(np.arange(A), T * n), np.tile(np.repeat(np.arange(1, T + 1), n), A)
        treated = area < self.n_treated
        x = rng.standard_normal(A * T * n)
        y = rng.standard_normal(A)[area] + rng.standard_normal(T)[period - 1]
        y += self.area_noise * rng.standard_normal(A * T)[area * T + period - 1]
        y += self.noise * rng.standard_normal(A * T * n) + self.slope * x
        y += self.effect * (treated & (period >= self.start))
        start = np.where(treated, self.start, 0)
        return pd.DataFrame({"area": area, "period": period, "first_treated": start, "x": x, "y": y})

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        covariates = ("x",) if self.slope else ()
        return Study(
            frame,
            outcome="y",
            time="period",
            first_treated="first_treated",
            cluster="area",
            covariates=covariates,
        )
