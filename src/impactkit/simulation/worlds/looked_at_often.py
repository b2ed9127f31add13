"""A panel that is looked at anew each half-year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impactkit.data.study import Study
from impactkit.effects.worlds import TwoGroupPanel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAtOften:
    """A panel whose follow-up grows by one period from look to look.

    Parameters
    ----------
    panel : TwoGroupPanel
        All periods, to the last look.

    Examples
    --------
    >>> panel = TwoGroupPanel(n_units=6, n_treated=2, n_periods=5, start=3)
    >>> world = LookedAtOften(panel=panel)
    >>> [len(study.columns.periods) for study in world.looks(world.draw(1))]
    [3, 4, 5]
    """

    panel: TwoGroupPanel

    @property
    def effect(self) -> float:
        """The effect in every treated period."""
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
        return self.panel.draw(seed)

    def study(self, frame: Any) -> Study:
        """Return all periods with their roles."""
        return self.panel.study(frame)

    def looks(self, frame: Any) -> tuple[Study, ...]:
        """Return what is there at each look.

        Parameters
        ----------
        frame : DataFrame
            All periods.

        Returns
        -------
        tuple of Study
            The first has one period after the start, the last all.
        """
        last = range(self.panel.start, self.panel.n_periods + 1)
        return tuple(self.study(frame[frame["period"] <= period]) for period in last)
