"""Each cluster's contribution to each estimation error, worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from impactkit.effects.kernels.arrays import Floats


@dataclass(frozen=True, eq=False)
class Contributions:
    """Contributions of clusters to the errors of effects.

    Parameters
    ----------
    make : callable
        Returns them, shape (clusters, effects), in the outcome's unit; called once.
    """

    make: Callable[[], Floats]

    @classmethod
    def of(cls, matrix: Floats) -> Contributions:
        """Return contributions that are known already."""
        return cls(make=lambda: matrix)

    @cached_property
    def matrix(self) -> Floats:
        """The contributions, shape (clusters, effects)."""
        return self.make()
