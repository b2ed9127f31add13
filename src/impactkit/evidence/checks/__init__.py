"""What is asked of an estimate's assumptions: one check a file, listed in ``ALL``."""

from impactkit.evidence.checks.attrition import Attrition
from impactkit.evidence.checks.balance import Balance
from impactkit.evidence.checks.composition import Composition
from impactkit.evidence.checks.pre_trends import PreTrends
from impactkit.evidence.checks.series_length import SeriesLength
from impactkit.evidence.checks.too_few_clusters import TooFewClusters

ALL = (TooFewClusters, Balance, Attrition, Composition, PreTrends, SeriesLength)

__all__ = ["ALL", "Attrition", "Balance", "Composition", "PreTrends", "SeriesLength", "TooFewClusters"]
