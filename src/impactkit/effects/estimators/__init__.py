"""How an effect is estimated: one estimator a file, listed in ``ALL``."""

from impactkit.effects.estimators.before_after import BeforeAfter
from impactkit.effects.estimators.difference_in_differences import DifferenceInDifferences
from impactkit.effects.estimators.extended_two_way_fixed_effects import ExtendedTwoWayFixedEffects
from impactkit.effects.estimators.imputation import Imputation
from impactkit.effects.estimators.randomised_trial import RandomisedTrial
from impactkit.effects.estimators.staggered_difference_in_differences import StaggeredDifferenceInDifferences
from impactkit.effects.estimators.sun_abraham import SunAbraham
from impactkit.effects.estimators.switching_difference_in_differences import SwitchingDifferenceInDifferences

ALL = (
    BeforeAfter,
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    Imputation,
    RandomisedTrial,
    StaggeredDifferenceInDifferences,
    SunAbraham,
    SwitchingDifferenceInDifferences,
)

__all__ = [
    "ALL",
    "BeforeAfter",
    "DifferenceInDifferences",
    "ExtendedTwoWayFixedEffects",
    "Imputation",
    "RandomisedTrial",
    "StaggeredDifferenceInDifferences",
    "SunAbraham",
    "SwitchingDifferenceInDifferences",
]
