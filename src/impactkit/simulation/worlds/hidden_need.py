"""Something unmeasured decides who gets it, and moves the outcome too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenNeed:
    """People chosen by the outcome before, which is measured, and by a trait, which is not.

    Parameters
    ----------
    n_people : int
        About a third get it.
    pull : float
        By how much a standard deviation of the trait moves the log odds of getting it.
    worth : float
        By how much a standard deviation of the trait moves the outcome.
    has_baseline : bool
        Whether the analyst has the outcome before, or only a covariate, ``age``.
    effect : float
        Effect on everyone, in the outcome's unit.

    Examples
    --------
    >>> world = HiddenNeed(n_people=40)
    >>> world.study(world.draw(1)).kind
    'cross_section'
    """

    n_people: int = 200
    pull: float = 1.0
    worth: float = 0.7
    has_baseline: bool = True
    effect: float = 0.0

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame, shape (n_people, 5)
            Columns unit, arm (1 for treated), baseline, age (in decades) and y.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n = self.n_people
        trait, baseline, age = rng.standard_normal((3, n))
        odds = -0.8 + 0.5 * baseline + self.pull * trait
        arm = (rng.uniform(size=n) < 1 / (1 + np.exp(-odds))).astype(int)
        y = self.effect * arm + 0.5 * baseline + 0.3 * age + self.worth * trait + rng.standard_normal(n)
        return pd.DataFrame({"unit": np.arange(n), "arm": arm, "baseline": baseline, "age": 4 + age, "y": y})

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        before = "baseline" if self.has_baseline else None
        return Study(frame, outcome="y", unit="unit", treated="arm", covariates=["age"], pre_outcome=before)
