"""Tables of results: one kind a file, listed in ``ALL``."""

from impactkit.reporting.tables.balance import balance
from impactkit.reporting.tables.baseline import baseline
from impactkit.reporting.tables.effects import effects
from impactkit.reporting.tables.multiplicity import multiplicity
from impactkit.reporting.tables.robustness import robustness
from impactkit.reporting.tables.sensitivity import sensitivity
from impactkit.reporting.tables.verdicts import verdicts

ALL = (balance, baseline, effects, multiplicity, robustness, sensitivity, verdicts)

__all__ = ["ALL", "balance", "baseline", "effects", "multiplicity", "robustness", "sensitivity", "verdicts"]
