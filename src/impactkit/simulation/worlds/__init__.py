"""Data with an illness, and a known truth: one world a file, listed in ``ALL``."""

from impactkit.simulation.worlds.chosen_worst import ChosenWorst
from impactkit.simulation.worlds.dropped_out import DroppedOut
from impactkit.simulation.worlds.hidden_need import HiddenNeed
from impactkit.simulation.worlds.invited_and_helped import InvitedAndHelped
from impactkit.simulation.worlds.looked_at_often import LookedAtOften
from impactkit.simulation.worlds.many_outcomes import ManyOutcomes
from impactkit.simulation.worlds.moved import Moved
from impactkit.simulation.worlds.moved_scores import MovedScores
from impactkit.simulation.worlds.self_selected import SelfSelected
from impactkit.simulation.worlds.two_waves import TwoWaves

ALL = (
    ChosenWorst,
    DroppedOut,
    HiddenNeed,
    InvitedAndHelped,
    LookedAtOften,
    ManyOutcomes,
    Moved,
    MovedScores,
    SelfSelected,
    TwoWaves,
)

__all__ = [
    "ALL",
    "ChosenWorst",
    "DroppedOut",
    "HiddenNeed",
    "InvitedAndHelped",
    "LookedAtOften",
    "ManyOutcomes",
    "Moved",
    "MovedScores",
    "SelfSelected",
    "TwoWaves",
]
