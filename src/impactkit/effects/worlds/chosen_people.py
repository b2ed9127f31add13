"""People measured once, of whom some were likelier than others to get the intervention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPeople:
    """People who differ before the start in what also matters for the outcome.

    Parameters
    ----------
    n_people : int
        People, in clusters of ``cluster_size``.
    cluster_size : int
        1 for people on their own; whole clusters are chosen.
    effect : float
        Effect on everyone, in the outcome's unit.
    tilt : float
        By how much a standard deviation of the outcome before, ``baseline``, moves the log odds of it.
    slope : float
        How much of ``baseline`` is kept.
    noise, cluster_noise : float
        Standard deviation of people and of clusters.

    Examples
    --------
    >>> world = ChosenPeople(n_people=40)
    >>> world.study(world.draw(1))
    Study(cross section, outcome='y', 40 rows, 40 units, 17 treated)
    """

    n_people: int = 160
    cluster_size: int = 1
    effect: float = 1.0
    tilt: float = 0.5
    slope: float = 0.5
    noise: float = 1.0
    cluster_noise: float = 0.3

    @property
    def designs(self) -> frozenset[str]:
        """The designs that make groups alike; matching has no errors by cluster."""
        found = frozenset({"doubly_robust", "g_computation", "weighting"})
        return found if self.cluster_size > 1 else found | {"matching"}

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame, shape (n_people, 6)
            Columns unit, cluster, arm (1 for treated), baseline, age (in decades) and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n, G = self.n_people, self.n_people // self.cluster_size
        cluster = np.arange(n) * G // n
        level = rng.standard_normal(G)
        baseline = level[cluster] if self.cluster_size == 1 else level[cluster] + rng.standard_normal(n)
        age = 4.0 + rng.standard_normal(n)
        odds = -0.6 + self.tilt * level
        arm = (rng.uniform(size=G) < 1 / (1 + np.exp(-odds))).astype(int)
        arm[:2] = 0, 1
        y = self.effect * arm[cluster] + self.slope * baseline + 0.3 * age
        y += self.cluster_noise * rng.standard_normal(G)[cluster] + self.noise * rng.standard_normal(n)
        people = {"unit": np.arange(n), "cluster": cluster, "arm": arm[cluster]}
        return pd.DataFrame({**people, "baseline": baseline, "age": age, "y": y})

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(
            frame,
            outcome="y",
            unit="unit",
            treated="arm",
            covariates=["age"],
            pre_outcome="baseline",
            cluster="cluster" if self.cluster_size > 1 else None,
        )
