"""What is asked of an estimate's assumptions: one check a file, listed in ``ALL``."""

from impactkit.evidence.checks.anticipation import Anticipation
from impactkit.evidence.checks.attrition import Attrition
from impactkit.evidence.checks.attrition_bounds import AttritionBounds
from impactkit.evidence.checks.balance import Balance
from impactkit.evidence.checks.composition import Composition
from impactkit.evidence.checks.covariate_smoothness import CovariateSmoothness
from impactkit.evidence.checks.definition_break import DefinitionBreak
from impactkit.evidence.checks.density import Density
from impactkit.evidence.checks.displacement import Displacement
from impactkit.evidence.checks.heaping import Heaping
from impactkit.evidence.checks.hidden_bias import HiddenBias
from impactkit.evidence.checks.influence import Influence
from impactkit.evidence.checks.instrument_balance import InstrumentBalance
from impactkit.evidence.checks.instruments_agree import InstrumentsAgree
from impactkit.evidence.checks.missing_periods import MissingPeriods
from impactkit.evidence.checks.multiple_looks import MultipleLooks
from impactkit.evidence.checks.outside_donors import OutsideDonors
from impactkit.evidence.checks.overlap import Overlap
from impactkit.evidence.checks.placebo_cutoffs import PlaceboCutoffs
from impactkit.evidence.checks.placebo_in_space import PlaceboInSpace
from impactkit.evidence.checks.placebo_in_time import PlaceboInTime
from impactkit.evidence.checks.poor_fit import PoorFit
from impactkit.evidence.checks.pre_trends import PreTrends
from impactkit.evidence.checks.randomisation import Randomisation
from impactkit.evidence.checks.regression_to_the_mean import RegressionToTheMean
from impactkit.evidence.checks.response_rate import ResponseRate
from impactkit.evidence.checks.season import Season
from impactkit.evidence.checks.selected_on_baseline import SelectedOnBaseline
from impactkit.evidence.checks.series_length import SeriesLength
from impactkit.evidence.checks.spillover import Spillover
from impactkit.evidence.checks.too_few_clusters import TooFewClusters
from impactkit.evidence.checks.too_few_donors import TooFewDonors
from impactkit.evidence.checks.trend_sensitivity import TrendSensitivity
from impactkit.evidence.checks.weak_instrument import WeakInstrument

ALL = (
    TooFewClusters,
    Balance,
    Attrition,
    Composition,
    PreTrends,
    TrendSensitivity,
    SeriesLength,
    MissingPeriods,
    TooFewDonors,
    OutsideDonors,
    PoorFit,
    RegressionToTheMean,
    Spillover,
    Displacement,
    Anticipation,
    DefinitionBreak,
    Season,
    MultipleLooks,
    ResponseRate,
    HiddenBias,
    SelectedOnBaseline,
    Randomisation,
    PlaceboInTime,
    Influence,
    AttritionBounds,
    Overlap,
    PlaceboInSpace,
    Density,
    CovariateSmoothness,
    PlaceboCutoffs,
    Heaping,
    InstrumentBalance,
    InstrumentsAgree,
    WeakInstrument,
)

__all__ = [
    "ALL",
    "Anticipation",
    "Attrition",
    "AttritionBounds",
    "Balance",
    "Composition",
    "CovariateSmoothness",
    "DefinitionBreak",
    "Density",
    "Displacement",
    "Heaping",
    "HiddenBias",
    "Influence",
    "InstrumentBalance",
    "InstrumentsAgree",
    "MissingPeriods",
    "MultipleLooks",
    "OutsideDonors",
    "Overlap",
    "PlaceboCutoffs",
    "PlaceboInSpace",
    "PlaceboInTime",
    "PoorFit",
    "PreTrends",
    "Randomisation",
    "RegressionToTheMean",
    "ResponseRate",
    "Season",
    "SelectedOnBaseline",
    "SeriesLength",
    "Spillover",
    "TooFewClusters",
    "TooFewDonors",
    "TrendSensitivity",
    "WeakInstrument",
]
