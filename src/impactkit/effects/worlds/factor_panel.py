"""Units moved by a few hidden factors, one of them treated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorPanel:
    """Units that common factors move by different amounts: some average of donors moves as the treated does.

    Parameters
    ----------
    n_donors, n_treated, n_periods : int
        Size of the panel; periods are numbered from 1.
    start : int
        First treated period.
    effect : float
        Effect in every treated period, in the outcome's unit.
    n_factors : int
        Hidden factors, each a random walk.
    level : float
        Standard deviation of units' levels.
    factor : float
        Standard deviation of a step of a factor.
    noise, persistence : float
        Standard deviation and first-order autocorrelation of units' own noise.
    selected : {"drawn", "lowest", "fallen"}
        Whether the treated are drawn, or those whose outcome in the last period before the start is lowest of
        all, or furthest below their own earlier mean: then part of what follows is a return to the usual.

    Examples
    --------
    >>> world = FactorPanel(n_donors=5, n_periods=4, start=3)
    >>> world.study(world.draw(1))
    Study(panel, outcome='y', 24 rows, 6 units, 1 treated, 4 periods)
    """

    n_donors: int = 39
    n_treated: int = 1
    n_periods: int = 24
    start: int = 17
    effect: float = 1.0
    n_factors: int = 2
    level: float = 1.0
    factor: float = 0.5
    noise: float = 0.5
    persistence: float = 0.0
    selected: Literal["drawn", "lowest", "fallen"] = "drawn"

    @property
    def designs(self) -> frozenset[str]:
        """Estimators that weigh donors, while the treated are drawn."""
        if self.selected != "drawn":
            return frozenset()
        return frozenset(
            {
                "augmented_synthetic_control",
                "penalised_synthetic_control",
                "synthetic_control",
                "synthetic_difference_in_differences",
            }
        )

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame, shape ((n_donors + n_treated) * n_periods, 4)
            Columns unit, period, first_treated (0 for never) and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n, T = self.n_donors + self.n_treated, self.n_periods
        factors = self.factor * rng.standard_normal((self.n_factors, T)).cumsum(axis=1)
        noise = rng.standard_normal((n, T))
        for t in range(1, T):
            noise[:, t] = self.persistence * noise[:, t - 1] + np.sqrt(1 - self.persistence**2) * noise[:, t]
        y = (
            self.level * rng.standard_normal((n, 1))
            + rng.uniform(0, 1, (n, self.n_factors)) @ factors
            + self.noise * noise
        )
        period = np.arange(1, T + 1)
        before = y[:, : self.start - 1]
        order = {
            "drawn": np.arange(n),
            "lowest": np.argsort(before[:, -1]),
            "fallen": np.argsort(before[:, -1] - before[:, :-1].mean(axis=1)),
        }[self.selected]
        treated = np.isin(np.arange(n), order[: self.n_treated])
        y += self.effect * (treated[:, None] & (period >= self.start))
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(n), T),
                "period": np.tile(period, n),
                "first_treated": np.repeat(np.where(treated, self.start, 0), T),
                "y": y.ravel(),
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", time="period", first_treated="first_treated")
