"""The cells of the battery: one file a family, listed in ``ALL``; each file lists its ``CELLS``."""

from impactkit.simulation.cells import (
    chosen,
    donors,
    long_series,
    lotteries,
    neighbours,
    picked,
    several_starts,
    shocks,
    two_groups,
)

ALL = (two_groups, several_starts, donors, long_series, lotteries, chosen, shocks, neighbours, picked)

__all__ = ["ALL"]
