"""A field of a frozen dataclass that is worked out when it is first read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class DeferredArray:
    """A field that is given as an array, or as what makes it; of no rows and columns where it is left out.

    Notes
    -----
    A descriptor: the function is called when the field is first read, and the array takes its place. The
    dataclass that holds it has no slots.

    Examples
    --------
    >>> from dataclasses import dataclass, field
    >>> @dataclass(frozen=True)
    ... class Found:
    ...     covariance: DeferredArray = field(default=DeferredArray())
    >>> Found(lambda: np.zeros((2, 2))).covariance.shape, Found().covariance.shape
    ((2, 2), (0, 0))
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, holder: object, owner: type | None = None) -> Floats:
        found: Floats | Callable[[], Floats] = holder.__dict__[self._name]
        if callable(found):
            found = holder.__dict__[self._name] = found()
        return found

    def __set__(self, holder: object, value: Floats | Callable[[], Floats] | DeferredArray) -> None:
        # A dataclass gives a field that is left out the default: the descriptor itself.
        holder.__dict__[self._name] = np.empty((0, 0)) if isinstance(value, DeferredArray) else value
