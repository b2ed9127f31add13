"""How uncertainty is found: one part a file, listed in ``ALL``."""

from impactkit.effects.inference.anderson_rubin import AndersonRubin
from impactkit.effects.inference.autoregressive_errors import AutoregressiveErrors
from impactkit.effects.inference.cluster_robust import ClusterRobust
from impactkit.effects.inference.conformal import Conformal
from impactkit.effects.inference.ferman_pinto import FermanPinto
from impactkit.effects.inference.given_uncertainty import GivenUncertainty
from impactkit.effects.inference.honest_smoothness import HonestSmoothness
from impactkit.effects.inference.influence_function import InfluenceFunction
from impactkit.effects.inference.newey_west import NeweyWest
from impactkit.effects.inference.neyman import Neyman
from impactkit.effects.inference.permutation import Permutation
from impactkit.effects.inference.placebo_dates import PlaceboDates
from impactkit.effects.inference.placebo_in_space import PlaceboInSpace
from impactkit.effects.inference.prais_winsten import PraisWinsten
from impactkit.effects.inference.prediction_interval import PredictionInterval
from impactkit.effects.inference.robust_bias_corrected import RobustBiasCorrected
from impactkit.effects.inference.synthetic_variance import SyntheticVariance
from impactkit.effects.inference.wild_cluster_bootstrap import WildClusterBootstrap

ALL = (
    AndersonRubin,
    AutoregressiveErrors,
    ClusterRobust,
    Conformal,
    FermanPinto,
    GivenUncertainty,
    HonestSmoothness,
    InfluenceFunction,
    NeweyWest,
    Neyman,
    Permutation,
    PlaceboDates,
    PlaceboInSpace,
    PredictionInterval,
    PraisWinsten,
    RobustBiasCorrected,
    SyntheticVariance,
    WildClusterBootstrap,
)

__all__ = [
    "ALL",
    "AndersonRubin",
    "AutoregressiveErrors",
    "ClusterRobust",
    "Conformal",
    "FermanPinto",
    "GivenUncertainty",
    "HonestSmoothness",
    "InfluenceFunction",
    "NeweyWest",
    "Neyman",
    "Permutation",
    "PlaceboDates",
    "PlaceboInSpace",
    "PraisWinsten",
    "PredictionInterval",
    "RobustBiasCorrected",
    "SyntheticVariance",
    "WildClusterBootstrap",
]
