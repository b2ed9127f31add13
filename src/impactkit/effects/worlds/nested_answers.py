"""Pupils in schools, or people in areas: those of the same place answer alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedAnswers:
    """People in places of unequal size, of which some get the project; asked once, or in several waves.

    Parameters
    ----------
    n_places, n_treated : int
        Places, and those that get it; which they are is drawn.
    size : int
        People in a place on average; places differ by a factor of three.
    n_waves : int
        1 for a single survey, else waves of which the last half follow the start.
    place, person, noise : float
        Standard deviations of places, of people within them (over waves), and of single answers.
    gap : float
        How much higher places that get it lie all along, where there are several waves.
    effect : float
        Effect on everyone in them, in the outcome's unit.

    Examples
    --------
    >>> world = NestedAnswers(n_places=10, n_treated=4)
    >>> world.study(world.draw(1)).kind
    'cross_section'
    """

    n_places: int = 30
    n_treated: int = 12
    size: int = 10
    n_waves: int = 1
    place: float = 0.5
    person: float = 0.7
    noise: float = 1.0
    gap: float = 0.5
    effect: float = 1.0

    @property
    def designs(self) -> frozenset[str]:
        """The mixed model."""
        return frozenset({"mixed_model"})

    @property
    def _start(self) -> int:
        return self.n_waves // 2

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw places, people and answers.

        Parameters
        ----------
        seed : int
            The same seed gives the same answers.

        Returns
        -------
        DataFrame
            Columns unit, place, wave, got_it, x and y; one row a person and wave.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        sizes = np.maximum(np.linspace(self.size / 2, 1.5 * self.size, self.n_places).round().astype(int), 2)
        place = np.repeat(np.arange(self.n_places), rng.permutation(sizes))
        n = len(place)
        got_it = np.zeros(self.n_places, dtype=int)
        got_it[rng.permutation(self.n_places)[: self.n_treated]] = 1
        x = rng.standard_normal(n)
        level = self.place * rng.standard_normal(self.n_places)[place] + self.person * rng.standard_normal(n)
        level = level + 0.5 * x
        if self.n_waves > 1:
            level = level + self.gap * got_it[place]
        unit, wave = np.repeat(np.arange(n), self.n_waves), np.tile(np.arange(self.n_waves), n)
        after = wave >= self._start
        y = level[unit] + 0.2 * wave + self.effect * after * got_it[place][unit]
        y = y + self.noise * rng.standard_normal(len(unit))
        return pd.DataFrame(
            {
                "unit": unit,
                "place": place[unit],
                "wave": wave,
                "got_it": got_it[place][unit],
                "x": x[unit],
                "y": y,
            }
        )

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        is_over_time = self.n_waves > 1
        return Study(
            frame,
            outcome="y",
            unit="unit",
            treated="got_it",
            cluster="place",
            covariates=["x"],
            time="wave" if is_over_time else None,
            start=self._start if is_over_time else None,
        )
