"""An invitation by lot that helps by itself, whether or not who gets it takes part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impactkit.data.study import Study
from impactkit.effects.worlds import InvitedByLot

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedAndHelped:
    """People invited by lot, whom the first invitation moves by itself.

    Parameters
    ----------
    people : InvitedByLot
        The people, the lots and who takes part.
    direct : float
        What the first invitation does by itself, in the outcome's unit.

    Examples
    --------
    >>> world = InvitedAndHelped(people=InvitedByLot(n_people=40, effect=0.0))
    >>> world.effect, len(world.draw(1))
    (0.0, 40)
    """

    people: InvitedByLot
    direct: float = 0.5

    @property
    def effect(self) -> float:
        """Effect of taking part on everyone."""
        return self.people.effect

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame
            As the people are drawn.
        """
        frame = self.people.draw(seed)
        return frame.assign(y=frame["y"] + self.direct * frame["invited"])

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return self.people.study(frame)
