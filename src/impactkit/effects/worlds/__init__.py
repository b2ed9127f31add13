"""Data with a known truth: one world a file, listed in ``ALL``."""

from impactkit.effects.worlds.change_in_one_group import ChangeInOneGroup
from impactkit.effects.worlds.chosen_people import ChosenPeople
from impactkit.effects.worlds.compared_series import ComparedSeries
from impactkit.effects.worlds.count_panel import CountPanel
from impactkit.effects.worlds.dosed_panel import DosedPanel
from impactkit.effects.worlds.eligible_in_areas import EligibleInAreas
from impactkit.effects.worlds.factor_panel import FactorPanel
from impactkit.effects.worlds.interrupted_series import InterruptedSeries
from impactkit.effects.worlds.invited_by_lot import InvitedByLot
from impactkit.effects.worlds.nested_answers import NestedAnswers
from impactkit.effects.worlds.randomised_arms import RandomisedArms
from impactkit.effects.worlds.repeated_cross_sections import RepeatedCrossSections
from impactkit.effects.worlds.staggered_panel import StaggeredPanel
from impactkit.effects.worlds.switching_panel import SwitchingPanel
from impactkit.effects.worlds.threshold_scores import ThresholdScores
from impactkit.effects.worlds.two_group_panel import TwoGroupPanel
from impactkit.effects.worlds.unequal_lots import UnequalLots
from impactkit.effects.worlds.wandering_series import WanderingSeries

ALL = (
    ChangeInOneGroup,
    ChosenPeople,
    ComparedSeries,
    CountPanel,
    InterruptedSeries,
    InvitedByLot,
    NestedAnswers,
    UnequalLots,
    RandomisedArms,
    RepeatedCrossSections,
    StaggeredPanel,
    SwitchingPanel,
    DosedPanel,
    EligibleInAreas,
    FactorPanel,
    ThresholdScores,
    TwoGroupPanel,
    WanderingSeries,
)

__all__ = [
    "ALL",
    "ChangeInOneGroup",
    "ChosenPeople",
    "ComparedSeries",
    "CountPanel",
    "DosedPanel",
    "EligibleInAreas",
    "FactorPanel",
    "InterruptedSeries",
    "InvitedByLot",
    "NestedAnswers",
    "RandomisedArms",
    "RepeatedCrossSections",
    "StaggeredPanel",
    "SwitchingPanel",
    "ThresholdScores",
    "TwoGroupPanel",
    "UnequalLots",
    "WanderingSeries",
]
