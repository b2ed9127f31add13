"""What inference says about a set of effects: intervals, covariance and influence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.deferred import Deferred
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Alternative = Literal["two-sided", "greater", "less"]


class Resampled(Protocol):
    """A test by resampling of any supposed effect, with the limits that invert it."""

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the one-sided p-value that agrees with the limits."""

    def limits(self, level: float) -> tuple[float, float]:
        """Return the effects that are not rejected at a level."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Uncertainty:
    """What inference says about K effects.

    Parameters
    ----------
    intervals : sequence of Interval
        One an effect.
    contributions : Contributions
        Each cluster's contribution to the estimation errors; nan columns for effects that are not identified.
    covariance : ndarray, shape (K, K)
        In the outcome's unit squared; may be given as a function that returns it.
    words : Message
        How it was found.
    warnings : tuple of Message
        What a reader must know.
    bootstrap : Resampled, optional
        The test by resampling of the headline, for limits at other levels.
    coefficients : ndarray, shape (k,), optional
        Of a regression over time, by which what was expected is told.
    """

    intervals: Sequence[Interval]
    contributions: Contributions
    covariance: Deferred[Floats] = Deferred()  # noqa: RUF009 (a descriptor)
    words: Message
    warnings: tuple[Message, ...] = ()
    bootstrap: Resampled | None = None
    coefficients: Floats | None = None

    @classmethod
    def of_limits(cls, intervals: Sequence[Interval], **told: Any) -> Uncertainty:
        """Return limits that come without contributions of clusters and a covariance; both are nan."""
        K = len(intervals)
        unknown = Contributions.of(np.full((0, K), np.nan))
        return cls(
            intervals=tuple(intervals), contributions=unknown, covariance=np.full((K, K), np.nan), **told
        )
