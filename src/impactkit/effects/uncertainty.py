"""What inference says about a set of effects: intervals, covariance and influence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.interval import Interval
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uncertainty:
    """What inference says about K effects.

    Parameters
    ----------
    intervals : tuple of Interval
        One an effect.
    influence : ndarray, shape (G, K)
        Each cluster's contribution to the estimation errors; nan columns for effects that are not identified.
    covariance : ndarray, shape (K, K)
        In the outcome's unit squared.
    words : Message
        How it was found.
    warnings : tuple of Message
        What a reader must know.
    """

    intervals: tuple[Interval, ...]
    influence: Floats
    covariance: Floats
    words: Message
    warnings: tuple[Message, ...] = ()
