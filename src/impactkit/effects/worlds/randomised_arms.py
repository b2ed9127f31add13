"""Treatment drawn by lot, within strata, by person or by whole cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomisedArms:
    """People, in strata and perhaps in clusters, drawn by lot into two arms.

    Parameters
    ----------
    n_lots : int
        What was drawn: people, or clusters where ``cluster_size`` is more than 1.
    share_treated : float
        Share drawn in each stratum, at least one and not all.
    n_strata, cluster_size : int
        Strata, and people in each cluster.
    effect : float
        Effect on everyone, in the outcome's unit.
    noise, cluster_noise : float
        Standard deviation of people and of clusters.
    slope : float
        How much of the outcome before, ``baseline``, is kept.

    Examples
    --------
    >>> world = RandomisedArms(n_lots=12, n_strata=3)
    >>> world.study(world.draw(1))
    Study(cross section, outcome='y', 12 rows, 12 units, 6 treated)
    """

    n_lots: int = 60
    share_treated: float = 0.5
    n_strata: int = 4
    cluster_size: int = 1
    effect: float = 1.0
    noise: float = 1.0
    cluster_noise: float = 0.5
    slope: float = 0.5

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
        DataFrame, shape (n_lots * cluster_size, 6)
            Columns unit, cluster, stratum, arm (1 for treated), baseline and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        lot = np.repeat(np.arange(self.n_lots), self.cluster_size)
        stratum = np.arange(self.n_lots) % self.n_strata
        arm = np.zeros(self.n_lots)
        for s in range(self.n_strata):
            members = np.flatnonzero(stratum == s)
            drawn = min(max(1, round(self.share_treated * len(members))), len(members) - 1)
            arm[rng.permutation(members)[:drawn]] = 1
        level = rng.standard_normal(self.n_strata)[stratum] + self.cluster_noise * rng.standard_normal(
            self.n_lots
        )
        baseline = level[lot] + rng.standard_normal(len(lot))
        y = self.effect * arm[lot] + level[lot] + self.slope * (baseline - level[lot])
        y += self.noise * rng.standard_normal(len(lot))
        return pd.DataFrame(
            {
                "unit": np.arange(len(lot)),
                "cluster": lot,
                "stratum": stratum[lot],
                "arm": arm[lot].astype(int),
                "baseline": baseline,
                "y": y,
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(
            frame,
            outcome="y",
            unit="unit",
            treated="arm",
            stratum="stratum" if self.n_strata > 1 else None,
            cluster="cluster" if self.cluster_size > 1 else None,
            pre_outcome="baseline",
        )
