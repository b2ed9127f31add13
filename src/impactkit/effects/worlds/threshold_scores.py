"""People with a score, and a rule that treats those at or above a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdScores:
    """People with a score between -1 and 1, and a rule that treats those at 0 or above.

    Parameters
    ----------
    n : int
        People.
    effect : float
        Effect on everyone, in the outcome's unit.
    compliance : float
        How much likelier treatment is at or above 0 than below: 1 where the rule decides.
    bend : float
        How much the curve of the outcome bends: its second derivative, of the other sign above 0.
    step : float
        To how much scores are rounded, with the middle of a step at no threshold; 0 for not at all.
    n_clusters : int
        Groups that people belong to, whatever their score; 0 for none.
    noise, cluster_noise : float
        Standard deviation of people and of groups.
    slope : float
        How much a covariate, ``x``, is worth.

    Examples
    --------
    >>> world = ThresholdScores(n=100)
    >>> world.study(world.draw(1))
    Study(cross section, outcome='y', 100 rows, 100 units, 0 treated)
    """

    n: int = 600
    effect: float = 1.0
    compliance: float = 1.0
    bend: float = 2.0
    step: float = 0.0
    n_clusters: int = 0
    noise: float = 0.5
    cluster_noise: float = 0.3
    slope: float = 0.0

    @property
    def designs(self) -> frozenset[str]:
        """The threshold, where the rule decides."""
        return frozenset({"regression_discontinuity"}) if self.compliance == 1 else frozenset()

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame, shape (n, 6)
            Columns unit, cluster, score, received (0 or 1), x and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        score = 2 * rng.beta(2, 2, self.n) - 1
        if self.step:
            score = (np.floor(score / self.step) + 0.5) * self.step
        above = score >= 0
        chance = (1 - self.compliance) / 2 + self.compliance * above
        received = rng.random(self.n) < chance
        x = 0.3 * score + rng.standard_normal(self.n)
        curve = score + self.bend / 2 * score**2 * np.where(above, -1, 1)
        cluster = rng.integers(0, max(self.n_clusters, 1), self.n)
        shared = rng.standard_normal(max(self.n_clusters, 1))[cluster]
        y = self.effect * received + curve + self.slope * x + self.noise * rng.standard_normal(self.n)
        if self.n_clusters:
            y = y + self.cluster_noise * shared
        columns = {"score": score, "received": received.astype(int), "x": x, "y": y}
        return pd.DataFrame({"unit": np.arange(self.n), "cluster": cluster, **columns})

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(
            frame,
            outcome="y",
            unit="unit",
            running="score",
            takeup="received" if self.compliance < 1 else None,
            cluster="cluster" if self.n_clusters else None,
            covariates=["x"] if self.slope else [],
        )
