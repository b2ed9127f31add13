"""How an effect is estimated: one estimator a file, listed in ``ALL``."""

from impactkit.effects.estimators.augmented_synthetic_control import AugmentedSyntheticControl
from impactkit.effects.estimators.before_after import BeforeAfter
from impactkit.effects.estimators.continuous_dose import ContinuousDose
from impactkit.effects.estimators.difference_in_differences import DifferenceInDifferences
from impactkit.effects.estimators.doubly_robust import DoublyRobust
from impactkit.effects.estimators.extended_two_way_fixed_effects import ExtendedTwoWayFixedEffects
from impactkit.effects.estimators.g_computation import GComputation
from impactkit.effects.estimators.imputation import Imputation
from impactkit.effects.estimators.instrumental_variable import InstrumentalVariable
from impactkit.effects.estimators.interrupted_time_series import InterruptedTimeSeries
from impactkit.effects.estimators.matching import Matching
from impactkit.effects.estimators.mixed_model import MixedModel
from impactkit.effects.estimators.penalised_synthetic_control import PenalisedSyntheticControl
from impactkit.effects.estimators.randomised_trial import RandomisedTrial
from impactkit.effects.estimators.regression_discontinuity import RegressionDiscontinuity
from impactkit.effects.estimators.stacked_difference_in_differences import StackedDifferenceInDifferences
from impactkit.effects.estimators.staggered_difference_in_differences import StaggeredDifferenceInDifferences
from impactkit.effects.estimators.structural_time_series import StructuralTimeSeries
from impactkit.effects.estimators.sun_abraham import SunAbraham
from impactkit.effects.estimators.switching_difference_in_differences import SwitchingDifferenceInDifferences
from impactkit.effects.estimators.synthetic_control import SyntheticControl
from impactkit.effects.estimators.synthetic_difference_in_differences import (
    SyntheticDifferenceInDifferences,
)
from impactkit.effects.estimators.triple_difference import TripleDifference
from impactkit.effects.estimators.weighting import Weighting

ALL = (
    AugmentedSyntheticControl,
    BeforeAfter,
    ContinuousDose,
    DifferenceInDifferences,
    DoublyRobust,
    ExtendedTwoWayFixedEffects,
    GComputation,
    Imputation,
    InstrumentalVariable,
    InterruptedTimeSeries,
    MixedModel,
    Matching,
    PenalisedSyntheticControl,
    RandomisedTrial,
    RegressionDiscontinuity,
    StackedDifferenceInDifferences,
    StaggeredDifferenceInDifferences,
    StructuralTimeSeries,
    SunAbraham,
    SwitchingDifferenceInDifferences,
    SyntheticControl,
    SyntheticDifferenceInDifferences,
    TripleDifference,
    Weighting,
)

__all__ = [
    "ALL",
    "AugmentedSyntheticControl",
    "BeforeAfter",
    "ContinuousDose",
    "DifferenceInDifferences",
    "DoublyRobust",
    "ExtendedTwoWayFixedEffects",
    "GComputation",
    "Imputation",
    "InstrumentalVariable",
    "InterruptedTimeSeries",
    "Matching",
    "MixedModel",
    "PenalisedSyntheticControl",
    "RandomisedTrial",
    "RegressionDiscontinuity",
    "StackedDifferenceInDifferences",
    "StaggeredDifferenceInDifferences",
    "StructuralTimeSeries",
    "SunAbraham",
    "SwitchingDifferenceInDifferences",
    "SyntheticControl",
    "SyntheticDifferenceInDifferences",
    "TripleDifference",
    "Weighting",
]
