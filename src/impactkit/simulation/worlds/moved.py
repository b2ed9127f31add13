"""A problem that moves from the treated to those they are compared with, or a good that spills over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.worlds import TwoGroupPanel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A panel in which what the treated gain, others lose: nothing is gained in all.

    Parameters
    ----------
    panel : TwoGroupPanel
        Units and their course without treatment.
    moved : float
        What treated units gain from the start on, and comparison units lose, in the outcome's unit.

    Examples
    --------
    >>> world = Moved(panel=TwoGroupPanel(n_units=6, n_treated=2, n_periods=3, start=2, effect=0.0))
    >>> world.effect, len(world.draw(1))
    (0.0, 18)
    """

    panel: TwoGroupPanel
    moved: float = 0.4

    @property
    def effect(self) -> float:
        """The effect in all, on average over treated and comparison units alike."""
        return self.panel.effect

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the panel.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.

        Returns
        -------
        DataFrame
            As the panel draws it.
        """
        frame = self.panel.draw(seed)
        after = frame["period"].to_numpy() >= self.panel.start
        treated = frame["first_treated"].to_numpy() > 0
        return frame.assign(y=frame["y"] + self.moved * after * np.where(treated, 1, -1))

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return self.panel.study(frame)
