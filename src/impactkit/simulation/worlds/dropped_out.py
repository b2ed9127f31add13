"""A lottery after which those who fare badly leave one arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedOut:
    """Two arms drawn by lot: bad cases leave the treated arm, and anyone the other.

    Parameters
    ----------
    n_arm : int
        People in each arm.
    bad : float
        Outcomes below this are bad cases: .31 of all at -.5.
    treated_bad, treated_good : float
        Chance that a bad case, and any other, of the treated arm is lost: .22 in all.
    comparison : float
        Chance that anyone of the other arm is lost.
    slope : float
        Correlation of the outcome with the one before, ``baseline``.
    effect : float
        Effect on everyone, in the outcome's unit.

    Examples
    --------
    >>> world = DroppedOut(n_arm=10)
    >>> world.study(world.draw(1)).kind
    'cross_section'
    """

    n_arm: int = 175
    bad: float = -0.5
    treated_bad: float = 0.6
    treated_good: float = 0.05
    comparison: float = 0.16
    slope: float = 0.5
    effect: float = 0.0

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people, the lot, and who is lost.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame, shape (2 * n_arm, 4)
            Columns unit, arm, baseline and y; the outcome of the lost is missing.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        arm = np.repeat([1, 0], self.n_arm)
        baseline = rng.standard_normal(2 * self.n_arm)
        y = self.slope * baseline + np.sqrt(1 - self.slope**2) * rng.standard_normal(2 * self.n_arm)
        chance = np.where(y < self.bad, self.treated_bad, self.treated_good)
        lost = rng.uniform(size=len(y)) < np.where(arm == 1, chance, self.comparison)
        y = np.where(lost, np.nan, y + self.effect * arm)
        return pd.DataFrame({"unit": np.arange(len(y)), "arm": arm, "baseline": baseline, "y": y})

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(frame, outcome="y", unit="unit", treated="arm", pre_outcome="baseline")
