"""What is asked of an estimate's assumptions: one check a file, listed in ``ALL``."""

from impactkit.evidence.checks.attrition import Attrition
from impactkit.evidence.checks.balance import Balance
from impactkit.evidence.checks.composition import Composition
from impactkit.evidence.checks.missing_periods import MissingPeriods
from impactkit.evidence.checks.outside_donors import OutsideDonors
from impactkit.evidence.checks.poor_fit import PoorFit
from impactkit.evidence.checks.pre_trends import PreTrends
from impactkit.evidence.checks.regression_to_the_mean import RegressionToTheMean
from impactkit.evidence.checks.series_length import SeriesLength
from impactkit.evidence.checks.too_few_clusters import TooFewClusters
from impactkit.evidence.checks.too_few_donors import TooFewDonors
from impactkit.evidence.checks.trend_sensitivity import TrendSensitivity

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
)

__all__ = [
    "ALL",
    "Attrition",
    "Balance",
    "Composition",
    "MissingPeriods",
    "OutsideDonors",
    "PoorFit",
    "PreTrends",
    "RegressionToTheMean",
    "SeriesLength",
    "TooFewClusters",
    "TooFewDonors",
    "TrendSensitivity",
]
