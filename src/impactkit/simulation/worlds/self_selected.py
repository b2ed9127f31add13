"""Those who would have done better anyway volunteer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study
from impactkit.simulation.panel_table import panel_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfSelected:
    """People with a fixed trait that makes them volunteer and do well; the trait is measured with error.

    Parameters
    ----------
    n_people : int
        About half volunteer.
    pull : float
        How much the trait counts beside chance in volunteering.
    reliability : float
        Share of the variance of the covariate ``x``, measured at the baseline, that is the trait.
    follow_up_only : bool
        Whether the analyst has one row a person, from the last period, or a panel of two before and two
        after.
    effect : float
        Effect on those who volunteered, in the outcome's unit.

    Examples
    --------
    >>> world = SelfSelected(n_people=20, follow_up_only=True)
    >>> world.study(world.draw(1)).kind
    'cross_section'
    """

    n_people: int = 100
    pull: float = 1.0
    reliability: float = 0.5
    follow_up_only: bool = False
    effect: float = 0.0

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame
            Columns unit, period, first_treated, y; or unit, arm, x and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n = self.n_people
        trait = rng.standard_normal(n)
        volunteers = self.pull * trait + rng.standard_normal(n) > 0
        x = np.sqrt(self.reliability) * trait + np.sqrt(1 - self.reliability) * rng.standard_normal(n)
        y = trait[:, None] + rng.standard_normal(4) + rng.standard_normal((n, 4))
        y[:, 2:] += self.effect * volunteers[:, None]
        if self.follow_up_only:
            return pd.DataFrame({"unit": np.arange(n), "arm": volunteers.astype(int), "x": x, "y": y[:, -1]})
        return panel_table({"y": y}, np.where(volunteers, 3, 0))

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        if self.follow_up_only:
            return Study(frame, outcome="y", unit="unit", treated="arm", covariates=("x",))
        return Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
