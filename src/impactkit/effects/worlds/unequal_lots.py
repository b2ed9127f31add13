"""People drawn one by one with chances of their own, some of whom do not do as they were drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class UnequalLots:
    """People whose chance of being drawn follows a need that also moves the outcome.

    Parameters
    ----------
    n_lots : int
        People.
    least, most : float
        Chance of those with the smallest and with the largest need.
    stays_away : float
        Share of all who do not take part even when drawn; the others take part if and only if drawn.
    effect : float
        Effect of being drawn, in the outcome's unit, the same for everyone; of taking part it is this over
        the share who do.
    noise, slope : float
        Standard deviation of people, and how much the need, from 0 to 1, moves the outcome.

    Examples
    --------
    >>> world = UnequalLots(n_lots=12)
    >>> world.study(world.draw(1))
    Study(cross section, outcome='y', 12 rows, 12 units, 7 treated)
    """

    n_lots: int = 80
    least: float = 0.3
    most: float = 0.7
    stays_away: float = 0.25
    effect: float = 1.0
    noise: float = 1.0
    slope: float = 2.0

    @property
    def designs(self) -> frozenset[str]:
        """The randomised trial."""
        return frozenset({"randomised_trial"})

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people and the lot.

        Parameters
        ----------
        seed : int
            The same seed gives the same people in the same arms.

        Returns
        -------
        DataFrame, shape (n_lots, 5)
            Columns unit, chance, arm (1 for drawn), took (1 for taking part) and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        need = rng.permutation(np.linspace(0.0, 1.0, self.n_lots))
        chance = (self.least + (self.most - self.least) * need).round(4)
        arm = (rng.uniform(size=self.n_lots) < chance).astype(int)
        # A lot that draws nobody, or everybody, would be drawn again.
        while arm.sum() < 2 or arm.sum() > self.n_lots - 2:
            arm = (rng.uniform(size=self.n_lots) < chance).astype(int)
        took = arm * (rng.uniform(size=self.n_lots) >= self.stays_away)
        y = self.effect * arm + self.slope * need + self.noise * rng.standard_normal(self.n_lots)
        return pd.DataFrame(
            {"unit": np.arange(self.n_lots), "chance": chance, "arm": arm, "took": took, "y": y}
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", treated="arm", probability="chance", takeup="took")
