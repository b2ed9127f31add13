"""How uncertainty is found: one part a file, listed in ``ALL``."""

from impactkit.effects.inference.cluster_robust import ClusterRobust
from impactkit.effects.inference.given_uncertainty import GivenUncertainty
from impactkit.effects.inference.influence_function import InfluenceFunction
from impactkit.effects.inference.permutation import Permutation
from impactkit.effects.inference.wild_cluster_bootstrap import WildClusterBootstrap

ALL = (ClusterRobust, GivenUncertainty, InfluenceFunction, Permutation, WildClusterBootstrap)

__all__ = [
    "ALL",
    "ClusterRobust",
    "GivenUncertainty",
    "InfluenceFunction",
    "Permutation",
    "WildClusterBootstrap",
]
