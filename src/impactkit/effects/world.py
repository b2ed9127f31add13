"""What every world is: frozen settings that draw data whose effect is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from impactkit.data.study import Study

if TYPE_CHECKING:
    import pandas as pd


class World(Protocol):
    """Data with a known truth, for tests, power, teaching and measured error rates.

    A world of counts also has ``exposure``, the column its outcome is counted over. Counts have a unit but no
    other zero, so that an answer scales with them and says nothing of an outcome that is shifted.
    """

    @property
    def effect(self) -> float:
        """The true average effect on the treated after the start, in the outcome's unit."""

    @property
    def designs(self) -> frozenset[str]:
        """The estimators whose assumptions hold here, by slug."""

    def draw(self, seed: int) -> pd.DataFrame:
        """Return one draw; the same seed gives the same table."""

    def study(self, frame: Any) -> Study:
        """Return a drawn table, or one made from it, with its roles."""
