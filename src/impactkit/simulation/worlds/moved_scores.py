"""Scores that do not stay where they fell: some are lifted over the threshold, others are rounded to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.worlds import ThresholdScores

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedScores:
    """People with a score and a rule that treats those at 0 or above; those who move fare better anyway.

    Parameters
    ----------
    scores : ThresholdScores
        The scores as they fell, the rule and the outcome without what follows.
    lifted : float
        Of people less than .15 below 0, the share that is lifted to a place as far above it.
    heaped : float
        Of people less than .1 from 0, on either side, the share whose score is written as just 0.
    better : float
        How much better those fare whose score was moved, in the outcome's unit.

    Examples
    --------
    >>> world = MovedScores(scores=ThresholdScores(n=100), lifted=0.5)
    >>> world.study(world.draw(1)).kind
    'cross_section'
    """

    scores: ThresholdScores
    lifted: float = 0.0
    heaped: float = 0.0
    better: float = 0.7

    @property
    def effect(self) -> float:
        """Effect on everyone."""
        return self.scores.effect

    def draw(self, seed: int) -> pd.DataFrame:
        """Draw the people, and move scores.

        Parameters
        ----------
        seed : int
            The same seed gives the same people.

        Returns
        -------
        DataFrame
            As the scores are drawn; whoever is moved gets what the rule then gives.
        """
        frame = self.scores.draw(seed)
        # A stream of its own, so that the scores are those of the world without this.
        rng = np.random.default_rng([seed, 1])
        score = frame["score"].to_numpy()
        chance = rng.random(len(score))
        is_lifted = (score < 0) & (score > -0.15) & (chance < self.lifted)
        is_heaped = (np.abs(score) < 0.1) & (chance < self.heaped)
        written = np.where(is_lifted, -score, np.where(is_heaped, 0.0, score))
        received = (written >= 0).astype(int)
        gained = self.scores.effect * (received - frame["received"].to_numpy())
        y = frame["y"] + gained + self.better * (is_lifted | is_heaped)
        return frame.assign(score=written, received=received, y=y)

    def study(self, frame: Any) -> Study:
        """Return a drawn table with its roles."""
        return self.scores.study(frame)
