"""One treated group before and after, with nothing else going on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInOneGroup:
    """Treated units before and after the start; nothing else changes unless ``drift`` is not 0.

    Parameters
    ----------
    n_units, n_periods : int
        Size of the panel; periods are numbered from 1.
    start : int
        First treated period.
    effect : float
        Effect in every treated period, in the outcome's unit.
    noise : float
        Standard deviation of a unit around its level.
    drift : float
        Change a period without treatment: other than 0 it is taken for an effect.

    Examples
    --------
    >>> world = ChangeInOneGroup(n_units=5)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 10 rows, 5 units, 5 treated, 2 periods)
    """

    n_units: int = 25
    n_periods: int = 2
    start: int = 2
    effect: float = 1.0
    noise: float = 1.0
    drift: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """Before and after, while nothing drifts."""
        return frozenset() if self.drift else frozenset({"before_after"})

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame, shape (n_units * n_periods, 4)
            Columns unit, period, first_treated and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n, T = self.n_units, self.n_periods
        period = np.arange(1, T + 1)
        y = rng.standard_normal(n)[:, None] + self.noise * rng.standard_normal((n, T))
        y += self.effect * (period >= self.start) + self.drift * period
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(n), T),
                "period": np.tile(period, n),
                "first_treated": np.full(n * T, self.start),
                "y": y.ravel(),
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
