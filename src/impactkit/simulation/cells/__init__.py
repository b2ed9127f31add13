"""The cells of the battery: one file a family, listed in ``ALL``; each file lists its ``CELLS``."""

from impactkit.simulation.cells import (
    chosen,
    covariates,
    donors,
    instruments,
    long_series,
    lotteries,
    neighbours,
    nested,
    picked,
    several_starts,
    shocks,
    thresholds,
    two_groups,
)

ALL = (
    two_groups,
    several_starts,
    donors,
    long_series,
    lotteries,
    covariates,
    thresholds,
    instruments,
    nested,
    chosen,
    shocks,
    neighbours,
    picked,
)

__all__ = ["ALL"]
