"""What inference says about a set of effects: intervals, covariance and influence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.wild_bootstrap import WildBootstrap
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uncertainty:
    """What inference says about K effects.

    Parameters
    ----------
    intervals : tuple of Interval
        One an effect.
    contributions : Contributions
        Each cluster's contribution to the estimation errors; nan columns for effects that are not identified.
    covariance : ndarray, shape (K, K)
        In the outcome's unit squared.
    words : Message
        How it was found.
    warnings : tuple of Message
        What a reader must know.
    bootstrap : WildBootstrap, optional
        The bootstrap of the headline, for limits at other levels.
    """

    intervals: tuple[Interval, ...]
    contributions: Contributions
    covariance: Floats
    words: Message
    warnings: tuple[Message, ...] = ()
    bootstrap: WildBootstrap | None = None
