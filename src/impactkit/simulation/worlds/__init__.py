"""Data with an illness, and a known truth: one world a file, listed in ``ALL``."""

from impactkit.simulation.worlds.chosen_worst import ChosenWorst
from impactkit.simulation.worlds.dropped_out import DroppedOut
from impactkit.simulation.worlds.looked_at_often import LookedAtOften
from impactkit.simulation.worlds.many_outcomes import ManyOutcomes
from impactkit.simulation.worlds.moved import Moved
from impactkit.simulation.worlds.self_selected import SelfSelected
from impactkit.simulation.worlds.two_waves import TwoWaves

ALL = (
    ChosenWorst,
    DroppedOut,
    LookedAtOften,
    ManyOutcomes,
    Moved,
    SelfSelected,
    TwoWaves,
)

__all__ = [
    "ALL",
    "ChosenWorst",
    "DroppedOut",
    "LookedAtOften",
    "ManyOutcomes",
    "Moved",
    "SelfSelected",
    "TwoWaves",
]
