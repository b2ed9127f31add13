"""People invited by lot, of whom some take part: those who do differ in what is not measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedByLot:
    """People in areas, invited by one lot or several; who is keen takes part more often, and fares better.

    Parameters
    ----------
    n_people, n_areas : int
        People, and areas in which those of one area are alike.
    n_instruments : int
        Independent invitations, each to half of the people.
    moved : float
        Share of people whom the first invitation moves to take part; the others move a third as many each.
    keen : float
        How much what is not measured raises both takeup and the outcome, in standard deviations.
    effect : float
        Effect of taking part on everyone, in the outcome's unit.
    noise : float
        Standard deviation of the outcome, all else alike.

    Examples
    --------
    >>> world = InvitedByLot(n_people=100)
    >>> frame = world.draw(1)
    >>> sorted(frame.columns)
    ['area', 'before', 'invited', 'took_part', 'unit', 'y']
    """

    n_people: int = 400
    n_areas: int = 40
    n_instruments: int = 1
    moved: float = 0.4
    keen: float = 0.7
    effect: float = 1.0
    noise: float = 1.0

    @property
    def designs(self) -> frozenset[str]:
        """The instrumental variable."""
        return frozenset({"instrumental_variable"})

    @property
    def instruments(self) -> list[str]:
        """The columns of the invitations."""
        return ["invited", *(f"invited_{k + 1}" for k in range(1, self.n_instruments))]

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people, the lots and who takes part.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame, shape (n_people, 5 + n_instruments)
            Columns unit, area, before, took_part, y and one for each invitation.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        n = self.n_people
        area = np.arange(n) % self.n_areas
        keen = rng.standard_normal(n)
        before = 0.5 * keen + rng.standard_normal(n)
        Z = np.array([rng.permutation(np.arange(n) % 2) for _ in range(self.n_instruments)]).reshape(-1, n)
        pull = np.full(self.n_instruments, self.moved / 3)
        pull[:1] = self.moved
        threshold = rng.uniform(size=n)
        chance = 0.3 + 0.2 * np.tanh(self.keen * keen) + pull @ (Z - 0.5)
        took_part = (threshold < chance).astype(float)
        level = 0.3 * rng.standard_normal(self.n_areas)[area]
        y = self.effect * took_part + self.keen * keen + level + self.noise * rng.standard_normal(n)
        frame = pd.DataFrame({"unit": np.arange(n), "area": area, "before": before, "took_part": took_part})
        for name, column in zip(self.instruments, Z, strict=True):
            frame[name] = column
        return frame.assign(y=y)

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return Study(
            frame,
            outcome="y",
            unit="unit",
            takeup="took_part",
            instruments=self.instruments,
            cluster="area",
            pre_outcome="before",
        )
